/** Small model files for the command line. */
import { writeFileSync } from "node:fs";

const W = [
  [0.8, -1.2],
  [1, 0.4],
];

export const vanilla = {
  rubato: 1,
  name: "vanilla",
  kind: "discrete",
  form: "rate",
  alpha: 1,
  activation: "tanh",
  recurrentWeights: W,
  inputWeights: [[0.6], [-0.3]],
  bias: [0.1, -0.2],
  readout: { weights: [[1, 2]], bias: [0.5] },
};

export const leaky = { ...vanilla, name: "leaky", alpha: 0.2 };

export const flow = {
  rubato: 1,
  name: "flow",
  kind: "continuous",
  form: "rate",
  activation: "tanh",
  recurrentWeights: W,
  inputWeights: [[0.6], [-0.3]],
  bias: [0.1, -0.2],
  timeConstants: [1, 0.5],
  noise: [[0.1], [0.2]],
  readout: { weights: [[1, 2]] },
};

export const linear = {
  rubato: 1,
  name: "linear",
  kind: "continuous",
  form: "linear",
  stateMatrix: [
    [-1, 2],
    [0, -3],
  ],
  inputMatrix: [[1], [1]],
};

/** Writes data as JSON and gives the path. */
export const written = (path: string, data: unknown): string => {
  writeFileSync(path, typeof data === "string" ? data : JSON.stringify(data));
  return path;
};
