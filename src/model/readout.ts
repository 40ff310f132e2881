/** The readout `y = C h + d` of the state, or `y = C phi(x) + d` of the activity, and its derivative. */
import { InputError } from "../error.js";
import { type Matrix, multiplyVector, scaleColumns } from "../numerics/matrix.js";
import { type Activation, activation } from "./activation.js";
import type { Model, Readout } from "./model.js";

/** The activation of a model, or of the one it was derived from. */
export const activationOf = (model: Model): Activation => {
  if ("activation" in model) return activation(model.activation);
  if (model.parent) return activationOf(model.parent);
  throw new InputError(`readout: reads the activity, but ${model.name} has no activation`);
};

/** A function that gives the readout of a state; undefined where the model has none. */
export const readoutOf = (model: Model): ((x: Float64Array) => Float64Array) | undefined => {
  const { readout } = model;
  if (!readout) return undefined;
  const { weights: C, bias: d } = readout;
  const add = (y: Float64Array) => y.map((v, i) => v + d[i]!);
  // A readout may look at the last part of the state only (h of a cell and output state).
  const part = (x: Float64Array) => (C.cols === x.length ? x : x.subarray(x.length - C.cols));
  if (readout.of === "state") return (x) => add(multiplyVector(C, part(x)));
  const phi = activationOf(model);
  return (x) => add(multiplyVector(C, part(x).map(phi.value)));
};

/** `dy/dx` at a state, outputs × units of the readout. */
export const readoutJacobian = (model: Model & { readonly readout: Readout }, x: Float64Array): Matrix => {
  const { weights: C, of } = model.readout;
  if (of === "state") return C;
  return scaleColumns(C, x.map(activationOf(model).derivative));
};

/** The readout that the linearization at `point` sees: always of the state. */
export const linearizedReadout = (model: Model, point: Float64Array): Readout | undefined => {
  const { readout } = model;
  if (!readout || readout.of === "state") return readout;
  const weights = readoutJacobian({ ...model, readout }, point);
  const there = readoutOf(model)!(point);
  const linear = multiplyVector(weights, point);
  return { weights, bias: there.map((v, i) => v - linear[i]!), of: "state" };
};
