/**
 * The layers of a Keras file: names, classes and settings from `model_config`, arrays from the weight groups.
 *
 * Two layouts. Keras 2 and the `.h5` of Keras 3: `[model_weights/]@layer_names` → `LAYER@weight_names` → datasets, each
 * list cut into `layer_names0`, `layer_names1`, … where it is long. Keras 3 `.weights.h5`: `layers/LAYER/[cell/]vars/0…`.
 */
import { InputError } from "../../error.js";
import type { Hdf5Reader, StoredArray } from "../hdf5.js";
import { listed } from "../subject.js";

/** Settings of a layer as Keras writes them. */
export type LayerSettings = Readonly<Record<string, unknown>>;

/** A layer that `model_config` describes; wrappers are taken off. */
export interface DescribedLayer {
  readonly className: string;
  readonly name: string;
  readonly settings: LayerSettings;
}

/** A layer that has weights in the file, under the names `kernel`, `recurrent_kernel`, `bias`, … */
export interface StoredLayer {
  readonly name: string;
  readonly path: string;
  readonly weights: ReadonlyMap<string, StoredArray & { readonly path: string }>;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const described = (value: unknown): DescribedLayer[] => {
  if (!isRecord(value) || typeof value.class_name !== "string") return [];
  const className = value.class_name;
  const settings = isRecord(value.config) ? value.config : {};
  const name = typeof settings.name === "string" ? settings.name : className;
  if (className === "TimeDistributed") return described(settings.layer).map((layer) => ({ ...layer, name }));
  if (className === "RNN")
    return described(settings.cell).map((cell) => ({
      ...cell,
      className: cell.className.replace(/Cell$/, ""),
      name,
    }));
  return [{ className, name, settings }];
};

/** The layers that a model configuration lists, in order; `undefined` without a configuration. */
export const describedLayers = (text: string | undefined): readonly DescribedLayer[] | undefined => {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InputError("model_config: expected JSON, got other text", { cause: error });
  }
  const config = isRecord(parsed) ? parsed.config : undefined;
  const layers = isRecord(config) ? config.layers : config;
  if (!Array.isArray(layers)) throw new InputError("model_config: expected a list of layers, found none");
  return layers.flatMap(described);
};

const longTexts = (file: Hdf5Reader, path: string, attribute: string): readonly string[] | undefined => {
  const whole = file.texts(path, attribute);
  if (whole !== undefined) return whole;
  const parts: string[] = [];
  for (let k = 0; ; k++) {
    const part = file.texts(path, `${attribute}${k}`);
    if (part === undefined) return k === 0 ? undefined : parts;
    parts.push(...part);
  }
};

const namedLayer = (file: Hdf5Reader, group: string, name: string): StoredLayer => {
  const path = `${group}/${name}`;
  const weightNames = longTexts(file, path, "weight_names");
  if (weightNames === undefined) throw new InputError(`${path}: expected a layer with weight_names, found none`);
  const weights = new Map<string, StoredArray & { path: string }>();
  for (const weightName of weightNames) {
    const short = weightName.split("/").at(-1)!.replace(/:\d+$/, "");
    const array = file.array(`${path}/${weightName}`);
    if (array === undefined) throw new InputError(`${path}: weights ${weightName} are listed but missing`);
    if (weights.has(short)) throw new InputError(`${path}: expected one ${short}, found two: ${listed(weightNames)}`);
    weights.set(short, { ...array, path: `${path}/${weightName}` });
  }
  return { name, path, weights };
};

const numberedLayer = (file: Hdf5Reader, name: string): StoredLayer => {
  const path = `/layers/${name}`;
  const recurrent = file.members(`${path}/cell/vars`) !== undefined;
  const variables = recurrent ? `${path}/cell/vars` : `${path}/vars`;
  const short = recurrent ? ["kernel", "recurrent_kernel", "bias"] : ["kernel", "bias"];
  const weights = new Map<string, StoredArray & { path: string }>();
  for (const member of file.members(variables) ?? []) {
    const array = file.array(`${variables}/${member}`);
    if (array) weights.set(short[Number(member)] ?? member, { ...array, path: `${variables}/${member}` });
  }
  return { name, path, weights };
};

/** The layers that have weights, in the order of the file. */
export const storedLayers = (file: Hdf5Reader): readonly StoredLayer[] => {
  const group = file.members("/model_weights") === undefined ? "" : "/model_weights";
  const names = longTexts(file, group === "" ? "/" : group, "layer_names");
  const found = file.members("/layers");
  if (names === undefined && found === undefined)
    throw new InputError(
      `expected a Keras model (layer_names or a group "layers"), found ${listed(file.members("/") ?? [])}`,
    );
  const layers = names
    ? names.map((name) => namedLayer(file, group, name))
    : found!.map((name) => numberedLayer(file, name));
  return layers.filter(({ weights }) => weights.size > 0);
};
