/**
 * Modes of a fixed point: eigenvalues of the Jacobian with directions, time constants and frequencies.
 *
 * A rate lambda decays with the time constant `-1 / Re lambda` and turns with the frequency `|Im lambda| / 2 pi`; a
 * multiplier mu over a step dt is read as the rate `ln mu / dt`.
 */
import { clog } from "../numerics/complex.js";
import { eigen } from "../numerics/eigen.js";
import type { Complex, Matrix } from "../numerics/matrix.js";
import { departureFromNormality } from "./non-normality.js";

/** One eigenvalue and what it means in time. */
export interface Mode {
  readonly rate: Complex;
  /** Time in which the mode shrinks by e; negative where it grows, infinite where it does neither. */
  readonly timeConstant: number;
  /** Turns per unit of time; 0 for a real rate. */
  readonly frequency: number;
  /** Unit right eigenvector, real and imaginary part. */
  readonly direction: { readonly re: Float64Array; readonly im: Float64Array };
  /** Condition number of the eigenvalue: a change of norm e in J moves it by up to e times this. */
  readonly condition: number;
}

export interface Modes {
  readonly modes: readonly Mode[];
  /** Departure of J from normality: 0 where the modes are orthogonal and tell everything. */
  readonly departure: number;
}

/** The rate that a multiplier stands for, `ln mu / dt` with the principal logarithm. */
export const effectiveRate = (multiplier: Complex, dt: number): Complex => {
  const [re, im] = clog(multiplier);
  return [re / dt, im / dt];
};

/** Modes of a flow's Jacobian, slowest decay first. */
export const modesOf = (J: Matrix): Modes => {
  const { values, vectors, conditionNumbers } = eigen(J);
  const n = J.rows;
  const column = (data: Float64Array, j: number) => Float64Array.from({ length: n }, (_, i) => data[i * n + j]!);
  return {
    modes: values.map((rate, j) => ({
      rate,
      timeConstant: -1 / rate[0],
      frequency: Math.abs(rate[1]) / (2 * Math.PI),
      direction: { re: column(vectors.re, j), im: column(vectors.im, j) },
      condition: conditionNumbers[j]!,
    })),
    departure: departureFromNormality(J),
  };
};
