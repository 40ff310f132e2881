/**
 * Test matrices by formula, the same as in scripts/references/linear-algebra.py, and the residuals they are judged by.
 */
import * as fc from "fast-check";
import { expect } from "vitest";
import type { ComplexMatrix } from "../../src/numerics/complex.js";
import {
  type Complex,
  frobeniusNorm,
  fromRows,
  identity,
  type Matrix,
  matrix,
  multiply,
  scale,
  subtract,
  transpose,
} from "../../src/numerics/matrix.js";
import fixtures from "../fixtures/linear-algebra.json" with { type: "json" };

export { fixtures };

/** Numbers in (-1, 1) from a small linear congruential generator that is exact in doubles. */
const lcg = (seed: number): (() => number) => {
  let state = (seed * 7919 + 12345) % 2147483647;
  return () => {
    state = (16807 * state) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
};

const byFormula = (n: number, entry: (i: number, j: number) => number): Matrix =>
  matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, k) => entry(Math.floor(k / n), k % n)),
  );

export const random = (n: number, seed = 1, cols = n): Matrix => {
  const next = lcg(seed);
  return matrix(
    n,
    cols,
    Float64Array.from({ length: n * cols }, () => next()),
  );
};

export const grcar = (n: number): Matrix =>
  byFormula(n, (i, j) => (i === j + 1 ? -1 : j - i >= 0 && j - i <= 3 ? 1 : 0));

export const frank = (n: number): Matrix => byFormula(n, (i, j) => (i <= j + 1 ? n - Math.max(i, j) : 0));

/** One Jordan block with its corner filled in: eigenvalues 1/2 + (1/16) exp(2 pi i k / n). */
export const jordan = (n: number): Matrix =>
  byFormula(n, (i, j) => (i === j ? 0.5 : j === i + 1 ? 1 : i === n - 1 && j === 0 ? 2 ** (-4 * n) : 0));

/** Companion matrix of (x - 1) (x - 2) ... (x - n). */
export const companion = (n: number): Matrix => {
  let c = [1];
  for (let k = 1; k <= n; k++) c = [...c, 0].map((a, i) => a - k * (i === 0 ? 0 : c[i - 1]));
  return byFormula(n, (i, j) => (i === 0 ? -c[j + 1] : i === j + 1 ? 1 : 0));
};

export const cyclic = (n: number): Matrix => byFormula(n, (i, j) => (i === (j + 1) % n ? 1 : 0));

const exponent = (i: number): number => ((i * 17) % 61) - 30;

export const scaled = (n: number, seed = 1): Matrix => {
  const A = random(n, seed);
  return byFormula(n, (i, j) => A.data[i * n + j] * 2 ** (exponent(i) - exponent(j)));
};

export const nearlySingular = (n: number, seed = 1): Matrix => {
  const A = random(n, seed);
  for (let j = 0; j < n; j++) A.data[(n - 1) * n + j] = A.data[j] + A.data[n + j];
  A.data[n * n - 1] += 2 ** -40;
  return A;
};

export const hilbert = (n: number): Matrix => byFormula(n, (i, j) => 1 / (i + j + 1));

/** Random, with columns of sizes 1, 2^-10, 2^-20, ... */
export const graded = (n: number, seed = 1): Matrix => {
  const A = random(n, seed);
  return byFormula(n, (i, j) => A.data[i * n + j] * 2 ** (-10 * j));
};

/** On which the QR iteration without exceptional shifts stalls (Day 1996). */
export const day = (_: number, exponentOfH = 30): Matrix => {
  const h = 2 ** -exponentOfH;
  return fromRows([
    [0, 1, 0, 0],
    [1, 0, h, 0],
    [0, -h, 0, 1],
    [0, 0, 1, 0],
  ]);
};

export const symmetric = (n: number, seed: number): Matrix => {
  const A = random(n, seed);
  return byFormula(n, (i, j) => (A.data[i * n + j] + A.data[j * n + i]) / 2);
};

