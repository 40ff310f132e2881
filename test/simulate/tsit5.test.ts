import { describe, expect, it } from "vitest";
import { flowOf } from "../../src/model/bind.js";
import { equationsModel, linearFlow, rateModel } from "../../src/model/build.js";
import { fromRows, multiplyVector, scale } from "../../src/numerics/matrix.js";
import { expm } from "../../src/numerics/matrix-exponential.js";
import { denseOutput, solveAdaptive } from "../../src/simulate/tsit5.js";

const oscillator = equationsModel({
  variables: ["x", "y"],
  equations: ["-y", "x"],
});

describe("the adaptive solver", () => {
  it("follows a linear flow as its exponential does, at every time asked for", () => {
    const A = fromRows([
      [-0.5, 2, 0],
      [-2, -0.5, 0.3],
      [0, 0.1, -1],
    ]);
    const start = Float64Array.from([1, -0.5, 0.25]);
    const times = [0, 0.37, 1, 2.5, 7];
    const { status, state } = solveAdaptive(flowOf(linearFlow({ stateMatrix: A })), {
      times,
      start,
      relativeTolerance: 1e-11,
      absoluteTolerance: 1e-13,
    });
    expect(status).toBe("complete");
    times.forEach((t, k) => {
      const exact = multiplyVector(expm(scale(A, t)), start);
      for (let i = 0; i < 3; i++) expect(Math.abs(state[k]![i]! - exact[i]!)).toBeLessThan(2e-10);
    });
  });

  it("has an error that falls with the fifth power of the step: tolerance 1e-10 instead of 1e-5 takes about 10 times the steps", () => {
    const run = (tolerance: number) =>
      solveAdaptive(flowOf(oscillator), {
        times: [0, 20],
        start: Float64Array.from([1, 0]),
        relativeTolerance: tolerance,
        absoluteTolerance: tolerance,
      });
    const [coarse, fine] = [run(1e-5), run(1e-10)];
    const error = ({ state }: typeof fine) => Math.hypot(state[1]![0]! - Math.cos(20), state[1]![1]! - Math.sin(20));
    expect(error(fine)).toBeLessThan(1e-8);
    expect(error(coarse) / error(fine)).toBeGreaterThan(1e3);
    expect(fine.steps / coarse.steps).toBeGreaterThan(5);
    expect(fine.steps / coarse.steps).toBeLessThan(20);
  });

  it("has dense output of fourth order that meets the step at its end", () => {
    const b = denseOutput(1);
    expect(b[0]).toBeCloseTo(0.09646076681806523, 12);
    expect(b[5]).toBeCloseTo(2.324710524099774, 12);
    // Order conditions of quadrature: sum b_i(s) c_i^k = s^(k + 1) / (k + 1), k < 4.
    const c = [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1];
    for (const s of [0.25, 0.5, 0.8])
      for (const k of [0, 1, 2, 3]) {
        const moment = denseOutput(s).reduce((sum, weight, i) => sum + weight * c[i]! ** k, 0);
        expect(moment).toBeCloseTo(s ** (k + 1) / (k + 1), 11);
      }
  });

  it("steps exactly to the jumps of an input", () => {
    const leaky = rateModel({ recurrentWeights: [[0]], inputWeights: [[1]], activation: "identity" });
    const { state } = solveAdaptive(flowOf(leaky), {
      times: [0, 1, 3],
      start: Float64Array.from([0]),
      input: (t, out) => {
        out[0] = t >= 1 && t < 2 ? 1 : 0;
      },
      breaks: [1, 2],
      relativeTolerance: 1e-10,
    });
    expect(state[1]![0]).toBe(0);
    expect(state[2]![0]).toBeCloseTo((1 - Math.exp(-1)) * Math.exp(-1), 9);
  });

  it("says where it gave up", () => {
    const blowUp = equationsModel({ variables: ["x"], equations: ["x^2"] });
    const run = solveAdaptive(flowOf(blowUp), { times: [0, 2], start: Float64Array.from([1]) });
    expect(run.status).toBe("stopped");
    expect(run.message).toMatch(/at t = (1|0\.99)/);
    const starved = solveAdaptive(flowOf(oscillator), {
      times: [0, 100],
      start: Float64Array.from([1, 0]),
      stepBudget: 5,
    });
    expect(starved.message).toMatch(/step budget of 5 exhausted/);
  });
});
