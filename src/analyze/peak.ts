/**
 * The most that a stable linear system amplifies a small displacement before it decays, `max_t ||e^{At}||` or `max_k ||M^k||` in the
 * 2-norm, when that happens, and which displacement does it.
 *
 * The search ends at the first time T with `||e^{AT}|| <= 1` after growth: no later time can exceed the maximum over [0, T], because
 * `||e^{A(T+s)}|| <= ||e^{AT}|| ||e^{As}||`. Between sampled times the norm cannot rise by more than `e^{w h}`, w the numerical abscissa.
 *
 * Trefethen & Embree, Spectra and Pseudospectra (2005), §14; Farrell & Ioannou, J. Atmos. Sci. 53 (1996) 2025 (optimal directions).
 */
import { eigenvalues, spectralRadius } from "../numerics/eigen.js";
import { add, identity, type Matrix, multiply, scale, submatrix, transpose } from "../numerics/matrix.js";
import { expm } from "../numerics/matrix-exponential.js";
import { norm2, svd } from "../numerics/svd.js";
import { symmetricEigen } from "../numerics/symmetric-eigen.js";

/** The strongest amplification. */
export interface Peak {
  /** "decays": nothing is amplified. "amplifies": the numbers say how much. "grows": a mode grows for ever. "open": the search ended early. */
  readonly status: "decays" | "amplifies" | "grows" | "open";
  /** The largest norm found; 1 where nothing is amplified. */
  readonly value: number;
  /** When: in time of a flow, in steps of a map. */
  readonly time: number;
  /** The unit displacement that is amplified most. */
  readonly direction: Float64Array;
  /** Where it is by then, a unit vector. */
  readonly response: Float64Array;
}

const SAMPLES_PER_TIME = 8;
/** Samples between doublings of the stride, and the most doublings. */
const STRIDE_SAMPLES = 64;
const DOUBLINGS = 16;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** `max eig((A + A^T) / 2)`: the fastest that any displacement grows at first, with that displacement. */
export const numericalAbscissa = (A: Matrix): { readonly value: number; readonly direction: Float64Array } => {
  const { values, vectors } = symmetricEigen(scale(add(A, transpose(A)), 0.5));
  const last = values.length - 1;
  return { value: values[last], direction: submatrix(vectors, 0, last, A.rows, 1).data };
};

const extremes = (E: Matrix): Pick<Peak, "direction" | "response"> => {
  const { U, V } = svd(E);
  return { direction: submatrix(V, 0, 0, V.rows, 1).data, response: submatrix(U, 0, 0, U.rows, 1).data };
};

const calm = (status: Peak["status"], direction: Float64Array, value = 1): Peak => ({
  status,
  value,
  time: status === "grows" ? Number.POSITIVE_INFINITY : 0,
  direction,
  response: direction,
});

interface Sample {
  /** Number of steps. */
  readonly k: number;
  readonly power: Matrix;
  readonly value: number;
}

/** The largest norm among powers of `step`, with the samples beside it; strides double as time goes on. */
const climb = (
  step: Matrix,
): { readonly status: Peak["status"]; readonly before: Sample; readonly best: Sample; readonly end: number } => {
  let stride = step;
  let width = 1;
  let last: Sample = { k: 0, power: identity(step.rows), value: 1 };
  let before = last;
  let best = last;
  let end = 1;
  for (let doubling = 0; doubling < DOUBLINGS; doubling++, width *= 2, stride = multiply(stride, stride)) {
    for (let count = 0; count < STRIDE_SAMPLES; count++) {
      const power = multiply(last.power, stride);
      const here: Sample = { k: last.k + width, power, value: norm2(power) };
      if (last === best) end = here.k;
      if (here.value > best.value) [before, best, end] = [last, here, here.k + width];
      last = here;
      if (here.value <= 1) return { status: "amplifies", before, best, end };
    }
  }
  return { status: "open", before, best, end };
};

/** The peak of `||e^{At}||`. */
export const flowPeak = (A: Matrix): Peak => {
  const { value: growth, direction } = numericalAbscissa(A);
  const values = eigenvalues(A);
  if (values.some(([re]) => re > 0)) return calm("grows", direction, Number.POSITIVE_INFINITY);
  if (growth <= 0) return calm("decays", direction);
  const fastest = values.reduce((most, [re, im]) => Math.max(most, Math.hypot(re, im)), growth);
  const h = 1 / (SAMPLES_PER_TIME * fastest);
  const { status, before, end } = climb(expm(scale(A, h)));
  const time = maximumOf((t) => norm2(expm(scale(A, t))), before.k * h, end * h);
  const top = expm(scale(A, time));
  return { status, value: norm2(top), time, ...extremes(top) };
};

/** Golden section for a maximum. */
const maximumOf = (f: (t: number) => number, from: number, to: number): number => {
  const look = (t: number) => ({ t, value: f(t) });
  let [a, b] = [from, to];
  let x = look(b - GOLDEN * (b - a));
  let y = look(a + GOLDEN * (b - a));
  while (b - a > 1e-8 * (to - from)) {
    if (x.value > y.value) {
      b = y.t;
      y = x;
      x = look(b - GOLDEN * (b - a));
    } else {
      a = x.t;
      x = y;
      y = look(a + GOLDEN * (b - a));
    }
  }
  return (a + b) / 2;
};

/** The peak of `||M^k||`, k = 0, 1, …. */
export const mapPeak = (M: Matrix): Peak => {
  const first = svd(M);
  const direction = submatrix(first.V, 0, 0, M.rows, 1).data;
  if (spectralRadius(M) > 1) return calm("grows", direction, Number.POSITIVE_INFINITY);
  if (first.values[0] <= 1) return calm("decays", direction);
  const { status, before, best, end } = climb(M);
  let top = best;
  let here = before;
  while (here.k + 1 < end) {
    const power = multiply(here.power, M);
    here = { k: here.k + 1, power, value: norm2(power) };
    if (here.value > top.value) top = here;
  }
  return { status, value: top.value, time: top.k, ...extremes(top.power) };
};
