/**
 * Divided differences of a scheme's stability function, which decide what sampling does to controllability.
 *
 * A map `M = R(dt A)` has lost a direction of the flow exactly where A is no polynomial in M or the drive `Q(dt A)` is
 * singular, and all three ways to that are zeros of one function:
 *
 *     R[z, w] = (R(z) - R(w)) / (z - w)      two modes share a multiplier
 *     R[z, z] = R'(z)                        a Jordan block falls apart
 *     R[z, 0] = Q(z)                         the input no longer acts on the mode
 *
 * It is 1 for forward Euler, whatever z and w: nothing is ever lost. For an explicit Runge–Kutta scheme `R = sum c_k z^k` it is
 * `sum c_k (z^{k-1} + z^{k-2} w + … + w^{k-1})`, so the steps at which it vanishes are roots of a polynomial in dt.
 *
 * Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations II, §IV.2; Kalman, Ho & Narendra, Contrib. Diff. Equations 1
 * (1963) 189 (zero-order hold).
 */
import type { Scheme, Tableau } from "../model/scheme/scheme.js";
import { cabs, cadd, cdiv, cexp, cmul, cscale, csub } from "../numerics/complex.js";
import type { Complex } from "../numerics/matrix.js";
import { phi1Complex } from "../numerics/phi-scalar.js";

/** `c_0 … c_s` of `R(z) = sum c_k z^k` for an explicit Runge–Kutta scheme; undefined for others. */
export const stabilityPolynomial = (scheme: Scheme): number[] | undefined => {
  const { tableau } = scheme;
  if (!tableau || scheme.implicit) return undefined;
  return [1, ...moments(tableau)];
};

/** `b^T A^{k-1} 1` for k = 1, 2, … up to the number of stages. */
const moments = ({ A, b }: Tableau): number[] => {
  let v = b.map(() => 1);
  return b.map(() => {
    const moment = b.reduce((sum, weight, i) => sum + weight * v[i], 0);
    v = A.map((row) => row.reduce((sum, a, j) => sum + a * (v[j] ?? 0), 0));
    return moment;
  });
};

/** `z^{k} + z^{k-1} w + … + w^{k}` for k = 0 … degree. */
const symmetricSums = (z: Complex, w: Complex, degree: number): Complex[] => {
  const sums: Complex[] = [[1, 0]];
  let power: Complex = [1, 0];
  for (let k = 1; k <= degree; k++) {
    power = cmul(power, w);
    sums.push(cadd(cmul(sums[k - 1], z), power));
  }
  return sums;
};

/** Coefficients in dt, lowest first, of `R[dt z, dt w]` for `R = sum c_k z^k`. */
export const differencePolynomial = (c: readonly number[], z: Complex, w: Complex): Complex[] =>
  symmetricSums(z, w, c.length - 2).map((sum, k) => cscale(sum, c[k + 1]));

const CLOSE = 1e-4;

/**
 * `R[z, w]` of a scheme whose map is a function of `dt A`; z and w are eigenvalues times dt.
 * `leak` is dt times the common leak rate, for leak-aware schemes.
 */
export const stabilityDifference = (scheme: Scheme, leak = 0): ((z: Complex, w: Complex) => Complex) => {
  const c = stabilityPolynomial(scheme);
  if (c) return (z, w) => differencePolynomial(c, z, w).reduce<Complex>((sum, term) => cadd(sum, term), [0, 0]);
  if (!Number.isFinite(scheme.order) || scheme.name === "rosenbrock-euler")
    return (z, w) => cmul(cexp(w), phi1Complex(csub(z, w)));
  const R = (z: Complex): Complex => scheme.stabilityFunction(z, leak);
  return (z, w) => {
    const gap = csub(z, w);
    if (cabs(gap) > CLOSE * Math.max(1, cabs(z))) return cdiv(csub(R(z), R(w)), gap);
    const middle = cscale(cadd(z, w), 0.5);
    const h = 1e-5 * Math.max(1, cabs(middle));
    return cscale(csub(R(cadd(middle, [h, 0])), R(csub(middle, [h, 0]))), 1 / (2 * h));
  };
};
