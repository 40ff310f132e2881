/**
 * Keras files: a SimpleRNN with an optional Dense readout becomes a vanilla network.
 *
 * Keras computes `h' = phi(u K + h U + b)`, `y = h V + d` on row vectors, so that `B = Kᵀ`, `W = Uᵀ`, `C = Vᵀ` act on
 * columns. The map is read as forward Euler at dt = tau of the rate form.
 */
import { InputError } from "../error.js";
import { vanillaMap } from "../model/build.js";
import type { SchemeMap } from "../model/model.js";
import { type Matrix, matrix, transpose } from "../numerics/matrix.js";
import type { ModelFormat } from "./format.js";
import { type Hdf5Reader, matchesHdf5, withHdf5 } from "./hdf5.js";
import { kerasActivation } from "./keras/activation.js";
import {
  type DescribedLayer,
  describedLayers,
  type LayerSettings,
  type StoredLayer,
  storedLayers,
} from "./keras/layers.js";
import { listed, stem, within } from "./subject.js";
import { matchesZip, zipContent, zipEntries } from "./zip.js";

/** Layers that have no weights and do nothing after training. */
const INERT = new Set([
  "InputLayer",
  "Dropout",
  "SpatialDropout1D",
  "GaussianDropout",
  "GaussianNoise",
  "ActivityRegularization",
]);

const EXPECTED = "expected one SimpleRNN and at most one Dense readout behind it";

const checked = (layer: StoredLayer, key: string, shape: readonly (number | undefined)[]): Matrix => {
  const array = layer.weights.get(key);
  if (array === undefined)
    throw new InputError(`${layer.path}: expected weights ${key}, found ${listed([...layer.weights.keys()])}`);
  const fits = array.shape.length === shape.length && shape.every((n, k) => n === undefined || n === array.shape[k]);
  if (!fits || array.shape.includes(0))
    throw new InputError(
      `${array.path}: expected shape ${shape.map((n) => n ?? "any").join(" x ")}, got ${array.shape.join(" x ") || "a single number"}`,
    );
  const wrong = array.data.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0) throw new InputError(`${array.path}: entry ${wrong} is not finite, got ${array.data[wrong]}`);
  const cols = array.shape[1] ?? 1;
  return matrix(array.data.length / cols, cols, array.data);
};

const bias = (layer: StoredLayer, units: number): Float64Array =>
  layer.weights.has("bias") ? checked(layer, "bias", [units]).data : new Float64Array(units);

/** The class of a layer by the shapes of its weights, for files without a configuration. */
const classByShape = (layer: StoredLayer): string => {
  const recurrent = layer.weights.get("recurrent_kernel")?.shape;
  if (recurrent === undefined) return layer.weights.get("kernel")?.shape.length === 2 ? "Dense" : "unknown layer";
  const gates = recurrent[1]! / recurrent[0]!;
  return gates === 4 ? "LSTM" : gates === 3 ? "GRU" : "SimpleRNN";
};

interface FoundLayer {
  readonly stored: StoredLayer;
  readonly settings: LayerSettings | undefined;
}

