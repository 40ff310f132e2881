/** The noise of a leaky network under other readings of its alpha. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapOf } from "../../src/model/bind.js";
import { leakyMap } from "../../src/model/build.js";
import type { NonlinearFlow, SchemeMap } from "../../src/model/model.js";
import { discretize } from "../../src/operators/discretize.js";
import { readAs, undiscretize } from "../../src/operators/undiscretize.js";
import { relativelyApart } from "../close.js";
import { gram } from "../random-flows.js";
import { between, forAll, rowsOf, vectorOf } from "../random-networks.js";

const readings = ["euler", "exponential-euler", "imex-euler"] as const;

const leaky = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record({
    W: rowsOf(n, n, between(-1, 1)),
    timeConstants: vectorOf(n, between(0.8, 2)),
    noise: rowsOf(n, n, between(-1, 1)),
    alpha: between(0.1, 0.7),
    from: fc.constantFrom(...readings),
  }),
);

const covariance = (map: SchemeMap) => gram(mapOf(map).noise!());

describe("a noisy leaky network read another way", () => {
  it("keeps the noise of its steps, each unit with its own source", () => {
    forAll(leaky, ({ W, timeConstants, noise, alpha, from }) => {
      const own = noise.map((row, i) => row.map((v, j) => (i === j ? v : 0)));
      const map = leakyMap({ recurrentWeights: W, timeConstants, noise: own, alpha, readAs: from });
      for (const reading of readings) {
        const read = readAs(reading)(map);
        expect(relativelyApart(covariance(read), covariance(map))).toBeLessThan(1e-12);
        const parent: NonlinearFlow = undiscretize({ readAs: reading })(map);
        const again = discretize({ scheme: reading, dt: map.dt })(parent) as SchemeMap;
        expect(relativelyApart(covariance(again), covariance(map))).toBeLessThan(1e-12);
      }
    });
  });

  it("keeps shared noise too, where all units have one tau", () => {
    forAll(leaky, ({ W, noise, alpha, from }) => {
      const map = leakyMap({ recurrentWeights: W, noise, alpha, readAs: from });
      for (const reading of readings)
        expect(relativelyApart(covariance(readAs(reading)(map)), covariance(map))).toBeLessThan(1e-12);
    });
  });

  it("says so where no noise of the flow would give that of the steps", () => {
    const shared = [
      [1, 0],
      [1, 0],
    ];
    const settings = {
      recurrentWeights: [
        [0, 1],
        [1, 0],
      ],
      timeConstants: [0.5, 5],
      noise: shared,
      alpha: 0.4,
    };
    expect(() => readAs("exponential-euler")(leakyMap(settings))).toThrow(/no noise of the flow/);
    expect(() => readAs("imex-euler")(leakyMap(settings))).not.toThrow();
  });
});
