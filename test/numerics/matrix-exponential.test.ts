import * as fc from "fast-check";
import { expm as oracleExpm, matrix as oracleMatrix } from "mathjs";
import { describe, expect, it } from "vitest";
import {
  add,
  block,
  diagonal,
  fromRows,
  identity,
  matrix,
  maxAbs,
  multiply,
  scale,
  submatrix,
  subtract,
  toRows,
  transpose,
} from "../../src/numerics/matrix.js";
import { expm, phi1, phi2, phiFunctions } from "../../src/numerics/matrix-exponential.js";
import { phi1Complex, phi1Scalar, phi2Complex, phi2Scalar } from "../../src/numerics/phi-scalar.js";
import { fixtures, orthogonalityDefect, random, relativeError, squareMatrices, stabilized } from "./families.js";

/** What conditioning leaves of the last digits: the norm, for matrices near normal, and much more for a few. */
const tolerances: Readonly<Record<string, number>> = {
  "strongly non-normal": 1e-14,
  stiff: 1e-11,
  "Ward 3": 1e-11,
  "rotation by 40": 1e-13,
  "random, norm near 20": 2e-14,
};

describe("matrix exponential and φ functions", () => {
  it.each(fixtures.exponentials)("of the case '$name' agree with 200-digit arithmetic", (reference) => {
    const A = fromRows(reference.matrix);
    const tolerance = tolerances[reference.name] ?? 3e-15;
    expect(relativeError(expm(A), fromRows(reference.exponential))).toBeLessThan(tolerance);
    const together = phiFunctions(A);
    expect(relativeError(together.exponential, fromRows(reference.exponential))).toBeLessThan(tolerance);
    expect(relativeError(phi1(A), fromRows(reference.phi1))).toBeLessThan(tolerance);
    expect(relativeError(phi2(A), fromRows(reference.phi2))).toBeLessThan(tolerance);
  });

  it("have their values at zero, and for empty and 1 x 1 matrices", () => {
    expect(expm(matrix(3, 3))).toEqual(identity(3));
    expect(phi1(matrix(2, 2))).toEqual(identity(2));
    expect(phi2(matrix(2, 2))).toEqual(scale(identity(2), 0.5));
    expect(expm(matrix(0, 0))).toEqual(matrix(0, 0));
    expect(phi1(matrix(0, 0))).toEqual(matrix(0, 0));
    for (const x of [-40, -3, -0.1, 1e-3, 0.7, 5, 30]) {
      expect(Math.abs(expm(fromRows([[x]])).data[0] / Math.exp(x) - 1)).toBeLessThan(1e-14 * (1 + x * x));
      expect(Math.abs(phi1(fromRows([[x]])).data[0] / phi1Scalar(x) - 1)).toBeLessThan(1e-14);
      expect(Math.abs(phi2(fromRows([[x]])).data[0] / phi2Scalar(x) - 1)).toBeLessThan(1e-14);
    }
  });

  it("agree with the blocks of an augmented exponential", () => {
    const A = random(5, 61);
    const [I, O] = [identity(5), matrix(5, 5)];
    const wide = expm(
      block([
        [A, I, O],
        [O, O, I],
        [O, O, O],
      ]),
    );
    expect(relativeError(phi1(A), submatrix(wide, 0, 5, 5, 5))).toBeLessThan(1e-14);
    expect(relativeError(phi2(A), submatrix(wide, 0, 10, 5, 5))).toBeLessThan(1e-14);
  });

  it("satisfy A φ₁ = e^A − I and A φ₂ = φ₁ − I", () => {
    fc.assert(
      fc.property(squareMatrices(6), (A) => {
        const E = expm(A);
        const F = phi1(A);
        const I = identity(A.rows);
        const size = maxAbs(E.data) + 1;
        expect(maxAbs(subtract(multiply(A, F), subtract(E, I)).data)).toBeLessThan(2e-12 * size);
        expect(maxAbs(subtract(multiply(A, phi2(A)), subtract(F, I)).data)).toBeLessThan(2e-12 * size);
      }),
    );
  });

  it("e^A e^(−A) = I and e^(2A) = (e^A)²", () => {
    fc.assert(
      fc.property(squareMatrices(5), (M) => {
        const A = scale(M, 1 / (1 + maxAbs(M.data)));
        const E = expm(A);
        expect(relativeError(multiply(E, expm(scale(A, -1))), identity(A.rows))).toBeLessThan(1e-12);
        expect(relativeError(expm(scale(A, 2)), multiply(E, E))).toBeLessThan(1e-13);
      }),
    );
  });

  it("of a skew-symmetric matrix is orthogonal", () => {
    const B = random(20, 62);
    expect(orthogonalityDefect(expm(subtract(B, transpose(B))))).toBeLessThan(1e-12);
  });

  it("of a stable matrix of enormous norm decays instead of blowing up", () => {
    const E = expm(scale(stabilized(random(5, 63)), 1e12));
    expect(maxAbs(E.data)).toBe(0);
    expect(Math.abs(phi1(diagonal([-1e200])).data[0] * 1e200 - 1)).toBeLessThan(1e-12);
  });

  it("of a stiff matrix keep the digits of the slow mode", () => {
    const stiff = diagonal([-1e10, -1e-3]);
    expect(Math.abs(expm(stiff).data[3] / Math.exp(-1e-3) - 1)).toBeLessThan(1e-15);
    expect(Math.abs(phi1(stiff).data[3] / phi1Scalar(-1e-3) - 1)).toBeLessThan(1e-15);
    expect(Math.abs(phi2(stiff).data[3] / phi2Scalar(-1e-3) - 1)).toBeLessThan(1e-15);
    expect(Math.abs(phi1(stiff).data[0] * 1e10 - 1)).toBeLessThan(1e-14);
  });

  it("overflow to Infinity, in finite time", () => {
    expect(expm(fromRows([[1e300]])).data[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it("agree with mathjs", () => {
    const A = random(4, 64);
    const oracle = fromRows(oracleExpm(oracleMatrix(toRows(A))).toArray() as number[][]);
    expect(relativeError(expm(A), oracle)).toBeLessThan(1e-13);
    expect(relativeError(add(expm(A), identity(4), 1e-6), oracle)).toBeGreaterThan(1e-9);
  });
});

describe("scalar φ functions", () => {
  it.each(fixtures.scalars)("at $z agree with 60-digit arithmetic", (reference) => {
    const z = [reference.z[0], reference.z[1]] as const;
    const close = (value: readonly number[], expected: readonly number[]): void => {
      const error = Math.hypot(value[0] - expected[0], value[1] - expected[1]);
      expect(error / Math.hypot(expected[0], expected[1])).toBeLessThan(1e-15);
    };
    close(phi1Complex(z), reference.phi1);
    close(phi2Complex(z), reference.phi2);
    if (z[1] !== 0) return;
    close([phi1Scalar(z[0]), 0], reference.phi1);
    close([phi2Scalar(z[0]), 0], reference.phi2);
  });

  it("have their limits", () => {
    expect([phi1Scalar(0), phi2Scalar(0)]).toEqual([1, 0.5]);
    expect([phi1Complex([0, 0]), phi2Complex([0, 0])]).toEqual([
      [1, 0],
      [0.5, 0],
    ]);
    expect(phi1Scalar(Number.NEGATIVE_INFINITY)).toBeCloseTo(0, 15);
    expect(phi2Scalar(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(phi1Scalar(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(phi2Scalar(800)).toBe(Number.POSITIVE_INFINITY);
    expect([phi1Scalar(Number.NaN), phi2Scalar(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
  });

  it("φ₂ is continuous where the series takes over", () => {
    for (const edge of [-1.5, 1.5]) {
      expect(Math.abs(phi2Scalar(edge * (1 + 1e-15)) / phi2Scalar(edge * (1 - 1e-15)) - 1)).toBeLessThan(2e-15);
    }
  });
});
