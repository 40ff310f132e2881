/**
 * One implicit stage: the solution of `y = r + h f(y, u)` by Newton's method with the exact Jacobian, each step halved
 * until the residual falls.
 *
 * The solution is unique while `h nu < 1`, nu the largest logarithmic norm of J; beyond that the branch followed is the
 * one reached from `r`. What does not converge is reported, never returned.
 */
import { type LuFactor, luFactor, luSolveVector } from "../../numerics/lu.js";
import { add, euclideanNorm, identity, maxAbs } from "../../numerics/matrix.js";
import type { Flow } from "../dynamics.js";

const ITERATIONS = 60;
const HALVINGS = 30;
const ROUNDING = 2 ** -52;
/** How far above the rounding of the largest term a residual may stay that no step improves. */
const ROUNDED = 64;

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
  let factor: LuFactor | undefined;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    if (!Number.isFinite(norm)) return false;
    const scale = maxAbs(point) + maxAbs(start) + Math.abs(h) * maxAbs(slope);
    const floor = 2 * ROUNDING * Math.sqrt(n) * scale;
    if (norm <= floor) return true;
    const fresh = factor === undefined;
    factor ??= luFactor(add(I, flow.stateJacobian(point, u, t), -h));
    const update = luSolveVector(factor, residual);
    if (!update) return false;
    const before = norm;
    let damping = 1;
    for (let halving = 0; halving < HALVINGS && norm === before; halving++, damping /= 2) {
      for (let i = 0; i < n; i++) trial[i] = point[i]! - damping * update[i]!;
      const trialNorm = evaluate(trial, trialResidual);
      if (trialNorm < norm) {
        norm = trialNorm;
        point.set(trial);
        residual.set(trialResidual);
      } else if (norm <= ROUNDED * floor || !fresh) break;
    }
    if (norm === before && fresh) {
      evaluate(point, residual);
      return norm <= ROUNDED * floor;
    }
    // The factors serve again as long as they gain a digit or more.
    if (norm > before / 10) factor = undefined;
  }
  return false;
};
