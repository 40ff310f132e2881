/** Worked examples, 50 digits: gated networks, inverses of D, constants of activations, a non-normal matrix. */
import { describe, expect, it } from "vitest";
import { departureFromNormality } from "../../src/analyze/non-normality.js";
import { activation } from "../../src/model/activation.js";
import { mapOf } from "../../src/model/bind.js";
import { gruModel, leakyMap, linearFlow, linearMap, lstmMap } from "../../src/model/build.js";
import type { SchemeMap } from "../../src/model/model.js";
import { solveFixedPoint } from "../../src/model/solve-fixed-point.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import { add, fromRows, identity, scale, transpose } from "../../src/numerics/matrix.js";
import { expm } from "../../src/numerics/matrix-exponential.js";
import { norm2 } from "../../src/numerics/svd.js";
import { symmetricEigenvalues } from "../../src/numerics/symmetric-eigen.js";
import { discretize } from "../../src/operators/discretize.js";
import { readAs, undiscretize, undiscretizeLinear } from "../../src/operators/undiscretize.js";
import { expectClose, relativelyApart } from "../close.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { linearMapUnder, mapUnder, stepped } from "../maps.js";

describe.each(["after", "before"] as const)("a gated recurrent unit that resets %s the product", (reset) => {
  const expected = reference.gru[reset];
  const network = gruModel({
    reset,
    updateGate: {
      input: [[0.5], [-0.4]],
      recurrent: [
        [0.3, -0.2],
        [0.1, 0.4],
      ],
      bias: [0.2, -0.1],
    },
    resetGate: {
      input: [[-0.3], [0.6]],
      recurrent: [
        [0.2, 0.5],
        [-0.4, 0.1],
      ],
      bias: [0, 0.1],
    },
    candidate: {
      input: [[0.8], [-0.5]],
      recurrent: [
        [0.9, -0.7],
        [0.6, 0.5],
      ],
      bias: [0.05, -0.02],
      recurrentBias: [0.1, -0.1],
    },
  });
  const map = mapUnder("euler", 1, network);
  const h = Float64Array.of(0.2, -0.4);
  const u = Float64Array.of(0.7);

  it("steps as the reference does, with its Jacobians", () => {
    expectClose(stepped(map, h, u), expected.step);
    expectClose(map.stateJacobian(h, u)!, expected.mapJacobian);
    expectClose(map.inputJacobian(h, u)!, expected.inputJacobian);
  });

  it("rests where the reference does, as map and as flow", () => {
    const discrete = discretize({ scheme: "euler", dt: 1 })(network) as SchemeMap;
    for (const model of [network, discrete]) {
      const found = solveFixedPoint(model, { input: u });
      expect(found.status).toBe("converged");
      expectClose(found.state, expected.fixedPoint, 3e-12);
    }
    const there = Float64Array.from(expected.fixedPoint);
    expectClose(eigenvalues(map.stateJacobian(there, u)!).flat(), expected.multipliers.flat());
  });
});

describe("one unit of long short-term memory", () => {
  it("steps as the reference does, with its Jacobian", () => {
    const gate = (input: number, recurrent: number, bias: number) => ({
      input: [[input]],
      recurrent: [[recurrent]],
      bias: [bias],
    });
    const map = mapOf(
      lstmMap({
        inputGate: gate(0.4, 0.3, 0.1),
        forgetGate: gate(-0.2, 0.5, 1),
        cellGate: gate(0.9, -0.6, 0),
        outputGate: gate(0.2, 0.7, -0.1),
      }),
    );
    const [x, u] = [Float64Array.of(0.3, -0.2), Float64Array.of(0.7)];
    expectClose(stepped(map, x, u), reference.lstm.step);
    expectClose(map.stateJacobian(x, u)!, reference.lstm.mapJacobian);
  });
});

