import { describe, expect, test } from "vitest";
import { verifier } from "../../src/analyze/existence.js";
import { fixedPoints } from "../../src/analyze/fixed-points.js";
import { flowProblem } from "../../src/analyze/zero-problem.js";
import { flowOf, mapOf } from "../../src/model/bind.js";
import { currentModel, equationsModel, linearFlow, lstmMap, rateModel, vanillaMap } from "../../src/model/build.js";
import { nonlinearSchemeNames } from "../../src/model/scheme/schemes.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import type { Complex } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale } from "../../src/operators/rescale.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { forAll, gruNetworks, networksAtRest, rateNetworks } from "../random-networks.js";
import { decisionCircuit } from "./decision-circuit.js";
import { gatedUnit } from "./gated-unit.js";
import { exhaustiveFixedPoints, rolledNetwork, rolledWeights } from "./rolled-network.js";

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (v, i) => v - b[i]!));

const complex = (values: number[][]): Complex[] => values.map(([re, im]): Complex => [re!, im!]);

const modulus = ([re, im]: Complex): number => Math.hypot(re, im);

/** Largest distance between two spectra, each value matched with the nearest that is left. */
const spectrumDistance = (a: readonly Complex[], b: readonly Complex[]): number => {
  const left = [...b];
  let largest = 0;
  for (const [re, im] of a) {
    const gaps = left.map(([x, y]) => Math.hypot(x - re, y - im));
    const k = gaps.indexOf(Math.min(...gaps));
    largest = Math.max(largest, gaps[k]!);
    left.splice(k, 1);
  }
  return largest;
};

describe("networks whose fixed points are known exhaustively", () => {
  test.each([2, 3, 4])("%i units: all are found, none twice, none besides", (n) => {
    const expected = exhaustiveFixedPoints(rolledWeights(n));
    const { fixedPoints: found } = fixedPoints(rolledNetwork(n), { starts: 400, seed: 1 });
    for (const point of expected) expect(found.filter(({ state }) => distance(state, point) < 1e-9)).toHaveLength(1);
    expect(found).toHaveLength(expected.length);
  });

  test.each([
    [3, -1.0064, 0.9968],
    [4, -1.0474, 0.9768],
  ])("%i units: points stable as a flow are unstable as a map, multiplier %f, up to the step %f", (n, mu, limit) => {
    const { fixedPoints: found } = fixedPoints(rolledNetwork(n), { starts: 400 });
    const artefacts = found.filter((p) => p.unstableRates === 0 && p.unstableMultipliers! > 0);
    expect(artefacts.length).toBeGreaterThan(0);
    for (const point of artefacts) {
      expect(Math.min(...point.multipliers!.map(([re]) => re))).toBeCloseTo(mu, 4);
      expect(point.maxStableStep!.euler).toBeCloseTo(limit, 4);
      expect(point.type).toMatch(/^stable/);
    }
  });
});

describe("the decision circuit of Wong and Wang", () => {
  const { fixedPoints: found } = fixedPoints(decisionCircuit(), { box: [0, 1], seed: 3 });

  test("has two decisions and the saddle between them", () => {
    expect(found).toHaveLength(3);
    const [first, second, saddle] = found;
    for (const point of [first!, second!]) {
      expect(point.type).toBe("stable node");
      expect(Math.max(...point.state)).toBeCloseTo(0.658694, 6);
      expect(Math.min(...point.state)).toBeCloseTo(0.051807, 6);
      expect(point.rates!.map(([re]) => re)).toEqual([expect.closeTo(-6.162, 3), expect.closeTo(-14.73, 3)]);
      expect(point.maxStableStep!.euler! * 1000).toBeCloseTo(135.8, 1);
    }
    expect(saddle!.type).toBe("saddle");
    expect(Array.from(saddle!.state)).toEqual([expect.closeTo(0.424456, 6), expect.closeTo(0.424456, 6)]);
  });
});

