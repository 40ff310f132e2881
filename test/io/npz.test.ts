import { readFileSync } from "node:fs";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { readModel, readNpy, readNpz, writeModel, writeNpy, writeNpz } from "../../src/io/index.js";
import { leakyMap, linearFlow } from "../../src/model/build.js";

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/npz/${name}`, import.meta.url)));
const held = JSON.parse(new TextDecoder().decode(fixture("types.json"))) as Record<
  string,
  { shape: number[]; data: string[] }
>;
const number = (text: string) =>
  text === "inf" ? Number.POSITIVE_INFINITY : text === "nan" ? Number.NaN : Number(text);

/** An NPY array with a header of one's own making. */
const npy = (header: string, content: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const text = new TextEncoder().encode(header);
  return Uint8Array.of(
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    text.length & 255,
    text.length >> 8,
    ...text,
    ...content,
  );
};
const described = (descr: string, shape: string) =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;

describe("an NPZ file", () => {
  it.each(["types.npz", "types-compressed.npz"])("of NumPy, %s, holds what NumPy put there", (file) => {
    const arrays = readNpz(fixture(file));
    expect([...arrays.keys()]).toEqual(Object.keys(held));
    for (const [name, { shape, data }] of Object.entries(held)) {
      expect(arrays.get(name)!.shape, name).toEqual(shape);
      expect(Array.from(arrays.get(name)!.data), name).toEqual(data.map(number));
    }
  });

  it("may hold texts", () => {
    const arrays = readNpz(fixture("texts.npz"));
    expect(arrays.get("text")!.texts).toEqual(["tanh ☃"]);
    expect(arrays.get("big")!.texts).toEqual(["relu"]);
    expect(arrays.get("bytes")!.texts).toEqual(["abc"]);
    expect(arrays.get("list")!.texts).toEqual(["a", "bc"]);
  });

  it("gives back what was written", () => {
    fc.assert(
      fc.property(fc.array(fc.double()), fc.string({ unit: "binary" }), (data, text) => {
        const arrays = readNpz(writeNpz({ x: { data, shape: [1, data.length] }, text }));
        expect(arrays.get("x")!.shape).toEqual([1, data.length]);
        expect(Array.from(arrays.get("x")!.data)).toEqual(data);
        expect(arrays.get("text")!.texts).toEqual([text.replace(/\0+$/, "")]);
      }),
    );
  });

  it("is the same file for the same arrays", () => {
    const arrays = { x: { data: [1, 2] } };
    expect(writeNpz(arrays)).toEqual(writeNpz(arrays));
  });
});

describe("a model in NPZ", () => {
  it("may come from numpy.savez, by the letters of the mathematics", async () => {
    const model = await readModel(fixture("leaky.npz"), { name: "leaky.npz" });
    const arrays = readNpz(fixture("leaky.npz"));
    const rows = (key: string) => {
      const { shape, data } = arrays.get(key)!;
      return { rows: shape[0]!, cols: shape[1]!, data };
    };
    expect(model).toEqual(
      leakyMap({
        name: "leaky",
        recurrentWeights: rows("W"),
        inputWeights: rows("B"),
        bias: arrays.get("b")!.data,
        readout: { weights: rows("C"), bias: [0] },
        activation: "relu",
        alpha: 0.2,
      }),
    );
  });

  it("stores its arrays under the same letters", () => {
    const flow = linearFlow({
      stateMatrix: [
        [1, 2],
        [3, 4],
      ],
      inputMatrix: [[5], [6]],
    });
    const arrays = readNpz(writeModel(flow, "npz"));
    expect(arrays.get("A")).toEqual({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
    expect(arrays.get("B")).toEqual({ shape: [2, 1], data: Float64Array.of(5, 6) });
  });

  it.each<[string, Parameters<typeof writeNpz>[0], string]>([
    ["no weights", { x: { data: [1] } }, "expected recurrent weights W (or M and N, A, Wz, Wi), found x"],
    ["a flat matrix", { W: { data: [1, 2] } }, "recurrentWeights: expected a matrix in self.npz[W], got 2"],
    [
      "a bias of the wrong length",
      { W: { data: [1], shape: [1, 1] }, b: { data: [1, 2] } },
      "bias: expected 1 entries, got 2",
    ],
    [
      "an activation that is a number",
      { W: { data: [1], shape: [1, 1] }, activation: { data: [1], shape: [] } },
      "activation: expected a text",
    ],
    [
      "a list of steps for one",
      { W: { data: [1], shape: [1, 1] }, alpha: { data: [1, 2] } },
      "alpha: expected one text or number",
    ],
    ["text for weights", { W: "abc" }, 'expected numbers in "W", got text'],
    ["a broken document", { rubato: "{" }, "expected JSON"],
    [
      "a document that refers elsewhere",
      { rubato: '{"rubato":1,"kind":"continuous","form":"rate","recurrentWeights":{"npz":"x.npz","key":"W"}}' },
      "x.npz: other files cannot be read from here",
    ],
  ])("with %s is refused", async (_title, arrays, message) => {
    const error = await readModel(writeNpz(arrays), { name: "net.npz" }).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/^net\.npz: /);
    expect((error as Error).message).toContain(message);
  });
});

describe("an NPY array is refused", () => {
  it.each<[string, Uint8Array, string]>([
    ["of objects", npy(described("|O", "(2,)"), new Uint8Array(16)), "pickles and are not read"],
    [
      "of records",
      npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }\n", new Uint8Array(8)),
      "records are not supported",
    ],
    ["of complex numbers", npy(described("<c16", "(1,)"), new Uint8Array(16)), "unknown NPY type, got <c16"],
    [
      "that is too short",
      npy(described("<f8", "(2,)"), new Uint8Array(15)),
      "expected 16 bytes for shape (2) of f8, got 15",
    ],
    ["that is too long", npy(described("<f8", "(2,)"), new Uint8Array(17)), "got 17"],
    ["of huge size", npy(described("<f8", "(99999999999, 99999999999)")), "expected at most"],
    ["of too many axes", npy(described("<f8", `(${"1, ".repeat(40)})`), new Uint8Array(8)), "expected at most"],
    ["with a negative size", npy(described("<f8", "(-1,)")), "expected an NPY header with descr"],
    ["with no header", npy("nonsense"), "expected an NPY header with descr"],
    [
      "of another version",
      Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0, 0, 0),
      "expected NPY version 1 to 3, got 9",
    ],
    ["that is something else", new Uint8Array(64), "expected an NPY array"],
    ["with an impossible letter", npy(described("<U1", "()"), Uint8Array.of(255, 255, 255, 255)), "code point"],
  ])("%s", (_title, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(InputError);
    expect(() => readNpy(bytes)).toThrow(message);
  });

  it("in an NPZ file of pickles, by name", () => {
    expect(() => readNpz(fixture("objects.npz"))).toThrow("W: arrays of Python objects are pickles and are not read");
  });

  it("where an archive is packed in a way that is not known, or twice", () => {
    const bytes = zipSync({ "x.npy": [writeNpy([1, 2, 3]), { level: 9 }] });
    const strange = bytes.slice();
    const at = strange.findLastIndex((byte, k) => byte === 0x50 && strange[k + 1] === 0x4b && strange[k + 2] === 1);
    strange[at + 10] = 12;
    expect(() => readNpz(strange)).toThrow("x.npy: expected a stored or deflated file, got compression method 12");
  });
});
