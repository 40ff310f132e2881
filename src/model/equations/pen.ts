/**
 * The pen that writes one equation: it knows the style, turns numbers and named quantities into pieces, and keeps a
 * legend of every symbol it was asked for, with the lines that give their values.
 *
 * A number that is the same for all units stands in the equation as a number (numeric style) or a symbol (symbolic);
 * matrices and vectors keep their symbol and are written out below it, unless they are too large to read.
 */
import { numberLatex } from "../../expression/latex.js";
import { euclideanNorm, type Matrix } from "../../numerics/matrix.js";
import type { Activation } from "../activations/contract.js";
import { atom, call, hadamard, type Line, loose, negate, quotient, times, type Written } from "./notation.js";

/** How an equation is written. */
export interface EquationSettings {
  /** `"symbolic"`: letters; `"numeric"`: with the model's numbers. */
  readonly style: "symbolic" | "numeric";
  /** Significant digits of numbers, 4 by default. */
  readonly digits?: number;
  /** Matrices with more rows or columns than this are given by shape and norm, 6 by default. */
  readonly maxUnits?: number;
}

/** What a symbol of an equation means. */
export interface LegendEntry {
  readonly symbol: string;
  readonly latex: string;
  readonly meaning: string;
  /** The number, the entries, or shape and norm. */
  readonly value?: string;
}

/** Something with a name and, where they are known, numbers: one for each unit. */
export interface Quantity {
  readonly symbol: Written;
  readonly meaning: string;
  readonly values?: Float64Array;
  /** How it is made from others. */
  readonly formula?: Written;
  /** Whether it differs between units, where it has no values to tell. */
  readonly each?: boolean;
}

/** What multiplies a state: a number for all units, or one for `each`. */
export interface Coefficient {
  readonly written: Written;
  readonly each: boolean;
}

export interface Pen {
  readonly numeric: boolean;
  readonly number: (value: number) => Written;
  /** A symbol without numbers. */
  readonly symbol: (symbol: Written, meaning: string, value?: string) => Written;
  readonly matrix: (symbol: Written, meaning: string, A: Matrix) => Written;
  readonly vector: (symbol: Written, meaning: string, v: Float64Array) => Written;
  readonly coefficient: (quantity: Quantity) => Coefficient;
  /** `factor · a / b`; b is absent where it is 1. */
  readonly ratio: (a: Quantity, b: Quantity | undefined, factor?: number) => Coefficient;
  /** The activation as a function of written arguments. */
  readonly activation: (phi: Activation) => (v: Written) => Written;
  /** Enters a quantity in the legend; `shown` where an equation uses its letter even in numeric style. */
  readonly mention: (quantity: Quantity, shown: boolean) => void;
  /** Adds a line below the equation. */
  readonly define: (line: Line) => void;
  readonly definitions: () => readonly Line[];
  readonly legend: () => readonly LegendEntry[];
}

/** The number that all entries are, if they are one. */
export const uniform = (values: Float64Array | undefined): number | undefined =>
  values && values.length > 0 && values.every((v) => v === values[0]) ? values[0] : undefined;

/** Whether every entry is `value`. */
export const allAre = (values: Float64Array, value: number): boolean => values.every((v) => v === value);

/** A coefficient before a vector; none stands for 1. */
export const weigh = (coefficient: Coefficient | undefined, x: Written): Written =>
  !coefficient ? x : coefficient.each ? hadamard(coefficient.written, x) : times(coefficient.written, x);

const PHI = atom("φ", "\\phi");

/** Whether `written` is one call with one pair of outer parentheses. */
const isCall = (written: string): boolean => {
  if (!/^\\?[a-z]+(\{[A-Za-z]+\})?(_\{[^{}]*\})?\(.*\)$/i.test(written)) return false;
  let depth = 0;
  for (let i = written.indexOf("("); i < written.length; i++) {
    if (written[i] === "(") depth++;
    if (written[i] === ")" && --depth === 0) return i === written.length - 1;
  }
  return false;
};

