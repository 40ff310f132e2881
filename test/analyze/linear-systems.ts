/** Random linear flows for tests of control, noise and transients, and a network like a trained one. */
import fc from "fast-check";
import { currentModel, linearFlow } from "../../src/model/build.js";
import type { CurrentModel, LinearFlow } from "../../src/model/model.js";
import { spectralAbscissa } from "../../src/numerics/eigen.js";
import { fromRows } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import { between, rowsOf } from "../random-networks.js";

/** Stable flows of up to `units` units with `inputs` inputs at most, a readout and noise. */
export const stableFlows = ({ units = 6, inputs = 2 } = {}): fc.Arbitrary<LinearFlow> =>
  fc
    .tuple(fc.integer({ min: 1, max: units }), fc.integer({ min: 1, max: inputs }), between(0.2, 1.5))
    .chain(([n, m, margin]) =>
      fc
        .record({
          raw: rowsOf(n, n, between(-1, 1)),
          B: rowsOf(n, m, between(-1, 1)),
          noise: rowsOf(n, n, between(-1, 1)),
          weights: rowsOf(2, n, between(-1, 1)),
        })
        .map(({ raw, B, noise, weights }) => {
          const abscissa = spectralAbscissa(fromRows(raw));
          const A = raw.map((row, i) => row.map((v, j) => (i === j ? v - abscissa - margin : v)));
          return linearFlow({ stateMatrix: A, inputMatrix: B, noise, readout: { weights } });
        }),
    );

/** A flow with a diagonal matrix of `rates`. */
export const diagonalFlow = (rates: readonly number[], inputs: readonly (readonly number[])[]): LinearFlow =>
  linearFlow({ stateMatrix: rates.map((r, i) => rates.map((_, j) => (i === j ? r : 0))), inputMatrix: inputs });

/** Random recurrence of strength `gain` with an outlier of rank one, as training leaves behind, and one input. */
export const trainedLike = (units = 64, gain = 0.8, seed = 11, inputs = 1): CurrentModel => {
  const { normal } = randomSource(seed);
  const column = () => Array.from({ length: units }, normal);
  const [m, n] = [column(), column()];
  return currentModel({
    recurrentWeights: m.map((mi) => n.map((nj) => (gain * normal()) / Math.sqrt(units) + (0.5 * mi * nj) / units)),
    inputWeights: m.map(() => Array.from({ length: inputs }, normal)),
    readout: { weights: [n.map((v) => v / units)] },
  });
};
