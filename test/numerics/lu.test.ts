import * as fc from "fast-check";
import { LU as OracleLu, Matrix as OracleMatrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import {
  conditionEstimate,
  determinant,
  inverse,
  luFactor,
  luSolveTransposed,
  norm1,
  solve,
  solveVector,
} from "../../src/numerics/lu.js";
import {
  diagonal,
  frobeniusNorm,
  fromRows,
  identity,
  matrix,
  maxAbs,
  multiply,
  multiplyVector,
  subtract,
  toRows,
  transpose,
} from "../../src/numerics/matrix.js";
import { build, fixtures, hilbert, matrices, random, relativeError, squareMatrices, title } from "./families.js";

describe("linear systems", () => {
  it.each([1, 2, 3, 7, 40, 150])("solves a random system of size %i with a small backward error", (n) => {
    const A = random(n, n + 1);
    const B = random(n, n + 2, 3);
    const X = solve(A, B)!;
    const residual = frobeniusNorm(subtract(multiply(A, X), B));
    expect(residual / (frobeniusNorm(A) * frobeniusNorm(X))).toBeLessThan(1e-15);
    const b = B.data.filter((_, k) => k % 3 === 0);
    const x = solveVector(A, b)!;
    expect(maxAbs(x.map((v, i) => v - X.data[3 * i]))).toBeLessThan(1e-11 * maxAbs(x));
  });

  it("exchanges rows when the first pivot is zero", () => {
    expect(
      Array.from(
        solveVector(
          fromRows([
            [0, 2],
            [4, 0],
          ]),
          [6, 8],
        )!,
      ),
    ).toEqual([2, 3]);
  });

  it("solves with the transpose from the same factor", () => {
    const A = random(9, 3);
    const b = random(9, 4, 1).data;
    const x = luSolveTransposed(luFactor(A), b)!;
    expect(maxAbs(multiplyVector(transpose(A), x).map((v, i) => v - b[i]))).toBeLessThan(1e-13);
  });

  it("gives undefined, not an exception, for an exactly singular matrix", () => {
    for (const A of [
      matrix(3, 3),
      fromRows([
        [1, 2],
        [2, 4],
      ]),
      matrix(1, 1),
    ]) {
      expect(luFactor(A).singular).toBe(true);
      expect(solve(A, identity(A.rows))).toBeUndefined();
      expect(solveVector(A, new Float64Array(A.rows))).toBeUndefined();
      expect(inverse(A)).toBeUndefined();
      expect(conditionEstimate(A)).toBe(Number.POSITIVE_INFINITY);
      expect(determinant(A)).toBe(0);
    }
  });

  it("has answers for the empty matrix", () => {
    const empty = matrix(0, 0);
    expect(determinant(empty)).toBe(1);
    expect(conditionEstimate(empty)).toBe(0);
    expect(solve(empty, matrix(0, 2))).toEqual(matrix(0, 2));
    expect(Array.from(solveVector(empty, [])!)).toEqual([]);
  });

  it("satisfies A (A \\ B) = B for any matrix that is not too close to singular", () => {
    fc.assert(
      fc.property(squareMatrices(), fc.integer({ min: 1, max: 50 }), (A, seed) => {
        const condition = conditionEstimate(A);
        fc.pre(condition < 1e8);
        const B = random(A.rows, seed, 2);
        const X = solve(A, B)!;
        expect(frobeniusNorm(subtract(multiply(A, X), B))).toBeLessThanOrEqual(
          1e-14 * (frobeniusNorm(A) * frobeniusNorm(X) + 1e-300),
        );
      }),
    );
  });

  it("agrees with ml-matrix on random systems", () => {
    for (const n of [3, 10, 30]) {
      const A = random(n, 60 + n);
      const B = random(n, 70 + n, 2);
      const oracle = new OracleLu(new OracleMatrix(toRows(A))).solve(new OracleMatrix(toRows(B)));
      expect(relativeError(solve(A, B)!, fromRows(oracle.to2DArray()))).toBeLessThan(1e-12);
    }
  });

  it("does not let a zero coefficient hide a NaN in a product", () => {
    expect(multiply(matrix(1, 2), fromRows([[Number.NaN], [1]])).data[0]).toBeNaN();
  });
});

describe("determinant and condition", () => {
  it.each(fixtures.small.map((spec) => ({ name: title(spec), spec })))(
    "of $name agree with 60-digit arithmetic",
    ({ spec }) => {
      const A = build(spec);
      // The computed pivots are those of A + E, and det(A + E) - det A = det A · tr(A⁻¹ E).
      const relative = 1e-15 * A.rows * (spec.condition1 ?? 1e16);
      expect(Math.abs(determinant(A) - spec.determinant)).toBeLessThanOrEqual(
        Math.max(relative * Math.abs(spec.determinant), 1e-300),
      );
      if (spec.condition1 === null) return;
      const estimate = conditionEstimate(A);
      expect(estimate).toBeLessThanOrEqual(spec.condition1 * (1 + relative));
      expect(estimate).toBeGreaterThanOrEqual(spec.condition1 / 3);
    },
  );

  it("reports the bad conditioning of a Hilbert matrix", () => {
    expect(conditionEstimate(hilbert(8))).toBeGreaterThan(1e10);
    expect(conditionEstimate(identity(5))).toBe(1);
  });

  it("keeps the determinant in range although partial products leave it", () => {
    expect(determinant(diagonal([1e200, 1e200, 1e-200, 1e-200]))).toBeCloseTo(1, 12);
    expect(determinant(diagonal([1e-200, 1e-200, 1e200, 3e200]))).toBeCloseTo(3, 12);
    expect(determinant(diagonal([1e200, 1e200]))).toBe(Number.POSITIVE_INFINITY);
    expect(determinant(diagonal([-1e200, 1e200]))).toBe(Number.NEGATIVE_INFINITY);
    expect(determinant(diagonal([1e-200, 1e-200]))).toBe(0);
  });

  it("is multiplicative, with sign", () => {
    fc.assert(
      fc.property(matrices(4, 4), matrices(4, 4), (A, B) => {
        const product = determinant(multiply(A, B));
        const size = (norm1(A) * norm1(B)) ** 4;
        expect(Math.abs(product - determinant(A) * determinant(B))).toBeLessThanOrEqual(1e-13 * size);
      }),
    );
    expect(
      determinant(
        fromRows([
          [0, 1],
          [1, 0],
        ]),
      ),
    ).toBe(-1);
  });
});
