/**
 * Multipliers of a scheme at a fixed point, one for each rate: `mu = R(dt lambda)`.
 *
 * Where units differ in their leak rate the leak-aware schemes have no stability function; the eigenvalues of
 * `I + Phi J` are then paired with the rates to which first-order perturbation leads them, `1 + lambda y^H Phi x`.
 */
import { schemeOf } from "../model/scheme/schemes.js";
import { eigen, eigenvalues } from "../numerics/eigen.js";
import type { Complex, Matrix } from "../numerics/matrix.js";
import { isLeakAware, sharedLeak } from "./step-limits.js";
import type { Step } from "./subject.js";

/** For each rate the multiplier nearest to its prediction, every multiplier used once. */
const paired = (predicted: readonly Complex[], multipliers: readonly Complex[]): Complex[] => {
  const pairs = predicted
    .flatMap((p, i) => multipliers.map((m, j) => ({ i, j, gap: Math.hypot(p[0] - m[0], p[1] - m[1]) })))
    .sort((a, b) => a.gap - b.gap);
  const result: Complex[] = [];
  const taken = new Set<number>();
  for (const { i, j } of pairs) {
    if (result[i] || taken.has(j)) continue;
    result[i] = multipliers[j]!;
    taken.add(j);
  }
  return result;
};

/** The multiplier of each rate in `rates`, the eigenvalues of `J`, in the same order. */
export const multipliersOf = (
  { scheme, dt }: Step,
  rates: readonly Complex[],
  leakRates: Float64Array,
  J: () => Matrix,
): Complex[] => {
  const { stabilityFunction, affine } = schemeOf(scheme);
  const leak = sharedLeak(leakRates);
  if (!isLeakAware(scheme) || leak !== undefined)
    return rates.map(([re, im]) => stabilityFunction([dt * re, dt * im], dt * (leak ?? 0)));
  const A = J();
  const { transition, drive } = affine(A, dt, leakRates)!;
  const { values, vectors, leftVectors } = eigen(A);
  const n = A.rows;
  const predicted = values.map(([re, im], j): Complex => {
    // y^H Phi x / y^H x
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const at = i * n + j;
      const re2 = leftVectors.re[at]! * vectors.re[at]! + leftVectors.im[at]! * vectors.im[at]!;
      const im2 = leftVectors.re[at]! * vectors.im[at]! - leftVectors.im[at]! * vectors.re[at]!;
      const weight = drive.data[i * n + i]!;
      a += weight * re2;
      b += weight * im2;
      c += re2;
      d += im2;
    }
    const size = c * c + d * d;
    const [p, q] = size === 0 ? [dt, 0] : [(a * c + b * d) / size, (b * c - a * d) / size];
    return [1 + re * p - im * q, re * q + im * p];
  });
  return paired(predicted, eigenvalues(transition));
};
