/** Random formulas in `a` and `b`, as text that mathjs reads to the same meaning. */
import fc from "fast-check";

const UNARY = ["exp", "sqrt", "sin", "cos", "tanh", "sinh", "cosh", "atan", "log", "tan"];

/** Formulas of smooth functions and arithmetic. */
export const smoothFormula: fc.Arbitrary<string> = fc.letrec<{ formula: string }>((tie) => ({
  formula: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "b", "2", "0.5", "pi", "e", "1e-1", ".25", "3."),
    fc.tuple(tie("formula"), fc.constantFrom("+", "-", "*", "/"), tie("formula")).map(([l, o, r]) => `${l} ${o} ${r}`),
    fc.tuple(tie("formula"), tie("formula")).map(([l, r]) => `(${l})^${r.length < 6 ? r : "2"}`),
    tie("formula").map((f) => `(${f})`),
    tie("formula").map((f) => `-${f}`),
    fc.tuple(fc.constantFrom(...UNARY), tie("formula")).map(([g, f]) => `${g}(${f})`),
  ),
})).formula;

/** Values between -2 and 2 that are neither tiny nor whole, so that no singularity is met by design. */
export const ordinaryValue: fc.Arbitrary<number> = fc.integer({ min: -1493, max: 1493 }).map((k) => (k + 0.5) / 747);
