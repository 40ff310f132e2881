/**
 * One step of a map for its state and a frame of tangent vectors: `x -> F(x)`, `v -> DF(x) v`.
 *
 * Explicit Runge–Kutta maps carry the frame through their stages, `K_i = J(x_i) (V + dt Σ a_ij K_j)`, which costs a product of J with the
 * few vectors of the frame where the Jacobian of the step would cost products of whole matrices.
 */
import { flowOf, mapOf } from "../model/bind.js";
import type { DiscreteModel, SchemeMap } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { type Matrix, matrix } from "../numerics/matrix.js";
import type { Frame } from "./orthonormal-frame.js";

/** Advances `x` and the frame in place by step `k`; false where the step could not be taken. */
export type TangentStep = (x: Float64Array, u: Float64Array, frame: Frame, k: number) => boolean;

/** `out = V J^T` for a frame V with vectors as rows. */
const carry = (J: Matrix, V: Float64Array, count: number, out: Float64Array): void => {
  const n = J.cols;
  const { data } = J;
  for (let k = 0; k < count; k++) {
    const vector = k * n;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      let sum = 0;
      for (let j = 0; j < n; j++) sum += data[row + j] * V[vector + j];
      out[vector + i] = sum;
    }
  }
};

/** The step of a map and its tangent. */
export const tangentStep = (model: DiscreteModel): TangentStep => {
  if (model.form === "scheme" && model.parent.form !== "warped" && !schemeOf(model.scheme).implicit) {
    const staged = stagedStep(model);
    if (staged) return staged;
  }
  const map = mapOf(model);
  const next = new Float64Array(model.units);
  let moved = new Float64Array(0);
  return (x, u, { count, data }, k) => {
    const M = map.stateJacobian(x, u, k);
    if (!M || !map.step(x, u, next, k)) return false;
    if (moved.length !== data.length) moved = new Float64Array(data.length);
    carry(M, data, count, moved);
    data.set(moved);
    x.set(next);
    return true;
  };
};

/** Through the stages of an explicit tableau; undefined for schemes that have none. */
const stagedStep = (model: SchemeMap): TangentStep | undefined => {
  const scheme = schemeOf(model.scheme);
  const { tableau } = scheme;
  const flow = flowOf(model.parent);
  const { stagePoints, step } = scheme.bind(flow);
  if (!tableau || !stagePoints) return undefined;
  const map = mapOf(model);
  const next = new Float64Array(model.units);
  const J = matrix(model.units, model.units);
  let stages: Float64Array[] = [];
  let inner = new Float64Array(0);
  return (x, u, { count, data }, k) => {
    const dt = map.dt(k);
    const points = stagePoints(x, u, dt);
    if (!points || !step(x, u, dt, next)) return false;
    if (inner.length !== data.length) {
      inner = new Float64Array(data.length);
      stages = tableau.b.map(() => new Float64Array(data.length));
    }
    points.forEach((point, i) => {
      inner.set(data);
      for (let j = 0; j < i; j++) addScaled(inner, stages[j], dt * tableau.A[i][j]);
      carry(flow.stateJacobian(point, u, undefined, J), inner, count, stages[i]);
    });
    tableau.b.forEach((b, i) => {
      addScaled(data, stages[i], dt * b);
    });
    x.set(next);
    return true;
  };
};

const addScaled = (target: Float64Array, source: Float64Array, factor: number): void => {
  if (factor === 0) return;
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
};
