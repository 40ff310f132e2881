/**
 * Custom activations: a formula in `v`, its derivatives found symbolically, its constants by a search on a grid.
 *
 * The search looks at 9400 points from -10⁶ to 10⁶, dense near 0, and refines the largest values; a maximum still
 * growing at the rim or at a singularity counts as Infinity. It can miss a spike narrower than the grid, hence
 * `estimated`. Kinks are sought where an argument of abs, relu, min, max, sign, heaviside or a comparison changes sign.
 */
import { differentiate } from "../../expression/derive.js";
import { compileExpression } from "../../expression/evaluate.js";
import { type Expression, parts } from "../../expression/expression.js";
import { expressionLatex } from "../../expression/latex.js";
import { parseExpression } from "../../expression/parse.js";
import { expressionText } from "../../expression/print.js";
import { simplify, subtract } from "../../expression/simplify.js";
import type { Activation } from "./contract.js";

type Curve = (v: number) => number;

const curve = (expression: Expression): Curve => {
  const evaluate = compileExpression(expression);
  return (v) => evaluate([v]);
};

const GRID: readonly number[] = (() => {
  const right: number[] = [];
  for (let k = 1; k <= 2000; k++) right.push(k / 200);
  for (let k = 1; k <= 2500; k++) right.push(10 ** (1 + k / 500));
  for (let k = 1; k <= 200; k++) right.push(0.005 * 10 ** (-k / 100));
  right.sort((a, b) => a - b);
  return [...right.map((v) => -v).reverse(), 0, ...right];
})();

/** The largest value of f in [a, b], by golden section. */
const refine = (f: Curve, a: number, b: number): number => {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [left, right] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  let largest = Math.max(atLeft, atRight);
  for (let step = 0; step < 80 && b - a > 1e-14 * (Math.abs(a) + Math.abs(b)); step++) {
    if (atLeft >= atRight) {
      b = right;
      [right, atRight, left] = [left, atLeft, right - ratio * (right - a)];
      atLeft = f(left);
    } else {
      a = left;
      [left, atLeft, right] = [right, atRight, left + ratio * (b - left)];
      atRight = f(right);
    }
    largest = Math.max(largest, atLeft, atRight);
  }
  return largest;
};

const isPeak = (sizes: readonly number[], i: number): boolean => {
  const [before, here, after] = [sizes[i - 1]!, sizes[i]!, sizes[i + 1]!];
  return here >= before && here >= after && (here > before || here > after);
};

/** An estimate of sup |f| over the given points and the intervals between them; NaN, outside the domain, is skipped. */
const supremumOn = (f: Curve, points: readonly number[]): number => {
  const size: Curve = (v) => {
    const y = Math.abs(f(v));
    return Number.isNaN(y) ? 0 : y;
  };
  const sizes = points.map(size);
  const coarse = Math.max(...sizes);
  if (coarse === Number.POSITIVE_INFINITY) return coarse;
  let largest = coarse;
  for (let i = 1; i + 1 < points.length; i++)
    if (isPeak(sizes, i) && sizes[i]! > 0.9 * coarse)
      largest = Math.max(largest, refine(size, points[i - 1]!, points[i + 1]!));
  return largest > 1e3 * coarse ? Number.POSITIVE_INFINITY : largest;
};

const RIM = 1e5;
const MIDDLE = GRID.filter((v) => Math.abs(v) <= RIM);
const LEFT_RIM = GRID.filter((v) => v <= -RIM);
const RIGHT_RIM = GRID.filter((v) => v >= RIM);

/** sup |f| over the line; Infinity if it still grows in the outermost decade or is huge next to a point. */
const supremum = (f: Curve): number => {
  const inner = supremumOn(f, MIDDLE);
  const outer = Math.max(supremumOn(f, LEFT_RIM), supremumOn(f, RIGHT_RIM));
  return outer > inner * (1 + 1e-3) || inner > 1e8 ? Number.POSITIVE_INFINITY : Math.max(inner, outer);
};

