/** Worked examples, 50 digits: a spiral, a bistable unit, ghosts, both forms of a network, loss of controllability. */
import { describe, expect, it } from "vitest";
import { modeStepLimit, stepLimit } from "../../src/analyze/step-limits.js";
import { mapOf } from "../../src/model/bind.js";
import { linearFlow, rateModel, vanillaMap } from "../../src/model/build.js";
import type { SchemeMap } from "../../src/model/model.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { solveFixedPoint } from "../../src/model/solve-fixed-point.js";
import { clog } from "../../src/numerics/complex.js";
import { eigenvalues, spectralRadius } from "../../src/numerics/eigen.js";
import { block, multiply } from "../../src/numerics/matrix.js";
import { rank } from "../../src/numerics/svd.js";
import { rateToCurrent } from "../../src/operators/change-form.js";
import { discretize } from "../../src/operators/discretize.js";
import { simulate } from "../../src/simulate/simulate.js";
import { expectClose } from "../close.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { fieldAt, linearFlowAt, linearMapUnder, mapUnder, stepped } from "../maps.js";

const quiet = new Float64Array(0);
const point = (...entries: number[]): Float64Array => Float64Array.from(entries);

describe("a spiral of rates -0.5 ± i", () => {
  const expected = reference.spiral;
  const W = [
    [0.5, -1],
    [1, 0.5],
  ];
  const network = rateModel({ recurrentWeights: W });
  const linear = linearFlowAt(network, point(0, 0), quiet);

  it.each(["euler", "backward-euler", "trapezoid", "heun", "rk4", "exponential-euler"] as const)(
    "has the multiplier and effective rate of the reference under %s at dt = 0.4",
    (name) => {
      const [multiplier] = eigenvalues(linearMapUnder(name, 0.4, linear).stateMatrix);
      expectClose(multiplier!, expected.modes[name].multiplier);
      expectClose(schemeOf(name).stabilityFunction([-0.2, 0.4], 0.4), expected.modes[name].multiplier);
      expectClose(
        clog(multiplier!).map((v) => v / 0.4),
        expected.modes[name].effective,
      );
    },
  );

  it("is lost at the steps of the reference", () => {
    const rates = eigenvalues(linear.stateMatrix);
    const limit = (name: "euler" | "heun" | "rk4" | "exponential-euler") =>
      stepLimit(name, rates, linear.leakRates, () => linear.stateMatrix);
    for (const name of ["euler", "heun", "rk4"] as const)
      expectClose([limit(name)], [expected.largestStableStep[name]]);
    expectClose([limit("exponential-euler")], [expected.criticalExponentialStep]);
    expectClose([-Math.expm1(-limit("exponential-euler"))], [expected.criticalAlpha]);
  });

  it("grows in the vanilla network, whose steps are those of the reference", () => {
    const map = vanillaMap({ recurrentWeights: W });
    expectClose([spectralRadius(mapOf(map).stateJacobian(point(0, 0), quiet)!)], [expected.vanillaModulus]);
    const { state } = simulate(map, { steps: 5, start: [0.3, 0.1] });
    state.forEach((x, k) => {
      expectClose(x, expected.vanillaTrajectory[k]!);
    });
  });
});

describe("one unit that excites itself", () => {
  const expected = reference.bistable;
  const network = rateModel({ recurrentWeights: [[2]] });

  it("rests at 0 and at ±s, stable there up to the steps of the reference", () => {
    for (const start of [-2, 0, 2]) {
      const found = solveFixedPoint(network, { start: point(start) });
      expect(found.status).toBe("converged");
      expect(Math.abs(found.state[0]! - Math.sign(start) * expected.s)).toBeLessThan(1e-12);
    }
    const rateAt = (h: number) => linearFlowAt(network, [h], []).stateMatrix.data[0]!;
    expect(rateAt(0)).toBe(expected.rateAtOrigin);
    expectClose([rateAt(expected.s)], [expected.rateAtS]);
    const rate = [rateAt(expected.s), 0] as const;
    expectClose([modeStepLimit("euler", rate)], [expected.largestStableStep.euler]);
    expectClose([modeStepLimit("rk4", rate)], [expected.largestStableStep.rk4]);
    expectClose([modeStepLimit("rk4", [-1, 0])], [expected.rk4RealLimit]);
  });
});

