/**
 * What a search for fixed points solves: `g(x) = 0` at one constant input, with scratch space of its own.
 *
 * Of a flow `g = f`; of a map `g = F - x`; of cycles `g = F^k - x`, whose Jacobian is the product of those along the
 * cycle minus the identity.
 */
import type { Flow, StepMap } from "../model/dynamics.js";
import { identity, type Matrix, matrix, multiply } from "../numerics/matrix.js";

export interface ZeroProblem {
  readonly units: number;
  /** Writes `g(x)` into `out`; false where g is not defined there. */
  readonly residual: (x: Float64Array, out: Float64Array) => boolean;
  /** Writes `dg/dx`, row-major, into `out`; false where g is not defined there. */
  readonly jacobian: (x: Float64Array, out: Float64Array) => boolean;
}

/** `f(x, u) = 0` of a flow at constant input. */
export const flowProblem = (flow: Flow, u: Float64Array): ZeroProblem => {
  let target = matrix(0, 0);
  return {
    units: flow.units,
    residual: (x, out) => {
      flow.field(x, u, out);
      return true;
    },
    jacobian: (x, out) => {
      if (target.data !== out) target = matrix(flow.units, flow.units, out);
      const J = flow.stateJacobian(x, u, undefined, target);
      if (J.data !== out) out.set(J.data);
      return true;
    },
  };
};

/** `F^period(x) = x` of a map at constant input. */
export const mapProblem = (map: StepMap, u: Float64Array, period = 1): ZeroProblem => {
  const n = map.units;
  const image = new Float64Array(n);
  return {
    units: n,
    residual: (x, out) => {
      out.set(x);
      for (let k = 0; k < period; k++) {
        if (!map.step(out, u, image)) return false;
        out.set(image);
      }
      for (let i = 0; i < n; i++) out[i]! -= x[i]!;
      return true;
    },
    jacobian: (x, out) => {
      const M = cycleJacobian(map, u, x, period);
      if (!M) return false;
      out.set(M.data);
      for (let i = 0; i < n; i++) out[i * n + i]! -= 1;
      return true;
    },
  };
};

/** `dF^period/dx`, the product of the Jacobians along an orbit; undefined where a step could not be solved. */
export const cycleJacobian = (
  map: StepMap,
  u: Float64Array,
  start: Float64Array,
  period: number,
): Matrix | undefined => {
  let product = identity(map.units);
  const x = start.slice();
  const image = new Float64Array(map.units);
  for (let k = 0; k < period; k++) {
    const J = map.stateJacobian(x, u);
    if (!J) return undefined;
    product = k === 0 ? J : multiply(J, product);
    if (k + 1 === period) break;
    if (!map.step(x, u, image)) return undefined;
    x.set(image);
  }
  return product;
};
