import { describe, expect, test } from "vitest";
import { fidelity } from "../../src/analyze/fidelity.js";
import { recommendedStep } from "../../src/analyze/recommended-step.js";
import { modeStepLimit, stepLimit } from "../../src/analyze/step-limits.js";
import { flowOf, mapOf } from "../../src/model/bind.js";
import { lstmMap, rateModel, vanillaMap } from "../../src/model/build.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import type { Complex } from "../../src/numerics/matrix.js";
import { discretize } from "../../src/operators/discretize.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { between, forAll, networksAtRest, vectorOf } from "../random-networks.js";
import { rolledNetwork } from "./rolled-network.js";

const excitingPair = () =>
  vanillaMap({
    recurrentWeights: [
      [0, 2],
      [2, 0],
    ],
  });
const spiral = () =>
  rateModel({
    recurrentWeights: [
      [0.5, -1],
      [1, 0.5],
    ],
  });

describe("modes", () => {
  test.each(["euler", "backward-euler", "trapezoid", "heun", "rk4", "exponential-euler"] as const)(
    "%s: damping and frequency of a spiral at dt = 0.4",
    (scheme) => {
      const { points } = fidelity(spiral(), { scheme, dt: 0.4, starts: 16, longestCycle: 1 });
      const [mode] = points[0]!.modes;

      const [re, im] = reference.spiral.modes[scheme].effective as [number, number];
      expect(mode!.effectiveRate[0]).toBeCloseTo(re, 12);
      expect(mode!.effectiveRate[1]).toBeCloseTo(im, 12);
      expect(mode!.dampingError).toBeCloseTo(re + 0.5, 12);
      expect(mode!.frequencyError).toBeCloseTo(im - 1, 12);
    },
  );

  test("dt = tau makes a stable spiral grow: two artefacts", () => {
    const { points } = fidelity(spiral(), { scheme: "euler", dt: 1, starts: 16 });
    expect(points[0]!.artefacts).toBe(2);
    expect(points[0]!.lost).toBe(0);
  });

  test("backward Euler damps what grows: lost, once dt > 2 Re lambda / |lambda|^2", () => {
    const growing = rateModel({ recurrentWeights: [[3]] });
    const lostAt = (dt: number) =>
      fidelity(growing, { scheme: "backward-euler", dt, starts: 32 }).points.find(({ modes }) => modes[0]!.rate[0] > 0)!
        .lost;
    expect(lostAt(0.99)).toBe(0);
    expect(lostAt(1.01)).toBe(1);
  });

  test("the rolled networks of 3 and 4 units have artefacts at otherwise stable points", () => {
    for (const n of [3, 4]) {
      const { points, search } = fidelity(rolledNetwork(n), { starts: 200 });
      expect(
        points.some(({ index, artefacts }) => artefacts > 0 && search.fixedPoints[index]!.unstableRates === 0),
      ).toBe(true);
    }
  });
});

describe("what protects nothing", () => {
  const s = reference.ghosts.s;

  test("two exciting units at dt = tau: a stable cycle of period 2, and the structural limit that forbids it", () => {
    const { cycles, structuralStep, search } = fidelity(excitingPair(), { starts: 64 });
    expect(search.fixedPoints).toHaveLength(3);
    expect(structuralStep.euler).toBeCloseTo(2 / 3, 12);
    const attracting = cycles.filter((cycle) => cycle.attracting);
    expect(attracting).toHaveLength(1);
    const [first, second] = attracting[0]!.states;
    expect(Math.abs(first![0]!)).toBeCloseTo(s, 12);
    expect(first![0]! + first![1]!).toBeCloseTo(0, 12);
    expect(second![0]).toBeCloseTo(-first![0]!, 12);
    expect(attracting[0]!.multipliers[0]![0]).toBeCloseTo(reference.ghosts.cycleMultipliers[0]![0]!, 12);
  });

  test("below the structural limit the cycle is gone", () => {
    expect(fidelity(excitingPair(), { dt: 0.6, starts: 64 }).cycles).toHaveLength(0);
  });

  test("Heun has an attracting ghost where Euler has the cycle; the flow rushes through it", () => {
    const { ghosts } = fidelity(excitingPair(), { scheme: "heun", starts: 64, longestCycle: 1 });
    const attracting = ghosts.filter((ghost) => ghost.attracting);
    expect(attracting).toHaveLength(2);
    for (const ghost of attracting) {
      expect(Math.abs(ghost.state[0]!)).toBeCloseTo(s, 11);
      expect(ghost.field).toBeCloseTo(2 * s * Math.SQRT2, 10);
      expect(ghost.multipliers[0]![0]).toBeCloseTo(reference.ghosts.heun.multipliers[0]![0]!, 10);
      expect(ghost.atHalfStep).toBeNull();
    }
  });

  test.each([
    [1, "rk4"],
    [1.4, "rk4Long"],
  ] as const)("Runge–Kutta 4 has a ghost at dt = %f", (dt, key) => {
    const { ghosts } = fidelity(excitingPair(), { scheme: "rk4", dt, starts: 64, longestCycle: 1 });
    const [x, y] = reference.ghosts[key].state;
    const found = ghosts.find(({ state }) => Math.hypot(state[0]! - x!, state[1]! - y!) < 1e-10);
    expect(found).toBeDefined();
    expect(found!.attracting).toBe(dt === 1.4);
    expect(found!.multipliers[0]![0]).toBeCloseTo(reference.ghosts[key].multipliers[0]![0]!, 9);
  });

  test.each(["euler", "exponential-euler", "imex-euler", "trapezoid", "implicit-midpoint"] as const)(
    "%s has no ghosts",
    (scheme) => {
      expect(fidelity(excitingPair(), { scheme, starts: 32, longestCycle: 1 }).ghosts).toHaveLength(0);
    },
  );

  test("a stable origin does not exclude large cycles", () => {
    const { search, cycles } = fidelity(rateModel({ recurrentWeights: [[0.5]] }), {
      scheme: "euler",
      dt: 3,
      starts: 32,
    });
    expect(search.fixedPoints[0]!.unstableMultipliers).toBe(0);
    expect(cycles.length).toBeGreaterThan(0);
  });

  test("an implicit step has several solutions once dt nu exceeds 1, and one before", () => {
    const one = fidelity(excitingPair(), { scheme: "backward-euler", dt: 0.9, starts: 32, longestCycle: 1 });
    for (const { implicit } of one.points) {
      expect(implicit!.next).toHaveLength(1);
      expect(implicit!.stiffness).toBeLessThan(1);
    }
    const many = fidelity(excitingPair(), { scheme: "backward-euler", dt: 4, starts: 32, longestCycle: 1 });
    const saddle = many.points.find(({ modes }) => modes[0]!.rate[0] > 0)!;
    expect(saddle.implicit!.next).toHaveLength(3);
    expect(saddle.implicit!.stiffness).toBeCloseTo(4, 10);
  });
});

