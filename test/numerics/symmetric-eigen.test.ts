import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky, symmetricFactor } from "../../src/numerics/cholesky.js";
import { diagonal, frobeniusNorm, fromRows, identity, matrix, multiply, transpose } from "../../src/numerics/matrix.js";
import { symmetricEigen, symmetricEigenvalues } from "../../src/numerics/symmetric-eigen.js";
import { fixtures, hilbert, matrices, orthogonalityDefect, random, relativeError, symmetric } from "./families.js";

describe("symmetric eigenvalue problem", () => {
  it.each(fixtures.symmetric)("agrees with NumPy on a random matrix of size $n", ({ n, seed, eigenvalues }) => {
    const A = symmetric(n, seed);
    const { values, vectors } = symmetricEigen(A);
    const size = frobeniusNorm(A);
    values.forEach((value, j) => {
      expect(Math.abs(value - eigenvalues[j])).toBeLessThan(1e-14 * size);
    });
    expect(orthogonalityDefect(vectors)).toBeLessThan(1e-14 * n);
    expect(relativeError(multiply(multiply(vectors, diagonal(values)), transpose(vectors)), A)).toBeLessThan(1e-14);
    symmetricEigenvalues(A).forEach((value, j) => {
      expect(Math.abs(value - values[j])).toBeLessThan(1e-14 * size);
    });
  });

  it("decomposes any symmetric matrix, values ascending", () => {
    fc.assert(
      fc.property(matrices(5, 5), (B) => {
        const A = multiply(B, multiply(diagonal([1, -1, 0, 2, 1]), transpose(B)));
        const { values, vectors } = symmetricEigen(A);
        const rebuilt = multiply(multiply(vectors, diagonal(values)), transpose(vectors));
        expect(relativeError(rebuilt, A)).toBeLessThan(1e-13);
        for (let j = 1; j < 5; j++) expect(values[j]).toBeGreaterThanOrEqual(values[j - 1]);
      }),
    );
  });

  it("handles the empty, the 1 x 1, the zero and the already diagonal matrix", () => {
    expect(symmetricEigen(matrix(0, 0)).values).toHaveLength(0);
    expect(Array.from(symmetricEigen(fromRows([[-3]])).values)).toEqual([-3]);
    expect(Array.from(symmetricEigen(matrix(4, 4)).values)).toEqual([0, 0, 0, 0]);
    expect(Array.from(symmetricEigen(diagonal([5, -1, 2])).values)).toEqual([-1, 2, 5]);
  });

  it("is not disturbed by the size of the entries", () => {
    for (const size of [2 ** -900, 2 ** 900]) {
      const A = matrix(
        6,
        6,
        symmetric(6, 4).data.map((v) => v * size),
      );
      const { values } = symmetricEigen(A);
      symmetricEigen(symmetric(6, 4)).values.forEach((value, j) => {
        expect(values[j] / size).toBeCloseTo(value, 13);
      });
    }
  });

  it("averages rounding away and refuses a matrix that is not symmetric", () => {
    expect(
      Array.from(
        symmetricEigen(
          fromRows([
            [1, 1e-12],
            [0, 1],
          ]),
        ).values,
      ),
    ).toEqual([1 - 5e-13, 1 + 5e-13]);
    expect(() =>
      symmetricEigen(
        fromRows([
          [1, 0.5],
          [0.25, 1],
        ]),
      ),
    ).toThrow("symmetricEigen: expected a symmetric matrix, got 0.25 at [1][0] and 0.5 at [0][1]");
  });
});

describe("factors of symmetric matrices", () => {
  it("Cholesky reproduces a positive definite matrix and refuses others by a value", () => {
    const B = random(8, 5);
    const P = multiply(B, transpose(B));
    const L = cholesky(P)!;
    expect(relativeError(multiply(L, transpose(L)), P)).toBeLessThan(1e-15);
    expect(cholesky(hilbert(6))).toBeDefined();
    expect(cholesky(diagonal([1, 0]))).toBeUndefined();
    expect(cholesky(diagonal([1, -1]))).toBeUndefined();
    expect(cholesky(matrix(0, 0))).toEqual(matrix(0, 0));
  });

  it("G Gᵀ = P also when P is singular", () => {
    fc.assert(
      fc.property(matrices(5, 2), (B) => {
        const P = multiply(B, transpose(B));
        const G = symmetricFactor(P);
        expect(relativeError(multiply(G, transpose(G)), P)).toBeLessThan(1e-13);
      }),
    );
    expect(symmetricFactor(matrix(3, 3))).toEqual(matrix(3, 3));
  });

  it("refuses a matrix with a clearly negative eigenvalue", () => {
    expect(() => symmetricFactor(diagonal([1, -0.5]))).toThrow(
      "expected a positive semidefinite matrix, got the eigenvalue -0.5",
    );
    expect(() => symmetricFactor(identity(2))).not.toThrow();
  });
});
