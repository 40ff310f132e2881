import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussLegendre } from "../../src/numerics/gauss-legendre.js";
import {
  block,
  diagonal,
  fromRows,
  identity,
  type Matrix,
  matrix,
  maxAbs,
  multiply,
  scale,
} from "../../src/numerics/matrix.js";
import { expm } from "../../src/numerics/matrix-exponential.js";
import { fractionalPower, logm } from "../../src/numerics/matrix-logarithm.js";
import { sqrtm } from "../../src/numerics/matrix-square-root.js";
import { qr } from "../../src/numerics/qr.js";
import { fixtures, random, relativeError, squareMatrices } from "./families.js";

const principal = (A: Matrix) => {
  const result = logm(A);
  if (result.status !== "principal") throw new Error(result.reason);
  return result;
};

const root = (A: Matrix): Matrix => {
  const result = sqrtm(A);
  if (result.status !== "principal") throw new Error(result.reason);
  return result.X;
};

/** `Q A Qᵀ` with a random orthogonal `Q`: the same Jordan structure, no zeros to see it by. */
const disguised = (A: Matrix, seed: number): Matrix => {
  const { Q } = qr(random(A.rows, seed));
  return multiply(
    multiply(Q, A),
    matrix(
      A.rows,
      A.rows,
      Q.data.map((_, k) => Q.data[(k % A.rows) * A.rows + Math.floor(k / A.rows)]),
    ),
  );
};

describe("matrix logarithm and square root", () => {
  it.each(fixtures.logarithms)("of the case '$name' agree with 60-digit arithmetic", (reference) => {
    const A = fromRows(reference.matrix);
    const { X, residual } = principal(A);
    expect(relativeError(X, fromRows(reference.logarithm))).toBeLessThan(1e-14);
    expect(residual).toBeLessThan(reference.name === "strongly non-normal" ? 1e-10 : 1e-13);
    expect(relativeError(root(A), fromRows(reference.squareRoot))).toBeLessThan(1e-14);
  });

  it("exp(log A) = A and (√A)² = A for matrices with a principal logarithm", () => {
    fc.assert(
      fc.property(squareMatrices(7), (M) => {
        // Shifted to the right so that no eigenvalue is near the negative axis.
        const A = scale(identity(M.rows), 1 + maxAbs(M.data) * M.rows);
        const B = matrix(
          M.rows,
          M.rows,
          A.data.map((v, k) => v + M.data[k]),
        );
        expect(relativeError(expm(principal(B).X), B)).toBeLessThan(1e-13);
        expect(principal(B).residual).toBeLessThan(1e-13);
        expect(relativeError(multiply(root(B), root(B)), B)).toBeLessThan(1e-14);
      }),
    );
  });

  it("log(exp A) = A while the imaginary parts of the eigenvalues stay within ±π", () => {
    for (const n of [1, 2, 5, 20]) {
      const A = scale(random(n, 70 + n), 1 / n);
      expect(relativeError(principal(expm(A)).X, A)).toBeLessThan(1e-13);
    }
    const fast = fromRows([
      [-0.5, 3.1],
      [-3.1, -0.5],
    ]);
    expect(relativeError(principal(expm(fast)).X, fast)).toBeLessThan(1e-14);
  });

  it("of a map with a small step keeps the digits of the rates", () => {
    const J = random(6, 77);
    for (const dt of [1e-2, 1e-6, 1e-10]) {
      const D = matrix(
        6,
        6,
        J.data.map((v, k) => (k % 7 === 0 ? 1 + dt * v : dt * v)),
      );
      const exact = matrix(
        6,
        6,
        D.data.map((v, k) => v - (k % 7 === 0 ? 1 : 0)),
      );
      // log(I + N) = N − N²/2 + N³/3 − …
      let [sum, power] = [exact, exact];
      for (let k = 2; k < 30; k++) {
        power = scale(multiply(power, exact), -1);
        sum = matrix(
          6,
          6,
          sum.data.map((v, i) => v + power.data[i] / k),
        );
      }
      expect(relativeError(principal(D).X, sum)).toBeLessThan(1e-14);
    }
  });

  it("folds a frequency above π back, as sampling does", () => {
    const { X } = principal(
      expm(
        fromRows([
          [0, 4],
          [-4, 0],
        ]),
      ),
    );
    expect(X.data[1]).toBeCloseTo(4 - 2 * Math.PI, 13);
  });

  it("says that a singular matrix has none, and which eigenvalue is to blame", () => {
    const result = logm(diagonal([2, 0, 1]));
    expect(result).toMatchObject({ status: "none", eigenvalues: [[0, 0]] });
    expect(logm(multiply(random(5, 1, 3), random(3, 2, 5)))).toMatchObject({ status: "none" });
    expect(logm(matrix(2, 2))).toMatchObject({ status: "none" });
  });

  it("takes a small eigenvalue for one when the tolerance says so", () => {
    expect(logm(diagonal([1, 1e-18])).status).toBe("none");
    const result = logm(diagonal([1, 1e-18]), { tolerance: 0 });
    expect(result.status === "principal" && result.X.data[3]).toBeCloseTo(-18 * Math.LN10, 12);
  });

  it("says that a single negative eigenvalue forbids a real logarithm", () => {
    for (const A of [fromRows([[-3]]), diagonal([-1, 2, 5]), disguised(diagonal([-1, 2, 5]), 3), diagonal([-1, -2])]) {
      expect(logm(A).status).toBe("none");
    }
    const result = logm(diagonal([-1, -2, 4]));
    expect(result.status !== "principal" && result.eigenvalues).toEqual([
      [-1, 0],
      [-2, 0],
    ]);
    expect(result.status !== "principal" && result.reason).toContain("odd number of times, got -1, -2");
  });

  it("tells pairs of Jordan blocks, which have a real logarithm, from single ones, which have not", () => {
    const J = fromRows([
      [-2, 1],
      [0, -2],
    ]);
    const O = matrix(2, 2);
    const I = scale(identity(2), -2);
    // One block of size 2 twice: paired. One block of size 2 and two of size 1: the large one is single.
    for (const seed of [1, 2]) {
      expect(logm(scale(identity(2), -1))).toMatchObject({
        status: "non-principal",
        eigenvalues: [
          [-1, 0],
          [-1, 0],
        ],
      });
      expect(
        logm(
          disguised(
            block([
              [I, O],
              [O, identity(2)],
            ]),
            seed,
          ),
        ).status,
      ).toBe("non-principal");
    }
    expect(logm(J).status).toBe("none");
    expect(
      logm(
        block([
          [J, O],
          [O, J],
        ]),
      ).status,
    ).toBe("non-principal");
    expect(
      logm(
        block([
          [J, O],
          [O, I],
        ]),
      ).status,
    ).toBe("none");
    expect(
      logm(
        block([
          [I, O],
          [O, I],
        ]),
      ).status,
    ).toBe("non-principal");
  });

  it("has nothing to do for the empty matrix and the identity", () => {
    expect(principal(matrix(0, 0)).X).toEqual(matrix(0, 0));
    expect(maxAbs(principal(identity(4)).X.data)).toBe(0);
    expect(root(identity(3))).toEqual(identity(3));
  });

  it("refuses a square root when an eigenvalue lies on the negative axis", () => {
    expect(sqrtm(diagonal([1, -4]))).toMatchObject({ status: "none", eigenvalues: [[-4, 0]] });
    expect(sqrtm(diagonal([1, 0])).status).toBe("none");
  });

  it("stays accurate for a large matrix", () => {
    const A = scale(random(100, 9), 0.1);
    const { X, residual } = principal(expm(A));
    expect(relativeError(X, A)).toBeLessThan(1e-12);
    expect(residual).toBeLessThan(1e-12);
  });
});