describe("the flow behind a map", () => {
  const A = [
    [-0.4, 1.1],
    [-0.9, -0.6],
  ];
  const flow = linearFlow({ stateMatrix: A, inputMatrix: [[0.5], [1]] });

  it.each(["zero-order-hold", "trapezoid", "euler"] as const)("is found again from the map of %s", (scheme) => {
    const { stateMatrix, inputMatrix } = reference.inverses.maps[scheme];
    const map = linearMapUnder(scheme, 0.25, flow);
    expectClose(map.stateMatrix, stateMatrix);
    expectClose(map.inputMatrix, inputMatrix);
    const given = linearMap({ stateMatrix, inputMatrix, dt: 0.25 });
    const found = undiscretizeLinear({ scheme })(given);
    if (found.status !== "found") throw new Error(found.message);
    expectClose(found.model.stateMatrix, A);
    expectClose(found.model.inputMatrix, [[0.5], [1]]);
  });

  it("of a leaky network with alpha = 0.2 and dt = 0.1 has one of three time constants", () => {
    const W = [[0.7]];
    const settings = { recurrentWeights: W, alpha: 0.2, timeConstants: 0.5 };
    const map: SchemeMap = { ...leakyMap(settings), dt: 0.1 };
    for (const reading of ["euler", "exponential-euler", "imex-euler"] as const) {
      const parent = undiscretize({ readAs: reading })(map);
      const tau = reference.inverses.leakyTau[reading];
      expectClose("timeConstants" in parent ? parent.timeConstants : [], [tau]);
      const x = Float64Array.of(0.4);
      const before = stepped(mapOf(map), x, new Float64Array(0));
      expectClose(stepped(mapOf(readAs(reading)(map)), x, new Float64Array(0)), before, 1e-14);
    }
  });

  it("of a multiplier 0.3 + 0.6i has two rates, as read; of -0.6 only Euler's", () => {
    const turning = linearMap({
      stateMatrix: [
        [0.3, -0.6],
        [0.6, 0.3],
      ],
    });
    const found = (scheme: "euler" | "zero-order-hold") => {
      const search = undiscretizeLinear({ scheme })(turning);
      if (search.status !== "found") throw new Error(search.message);
      return eigenvalues(search.model.stateMatrix)[0]!;
    };
    expectClose(found("euler"), [-0.7, 0.6]);
    expectClose(found("zero-order-hold"), reference.inverses.vanillaMode.exactRate);

    const flipping = linearMap({ stateMatrix: [[-0.6]] });
    expect(undiscretizeLinear({ scheme: "zero-order-hold" })(flipping)).toMatchObject({
      status: "none",
      eigenvalues: [[-0.6, 0]],
    });
    const euler = undiscretizeLinear({ scheme: "euler" })(flipping);
    expect(euler.status === "found" && euler.model.stateMatrix.data[0]).toBeCloseTo(-1.6, 14);
  });
});

describe("the constants of activations", () => {
  const expected = reference.activations;

  it.each(Object.keys(expected) as (keyof typeof expected)[])("of %s are those of the reference", (name) => {
    const phi = activation(name);
    const { curvature, gain } = expected[name];
    const [largest, where] = curvature as [number, number];
    expect(Math.abs(phi.maxSecondDerivative - largest)).toBeLessThanOrEqual(1e-12 * largest);
    expect(Math.abs(phi.maxDerivative - gain)).toBeLessThanOrEqual(1e-12 * gain);
    const beside = where === 0 && (name === "elu" || name === "softsign") ? -1e-13 : where;
    expect(Math.abs(Math.abs(phi.secondDerivative(beside)) - largest)).toBeLessThanOrEqual(1e-12 * (1 + largest));
  });
});

describe("a matrix far from normal", () => {
  const expected = reference.nonNormal;
  const A = fromRows([
    [-1, 8],
    [0, -1.2],
  ]);
  const B = fromRows([
    [-2, 1],
    [0, -1],
  ]);
  const symmetricPart = (M: typeof A) => scale(add(M, transpose(M)), 0.5);

  it("departs and first grows as in the reference", () => {
    expectClose([departureFromNormality(A)], [expected.departure]);
    expectClose([symmetricEigenvalues(symmetricPart(A)).at(-1)!], [expected.numericalAbscissa]);
  });

  it("has grown most at the time of the reference", () => {
    const size = (t: number) => norm2(expm(scale(A, t)));
    expect(Math.abs(size(expected.peakTime) - expected.peakNorm)).toBeLessThan(1e-9);
    for (const t of [0.5, 0.87, 0.88, 1.5]) expect(size(t)).toBeLessThan(expected.peakNorm);
  });

  it("contracts under Euler only up to a step well below the spectral limit", () => {
    const growth = (dt: number) => norm2(add(identity(2), B, dt));
    expect(Math.abs(growth(expected.eulerContractionLimit) - 1)).toBeLessThan(1e-9);
    expect(growth(expected.eulerContractionLimit * 0.999)).toBeLessThan(1);
    expect(growth(expected.eulerContractionLimit * 1.001)).toBeGreaterThan(1);
    expect(relativelyApart([expected.eulerSpectralLimit], [1])).toBe(0);
  });
});
