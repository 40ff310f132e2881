import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { modelToText, parseModel, readModel, writeModel, writeNpz } from "../../src/io/index.js";
import { rateModel } from "../../src/model/build.js";
import { discretize, euler } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { rescale, warp } from "../../src/operators/rescale.js";
import { anyModel } from "./arbitrary-models.js";

const base = {
  rubato: 1,
  kind: "continuous",
  form: "rate",
  recurrentWeights: [
    [1, 2],
    [3, 4],
  ],
} as const;
const { recurrentWeights: _W, ...unweighted } = base;

const complaint = (source: unknown): string => {
  try {
    parseModel(source, { name: "model.rubato.json" });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("was read");
};

describe("a model written and read again", () => {
  it("is the same to the last bit, in JSON", () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        deepStrictEqual(parseModel(modelToText(model)), model);
      }),
      { numRuns: 400 },
    );
  });

  it("is the same to the last bit, in NPZ", async () => {
    await fc.assert(
      fc.asyncProperty(anyModel, async (model) => {
        deepStrictEqual(await readModel(writeModel(model, "npz"), { name: "net.npz" }), model);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps its history through operators", () => {
    const flow = rateModel({
      name: "pair",
      recurrentWeights: [
        [0.1, -0.7],
        [1.3, 0.2],
      ],
      inputWeights: [[1], [0]],
    });
    const map = discretize(euler({ dt: 0.1 }))(rescale(2)(flow));
    for (const model of [map, linearize(at.fixedPoint())(map), linearize(at.origin)(flow)])
      deepStrictEqual(parseModel(modelToText(model)), model);
  });

  it("keeps -0 and the smallest and largest doubles", () => {
    const bias = [-0, Number.MIN_VALUE, Number.MAX_VALUE, 0.1 + 0.2];
    const model = rateModel({ recurrentWeights: Array.from({ length: 4 }, () => [0, 0, 0, -0]), bias });
    deepStrictEqual(parseModel(modelToText(model), { name: "network" }), model);
  });

  it("is refused where a time warp made of functions would have to be written", () => {
    const flow = rateModel({ recurrentWeights: [[0]] });
    const warped = warp({ name: "even", time: (theta) => theta, slope: () => 1 })(flow);
    expect(() => modelToText(warped)).toThrow("network: a time warp made of functions cannot be written to a file");
    expect(() => modelToText(discretize(euler({ dt: 0.1 }))(warped))).toThrow(InputError);
  });
});

describe("a model file", () => {
  it("may give a vanilla or leaky network by alpha", () => {
    const leaky = parseModel({ ...base, kind: "discrete", alpha: 0.2 });
    expect(leaky).toMatchObject({ kind: "discrete", form: "scheme", scheme: "euler", dt: 0.2 });
    const exact = parseModel({ ...base, kind: "discrete", alpha: 0.2, readAs: "exponential-euler" });
    expect(exact).toMatchObject({ scheme: "exponential-euler", dt: -Math.log1p(-0.2) });
  });

  it("may give a warp as a table", () => {
    const model = parseModel({
      rubato: 1,
      kind: "continuous",
      form: "warped",
      warp: { own: [0, 1, 2], parent: [0, 2, 4] },
      original: base,
    });
    expect(model).toMatchObject({ form: "warped", units: 2 });
    expect(model.form === "warped" && model.warp.time(0.5)).toBeCloseTo(1, 12);
  });

  it("takes its name from the file where it has none", () => {
    expect(parseModel(base, { name: "folder/pair.rubato.json" }).name).toBe("pair");
  });

  it("may refer to arrays in a file beside it", async () => {
    const weights = writeNpz({ W: { data: [1, 2, 3, 4], shape: [2, 2] }, tau: { data: [2], shape: [] } });
    const source = {
      ...unweighted,
      recurrentWeights: { npz: "weights.npz", key: "W" },
      timeConstants: { npz: "weights.npz", key: "tau" },
    };
    const asked: string[] = [];
    const model = await readModel(new TextEncoder().encode(JSON.stringify(source)), {
      name: "m.json",
      resolve: async (name) => {
        asked.push(name);
        return weights;
      },
    });
    expect(asked).toEqual(["weights.npz"]);
    expect(model).toEqual(parseModel({ ...base, timeConstants: 2 }, { name: "m" }));
  });

  it("never asks for a file of another folder", async () => {
    for (const npz of ["../secret.npz", "/etc/x.npz", "C:x.npz", "a\\b.npz", "..", ".hidden.npz", "x.txt"]) {
      const source = { ...unweighted, recurrentWeights: { npz, key: "W" } };
      const read = readModel(new TextEncoder().encode(JSON.stringify(source)), {
        name: "m.json",
        resolve: () => expect.unreachable(),
      });
      await expect(read).rejects.toThrow("m.json: recurrentWeights.npz: expected the plain name of an .npz file");
    }
  });
});

describe("what is wrong with a model file is said in one line", () => {
  it.each<[unknown, string]>([
    [
      {
        ...base,
        recurrentWeights: [
          [1, 2, 3],
          [1, 2],
          [1, 2, 3],
        ],
      },
      "recurrentWeights[1]: expected 3 numbers, got 2",
    ],
    [{ ...unweighted, recurrentWeigths: [[1]] }, 'unknown field "recurrentWeigths", did you mean "recurrentWeights"?'],
    [unweighted, 'missing field "recurrentWeights"'],
    [
      { ...base, kind: "discreet" },
      'kind: expected "continuous" or "discrete", got "discreet", did you mean "discrete"?',
    ],
    [
      {
        ...base,
        recurrentWeights: [
          [1, "x"],
          [0, 0],
        ],
      },
      'recurrentWeights[0][1]: expected a number, got "x"',
    ],
    [{ ...base, recurrentWeights: [[1, 2]] }, "recurrentWeights: expected a 1 x 1 matrix, got 1 x 2"],
    [
      { ...base, recurrentWeights: { left: [[1]], rigth: [[1]] } },
      'recurrentWeights: unknown field "rigth", did you mean "right"?',
    ],
    [
      { ...base, recurrentWeights: { magnitudes: [[1]], signs: [2] } },
      "recurrentWeights: sign of unit 0 must be 1 or -1, got 2",
    ],
    [
      { ...base, recurrentWeights: { magnitudes: [[1]], signs: [1, 1] } },
      "recurrentWeights.signs: expected 1 entries, got 2",
    ],
    [{ ...base, activation: { name: "tanh", slop: 1 } }, 'activation: unknown field "slop", did you mean "slope"?'],
    [{ ...base, bias: [1] }, "bias: expected 2 entries, got 1"],
    [{ ...base, timeConstants: 0 }, "timeConstants: entry [0] must be positive, got 0"],
    [{ ...base, rubato: 2 }, "rubato: expected version 1 of the model file, got 2"],
    [{ ...base, kind: "discrete" }, "dt: a discrete model needs scheme and dt, or alpha"],
    [{ ...base, kind: "discrete", alpha: 0.2, dt: 1 }, "alpha: is the step in units of tau, but dt is given too"],
    [{ ...base, kind: "discrete", scheme: "eler", dt: 1 }, 'got "eler", did you mean "euler"?'],
    [{ ...base, kind: "discrete", scheme: "euler", dt: -1 }, "dt: expected a positive number, got -1"],
    [{ ...base, parent: { ...base, biass: [1, 2] } }, 'parent: unknown field "biass", did you mean "bias"?'],
    [{ ...base, parent: { ...base, bias: [1] } }, "parent.bias: expected 2 entries, got 1"],
    [{ ...base, readout: { weights: [[1, 2, 3]] } }, "readout.weights: expected a 1 x 2 matrix, got 1 x 3"],
    [{ rubato: 1, kind: "continuous", form: "equations", variables: ["x"], equations: ["-y"] }, "equations: "],
    [{ ...base, recurrentWeights: { npz: "a.npz", key: "W" } }, "a.npz: other files cannot be read from here"],
    [[], "expected an object, got a list of 0"],
    [null, "expected an object, got null"],
    ['{"rubato": 1, ', "expected JSON, got other or truncated text"],
  ])("%j", (source, message) => {
    const text = complaint(source);
    expect(text.startsWith("model.rubato.json: ")).toBe(true);
    expect(text).toContain(message);
    expect(text).not.toContain("\n");
  });
});
