/** Tables of numbers in text files: commas, semicolons, tabs or spaces between them, one line of names above or not. */
import { InputError } from "../error.js";
import { readBytes } from "../io/files.node.js";
import { finiteNumber } from "./values.js";

/** Rows of equal length, and the names of their columns if the file has them. */
export interface NumberTable {
  readonly names?: readonly string[];
  readonly rows: readonly Float64Array[];
}

const cellsOf = (line: string): string[] => {
  const separator = [",", ";", "\t"].find((mark) => line.includes(mark)) ?? /\s+/;
  return line.split(separator).map((cell) => cell.trim());
};

/** The table in `text`; `source` is named in messages. Blank lines and lines that start with # are skipped. */
const parseNumberTable = (text: string, source: string): NumberTable => {
  const rows: Float64Array[] = [];
  let names: readonly string[] | undefined;
  for (const [k, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const cells = cellsOf(line);
    if (
      rows.length === 0 &&
      !names &&
      cells.every((cell) => /^[a-z_"][\w"[\] ]*$/i.test(cell) && !/^(nan|inf|infinity)$/i.test(cell))
    ) {
      names = cells.map((cell) => cell.replaceAll('"', ""));
      continue;
    }
    const expected = names?.length ?? rows[0]?.length ?? cells.length;
    if (cells.length !== expected)
      throw new InputError(`${source}: line ${k + 1}: expected ${expected} numbers, got ${cells.length}`);
    rows.push(
      Float64Array.from(cells, (cell, column) => {
        try {
          return finiteNumber(cell);
        } catch {
          throw new InputError(
            `${source}: line ${k + 1}, column ${column + 1}: expected a number, got ${cell === "" ? "nothing" : cell.slice(0, 40)}`,
          );
        }
      }),
    );
  }
  if (rows.length === 0) throw new InputError(`${source}: expected rows of numbers, got none`);
  return names ? { names, rows } : { rows };
};

/** The table in a file, or in standard input for `-`. */
export const readNumberTable = async (path: string): Promise<NumberTable> =>
  parseNumberTable(new TextDecoder().decode(await readBytes(path)), path === "-" ? "stdin" : path);

/** Rows of numbers under a line of names. */
export const numberTableText = (names: readonly string[], rows: Iterable<ArrayLike<number>>): string => {
  const lines = [names.join(",")];
  for (const row of rows) lines.push(Array.from(row).join(","));
  return `${lines.join("\n")}\n`;
};
