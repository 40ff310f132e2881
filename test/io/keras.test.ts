import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { readModel } from "../../src/io/index.js";
import { mapOf } from "../../src/model/bind.js";
import type { SchemeMap } from "../../src/model/model.js";
import { readoutOf } from "../../src/model/readout.js";
import { denseWeights } from "../../src/model/weights.js";
import { array, config, dense, hdf5, kerasFile, simpleRnn, type WrittenLayer } from "./keras-writer.js";

const folder = new URL("../fixtures/keras/", import.meta.url);
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const open = async (bytes: Uint8Array, name = "file.hdf5") => (await readModel(bytes, { name })) as SchemeMap;

const complaint = async (bytes: Uint8Array): Promise<string> => {
  const error = await readModel(bytes, { name: "file.hdf5" }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
};

interface Reference {
  readonly input: number[][];
  readonly state: number[][];
  readonly output: number[][];
}
const reference = JSON.parse(readFileSync(new URL("reference.json", folder), "utf8")) as Record<string, Reference>;

describe("a Keras file", () => {
  it.each(Object.entries(reference))("%s does what NumPy makes of it on row vectors", async (name, expected) => {
    const model = await open(fixture(name), name);
    const map = mapOf(model);
    const readout = readoutOf(model)!;
    const h = new Float64Array(model.units);
    expected.input.forEach((u, k) => {
      map.step(h.slice(), Float64Array.from(u), h);
      expected.state[k]!.forEach((value, i) => {
        expect(h[i]).toBeCloseTo(value, 13);
      });
      expected.output[k]!.forEach((value, i) => {
        expect(readout(h)[i]).toBeCloseTo(value, 13);
      });
    });
  });

  it("is read as forward Euler at dt = tau of the rate form, its weights turned to act on columns", async () => {
    const rnn = simpleRnn(3, 2);
    const model = await open(await kerasFile([rnn, dense(3, 2)]), "folder/net.hdf5");
    expect(model).toMatchObject({ kind: "discrete", form: "scheme", scheme: "euler", dt: 1, units: 3, inputs: 2 });
    expect(model).toMatchObject({ name: "net", parent: { form: "rate", activation: "tanh" } });
    if (model.parent.form !== "rate") throw new Error("not a rate model");
    const { recurrent_kernel, kernel } = rnn.weights;
    const W = denseWeights(model.parent.recurrentWeights);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) expect(W.data[i * 3 + j]).toBe(recurrent_kernel!.data[j * 3 + i]);
      for (let j = 0; j < 2; j++) expect(model.parent.inputWeights.data[i * 2 + j]).toBe(kernel!.data[j * 3 + i]);
    }
    expect(model.readout?.weights).toMatchObject({ rows: 2, cols: 3 });
  });

  it("may lack bias, readout and configuration", async () => {
    const { bias: _bias, ...weights } = simpleRnn().weights;
    const model = await open(await kerasFile([{ name: "any", weights }]));
    expect(model.readout).toBeUndefined();
    expect(model.parent).toMatchObject({ bias: new Float64Array(3) });
    expect(model.provenance[0]?.settings).toMatchObject({ assumedActivation: "tanh" });
  });

  it.each<[unknown, unknown]>([
    ["relu", "relu"],
    ["linear", "identity"],
    ["hard_sigmoid", { name: "hard-sigmoid", slope: 1 / 6 }],
    [
      { class_name: "LeakyReLU", config: { negative_slope: 0.1 } },
      { name: "leaky-relu", slope: 0.1 },
    ],
    [{ module: "builtins", class_name: "function", config: "softsign", registered_name: "function" }, "softsign"],
  ])("has the activation %j", async (written, expected) => {
    const text = config(["SimpleRNN", { name: "simple_rnn", activation: written }]);
    expect((await open(await kerasFile([simpleRnn()], text))).parent).toMatchObject({ activation: expected });
  });

  it("names a nonlinear readout in its provenance", async () => {
    const model = await open(fixture("keras3-model.h5"));
    expect(model.provenance[0]?.settings).toMatchObject({ readout: "dense", readoutActivation: "sigmoid" });
  });

  it("may cut long lists of names in parts", async () => {
    const { kernel, recurrent_kernel } = simpleRnn().weights;
    const bytes = await hdf5((file) => {
      file.create_attribute("layer_names0", ["simple_rnn"]);
      const group = file.create_group("simple_rnn");
      group.create_attribute("weight_names0", ["kernel:0"]);
      group.create_attribute("weight_names1", ["recurrent_kernel:0"]);
      group.create_dataset({ name: "kernel:0", data: kernel!.data, shape: [2, 3] });
      group.create_dataset({ name: "recurrent_kernel:0", data: recurrent_kernel!.data, shape: [3, 3] });
    });
    expect((await open(bytes)).units).toBe(3);
  });
});