/** The name under which Keras 3 stores the weights of the first layer of a class: `SimpleRNN` → `simple_rnn`. */
const snakeCase = (className: string): string =>
  className
    .replace(/([A-Z]+)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

const find = (
  layers: readonly StoredLayer[],
  described: readonly DescribedLayer[] | undefined,
): { readonly recurrent: FoundLayer; readonly readout?: FoundLayer } => {
  const all: readonly DescribedLayer[] =
    described?.filter(({ className }) => !INERT.has(className)) ??
    layers.map((layer) => ({ className: classByShape(layer), name: layer.name, settings: {} }));
  const recurrent = all.filter(({ className }) => className === "SimpleRNN");
  const dense = all.filter(({ className }) => className === "Dense");
  const ordered = !described || dense.length === 0 || all.at(-1) === dense[0];
  if (recurrent.length !== 1 || dense.length > 1 || recurrent.length + dense.length !== all.length || !ordered)
    throw new InputError(
      `${EXPECTED}, found ${listed(all.map(({ className, name }) => `${className} ${JSON.stringify(name)}`))}`,
    );
  const found = ({ className, name, settings }: DescribedLayer): FoundLayer => {
    const stored =
      layers.find((layer) => layer.name === name) ?? layers.find((layer) => layer.name === snakeCase(className));
    if (stored === undefined)
      throw new InputError(
        `expected weights of layer ${JSON.stringify(name)}, found none; save the model with its weights`,
      );
    return { stored, settings: described && settings };
  };
  return { recurrent: found(recurrent[0]!), ...(dense[0] ? { readout: found(dense[0]) } : {}) };
};

/** The Keras version that wrote the file, `3` if it does not say. */
const majorVersion = (file: Hdf5Reader): number => {
  const text = file.texts("/", "keras_version")?.[0] ?? file.texts("/model_weights", "keras_version")?.[0];
  return text === undefined ? 3 : Number.parseInt(text, 10);
};

/** The map that an open Keras file holds; `config` is its model configuration where that lies in another file. */
export const kerasMap = (file: Hdf5Reader, name: string, config?: string): SchemeMap => {
  const described = describedLayers(config ?? file.texts("/", "model_config")?.[0]);
  const layers = storedLayers(file);
  if (layers.length === 0 && !described) throw new InputError(`${EXPECTED}, found no weights`);
  const { recurrent, readout } = find(layers, described);
  const units = recurrent.stored.weights.get("recurrent_kernel")?.shape[0];
  const U = checked(recurrent.stored, "recurrent_kernel", [units, units]);
  const wanted = recurrent.settings?.units;
  if (wanted !== undefined && wanted !== U.rows)
    throw new InputError(`${recurrent.stored.path}: expected ${wanted} units as in model_config, got ${U.rows}`);
  const V = readout && checked(readout.stored, "kernel", [U.rows, undefined]);
  const model = vanillaMap({
    name: stem(name),
    recurrentWeights: transpose(U),
    inputWeights: transpose(checked(recurrent.stored, "kernel", [undefined, U.rows])),
    bias: bias(recurrent.stored, U.rows),
    activation: recurrent.settings ? kerasActivation(recurrent.settings.activation, majorVersion(file)) : "tanh",
    ...(readout && V ? { readout: { weights: transpose(V), bias: bias(readout.stored, V.cols) } } : {}),
  });
  const settings = {
    format: "keras",
    file: name,
    layer: recurrent.stored.name,
    ...(recurrent.settings ? {} : { assumedActivation: "tanh" }),
    ...(readout ? { readout: readout.stored.name, readoutActivation: readout.settings?.activation ?? "linear" } : {}),
  };
  return { ...model, provenance: [{ operator: "read", settings }] };
};

/**
 * Keras models and weights in HDF5.
 *
 * A nonlinear activation of the readout is recorded in the provenance and not applied: `y` is what goes into it.
 */
export const kerasFormat: ModelFormat = {
  title: "Keras HDF5",
  matches: matchesHdf5,
  open: (bytes, { name }) => withHdf5(bytes, name, (file) => kerasMap(file, name)),
};

const WEIGHTS = "model.weights.h5";
const CONFIG = "config.json";

const archiveNames = (bytes: Uint8Array): readonly string[] => {
  try {
    return zipEntries(bytes).map(({ name }) => name);
  } catch {
    return [];
  }
};

const archived = (bytes: Uint8Array, name: string): Uint8Array => {
  const entry = zipEntries(bytes).find((candidate) => candidate.name === name);
  if (entry === undefined) throw new InputError(`expected ${name} in the archive, found none`);
  return zipContent(bytes, entry);
};

/** `.keras` archives of Keras 3: the configuration as JSON, the weights as HDF5. */
export const kerasArchiveFormat: ModelFormat = {
  title: "Keras archive",
  matches: (bytes) => matchesZip(bytes) && archiveNames(bytes).includes(WEIGHTS),
  open: async (bytes, { name }) => {
    const [config, weights] = within(name, () => [
      new TextDecoder().decode(archived(bytes, CONFIG)),
      archived(bytes, WEIGHTS),
    ]);
    return withHdf5(weights, name, (file) => kerasMap(file, name, config));
  },
};
