/**
 * From lines to a finished equation: text of fewer than 100 columns, and one LaTeX formula for display mathematics that
 * needs amsmath only.
 */
import type { Line } from "./notation.js";

const COLUMNS = 99;

/** Depth of parentheses before each character. */
const depths = (text: string): readonly number[] => {
  let depth = 0;
  return [...text].map((character) => {
    if ("([".includes(character)) depth++;
    if (")]".includes(character)) depth--;
    return depth;
  });
};

/** Where to break: the last of the least nested places, before an operator that stands between terms or rows. */
const breakAt = (characters: readonly string[], from: number): number => {
  const depth = depths(characters.join(""));
  let best = -1;
  for (let i = from; i < COLUMNS && i < characters.length; i++) {
    if (characters[i] !== " ") continue;
    const rank = (k: number): number =>
      depth[k]! + ("+-".includes(characters[k + 1] ?? "") || ";,".includes(characters[k - 1] ?? "") ? 0 : 1);
    if (best < 0 || rank(i) <= rank(best)) best = i;
  }
  return best;
};

/** A line of text, broken and indented where it is too long. */
const wrapped = (text: string, indent: number): string => {
  const characters = [...text];
  if (characters.length <= COLUMNS) return text;
  const at = breakAt(characters, indent + 1);
  if (at < 0) return text;
  const rest = " ".repeat(indent) + characters.slice(at + 1).join("");
  return `${characters.slice(0, at).join("")}\n${wrapped(rest, indent)}`;
};

const lineText = ({ left, right, relation, remark }: Line): string => {
  const start = `${left.text}${relation ?? " ="} `;
  return wrapped(`${start}${right.text}${remark ? `,  ${remark.text}` : ""}`, Math.min([...start].length, 16));
};

/** All lines as text. */
export const documentText = (lines: readonly Line[]): string => lines.map(lineText).join("\n");

/** All lines as LaTeX, aligned at their relation where there are several. */
export const documentLatex = (lines: readonly Line[]): string => {
  const [only] = lines;
  const equal = ({ relation }: Line, mark: string) => (relation === ":" ? `{:}${mark}\\ ` : `${mark}= `);
  const after = ({ remark }: Line) => (remark ? `, \\quad ${remark.latex}` : "");
  if (lines.length === 1 && only) return `${only.left.latex} ${equal(only, "")}${only.right.latex}${after(only)}`;
  const rows = lines.map((line) => `${line.left.latex} ${equal(line, "&")}${line.right.latex}${after(line)}`);
  return `\\begin{aligned}\n${rows.join(" \\\\\n")}\n\\end{aligned}`;
};
