/** Stationary covariance, its bias under each scheme, spectra and correlation times: laws, references, long simulations. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Covariance } from "../../src/analyze/covariance.js";
import { type Noise, noise } from "../../src/analyze/noise.js";
import { leakyMap, linearFlow, rateModel } from "../../src/model/build.js";
import type { DiscreteModel, LinearFlow } from "../../src/model/model.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { schemeNames } from "../../src/model/scheme/schemes.js";
import { add, type Matrix, maxAbs, multiply, scale, transpose } from "../../src/numerics/matrix.js";
import { symmetricEigenvalues } from "../../src/numerics/symmetric-eigen.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale } from "../../src/operators/rescale.js";
import { simulate } from "../../src/simulate/simulate.js";
import { apart, expectClose } from "../close.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { between, forAll } from "../random-networks.js";
import { stableFlows } from "./linear-systems.js";

const matrixOf = (found: Covariance | undefined): Matrix => {
  if (found?.status !== "stationary") throw new Error(found?.reason ?? "no covariance");
  return found.matrix;
};
const flowMatrix = (found: Noise): Matrix => matrixOf(found.flow?.covariance);
const mapMatrix = (found: Noise): Matrix => matrixOf(found.map.covariance);

/** Flows whose channels are their states. */
const noisyFlows = stableFlows().map(({ readout: _readout, ...flow }): LinearFlow => flow);

const network = rateModel({
  recurrentWeights: [
    [0.8, -1.2],
    [1, 0.4],
  ],
  inputWeights: [[0.6], [-0.3]],
  bias: [0.1, -0.2],
  timeConstants: [1, 0.5],
  noise: [
    [0.3, 0],
    [0.1, 0.2],
  ],
});
const at = { at: "fixed-point", input: [0.5] } as const;

describe("two units at their fixed point", () => {
  const expected = reference.twoUnits.covariance;

  it.each(["euler", "backward-euler", "implicit-midpoint"] as const)(
    "have the covariance of the reference under %s",
    (scheme) => {
      const found = noise(network, { at, scheme, dt: 0.1 });
      expectClose(flowMatrix(found), expected.flow);
      expectClose(mapMatrix(found), expected[scheme]);
    },
  );

  it("have the leading bias of the reference under Euler–Maruyama", () => {
    const { bias } = noise(network, { at, scheme: "euler", dt: 0.1 });
    expectClose(scale(bias!.leading, 10), expected.eulerBias);
    expect(bias?.sign).toBe("larger");
  });

  it("have the same covariance after R with the root of a, the same chain with the step aligned (P31)", () => {
    const fast = noise(rescale(2)(network), { at, scheme: "euler", dt: 0.05 });
    expectClose(flowMatrix(fast), expected.flow);
    expectClose(mapMatrix(fast), expected.euler);
    expect(fast.rescaling).toEqual({ speed: 2, withRoot: 1, unscaled: 0.5, linear: 2 });
  });
});

