/**
 * Models in NPZ: the arrays under the letters of the mathematics, everything else as the text of a model file.
 *
 * `numpy.savez("net.npz", W=W, B=B, b=b, C=C, d=d, activation="tanh", alpha=0.2)` is a model; what Rubato writes also holds
 * `rubato`, a model file whose arrays are references to the ones beside it, so that nothing is lost.
 */
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import type { ModelFormat } from "./format.js";
import { printJson } from "./model-file/print.js";
import { modelToJson, parseModel } from "./model-file.js";
import type { NpyArray } from "./npy.js";
import { type NpzValue, readNpz, writeNpz } from "./npz.js";
import { listed, within } from "./subject.js";
import { matchesZip } from "./zip.js";

/** Name under which the arrays of the file itself are referred to. */
const ITSELF = "self.npz";
const DOCUMENT = "rubato";

/** Where each array stands in a model file, by its name in NPZ. */
const PLACES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    W: "recurrentWeights",
    M: "recurrentWeights.left",
    N: "recurrentWeights.right",
    magnitudes: "recurrentWeights.magnitudes",
    signs: "recurrentWeights.signs",
    B: "inputWeights",
    b: "bias",
    C: "readout.weights",
    d: "readout.bias",
    tau: "timeConstants",
    leak: "leak",
    gain: "gain",
    Sigma: "noise",
    A: "stateMatrix",
    c: "offset",
    p: "point",
    q: "inputPoint",
    S: "inputSlopeMatrix",
    leakRates: "leakRates",
    ...gate("z", "updateGate"),
    ...gate("r", "resetGate"),
    ...gate("n", "candidate"),
    bhn: "candidate.recurrentBias",
    ...gate("i", "inputGate"),
    ...gate("f", "forgetGate"),
    ...gate("g", "cellGate"),
    ...gate("o", "outputGate"),
  }).map(([key, place]) => [key, place.split(".")]),
);

/** The same for a linear model, whose B is the input matrix. */
const LINEAR_PLACES: typeof PLACES = new Map([...PLACES, ["B", ["inputMatrix"]]]);

/** Fields that are one number or one text. */
const SCALARS = ["kind", "form", "name", "timeUnit", "scheme", "dt", "alpha", "readAs", "activation", "reset"] as const;

function gate(letter: string, field: string): Record<string, string> {
  return { [`B${letter}`]: `${field}.input`, [`W${letter}`]: `${field}.recurrent`, [`b${letter}`]: `${field}.bias` };
}

type Tree = { [field: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

const place = (tree: Tree, path: readonly string[], value: unknown): void => {
  const [field, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) tree[field] = value;
  else {
    if (!isTree(tree[field])) tree[field] = {};
    place(tree[field] as Tree, rest, value);
  }
};

const taken = (tree: Tree, [field, ...rest]: readonly string[]): unknown => {
  const value = tree[field!];
  return rest.length === 0 ? value : isTree(value) ? taken(value, rest) : undefined;
};

/** A list of numbers, or rows of numbers with at least one row. */
const asNpz = (value: unknown): NpzValue | undefined => {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (!value.every(Array.isArray)) return { data: value as number[] };
  const rows = value as number[][];
  return { shape: [rows.length, rows[0]!.length], data: rows.flat() };
};

/** A model as an NPZ file. Throws an `InputError` for time warps. */
export const modelToNpz = (model: Model): Uint8Array => {
  const document: Tree = { ...modelToJson(model) };
  const arrays: Record<string, NpzValue> = {};
  for (const [key, path] of model.form === "linear" ? LINEAR_PLACES : PLACES) {
    const array = asNpz(taken(document, path));
    if (array === undefined) continue;
    arrays[key] = array;
    place(document, path, { npz: ITSELF, key });
  }
  return writeNpz({ ...arrays, [DOCUMENT]: printJson(document) });
};

const scalarOf = (key: string, { shape, data, texts }: NpyArray): string | number => {
  const value = texts ? texts[0] : data[0];
  if (shape.length > 0 || value === undefined)
    throw new InputError(`${key}: expected one text or number, got shape (${shape.join(", ")})`);
  return value;
};

/** The model file that arrays without one amount to. */
const documentOf = (arrays: ReadonlyMap<string, NpyArray>): Tree => {
  const document: Tree = { rubato: 1 };
  for (const key of SCALARS) {
    const array = arrays.get(key);
    if (array) document[key] = scalarOf(key, array);
  }
  const linear = arrays.has("A");
  for (const [key, path] of linear ? LINEAR_PLACES : PLACES)
    if (arrays.has(key)) place(document, path, { npz: ITSELF, key });
  const recurrent = ["W", "M", "A", "magnitudes", "Wz", "Wi"].some((key) => arrays.has(key));
  if (!recurrent)
    throw new InputError(`expected recurrent weights W (or M and N, A, Wz, Wi), found ${listed([...arrays.keys()])}`);
  document.form ??= linear ? "linear" : arrays.has("Wz") ? "gru" : arrays.has("Wi") ? "lstm" : "rate";
  const discrete = ["alpha", "dt", "scheme", "Wi"].some((key) => arrays.has(key));
  document.kind ??= discrete ? "discrete" : "continuous";
  return document;
};

/** Models in NPZ. */
export const npzFormat: ModelFormat = {
  title: "NPZ",
  matches: matchesZip,
  open: async (bytes, { name }) => {
    const arrays = within(name, () => readNpz(bytes));
    const text = arrays.get(DOCUMENT);
    const source = within(name, () => (text ? scalarOf(DOCUMENT, text) : documentOf(arrays)));
    return parseModel(source, { name, arrays: new Map([[ITSELF, arrays]]) });
  },
};
