/** Writes HDF5 files in the layout of Keras, right or wrong, for tests. */
import * as h5wasm from "h5wasm";

export interface WrittenArray {
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** `count` different small numbers. */
export const array = (...shape: number[]): WrittenArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(k + 1) / 2),
  shape,
});

export interface WrittenLayer {
  readonly name: string;
  readonly weights: Readonly<Record<string, WrittenArray>>;
}

/** A SimpleRNN layer and a Dense layer of fitting shapes. */
export const simpleRnn = (units = 3, inputs = 2): WrittenLayer => ({
  name: "simple_rnn",
  weights: { kernel: array(inputs, units), recurrent_kernel: array(units, units), bias: array(units) },
});
export const dense = (units = 3, outputs = 1): WrittenLayer => ({
  name: "dense",
  weights: { kernel: array(units, outputs), bias: array(outputs) },
});

/** The configuration of layers given as class names, in order. */
export const config = (
  ...layers: readonly (readonly [className: string, settings: Record<string, unknown>])[]
): string =>
  JSON.stringify({
    class_name: "Sequential",
    config: { layers: layers.map(([class_name, settings]) => ({ class_name, config: settings })) },
  });

let written = 0;

/** The bytes of a file that `fill` fills. */
export const hdf5 = async (fill: (file: h5wasm.File) => void): Promise<Uint8Array> => {
  const { FS } = await h5wasm.ready;
  const path = `/written-${written++}.h5`;
  const file = new h5wasm.File(path, "w");
  fill(file);
  file.close();
  const bytes = FS.readFile(path).slice();
  FS.unlink(path);
  return bytes;
};

/** A whole model in the layout that Keras 2 and 3 share. */
export const kerasFile = (layers: readonly WrittenLayer[], modelConfig?: string): Promise<Uint8Array> =>
  hdf5((file) => {
    if (modelConfig !== undefined) file.create_attribute("model_config", modelConfig);
    file.create_attribute("keras_version", "3.6.0");
    const root = file.create_group("model_weights");
    root.create_attribute(
      "layer_names",
      layers.map(({ name }) => name),
    );
    for (const { name, weights } of layers) {
      const group = root.create_group(name);
      const keys = Object.keys(weights);
      if (keys.length === 0) group.create_attribute("weight_names", new Float64Array(0));
      else group.create_attribute("weight_names", keys);
      for (const key of keys) {
        const { data, shape } = weights[key]!;
        group.create_dataset({ name: key, data, shape: [...shape] });
      }
    }
  });