describe("two units that excite each other", () => {
  const expected = reference.ghosts;
  const network = rateModel({
    recurrentWeights: [
      [0, 2],
      [2, 0],
    ],
  });
  const under = (scheme: "heun" | "rk4" | "euler" | "implicit-midpoint", dt: number) =>
    discretize({ scheme, dt })(network) as SchemeMap;
  const multipliers = (map: SchemeMap, x: Float64Array) => eigenvalues(mapOf(map).stateJacobian(x, quiet)!).flat();
  const { s } = expected;

  it("have the rates and largest stable steps of the reference", () => {
    const rates = (x: Float64Array) => eigenvalues(linearFlowAt(network, x, quiet).stateMatrix);
    const [stable, saddle] = [rates(point(s, s)), rates(point(0, 0))];
    expectClose(stable.flat(), expected.ratesAtStable.flat());
    expectClose(saddle.flat(), expected.ratesAtSaddle.flat());
    const limit = (name: "euler" | "rk4", of: typeof stable) =>
      stepLimit(name, of, point(1, 1), () => linearFlowAt(network, point(0, 0), quiet).stateMatrix);
    expectClose([limit("euler", stable)], [expected.largestStableStep.eulerAtStable]);
    expectClose([limit("rk4", stable)], [expected.largestStableStep.rk4AtStable]);
    // The cycle is born from the saddle, before the attractors lose their own stability.
    expectClose([limit("euler", saddle)], [expected.largestStableStep.eulerAtSaddle]);
  });

  it("cycle between (s, -s) and (-s, s) in the vanilla network, attracted to it", () => {
    const map = mapUnder("euler", 1, network);
    const there = stepped(map, point(s, -s), quiet);
    expectClose(there, [-s, s]);
    expectClose(stepped(map, there, quiet), [s, -s]);
    const cycle = multiply(map.stateJacobian(there, quiet)!, map.stateJacobian(point(s, -s), quiet)!);
    expectClose(eigenvalues(cycle).flat(), expected.cycleMultipliers.flat());
    const { state } = simulate(under("euler", 1), { steps: 60, start: [0.9, -0.7] });
    expectClose(state.at(-1)!.map(Math.abs), [s, s]);
    expect(state.at(-1)![0]! * state.at(-2)![0]!).toBeLessThan(0);
  });

  it.each([
    ["heun", 1, "heun", [0.9, -0.9]],
    ["rk4", 1, "rk4", [0.13, -0.13]],
    ["rk4", 1.4, "rk4Long", [0.45, -0.45]],
  ] as const)("have a fixed point under %s at dt = %s where the flow moves", (scheme, dt, key, start) => {
    const map = under(scheme, dt);
    const ghost = solveFixedPoint(map, { start: point(...start) });
    expect(ghost.status).toBe("converged");
    expectClose(ghost.state, expected[key].state, 1e-11);
    expectClose(multipliers(map, ghost.state), expected[key].multipliers.flat(), 1e-10);
    expect(Math.hypot(...fieldAt(network, ghost.state, quiet))).toBeGreaterThan(0.1);
  });

  it("are drawn to Heun's ghost, at the speed that the flow has there", () => {
    const { state } = simulate(under("heun", 1), { steps: 200, start: [0.8, -0.9] });
    expectClose(state.at(-1)!, expected.heun.state);
    expectClose(fieldAt(network, state.at(-1)!, quiet), expected.heun.field);
  });

  it("have no such fixed point under implicit midpoint", () => {
    const found = solveFixedPoint(under("implicit-midpoint", 0.4), { start: point(0.9, -0.9) });
    expect(found.status).toBe("converged");
    expect(Math.hypot(...fieldAt(network, found.state, quiet))).toBeLessThan(1e-10);
  });
});

