import { describe, expect, it } from "vitest";
import { mapOf } from "../../src/model/bind.js";
import { linearFlow, lstmMap, rateModel } from "../../src/model/build.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale, rescaleUnits, warp } from "../../src/operators/rescale.js";
import { simulate } from "../../src/simulate/simulate.js";

const noisy = rateModel({ recurrentWeights: [[0.5]], noise: [[1]] });
const noiseOfStep = (model: Parameters<typeof mapOf>[0]) => mapOf(model).noise!().data[0];

describe("noise under R", () => {
  it("is multiplied by the square root of the speed, whatever the form", () => {
    expect(rescale(4)(noisy).noise!.data[0]).toBe(2);
    expect(rescale(4)(linearFlow({ stateMatrix: [[-1]], noise: [[3]] })).noise!.data[0]).toBe(6);
    expect(rescaleUnits([9])(noisy).noise!.data[0]).toBe(3);
  });

  it("of a warped flow follows the pace once: an aligned step keeps its increment", () => {
    const warped = warp({ name: "even", time: (theta) => theta, slope: () => 1 })(noisy);
    const before = noiseOfStep(discretize({ scheme: "euler", dt: 0.4 })(warped));
    expect(before).toBeCloseTo(Math.sqrt(0.4), 14);
    expect(noiseOfStep(discretize({ scheme: "euler", dt: 0.1 })(rescale(4)(warped)))).toBeCloseTo(before!, 14);
  });
});

describe("noise of a native map", () => {
  it("enters the state of an LSTM", () => {
    const gate = { input: [[0]], recurrent: [[0]], bias: [0] };
    const quiet = { inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate };
    const map = lstmMap({
      ...quiet,
      noise: [
        [1, 0],
        [0, 1],
      ],
    });
    const run = simulate(map, { steps: 1, seed: 3 });
    expect(Math.abs(run.state[0]![0]!)).toBeGreaterThan(0);
    expect(simulate(map, { steps: 1, seed: 3 }).state[0]).toEqual(run.state[0]);
    expect(simulate(lstmMap(quiet), { steps: 1, seed: 3 }).state[0]![0]).toBe(0);
  });
});
