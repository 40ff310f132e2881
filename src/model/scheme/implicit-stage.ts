/**
 * One implicit stage: the solution of `y = r + h f(y, u)` by Newton's method with the exact Jacobian, each step halved
 * until the residual falls.
 *
 * The solution is unique while `h nu < 1`, nu the largest logarithmic norm of J; beyond that the branch followed is the
 * one reached from `r`. What does not converge is reported, never returned.
 */
import { solveVector } from "../../numerics/lu.js";
import { add, euclideanNorm, identity, maxAbs } from "../../numerics/matrix.js";
import type { Flow } from "../dynamics.js";

const ITERATIONS = 60;
const HALVINGS = 30;
const ROUNDING = 2 ** -52;

/** Writes `y` into `point` (which holds `r` on entry) and `f(y)` into `slope`; `false` where Newton did not converge. */
export const solveStage = (
  flow: Flow,
  point: Float64Array,
  u: Float64Array,
  h: number,
  slope: Float64Array,
  t: number | undefined,
): boolean => {
  const n = point.length;
  const start = point.slice();
  const residual = new Float64Array(n);
  const trial = new Float64Array(n);
  const trialResidual = new Float64Array(n);
  const I = identity(n);

  const evaluate = (y: Float64Array, out: Float64Array): number => {
    flow.field(y, u, slope, t);
    for (let i = 0; i < n; i++) out[i] = y[i]! - start[i]! - h * slope[i]!;
    return euclideanNorm(out);
  };

  let norm = evaluate(point, residual);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    if (!Number.isFinite(norm)) return false;
    const scale = maxAbs(point) + maxAbs(start) + Math.abs(h) * maxAbs(slope);
    const floor = 8 * ROUNDING * Math.sqrt(n) * scale;
    const J = flow.stateJacobian(point, u, t);
    const update = solveVector(add(I, J, -h), residual);
    if (!update) return norm <= floor;
    let damping = 1;
    let improved = false;
    for (let halving = 0; halving < HALVINGS; halving++, damping /= 2) {
      for (let i = 0; i < n; i++) trial[i] = point[i]! - damping * update[i]!;
      const trialNorm = evaluate(trial, trialResidual);
      if (trialNorm < norm || (trialNorm === norm && norm === 0)) {
        norm = trialNorm;
        improved = true;
        point.set(trial);
        residual.set(trialResidual);
        break;
      }
    }
    if (norm === 0 || (!improved && norm <= floor)) {
      norm = evaluate(point, residual);
      return true;
    }
    if (!improved) return false;
  }
  return false;
};
