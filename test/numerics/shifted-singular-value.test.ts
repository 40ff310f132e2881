import { describe, expect, it } from "vitest";
import { type Complex, diagonal, frobeniusNorm, fromRows, identity, matrix } from "../../src/numerics/matrix.js";
import { reachProbe, resolventProbe, smallestSingularValueShifted } from "../../src/numerics/shifted-singular-value.js";
import { singularValues } from "../../src/numerics/svd.js";
import { cyclic, fixtures, grcar, random } from "./families.js";

describe("smallest singular value of a shifted matrix", () => {
  it.each(fixtures.shifted.flatMap(({ n, seed, values }) => values.map((value) => ({ n, seed, ...value }))))(
    "agrees with NumPy for size $n at $z",
    ({ n, seed, z, plain, controlled }) => {
      const A = random(n, seed);
      const at: Complex = [z[0], z[1]];
      const size = frobeniusNorm(A) + 3;
      expect(Math.abs(smallestSingularValueShifted(A, at) - plain)).toBeLessThan(1e-14 * size);
      expect(Math.abs(resolventProbe(A)(at) - plain)).toBeLessThan(1e-14 * size);
      expect(Math.abs(smallestSingularValueShifted(A, at, random(n, seed + 1, 2)) - controlled)).toBeLessThan(
        1e-14 * size,
      );
      expect(Math.abs(reachProbe(A, random(n, seed + 1, 2))(at) - controlled)).toBeLessThan(1e-14 * size);
    },
  );

  it("agrees with a full decomposition of the real form on a grid, for a strongly non-normal matrix", () => {
    const A = grcar(24);
    const probe = resolventProbe(A);
    for (const x of [-1, 0, 0.5, 2, 3.5]) {
      for (const y of [0, 0.3, 2.2, 4]) {
        const wide = matrix(48, 48);
        for (let i = 0; i < 24; i++) {
          for (let j = 0; j < 24; j++) {
            const entry = (i === j ? x : 0) - A.data[i * 24 + j];
            wide.data[i * 48 + j] = wide.data[(i + 24) * 48 + j + 24] = entry;
          }
          wide.data[i * 48 + i + 24] = -y;
          wide.data[(i + 24) * 48 + i] = y;
        }
        const exact = singularValues(wide)[47];
        expect(Math.abs(probe([x, y]) - exact)).toBeLessThan(1e-13);
        expect(Math.abs(smallestSingularValueShifted(A, [x, y]) - exact)).toBeLessThan(1e-13);
      }
    }
  });

  it("is the distance to the nearest eigenvalue for a normal matrix", () => {
    for (const z of [
      [2, 0],
      [0.5, 0.5],
      [0, -3],
      [-1.25, 0.25],
    ] as const) {
      const nearest = Math.min(
        ...Array.from({ length: 8 }, (_, k) =>
          Math.hypot(z[0] - Math.cos((Math.PI * k) / 4), z[1] - Math.sin((Math.PI * k) / 4)),
        ),
      );
      expect(resolventProbe(cyclic(8))(z)).toBeCloseTo(nearest, 13);
      expect(smallestSingularValueShifted(cyclic(8), z)).toBeCloseTo(nearest, 13);
    }
  });

  it("finds one of many equal singular values", () => {
    expect(smallestSingularValueShifted(identity(30), [3, 4])).toBeCloseTo(Math.hypot(2, 4), 13);
    expect(resolventProbe(matrix(30, 30))([0, 0.125])).toBe(0.125);
  });

  it("vanishes at an eigenvalue, and not when the input reaches that mode", () => {
    const A = diagonal([1, 2, 3]);
    expect(smallestSingularValueShifted(A, [2, 0])).toBeLessThan(1e-15);
    expect(resolventProbe(A)([2, 0])).toBe(0);
    expect(smallestSingularValueShifted(A, [2, 0], fromRows([[1], [0], [1]]))).toBeLessThan(1e-15);
    expect(smallestSingularValueShifted(A, [2, 0], fromRows([[0], [0.5], [0]]))).toBeCloseTo(0.5, 14);
  });

  it("handles empty matrices and refuses bad arguments", () => {
    expect(smallestSingularValueShifted(matrix(0, 0), [1, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(smallestSingularValueShifted(fromRows([[3]]), [0, 4])).toBeCloseTo(5, 14);
    expect(() => smallestSingularValueShifted(identity(2), [Number.NaN, 0])).toThrow(
      "entry [0] is not finite, got NaN",
    );
    expect(() => smallestSingularValueShifted(identity(2), [0, 0], matrix(3, 1))).toThrow(
      "expected a 2 x 1 matrix, got 3 x 1",
    );
  });
});