describe("step limits and recommended steps", () => {
  const rates = vectorOf(2, between(0.05, 1)).map(([re, im]): Complex => [-re!, 3 * im! - 1.5]);

  test("each scheme leaves stability at its limit and not before", () => {
    forAll(rates, (rate) => {
      for (const scheme of ["euler", "heun", "explicit-midpoint", "rk4"] as const) {
        const limit = modeStepLimit(scheme, rate);
        const at = (dt: number) => Math.hypot(...schemeOf(scheme).stabilityFunction([dt * rate[0], dt * rate[1]]));
        expect(at(limit)).toBeCloseTo(1, 9);
        for (const share of [0.05, 0.3, 0.6, 0.9, 0.99]) expect(at(share * limit)).toBeLessThan(1);
      }
    });
  });

  test("leak-aware limits: with one leak the closed form is that of the spectrum itself", () => {
    forAll(
      networksAtRest({ units: 4, weight: 1.5 }),
      ({ model, state, input }) => {
        const flow = flowOf(model);
        const J = flow.stateJacobian(state, input);
        const own = eigenvalues(J);
        if (own[0]![0] >= 0) return;
        for (const scheme of ["exponential-euler", "imex-euler"] as const) {
          const limit = stepLimit(scheme, own, flow.leakRates, () => J);
          const radius = (dt: number) =>
            Math.max(
              ...eigenvalues(mapOf(discretize({ scheme, dt })(model)).stateJacobian(state, input)!).map(([re, im]) =>
                Math.hypot(re, im),
              ),
            );
          if (!Number.isFinite(limit)) {
            expect(radius(50)).toBeLessThan(1 + 1e-9);
            continue;
          }
          expect(radius(limit)).toBeCloseTo(1, 7);
          expect(radius(0.97 * limit)).toBeLessThan(1);
        }
      },
      30,
    );
  });

  test("the recommended step keeps every mode within the wanted error, and is the largest that does", () => {
    forAll(rates, (rate) => {
      const leak = new Float64Array(1);
      for (const scheme of ["euler", "heun", "rk4", "trapezoid"] as SchemeName[]) {
        const dt = recommendedStep(scheme, [rate], leak, { damping: 0.05, frequency: 0.05 })!;
        const size = Math.hypot(...rate);
        const error = (step: number) => {
          const [a, b] = schemeOf(scheme).stabilityFunction([step * rate[0], step * rate[1]]);
          const damping = Math.log(Math.hypot(a, b)) / step - rate[0];
          const frequency = Math.abs(Math.atan2(b, a)) / step - Math.abs(rate[1]);
          return Math.max(Math.abs(damping), Math.abs(frequency)) / size;
        };
        expect(error(0.999 * dt)).toBeLessThanOrEqual(0.05);
        expect(error(1.001 * dt)).toBeGreaterThan(0.05);
      }
    });
  });

  test("Euler on a real mode: 10 % of damping is lost at the root of -ln(1 - z) / z = 1.1", () => {
    const dt = recommendedStep("euler", [[-1, 0]], new Float64Array(1), { damping: 0.1 })!;
    expect(-Math.log1p(-dt) / dt).toBeCloseTo(1.1, 10);
  });
});

test("models without a flow, and flows without a step, are refused with a remedy", () => {
  const gate = { input: [[1]], recurrent: [[1]] };
  const memory = lstmMap({ inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate });
  expect(() => fidelity(memory)).toThrow(/no flow to be compared with/);
  expect(() => fidelity(spiral())).toThrow(/needs a scheme and a step dt/);
  expect(() => fidelity(spiral(), { scheme: "zero-order-hold", dt: 1 })).toThrow(/linear flows only/);
});
