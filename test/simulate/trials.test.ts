import { describe, expect, it } from "vitest";
import { currentModel, gruModel, leakyMap, rateModel } from "../../src/model/build.js";
import type { DiscreteModel } from "../../src/model/model.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { lowRank } from "../../src/model/weights.js";
import { fromRows } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import { discretize } from "../../src/operators/discretize.js";
import { networkProgram } from "../../src/simulate/network-program.js";
import { parseSignals, sampleSignals } from "../../src/simulate/signal.js";
import { simulate } from "../../src/simulate/simulate.js";
import { simulateTrials, type TrialSettings, type TrialStretch } from "../../src/simulate/trials.js";

const random = randomSource(11);
const normals = (rows: number, cols: number, size: number) =>
  fromRows(Array.from({ length: rows }, () => Array.from({ length: cols }, () => size * random.normal())));

const UNITS = 7;
const settings = {
  recurrentWeights: normals(UNITS, UNITS, 0.5),
  inputWeights: normals(UNITS, 2, 1),
  bias: Float64Array.from({ length: UNITS }, () => 0.1 * random.normal()),
  timeConstants: Float64Array.from({ length: UNITS }, (_, i) => 1 + 0.2 * i),
  noise: normals(UNITS, 3, 0.05),
};

const all = async (model: DiscreteModel, given: TrialSettings): Promise<TrialStretch[]> => {
  const stretches: TrialStretch[] = [];
  for await (const stretch of simulateTrials(model, given)) stretches.push(stretch);
  return stretches;
};

const joined = (stretches: readonly TrialStretch[]) => ({
  t: stretches.flatMap(({ t }) => Array.from(t)),
  states: stretches.flatMap(({ states }) => Array.from(states)),
});

/** The plain loop, in the order of trials: slot, trial, unit. */
const plainly = (
  model: DiscreteModel,
  trials: number,
  steps: number,
  every: number,
  input: Float64Array,
  seed: number,
) => {
  const rows = Array.from({ length: steps }, (_, k) => input.subarray(k * model.inputs, (k + 1) * model.inputs));
  const runs = Array.from({ length: trials }, (_, trial) => simulate(model, { steps, input: rows, seed, trial }));
  const states: number[] = [];
  for (let k = every - 1; k < steps; k += every) for (const run of runs) states.push(...run.state[k]!);
  return states;
};

const maps: Record<string, DiscreteModel> = {
  "a low-rank network": discretize({ scheme: "heun", dt: 0.1 })(
    rateModel({ ...settings, recurrentWeights: lowRank(normals(UNITS, 2, 0.5), normals(UNITS, 2, 0.5)) }),
  ),
  "a network with a formula for activation": discretize({ scheme: "euler", dt: 0.1 })(
    rateModel({ ...settings, activation: { name: "expression", expression: "v / (1 + v^2)" } }),
  ),
  "a leaky network": leakyMap({ ...settings, timeConstants: 1, alpha: 0.3 }),
  "a network under an implicit scheme": discretize({ scheme: "trapezoid", dt: 0.1 })(rateModel(settings)),
  "a gated network": discretize({ scheme: "euler", dt: 1 })(
    gruModel({
      reset: "after",
      updateGate: { input: normals(3, 2, 1), recurrent: normals(3, 3, 1) },
      resetGate: { input: normals(3, 2, 1), recurrent: normals(3, 3, 1) },
      candidate: { input: normals(3, 2, 1), recurrent: normals(3, 3, 1) },
      noise: normals(3, 3, 0.1),
    }),
  ),
};
for (const scheme of [
  "euler",
  "exponential-euler",
  "imex-euler",
  "heun",
  "explicit-midpoint",
  "rk4",
] satisfies SchemeName[]) {
  maps[`a rate network under ${scheme}`] = discretize({ scheme, dt: 0.1 })(rateModel(settings));
  maps[`a current network under ${scheme}`] = discretize({ scheme, dt: 0.1 })(currentModel(settings));
}

