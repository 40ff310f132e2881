import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  frobeniusNorm,
  fromRows,
  type Matrix,
  matrix,
  multiply,
  subtract,
  transpose,
} from "../../src/numerics/matrix.js";
import { leastSquares, qr } from "../../src/numerics/qr.js";
import { pseudoInverse } from "../../src/numerics/svd.js";
import { graded, matrices, orthogonalityDefect, random, relativeError } from "./families.js";

const permuted = (A: Matrix, permutation: Int32Array): Matrix => {
  const result = matrix(A.rows, A.cols);
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < A.cols; j++) result.data[i * A.cols + j] = A.data[i * A.cols + permutation[j]];
  }
  return result;
};

const shapes: [number, number][] = [
  [1, 1],
  [4, 4],
  [7, 3],
  [3, 7],
  [60, 60],
  [0, 3],
  [3, 0],
];

describe("QR factorization", () => {
  for (const pivot of [false, true]) {
    it.each(shapes)(`reproduces a %i x %i matrix, pivot: ${pivot}`, (m, n) => {
      const A = random(m, m + n, n);
      const { Q, R, permutation } = qr(A, { pivot });
      expect([Q.rows, Q.cols, R.rows, R.cols]).toEqual([m, Math.min(m, n), Math.min(m, n), n]);
      expect(orthogonalityDefect(Q)).toBeLessThan(1e-13);
      expect(relativeError(multiply(Q, R), permuted(A, permutation))).toBeLessThan(1e-14);
      for (let i = 0; i < R.rows; i++) for (let j = 0; j < Math.min(i, n); j++) expect(R.data[i * n + j]).toBe(0);
    });
  }

  it("orders the diagonal of R by size when it pivots", () => {
    const { R } = qr(graded(6, 3), { pivot: true });
    for (let i = 1; i < 6; i++) expect(Math.abs(R.data[i * 7])).toBeLessThanOrEqual(Math.abs(R.data[(i - 1) * 7]));
  });

  it("survives entries near the ends of the range of doubles", () => {
    for (const size of [1e-300, 1e300]) {
      const A = matrix(
        4,
        4,
        random(4, 5).data.map((v) => v * size),
      );
      const { Q, R } = qr(A);
      expect(orthogonalityDefect(Q)).toBeLessThan(1e-14);
      expect(relativeError(multiply(Q, R), A)).toBeLessThan(1e-14);
    }
  });
});

describe("least squares", () => {
  it("leaves a residual orthogonal to the columns", () => {
    fc.assert(
      fc.property(matrices(6, 3), matrices(6, 2), (A, B) => {
        const { X } = leastSquares(A, B);
        const residual = subtract(multiply(A, X), B);
        const size = frobeniusNorm(A) * (frobeniusNorm(A) * frobeniusNorm(X) + frobeniusNorm(B));
        expect(frobeniusNorm(multiply(transpose(A), residual))).toBeLessThanOrEqual(1e-13 * size + 1e-300);
      }),
    );
  });

  it("finds the shortest solution of a rank-deficient problem, as the pseudo-inverse does", () => {
    const A = multiply(random(7, 1, 2), random(2, 2, 5));
    const B = random(7, 3, 2);
    const { X, rank } = leastSquares(A, B, 1e-12);
    expect(rank).toBe(2);
    expect(relativeError(X, multiply(pseudoInverse(A, 1e-12), B))).toBeLessThan(1e-12);
  });

  it("solves an underdetermined system exactly", () => {
    const { X, rank } = leastSquares(fromRows([[3, 4]]), fromRows([[25]]));
    expect(rank).toBe(1);
    expect(X.data[0]).toBeCloseTo(3, 14);
    expect(X.data[1]).toBeCloseTo(4, 14);
  });

  it("answers zero for the zero matrix", () => {
    expect(leastSquares(matrix(3, 2), random(3, 1, 1))).toEqual({ X: matrix(2, 1), rank: 0 });
  });
});
