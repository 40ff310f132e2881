/**
 * Where a model is looked at: a state and an input, given, or found as a fixed point by Newton's method.
 *
 * Operators and analyses both ask for one, hence its place below them.
 */
import { InputError } from "../error.js";
import { checkedVector } from "./build.js";
import type { Model } from "./model.js";
import { solveFixedPoint } from "./solve-fixed-point.js";

/** Where to linearize. */
export type OperatingPoint =
  | { readonly at: "origin"; readonly input?: ArrayLike<number> }
  | { readonly at: "state"; readonly state: ArrayLike<number>; readonly input?: ArrayLike<number> }
  | { readonly at: "fixed-point"; readonly start?: ArrayLike<number>; readonly input?: ArrayLike<number> };

/** A state and the input held there. */
export interface Place {
  readonly state: Float64Array;
  readonly input: Float64Array;
}

/**
 * The state and input that an operating point names for a model; `subject` opens the text of errors.
 *
 * @throws InputError where a fixed point was asked for and none was found from the start
 */
export const resolvePoint = (model: Model, where: OperatingPoint, subject = "linearize"): Place => {
  const input = where.input
    ? checkedVector(`${subject}: input`, where.input, model.inputs)
    : new Float64Array(model.inputs);
  if (where.at === "origin") return { state: new Float64Array(model.units), input };
  if (where.at === "state") return { state: checkedVector(`${subject}: state`, where.state, model.units), input };
  const start = where.start
    ? checkedVector(`${subject}: start`, where.start, model.units)
    : new Float64Array(model.units);
  const found = solveFixedPoint(model, { start, input });
  if (found.status !== "converged")
    throw new InputError(
      `${subject}: no fixed point found from this start (${found.status} at residual ${found.residual.toExponential(2)}); try another start`,
    );
  return { state: found.state, input };
};
