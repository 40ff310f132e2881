/**
 * Mathematics written twice at once: every piece is text and LaTeX, and knows how tightly it holds together.
 *
 * Text writes a product as `W h`, a unit-by-unit product as `g ⊙ r`, a call as `f(x)` without a space; a space before
 * a parenthesis is therefore always a product. In text a quotient is of the whole: `(a + b)/τ`.
 */

/** How tightly a piece holds together: a sum, a product of matrices or a quotient, a product with a factor, a symbol. */
const Hold = { sum: 0, loose: 1, product: 2, atom: 3 } as const;

/** A piece of an equation. */
export interface Written {
  readonly text: string;
  readonly latex: string;
  readonly hold: number;
  /** Of the LaTeX, where it differs: a fraction needs no parentheses. */
  readonly latexHold?: number;
}

/** A symbol, a number or anything else that needs no parentheses. */
export const atom = (text: string, latex = text): Written => ({ text, latex, hold: Hold.atom });

/** A piece that must be set in parentheses wherever anything is done to it. */
export const loose = (text: string, latex: string): Written => ({ text, latex, hold: Hold.sum });

const enclose = (w: Written, least: number, signed: boolean): readonly [text: string, latex: string] => {
  const open = (piece: string, hold: number) => hold < least || (!signed && piece.startsWith("-"));
  return [
    open(w.text, w.hold) ? `(${w.text})` : w.text,
    open(w.latex, w.latexHold ?? w.hold) ? `\\left(${w.latex}\\right)` : w.latex,
  ];
};

/** `a + b - c`; absent terms are left out, and what is left of nothing is 0. */
export const sum = (...terms: readonly (Written | undefined)[]): Written => {
  const kept = terms.filter((term) => term !== undefined);
  const [first, ...rest] = kept;
  if (!first) return atom("0");
  if (rest.length === 0) return first;
  const join = (pieces: readonly string[]) =>
    pieces.reduce((all, piece) => (piece.startsWith("-") ? `${all} - ${piece.slice(1)}` : `${all} + ${piece}`));
  return { text: join(kept.map((k) => k.text)), latex: join(kept.map((k) => k.latex)), hold: Hold.sum };
};

/** `-a`. */
export const negate = (a: Written): Written => {
  const [text, latex] = enclose(a, Hold.loose, false);
  return { text: `-${text}`, latex: `-${latex}`, hold: Hold.loose };
};

/** `a - b`. */
export const difference = (a: Written, b: Written | undefined): Written => (b ? sum(a, negate(b)) : a);

/** A number or matrix factor before anything: `0.1 (a + b)`. */
export const times = (a: Written, b: Written): Written => {
  if (a.text === "1") return b;
  if (a.text === "-1") return negate(b);
  const [leftText, leftLatex] = enclose(a, Hold.product, true);
  const [rightText, rightLatex] = enclose(b, Hold.loose, false);
  const beforeNumber = /^[\d.]/;
  return {
    text: `${leftText} ${beforeNumber.test(rightText) ? `(${rightText})` : rightText}`,
    latex: `${leftLatex}${beforeNumber.test(rightLatex) ? " \\cdot " : " "}${rightLatex}`,
    hold: b.hold === Hold.loose ? Hold.loose : Hold.product,
  };
};

/** A matrix applied to a vector: `W h`, `A (x - p)`. */
export const applied = (A: Written, x: Written): Written => {
  const [leftText, leftLatex] = enclose(A, Hold.product, true);
  const [rightText, rightLatex] = enclose(x, Hold.atom, false);
  return { text: `${leftText} ${rightText}`, latex: `${leftLatex} ${rightLatex}`, hold: Hold.loose };
};

/** The product unit by unit, `a ⊙ b`. */
export const hadamard = (a: Written, b: Written): Written => {
  const [leftText, leftLatex] = enclose(a, Hold.product, true);
  const [rightText, rightLatex] = enclose(b, Hold.product, false);
  return { text: `${leftText} ⊙ ${rightText}`, latex: `${leftLatex} \\odot ${rightLatex}`, hold: Hold.product };
};

/** `a/b`, unit by unit where both are vectors. */
export const quotient = (a: Written, b: Written): Written => {
  if (b.text === "1") return a;
  const [above] = enclose(a, Hold.product, true);
  const [below] = enclose(b, Hold.atom, false);
  return {
    text: `${above}/${below}`,
    latex: `\\frac{${a.latex}}{${b.latex}}`,
    hold: Hold.loose,
    latexHold: Hold.product,
  };
};

/** `a^n`. */
export const power = (a: Written, n: number): Written => {
  if (n === 1) return a;
  const [text, latex] = enclose(a, Hold.atom, false);
  const superscript = [..."0123456789"].includes(String(n)) ? "⁰¹²³⁴⁵⁶⁷⁸⁹"[n]! : `^${n}`;
  return { text: `${text}${superscript}`, latex: `${latex}^{${n}}`, hold: Hold.atom };
};

/** The inverse of a matrix, `(I - A)⁻¹`. */
export const inverse = (a: Written): Written => {
  const [text, latex] = enclose(a, Hold.atom, false);
  return { text: `${text}⁻¹`, latex: `${latex}^{-1}`, hold: Hold.atom };
};

/** The square root. */
export const root = (a: Written): Written => {
  const [text] = enclose(a, Hold.atom, false);
  return { text: `√${text}`, latex: `\\sqrt{${a.latex}}`, hold: Hold.atom };
};

/** A function of its arguments, `f(x, u)`; absent arguments are left out. */
export const call = (f: Written, ...given: readonly (Written | undefined)[]): Written => {
  const kept = given.filter((argument) => argument !== undefined);
  return atom(`${f.text}(${kept.map((k) => k.text).join(", ")})`, `${f.latex}(${kept.map((k) => k.latex).join(", ")})`);
};

const SUBSCRIPTS: Readonly<Record<string, string>> = {
  k: "ₖ",
  "k+1": "ₖ₊₁",
  j: "ⱼ",
  "j+1": "ⱼ₊₁",
  ...Object.fromEntries([..."0123456789"].map((digit, n) => [digit, "₀₁₂₃₄₅₆₇₈₉"[n]!])),
};

/** A symbol with an index: `hₖ₊₁`, `W_z`. */
export const indexed = (symbol: Written, index: string): Written =>
  atom(`${symbol.text}${SUBSCRIPTS[index] ?? `_${index}`}`, `${symbol.latex}_{${index}}`);

const DOTTED: Readonly<Record<string, string>> = { h: "ḣ", x: "ẋ" };

/** The time derivative of a state. */
export const dotted = (x: Written): Written => atom(DOTTED[x.text] ?? `d${x.text}/dt`, `\\dot{${x.latex}}`);

/** The differential `dx`, or `dx/dt` where a time is given. */
export const differential = (x: Written, time?: Written): Written =>
  time
    ? atom(`d${x.text}/d${time.text}`, `\\frac{\\mathrm{d}${x.latex}}{\\mathrm{d}${time.latex}}`)
    : atom(`d${x.text}`, `\\mathrm{d}${x.latex}`);

/** One equation. */
export interface Line {
  readonly left: Written;
  readonly right: Written;
  /** What stands between them, `=` unless given. */
  readonly relation?: ":";
  /** Where it holds. */
  readonly remark?: Written;
}
