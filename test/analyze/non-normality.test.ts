import { describe, expect, it } from "vitest";
import { departureFromNormality } from "../../src/analyze/non-normality.js";
import { frobeniusNorm, fromRows, matrix, multiply, transpose } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import { schur, schurEigenvalues } from "../../src/numerics/schur.js";

const random = (n: number, seed: number) => {
  const { normal } = randomSource(seed);
  return matrix(n, n, Float64Array.from({ length: n * n }, normal));
};

describe("departure from normality", () => {
  it.each([2, 5, 20, 60])("is √(‖A‖² − Σ|λ|²) of a random matrix of size %i", (n) => {
    const A = random(n, n);
    const eigenvalues = schurEigenvalues(schur(A));
    const squares = eigenvalues.reduce((sum, [re, im]) => sum + re * re + im * im, 0);
    const expected = Math.sqrt(frobeniusNorm(A) ** 2 - squares);
    expect(Math.abs(departureFromNormality(A) - expected)).toBeLessThan(1e-10 * n);
  });

  it("is that of a Jordan block, and of a spiral that is not round", () => {
    expect(
      departureFromNormality(
        fromRows([
          [2, 3],
          [0, 2],
        ]),
      ),
    ).toBeCloseTo(3, 14);
    expect(
      departureFromNormality(
        fromRows([
          [1, 4],
          [-1, 1],
        ]),
      ),
    ).toBeCloseTo(3, 14);
  });

  it("is rounding only for symmetric, skew and orthogonal matrices, where the difference of sums would be 1e-8", () => {
    const A = random(40, 7);
    const symmetric = multiply(A, transpose(A));
    expect(departureFromNormality(symmetric)).toBeLessThan(1e-12 * frobeniusNorm(symmetric));
    const skew = matrix(
      40,
      40,
      A.data.map((v, k) => v - A.data[(k % 40) * 40 + Math.floor(k / 40)]!),
    );
    expect(departureFromNormality(skew)).toBeLessThan(1e-12 * frobeniusNorm(skew));
    const { Q } = schur(A);
    expect(departureFromNormality(Q)).toBeLessThan(1e-12);
  });

  it("is 0 for the empty matrix and grows with the matrix", () => {
    expect(departureFromNormality(matrix(0, 0))).toBe(0);
    expect(
      departureFromNormality(
        fromRows([
          [1e200, 1e200],
          [0, 2e200],
        ]),
      ) / 1e200,
    ).toBeCloseTo(1, 12);
  });
});
