/** Colors of text tables, or none of them: whoever prints knows whether a terminal is listening. */

/** Functions that color a text. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly fair: (text: string) => string;
  readonly bad: (text: string) => string;
}

const between =
  (open: number, close: number) =>
  (text: string): string =>
    text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`;

/** Colors by the escape sequences of terminals. */
export const colored: Paint = {
  bold: between(1, 22),
  dim: between(2, 22),
  good: between(32, 39),
  fair: between(33, 39),
  bad: between(31, 39),
};

const same = (text: string): string => text;

/** Plain text. */
export const plain: Paint = { bold: same, dim: same, good: same, fair: same, bad: same };

/** How a table is laid out. */
export interface Layout {
  /** Columns of the page, at least 80. */
  readonly width: number;
  readonly paint: Paint;
}
