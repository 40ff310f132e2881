import { describe, expect, it } from "vitest";
import type { ActivationSpec } from "../../src/model/activation.js";
import { currentModel, lstmMap, rateModel } from "../../src/model/build.js";
import { lowRank } from "../../src/model/weights.js";
import { networkStepper } from "../../src/numerics/kernels/index.js";
import { matrix } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import { discretize } from "../../src/operators/discretize.js";
import { networkProgram } from "../../src/simulate/network-program.js";
import { simulate } from "../../src/simulate/simulate.js";

const units = 7;

const settings = (activation: ActivationSpec, changes = {}) => {
  const { normal, uniform } = randomSource(17);
  const draw = (rows: number, cols: number, scale: number) =>
    matrix(
      rows,
      cols,
      Float64Array.from({ length: rows * cols }, () => scale * normal()),
    );
  return {
    recurrentWeights: draw(units, units, 0.4),
    inputWeights: draw(units, 2, 1),
    bias: draw(units, 1, 0.3).data,
    timeConstants: Float64Array.from({ length: units }, () => 0.5 + uniform()),
    leak: Float64Array.from({ length: units }, () => 0.5 + uniform()),
    noise: draw(units, 3, 0.1),
    activation,
    ...changes,
  };
};

const models = {
  rate: rateModel({ ...settings("tanh"), gain: Float64Array.from({ length: units }, (_, i) => 1 + i / 10) }),
  current: currentModel(settings("softplus")),
  "rate with a formula": rateModel(settings({ name: "expression", expression: "v / (1 + v^2)" })),
  "current with parameters": currentModel(settings({ name: "saturating-linear", low: -0.3, high: 0.7 })),
  "low-rank": rateModel(
    settings("sigmoid", {
      recurrentWeights: lowRank(
        matrix(units, 1, new Float64Array(units).fill(0.3)),
        matrix(units, 1, new Float64Array(units).fill(-0.2)),
      ),
    }),
  ),
};

describe("a model on the kernels", () => {
  it.each(Object.keys(models) as (keyof typeof models)[])("steps as the plain loop: %s", (name) => {
    for (const scheme of ["euler", "exponential-euler", "imex-euler", "heun", "explicit-midpoint", "rk4"] as const) {
      const map = discretize({ scheme, dt: 0.2 })(models[name]);
      const { normal } = randomSource(2);
      const input = Array.from({ length: 30 }, () => [normal(), normal()]);
      const start = Float64Array.from({ length: units }, normal);
      const expected = simulate(map, { input, start, seed: 9, trial: 4 });
      const stepper = networkStepper(networkProgram(map, 9)!, { firstTrial: 4 });
      stepper.setStates(start);
      stepper.advance(30, { inputs: { values: Float64Array.from(input.flat()), steps: 30, shared: true } });
      const size = Math.max(1, ...Array.from(expected.state.at(-1)!, Math.abs));
      stepper.states().forEach((v, i) => {
        expect(Math.abs(v - expected.state.at(-1)![i]!) / size, scheme).toBeLessThan(1e-13);
      });
    }
  });

  it("is refused where the kernels cannot run it", () => {
    expect(networkProgram(discretize({ scheme: "backward-euler", dt: 0.1 })(models.rate))).toBeUndefined();
    const uneven = discretize({ scheme: "euler", dt: 0.1, steps: Float64Array.of(0.1, 0.2) })(models.rate);
    expect(networkProgram(uneven)).toBeUndefined();
    const gate = { input: matrix(1, 1), recurrent: matrix(1, 1) };
    const lstm = lstmMap({ inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate });
    expect(networkProgram(lstm)).toBeUndefined();
  });
});
