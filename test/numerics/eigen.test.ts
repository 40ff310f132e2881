import * as fc from "fast-check";
import { EigenvalueDecomposition, Matrix as OracleMatrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { balance, unbalanceFunction } from "../../src/numerics/balance.js";
import { adjoint, complexMatrix } from "../../src/numerics/complex.js";
import { compareEigenvalues, eigen, eigenvalues, spectralAbscissa, spectralRadius } from "../../src/numerics/eigen.js";
import { type Complex, frobeniusNorm, fromRows, matrix, toRows, transpose } from "../../src/numerics/matrix.js";
import {
  build,
  cyclic,
  day,
  distances,
  eigenResidual,
  fixtures,
  jordan,
  random,
  scaled,
  squareMatrices,
  symmetric,
  title,
  wildMatrices,
} from "./families.js";

const cases = [...fixtures.small, ...fixtures.large].map((spec) => ({ name: title(spec), spec }));

describe("eigenvalues", () => {
  it.each(cases)("of $name are within their conditioning of the reference", ({ spec }) => {
    const A = build(spec);
    const decomposition = eigen(A);
    // Balancing makes the errors relative to the balanced matrix, where conditioning is measured too.
    const { B } = balance(A);
    const { conditionNumbers } = eigen(B);
    // NumPy's own error comes on top for the large ones.
    const unit = (A.rows > 12 ? 4 : 1) * 2e-15 * frobeniusNorm(B);
    for (const values of [eigenvalues(A), decomposition.values]) {
      distances(values, spec.eigenvalues).forEach((distance, j) => {
        expect(distance).toBeLessThanOrEqual(unit * conditionNumbers[j]);
      });
    }
  });

  it("of a matrix of size 400 agree with NumPy", () => {
    const A = build(fixtures.largest);
    expect(Math.max(...distances(eigenvalues(A), fixtures.largest.eigenvalues))).toBeLessThan(1e-11);
  });

  it.each([2, 3, 4, 5, 6, 7, 16, 33, 64])("of the cyclic permutation of %i are the roots of unity", (n) => {
    const roots = Array.from({ length: n }, (_, k) => [
      Math.cos((2 * Math.PI * k) / n),
      Math.sin((2 * Math.PI * k) / n),
    ]);
    for (const A of [cyclic(n), transpose(cyclic(n))])
      expect(Math.max(...distances(eigenvalues(A), roots))).toBeLessThan(1e-13);
  });

  it.each([3, 6, 10])("of a Jordan block of size %i with one corner filled in lie on the circle they should", (n) => {
    const circle = Array.from({ length: n }, (_, k) => [
      0.5 + Math.cos((2 * Math.PI * k) / n) / 16,
      Math.sin((2 * Math.PI * k) / n) / 16,
    ]);
    expect(Math.max(...distances(eigenvalues(jordan(n)), circle))).toBeLessThan(1e-15 * 16 ** (n - 1));
  });

  it("ends on matrices that stall the plain QR iteration", () => {
    for (let exponent = 10; exponent <= 60; exponent++) {
      const A = day(4, exponent);
      const { values, vectors } = eigen(A);
      expect(eigenResidual(A, values, vectors)).toBeLessThan(1e-14);
    }
  });

  it("ends on every matrix of zeros and ones of size 3, with trace and determinant right", () => {
    for (let code = 0; code < 512; code++) {
      const A = matrix(
        3,
        3,
        Float64Array.from({ length: 9 }, (_, k) => (code >> k) & 1),
      );
      const values = eigenvalues(A);
      const [a, b, c, d, e, f, g, h, i] = A.data;
      const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
      const product = values.reduce<Complex>(([x, y], [u, v]) => [x * u - y * v, x * v + y * u], [1, 0]);
      expect(values.reduce((sum, [re]) => sum + re, 0)).toBeCloseTo(a + e + i, 12);
      expect(product[0]).toBeCloseTo(determinant, 12);
      expect(product[1]).toBeCloseTo(0, 12);
    }
  });

  it("of zero, triangular, empty and 1 x 1 matrices are exact", () => {
    expect(eigenvalues(matrix(0, 0))).toEqual([]);
    expect(eigenvalues(fromRows([[-7]]))).toEqual([[-7, 0]]);
    expect(eigenvalues(matrix(3, 3))).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(
      eigenvalues(
        fromRows([
          [1, 1e9, 3],
          [0, -2, 1e-9],
          [0, 0, 5],
        ]),
      ),
    ).toEqual([
      [5, 0],
      [1, 0],
      [-2, 0],
    ]);
    expect(
      eigenvalues(
        fromRows([
          [1, 0, 0],
          [7, 2, 0],
          [1e12, 5, 3],
        ]),
      ),
    ).toEqual([
      [3, 0],
      [2, 0],
      [1, 0],
    ]);
    expect(
      eigenvalues(
        fromRows([
          [0, 1],
          [-1, 0],
        ]),
      ),
    ).toEqual([
      [0, 1],
      [0, -1],
    ]);
  });

  it("are as accurate for a badly scaled matrix as for the one it is similar to", () => {
    const plain = eigenvalues(random(12, 3)).map(([re, im]) => [re, im]);
    expect(Math.max(...distances(eigenvalues(scaled(12, 3)), plain))).toBeLessThan(1e-13);
  });

  it("scale with the matrix, to the ends of the range of doubles", () => {
    const A = random(6, 9);
    for (const size of [2 ** -1000, 2 ** 1000]) {
      const B = matrix(
        6,
        6,
        A.data.map((v) => v * size),
      );
      const shrunk = eigenvalues(B).map(([re, im]): Complex => [re / size, im / size]);
      expect(Math.max(...distances(shrunk, eigenvalues(A)))).toBeLessThan(1e-14);
    }
  });

  it("come sorted: real part descending, then imaginary part descending, conjugates exact", () => {
    fc.assert(
      fc.property(squareMatrices(9), (A) => {
        const values = eigenvalues(A);
        expect([...values].sort(compareEigenvalues)).toEqual(values);
        expect(
          distances(
            values.map(([re, im]): Complex => [re, -im]),
            values,
          ).every((gap) => gap === 0),
        ).toBe(true);
        expect(values.every(([, im]) => !Object.is(im, -0))).toBe(true);
      }),
    );
  });

  it("agree with ml-matrix where that can be trusted", () => {
    for (const n of [4, 9, 20]) {
      const A = random(n, 80 + n);
      const oracle = new EigenvalueDecomposition(new OracleMatrix(toRows(A)));
      const reference = oracle.realEigenvalues.map((re, k) => [re, oracle.imaginaryEigenvalues[k]]);
      expect(Math.max(...distances(eigenvalues(A), reference))).toBeLessThan(1e-11);
    }
  });

  it("give abscissa and radius", () => {
    const A = fromRows([
      [-3, 0],
      [0, 1],
    ]);
    expect([spectralAbscissa(A), spectralRadius(A)]).toEqual([1, 3]);
    expect([spectralAbscissa(matrix(0, 0)), spectralRadius(matrix(0, 0))]).toEqual([Number.NEGATIVE_INFINITY, 0]);
  });
});

describe("eigenvectors", () => {
  it.each(cases)("of $name satisfy A x = λ x and yᴴ A = λ yᴴ", ({ spec }) => {
    const A = build(spec);
    const { values, vectors, leftVectors } = eigen(A);
    const conjugates = values.map(([re, im]): Complex => [re, -im]);
    expect(eigenResidual(A, values, vectors)).toBeLessThan(1e-13);
    expect(eigenResidual(transpose(A), conjugates, leftVectors)).toBeLessThan(1e-13);
  });

  it("solve the equations also for entries from the whole range of doubles", () => {
    fc.assert(
      fc.property(wildMatrices(), (A) => {
        const { values, vectors } = eigen(A);
        const size = frobeniusNorm(A);
        // Eigenvalues of subnormal size cannot be represented to many digits.
        fc.pre(size > 1e-290);
        const unit = matrix(
          A.rows,
          A.cols,
          A.data.map((v) => v / size),
        );
        const small = values.map(([re, im]): Complex => [re / size, im / size]);
        expect(eigenResidual(unit, small, vectors)).toBeLessThan(1e-12);
      }),
    );
  });

  it("solve the equations for any matrix, have unit length, and the left ones are turned to the right ones", () => {
    fc.assert(
      fc.property(squareMatrices(7), (A) => {
        const { values, vectors, leftVectors, conditionNumbers } = eigen(A);
        expect(eigenResidual(A, values, vectors)).toBeLessThan(1e-13);
        expect(
          eigenResidual(
            transpose(A),
            values.map(([re, im]): Complex => [re, -im]),
            leftVectors,
          ),
        ).toBeLessThan(1e-13);
        const adjointVectors = adjoint(vectors);
        const n = A.rows;
        for (let j = 0; j < n; j++) {
          let [squares, overlap, imaginary] = [0, 0, 0];
          for (let i = 0; i < n; i++) {
            const [x, y] = [vectors.re[i * n + j], vectors.im[i * n + j]];
            const [u, v] = [leftVectors.re[i * n + j], leftVectors.im[i * n + j]];
            squares += x * x + y * y;
            overlap += u * x + v * y;
            imaginary += u * y - v * x;
          }
          expect(squares).toBeCloseTo(1, 13);
          expect(imaginary).toBeCloseTo(0, 13);
          expect(overlap).toBeGreaterThanOrEqual(-1e-15);
          if (conditionNumbers[j] < 1e6) expect(overlap * conditionNumbers[j]).toBeCloseTo(1, 8);
        }
        expect(adjointVectors.rows).toBe(n);
      }),
    );
  });

  it("of a symmetric matrix are perfectly conditioned", () => {
    eigen(symmetric(10, 4)).conditionNumbers.forEach((condition) => {
      expect(condition).toBeCloseTo(1, 12);
    });
  });

  it("of defective matrices are parallel, finite, and reported as ill-conditioned", () => {
    for (const n of [2, 5, 40, 200]) {
      const J = matrix(
        n,
        n,
        Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 1 ? 1 : 0)),
      );
      const { values, vectors, conditionNumbers } = eigen(J);
      expect(values.every(([re, im]) => re === 0 && im === 0)).toBe(true);
      expect(vectors.re.every(Number.isFinite)).toBe(true);
      expect(Math.min(...conditionNumbers)).toBeGreaterThan(1e7);
    }
  });

  it("measure how far eigenvalues move", () => {
    // [1 k; 0 2]: both condition numbers are √(1 + k²).
    eigen(
      fromRows([
        [1, 1000],
        [0, 2],
      ]),
    ).conditionNumbers.forEach((condition) => {
      expect(condition).toBeCloseTo(Math.hypot(1, 1000), 9);
    });
  });

  it("of empty and 1 x 1 matrices exist", () => {
    expect(eigen(matrix(0, 0)).vectors).toEqual(complexMatrix(0, 0));
    expect(Array.from(eigen(fromRows([[4]])).vectors.re)).toEqual([1]);
  });
});

describe("balancing", () => {
  it("is an exact similarity by powers of two", () => {
    fc.assert(
      fc.property(
        squareMatrices(6),
        fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 6, maxLength: 6 }),
        (base, e) => {
          const n = base.rows;
          const A = matrix(
            n,
            n,
            base.data.map((v, k) => Math.fround(v) * 2 ** (e[Math.floor(k / n)] - e[k % n])),
          );
          const balanced = balance(A);
          expect(unbalanceFunction(balanced, balanced.B)).toEqual(A);
          expect(balanced.scaling.every((s) => Number.isInteger(Math.log2(s)))).toBe(true);
          expect(frobeniusNorm(balanced.B)).toBeLessThanOrEqual(2 * frobeniusNorm(A));
        },
      ),
    );
  });

  it("isolates the eigenvalues of permuted triangular matrices", () => {
    const { low, high } = balance(
      fromRows([
        [1, 0, 0],
        [4, 2, 0],
        [5, 6, 3],
      ]),
    );
    expect(high).toBeLessThanOrEqual(low);
  });
});
