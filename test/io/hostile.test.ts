import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { parseModel, readModel, writeModel, writeNpy, writeNpz } from "../../src/io/index.js";
import { leakyMap, lstmMap, rateModel } from "../../src/model/build.js";
import { denseWeights } from "../../src/model/weights.js";
import { hdf5, kerasFile, simpleRnn } from "./keras-writer.js";

const SECONDS = 5;

/** Reads; whatever comes of it, it comes soon, and as a model or an `InputError` that names the file. */
const outcome = async (bytes: Uint8Array): Promise<string> => {
  const start = performance.now();
  const result = await readModel(bytes, { name: "hostile" }).then(
    () => "read",
    (error: unknown) => {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toMatch(/^hostile: /);
      expect(error.message.length).toBeLessThan(1000);
      return error.message;
    },
  );
  expect((performance.now() - start) / 1000).toBeLessThan(SECONDS);
  return result;
};

/** Numbers in [0, 1) that are the same in every run. */
const sequence = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

const fixture = (path: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));

const small = leakyMap({
  alpha: 0.5,
  recurrentWeights: [
    [0.1, -0.7],
    [1.3, 0.2],
  ],
  inputWeights: [[1], [2]],
  readout: { weights: [[1, 1]] },
});
const gate = { input: [[1]], recurrent: [[2]] };
const memory = lstmMap({ inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate });

const corpus: Readonly<Record<string, Uint8Array>> = {
  "a model file": writeModel(memory, "json"),
  "an NPZ of Rubato": writeModel(small, "npz"),
  "an NPZ of NumPy": fixture("npz/leaky.npz"),
  "a Keras model": fixture("keras/keras3-model.h5"),
  "Keras weights": fixture("keras/keras2-weights.hdf5"),
  "a Keras archive": fixture("keras/keras3.keras"),
};

describe.each(Object.entries(corpus))("%s", (_name, bytes) => {
  it("is refused where it is cut off, wherever that is", async () => {
    for (let k = 0; k < 64; k++) {
      const end = Math.min(Math.floor((k * bytes.length) / 64), bytes.length - 3);
      expect(await outcome(bytes.subarray(0, end)), `cut at ${k}/64`).not.toBe("read");
    }
  });

  it("with flipped bits is read or refused", async () => {
    const random = sequence(20240607);
    for (let k = 0; k < 150; k++) {
      const copy = bytes.slice();
      for (let flips = 1 + Math.floor(4 * random()); flips > 0; flips--)
        copy[Math.floor(copy.length * random())]! ^= 1 << Math.floor(8 * random());
      await outcome(copy);
    }
  });

  it("with stretches of zeros, of ones or of itself is read or refused", async () => {
    const random = sequence(19770301);
    for (let k = 0; k < 90; k++) {
      const copy = bytes.slice();
      const start = Math.floor(copy.length * random());
      const length = 1 + Math.floor(24 * random());
      if (k % 3 === 2) copy.copyWithin(start, Math.floor(copy.length * random()), Math.floor(copy.length * random()));
      else copy.fill(k % 3 === 0 ? 0 : 255, start, start + length);
      await outcome(copy);
    }
  });
});

describe("an archive", () => {
  it("has a checksum for every file, so that no flipped bit in the weights gets through", async () => {
    const bytes = writeNpz({ W: { data: Float64Array.from({ length: 400 }, (_, k) => Math.sin(k)), shape: [20, 20] } });
    for (let k = 0; k < 100; k++) {
      const copy = bytes.slice();
      copy[200 + 20 * k]! ^= 1;
      expect(await outcome(copy)).not.toBe("read");
    }
  });

  it("that would unpack to more than a gibibyte is refused before it is unpacked", async () => {
    const zeros = new Uint8Array(2 ** 20);
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, k) => [`x${k}.npy`, [zeros, { level: 9 }] as const]),
    );
    const bytes = zipSync(files as never);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 46 < bytes.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 2 ** 28, true);
    expect(await outcome(bytes)).toContain("expected at most 1073741824 bytes when unpacked, got more");
  });

  it("that states a smaller size than it unpacks to is refused", async () => {
    const bytes = zipSync({ "W.npy": [writeNpy(new Float64Array(2 ** 17), [512, 256]), { level: 9 }] });
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 46 < bytes.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 128, true);
    expect(await outcome(bytes)).toContain("W.npy does not have its checksum");
  });

  it("with too many files is refused", async () => {
    const empty = new Uint8Array(0);
    const bytes = zipSync(Object.fromEntries(Array.from({ length: 5000 }, (_, k) => [`${k}.npy`, empty])));
    expect(await outcome(bytes)).toContain("expected at most 4096 files in the archive, got 5000");
  });

  it("within an archive is not opened", async () => {
    expect(await outcome(zipSync({ "a.npz": writeNpz({ W: { data: [1], shape: [1, 1] } }) }))).toContain(
      "expected recurrent weights W",
    );
  });
});

