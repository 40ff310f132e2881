/** Worked examples, 50 digits: two tanh units of unequal tau at their fixed point, off it, rescaled and warped. */
import { describe, expect, it } from "vitest";
import { stepLimit } from "../../src/analyze/step-limits.js";
import { flowOf } from "../../src/model/bind.js";
import { rateModel } from "../../src/model/build.js";
import type { SchemeMap } from "../../src/model/model.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { solveFixedPoint } from "../../src/model/solve-fixed-point.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import { add, fromRows, type Matrix, multiply, scale, subtract, transpose } from "../../src/numerics/matrix.js";
import { norm2 } from "../../src/numerics/svd.js";
import { lyapunov, type MatrixEquationResult, stein } from "../../src/numerics/sylvester.js";
import { symmetricEigenvalues } from "../../src/numerics/symmetric-eigen.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale, warp } from "../../src/operators/rescale.js";
import { simulate } from "../../src/simulate/simulate.js";
import { apart, expectClose } from "../close.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { fieldAt, linearFlowAt, linearMapAt, linearMapUnder, mapUnder, stepped } from "../maps.js";
import { tenNames } from "../oracles/schemes.js";

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
const u = Float64Array.of(0.5);
const p = Float64Array.of(0.3, -0.2);
const dt = 0.1;

const gram = (G: Matrix): Matrix => multiply(G, transpose(G));
const solved = (result: MatrixEquationResult): Matrix => {
  if (result.status !== "solved") throw new Error(result.reason);
  return result.X;
};
const discretized = (scheme: SchemeName) => discretize({ scheme, dt })(network) as SchemeMap;

describe("two units at their fixed point", () => {
  const expected = reference.twoUnits;
  const { state } = solveFixedPoint(network, { input: u });
  const linear = linearFlowAt(network, state, u);
  const under = (scheme: SchemeName) => linearMapUnder(scheme, dt, linear);

  it("have the state, linearization and rates of the reference", () => {
    expectClose(state, expected.fixedPoint);
    expectClose(linear.stateMatrix, expected.stateMatrix);
    expectClose(linear.inputMatrix, expected.inputMatrix);
    expectClose(eigenvalues(linear.stateMatrix).flat(), expected.rates.flat());
    expect(Math.hypot(...linear.offset)).toBeLessThan(1e-13);
  });

  it.each(tenNames)("step from another state under %s", (name) => {
    expectClose(stepped(mapUnder(name, dt, network), p, u), expected.schemes[name].step);
  });

  it.each(tenNames)("have one map under %s, linearized before or after", (name) => {
    const { stateMatrix, inputMatrix, multipliers } = expected.schemes[name];
    for (const map of [under(name), linearMapAt(discretized(name), state, u)]) {
      expectClose(map.stateMatrix, stateMatrix);
      expectClose(map.inputMatrix, inputMatrix);
      expectClose(eigenvalues(map.stateMatrix).flat(), multipliers.flat());
    }
  });

  it.each(tenNames)("miss exact sampling under %s by the distance of the reference", (name) => {
    const gap = norm2(subtract(under(name).stateMatrix, under("zero-order-hold").stateMatrix));
    expect(Math.abs(gap - expected.schemes[name].distanceToExact)).toBeLessThan(1e-14);
  });

  it("are sampled exactly by zero-order and first-order hold", () => {
    expectClose(under("zero-order-hold").stateMatrix, expected.exact.stateMatrix);
    expectClose(under("zero-order-hold").inputMatrix, expected.exact.inputMatrix);
    expectClose(under("first-order-hold").inputSlopeMatrix!, expected.exact.slope);
  });

  it.each(["euler", "heun", "rk4"] as const)("stay stable under %s up to the step of the reference", (name) => {
    const limit = stepLimit(name, eigenvalues(linear.stateMatrix), linear.leakRates, () => linear.stateMatrix);
    expectClose([limit], [expected.largestStableStep[name]]);
  });

  it("have the Gramians and Hankel values of the reference", () => {
    const C = fromRows([[1, 0.5]]);
    const controllability = solved(lyapunov(linear.stateMatrix, gram(linear.inputMatrix)));
    const observability = solved(lyapunov(transpose(linear.stateMatrix), multiply(transpose(C), C)));
    expectClose(controllability, expected.gramian.controllability);
    expectClose(observability, expected.gramian.observability);
    const squares = eigenvalues(multiply(controllability, observability));
    expectClose(
      squares.map(([re]) => Math.sqrt(re)),
      expected.hankel,
    );
    for (const name of ["euler", "trapezoid", "zero-order-hold"] as const) {
      const map = under(name);
      expectClose(solved(stein(map.stateMatrix, gram(map.inputMatrix))), expected.gramian.maps[name]);
    }
  });

  it("have the stationary covariances of the reference, of flow and maps, and after R", () => {
    const P = solved(lyapunov(linear.stateMatrix, gram(linear.noise!)));
    expectClose(P, expected.covariance.flow);
    const fast = rescale(2)(linear);
    expectClose(solved(lyapunov(fast.stateMatrix, gram(fast.noise!))), expected.covariance.flow);
    for (const name of ["euler", "backward-euler", "implicit-midpoint"] as const) {
      const map = under(name);
      expectClose(solved(stein(map.stateMatrix, gram(map.noise!))), expected.covariance[name]);
    }
    expectClose(gram(under("zero-order-hold").noise!), expected.covariance.exactNoise);
    const APA = multiply(multiply(linear.stateMatrix, P), transpose(linear.stateMatrix));
    expectClose(solved(lyapunov(linear.stateMatrix, APA)), expected.covariance.eulerBias);
  });

  it("have the numerical abscissa and remainder bounds of the reference", () => {
    const symmetric = scale(add(linear.stateMatrix, transpose(linear.stateMatrix)), 0.5);
    expectClose([symmetricEigenvalues(symmetric).at(-1)!], [expected.numericalAbscissa]);
    const d = Float64Array.of(0.1, -0.05);
    const J = linear.stateMatrix.data;
    const there = fieldAt(
      network,
      state.map((v, i) => v + d[i]!),
      u,
    );
    const { curvature } = flowOf(network);
    // The remainder is what is left when larger numbers cancel: two digits fewer.
    expectClose(
      there.map((v, i) => v - J[2 * i]! * d[0]! - J[2 * i + 1]! * d[1]!),
      expected.remainder.actual,
      1e-11,
    );
    expectClose([curvature!.remainder], [expected.remainder.K]);
    curvature!.componentwise(state, u, d).forEach((bound, i) => {
      expect(bound).toBeLessThanOrEqual(expected.remainder.componentwise[i]! * (1 + 1e-12));
      expect(bound).toBeGreaterThanOrEqual(Math.abs(expected.remainder.actual[i]!));
    });
  });

  it("are rescaled by dividing tau", () => {
    const fast = rescale(2)(network);
    expect(Array.from(fast.timeConstants)).toEqual([0.5, 0.25]);
    expectClose(linearFlowAt(fast, state, u).stateMatrix, scale(fromRows(expected.stateMatrix), 2));
    expectClose(linearFlowAt(fast, state, u).inputMatrix, scale(fromRows(expected.inputMatrix), 2));
  });
});

