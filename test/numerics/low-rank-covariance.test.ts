import { expect, it } from "vitest";
import { symmetricFactor } from "../../src/numerics/cholesky.js";
import { frobeniusNorm, matrix, multiply, subtract, transpose } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";

it.each([1, 2, 3, 8])(
  "covariances of rank %i in 64 dimensions have factors, though rounding couples the rest",
  (rank) => {
    for (let seed = 0; seed < 10; seed++) {
      const { normal } = randomSource(seed);
      const G = matrix(64, rank, Float64Array.from({ length: 64 * rank }, normal));
      // Unequal leak rates damp each pair differently, as in the noise of the exponential Euler scheme.
      const P = multiply(G, transpose(G));
      const rates = Float64Array.from({ length: 64 }, () => Math.exp(0.2 * normal()) / 100);
      for (let i = 0; i < 64; i++)
        for (let j = 0; j < 64; j++)
          P.data[i * 64 + j]! *= -Math.expm1(-5 * (rates[i]! + rates[j]!)) / (rates[i]! + rates[j]!);
      const F = symmetricFactor(P);
      expect(frobeniusNorm(subtract(multiply(F, transpose(F)), P))).toBeLessThan(1e-12 * frobeniusNorm(P));
    }
  },
);
