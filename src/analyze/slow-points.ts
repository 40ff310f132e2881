/**
 * Slow points: minima of `|f|` that are no zeros, where trajectories linger.
 *
 * Levenberg–Marquardt on `q = |f|^2 / 2`: `(J^T J + mu I) d = -J^T f`, mu lowered after steps that help and raised after
 * those that do not. It ends where the gradient `J^T f` vanishes against `|J| |f|`, or at a zero after all.
 * Nocedal & Wright, Numerical Optimization, 2nd ed., §10.3; Sussillo & Barak, Neural Computation 25 (2013).
 */
import { factorInPlace, solveInPlace } from "../numerics/lu-in-place.js";
import { indexOfSame, type SearchOutcome, type Unconverged, type Zero } from "./search.js";
import type { ZeroProblem } from "./zero-problem.js";

export interface SlowPoint {
  readonly state: Float64Array;
  /** `|f|`. */
  readonly speed: number;
  /** `|J^T f| / (|J| |f|)`: 0 at a minimum. */
  readonly gradient: number;
  /** Whether the gradient vanished before the iterations ran out. */
  readonly converged: boolean;
}

export interface SlowPointSettings {
  /** How many of the searches, those with the least residual, are followed. */
  readonly count: number;
  readonly tolerance: number;
  readonly mergeDistance: number;
}

const ITERATIONS = 200;
const GRADIENT = 1e-6;
const SMALLEST_DAMPING = 1e-12;
const LARGEST_DAMPING = 1e8;

const norm = (x: Float64Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

/** Follows `|f|` down from `start`. */
export const minimizeSpeed = (problem: ZeroProblem, start: Float64Array, tolerance: number): SlowPoint => {
  const n = problem.units;
  const J = new Float64Array(n * n);
  const gram = new Float64Array(n * n);
  const A = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const gradient = new Float64Array(n);
  const trialF = new Float64Array(n);
  const f = new Float64Array(n);
  let x = start.slice();
  let speed = problem.residual(x, f) ? norm(f) : Number.POSITIVE_INFINITY;
  let damping = 1e-2;
  let slope = Number.POSITIVE_INFINITY;

  for (let iteration = 0; iteration < ITERATIONS && speed > tolerance; iteration++) {
    if (!problem.jacobian(x, J)) break;
    gram.fill(0);
    gradient.fill(0);
    for (let k = 0; k < n; k++)
      for (let i = 0; i < n; i++) {
        const a = J[k * n + i]!;
        gradient[i]! += a * f[k]!;
        for (let j = 0; j < n; j++) gram[i * n + j]! += a * J[k * n + j]!;
      }
    slope = norm(gradient) / (norm(J) * speed);
    if (slope <= GRADIENT) return { state: x, speed, gradient: slope, converged: true };
    const scale = gram.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
    let improved = false;
    while (!improved && damping <= LARGEST_DAMPING) {
      A.set(gram);
      for (let i = 0; i < n; i++) A[i * n + i]! += damping * scale;
      const step = gradient.slice();
      if (factorInPlace(A, n, pivots)) {
        solveInPlace(A, n, pivots, step);
        const trial = x.map((v, i) => v - step[i]!);
        const next = problem.residual(trial, trialF) ? norm(trialF) : Number.POSITIVE_INFINITY;
        if (next < speed) {
          improved = true;
          x = trial;
          f.set(trialF);
          speed = next;
        }
      }
      damping = improved ? Math.max(SMALLEST_DAMPING, damping / 5) : damping * 4;
    }
    if (!improved) break;
    damping = Math.min(damping, 1e2);
  }
  return { state: x, speed, gradient: slope, converged: speed <= tolerance || slope <= GRADIENT };
};

/** Slow points from the best of the searches that found no zero, and the zeros that turned up after all. */
export const slowPointsOf = (
  problem: ZeroProblem,
  { remaining, zeros }: SearchOutcome,
  { count, tolerance, mergeDistance }: SlowPointSettings,
): { readonly slowPoints: readonly SlowPoint[]; readonly zeros: readonly Zero[] } => {
  const slowPoints: SlowPoint[] = [];
  const more: Zero[] = [];
  const candidates: Unconverged[] = [...remaining]
    .filter(({ residual }) => Number.isFinite(residual))
    .sort((a, b) => a.residual - b.residual)
    .slice(0, count);
  for (const { state } of candidates) {
    const point = minimizeSpeed(problem, state, tolerance);
    if (point.speed <= tolerance) {
      if (indexOfSame([...zeros, ...more], point.state, mergeDistance) < 0)
        more.push({ state: point.state, residual: point.speed, found: 0 });
    } else if (indexOfSame(slowPoints, point.state, Math.sqrt(mergeDistance)) < 0) slowPoints.push(point);
  }
  return { slowPoints: slowPoints.sort((a, b) => a.speed - b.speed), zeros: more };
};