describe("the bias of a scheme", () => {
  const signs: Partial<Record<SchemeName, string>> = {
    euler: "larger",
    "backward-euler": "smaller",
    "implicit-midpoint": "exact",
    trapezoid: "exact",
    "zero-order-hold": "exact",
    "rosenbrock-euler": "exact",
  };

  it.each(Object.entries(signs))("of %s is %s in every direction (P30)", (scheme, sign) => {
    forAll(
      fc.tuple(noisyFlows, between(0.05, 0.3)),
      ([flow, dt]) => {
        const found = noise(flow, { scheme: scheme as SchemeName, dt });
        fc.pre(found.map.covariance.status === "stationary");
        const difference = add(mapMatrix(found), flowMatrix(found), -1);
        const size = maxAbs(flowMatrix(found).data);
        const values = symmetricEigenvalues(difference);
        if (sign === "larger") expect(values[0]).toBeGreaterThan(-1e-10 * size);
        if (sign === "smaller") expect(values.at(-1)).toBeLessThan(1e-10 * size);
        if (sign === "exact") expect(maxAbs(difference.data)).toBeLessThan(1e-9 * size);
        if (found.bias && found.bias.relative > 1e-8) expect(found.bias.sign).toBe(sign);
      },
      20,
    );
  });

  it("has the leading term of theory, for every scheme: what is left falls with the square of dt (N5, N6)", () => {
    forAll(
      noisyFlows,
      (flow) => {
        const leaky = { ...flow, leakRates: flow.leakRates.map((_, i) => 0.5 + 0.3 * i) };
        for (const scheme of schemeNames) {
          const rest = [4e-3, 2e-3].map((dt) => {
            const { bias } = noise(leaky, { scheme, dt });
            return apart(bias!.matrix, bias!.leading) / maxAbs(flowMatrix(noise(leaky)).data);
          });
          if (rest[0]! > 1e-9) expect(rest[0]! / rest[1]!).toBeGreaterThan(3);
          expect(rest[0]).toBeLessThan(5e-3);
        }
      },
      6,
    );
  });

  it("of Heun and Runge–Kutta 4 on a network is dt S / 2 to first order: a better drift does not help", () => {
    for (const scheme of ["heun", "rk4", "explicit-midpoint", "rosenbrock-euler"] as const) {
      const { bias } = noise(network, { at, scheme, dt: 1e-3 });
      const S = multiply(network.noise!, transpose(network.noise!));
      expectClose(bias!.leading, scale(S, 5e-4), 1e-10);
      expectClose(bias!.matrix, bias!.leading, 5e-3);
      expect(bias!.statement).toContain("whatever the order");
    }
  });

  it("of one unit: sigma² / (2 |lambda| -+ dt lambda²) under explicit and implicit Euler (N7)", () => {
    const unit = linearFlow({ stateMatrix: [[-1.5]], noise: [[0.4]] });
    const dt = 0.2;
    expectClose(mapMatrix(noise(unit, { scheme: "euler", dt })), [0.16 / (3 - dt * 2.25)]);
    expectClose(mapMatrix(noise(unit, { scheme: "backward-euler", dt })), [0.16 / (3 + dt * 2.25)]);
  });

  it("of one unit whose leak and noise are exact: P_d / P = (2 - alpha) / (2 - alpha (1 - w)) (N8)", () => {
    const [w, dt] = [0.4, 0.7];
    const unit = rateModel({ recurrentWeights: [[w]], activation: "identity", noise: [[0.3]] });
    const found = noise(unit, { scheme: "exponential-euler", dt });
    const alpha = -Math.expm1(-dt);
    expectClose([mapMatrix(found).data[0]! / flowMatrix(found).data[0]!], [(2 - alpha) / (2 - alpha * (1 - w))]);
  });

  it("of the leaky network with noise sqrt(2 alpha) sigma xi (N9)", () => {
    const [w, alpha, sigma] = [0.4, 0.3, 0.2];
    const unit = leakyMap({ recurrentWeights: [[w]], activation: "identity", alpha, noise: [[sigma * Math.SQRT2]] });
    expectClose(mapMatrix(noise(unit)), [sigma ** 2 / ((1 - w) * (1 - (alpha * (1 - w)) / 2))]);
  });
});

describe("R", () => {
  it("leaves the covariance of flow and map where noise is multiplied by the root of a", () => {
    forAll(
      fc.tuple(noisyFlows, between(0.2, 5)),
      ([flow, a]) => {
        const slow = noise(flow, { scheme: "euler", dt: 0.05 });
        const fast = noise(rescale(a)(flow), { scheme: "euler", dt: 0.05 / a });
        expectClose(flowMatrix(fast), flowMatrix(slow));
        if (slow.map.covariance.status === "stationary") expectClose(mapMatrix(fast), mapMatrix(slow), 1e-11);
        const raw = { ...rescale(a)(flow), noise: flow.noise! };
        expectClose(flowMatrix(noise(raw, { speed: a })), scale(flowMatrix(slow), slow.rescaling.withRoot / a));
      },
      20,
    );
  });
});

describe("spectra", () => {
  it("of a flow are the Lorentzian of one unit", () => {
    const unit = linearFlow({ stateMatrix: [[-2]], noise: [[0.5]] });
    const { flow } = noise(unit, { frequencies: [0, 0.3] });
    expectClose(flow!.spectrum!.power[0]!, [0.25 / 4, 0.25 / (4 + (0.6 * Math.PI) ** 2)]);
    expectClose(flow!.correlationTimes!, [0.5]);
  });

  it("of a map add up to its variance, exactly, over one period of frequencies", () => {
    forAll(
      noisyFlows,
      (flow) => {
        const dt = 0.2;
        const count = 4096;
        const frequencies = Float64Array.from({ length: count }, (_, k) => k / (count * dt));
        const { map } = noise(flow, { scheme: "trapezoid", dt, frequencies });
        const sums = map.spectrum!.power.map((power) => power.reduce((sum, v) => sum + v, 0) / (count * dt));
        expectClose(sums, map.variance!, 1e-9);
      },
      4,
    );
  });

  it("at frequency zero are twice variance times correlation time", () => {
    forAll(
      noisyFlows,
      (flow) => {
        const found = noise(flow, { scheme: "trapezoid", dt: 0.1, frequencies: [0] });
        for (const { variance, spectrum, correlationTimes } of [found.flow!, found.map])
          expectClose(
            spectrum!.power.map(([power]) => power!),
            correlationTimes!.map((T, i) => 2 * T * variance![i]!),
            1e-9,
          );
      },
      10,
    );
  });
});

