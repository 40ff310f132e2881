/** The examples of `docs/theory.md`, and the statements there that are about one scheme or a few numbers. */
import { describe, expect, it } from "vitest";
import { commute } from "../../src/commute/commute.js";
import { mapOf } from "../../src/model/bind.js";
import { leakyMap, linearFlow, rateModel, vanillaMap } from "../../src/model/build.js";
import type { LinearFlow, LinearMap } from "../../src/model/model.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import { block, type Complex, type Matrix, multiply } from "../../src/numerics/matrix.js";
import { singularValues } from "../../src/numerics/svd.js";
import { discretize } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { rescaleUnits, retime } from "../../src/operators/rescale.js";
import { apart } from "../close.js";
import { fieldAt, linearFlowAt, linearMapAt, linearMapUnder, mapUnder, stepped } from "../maps.js";

const none = new Float64Array(0);
const modulus = ([re, im]: Complex): number => Math.hypot(re, im);
const R = (scheme: SchemeName, z: Complex, leak = 0): number => modulus(schemeOf(scheme).stabilityFunction(z, leak));

describe("stability", () => {
  it("the largest multiplier of the vanilla network with omega = 0.5 ± i is 1.118, and alpha < 0.8 makes it stable", () => {
    const weights = {
      recurrentWeights: [
        [0.5, -1],
        [1, 0.5],
      ],
    };
    const largest = (alpha: number) =>
      Math.max(
        ...eigenvalues(mapOf(leakyMap({ ...weights, alpha })).stateJacobian(new Float64Array(2), none)!).map(modulus),
      );
    expect(largest(1)).toBeCloseTo(Math.sqrt(1.25), 12);
    expect(largest(0.79)).toBeLessThan(1);
    expect(largest(0.81)).toBeGreaterThan(1);
    for (const [re] of eigenvalues(linearFlowAt(rateModel(weights), [0, 0], []).stateMatrix))
      expect(re).toBeCloseTo(-0.5, 12);
  });

  it("one unit eight times as fast turns a stable node into an unstable spiral", () => {
    const model = rateModel({
      recurrentWeights: [
        [2, -2],
        [3, -3],
      ],
    });
    const rates = (flow: LinearFlow) => [...eigenvalues(flow.stateMatrix)].sort((a, b) => a[0] - b[0]);
    expect(rates(linearFlowAt(model, [0, 0], [])).map(([re]) => re)).toEqual([
      expect.closeTo(-2, 12),
      expect.closeTo(-1, 12),
    ]);
    for (const [re, im] of rates(linearFlowAt(rescaleUnits([8, 1])(model), [0, 0], []))) {
      expect(re).toBeCloseTo(2, 12);
      expect(Math.abs(im)).toBeCloseTo(Math.sqrt(12), 12);
    }
  });

  it("Heun's limit is 2 on the real axis and 0 on the imaginary; Runge–Kutta 4 has 2.785 and 2 sqrt 2 (S2)", () => {
    const limits = [
      ["heun", 2],
      ["explicit-midpoint", 2],
      ["rk4", 2.785293563405282],
    ] as const;
    for (const [scheme, limit] of limits) {
      expect(R(scheme, [-limit, 0])).toBeCloseTo(1, 12);
      for (const share of [0.01, 0.5, 0.99]) expect(R(scheme, [-share * limit, 0])).toBeLessThan(1);
      expect(R(scheme, [-1.01 * limit, 0])).toBeGreaterThan(1);
    }
    for (const y of [1e-2, 0.5, 1.5]) expect(R("heun", [0, y])).toBeGreaterThan(1);
    expect(R("rk4", [0, Math.sqrt(8)])).toBeCloseTo(1, 12);
    expect(R("rk4", [0, 2.8])).toBeLessThan(1);
    expect(R("rk4", [0, 2.86])).toBeGreaterThan(1);
  });

  it("Runge–Kutta 4 damps some growing modes (S4)", () => {
    expect(R("rk4", [0.08, 2.68])).toBeLessThan(1);
  });

  it("backward Euler damps every stable mode, and a growing one beyond 2 Re / |lambda|^2 (S5)", () => {
    for (const z of [
      [-1e-3, 5],
      [-4, 0],
      [-100, 30],
    ] as const)
      expect(R("backward-euler", z)).toBeLessThan(1);
    const [re, im] = [0.3, 1];
    const border = (2 * re) / (re * re + im * im);
    expect(R("backward-euler", [0.99 * border * re, 0.99 * border * im])).toBeGreaterThan(1);
    expect(R("backward-euler", [1.01 * border * re, 1.01 * border * im])).toBeLessThan(1);
  });

  it("exponential and IMEX Euler are stable at every step if |omega| <= 1 and omega is not 1 (S7)", () => {
    for (const scheme of ["exponential-euler", "imex-euler"] as const)
      for (const dt of [0.1, 1, 10, 30])
        for (const angle of [0.1, 1, 2, Math.PI])
          for (const size of [0, 0.5, 1]) {
            const omega: Complex = [size * Math.cos(angle), size * Math.sin(angle)];
            expect(R(scheme, [dt * (omega[0] - 1), dt * omega[1]], dt)).toBeLessThan(1);
          }
  });

  it("forward Euler makes an undamped oscillation grow at every step (S9)", () => {
    for (const dt of [1e-3, 0.1, 1]) expect(R("euler", [0, 2 * dt]) ** 2).toBeCloseTo(1 + 4 * dt * dt, 12);
  });

  it("forward Euler's damping is off by -dt (sigma^2 - omega^2) / 2 and its frequency by -dt sigma omega (S10)", () => {
    const [sigma, omega, dt] = [-0.7, 1.9, 1e-5];
    const z: Complex = [1 + dt * sigma, dt * omega];
    const damping = Math.log(modulus(z)) / dt - sigma;
    const frequency = Math.atan2(z[1], z[0]) / dt - omega;
    expect(damping / ((-dt / 2) * (sigma ** 2 - omega ** 2))).toBeCloseTo(1, 3);
    expect(frequency / (-dt * sigma * omega)).toBeCloseTo(1, 3);
  });
});

