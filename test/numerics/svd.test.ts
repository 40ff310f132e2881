import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagonal, frobeniusNorm, fromRows, matrix, multiply, subtract, transpose } from "../../src/numerics/matrix.js";
import { norm2, pseudoInverse, rank, singularValues, svd } from "../../src/numerics/svd.js";
import { build, fixtures, matrices, orthogonalityDefect, random, relativeError, title } from "./families.js";

const cases = [...fixtures.small, ...fixtures.large].map((spec) => ({ name: title(spec), spec }));

describe("singular value decomposition", () => {
  it.each(cases)("of $name has the reference values and reproduces the matrix", ({ spec }) => {
    const A = build(spec);
    const n = A.rows;
    const { U, values, V } = svd(A);
    const largest = spec.singularValues[0];
    for (const computed of [values, singularValues(A)]) {
      computed.forEach((value, j) => {
        expect(Math.abs(value - spec.singularValues[j])).toBeLessThan(1e-15 * Math.max(10, n) * largest);
      });
    }
    expect(orthogonalityDefect(U)).toBeLessThan(1e-14 * n);
    expect(orthogonalityDefect(V)).toBeLessThan(1e-14 * n);
    expect(relativeError(multiply(multiply(U, diagonal(values)), transpose(V)), A)).toBeLessThan(1e-13);
    expect(Math.abs(norm2(A) / largest - 1)).toBeLessThan(1e-13);
  });

  it("gets small singular values of a column-graded matrix to relative accuracy", () => {
    const spec = fixtures.small.find(({ family }) => family === "graded")!;
    expect(spec.singularValues[5]).toBeLessThan(1e-14);
    singularValues(build(spec)).forEach((value, j) => {
      expect(Math.abs(value / spec.singularValues[j] - 1)).toBeLessThan(1e-13);
    });
  });

  it.each([
    [5, 2],
    [2, 5],
    [30, 7],
    [1, 4],
    [0, 3],
    [3, 0],
    [0, 0],
  ])("is thin for a %i x %i matrix", (m, n) => {
    const A = random(m, 3, n);
    const { U, values, V } = svd(A);
    const k = Math.min(m, n);
    expect([U.rows, U.cols, values.length, V.rows, V.cols]).toEqual([m, k, k, n, k]);
    expect(relativeError(multiply(multiply(U, diagonal(values)), transpose(V)), A)).toBeLessThan(1e-14);
  });

  it("completes the singular vectors of a rank-deficient matrix to orthonormal sets", () => {
    fc.assert(
      fc.property(matrices(6, 2), matrices(2, 4), (B, C) => {
        const A = multiply(B, C);
        const { U, values, V } = svd(A);
        expect(orthogonalityDefect(U)).toBeLessThan(1e-13);
        expect(orthogonalityDefect(V)).toBeLessThan(1e-13);
        expect(frobeniusNorm(subtract(multiply(multiply(U, diagonal(values)), transpose(V)), A))).toBeLessThanOrEqual(
          1e-14 * frobeniusNorm(A),
        );
        for (let j = 1; j < 4; j++) expect(values[j]).toBeLessThanOrEqual(values[j - 1]);
      }),
    );
    const { U, V } = svd(matrix(4, 3));
    expect(orthogonalityDefect(U) + orthogonalityDefect(V)).toBe(0);
  });

  it("is not disturbed by the size of the entries", () => {
    for (const size of [2 ** -960, 2 ** 960]) {
      const A = matrix(
        5,
        5,
        random(5, 8).data.map((v) => v * size),
      );
      singularValues(random(5, 8)).forEach((value, j) => {
        expect(singularValues(A)[j] / size).toBeCloseTo(value, 14);
      });
      expect(norm2(A) / size).toBeCloseTo(norm2(random(5, 8)), 14);
    }
  });
});

describe("what singular values decide", () => {
  it("counts the rank", () => {
    expect(rank(matrix(3, 3))).toBe(0);
    expect(rank(matrix(0, 0))).toBe(0);
    expect(rank(multiply(random(8, 1, 3), random(3, 2, 6)))).toBe(3);
    expect(rank(random(6, 4))).toBe(6);
    expect(rank(diagonal([1, 1e-3, 1e-9]), 1e-6)).toBe(2);
    expect(rank(diagonal([1, 1e-17]))).toBe(1);
  });

  it("the pseudo-inverse satisfies the four Penrose equations", () => {
    const A = multiply(random(6, 5, 3), random(3, 6, 4));
    const P = pseudoInverse(A);
    expect(relativeError(multiply(multiply(A, P), A), A)).toBeLessThan(1e-13);
    expect(relativeError(multiply(multiply(P, A), P), P)).toBeLessThan(1e-13);
    for (const S of [multiply(A, P), multiply(P, A)]) expect(relativeError(transpose(S), S)).toBeLessThan(1e-13);
    expect(
      Array.from(
        pseudoInverse(
          fromRows([
            [0, 0],
            [0, 4],
          ]),
        ).data,
      ),
    ).toEqual([0, 0, 0, 0.25]);
  });
});
