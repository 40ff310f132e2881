/**
 * What every activation function offers: phi, its first three derivatives, and the suprema of their magnitudes.
 *
 * The suprema feed the remainder bounds of a linearization, |phi(p + d) - phi(p) - phi'(p) d| <= M2 d² / 2 with
 * M2 = sup |phi''|. They hold on each smooth piece; a kink (a point where phi' jumps) is outside them and listed apart.
 */
import type { ActivationSpec } from "./specification.js";

/** An activation function phi, ready for use. Made by `activation`; immutable. */
export interface Activation {
  /** The standard term, for instance `"leaky-relu"`. */
  readonly name: string;
  /** The plain data it was made from, with every parameter filled in; `activation(spec)` gives it back. */
  readonly spec: ActivationSpec;
  /** phi as a formula in `v` that `parseExpression(definition, ["v"])` reads. */
  readonly definition: string;
  /** phi(v). */
  value(v: number): number;
  /** The gain phi'(v); at a kink, the derivative from the right. */
  derivative(v: number): number;
  /** phi''(v); at a kink or where phi'' jumps, its limit from the right. */
  secondDerivative(v: number): number;
  /** phi'''(v), with the same convention. */
  thirdDerivative(v: number): number;
  /** sup |phi'|, `Infinity` if unbounded. */
  readonly maxDerivative: number;
  /** sup |phi''| over the smooth pieces, `Infinity` if unbounded. */
  readonly maxSecondDerivative: number;
  /** sup |phi'''| over the smooth pieces, `Infinity` if unbounded. */
  readonly maxThirdDerivative: number;
  /** Sharp sup |phi''| over the smooth pieces within [low, high]; either end may be infinite. */
  maxSecondDerivativeOn(low: number, high: number): number;
  /** True if the suprema come from a numerical search and are estimates, as for a custom expression. */
  readonly estimated: boolean;
  /** Where phi' jumps, in increasing order. */
  readonly kinks: readonly number[];
  /** Whether phi(-v) = -phi(v). */
  readonly odd: boolean;
  /** The closure of the range, if phi is bounded. */
  readonly saturating?: readonly [low: number, high: number];
  /** phi of an argument given as text: `text("W h + b")` is `"tanh(W h + b)"`. */
  text(argument: string): string;
  /** phi of an argument given in LaTeX. */
  latex(argument: string): string;
}

/**
 * sup |f| over an interval for an f that is monotone between the given points: the largest of the values at the two
 * ends and at the points within. Ends beyond ±750 are drawn in, where every smooth activation is flat to rounding.
 */
export const supremumBetween =
  (f: (v: number) => number, stationary: readonly number[]) =>
  (low: number, high: number): number => {
    const a = Math.min(750, Math.max(-750, low));
    const b = Math.min(750, Math.max(-750, high));
    let largest = Math.max(Math.abs(f(a)), Math.abs(f(b)));
    for (const v of stationary) if (a <= v && v <= b) largest = Math.max(largest, Math.abs(f(v)));
    return largest;
  };

/** An argument as a factor: in parentheses unless it is a single name or number. */
export const factor = (argument: string): string =>
  /^[\w.]+$|^\\?[a-zA-Z]+(_\w|_\{\w+\})?$/.test(argument) ? argument : `(${argument})`;
