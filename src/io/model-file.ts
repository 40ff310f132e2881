/**
 * Rubato's own model file, `*.rubato.json`: `{"rubato": 1, "kind": …, "form": …, …}` with words for field names.
 *
 * Arrays are nested lists, or `{"npz": "file.npz", "key": "W"}` for an array in a file beside this one.
 */
import * as v from "valibot";
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import type { ModelFormat } from "./format.js";
import { modelToJson } from "./model-file/data.js";
import { describeIssue } from "./model-file/issue.js";
import type { FindArray } from "./model-file/numbers.js";
import { modelOf } from "./model-file/parse.js";
import { printJson } from "./model-file/print.js";
import { type ModelData, modelSchema, NEIGHBOR } from "./model-file/schema.js";
import type { NpyArray } from "./npy.js";
import { readNpz } from "./npz.js";
import { stem, within } from "./subject.js";

export { modelToJson } from "./model-file/data.js";

const MAX_DEPTH = 64;
const MAX_BYTES = 2 ** 28;
const MAX_REFERENCED_FILES = 64;

/** Settings of `parseModel`. */
export interface ParseOptions {
  /** Name of the file, for messages and as the name of a model that has none. */
  readonly name?: string;
  /** Content of a file that the model refers to, by plain name; without it such a model is refused. */
  readonly resolve?: (name: string) => Uint8Array;
  /** Arrays of referred files that were read already, by file and by name. */
  readonly arrays?: ReadonlyMap<string, ReadonlyMap<string, NpyArray>>;
}

const requireShallow = (value: unknown, depth = 0): void => {
  if (typeof value !== "object" || value === null) return;
  if (depth >= MAX_DEPTH) throw new InputError(`expected at most ${MAX_DEPTH} levels of nesting, got more`);
  for (const item of Array.isArray(value) ? value : Object.values(value)) requireShallow(item, depth + 1);
};

const jsonOf = (text: string): unknown => {
  if (text.length > MAX_BYTES) throw new InputError(`expected at most ${MAX_BYTES} characters, got ${text.length}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0]!.slice(0, 120) : "";
    throw new InputError(`expected JSON, got other or truncated text (${reason})`, { cause: error });
  }
};

/** Finds arrays in the files that `resolve` gives, each of which is read once. */
const finder = ({ resolve, arrays: known }: ParseOptions): FindArray => {
  const files = new Map(known);
  return (file, key) => {
    let arrays = files.get(file);
    if (arrays === undefined) {
      if (!resolve) throw new InputError(`${file}: other files cannot be read from here, needed for ${key}`);
      if (files.size >= MAX_REFERENCED_FILES)
        throw new InputError(`expected references to at most ${MAX_REFERENCED_FILES} files, got more`);
      arrays = within(file, () => readNpz(resolve(file)));
      files.set(file, arrays);
    }
    const array = arrays.get(key);
    if (array === undefined)
      throw new InputError(`${file}: expected an array ${JSON.stringify(key)}, found ${[...arrays.keys()].join(", ")}`);
    if (array.texts) throw new InputError(`${file}: expected numbers in ${JSON.stringify(key)}, got text`);
    return array;
  };
};

/** The data of a model file, checked for structure. */
const checkedData = (source: unknown): ModelData => {
  const data = typeof source === "string" ? jsonOf(source) : source;
  if (Array.isArray(data)) throw new InputError(`expected an object, got a list of ${data.length}`);
  requireShallow(data);
  const result = v.safeParse(modelSchema, data, { abortEarly: true });
  if (!result.success) throw new InputError(describeIssue(result.issues[0]));
  return result.output;
};

/**
 * Reads a model from the text of a model file, or from data that was parsed already.
 *
 * @throws InputError naming the file and the field: `model.rubato.json: recurrentWeights[1]: expected 3 numbers, got 2`
 * @example parseModel('{"rubato": 1, "kind": "discrete", "form": "rate", "alpha": 0.2, "recurrentWeights": [[0.9]]}')
 */
export const parseModel = (source: unknown, options: ParseOptions = {}): Model => {
  const { name = "model" } = options;
  return within(name, () => modelOf(checkedData(source), { name: stem(name), find: finder(options) }));
};

/** A model as the text of a model file. Throws an `InputError` for time warps. */
export const modelToText = (model: Model): string => printJson(modelToJson(model));

/** The names of the files that a model file refers to. */
const referencedFiles = (value: unknown, names = new Set<string>()): ReadonlySet<string> => {
  if (typeof value !== "object" || value === null) return names;
  if ("npz" in value && typeof value.npz === "string" && NEIGHBOR.test(value.npz)) names.add(value.npz);
  for (const [key, item] of Object.entries(value))
    if (key !== "provenance" && typeof item === "object") referencedFiles(item, names);
  return names;
};

const textOf = (bytes: Uint8Array): string => {
  if (bytes.length > MAX_BYTES)
    throw new InputError(`expected at most ${MAX_BYTES} bytes of JSON, got ${bytes.length}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError("expected JSON in UTF-8, got other content", { cause: error });
  }
};

/** Rubato's model files. The files that a model refers to are fetched before it is read. */
export const modelFileFormat: ModelFormat = {
  title: "Rubato model file",
  matches: (bytes) => /^\uFEFF?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 256))),
  open: async (bytes, { name, resolve }) => {
    const data = within(name, () => checkedData(textOf(bytes)));
    const files = new Map<string, Uint8Array>();
    for (const file of referencedFiles(data)) if (resolve) files.set(file, await resolve(file));
    const find = finder(resolve ? { resolve: (file) => files.get(file)! } : {});
    return within(name, () => modelOf(data, { name: stem(name), find }));
  },
};
