/** The Keras file of the walkthrough: 16 units trained by nobody, of the shape and gain that trained networks have. */
import { randomSource } from "../../src/numerics/random.js";
import { config, kerasFile } from "../io/keras-writer.js";

const UNITS = 16;

export const walkthroughFile = (): Promise<Uint8Array> => {
  const random = randomSource(2);
  const normals = (size: number, ...shape: number[]) => ({
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => size * random.normal()),
    shape,
  });
  return kerasFile(
    [
      {
        name: "simple_rnn",
        weights: {
          kernel: normals(0.5, 1, UNITS),
          recurrent_kernel: normals(1.2 / Math.sqrt(UNITS), UNITS, UNITS),
        },
      },
      { name: "dense", weights: { kernel: normals(0.3, UNITS, 1), bias: normals(0, 1) } },
    ],
    config(
      ["SimpleRNN", { name: "simple_rnn", units: UNITS, activation: "tanh", use_bias: false }],
      ["Dense", { name: "dense", units: 1, activation: "linear", use_bias: true }],
    ),
  );
};
