import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { balance } from "../../src/numerics/balance.js";
import { cholesky, symmetricFactor } from "../../src/numerics/cholesky.js";
import { eigen, eigenvalues, spectralRadius } from "../../src/numerics/eigen.js";
import { hessenberg } from "../../src/numerics/hessenberg.js";
import { conditionEstimate, determinant, inverse, luFactor, solve, solveVector } from "../../src/numerics/lu.js";
import { identity, type Matrix, matrix } from "../../src/numerics/matrix.js";
import { expm, phi1, phi2, phiFunctions } from "../../src/numerics/matrix-exponential.js";
import { logm } from "../../src/numerics/matrix-logarithm.js";
import { sqrtm } from "../../src/numerics/matrix-square-root.js";
import { orderSchur } from "../../src/numerics/order-schur.js";
import { leastSquares, qr } from "../../src/numerics/qr.js";
import { schur } from "../../src/numerics/schur.js";
import { resolventProbe, smallestSingularValueShifted } from "../../src/numerics/shifted-singular-value.js";
import { norm2, pseudoInverse, rank, singularValues, svd } from "../../src/numerics/svd.js";
import { lyapunov, stein, sylvester } from "../../src/numerics/sylvester.js";
import { symmetricEigen, symmetricEigenvalues } from "../../src/numerics/symmetric-eigen.js";
import { wildMatrices } from "./families.js";

const I = identity(3);
const square: [string, (A: Matrix) => unknown][] = [
  ["balance", balance],
  ["cholesky", cholesky],
  ["symmetricFactor", symmetricFactor],
  ["eigen", eigen],
  ["eigenvalues", eigenvalues],
  ["spectralRadius", spectralRadius],
  ["hessenberg", hessenberg],
  ["luFactor", luFactor],
  ["solve", (A) => solve(A, I)],
  ["solveVector", (A) => solveVector(A, [1, 2, 3])],
  ["inverse", inverse],
  ["determinant", determinant],
  ["conditionEstimate", conditionEstimate],
  ["expm", expm],
  ["phi1", phi1],
  ["phi2", phi2],
  ["logm", logm],
  ["sqrtm", sqrtm],
  ["schur", schur],
  ["resolventProbe", resolventProbe],
  ["smallestSingularValueShifted", (A) => smallestSingularValueShifted(A, [0, 1])],
  ["lyapunov", (A) => lyapunov(A, I)],
  ["stein", (A) => stein(A, I)],
  ["sylvester, first argument", (A) => sylvester(A, I, I)],
  ["sylvester, second argument", (A) => sylvester(I, A, I)],
  ["symmetricEigen", symmetricEigen],
  ["symmetricEigenvalues", symmetricEigenvalues],
];
const anyShape: [string, (A: Matrix) => unknown][] = [
  ["qr", qr],
  ["leastSquares, matrix", (A) => leastSquares(A, I)],
  ["leastSquares, right-hand side", (A) => leastSquares(I, A)],
  ["svd", svd],
  ["singularValues", singularValues],
  ["norm2", norm2],
  ["rank", rank],
  ["pseudoInverse", pseudoInverse],
  ["solve, right-hand side", (B) => solve(I, B)],
  ["lyapunov, right-hand side", (Q) => lyapunov(I, Q)],
  ["stein, right-hand side", (Q) => stein(I, Q)],
  ["sylvester, right-hand side", (C) => sylvester(I, I, C)],
];

describe("routines refuse", () => {
  it.each([...square, ...anyShape])("%s: an entry that is not finite, naming it", (_, routine) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const [i, j] of [
        [0, 0],
        [1, 2],
        [2, 1],
      ]) {
        const A = identity(3);
        A.data[i * 3 + j] = bad;
        expect(() => routine(A)).toThrow(InputError);
        expect(() => routine(A)).toThrow(`entry [${i}][${j}] is not finite, got ${bad}`);
      }
    }
  });

  it.each(square)("%s: a matrix that is not square", (_, routine) => {
    expect(() => routine(matrix(3, 2))).toThrow(InputError);
    expect(() => routine(matrix(3, 2))).toThrow("expected a square matrix, got 3 x 2");
  });

  it("right-hand sides of the wrong shape", () => {
    expect(() => solve(I, matrix(2, 1))).toThrow("solve: expected 3 rows on the right-hand side, got 2");
    expect(() => solveVector(I, [1])).toThrow("solve: expected a right-hand side of length 3, got 1");
    expect(() => solveVector(I, [1, Number.NaN, 0])).toThrow("solve: entry [1] is not finite, got NaN");
    expect(() => leastSquares(I, matrix(2, 1))).toThrow("leastSquares: expected 3 rows on the right-hand side, got 2");
    expect(() => lyapunov(I, matrix(2, 3))).toThrow("lyapunov: expected a 3 x 3 matrix, got 2 x 3");
    expect(() => stein(I, matrix(3, 2))).toThrow("stein: expected a 3 x 3 matrix, got 3 x 2");
    expect(() => sylvester(I, identity(2), I)).toThrow("sylvester: expected a 3 x 2 matrix, got 3 x 3");
  });
});

describe("routines end on any finite matrix", () => {
  const routines: [string, (A: Matrix) => unknown][] = [
    ["eigenvalues and eigenvectors", (A) => [eigenvalues(A), eigen(A)]],
    ["ordered Schur form", (A) => orderSchur(schur(A), ([re]) => re > 0)],
    ["singular values", (A) => [svd(A), norm2(A), pseudoInverse(A)]],
    ["systems", (A) => [inverse(A), determinant(A), conditionEstimate(A), leastSquares(A, A)]],
    ["logarithm and square root", (A) => [logm(A), sqrtm(A)]],
    ["matrix equations", (A) => [lyapunov(A, A), stein(A, A), sylvester(A, A, A)]],
    ["shifted singular values", (A) => [resolventProbe(A)([1, 1]), smallestSingularValueShifted(A, [0, 1], A)]],
  ];

  it.each(routines)("%s", (_, routine) => {
    fc.assert(
      fc.property(wildMatrices(), (A) => {
        routine(A);
      }),
      { numRuns: 500 },
    );
  });

  it("exponentials", () => {
    fc.assert(
      fc.property(wildMatrices(4), (A) => {
        phiFunctions(A);
        expm(A);
      }),
    );
  });
});
