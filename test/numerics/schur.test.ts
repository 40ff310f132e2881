import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareEigenvalues, eigenvalues } from "../../src/numerics/eigen.js";
import { hessenberg } from "../../src/numerics/hessenberg.js";
import {
  type Complex,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  maxAbs,
  multiply,
  submatrix,
  subtract,
  transpose,
} from "../../src/numerics/matrix.js";
import { orderSchur } from "../../src/numerics/order-schur.js";
import { schur, schurEigenvalues } from "../../src/numerics/schur.js";
import { standardizeBlock } from "../../src/numerics/schur-block.js";
import {
  build,
  distances,
  fixtures,
  orthogonalityDefect,
  random,
  relativeError,
  squareMatrices,
  title,
  wildMatrices,
} from "./families.js";

const cases = [...fixtures.small, ...fixtures.large, fixtures.largest].map((spec) => ({ name: title(spec), spec }));

const expectStandardForm = (T: Matrix): void => {
  const n = T.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i - 1; j++) expect(T.data[i * n + j]).toBe(0);
    if (i === 0 || T.data[i * n + i - 1] === 0) continue;
    if (i > 1) expect(T.data[(i - 1) * n + i - 2]).toBe(0);
    expect(T.data[i * n + i]).toBe(T.data[(i - 1) * n + i - 1]);
    expect(Math.sign(T.data[i * n + i - 1]) * Math.sign(T.data[(i - 1) * n + i])).toBe(-1);
  }
};

describe("real Schur form", () => {
  it.each(cases)("of $name: A Q = Q T, Qᵀ Q = I, blocks in standard form", ({ spec }) => {
    const A = build(spec);
    const { T, Q } = schur(A);
    expect(frobeniusNorm(subtract(multiply(A, Q), multiply(Q, T)))).toBeLessThan(1e-13 * frobeniusNorm(A));
    expect(orthogonalityDefect(Q)).toBeLessThan(1e-14 * Math.max(4, A.rows));
    if (A.rows <= 100) expectStandardForm(T);
  });

  it("of any matrix: A Q = Q T, Qᵀ Q = I, blocks in standard form", () => {
    fc.assert(
      fc.property(squareMatrices(10), (A) => {
        const { T, Q } = schur(A);
        expect(frobeniusNorm(subtract(multiply(A, Q), multiply(Q, T)))).toBeLessThanOrEqual(1e-13 * frobeniusNorm(A));
        expect(orthogonalityDefect(Q)).toBeLessThan(1e-13);
        expectStandardForm(T);
      }),
    );
  });

  it("of any matrix at all has an orthogonal Q and blocks in standard form", () => {
    fc.assert(
      fc.property(wildMatrices(), (A) => {
        // Subnormal entries of T may round to zero.
        fc.pre(frobeniusNorm(A) > 1e-290);
        const { T, Q } = schur(A);
        expect(orthogonalityDefect(Q)).toBeLessThan(1e-13);
        expectStandardForm(T);
        expect(orthogonalityDefect(orderSchur({ T, Q }, ([re]) => re > 0).Q)).toBeLessThan(1e-13);
      }),
    );
  });

  it("exists for the empty, the zero and the 1 x 1 matrix", () => {
    expect(schur(matrix(0, 0))).toEqual({ T: matrix(0, 0), Q: matrix(0, 0) });
    expect(schur(matrix(3, 3))).toEqual({ T: matrix(3, 3), Q: identity(3) });
    expect(schur(identity(1))).toEqual({ T: identity(1), Q: identity(1) });
  });

  it("standardizes a 2 x 2 block by a rotation that keeps trace and determinant", () => {
    const entry = fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.constantFrom(0, 1, -1, 1e-8));
    fc.assert(
      fc.property(entry, entry, entry, entry, (a, b, c, d) => {
        const block = standardizeBlock(a, b, c, d);
        const size = Math.hypot(a, b, c, d);
        expect(block.c ** 2 + block.s ** 2).toBeCloseTo(1, 14);
        expect(block.r === 0 || (block.p === block.t && Math.sign(block.q) * Math.sign(block.r) < 0)).toBe(true);
        expect(Math.abs(block.p + block.t - (a + d))).toBeLessThanOrEqual(4e-15 * size + 1e-300);
        const determinant = block.p * block.t - block.q * block.r;
        expect(Math.abs(determinant - (a * d - b * c))).toBeLessThanOrEqual(8e-15 * size ** 2 + 1e-300);
        // The first row of [c s; -s c] · block · [c -s; s c].
        const p = block.c * (a * block.c + b * block.s) + block.s * (c * block.c + d * block.s);
        const q = block.c * (b * block.c - a * block.s) + block.s * (d * block.c - c * block.s);
        expect(Math.abs(p - block.p) + Math.abs(q - block.q)).toBeLessThanOrEqual(2e-14 * size + 1e-300);
      }),
      { numRuns: 500 },
    );
  });
});

describe("Hessenberg form", () => {
  it.each([1, 2, 3, 10, 50])("of a random matrix of size %i is an orthogonal similarity", (n) => {
    const A = random(n, n);
    const { H, Q } = hessenberg(A);
    for (let i = 2; i < n; i++) for (let j = 0; j < i - 1; j++) expect(H.data[i * n + j]).toBe(0);
    expect(orthogonalityDefect(Q)).toBeLessThan(1e-13);
    expect(relativeError(multiply(multiply(Q, H), transpose(Q)), A)).toBeLessThan(1e-14);
  });
});

describe("ordered Schur form", () => {
  const select = ([re]: Complex): boolean => re > 0;

  it("moves the chosen eigenvalues to the top and keeps A = Q T Qᵀ", () => {
    fc.assert(
      fc.property(squareMatrices(8), (A) => {
        const form = schur(A);
        const ordered = orderSchur(form, select);
        expect(relativeError(multiply(multiply(ordered.Q, ordered.T), transpose(ordered.Q)), A)).toBeLessThan(1e-12);
        expect(orthogonalityDefect(ordered.Q)).toBeLessThan(1e-13);
        expectStandardForm(ordered.T);
      }),
    );
  });

  it.each([2, 3, 6, 15, 60])(
    "finds the invariant subspace of the unstable directions of a random matrix of size %i",
    (n) => {
      const A = random(n, n + 7);
      const { T, Q, selected, status } = orderSchur(schur(A), select);
      expect(status).toBe("ordered");
      const values = schurEigenvalues({ T, Q });
      expect(values.slice(0, selected).every(select)).toBe(true);
      expect(values.slice(selected).some(select)).toBe(false);
      expect(Math.max(...distances([...values].sort(compareEigenvalues), eigenvalues(A)))).toBeLessThan(1e-11);
      // Q₁ spans the subspace: (I − Q₁ Q₁ᵀ) A Q₁ = 0.
      const Q1 = submatrix(Q, 0, 0, n, selected);
      const image = multiply(A, Q1);
      const outside = subtract(image, multiply(Q1, multiply(transpose(Q1), image)));
      expect(maxAbs(outside.data)).toBeLessThan(1e-12);
    },
  );

  it("leaves a form alone that is in order, and one of which nothing is chosen", () => {
    const form = schur(random(5, 2));
    expect(orderSchur(form, () => true)).toEqual({ ...form, selected: 5, status: "ordered" });
    expect(orderSchur(form, () => false)).toEqual({ ...form, selected: 0, status: "ordered" });
  });
});
