import { describe, expect, test } from "vitest";
import { luFactor, luSolveVector } from "../../src/numerics/lu.js";
import { factorInPlace, invertFactored, solveInPlace } from "../../src/numerics/lu-in-place.js";
import { matrix, maxAbs, multiply } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";

const drawn = (n: number) => {
  const random = randomSource(n);
  return matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, () => random.normal()),
  );
};

describe.each([1, 2, 3, 4, 5, 8, 13, 31, 32, 33, 64, 101])("a system of %i equations", (n) => {
  const A = drawn(n);
  const factors = A.data.slice();
  const pivots = new Int32Array(n);
  const regular = factorInPlace(factors, n, pivots);

  test("is solved as by luFactor", () => {
    expect(regular).toBe(true);
    const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    const x = b.slice();
    solveInPlace(factors, n, pivots, x);
    const expected = luSolveVector(luFactor(A), b)!;
    expect(maxAbs(x.map((v, i) => v - expected[i]!))).toBeLessThan(1e-10 * maxAbs(expected));
  });

  test("has an inverse", () => {
    const product = multiply(A, matrix(n, n, invertFactored(factors, n, pivots)));
    for (let i = 0; i < n; i++) product.data[i * n + i]! -= 1;
    expect(maxAbs(product.data)).toBeLessThan(1e-10);
  });
});

test.each([3, 40])("a singular matrix of size %i is no accident but an outcome", (n) => {
  const A = drawn(n);
  for (let j = 0; j < n; j++) A.data[n + j] = 0;
  expect(factorInPlace(A.data.slice(), n, new Int32Array(n))).toBe(false);
  A.data[n] = Number.NaN;
  expect(factorInPlace(A.data.slice(), n, new Int32Array(n))).toBe(false);
});