describe("fractional powers", () => {
  it("obey the laws of powers", () => {
    const A = expm(random(5, 12));
    const power = (p: number): Matrix => {
      const result = fractionalPower(A, p);
      if (result.status !== "principal") throw new Error(result.reason);
      return result.X;
    };
    expect(relativeError(power(0.5), root(A))).toBeLessThan(1e-13);
    expect(relativeError(multiply(power(0.3), power(0.7)), A)).toBeLessThan(1e-13);
    expect(relativeError(multiply(power(-1), A), identity(5))).toBeLessThan(1e-12);
    expect(fractionalPower(fromRows([[-8]]), 1 / 3).status).toBe("none");
  });
});

describe("Gauss–Legendre quadrature", () => {
  it.each([1, 2, 3, 7, 12, 40])("with %i nodes integrates polynomials of degree 2 m − 1", (m) => {
    const { nodes, weights } = gaussLegendre(m);
    for (const degree of [0, 1, 2 * m - 1]) {
      const sum = nodes.reduce((total, x, k) => total + weights[k] * x ** degree, 0);
      expect(sum * (degree + 1)).toBeCloseTo(1, 13);
    }
    const beyond = nodes.reduce((total, x, k) => total + weights[k] * x ** (2 * m), 0) * (2 * m + 1);
    if (m < 8) expect(Math.abs(beyond - 1)).toBeGreaterThan(1e-9);
  });

  it("refuses a count that is none", () => {
    expect(() => gaussLegendre(0)).toThrow("gaussLegendre: expected a positive number of nodes, got 0");
  });
});