describe("a model file", () => {
  const text = (source: string) => outcome(new TextEncoder().encode(source));
  const base = '"rubato":1,"kind":"continuous","form":"rate","recurrentWeights":[[1]]';

  it("that is nested too deeply is refused", async () => {
    expect(await text(`{${base},"parent":${"[".repeat(1e6)}`)).toContain("expected JSON");
    expect(await text(`{${base},"parent":${"[".repeat(5000)}${"]".repeat(5000)}}`)).toContain("64 levels of nesting");
    expect(await text(`${`{${base},"parent":`.repeat(70)}1${"}".repeat(70)}`)).toContain("64 levels of nesting");
  });

  it("that refers to itself is refused", () => {
    const model: Record<string, unknown> = { rubato: 1, kind: "continuous", form: "rate", recurrentWeights: [[1]] };
    model.parent = model;
    expect(() => parseModel(model)).toThrow(InputError);
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])(
    "with a field %s is refused and changes nothing",
    async (key) => {
      expect(await text(`{${base},"${key}":{"polluted":1}}`)).toContain(`unknown field "${key}"`);
      expect(await text(`{${base},"readout":{"weights":[[1]],"${key}":{"polluted":1}}}`)).toContain("unknown field");
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it("with __proto__ in its history is read without it, and changes nothing", async () => {
    const history = '"provenance":[{"operator":"x","settings":{"a":{"__proto__":{"polluted":1}}}}]';
    await text(`{${base},${history}}`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(
      await text(`{${base},"provenance":[{"operator":"x","settings":{"__proto__":{"polluted":1}}}]}`),
    ).not.toContain("TypeError");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each<[string, string]>([
    [`{${base},"bias":[1e999]}`, "bias: entry [0] is not finite, got Infinity"],
    [`{${base},"bias":[NaN]}`, "expected JSON"],
    [`{${base},"noise":[]}`, "noise"],
    [`{${base},"readout":{"weights":[]}}`, "readout"],
    [
      '{"rubato":1,"kind":"continuous","form":"rate","recurrentWeights":[]}',
      "recurrentWeights: expected at least one unit",
    ],
    ['{"rubato":1,"kind":"continuous","form":"rate","recurrentWeights":[[]]}', "recurrentWeights"],
    [
      '{"rubato":1,"kind":"continuous","form":"rate","recurrentWeights":{"left":[[]],"right":[[]]},"bias":[1,2]}',
      "bias",
    ],
    [
      '{"rubato":1,"kind":"continuous","form":"linear","stateMatrix":[]}',
      "expected a model of at least one unit, got none",
    ],
    [
      `{"rubato":1,"kind":"continuous","form":"equations","variables":["x"],"equations":["${"(".repeat(1e5)}x"]}`,
      "equations",
    ],
    [
      `{"rubato":1,"kind":"continuous","form":"equations","variables":["x"],"equations":["${"-".repeat(1e5)}x"]}`,
      "equations",
    ],
    [
      '{"rubato":1,"kind":"continuous","form":"equations","variables":["x","x"],"equations":["x","x"]}',
      "declared twice",
    ],
    [`{${base},"activation":{"name":"expression","expression":"${"sin(".repeat(1e4)}v"}}`, "expression"],
    [`{${base},"activation":"${"x".repeat(1e6)}"}`, "activation"],
    ["\u0000\u0001", "expected a model"],
    ["{}", "kind"],
  ])("with content %# is refused", async (source, message) => {
    expect(await text(source)).toContain(message);
  });

  it("that is not UTF-8 is refused", async () => {
    expect(await outcome(Uint8Array.of(0x7b, 0x22, 0xff, 0xfe))).toContain("expected JSON in UTF-8");
  });

  it("of a thousand units is read within seconds", async () => {
    const data = Float64Array.from({ length: 1e6 }, (_, k) => Math.sin(k));
    const model = rateModel({ recurrentWeights: { rows: 1000, cols: 1000, data } });
    const again = await readModel(writeModel(model, "json"), { name: "large" });
    if (again.form !== "rate") throw new Error("not a rate model");
    expect(denseWeights(again.recurrentWeights).data.every((value, k) => value === data[k])).toBe(true);
  });
});

describe("an HDF5 file", () => {
  it("whose text heap would never end is refused before the library reads it", async () => {
    const bytes = await kerasFile([simpleRnn()]);
    const at = bytes.findIndex((_, k) => new TextDecoder().decode(bytes.subarray(k, k + 4)) === "GCOL");
    bytes.fill(0, at + 16, at + 32);
    expect(await outcome(bytes)).toContain("has an object of impossible size 0");
  });

  it("that states more numbers than it can hold is refused before they are allocated", async () => {
    const bytes = await hdf5((file) => {
      file.create_attribute("layer_names", ["a"]);
      const group = file.create_group("a");
      group.create_attribute("weight_names", ["recurrent_kernel"]);
      group.create_dataset({
        name: "recurrent_kernel",
        data: new Float32Array(1),
        shape: [1, 1],
        maxshape: [null, null],
        chunks: [1, 1],
      });
      (group.get("recurrent_kernel") as unknown as { resize: (shape: number[]) => void }).resize([2 ** 20, 2 ** 20]);
    });
    expect(await outcome(bytes)).toContain("got shape 1048576 x 1048576");
  });

  it("is still read after many that were damaged", async () => {
    const good = fixture("keras/keras3-model.h5");
    const bad = good.slice();
    bad.fill(255, 600, 1200);
    for (let k = 0; k < 20; k++) expect(await outcome(bad)).not.toBe("read");
    expect(await outcome(good)).toBe("read");
  });
});