describe("re-timing", () => {
  it("changes alpha to a alpha, 1 - (1 - alpha)^a or a alpha / (1 - alpha + a alpha) (R12)", () => {
    const weights = {
      recurrentWeights: [
        [0.5, -1],
        [1, 0.5],
      ],
    };
    const [alpha, a] = [0.3, 1.7];
    const expected = {
      euler: a * alpha,
      "exponential-euler": 1 - (1 - alpha) ** a,
      "imex-euler": (a * alpha) / (1 - alpha + a * alpha),
    } as const;
    const x = Float64Array.of(0.4, -0.9);
    for (const readAs of ["euler", "exponential-euler", "imex-euler"] as const) {
      const retimed = mapOf(retime(a)(leakyMap({ ...weights, alpha, readAs })));
      const other = mapOf(leakyMap({ ...weights, alpha: expected[readAs] }));
      expect(apart(stepped(retimed, x, none), stepped(other, x, none))).toBeLessThan(1e-14);
    }
    const slowed = mapOf(retime(0.4)(vanillaMap(weights)));
    const leaky = mapOf(leakyMap({ ...weights, alpha: 0.4 }));
    expect(apart(stepped(slowed, x, none), stepped(leaky, x, none))).toBeLessThan(1e-15);
  });
});

describe("solutions that only the map has", () => {
  const model = rateModel({
    recurrentWeights: [
      [0, 2],
      [2, 0],
    ],
  });
  let s = 1;
  for (let k = 0; k < 200; k++) s = Math.tanh(2 * s);
  const ghost = Float64Array.of(s, -s);
  const largest = (J: Matrix | undefined) => Math.max(...eigenvalues(J!).map(modulus));

  it("Euler has a stable 2-cycle at dt = tau, Heun a stable fixed point that the flow does not have (SP6)", () => {
    const [euler, heun] = [mapUnder("euler", 1, model), mapUnder("heun", 1, model)];
    expect(s).toBeCloseTo(0.957504, 6);
    const there = stepped(euler, ghost, none);
    expect(apart(there, Float64Array.of(-s, s))).toBeLessThan(1e-12);
    expect(largest(multiply(euler.stateJacobian(there, none)!, euler.stateJacobian(ghost, none)!))).toBeLessThan(1);
    expect(apart(stepped(heun, ghost, none), ghost)).toBeLessThan(1e-12);
    expect(largest(heun.stateJacobian(ghost, none))).toBeCloseTo(0.513839835791, 9);
    for (const v of fieldAt(model, ghost, none)) expect(Math.abs(v)).toBeCloseTo(2 * s, 12);
  });

  it("below the limit of every fixed point, dt = 2/3 at the saddle, the same start ends in an attractor of the flow", () => {
    const end = (scheme: SchemeName, dt: number) => {
      const map = mapUnder(scheme, dt, model);
      let x = Float64Array.of(0.9, -0.8);
      for (let k = 0; k < 4000; k++) x = Float64Array.from(stepped(map, x, none));
      return Math.hypot(...fieldAt(model, x, none));
    };
    const limit = (p: number) =>
      2 / Math.max(...eigenvalues(linearFlowAt(model, [p, p], []).stateMatrix).map(([re]) => -re));
    expect(limit(s)).toBeCloseTo(1.7147, 3);
    expect(limit(0)).toBeCloseTo(2 / 3, 12);
    expect(end("heun", 0.6)).toBeLessThan(1e-9);
    expect(end("heun", 1)).toBeGreaterThan(1);
    expect(end("rk4", 1.4)).toBeGreaterThan(1);
    expect(end("rk4", 0.7)).toBeLessThan(1e-9);
  });
});