describe("a Keras file that cannot be read says what was found and what was expected", () => {
  const layer = (name: string, weights: WrittenLayer["weights"]): WrittenLayer => ({ name, weights });
  const rnn = simpleRnn();
  const nan = { data: Float32Array.of(1, Number.NaN, 0, 1, 1, 1), shape: [2, 3] };

  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      "weights are missing",
      () => kerasFile([layer("simple_rnn", {}), layer("dense", {})], config(["SimpleRNN", { name: "simple_rnn" }])),
      'expected weights of layer "simple_rnn", found none',
    ],
    [
      "nothing is there",
      () => kerasFile([]),
      "expected one SimpleRNN and at most one Dense readout behind it, found no weights",
    ],
    [
      "it holds an LSTM",
      () => kerasFile([layer("lstm", { kernel: array(2, 12), recurrent_kernel: array(3, 12), bias: array(12) })]),
      'found LSTM "lstm"',
    ],
    [
      "it holds a GRU",
      () => kerasFile([rnn], config(["GRU", { name: "simple_rnn" }], ["Dense", { name: "dense" }])),
      'found GRU "simple_rnn", Dense "dense"',
    ],
    [
      "two are stacked",
      () => kerasFile([rnn, { ...rnn, name: "simple_rnn_1" }]),
      'found SimpleRNN "simple_rnn", SimpleRNN "simple_rnn_1"',
    ],
    [
      "a Dense layer stands before",
      () => kerasFile([dense(), rnn], config(["Dense", { name: "dense" }], ["SimpleRNN", { name: "simple_rnn" }])),
      'found Dense "dense", SimpleRNN "simple_rnn"',
    ],
    [
      "a weight is NaN",
      () => kerasFile([layer("simple_rnn", { ...rnn.weights, kernel: nan })]),
      "/model_weights/simple_rnn/kernel: entry 1 is not finite, got NaN",
    ],
    [
      "recurrent weights are not square",
      () => kerasFile([layer("simple_rnn", { ...rnn.weights, recurrent_kernel: array(3, 2) })]),
      "expected shape 3 x 3, got 3 x 2",
    ],
    [
      "the kernel does not fit",
      () => kerasFile([layer("simple_rnn", { ...rnn.weights, kernel: array(2, 4) })]),
      "expected shape any x 3, got 2 x 4",
    ],
    [
      "the readout does not fit",
      () => kerasFile([rnn, dense(4)]),
      "/model_weights/dense/kernel: expected shape 3 x any, got 4 x 1",
    ],
    [
      "units disagree with the configuration",
      () => kerasFile([rnn], config(["SimpleRNN", { name: "simple_rnn", units: 7 }])),
      "expected 7 units as in model_config, got 3",
    ],
    [
      "the activation is unknown",
      () => kerasFile([rnn], config(["SimpleRNN", { name: "simple_rnn", activation: "snake" }])),
      'activation: unknown name, got "snake"',
    ],
    ["the configuration is no JSON", () => kerasFile([rnn], "{"), "model_config: expected JSON"],
    [
      "a listed dataset is missing",
      () =>
        hdf5((file) => {
          file.create_attribute("layer_names", ["a"]);
          file.create_group("a").create_attribute("weight_names", ["a/kernel:0"]);
        }),
      "/a: weights a/kernel:0 are listed but missing",
    ],
    [
      "a dataset lies in another file",
      () =>
        hdf5((file) => {
          file.create_attribute("layer_names", ["a"]);
          const group = file.create_group("a");
          group.create_attribute("weight_names", ["kernel"]);
          group.create_external_link("/etc/other.h5", "/kernel", "kernel");
        }),
      "/a/kernel: links to elsewhere are not followed",
    ],
    [
      "it is another HDF5 file",
      () => hdf5((file) => file.create_dataset({ name: "trajectory", data: new Float64Array(3) })),
      'expected a Keras model (layer_names or a group "layers"), found trajectory',
    ],
  ])("where %s", async (_title, write, message) => {
    const text = await complaint(await write());
    expect(text.startsWith("file.hdf5: ")).toBe(true);
    expect(text).toContain(message);
    expect(text.match(/file\.hdf5/g)).toHaveLength(1);
    expect(text).not.toContain("\n");
  });

  it("where it is truncated, with the size it should have", async () => {
    const bytes = await kerasFile([rnn]);
    const half = bytes.length >> 1;
    expect(await complaint(bytes.subarray(0, half))).toBe(
      `file.hdf5: truncated HDF5 file, expected ${bytes.length} bytes, got ${half}`,
    );
  });

  it("where it is no HDF5 at all", async () => {
    expect(await complaint(strToU8("MIT License"))).toContain(
      "file.hdf5: expected a model (Rubato model file, Keras HDF5, Keras archive, NPZ), got a file that starts with",
    );
    expect(await complaint(new Uint8Array(0))).toContain("got an empty file");
  });

  it("where an archive lacks its configuration", async () => {
    const bytes = zipSync({ "model.weights.h5": fixture("keras3.weights.h5") });
    expect(await complaint(bytes)).toBe("file.hdf5: expected config.json in the archive, found none");
  });
});