/** Mean of squares over blocks of a run, with its standard error from their scatter. */
const blockVariance = (values: readonly number[], blocks: number) => {
  const length = Math.floor(values.length / blocks);
  const means = Array.from({ length: blocks }, (_, b) => {
    let sum = 0;
    for (let k = b * length; k < (b + 1) * length; k++) sum += values[k]! ** 2;
    return sum / length;
  });
  const mean = means.reduce((sum, v) => sum + v, 0) / blocks;
  const scatter = means.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, error: Math.sqrt(scatter / (blocks * (blocks - 1))) };
};

describe("long simulations", () => {
  const STEPS = 120_000;
  const schemes = ["euler", "heun", "backward-euler", "exponential-euler"] as const;

  it.each(schemes)(
    "of two linear units under %s have the variance of theory, within four standard errors",
    (scheme) => {
      const flow = linearFlow({
        stateMatrix: [
          [-1, 2],
          [-2, -1],
        ],
        noise: [
          [0.3, 0],
          [0.1, 0.2],
        ],
        leakRates: [1, 1],
      });
      const dt = 0.2;
      const run = simulate(discretize({ scheme, dt })(flow) as DiscreteModel, { steps: STEPS, seed: 3 });
      const { map, flow: exact, bias } = noise(flow, { scheme, dt });
      for (const unit of [0, 1]) {
        const { mean, error } = blockVariance(
          run.state.map((x) => x[unit]!),
          60,
        );
        expect(error / mean).toBeLessThan(0.02);
        expect(Math.abs(mean - map.variance![unit]!)).toBeLessThan(4 * error);
        // The bias is larger than the error, so that the run tells map from flow.
        expect(Math.abs(exact!.variance![unit]! - map.variance![unit]!)).toBeGreaterThan(4 * error);
      }
      expect(bias!.relative).toBeGreaterThan(0.05);
    },
  );

  it("of a tanh network with weak noise have the variance of its linearization", () => {
    const weak = { ...network, noise: scale(network.noise!, 0.1) };
    const found = noise(weak, { at, scheme: "euler", dt: 0.1 });
    const input = Array.from({ length: STEPS / 2 }, () => [0.5]);
    const run = simulate(discretize({ scheme: "euler", dt: 0.1 })(weak), { input, start: found.point, seed: 5 });
    for (const unit of [0, 1]) {
      const { mean, error } = blockVariance(
        run.state.map((x) => x[unit]! - found.point[unit]!),
        50,
      );
      expect(error / mean).toBeLessThan(0.04);
      expect(Math.abs(mean - found.map.variance![unit]!)).toBeLessThan(4 * error);
    }
  });
});

describe("noise", () => {
  it("is asked for where the model has none, and taken from sigma", () => {
    const { noise: _noise, ...silent } = network;
    expect(() => noise(silent)).toThrow("noise: network has no noise; give sigma");
    expectClose(flowMatrix(noise(silent, { at, sigma: network.noise! })), reference.twoUnits.covariance.flow);
    expect(noise(silent, { at, sigma: 0.1 }).flow?.covariance.status).toBe("stationary");
  });

  it("has no stationary covariance where a mode does not decay", () => {
    const growing = linearFlow({ stateMatrix: [[0.1]], noise: [[1]] });
    expect(noise(growing).flow?.covariance).toMatchObject({ status: "unstable" });
    const { map, flow } = noise(linearFlow({ stateMatrix: [[-1]], noise: [[1]] }), { scheme: "euler", dt: 2.5 });
    expect(flow?.covariance.status).toBe("stationary");
    expect(map.covariance).toMatchObject({ status: "unstable" });
  });
});
