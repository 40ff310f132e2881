import * as fc from "fast-check";
import { complex, divide, exp, log, sqrt } from "mathjs";
import { describe, expect, it } from "vitest";
import {
  adjoint,
  cabs,
  cadd,
  carg,
  cdiv,
  cexp,
  cexpm1,
  cinv,
  clog,
  cmul,
  cneg,
  complexColumn,
  complexMatrix,
  complexMultiply,
  conj,
  cpow,
  csqrt,
  csub,
  shifted,
  toComplex,
} from "../../src/numerics/complex.js";
import { complexSolve } from "../../src/numerics/complex-lu.js";
import { type Complex, frobeniusNorm, fromRows, matrix } from "../../src/numerics/matrix.js";
import { random } from "./families.js";

const part = fc.double({ min: -8, max: 8, noNaN: true }).map((v) => (Math.abs(v) < 1e-100 ? 0 : v));
const number: fc.Arbitrary<Complex> = fc.tuple(part, part);
const close = (a: Complex, b: Complex, tolerance = 1e-14): void =>
  expect(cabs(csub(a, b))).toBeLessThanOrEqual(tolerance * Math.max(cabs(a), cabs(b)));
const oracle = (z: unknown): Complex => [(z as { re: number }).re, (z as { im: number }).im];

describe("complex numbers", () => {
  it("divide, take roots and logarithms as mathjs does", () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(cabs(b) > 1e-50 && cabs(a) > 1e-50);
        const [x, y] = [complex(a[0], a[1]), complex(b[0], b[1])];
        close(cdiv(a, b), oracle(divide(x, y)), 1e-13);
        close(csqrt(a), oracle(sqrt(x)), 1e-13);
        close(cexp(a), oracle(exp(x)));
        // mathjs loses digits near |a| = 1.
        expect(cabs(csub(clog(a), oracle(log(x))))).toBeLessThan(1e-13 * (1 + cabs(clog(a))));
      }),
    );
  });

  it("obey the laws of a field", () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(cabs(b) > 1e-50 && cabs(a) > 1e-50);
        close(cmul(cdiv(a, b), b), a);
        close(cmul(b, cinv(b)), [1, 0]);
        close(cmul(csqrt(a), csqrt(a)), a);
        close(cexp(clog(a)), a, 1e-13);
        expect(cadd(a, cneg(a))).toEqual([0, 0]);
        expect(cmul(a, conj(a))[0]).toBeCloseTo(cabs(a) ** 2, 10);
        close(cpow(a, 3), cmul(a, cmul(a, a)));
        close(cpow(a, -2), cinv(cmul(a, a)), 1e-13);
      }),
    );
  });

  it("do not overflow where the result does not", () => {
    close(cdiv([1e300, 1e300], [1e300, -1e300]), [0, 1]);
    close(cdiv([1e-300, 0], [0, 1e-300]), [0, -1]);
    expect(cabs([3e200, 4e200])).toBeCloseTo(5e200, -188);
  });

  it("keep their digits near zero and near one", () => {
    close(cexpm1([1e-10, 1e-10]), [1e-10, 1.0000000001e-10]);
    close(clog([1, 1e-10]), [5e-21, 1e-10]);
    expect(clog([1, 1e-10])[0]).toBeCloseTo(5e-21, 34);
  });

  it("have branch cuts on the negative real axis", () => {
    expect(clog([-1, 0])[1]).toBe(Math.PI);
    expect(csqrt([-4, 0])).toEqual([0, 2]);
    expect(csqrt([-4, -0.0])[1]).toBe(2);
    expect(csqrt([0, 0])).toEqual([0, 0]);
    expect(carg([-1, -1e-300])).toBe(-Math.PI);
  });

  it("refuse a power that is not an integer", () => {
    expect(() => cpow([1, 1], 0.5)).toThrow("cpow: expected an integer exponent, got 0.5");
    expect(cpow([2, 1], 0)).toEqual([1, 0]);
  });
});

describe("complex matrices", () => {
  const M = complexMatrix(12, 12, random(12, 1).data.slice(), random(12, 2).data.slice());
  const size = (A: { re: Float64Array; im: Float64Array }): number =>
    Math.hypot(frobeniusNorm(matrix(1, A.re.length, A.re)), frobeniusNorm(matrix(1, A.im.length, A.im)));

  it("are solved with a small residual", () => {
    const B = complexMatrix(12, 2, random(12, 3, 2).data.slice(), random(12, 4, 2).data.slice());
    const X = complexSolve(M, B)!;
    const back = complexMultiply(M, X);
    const residual = { re: back.re.map((v, k) => v - B.re[k]), im: back.im.map((v, k) => v - B.im[k]) };
    expect(size(residual)).toBeLessThan(1e-14 * size(M) * size(X));
  });

  it("give undefined when exactly singular and refuse what is not finite", () => {
    expect(
      complexSolve(
        shifted(
          fromRows([
            [0, 1],
            [-1, 0],
          ]),
          [0, 1],
        ),
        complexMatrix(2, 1),
      ),
    ).toBeUndefined();
    const bad = complexMatrix(1, 1, new Float64Array([1]), new Float64Array([Number.NaN]));
    expect(() => complexSolve(bad, bad)).toThrow("complexSolve: entry [0][0] is not finite, got 1 + NaNi");
    expect(() => complexSolve(complexMatrix(2, 3), complexMatrix(2, 1))).toThrow("expected a square matrix, got 2 x 3");
    expect(() => complexSolve(M, complexMatrix(3, 1))).toThrow("expected 12 rows on the right-hand side, got 3");
    expect(() => complexMatrix(2, 2, new Float64Array(3))).toThrow("complexMatrix: expected 4 entries for 2 x 2");
    expect(() => complexMultiply(M, complexMatrix(3, 1))).toThrow("complexMultiply: inner sizes differ");
    expect(complexSolve(complexMatrix(0, 0), complexMatrix(0, 1))).toEqual(complexMatrix(0, 1));
  });

  it("are shifted, transposed and read by columns", () => {
    const S = shifted(
      fromRows([
        [1, 2],
        [3, 4],
      ]),
      [10, 5],
    );
    expect(complexColumn(S, 0)).toEqual([
      [9, 5],
      [-3, 0],
    ]);
    expect(complexColumn(adjoint(S), 0)).toEqual([
      [9, -5],
      [-2, -0],
    ]);
    expect(
      complexMultiply(
        toComplex(
          fromRows([
            [0, 1],
            [1, 0],
          ]),
        ),
        S,
      ).re,
    ).toEqual(Float64Array.from([-3, 6, 9, -2]));
  });
});