describe("trials of a map", () => {
  const steps = 24;
  const every = 3;
  const input = sampleSignals(parseSignals("pulse(from=0.5, to=1.5) + sine(period=1, channel=2)"), {
    steps,
    channels: 2,
    dt: 0.1,
  });

  for (const [name, map] of Object.entries(maps))
    it(`agree with the plain loop: ${name}, noise and input included`, async () => {
      const { t, states } = joined(
        await all(map, { steps, trials: 5, every, seed: 3, input: { values: input, steps, shared: true } }),
      );
      const wanted = plainly(map, 5, steps, every, input, 3);
      expect(states).toHaveLength(wanted.length);
      states.forEach((value, k) => {
        expect(Math.abs(value - wanted[k]!)).toBeLessThan(1e-12);
      });
      expect(t).toHaveLength(8);
      expect(t[7]).toBeCloseTo("dt" in map ? 24 * map.dt : 0, 12);
    });

  it("are the same in one stretch or many", async () => {
    for (const map of [maps["a rate network under rk4"]!, maps["a gated network"]!]) {
      const given = { steps, trials: 2, every, seed: 5, input: { values: input, steps, shared: true } };
      const many = await all(map, { ...given, stretchBytes: 1 });
      expect(many.length).toBe(8);
      expect(joined(many)).toEqual(joined(await all(map, given)));
    }
  });

  it("start where they are told to, each in its own place", async () => {
    const map = maps["a rate network under euler"]!;
    const starts = [0, 1, 2].map((k) => new Float64Array(UNITS).fill(k / 4));
    const { states } = joined(await all(map, { steps: 1, trials: 3, start: starts, seed: 1 }));
    starts.forEach((start, trial) => {
      const alone = simulate(map, { steps: 1, start, seed: 1, trial }).state[0]!;
      for (let i = 0; i < UNITS; i++) expect(states[trial * UNITS + i]).toBeCloseTo(alone[i]!, 13);
    });
  });

  it("take the kernels where they can, and the plain loop elsewhere", () => {
    expect(networkProgram(maps["a rate network under rk4"]!, 0)).toBeDefined();
    expect(networkProgram(maps["a gated network"]!, 0)).toBeUndefined();
    expect(networkProgram(maps["a network under an implicit scheme"]!, 0)).toBeUndefined();
  });

  it("stop where a state leaves every bound, keep what came before and name trial, step and unit", async () => {
    const wild = rateModel({ recurrentWeights: [[100]], activation: "identity" });
    for (const scheme of ["euler", "rosenbrock-euler"] as const) {
      const map = discretize({ scheme, dt: 1 })(wild);
      const stretches = await all(map, { steps: 500, trials: 2, start: [[0], [1]] });
      const { stopped } = stretches.at(-1)!;
      expect(stopped).toMatch(/^step \d+: unit 0 of trial 1 is not finite/);
      const { states } = joined(stretches);
      expect(states.every(Number.isFinite)).toBe(true);
      expect(states.length).toBe(2 * Number(/\d+/.exec(stopped!)![0]));
    }
  });

  it("end when the signal says so", async () => {
    const controller = new AbortController();
    const run = async () => {
      for await (const _ of simulateTrials(maps["a gated network"]!, {
        steps: 1000,
        stretchBytes: 1,
        signal: controller.signal,
      }))
        controller.abort(new Error("enough"));
    };
    await expect(run()).rejects.toThrow("enough");
  });

  it("refuse what does not fit", async () => {
    const map = maps["a gated network"]!;
    await expect(all(map, { steps: 2, trials: 0 })).rejects.toThrow(
      /trials: must be a whole number of at least 1, got 0/,
    );
    await expect(all(map, { steps: 2, trials: 2, start: [[0, 0, 0]] })).rejects.toThrow(
      /one state per trial \(2\), got 1/,
    );
    await expect(all(map, { steps: 2, precision: "f32" })).rejects.toThrow(/f32 runs on the kernels only/);
    await expect(
      all(map, { steps: 2, input: { values: new Float64Array(3), steps: 2, shared: true } }),
    ).rejects.toThrow(/expected 2 samples of 2 channels, got 3 numbers/);
  });
});