describe("one scheme before L and another after it", () => {
  it("Rosenbrock–Euler linearized at a fixed point is the exactly sampled linearization (T10, LD1)", () => {
    const model = rateModel({
      recurrentWeights: [
        [0.8, -1.2],
        [1, 0.4],
      ],
      inputWeights: [[0.6], [-0.3]],
      bias: [0.1, -0.2],
      timeConstants: [1, 0.5],
    });
    const flow = linearize(at.fixedPoint({ input: [0.5] }))(model) as LinearFlow;
    const map = discretize({ scheme: "rosenbrock-euler", dt: 0.3 })(model);
    const left = linearMapAt(map, flow.point, flow.inputPoint);
    const right = linearMapUnder("zero-order-hold", 0.3, flow);
    expect(apart(left.stateMatrix, right.stateMatrix)).toBeLessThan(1e-13);
    expect(apart(left.inputMatrix, right.inputMatrix)).toBeLessThan(1e-13);
  });
});

describe("one long step", () => {
  it.each(["euler", "heun", "rk4"] as const)(
    "under %s is off by (a - a^{p+1}) times the error of a short one (T3, RD4)",
    (scheme) => {
      const model = rateModel({
        recurrentWeights: [
          [0.8, -1.2],
          [1, 0.4],
        ],
        bias: [0.1, -0.2],
      });
      const dt = scheme === "rk4" ? 0.05 : 0.005;
      const { certificates } = commute(model, {
        schemes: [scheme],
        dt,
        speed: 3,
        stepAfterRescale: dt,
        at: at.state([0.5, 0.9]),
      });
      const frameRate = certificates.find(({ claim }) => claim.endsWith("^3"))!;
      expect(frameRate.verdict).toBe("fails");
      expect(Math.abs(frameRate.defect.operator / frameRate.leadingOrder! - 1)).toBeLessThan(0.1);
    },
  );
});