describe("three units in rate and current form", () => {
  const expected = reference.forms;
  const rate = rateModel({
    recurrentWeights: [
      [0.2, -0.5, 0.3],
      [0.7, 0.1, -0.4],
      [-0.6, 0.8, 0.5],
    ],
    inputWeights: [
      [1, 0],
      [0.5, -0.5],
      [0, 1],
    ],
    bias: [0.1, 0, -0.1],
    timeConstants: 0.5,
  });
  const current = rateToCurrent(rate);
  const u = point(0.4, -0.2);

  it("follow the trajectories of the reference", () => {
    const settings = { steps: 5, input: Array.from({ length: 5 }, () => u) };
    const run = (model: typeof rate | typeof current, start: number[]) =>
      simulate(discretize({ scheme: "euler", dt: 0.2 })(model) as SchemeMap, { ...settings, start }).state;
    run(rate, [0.1, -0.3, 0.2]).forEach((x, k) => {
      expectClose(x, expected.rateTrajectory[k]!);
    });
    run(current, [0.73, 0.26, -0.5]).forEach((x, k) => {
      expectClose(x, expected.currentTrajectory[k]!);
    });
  });

  it("rest at the states of the reference, with one spectrum", () => {
    const h = solveFixedPoint(rate, { input: u }).state;
    const x = solveFixedPoint(current, { input: u }).state;
    expectClose(h, expected.rateFixedPoint);
    expectClose(x, expected.currentFixedPoint);
    const [ofRate, ofCurrent] = [linearFlowAt(rate, h, u).stateMatrix, linearFlowAt(current, x, u).stateMatrix];
    expectClose(ofRate, expected.rateMatrix);
    expectClose(ofCurrent, expected.currentMatrix);
    expectClose(eigenvalues(ofRate).flat(), expected.rates.flat());
    expectClose(eigenvalues(ofCurrent).flat(), expected.rates.flat());
  });
});

describe("sampling two modes", () => {
  const expected = reference.controllability;
  const diagonal = (a: number, b: number) => [
    [a, 0],
    [0, b],
  ];
  interface Sampled {
    readonly stateMatrix: readonly (readonly number[])[];
    readonly inputMatrix: readonly (readonly number[])[];
    readonly determinant: number;
  }
  const check = (map: ReturnType<typeof linearMapUnder>, sampled: Sampled): void => {
    expectClose(map.stateMatrix, sampled.stateMatrix);
    expectClose(map.inputMatrix, sampled.inputMatrix);
    const krylov = block([[map.inputMatrix, multiply(map.stateMatrix, map.inputMatrix)]]);
    const [a, b, c, d] = krylov.data as unknown as [number, number, number, number];
    expect(Math.abs(a * d - b * c - sampled.determinant)).toBeLessThan(1e-15);
    expect(rank(krylov, 1e-12)).toBe(Math.abs(sampled.determinant) > 1e-12 ? 2 : 1);
  };
  const ones = [[1], [1]];

  it.each(["euler", "backward-euler", "trapezoid", "heun", "rk4", "zero-order-hold"] as const)(
    "of rates -0.5 and -1.5 at dt = 1 merges them under Heun alone: %s",
    (name) => {
      const flow = linearFlow({ stateMatrix: diagonal(-0.5, -1.5), inputMatrix: ones });
      check(linearMapUnder(name, 1, flow), expected.heunCollision[name]);
    },
  );

  it.each(["euler", "backward-euler", "trapezoid", "rk4", "zero-order-hold"] as const)(
    "of rates ± i pi at dt = 1 merges them under exact sampling alone: %s",
    (name) => {
      const A = [
        [0, Math.PI],
        [-Math.PI, 0],
      ];
      check(
        linearMapUnder(name, 1, linearFlow({ stateMatrix: A, inputMatrix: [[1], [0]] })),
        expected.zeroOrderHoldPathology[name],
      );
    },
  );

  it("merges rates under RK4 only beyond the bend of its stability function", () => {
    const { second, multiplier, monotoneUntil, sampled } = expected.rk4Collision;
    const R = (z: number) => schemeOf("rk4").stabilityFunction([z, 0])[0];
    expectClose([R(-1.2), R(second)], [multiplier, multiplier]);
    const bend = (R(monotoneUntil + 1e-5) - R(monotoneUntil - 1e-5)) / 2e-5;
    expect(Math.abs(bend)).toBeLessThan(1e-9);
    check(linearMapUnder("rk4", 1, linearFlow({ stateMatrix: diagonal(-1.2, second), inputMatrix: ones })), sampled);
  });

  it("with one tau per unit, exponential Euler can lose controllability and can create it", () => {
    const lost = linearFlow({ stateMatrix: diagonal(-0.5, -0.375), inputMatrix: [[1], [0.5]], leakRates: [1, 0.5] });
    check(linearMapUnder("exponential-euler", 2 * Math.LN2, lost), expected.exponentialLoses);
    const made = linearFlow({ stateMatrix: diagonal(-1, -1), inputMatrix: [[2], [1]], leakRates: [2, 1] });
    check(linearMapUnder("exponential-euler", 0.7, made), expected.exponentialCreates);
  });
});
