import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalAt, philox4x32, randomSource } from "../../src/numerics/random.js";

/** Mean, variance, skewness, excess kurtosis. */
const moments = (values: readonly number[]): number[] => {
  const average = (f: (v: number) => number) => values.reduce((sum, v) => sum + f(v), 0) / values.length;
  const mean = average((v) => v);
  const variance = average((v) => (v - mean) ** 2);
  return [
    mean,
    variance,
    average((v) => (v - mean) ** 3) / variance ** 1.5,
    average((v) => (v - mean) ** 4) / variance ** 2 - 3,
  ];
};

const correlation = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0) / a.length;

const sample = (n: number, draw: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => draw(i));

describe("Philox4x32-10", () => {
  // The known-answer vectors that the authors publish with Random123.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)("gives the published block at counter %j under key %j", (counter, key, expected) => {
    expect([...philox4x32(counter, key)]).toEqual([...expected]);
  });
});

describe("normal numbers", () => {
  const n = 200_000;
  const bounds = [1, 2, 6, 24].map((variance) => 5 * Math.sqrt(variance / n));

  it("of a source have the moments of the normal distribution", () => {
    const { normal } = randomSource(11);
    const [mean, variance, skewness, kurtosis] = moments(sample(n, normal));
    expect(Math.abs(mean!)).toBeLessThan(bounds[0]!);
    expect(Math.abs(variance! - 1)).toBeLessThan(bounds[1]!);
    expect(Math.abs(skewness!)).toBeLessThan(bounds[2]!);
    expect(Math.abs(kurtosis!)).toBeLessThan(bounds[3]!);
  });

  it("at positions have the moments of the normal distribution", () => {
    const [mean, variance, skewness, kurtosis] = moments(sample(n, (i) => normalAt(5, i % 10, (i / 10) | 0, 3)));
    expect(Math.abs(mean!)).toBeLessThan(bounds[0]!);
    expect(Math.abs(variance! - 1)).toBeLessThan(bounds[1]!);
    expect(Math.abs(skewness!)).toBeLessThan(bounds[2]!);
    expect(Math.abs(kurtosis!)).toBeLessThan(bounds[3]!);
  });

  it("fill the tails in proportion", () => {
    const values = sample(n, (i) => normalAt(1, 0, 0, i));
    for (const [limit, probability] of [
      [1, 0.3173105],
      [2, 0.0455003],
      [3, 0.0026998],
    ] as const) {
      const share = values.filter((v) => Math.abs(v) > limit).length / n;
      expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt(probability / n));
    }
  });

  it("agree with Box and Muller's formula on the library's own functions", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(1e6), fc.nat(1000), (seed, trial, step, pair) => {
        const block = philox4x32([pair, step, 0, trial], [seed, 1 << 24]);
        const u = (block[0]! * 2 ** 20 + (block[1]! >>> 12) + 0.5) * 2 ** -52;
        const v = (block[2]! * 2 ** 20 + (block[3]! >>> 12) + 0.5) * 2 ** -52;
        const r = Math.sqrt(-2 * Math.log(u));
        expect(Math.abs(normalAt(seed, trial, step, 2 * pair) - r * Math.cos(2 * Math.PI * v))).toBeLessThan(1e-14);
        expect(Math.abs(normalAt(seed, trial, step, 2 * pair + 1) - r * Math.sin(2 * Math.PI * v))).toBeLessThan(1e-14);
      }),
    );
  });
});

describe("uniform numbers", () => {
  it("have mean 1/2, variance 1/12 and stay inside (0, 1)", () => {
    const n = 200_000;
    const { uniform } = randomSource(3, 7);
    const values = sample(n, uniform);
    const [mean, variance] = moments(values);
    expect(Math.abs(mean! - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(variance! - 1 / 12)).toBeLessThan(5 / Math.sqrt(180 * n));
    expect(values.every((v) => v > 0 && v < 1)).toBe(true);
  });
});

describe("streams", () => {
  it("repeat for the same seed and stream", () => {
    const draw = (): number[] => {
      const source = randomSource(2 ** 53 - 1, 4);
      return sample(9, (i) => (i % 3 === 0 ? source.uniform() : source.normal()));
    };
    expect(draw()).toEqual(draw());
  });

  it("are uncorrelated across streams, seeds, trials, steps and components", () => {
    const n = 50_000;
    const limit = 5 / Math.sqrt(n);
    const base = sample(n, (i) => normalAt(1, 0, i, 0));
    for (const other of [
      sample(n, (i) => normalAt(1, 0, i, 1)),
      sample(n, (i) => normalAt(1, 1, i, 0)),
      sample(n, (i) => normalAt(2, 0, i, 0)),
      sample(n, (i) => normalAt(1 + 2 ** 32, 0, i, 0)),
      sample(n, (i) => normalAt(1, 0, i + 1, 0)),
      sample(n, randomSource(1).normal),
    ])
      expect(Math.abs(correlation(base, other))).toBeLessThan(limit);
    const first = sample(n, randomSource(9, 0).normal);
    expect(Math.abs(correlation(first, sample(n, randomSource(9, 1).normal)))).toBeLessThan(limit);
  });

  it("refuse what is not a seed, a stream or a position", () => {
    expect(() => randomSource(-1)).toThrow("seed: expected an integer from 0 to 9007199254740991, got -1");
    expect(() => randomSource(0.5)).toThrow("got 0.5");
    expect(() => randomSource(1, 2 ** 32)).toThrow("random: stream");
    expect(() => normalAt(1, 0, Number.NaN, 0)).toThrow("random: step");
  });
});
