import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eigenvalues } from "../../src/numerics/eigen.js";
import {
  add,
  diagonal,
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
import { lyapunov, type MatrixEquationResult, stein, sylvester } from "../../src/numerics/sylvester.js";
import { fixtures, matrices, random, relativeError, squareMatrices, stabilized } from "./families.js";

const solved = (result: MatrixEquationResult): Matrix => {
  if (result.status !== "solved") throw new Error(result.reason);
  return result.X;
};

const gram = (B: Matrix): Matrix => multiply(B, transpose(B));

/** `A` scaled to spectral radius at most 0.9. */
const contracted = (A: Matrix): Matrix => scale(A, 0.9 / (frobeniusNorm(A) || 1));

describe("matrix equations", () => {
  it.each(fixtures.equations.map((reference) => ({ size: reference.A.length, reference })))(
    "of size $size agree with 60-digit solutions by Kronecker products",
    ({ reference }) => {
      const [A, B, C, Q, F] = [reference.A, reference.B, reference.C, reference.Q, reference.F].map(fromRows);
      expect(relativeError(solved(sylvester(A, B, C)), fromRows(reference.sylvester))).toBeLessThan(1e-13);
      expect(relativeError(solved(lyapunov(A, Q)), fromRows(reference.lyapunov))).toBeLessThan(1e-13);
      expect(relativeError(solved(stein(F, Q)), fromRows(reference.stein))).toBeLessThan(1e-13);
    },
  );

  it("Sylvester: A X + X B = C, for rectangular X too", () => {
    fc.assert(
      fc.property(squareMatrices(6), squareMatrices(4), fc.integer({ min: 1, max: 99 }), (M, N, seed) => {
        const [A, B] = [stabilized(M), stabilized(N)];
        const C = random(A.rows, seed, B.rows);
        const X = solved(sylvester(A, B, C));
        const residual = subtract(add(multiply(A, X), multiply(X, B)), C);
        expect(frobeniusNorm(residual)).toBeLessThan(1e-13 * (frobeniusNorm(A) + frobeniusNorm(B)) * frobeniusNorm(X));
      }),
    );
  });

  it("Lyapunov: A X + X Aᵀ + Q = 0, X symmetric and positive semidefinite for stable A", () => {
    fc.assert(
      fc.property(squareMatrices(7), fc.integer({ min: 1, max: 99 }), (M, seed) => {
        const A = stabilized(M);
        const Q = gram(random(A.rows, seed, 2));
        const X = solved(lyapunov(A, Q));
        const residual = add(add(multiply(A, X), multiply(X, transpose(A))), Q);
        expect(frobeniusNorm(residual)).toBeLessThan(1e-13 * frobeniusNorm(A) * frobeniusNorm(X));
        expect(transpose(X)).toEqual(X);
        for (const [re] of eigenvalues(X)) expect(re).toBeGreaterThan(-1e-13 * frobeniusNorm(X));
      }),
    );
  });

  it("Stein: A X Aᵀ − X + Q = 0, equal to the sum of Aᵏ Q (Aᵀ)ᵏ for a contraction", () => {
    fc.assert(
      fc.property(squareMatrices(6), fc.integer({ min: 1, max: 99 }), (M, seed) => {
        const A = contracted(M);
        const Q = gram(random(A.rows, seed));
        const X = solved(stein(A, Q));
        const residual = add(subtract(multiply(multiply(A, X), transpose(A)), X), Q);
        expect(frobeniusNorm(residual)).toBeLessThan(1e-13 * frobeniusNorm(X));
        expect(transpose(X)).toEqual(X);
        let [sum, power] = [Q, Q];
        for (let k = 0; k < 200; k++) {
          power = multiply(multiply(A, power), transpose(A));
          sum = add(sum, power);
        }
        expect(relativeError(X, sum)).toBeLessThan(1e-13);
      }),
    );
  });

  it("are solved for matrices that are not symmetric and for unstable coefficients", () => {
    const A = random(30, 5);
    const Q = random(30, 6);
    const X = solved(lyapunov(A, Q));
    expect(relativeError(add(multiply(A, X), multiply(X, transpose(A))), scale(Q, -1))).toBeLessThan(1e-10);
    const Y = solved(stein(A, Q));
    expect(relativeError(subtract(Y, multiply(multiply(A, Y), transpose(A))), Q)).toBeLessThan(1e-10);
  });

  it("of size 120 leave residuals of rounding size", () => {
    const A = stabilized(random(120, 7));
    const Q = gram(random(120, 8));
    const X = solved(lyapunov(A, Q));
    const residual = add(add(multiply(A, X), multiply(X, transpose(A))), Q);
    expect(frobeniusNorm(residual)).toBeLessThan(1e-13 * frobeniusNorm(A) * frobeniusNorm(X));
  });

  it("without a unique solution say so, and name the eigenvalues", () => {
    const integrator = diagonal([0, -1]);
    expect(lyapunov(integrator, identity(2))).toEqual({
      status: "singular",
      separation: 0,
      reason: "no unique solution: two eigenvalues of A have the sum 0 to rounding (0 and 0)",
    });
    expect(
      lyapunov(
        fromRows([
          [0, 2],
          [-2, 0],
        ]),
        identity(2),
      ).status,
    ).toBe("singular");
    expect(stein(diagonal([1, 0.5]), identity(2)).status).toBe("singular");
    expect(stein(diagonal([2, 0.5]), identity(2)).status).toBe("singular");
    expect(sylvester(diagonal([1, 2]), diagonal([3, -2, 5]), matrix(2, 3))).toMatchObject({
      status: "singular",
      separation: 0,
    });
    expect(lyapunov(matrix(3, 3), identity(3)).status).toBe("singular");
  });

  it("report the separation that their accuracy depends on", () => {
    expect(lyapunov(diagonal([-0.25, -3]), identity(2)).separation).toBe(0.5);
    expect(stein(diagonal([0.5, 0.1]), identity(2)).separation).toBe(0.75);
    expect(sylvester(diagonal([1, 2]), diagonal([3]), matrix(2, 1)).separation).toBe(4);
  });

  it("have the empty solution for empty matrices", () => {
    const empty = matrix(0, 0);
    for (const result of [lyapunov(empty, empty), stein(empty, empty), sylvester(empty, empty, empty)]) {
      expect(result).toMatchObject({ status: "solved", X: empty });
    }
    expect(solved(sylvester(identity(2), empty, matrix(2, 0)))).toEqual(matrix(2, 0));
  });

  it("are linear in the right-hand side", () => {
    fc.assert(
      fc.property(matrices(4, 4), matrices(4, 4), (P, Q) => {
        const A = stabilized(random(4, 9));
        const together = solved(lyapunov(A, add(P, Q)));
        const apart = add(solved(lyapunov(A, P)), solved(lyapunov(A, Q)));
        const size = frobeniusNorm(P) + frobeniusNorm(Q);
        expect(frobeniusNorm(subtract(together, apart))).toBeLessThanOrEqual(1e-13 * size);
      }),
    );
  });
});
