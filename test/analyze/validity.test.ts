import { describe, expect, test } from "vitest";
import { certifiedBasin } from "../../src/analyze/certified-basin.js";
import { boundedTime, flowErrorBound } from "../../src/analyze/linear-horizon.js";
import { validity } from "../../src/analyze/validity.js";
import { flowOf } from "../../src/model/bind.js";
import { lstmMap, rateModel, vanillaMap } from "../../src/model/build.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import { euclideanNorm, fromRows } from "../../src/numerics/matrix.js";
import { discretize } from "../../src/operators/discretize.js";
import { simulate } from "../../src/simulate/simulate.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { between, forAll, networksAtRest, vectorOf } from "../random-networks.js";

describe("the radius and the remainder", () => {
  test("the worked example: K of two units", () => {
    const model = rateModel({
      recurrentWeights: [
        [0.8, -1.2],
        [1.0, 0.4],
      ],
      inputWeights: [[0.6], [-0.3]],
      bias: [0.1, -0.2],
      timeConstants: [1, 0.5],
    });
    const result = validity(model, { input: [0.5] });
    expect(result.curvature).toBeCloseTo(reference.twoUnits.remainder.K, 12);
    expect(result.radius.bound).toBeCloseTo(0.1 / reference.twoUnits.remainder.K, 12);
  });

  test("what is measured never exceeds what is bounded", () => {
    forAll(
      networksAtRest({ units: 4, phi: ["tanh", "sigmoid", "identity"] }),
      ({ model, state, input }) => {
        const { radius, remainder, time, steps } = validity(discretize({ scheme: "euler", dt: 0.05 })(model), {
          state,
          input,
          samples: 16,
        });
        if (radius.bound === null) return;
        expect(radius.measured).toBeGreaterThanOrEqual(radius.bound * (1 - 1e-9));
        expect(remainder.measured).toBeLessThanOrEqual(remainder.bound! * (1 + 1e-9) + 1e-14);
        expect(time.measured).toBeGreaterThanOrEqual(time.bound! * (1 - 1e-3) - 0.01);
        expect(steps!.measured).toBeGreaterThanOrEqual(steps!.bound!);
      },
      25,
    );
  });

  test("a saturating-linear network is exact up to its kink, which theory does not bound", () => {
    const model = rateModel({ recurrentWeights: [[0.5]], activation: { name: "saturating-linear", low: -1, high: 1 } });
    const { radius, curvature, basin, remainder } = validity(model);
    expect(curvature).toBeNull();
    expect(radius.bound).toBeNull();
    expect(remainder.measured).toBe(0);
    expect(basin).toBeNull();
    expect(radius.measured).toBeGreaterThan(2);
  });
});

describe("trajectories", () => {
  test("the bound on a logistic flow x' = -x + K x^2 is attained", () => {
    const [K, d0] = [0.5, 0.4];
    for (const t of [0.1, 1, 3, 10]) {
      // x' = -x + K x^2 has the solution x = d0 e^{-t} / (1 - K d0 (1 - e^{-t})).
      const exact = (d0 * Math.exp(-t)) / (1 - K * d0 * (1 - Math.exp(-t)));
      expect(flowErrorBound(K, -1, d0, t).size).toBeCloseTo(exact, 14);
      expect(flowErrorBound(K, -1, d0, t).error).toBeCloseTo(exact - d0 * Math.exp(-t), 14);
    }
    expect(flowErrorBound(1, 0, 0.5, 1).size).toBeCloseTo(1, 14);
    expect(flowErrorBound(1, 0, 0.5, 3).size).toBe(Number.POSITIVE_INFINITY);
  });

  test("the time is where the bound meets the limit", () => {
    const t = boundedTime(1, 0.3, 0.1, 0.02, 50);
    expect(flowErrorBound(1, 0.3, 0.1, t).error).toBeCloseTo(0.02, 10);
  });

  test("no trajectory leaves the bound", () => {
    forAll(
      networksAtRest({ units: 3, phi: ["tanh"] }),
      ({ model, state, input }) => {
        const flow = flowOf(model);
        const J = flow.stateJacobian(state, input);
        const K = flow.curvature!.remainder;
        const n = state.length;
        const symmetric = fromRows(
          Array.from({ length: n }, (_, i) =>
            Array.from({ length: n }, (_, j) => (J.data[i * n + j]! + J.data[j * n + i]!) / 2),
          ),
        );
        const mu = eigenvalues(symmetric)[0]![0];
        const start = state.map((v, i) => v + 0.05 * Math.cos(2 * i + 1));
        const d0 = euclideanNorm(start.map((v, i) => v - state[i]!));
        const dt = 0.01;
        const { state: path } = simulate(discretize({ scheme: "rk4", dt })(model), {
          start,
          input: Array.from({ length: 400 }, () => input),
        });
        path.forEach((x, k) => {
          const size = euclideanNorm(x.map((v, i) => v - state[i]!));
          expect(size).toBeLessThanOrEqual(flowErrorBound(K, mu, d0, dt * (k + 1)).size * (1 + 1e-6) + 1e-9);
        });
      },
      15,
    );
  });
});

describe("the certified basin", () => {
  test("everything within it returns", () => {
    forAll(
      networksAtRest({ units: 3, weight: 0.9, phi: ["tanh", "sigmoid"] }).chain((network) =>
        vectorOf(network.state.length, between(-1, 1)).map((direction) => ({ ...network, direction })),
      ),
      ({ model, state, input, direction }) => {
        const flow = flowOf(model);
        const J = flow.stateJacobian(state, input);
        const basin = certifiedBasin(J, flow.curvature!.remainder);
        const stable = eigenvalues(J)[0]![0] < 0;
        expect(basin !== undefined).toBe(stable);
        if (!basin) return;
        const size = euclideanNorm(direction);
        const start = state.map((v, i) => v + (0.999 * basin.radius * direction[i]!) / size);
        const { state: path } = simulate(discretize({ scheme: "rk4", dt: 0.05 })(model), {
          start,
          input: Array.from({ length: 1500 }, () => input),
        });
        const off = euclideanNorm(path.at(-1)!.map((v, i) => v - state[i]!));
        expect(off).toBeLessThan(0.5 * basin.radius);
      },
      20,
    );
  });
});

test("the origin of a vanilla network is where searches start, and models without a flow are refused", () => {
  const result = validity(vanillaMap({ recurrentWeights: [[0.5]] }), { displacement: 0.1 });
  expect(Array.from(result.state)).toEqual([0]);
  expect(result.displacement).toBe(0.1);
  const gate = { input: [[1]], recurrent: [[1]] };
  const memory = lstmMap({ inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate });
  expect(() => validity(memory)).toThrow(/needs a flow/);
  expect(() => validity(rateModel({ recurrentWeights: [[0]] }), { tolerance: 0 })).toThrow(/tolerance/);
});
