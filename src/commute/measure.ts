/** Measured differences: of two affine models at their operating point, and of two maps along a trajectory. */
import type { StepMap } from "../model/dynamics.js";
import type { LinearFlow, LinearMap } from "../model/model.js";
import { euclideanNorm, type Matrix, maxAbs, subtract } from "../numerics/matrix.js";
import { norm2 } from "../numerics/svd.js";
import type { Defect } from "./certificate.js";

/** A map's value and derivatives at one state and input. */
export interface AffinePart {
  readonly stateMatrix: Matrix;
  readonly inputMatrix: Matrix;
  readonly offset: Float64Array;
}

/** `map` to first order at (`x`, `u`), or undefined where an implicit step could not be solved. */
export const affinePart = (map: StepMap, x: Float64Array, u: Float64Array, k = 0): AffinePart | undefined => {
  const offset = new Float64Array(map.units);
  const solved = map.step(x, u, offset, k);
  const stateMatrix = map.stateJacobian(x, u, k);
  const inputMatrix = map.inputJacobian(x, u, k);
  return solved && stateMatrix && inputMatrix ? { stateMatrix, inputMatrix, offset } : undefined;
};

const matrixNorm = (A: Matrix): number => (A.rows === 0 || A.cols === 0 ? 0 : norm2(A));

/** How `a` and `b`, both about the same point, differ. */
export const affineDefect = (
  a: AffinePart | LinearFlow | LinearMap,
  b: AffinePart | LinearFlow | LinearMap,
  trajectory: number | null,
): Defect => {
  const state = matrixNorm(subtract(a.stateMatrix, b.stateMatrix));
  const input = matrixNorm(subtract(a.inputMatrix, b.inputMatrix));
  const offset = euclideanNorm(a.offset.map((v, i) => v - b.offset[i]!));
  return { operator: Math.max(state, input, offset), state, input, offset, trajectory };
};

/** The worst of several defects, entry by entry. */
export const worst = (defects: readonly Defect[]): Defect => {
  const largest = (key: "operator" | "state" | "input" | "offset") => Math.max(...defects.map((d) => d[key]));
  const trajectories = defects.flatMap((d) => (d.trajectory === null ? [] : [d.trajectory]));
  return {
    operator: largest("operator"),
    state: largest("state"),
    input: largest("input"),
    offset: largest("offset"),
    trajectory: trajectories.length ? Math.max(...trajectories) : null,
  };
};

/** Size of the numbers in an affine part, for judging what rounding may do to them. */
export const sizeOf = (part: AffinePart | LinearFlow | LinearMap): number =>
  Math.max(
    1,
    maxAbs(part.stateMatrix.data) * Math.sqrt(part.stateMatrix.rows),
    maxAbs(part.inputMatrix.data),
    maxAbs(part.offset),
  );

/**
 * Largest distance between two maps that start at `start` and get the same input at every step. Null where a step could
 * not be solved or a state is not finite.
 */
export const trajectoryDistance = (
  a: StepMap,
  b: StepMap,
  start: Float64Array,
  inputs: readonly Float64Array[],
): number | null => {
  let x = start.slice();
  let y = start.slice();
  let distance = 0;
  for (let k = 0; k < inputs.length; k++) {
    const xNext = new Float64Array(x.length);
    const yNext = new Float64Array(y.length);
    if (!a.step(x, inputs[k]!, xNext, k) || !b.step(y, inputs[k]!, yNext, k)) return null;
    x = xNext;
    y = yNext;
    const apart = euclideanNorm(x.map((v, i) => v - y[i]!));
    if (!Number.isFinite(apart)) return null;
    distance = Math.max(distance, apart);
  }
  return distance;
};

/** The defect where one side does not exist at all. */
export const unsolved: Defect = {
  operator: Number.POSITIVE_INFINITY,
  state: Number.POSITIVE_INFINITY,
  input: Number.POSITIVE_INFINITY,
  offset: Number.POSITIVE_INFINITY,
  trajectory: null,
};
