/** Aligned text: tables, lists of facts, wrapped paragraphs. Widths count what is seen, not the escapes of colors. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: colors are control sequences
const ESCAPES = /\u001b\[\d+m/g;

/** Columns that a text takes on a terminal. */
export const visibleWidth = (text: string): number => [...text.replace(ESCAPES, "")].length;

const padded = (text: string, width: number, side: "left" | "right"): string => {
  const space = " ".repeat(Math.max(0, width - visibleWidth(text)));
  return side === "right" ? space + text : text + space;
};

export interface TableSettings {
  /** Side on which each column is aligned; left where absent. */
  readonly align?: readonly ("left" | "right")[];
  readonly indent?: number;
  /** Spaces between columns. */
  readonly gap?: number;
}

/** Rows of cells as lines, every column as wide as its widest cell. */
export const table = (rows: readonly (readonly string[])[], settings: TableSettings = {}): string[] => {
  const { align = [], indent = 2, gap = 2 } = settings;
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, j) => Math.max(...rows.map((row) => visibleWidth(row[j] ?? ""))));
  return rows.map((row) =>
    (
      " ".repeat(indent) +
      widths.map((width, j) => padded(row[j] ?? "", width, align[j] ?? "left")).join(" ".repeat(gap))
    ).trimEnd(),
  );
};

/** `text` in lines of at most `width` columns; lines after the first start with `indent` spaces. */
export const wrapped = (text: string, width: number, indent = 0): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && visibleWidth(line) + 1 + visibleWidth(word) > width) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

/** Names and values in two columns, long values wrapped under themselves. */
export const facts = (entries: readonly (readonly [name: string, value: string])[], width: number): string[] => {
  const column = Math.max(...entries.map(([name]) => visibleWidth(name)));
  return entries.flatMap(([name, value]) => {
    const [first = "", ...rest] = wrapped(value, width - column - 4);
    return [`  ${padded(name, column, "left")}  ${first}`, ...rest.map((line) => " ".repeat(column + 4) + line)];
  });
};