describe("worked examples", () => {
  test("a rate network of two units with unequal time constants", () => {
    const model = rateModel({
      recurrentWeights: [
        [0.8, -1.2],
        [1.0, 0.4],
      ],
      inputWeights: [[0.6], [-0.3]],
      bias: [0.1, -0.2],
      timeConstants: [1, 0.5],
    });
    const [point, ...others] = fixedPoints(model, { input: [0.5] }).fixedPoints;
    expect(others).toHaveLength(0);
    expect(distance(point!.state, reference.twoUnits.fixedPoint)).toBeLessThan(1e-13);
    expect(spectrumDistance(point!.rates!, complex(reference.twoUnits.rates))).toBeLessThan(1e-12);
    expect(point!.maxStableStep!.euler).toBeCloseTo(reference.twoUnits.largestStableStep.euler, 11);
    expect(point!.maxStableStep!.heun).toBeCloseTo(reference.twoUnits.largestStableStep.heun, 11);
    expect(point!.maxStableStep!.rk4).toBeCloseTo(reference.twoUnits.largestStableStep.rk4, 11);
    expect(point!.type).toBe("stable spiral");
  });

  test("a bistable unit: s = tanh(2 s), unstable node between two stable ones", () => {
    let s = 1;
    for (let k = 0; k < 200; k++) s = Math.tanh(2 * s);
    const { fixedPoints: found } = fixedPoints(rateModel({ recurrentWeights: [[2]] }));
    expect(found.map(({ type }) => type)).toEqual(["stable node", "stable node", "unstable node"]);
    expect(found.map(({ state }) => state[0]).sort((a, b) => a! - b!)).toEqual([
      expect.closeTo(-s, 13),
      expect.closeTo(0, 13),
      expect.closeTo(s, 13),
    ]);
    const rate = 1 - 2 * (1 - s * s);
    expect(found[0]!.maxStableStep!.euler).toBeCloseTo(2 / rate, 11);
    // R(z) of Runge–Kutta 4 returns to 1 at the real root of z^3 + 4 z^2 + 12 z + 24.
    expect(found[0]!.maxStableStep!.rk4! * rate).toBeCloseTo(reference.bistable.rk4RealLimit, 11);
    expect(found[2]!.maxStableStep).toBeNull();
  });

  test("a spiral that dt = tau destabilizes", () => {
    const map = vanillaMap({
      recurrentWeights: [
        [0.5, -1],
        [1, 0.5],
      ],
    });
    const [point] = fixedPoints(map).fixedPoints;
    expect(point!.unstableRates).toBe(0);
    expect(point!.unstableMultipliers).toBe(2);
    expect(modulus(point!.multipliers![0]!)).toBeCloseTo(Math.sqrt(1.25), 12);
    expect(point!.maxStableStep!.euler).toBeCloseTo(0.8, 12);
    expect(point!.maxStableStep!.heun).toBeCloseTo(reference.spiral.largestStableStep.heun, 11);
    expect(point!.maxStableStep!.rk4).toBeCloseTo(reference.spiral.largestStableStep.rk4, 11);
    expect(point!.maxStableStep!["exponential-euler"]).toBeCloseTo(Math.log(5), 11);
    expect(point!.maxStableStep!["imex-euler"]).toBeCloseTo(4, 10);
    expect(point!.maxStableStep!["backward-euler"]).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(["after", "before"] as const)("a gated unit that resets %s the product", (reset) => {
    const { fixedPoints: found } = fixedPoints(gatedUnit(reset), { input: [0.7] });
    expect(found).toHaveLength(1);
    expect(distance(found[0]!.state, reference.gru[reset].fixedPoint)).toBeLessThan(1e-11);
    expect(spectrumDistance(found[0]!.multipliers!, complex(reference.gru[reset].multipliers))).toBeLessThan(1e-11);
  });

  test("fixed points of a gated network do not depend on its update gate", () => {
    forAll(
      gruNetworks(),
      ({ model, input }) => {
        const slower = { ...model, updateGate: { ...model.updateGate, bias: model.updateGate.bias.map(() => 1) } };
        const points = fixedPoints(model, { input, starts: 48 }).fixedPoints;
        expect(points.length).toBeGreaterThan(0);
        const states = points.map(({ state }) => state);
        const same = fixedPoints(slower, { input, starts: 0, states, deflatedStarts: 0 }).fixedPoints;
        expect(same).toHaveLength(points.length);
        for (const { state } of same) expect(Math.min(...states.map((s) => distance(s, state)))).toBeLessThan(1e-8);
      },
      8,
    );
  });

  test("long short-term memory has multipliers and no rates", () => {
    const random = randomSource(4);
    const weights = (rows: number, cols: number) =>
      Array.from({ length: rows }, () => Array.from({ length: cols }, () => 1.5 * random.normal()));
    const gate = (bias: number) => ({ input: weights(3, 1), recurrent: weights(3, 3), bias: [bias, bias, bias] });
    const model = lstmMap({ inputGate: gate(0), forgetGate: gate(0.5), cellGate: gate(0), outputGate: gate(0) });
    const { fixedPoints: found, converged } = fixedPoints(model, { starts: 128, input: [0.3] });
    expect(converged).toBeGreaterThan(0);
    for (const point of found) {
      const next = new Float64Array(6);
      mapOf(model).step(point.state, Float64Array.of(0.3), next);
      expect(distance(next, point.state)).toBeLessThan(1e-9);
      expect(point.rates).toBeUndefined();
      expect(point.multipliers).toHaveLength(6);
      expect(point.existence!.kind).toBe("estimated");
    }
  });
});

describe("laws", () => {
  test("speeding a network up keeps its fixed points and their types, and multiplies rates", () => {
    forAll(
      rateNetworks({ weight: 2.5, units: 4 }),
      ({ model, input }) => {
        const settings = { input, starts: 96, seed: 1, mergeDistance: 1e-6 };
        const points = fixedPoints(model, settings).fixedPoints;
        const faster = fixedPoints(rescale(2)(model), settings).fixedPoints;
        expect(faster).toHaveLength(points.length);
        for (const point of points) {
          const twin = faster.find(({ state }) => distance(state, point.state) < 1e-7)!;
          expect(twin.type).toBe(point.type);
          const doubled = point.rates!.map(([re, im]): Complex => [2 * re, 2 * im]);
          expect(spectrumDistance(twin.rates!, doubled)).toBeLessThan(1e-6);
        }
      },
      12,
    );
  });

  test.each(nonlinearSchemeNames)("%s: multipliers are the eigenvalues of the map's Jacobian", (scheme) => {
    forAll(
      networksAtRest({ units: 4 }),
      ({ model, state, input }) => {
        const map = discretize({ scheme, dt: 0.2 })(model);
        const { fixedPoints: found } = fixedPoints(map, { starts: 0, states: [state], input, deflatedStarts: 0 });
        expect(found).toHaveLength(1);
        const point = found[0]!;
        const direct = eigenvalues(mapOf(map).stateJacobian(point.state, input)!);
        expect(spectrumDistance(point.multipliers!, direct)).toBeLessThan(1e-6);
      },
      12,
    );
  });

  test("a mode of a leaky network is stable where alpha puts its eigenvalue inside the disc of radius 1 / alpha", () => {
    forAll(networksAtRest({ form: "rate", uniform: true, units: 5 }), ({ model, state, input }) => {
      const leak = model.leak[0]! / model.timeConstants[0]!;
      for (const alpha of [0.2, 0.6, 1]) {
        const map = discretize({ scheme: "euler", dt: alpha / leak })(model);
        const [point] = fixedPoints(map, { starts: 0, states: [state], input, deflatedStarts: 0 }).fixedPoints;
        point!.multipliers!.forEach((mu, k) => {
          const [re, im] = point!.rates![k]!;
          const omega: Complex = [1 + re / leak, im / leak];
          const toDisc = Math.hypot(omega[0] - (1 - 1 / alpha), omega[1]);
          if (Math.abs(toDisc - 1 / alpha) > 1e-9) expect(modulus(mu) < 1).toBe(toDisc < 1 / alpha);
        });
      }
    });
  });

  test("the largest Euler step brings the first multiplier onto the unit circle", () => {
    forAll(networksAtRest({ units: 5, weight: 0.8 }), ({ model, state, input }) => {
      const [point] = fixedPoints(model, { starts: 0, states: [state], input, deflatedStarts: 0 }).fixedPoints;
      if (!point!.maxStableStep) return;
      for (const scheme of ["euler", "heun", "rk4", "exponential-euler"] as const) {
        const dt = point!.maxStableStep[scheme]!;
        if (!Number.isFinite(dt)) continue;
        const at = (step: number) =>
          Math.max(
            ...eigenvalues(mapOf(discretize({ scheme, dt: step })(model)).stateJacobian(state, input)!).map(modulus),
          );
        expect(at(dt)).toBeCloseTo(1, 6);
        expect(at(0.98 * dt)).toBeLessThan(1);
      }
    });
  });
});

describe("certificates", () => {
  test("a zero lies within the stated distance, also of a state that is a little off", () => {
    forAll(networksAtRest({ units: 5, phi: ["tanh"] }), ({ model, state, input }) => {
      const flow = flowOf(model);
      const problem = flowProblem(flow, input);
      const verify = verifier(problem, { constant: 2 * flow.curvature!.remainder, bound: true });
      const [exact] = fixedPoints(model, { starts: 0, states: [state], input, deflatedStarts: 0 }).fixedPoints;
      for (const size of [0, 1e-9, 1e-6, 1e-4]) {
        const off = exact!.state.map((v, i) => v + size * Math.sin(i + 1));
        const { existence } = verify(off);
        if (existence.kind === "none") continue;
        expect(existence.kind).toBe("proved");
        expect(distance(off, exact!.state)).toBeLessThanOrEqual(existence.radius!);
        expect(existence.uniqueWithin!).toBeGreaterThan(existence.radius!);
      }
      expect(exact!.existence!.kind).toBe("proved");
    });
  });

  test("kinks leave no bound on the curvature, and linear models have one zero", () => {
    const relu = rateModel({ recurrentWeights: [[0.5]], bias: [1], activation: "relu" });
    const [point] = fixedPoints(relu).fixedPoints;
    expect(point!.state[0]).toBeCloseTo(2, 12);
    expect(point!.existence!.kind).toBe("none");
    expect(point!.existence!.reason).toMatch(/kinks/);
    const linear = linearFlow({ stateMatrix: [[-2]], offset: [1] });
    const [zero] = fixedPoints(linear).fixedPoints;
    expect(zero!.state[0]).toBeCloseTo(0.5, 12);
    expect(zero!.existence!.uniqueWithin).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("what was not found is said", () => {
  test("a flow without fixed points has none, and a slow point where it is slowest", () => {
    const model = equationsModel({ variables: ["x"], equations: ["0.01 + x^2"] });
    const search = fixedPoints(model, { starts: 32, slowPoints: 4 });
    expect(search.fixedPoints).toHaveLength(0);
    expect(search.converged).toBe(0);
    expect(Object.values(search.unconverged).reduce((a, b) => a + b, 0)).toBe(32);
    expect(search.slowPoints).toHaveLength(1);
    expect(search.slowPoints[0]!.state[0]).toBeCloseTo(0, 4);
    expect(search.slowPoints[0]!.speed).toBeCloseTo(0.01, 6);
  });

  test("every start is accounted for, and the shares add up", () => {
    const random = randomSource(9);
    const W = Array.from({ length: 24 }, () =>
      Array.from({ length: 24 }, () => (2.5 * random.normal()) / Math.sqrt(24)),
    );
    const search = fixedPoints(rateModel({ recurrentWeights: W }), { starts: 64, states: [new Float64Array(24)] });
    expect(search.starts).toBe(65);
    const others = Object.values(search.unconverged).reduce((a, b) => a + b, 0);
    expect(search.converged + others).toBe(65);
    const shares = search.fixedPoints.reduce((sum, { share }) => sum + share, 0);
    expect(shares).toBeCloseTo(search.converged / 65, 12);
    for (const { residual } of search.fixedPoints) expect(residual).toBeLessThan(1e-10);
  });

  test("the same seed gives the same points", () => {
    const model = currentModel({ recurrentWeights: rolledWeights(4), bias: [0.1, 0, 0, -0.2] });
    const once = fixedPoints(model, { seed: 7 });
    const again = fixedPoints(model, { seed: 7 });
    expect(again.fixedPoints.map(({ state, found }) => [...state, found])).toEqual(
      once.fixedPoints.map(({ state, found }) => [...state, found]),
    );
  });

  test("misuse is refused with the value in the text", () => {
    const model = rolledNetwork(2);
    expect(() => fixedPoints(model, { starts: -1 })).toThrow(
      "starts: must be a whole number that is not negative, got -1",
    );
    expect(() => fixedPoints(model, { states: [[1]] })).toThrow("states[0]: expected 2 entries, got 1");
    expect(() => fixedPoints(model, { box: [1, 0] })).toThrow("box: low must be below high, got 1 and 0");
  });
});