describe("two units off a fixed point", () => {
  const expected = reference.offFixedPoint;
  const linear = linearFlowAt(network, p, u);

  it("have the velocity and derivatives of the reference", () => {
    expectClose(fieldAt(network, p, u), expected.field);
    expectClose(linear.stateMatrix, expected.stateMatrix);
    const f = Float64Array.from(expected.field);
    expectClose(flowOf(network).secondDerivative(p, u, f).state, expected.secondDerivative);
  });

  it.each(tenNames)("have two maps under %s, as linearizing comes before or after", (name) => {
    const scheme = expected.schemes[name];
    const before = linearMapUnder(name, dt, linear);
    const after = linearMapAt(discretized(name), p, u);
    expectClose(before.stateMatrix, scheme.linearJacobian);
    expectClose(before.offset, scheme.linearValue);
    expectClose(after.stateMatrix, scheme.mapJacobian);
    expectClose(after.offset, scheme.mapValue);
    const jacobianDefect = norm2(subtract(after.stateMatrix, before.stateMatrix));
    const valueDefect = Math.hypot(...after.offset.map((v, i) => v - before.offset[i]!));
    expect(Math.abs(jacobianDefect - scheme.jacobianDefect)).toBeLessThan(1e-14);
    expect(Math.abs(valueDefect - scheme.valueDefect)).toBeLessThan(1e-15);
  });
});

describe("two units rescaled", () => {
  const expected = reference.rescaling;
  const { noise: _, ...quiet } = network;

  it.each(tenNames)("step as before under %s when the step is halved with time", (name) => {
    const fast = stepped(mapUnder(name, dt / 2, rescale(2)(network)), p, u);
    expectClose(fast, reference.twoUnits.schemes[name].step);
  });

  it("step differently at the same dt, by dt^2 J f to leading order", () => {
    const same = stepped(mapUnder("euler", dt, rescale(2)(network)), p, u);
    const map = mapUnder("euler", dt, network);
    const two = stepped(map, stepped(map, p, u), u);
    expectClose(same, expected.sameStep);
    expectClose(two, expected.twoSteps);
    expectClose(
      two.map((v, i) => v - same[i]!),
      expected.defect,
    );
    const { stateMatrix, offset } = linearFlowAt(network, p, u);
    expectClose(multiply(scale(stateMatrix, dt * dt), fromRows(Array.from(offset, (v) => [v]))), expected.leading);
    expect(apart(expected.defect, expected.leading)).toBeLessThan(0.02 * Math.hypot(...expected.leading));
  });

  it.each(["secant", "pointwise"] as const)("follow a warp of time holding its %s speed", (warpSpeed) => {
    const pace = {
      name: "theta + 0.3 sin theta",
      time: (theta: number) => theta + 0.3 * Math.sin(theta),
      slope: (theta: number) => 1 + 0.3 * Math.cos(theta),
    };
    const map = discretize({ scheme: "euler", dt: 0.2, warpSpeed })(warp(pace)(quiet)) as SchemeMap;
    const { state } = simulate(map, { steps: 4, start: p, input: [u, u, u, u] });
    state.forEach((x, k) => {
      expectClose(x, expected.warp[warpSpeed][k]!);
    });
  });

  it("take steps of the warp's own lengths to the same states", () => {
    const { times, secant } = expected.warp;
    const steps = times.slice(1).map((t, k) => t - times[k]!);
    const map = mapUnder("euler", 0.2, quiet, { steps });
    let x: Float64Array = p;
    for (let k = 0; k < 4; k++) {
      x = stepped(map, x, u, k);
      expectClose(x, secant[k]!);
    }
  });
});
