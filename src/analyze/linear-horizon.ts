/**
 * How long a linearized trajectory stays right: a bound from the curvature, and the time measured along true ones.
 *
 * With `mu = mu_2(J)`, `d_0 = |d(0)|`: `|d(t)| <= D(t) = d_0 e^{mu t} / (1 - (K d_0 / mu)(e^{mu t} - 1))` and
 * `|d - d_lin| <= D(t) - d_0 e^{mu t}` while the denominator is positive. Of a map `x' = x + Phi f(x)` the same follows step by
 * step: `D' = |M| D + K_d D^2`, `E' = |M| E + K_d D^2` with `K_d = K max Phi`.
 */
import type { Flow, StepMap } from "../model/dynamics.js";
import { euclideanNorm, type Matrix, multiplyVector } from "../numerics/matrix.js";

/** `D(t)` and the bound on the error of the linear picture; infinite where the bound has broken down. */
export const flowErrorBound = (K: number, mu: number, d0: number, t: number): { size: number; error: number } => {
  const growth = Math.exp(mu * t);
  const elapsed = mu === 0 ? t : Math.expm1(mu * t) / mu;
  const denominator = 1 - K * d0 * elapsed;
  if (!(denominator > 0)) return { size: Number.POSITIVE_INFINITY, error: Number.POSITIVE_INFINITY };
  const size = (d0 * growth) / denominator;
  // D - d_0 e^{mu t} without the cancellation.
  return { size, error: size * K * d0 * elapsed };
};

const GRID = 400;
const BISECTIONS = 60;

/** The time until which the bound on the error stays below `limit`; infinite where it does so up to `horizon`. */
export const boundedTime = (K: number, mu: number, d0: number, limit: number, horizon: number): number => {
  const right = (t: number) => flowErrorBound(K, mu, d0, t).error <= limit;
  let low = 0;
  for (let k = 1; k <= GRID; k++) {
    let high = (horizon * k) / GRID;
    if (right(high)) {
      low = high;
      continue;
    }
    for (let step = 0; step < BISECTIONS; step++) {
      const middle = (low + high) / 2;
      if (right(middle)) low = middle;
      else high = middle;
    }
    return low;
  }
  return Number.POSITIVE_INFINITY;
};

/** Number of steps until which the bound on a map's error stays below `limit`; infinite where it does for all `steps`. */
export const boundedSteps = (Kd: number, norm: number, d0: number, limit: number, steps: number): number => {
  let size = d0;
  let error = 0;
  for (let k = 1; k <= steps; k++) {
    error = norm * error + Kd * size * size;
    size = norm * size + Kd * size * size;
    if (!(error <= limit)) return k - 1;
  }
  return Number.POSITIVE_INFINITY;
};

/** A true and a linearized displacement, advanced together. */
type Advance = (d: Float64Array, linear: Float64Array) => boolean;

/** Errors of this size relative to the displacement are taken for rounding. */
const ROUNDING = 1e-10;
/** Both displacements together below this share of the limit: nothing more will happen. */
const GONE = 1e-3;

const firstBeyond = (advance: Advance, start: Float64Array, limit: number, steps: number): number => {
  const d = start.slice();
  const linear = start.slice();
  for (let k = 1; k <= steps; k++) {
    if (!advance(d, linear)) return k - 1;
    let error = 0;
    let size = 0;
    for (let i = 0; i < d.length; i++) {
      error += (d[i]! - linear[i]!) ** 2;
      size += d[i]! ** 2 + linear[i]! ** 2;
    }
    if (!(Math.sqrt(error) <= limit + ROUNDING * Math.sqrt(size))) return k - 1;
    if (Math.sqrt(size) <= GONE * limit) break;
  }
  return Number.POSITIVE_INFINITY;
};

/** Steps of Runge–Kutta 4 per unit of time are this times |J|. */
const RESOLUTION = 20;

/** Time until which the linear trajectory from `p + start` is off by no more than `limit`; infinite up to `horizon`. */
export const measuredTime = (
  flow: Flow,
  J: Matrix,
  p: Float64Array,
  u: Float64Array,
  start: Float64Array,
  limit: number,
  horizon: number,
): number => {
  const n = p.length;
  const dt = Math.min(horizon / GRID, 1 / (RESOLUTION * (euclideanNorm(J.data) / Math.sqrt(n) + 1e-300)));
  const here = new Float64Array(n);
  flow.field(p, u, here);
  const x = new Float64Array(n);
  const slope = (d: Float64Array): Float64Array => {
    for (let i = 0; i < n; i++) x[i] = p[i]! + d[i]!;
    const out = new Float64Array(n);
    flow.field(x, u, out);
    for (let i = 0; i < n; i++) out[i]! -= here[i]!;
    return out;
  };
  const rk4 = (d: Float64Array, f: (d: Float64Array) => Float64Array): void => {
    const k1 = f(d);
    const k2 = f(d.map((v, i) => v + (dt / 2) * k1[i]!));
    const k3 = f(d.map((v, i) => v + (dt / 2) * k2[i]!));
    const k4 = f(d.map((v, i) => v + dt * k3[i]!));
    for (let i = 0; i < n; i++) d[i]! += (dt / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!);
  };
  const steps = firstBeyond(
    (d, linear) => {
      rk4(d, slope);
      rk4(linear, (v) => multiplyVector(J, v));
      return d.every(Number.isFinite);
    },
    start,
    limit,
    Math.ceil(horizon / dt),
  );
  return steps * dt;
};

/** The same of a map with Jacobian `M`, in steps. */
export const measuredSteps = (
  map: StepMap,
  M: Matrix,
  p: Float64Array,
  u: Float64Array,
  start: Float64Array,
  limit: number,
  steps: number,
): number => {
  const here = new Float64Array(p.length);
  map.step(p, u, here);
  return firstBeyond(
    (d, linear) => {
      const next = new Float64Array(p.length);
      if (
        !map.step(
          p.map((v, i) => v + d[i]!),
          u,
          next,
        )
      )
        return false;
      for (let i = 0; i < d.length; i++) d[i] = next[i]! - here[i]!;
      linear.set(multiplyVector(M, linear));
      return d.every(Number.isFinite);
    },
    start,
    limit,
    steps,
  );
};
