/**
 * The scalar functions of exponential integrators, `φ₁(z) = (e^z − 1) / z` and `φ₂(z) = (e^z − 1 − z) / z²`, for real and
 * complex arguments, with full relative accuracy near zero where the formulas cancel.
 *
 * Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §1.14.1; Hochbruck & Ostermann, Acta Numer. 19 (2010) 209.
 */
import { cabs, cdiv, cexpm1, cmul, csub } from "./complex.js";
import type { Complex } from "./matrix.js";

/** Below this modulus `φ₂` is summed as a power series of `TERMS` terms. */
const SERIES_RADIUS = 1.5;
const TERMS = 24;

/** φ₁ of a real number; 1 at zero. */
export const phi1Scalar = (z: number): number => {
  if (z === 0) return 1;
  return z === Number.POSITIVE_INFINITY ? z : Math.expm1(z) / z;
};

/** φ₂ of a real number; 1/2 at zero. */
export const phi2Scalar = (z: number): number => {
  if (Math.abs(z) < SERIES_RADIUS) {
    let sum = 0;
    for (let k = TERMS; k >= 0; k--) sum = (sum * z + 1) / (k + 2);
    return sum;
  }
  if (!Number.isFinite(z)) return z > 0 ? z : z < 0 ? 0 : Number.NaN;
  return (phi1Scalar(z) - 1) / z;
};

/** φ₁ of a complex number. */
export const phi1Complex = (z: Complex): Complex => (z[0] === 0 && z[1] === 0 ? [1, 0] : cdiv(cexpm1(z), z));

/** φ₂ of a complex number. */
export const phi2Complex = (z: Complex): Complex => {
  if (cabs(z) >= SERIES_RADIUS) return cdiv(csub(phi1Complex(z), [1, 0]), z);
  let sum: Complex = [0, 0];
  for (let k = TERMS; k >= 0; k--) {
    const [re, im] = cmul(sum, z);
    sum = [(re + 1) / (k + 2), im / (k + 2)];
  }
  return sum;
};