const families: Readonly<Record<string, (...args: number[]) => Matrix>> = {
  random,
  grcar,
  frank,
  jordan,
  companion,
  cyclic,
  scaled,
  nearlySingular,
  hilbert,
  graded,
  day,
};

/** The matrix of a fixture. */
export const build = (spec: { readonly family: string; readonly arguments: readonly number[] }): Matrix =>
  families[spec.family](...spec.arguments);

/** Names a fixture in the title of a test. */
export const title = (spec: { readonly family: string; readonly arguments: readonly number[] }): string =>
  `${spec.family}(${spec.arguments.join(", ")})`;

/** `‖A − B‖ / ‖B‖` in the Frobenius norm. */
export const relativeError = (A: Matrix, B: Matrix): number => {
  const size = frobeniusNorm(B);
  return frobeniusNorm(subtract(A, B)) / (size === 0 ? 1 : size);
};

/** `‖Qᵀ Q − I‖`. */
export const orthogonalityDefect = (Q: Matrix): number =>
  frobeniusNorm(subtract(multiply(transpose(Q), Q), identity(Q.cols)));

/** The largest `‖A x − λ x‖ / ‖A‖` over the columns `x`, which are unit vectors. */
export const eigenResidual = (A: Matrix, values: readonly Complex[], X: ComplexMatrix): number => {
  const n = A.rows;
  const re = multiply(A, matrix(n, n, X.re));
  const im = multiply(A, matrix(n, n, X.im));
  let worst = 0;
  values.forEach(([a, b], j) => {
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const k = i * n + j;
      squares += (re.data[k] - a * X.re[k] + b * X.im[k]) ** 2 + (im.data[k] - a * X.im[k] - b * X.re[k]) ** 2;
    }
    worst = Math.max(worst, Math.sqrt(squares));
  });
  return worst / (frobeniusNorm(A) || 1);
};

/** Pairs each value with the nearest reference not taken yet, and returns the distances in the order of the values. */
export const distances = (values: readonly Complex[], reference: readonly (readonly number[])[]): number[] => {
  expect(values).toHaveLength(reference.length);
  const left = [...reference];
  return values.map(([re, im]) => {
    const gaps = left.map(([a, b]) => Math.hypot(re - a, im - b));
    const best = gaps.indexOf(Math.min(...gaps));
    left.splice(best, 1);
    return gaps[best];
  });
};

/** Square matrices with entries of everyday size, some of them zero. */
export const squareMatrices = (maxSize = 8): fc.Arbitrary<Matrix> =>
  fc.integer({ min: 1, max: maxSize }).chain((n) => matrices(n, n));

/** An entry of everyday size, of either sign. */
const everyday = fc
  .tuple(fc.double({ min: -3, max: 0.5, noNaN: true }), fc.constantFrom(-1, 1))
  .map(([exponent, sign]) => sign * 10 ** exponent);

/** Square matrices with entries from the whole range of doubles, for what must hold (or at least end) everywhere. */
export const wildMatrices = (maxSize = 6): fc.Arbitrary<Matrix> =>
  fc.integer({ min: 1, max: maxSize }).chain((n) =>
    fc
      .array(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e150, min: -1e150 }),
          fc.constantFrom(0, 1, -1),
        ),
        {
          minLength: n * n,
          maxLength: n * n,
        },
      )
      .map((entries) => matrix(n, n, Float64Array.from(entries))),
  );

/** Matrices of a given shape. */
export const matrices = (rows: number, cols: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.oneof({ weight: 5, arbitrary: everyday }, fc.constant(0)), {
      minLength: rows * cols,
      maxLength: rows * cols,
    })
    .map((entries) => matrix(rows, cols, Float64Array.from(entries)));

/** `A` shifted so that its spectrum is in the open left half-plane. */
export const stabilized = (A: Matrix): Matrix => subtract(A, scale(identity(A.rows), frobeniusNorm(A) + 0.5));
