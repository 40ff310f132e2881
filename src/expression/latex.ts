/**
 * A syntax tree as LaTeX: fractions, roots, cases, Greek letters and subscripts.
 */
import type { Expression } from "./expression.js";
import { Level, type Printed } from "./print.js";
import type { FunctionName } from "./vocabulary.js";

const GREEK = new Set(
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(
    " ",
  ),
);

const FUNCTIONS: Readonly<Record<FunctionName, (a: string, b: string) => string>> = {
  exp: (a) => `\\exp(${a})`,
  log: (a) => `\\log(${a})`,
  sqrt: (a) => `\\sqrt{${a}}`,
  sin: (a) => `\\sin(${a})`,
  cos: (a) => `\\cos(${a})`,
  tan: (a) => `\\tan(${a})`,
  sinh: (a) => `\\sinh(${a})`,
  cosh: (a) => `\\cosh(${a})`,
  tanh: (a) => `\\tanh(${a})`,
  atan: (a) => `\\arctan(${a})`,
  abs: (a) => `\\left|${a}\\right|`,
  sign: (a) => `\\operatorname{sign}(${a})`,
  erf: (a) => `\\operatorname{erf}(${a})`,
  sigmoid: (a) => `\\sigma(${a})`,
  softplus: (a) => `\\operatorname{softplus}(${a})`,
  relu: (a) => `\\max(0, ${a})`,
  heaviside: (a) => `\\Theta(${a})`,
  min: (a, b) => `\\min(${a}, ${b})`,
  max: (a, b) => `\\max(${a}, ${b})`,
};

const COMPARISON = { "<": "<", "<=": "\\le", ">": ">", ">=": "\\ge" } as const;

const word = (text: string): string =>
  text.length <= 1 || /^\d+$/.test(text)
    ? text
    : GREEK.has(text)
      ? `\\${text}`
      : `\\mathrm{${text.replaceAll("_", "\\_")}}`;

/** A name in LaTeX: `tau_m` is \tau_{m}, `v` is v, `gain` is upright. */
export const nameLatex = (name: string): string => {
  const [, stem, subscript] = /^([A-Za-z][A-Za-z0-9]*)_([A-Za-z0-9]+)$/.exec(name) ?? [];
  if (stem !== undefined && subscript !== undefined) return `${word(stem)}_{${word(subscript)}}`;
  const [, letter, digits] = /^([A-Za-z]+)(\d+)$/.exec(name) ?? [];
  return letter !== undefined && digits !== undefined ? `${word(letter)}_{${digits}}` : word(name);
};

/** A number in LaTeX: 2.5e-7 is 2.5 \cdot 10^{-7}. */
export const numberLatex = (value: number): string => {
  const [mantissa, exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa!;
  const factor = mantissa === "1" ? "" : mantissa === "-1" ? "-" : `${mantissa} \\cdot `;
  return `${factor}10^{${Number(exponent)}}`;
};

const wrap = ([text, level]: Printed, least: number): string => (level < least ? `\\left(${text}\\right)` : text);
const operand = (printed: Printed, least: number): string =>
  wrap(printed, printed[0].startsWith("-") ? Level.atom : least);

const print = (e: Expression, write: (name: string) => string): Printed => {
  switch (e.kind) {
    case "number": {
      const text = numberLatex(e.value);
      return [text, e.value < 0 ? Level.sign : text.includes("^") ? Level.product : Level.atom];
    }
    case "constant":
      return [e.name === "pi" ? "\\pi" : "\\mathrm{e}", Level.atom];
    case "name": {
      const text = write(e.name);
      return [text, text === nameLatex(e.name) || /^\\?[A-Za-z]+$/.test(text) ? Level.atom : Level.choice];
    }
    case "negate": {
      const inner = print(e.operand, write);
      return [`-${operand(inner, Level.product)}`, inner[1] === Level.product ? Level.product : Level.sign];
    }
    case "call": {
      const [a, b] = e.parameters.map((p) => print(p, write)[0]);
      return [FUNCTIONS[e.callee](a!, b ?? ""), Level.atom];
    }
    case "if": {
      const { operator, left, right } = e.condition;
      const [a, b, c, d] = [left, right, e.consequence, e.alternative].map((part) => print(part, write)[0]);
      return [
        `\\begin{cases} ${c} & ${a} ${COMPARISON[operator]} ${b} \\\\ ${d} & \\text{otherwise} \\end{cases}`,
        Level.choice,
      ];
    }
    case "binary":
      return printBinary(e, print(e.left, write), print(e.right, write));
  }
};

const printBinary = (e: Expression & { readonly kind: "binary" }, a: Printed, b: Printed): Printed => {
  switch (e.operator) {
    case "^":
      return [`${wrap(a, Level.atom)}^{${b[0]}}`, Level.power];
    case "/":
      return [`\\frac{${a[0]}}{${b[0]}}`, Level.power];
    case "*": {
      const right = operand(b, Level.sign);
      return [`${wrap(a, Level.product)}${/^\d/.test(right) ? " \\cdot " : "\\,"}${right}`, Level.product];
    }
    default:
      return [`${wrap(a, Level.sum)} ${e.operator} ${operand(b, Level.product)}`, Level.sum];
  }
};

/**
 * A formula as LaTeX.
 *
 * @param write what to put for a name, in LaTeX; more than one symbol is set in parentheses where it must be
 */
export const expressionLatex = (expression: Expression, write: (name: string) => string = nameLatex): string =>
  print(expression, write)[0];
