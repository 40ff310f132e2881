/** The gated network of two units among the worked examples. */
import { gruModel } from "../../src/model/build.js";
import { discretize } from "../../src/operators/discretize.js";

export const gatedUnit = (reset: "after" | "before") =>
  discretize({ scheme: "euler", dt: 1 })(
    gruModel({
      reset,
      updateGate: {
        input: [[0.5], [-0.4]],
        recurrent: [
          [0.3, -0.2],
          [0.1, 0.4],
        ],
        bias: [0.2, -0.1],
      },
      resetGate: {
        input: [[-0.3], [0.6]],
        recurrent: [
          [0.2, 0.5],
          [-0.4, 0.1],
        ],
        bias: [0, 0.1],
      },
      candidate: {
        input: [[0.8], [-0.5]],
        recurrent: [
          [0.9, -0.7],
          [0.6, 0.5],
        ],
        bias: [0.05, -0.02],
        recurrentBias: [0.1, -0.1],
      },
    }),
  );