/** The functions of v whose change of sign switches from one smooth piece of the formula to another. */
const switches = (expression: Expression): Curve[] => {
  const found: Curve[] = [];
  const seen = new Set<Expression>();
  const visit = (e: Expression): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.kind === "if") found.push(curve(subtract(e.condition.left, e.condition.right)));
    if (e.kind === "call") {
      const [a, b] = e.parameters;
      if (b !== undefined) found.push(curve(subtract(a!, b)));
      else if (["abs", "relu", "sign", "heaviside"].includes(e.callee)) found.push(curve(a!));
    }
    for (const part of parts(e)) visit(part);
  };
  visit(expression);
  return found;
};

/** Where g changes sign between neighbors of the grid, to the last bit, or is zero at a point of it. */
const crossings = (g: Curve): number[] => {
  const found: number[] = [];
  const values = GRID.map(g);
  for (let i = 0; i < GRID.length; i++) {
    if (values[i] === 0 && (values[i - 1] !== 0 || values[i + 1] !== 0)) found.push(GRID[i]!);
    if (i === 0 || !(values[i - 1]! * values[i]! < 0)) continue;
    let [a, b] = [GRID[i - 1]!, GRID[i]!];
    for (let step = 0; step < 100; step++) {
      const middle = (a + b) / 2;
      if (middle <= a || middle >= b) break;
      if (values[i - 1]! * g(middle) > 0) a = middle;
      else b = middle;
    }
    found.push(b);
  }
  return found;
};

const differs = (a: number, b: number): boolean => !(Math.abs(a - b) <= 1e-6 * (1 + Math.abs(a) + Math.abs(b)));
const stepOf = (v: number): number => 1e-9 * (1 + Math.abs(v));
const jumps = (f: Curve, v: number): boolean => differs(f(v - stepOf(v)), f(v + stepOf(v)));

/** The activation of a formula in `v`, for instance `"v/(1 + v^2)"`. */
export const formula = (text: string): Activation => {
  const phi = simplify(parseExpression(text, ["v"]));
  const first = differentiate(phi, "v");
  const second = differentiate(first, "v");
  const third = differentiate(second, "v");
  const value = curve(phi);

  const corners = [...new Set(switches(phi).flatMap(crossings))].sort((a, b) => a - b);
  const cornerSet = new Set(corners);
  /** At a corner the formula's own choice of side may be the left one. */
  const fromRight = (f: Curve): Curve => (cornerSet.size === 0 ? f : (v) => f(cornerSet.has(v) ? v + stepOf(v) : v));
  const [derivative, secondDerivative, thirdDerivative] = [first, second, third].map((e) => fromRight(curve(e))) as [
    Curve,
    Curve,
    Curve,
  ];

  const broken = corners.some((v) => jumps(value, v));
  const sampled = GRID.filter((v) => v > 0);
  return {
    name: "expression",
    spec: { name: "expression", expression: text },
    definition: text,
    value,
    derivative,
    secondDerivative,
    thirdDerivative,
    maxDerivative: broken ? Number.POSITIVE_INFINITY : supremum(derivative),
    maxSecondDerivative: supremum(secondDerivative),
    maxThirdDerivative: supremum(thirdDerivative),
    maxSecondDerivativeOn: (low, high) => {
      const [a, b] = [Math.max(low, GRID[0]!), Math.min(high, GRID.at(-1)!)];
      const inside = Array.from({ length: 65 }, (_, k) => a + ((b - a) * k) / 64);
      if (b - a > 0.5) inside.push(...GRID.filter((v) => v > a && v < b));
      for (const v of corners) if (v > a && v < b) inside.push(v - stepOf(v), v + stepOf(v));
      return supremumOn(
        secondDerivative,
        inside.sort((p, q) => p - q),
      );
    },
    estimated: true,
    kinks: corners.filter((v) => jumps(derivative, v) || jumps(value, v)),
    odd: sampled.every((v) => Math.abs(value(v) + value(-v)) <= 1e-12 * (1 + Math.abs(value(v)))),
    text: (argument) => expressionText(phi, () => argument),
    latex: (argument) => expressionLatex(phi, () => argument),
  };
};
