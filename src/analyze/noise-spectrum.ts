/**
 * Power spectra and autocorrelation times of linear systems driven by white noise.
 *
 *     flow   S(f) = H Sigma Sigma^T H^*,     H = (2 pi i f - A)^{-1}               variance = ∫ S df over all f
 *     map    S(f) = dt H G G^T H^*,          H = (e^{2 pi i f dt} - M)^{-1}        variance = ∫ S df over |f| < 1 / (2 dt)
 *
 * Spectra are two-sided, per cycle and unit of time. The integrated autocorrelation time `∫_0^∞ rho(t) dt` of a channel is half its
 * power at frequency zero over its variance: with T of it, a record of length `t` is worth about `t / (2 T)` independent samples.
 */
import { type ComplexMatrix, complexMatrix, shifted, toComplex } from "../numerics/complex.js";
import { complexSolve } from "../numerics/complex-lu.js";
import { solve } from "../numerics/lu.js";
import { add, type Complex, identity, type Matrix, multiply, transpose } from "../numerics/matrix.js";

/** Power of each channel at each frequency. */
export interface Spectrum {
  /** In cycles per unit of time. */
  readonly frequencies: Float64Array;
  /** One array per channel, frequencies in order. */
  readonly power: readonly Float64Array[];
}

/** `|rows of C (z - A)^{-1} N|²`, one number per row. */
const powerAt = (A: Matrix, noise: Matrix, C: Matrix, z: Complex): Float64Array => {
  const response = complexSolve(shifted(A, z), toComplex(noise));
  if (!response) return new Float64Array(C.rows).fill(Number.POSITIVE_INFINITY);
  const seen = through(C, response);
  return Float64Array.from({ length: C.rows }, (_, i) => {
    let sum = 0;
    for (let k = i * seen.cols; k < (i + 1) * seen.cols; k++) sum += seen.re[k] ** 2 + seen.im[k] ** 2;
    return sum;
  });
};

/** `C X` for a real C. */
const through = (C: Matrix, X: ComplexMatrix): ComplexMatrix => {
  const result = complexMatrix(C.rows, X.cols);
  for (let i = 0; i < C.rows; i++)
    for (let k = 0; k < C.cols; k++) {
      const c = C.data[i * C.cols + k];
      if (c === 0) continue;
      for (let j = 0; j < X.cols; j++) {
        result.re[i * X.cols + j] += c * X.re[k * X.cols + j];
        result.im[i * X.cols + j] += c * X.im[k * X.cols + j];
      }
    }
  return result;
};

const spectrum = (frequencies: ArrayLike<number>, channels: number, at: (f: number) => Float64Array): Spectrum => {
  const power = Array.from({ length: channels }, () => new Float64Array(frequencies.length));
  const given = Float64Array.from(frequencies);
  given.forEach((f, k) => {
    at(f).forEach((value, channel) => {
      power[channel][k] = value;
    });
  });
  return { frequencies: given, power };
};

/** Power of `C x` for `dx = A x dt + Sigma dbeta`; of the state itself without `C`. */
export const flowSpectrum = (
  A: Matrix,
  Sigma: Matrix,
  frequencies: ArrayLike<number>,
  C = identity(A.rows),
): Spectrum => spectrum(frequencies, C.rows, (f) => powerAt(A, Sigma, C, [0, 2 * Math.PI * f]));

/** Power of `C x` for `x_{k+1} = M x_k + G xi_k`, steps of length `dt`; of the state itself without `C`. */
export const mapSpectrum = (
  M: Matrix,
  G: Matrix,
  dt: number,
  frequencies: ArrayLike<number>,
  C = identity(M.rows),
): Spectrum =>
  spectrum(frequencies, C.rows, (f) => {
    const angle = 2 * Math.PI * f * dt;
    return powerAt(M, G, C, [Math.cos(angle), Math.sin(angle)]).map((value) => dt * value);
  });

/** The diagonal of `C X C^T`. */
const seenDiagonal = (C: Matrix, X: Matrix): Float64Array => {
  const seen = multiply(multiply(C, X), transpose(C));
  return Float64Array.from({ length: C.rows }, (_, i) => seen.data[i * C.rows + i]);
};

/** `∫_0^∞ rho(t) dt` of each channel `C x` of a flow with covariance `P`; NaN for a channel without noise. */
export const flowCorrelationTimes = (A: Matrix, P: Matrix, C = identity(A.rows)): Float64Array => {
  const integral = solve(A, P);
  const variance = seenDiagonal(C, P);
  if (!integral) return variance.map(() => Number.POSITIVE_INFINITY);
  return seenDiagonal(C, integral).map((value, i) => -value / variance[i]);
};

/** `dt (1/2 + Σ_{k≥1} rho_k)` of each channel of a map, the trapezoid rule for the integral of its flow. */
export const mapCorrelationTimes = (M: Matrix, P: Matrix, dt: number, C = identity(M.rows)): Float64Array => {
  const sum = solve(add(identity(M.rows), M, -1), P);
  const variance = seenDiagonal(C, P);
  if (!sum) return variance.map(() => Number.POSITIVE_INFINITY);
  return seenDiagonal(C, sum).map((value, i) => dt * (value / variance[i] - 1 / 2));
};
