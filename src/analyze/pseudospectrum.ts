/**
 * Where the spectrum of a matrix lies when the matrix is known to an error of size epsilon: the set where
 * `sigma_min(z I - A) <= epsilon`, and the Kreiss constant, how far it reaches over the stability boundary for its epsilon:
 *
 *     flow   K = sup_{Re z > 0} Re z ||(z - A)^{-1}||        K <= sup_t ||e^{At}|| <= e n K
 *     map    K = sup_{|z| > 1} (|z| - 1) ||(z - M)^{-1}||    K <= sup_k ||M^k||   <= e n K
 *
 * K is 1 for normal stable matrices. It is found by a bounded search, so the value is a lower bound, which is the useful side.
 *
 * Trefethen & Embree, Spectra and Pseudospectra (2005), §14, §18; Kreiss, BIT 2 (1962) 153; Spijker, BIT 31 (1991) 551.
 */
import { InputError } from "../error.js";
import { eigenvalues } from "../numerics/eigen.js";
import type { Complex, Matrix } from "../numerics/matrix.js";
import { resolventProbe } from "../numerics/shifted-singular-value.js";
import { planarMinimum } from "./planar-search.js";

/** A rectangle of the complex plane and how finely to look at it. */
export interface PseudospectrumGrid {
  /** Sides; around the eigenvalues where absent. */
  readonly re?: readonly [from: number, to: number];
  readonly im?: readonly [from: number, to: number];
  /** Points along each side; 41 where absent. */
  readonly count?: number;
}

/** `sigma_min(z - A)` on a grid: row i belongs to `im[i]`, column j to `re[j]`. */
export interface Pseudospectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly sigma: readonly Float64Array[];
}

const between = ([from, to]: readonly [number, number], count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => from + ((to - from) * k) / Math.max(1, count - 1));

/** A rectangle around the eigenvalues, half as wide again as they are on each side. */
const sidesAround = (values: readonly Complex[]) => {
  const [re, im] = [values.map(([x]) => x), values.map(([, y]) => y)];
  const size = Math.max(Math.max(...re) - Math.min(...re), Math.max(...im) - Math.min(...im), 1e-3) / 2;
  return {
    re: [Math.min(...re) - size, Math.max(...re) + size] as const,
    im: [Math.min(...im) - size, Math.max(...im) + size] as const,
  };
};

/** The pseudospectra of a square matrix on a grid. */
export const pseudospectrum = (A: Matrix, grid: PseudospectrumGrid = {}): Pseudospectrum => {
  const { count = 41 } = grid;
  if (!(Number.isInteger(count) && count > 0))
    throw new InputError(`pseudospectrum: count must be a whole number above zero, got ${count}`);
  const probe = resolventProbe(A);
  const sides = { ...sidesAround(eigenvalues(A)), ...grid };
  const re = between(sides.re, count);
  const im = between(sides.im, count);
  return { re, im, sigma: Array.from(im, (y) => re.map((x) => probe([x, y]))) };
};

/** The Kreiss constant from below, and where it is attained; 1 at infinity for matrices that do not amplify. */
export interface KreissConstant {
  readonly value: number;
  readonly at: Complex | null;
}

const STARTS = 3;
const DISTANCES = 14;
const SEARCH_STEPS = 120;

/** Candidates outside the stability boundary opposite each eigenvalue, at distances spread over the size of the spectrum. */
const search = (
  probe: (z: Complex) => number,
  values: readonly Complex[],
  outside: (z: Complex, distance: number) => Complex,
  distanceOf: (z: Complex) => number,
  reaches: number,
): KreissConstant => {
  // Minimized is the inverse of Kreiss' quotient; the plane is parametrized by the logarithm of the distance.
  const cost = (z: Complex): number => {
    const distance = distanceOf(z);
    return distance > 0 ? probe(z) / distance : Number.POSITIVE_INFINITY;
  };
  const candidates = values
    .filter(([, im]) => im >= 0)
    .flatMap((value) =>
      Array.from({ length: DISTANCES }, (_, k) => outside(value, reaches * 10 ** (1 - (4 * k) / (DISTANCES - 1)))),
    )
    .map((at) => ({ at, value: cost(at) }))
    .sort((a, b) => a.value - b.value);
  let best: KreissConstant = { value: 1, at: null };
  for (const { at } of candidates.slice(0, STARTS)) {
    const found = planarMinimum(cost, at, {
      stride: distanceOf(at) / 2,
      resolution: 1e-9 * reaches,
      evaluations: SEARCH_STEPS,
    });
    if (1 / found.value > best.value) best = { value: 1 / found.value, at: found.at };
  }
  return best;
};

const sizeOf = (values: readonly Complex[]): number =>
  values.reduce((most, [re, im]) => Math.max(most, Math.hypot(re, im)), 0) || 1;

/** Kreiss constant of a flow with the stable matrix `A`; infinite where a mode grows. */
export const flowKreiss = (A: Matrix): KreissConstant => {
  const values = eigenvalues(A);
  const growing = values.find(([re]) => re > 0);
  if (growing) return { value: Number.POSITIVE_INFINITY, at: growing };
  return search(
    resolventProbe(A),
    values,
    ([, im], distance) => [distance, im],
    ([re]) => re,
    sizeOf(values),
  );
};

/** Kreiss constant of a map with the stable matrix `M`; infinite where a mode grows. */
export const mapKreiss = (M: Matrix): KreissConstant => {
  const values = eigenvalues(M);
  const growing = values.find(([re, im]) => Math.hypot(re, im) > 1);
  if (growing) return { value: Number.POSITIVE_INFINITY, at: growing };
  return search(
    resolventProbe(M),
    values,
    ([re, im], distance) => {
      const angle = Math.atan2(im, re);
      return [(1 + distance) * Math.cos(angle), (1 + distance) * Math.sin(angle)];
    },
    ([re, im]) => Math.hypot(re, im) - 1,
    1,
  );
};