export const makePen = ({ style, digits = 4, maxUnits = 6 }: EquationSettings): Pen => {
  const numeric = style === "numeric";
  const legend = new Map<string, LegendEntry>();
  const definitions = new Map<string, Line>();

  const rounded = (value: number): number => Number(value.toPrecision(digits));
  const number = (value: number): Written => {
    const shown = rounded(value);
    return { ...atom(String(shown), numberLatex(shown)), latexHold: String(shown).includes("e") ? 2 : 3 };
  };

  const record = (symbol: Written, meaning: string, value?: string): Written => {
    if (!legend.has(symbol.text))
      legend.set(symbol.text, {
        symbol: symbol.text,
        latex: symbol.latex,
        meaning,
        ...(value === undefined ? {} : { value }),
      });
    return symbol;
  };
  const define = (line: Line): void => {
    if (!definitions.has(line.left.text)) definitions.set(line.left.text, line);
  };

  const table = (A: Matrix): Written => {
    const rows = Array.from({ length: A.rows }, (_, i) =>
      Array.from({ length: A.cols }, (_, j) => rounded(A.data[i * A.cols + j]!)),
    );
    const [open, close] =
      A.cols > 10
        ? [`\\left(\\begin{array}{${"r".repeat(A.cols)}} `, " \\end{array}\\right)"]
        : ["\\begin{pmatrix} ", " \\end{pmatrix}"];
    return atom(
      `[${rows.map((row) => row.join(", ")).join("; ")}]`,
      `${open}${rows.map((row) => row.map(numberLatex).join(" & ")).join(" \\\\ ")}${close}`,
    );
  };

  const shown = (symbol: Written, A: Matrix): Line => {
    if (A.rows === 1 && A.cols === 1) return { left: symbol, right: number(A.data[0]!) };
    if (A.rows <= maxUnits && A.cols <= maxUnits) return { left: symbol, right: table(A) };
    const norm = number(euclideanNorm(A.data));
    const [shape, shapeLatex] =
      A.cols === 1
        ? [`${A.rows} entries`, `${A.rows}\\text{ entries}`]
        : [`${A.rows} × ${A.cols}`, `${A.rows} \\times ${A.cols}`];
    const index = A.cols === 1 ? "" : "_F";
    return {
      left: symbol,
      relation: ":",
      right: atom(
        `${shape}, ‖${symbol.text}‖${index} = ${norm.text}`,
        `${shapeLatex},\\ \\lVert ${symbol.latex} \\rVert${index} = ${norm.latex}`,
      ),
    };
  };

  const matrix = (symbol: Written, meaning: string, A: Matrix): Written => {
    const line = shown(symbol, A);
    if (numeric) define(line);
    return record(symbol, meaning, line.right.text);
  };
  const vector = (symbol: Written, meaning: string, v: Float64Array): Written =>
    matrix(symbol, meaning, { rows: v.length, cols: 1, data: v });

  const mention = ({ symbol, meaning, values }: Quantity, shown: boolean): void => {
    const one = uniform(values);
    if (!values || (numeric && !shown)) record(symbol, meaning, one === undefined ? undefined : number(one).text);
    else if (one === undefined) vector(symbol, `${meaning}, one per unit`, values);
    else vector(symbol, meaning, Float64Array.of(one));
  };

  const coefficient = ({ symbol, meaning, values, formula, each }: Quantity): Coefficient => {
    const one = uniform(values);
    if (one !== undefined && numeric) {
      record(symbol, meaning, number(one).text);
      return { written: number(one), each: false };
    }
    if (formula && !(numeric && values)) define({ left: symbol, right: formula });
    if (one === undefined && values) vector(symbol, `${meaning}, one per unit`, values);
    else record(symbol, meaning, one === undefined ? undefined : number(one).text);
    return { written: symbol, each: each ?? (one === undefined && values !== undefined) };
  };

  const ratio = (a: Quantity, b: Quantity | undefined, factor = 1): Coefficient => {
    const [above, below] = [uniform(a.values), b ? uniform(b.values) : 1];
    const over = coefficient(a);
    const under = b ? coefficient(b) : undefined;
    if (numeric && above !== undefined && below !== undefined)
      return { written: number((factor * above) / below), each: false };
    const scaled =
      factor === 1
        ? over.written
        : Number.isInteger(1 / factor)
          ? quotient(over.written, atom(String(1 / factor)))
          : times(number(factor), over.written);
    return {
      written: under ? quotient(scaled, under.written) : scaled,
      each: over.each || under?.each === true,
    };
  };

  const activation = (phi: Activation) => {
    const [text, latex] = [phi.text("v"), phi.latex("v")];
    record(PHI, `activation, φ(v) = ${text}`);
    if (numeric && text === "v") return (v: Written) => v;
    const spelled = isCall(text) && isCall(latex) && text.split(/\bv\b/).length === 2;
    if (numeric && spelled) return (v: Written) => atom(phi.text(v.text), phi.latex(v.latex));
    if (numeric) define({ left: call(PHI, atom("v")), right: loose(text, latex) });
    return (v: Written) => call(PHI, v);
  };

  return {
    numeric,
    number,
    symbol: record,
    matrix,
    vector,
    coefficient,
    mention,
    ratio,
    activation,
    define,
    definitions: () => [...definitions.values()],
    legend: () => [...legend.values()],
  };
};

/** `-(coefficient) x`, or nothing where the coefficient is 0. */
export const leakTerm = (pen: Pen, leak: Quantity, x: Written): Written | undefined => {
  const one = uniform(leak.values);
  if (one === 0) return undefined;
  return negate(one === 1 ? x : weigh(pen.coefficient(leak), x));
};
