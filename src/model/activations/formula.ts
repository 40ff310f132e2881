/**
 * Custom activations: a formula in `v`, its derivatives found symbolically, its constants by the search of `search.ts`.
 *
 * Kinks are sought where an argument of abs, relu, min, max, sign, heaviside or a comparison changes sign. Logistic and
 * softplus parts are made stable first, so that the derivatives hold in the tails however the formula is written.
 */
import { differentiate } from "../../expression/derive.js";
import { compileExpression } from "../../expression/evaluate.js";
import { type Expression, parts } from "../../expression/expression.js";
import { expressionLatex } from "../../expression/latex.js";
import { parseExpression } from "../../expression/parse.js";
import { expressionText } from "../../expression/print.js";
import { simplify, subtract } from "../../expression/simplify.js";
import { stabilize } from "../../expression/stabilize.js";
import type { Activation } from "./contract.js";
import { type Curve, crossings, estimateSupremum, estimateSupremumOn, GRID, jumps, stepAt } from "./search.js";

const curve = (expression: Expression): Curve => {
  const evaluate = compileExpression(expression);
  return (v) => evaluate([v]);
};

const walk = (expression: Expression, visit: (e: Expression) => void): void => {
  const seen = new Set<Expression>();
  const enter = (e: Expression): void => {
    if (seen.has(e)) return;
    seen.add(e);
    visit(e);
    for (const part of parts(e)) enter(part);
  };
  enter(expression);
};

/** The curve of a formula, but NaN where a denominator has overflowed and the quotient would pass for zero. */
const curveWithinRange = (expression: Expression): Curve => {
  const f = curve(expression);
  const denominators: Curve[] = [];
  walk(expression, (e) => {
    if (e.kind === "binary" && e.operator === "/") denominators.push(curve(e.right));
  });
  return (v) => (denominators.every((g) => Math.abs(g(v)) !== Number.POSITIVE_INFINITY) ? f(v) : Number.NaN);
};

const CORNERED: readonly string[] = ["abs", "relu", "sign", "heaviside"];

/** Where the formula passes from one smooth piece to another, in increasing order. */
const cornersOf = (expression: Expression): readonly number[] => {
  const switches: Curve[] = [];
  walk(expression, (e) => {
    if (e.kind === "if") switches.push(curve(subtract(e.condition.left, e.condition.right)));
    if (e.kind !== "call") return;
    const [a, b] = e.parameters;
    if (b !== undefined) switches.push(curve(subtract(a!, b)));
    else if (CORNERED.includes(e.callee)) switches.push(curve(a!));
  });
  return [...new Set(switches.flatMap(crossings))].sort((a, b) => a - b);
};

/** Formulas met before: models are bound many times, the search over the grid is worth doing once. */
const known = new Map<string, Activation>();
const KNOWN_LIMIT = 64;

const analyzed = (text: string): Activation => {
  const written = simplify(parseExpression(text, ["v"]));
  const phi = stabilize(written);
  const first = differentiate(phi, "v");
  const second = differentiate(first, "v");
  const third = differentiate(second, "v");
  const value = curve(phi);

  const corners = cornersOf(phi);
  const isCorner = new Set(corners);
  /** At a corner the formula's own choice of side may be the left one. */
  const fromRight = (f: Curve): Curve => (isCorner.size === 0 ? f : (v) => f(isCorner.has(v) ? v + stepAt(v) : v));
  const derivative = fromRight(curve(first));
  const bound = (e: Expression): number => estimateSupremum(fromRight(curveWithinRange(e)));
  const curvature = fromRight(curveWithinRange(second));
  const broken = corners.some((v) => jumps(value, v));

  return {
    name: "expression",
    spec: { name: "expression", expression: text },
    definition: text,
    value,
    derivative,
    secondDerivative: fromRight(curve(second)),
    thirdDerivative: fromRight(curve(third)),
    maxDerivative: broken ? Number.POSITIVE_INFINITY : bound(first),
    maxSecondDerivative: bound(second),
    maxThirdDerivative: bound(third),
    maxSecondDerivativeOn: (low, high) => estimateSupremumOn(curvature, low, high, corners),
    estimated: true,
    kinks: corners.filter((v) => jumps(derivative, v) || jumps(value, v)),
    odd: GRID.every((v) => Math.abs(value(v) + value(-v)) <= 1e-12 * (1 + Math.abs(value(v)))),
    text: (argument) => expressionText(written, () => argument),
    latex: (argument) => expressionLatex(written, () => argument),
  };
};

/** The activation of a formula in `v`, for instance `"v/(1 + v^2)"`. */
export const formula = (text: string): Activation => {
  const found = known.get(text);
  if (found) return found;
  const phi = analyzed(text);
  if (known.size >= KNOWN_LIMIT) known.delete(known.keys().next().value!);
  known.set(text, phi);
  return phi;
};
