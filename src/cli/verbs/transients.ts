/** `rubato transients`: how far displacements grow before they decay. */

import { linearPair } from "../../analyze/linear-pair.js";
import { pseudospectrum } from "../../analyze/pseudospectrum.js";
import { transients } from "../../analyze/transients.js";
import { transientsTable } from "../../report/transients.js";
import { optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { type PairFlags, pairFlags, pairSettings } from "../pair-flags.js";
import { wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface TransientsFlags extends PairFlags {
  readonly grid?: number;
}

export const transientsVerb = verb<TransientsFlags>({
  name: "transients",
  brief: "How far displacements grow before they decay, on flow and map",
  examples: [
    ["transients network.h5", "peak, Kreiss constant and the direction that is amplified most"],
    ["transients network.h5 --grid 41 --json", "with pseudospectra of flow and map on a grid"],
  ],
  arguments: [modelArgument],
  flags: {
    grid: optional(wholeNumber, "N", "Pseudospectra on N x N points, with --json; none where absent"),
    ...pairFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const settings = pairSettings(flags);
    const result = transients(model, settings);
    const grids = () => {
      if (!flags.grid) return {};
      const { flow, map } = linearPair("transients", model, settings);
      const around = { count: flags.grid };
      return {
        pseudospectra: { flow: flow ? pseudospectrum(flow.A, around) : null, map: pseudospectrum(map.M, around) },
      };
    };
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...result, flow: result.flow ?? null, ...grids() },
      text: (layout) => transientsTable(model, result, layout),
    };
  },
});