describe("controllability", () => {
  const diagonal = (rates: readonly number[]) =>
    linearFlow({
      stateMatrix: rates.map((r, i) => rates.map((_, j) => (i === j ? r : 0))),
      inputMatrix: rates.map(() => [1]),
    });

  /** Rank of `[B, A B, …]`, its columns scaled. */
  const rank = ({ stateMatrix: A, inputMatrix: B }: LinearFlow | LinearMap): number => {
    const columns: Matrix[] = [];
    for (let power = B, k = 0; k < A.rows; k++, power = multiply(A, power)) columns.push(power);
    const values = singularValues(block([columns]));
    return values.filter((v) => v > 1e-10 * values[0]!).length;
  };

  it("rates -1/2 and -3/2 at dt = 1 share a multiplier under Heun, and the rank falls from 2 to 1 (C4)", () => {
    const flow = diagonal([-0.5, -1.5]);
    const map = linearMapUnder("heun", 1, flow);
    expect(rank(flow)).toBe(2);
    expect(rank(map)).toBe(1);
    for (const [re] of eigenvalues(map.stateMatrix)) expect(re).toBeCloseTo(0.625, 12);
    // So does every pair with dt (l1 + l2) = -2.
    expect(rank(linearMapUnder("heun", 0.4, diagonal([-1.2, -3.8])))).toBe(1);
    expect(rank(linearMapUnder("heun", 0.41, diagonal([-1.2, -3.8])))).toBe(2);
  });

  it("backward Euler, midpoint and trapezoid never lose a direction (C9)", () => {
    const flows = [
      diagonal([-0.5, -1.5]),
      diagonal([-1.2, -3.8, -0.3]),
      linearFlow({
        stateMatrix: [
          [0, Math.PI],
          [-Math.PI, 0],
        ],
        inputMatrix: [[1], [0]],
      }),
    ];
    for (const scheme of ["euler", "backward-euler", "implicit-midpoint", "trapezoid"] as const)
      for (const flow of flows)
        for (const dt of [0.4, 1, 1.3]) expect(rank(linearMapUnder(scheme, dt, flow))).toBe(flow.units);
  });

  it("Runge–Kutta 4 keeps real modes apart up to dt |lambda| = 1.596, where R' vanishes (C6)", () => {
    const slope = (z: number) => 1 + z + z ** 2 / 2 + z ** 3 / 6;
    expect(slope(-1.596071637983)).toBeCloseTo(0, 10);
    for (let z = -1.596; z < 0; z += 1e-3) expect(slope(z)).toBeGreaterThan(0);
    expect(rank(linearMapUnder("rk4", 1, diagonal([-1.2, -1.951765597001])))).toBe(1);
    expect(rank(linearMapUnder("rk4", 0.8, diagonal([-1.2, -1.951765597001])))).toBe(2);
  });

  it("exact sampling loses a rotation sampled twice per period (C7)", () => {
    const rotation = linearFlow({
      stateMatrix: [
        [0, Math.PI],
        [-Math.PI, 0],
      ],
      inputMatrix: [[1], [0]],
    });
    expect(rank(rotation)).toBe(2);
    expect(rank(linearMapUnder("zero-order-hold", 1, rotation))).toBe(1);
    expect(rank(linearMapUnder("zero-order-hold", 0.9, rotation))).toBe(2);
  });

  it("exponential Euler with two leak rates loses control at one step and creates it at others (C8)", () => {
    const inputs = { inputWeights: [[1], [1]] };
    const losing = linearFlowAt(
      rateModel({
        ...inputs,
        recurrentWeights: [
          [0.5, 0],
          [0, 0.25],
        ],
        timeConstants: [1, 2],
      }),
      [0, 0],
      [0],
    );
    expect(rank(losing)).toBe(2);
    expect(rank(linearMapUnder("exponential-euler", 2 * Math.log(2), losing))).toBe(1);
    const creating = linearFlowAt(
      rateModel({
        ...inputs,
        recurrentWeights: [
          [0.5, 0],
          [0, 0],
        ],
        timeConstants: [0.5, 1],
      }),
      [0, 0],
      [0],
    );
    expect(rank(creating)).toBe(1);
    expect(rank(linearMapUnder("exponential-euler", 0.7, creating))).toBe(2);
  });
});

describe("noise", () => {
  const [lambda, sigma] = [-0.8, 0.3];
  const flow = linearFlow({ stateMatrix: [[lambda]], noise: [[sigma]] });
  const variance = ({ stateMatrix: M, noise: G }: LinearMap): number => G!.data[0]! ** 2 / (1 - M.data[0]! ** 2);

  it("one mode has the variance sigma^2 / (2 |lambda| -+ dt lambda^2) under Euler–Maruyama and drift-implicit Euler (N7)", () => {
    for (const dt of [0.01, 0.5, 2]) {
      expect(variance(linearMapUnder("euler", dt, flow))).toBeCloseTo(
        sigma ** 2 / (2 * -lambda - dt * lambda ** 2),
        12,
      );
      expect(variance(linearMapUnder("backward-euler", dt, flow))).toBeCloseTo(
        sigma ** 2 / (2 * -lambda + dt * lambda ** 2),
        12,
      );
      expect(variance(linearMapUnder("trapezoid", dt, flow))).toBeCloseTo(sigma ** 2 / (2 * -lambda), 12);
    }
  });

  it("Heun's variance is off in first order too", () => {
    const bias = (dt: number) => variance(linearMapUnder("heun", dt, flow)) - sigma ** 2 / (2 * -lambda);
    expect(bias(1e-3) / bias(1e-4)).toBeCloseTo(10, 1);
  });

  it("a leaky network with noise sqrt(2 alpha) sigma has variance sigma^2 / ((1 - omega)(1 - alpha (1 - omega) / 2)) (N9)", () => {
    const [omega, alpha] = [0.6, 0.25];
    const model = rateModel({ recurrentWeights: [[omega]], noise: [[Math.SQRT2 * sigma]] });
    const map = linearMapAt(discretize({ scheme: "euler", dt: alpha })(model), [0], []);
    expect(map.noise!.data[0]).toBeCloseTo(Math.sqrt(2 * alpha) * sigma, 14);
    expect(variance(map)).toBeCloseTo(sigma ** 2 / ((1 - omega) * (1 - (alpha * (1 - omega)) / 2)), 12);
  });
});
