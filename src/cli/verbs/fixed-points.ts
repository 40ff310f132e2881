/** `rubato fixed-points`: search and classify. */
import { fixedPoints } from "../../analyze/fixed-points.js";
import { fixedPointTable } from "../../report/fixed-points.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { type SearchFlags, searchFlags, searchOptions } from "../search-flags.js";
import { wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface FixedPointFlags extends ModelFlags, SearchFlags {
  readonly deflated?: number;
  readonly slow?: number;
}

export const fixedPointsVerb = verb<FixedPointFlags>({
  name: "fixed-points",
  brief: "Fixed points with types, rates, multipliers and largest stable steps",
  examples: [
    ["fixed-points network.h5", "from 256 starts, in a moment"],
    ["fixed-points network.h5 --starts 4096 --seed 1 --input 0.5", "more of them, at a constant input"],
    ["fixed-points network.h5 --slow 32", "and slow points from searches without a zero"],
  ],
  arguments: [modelArgument],
  flags: {
    ...searchFlags,
    deflated: optional(wholeNumber, "N", "Starts searched again with all found points deflated; 32 where absent"),
    slow: optional(wholeNumber, "N", "Unconverged searches that are followed to slow points; 0 where absent"),
    ...modelFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { deflated, slow } = flags;
    const search = fixedPoints(model, {
      ...searchOptions(flags),
      ...(deflated === undefined ? {} : { deflatedStarts: deflated }),
      ...(slow === undefined ? {} : { slowPoints: slow }),
    });
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...search },
      text: (layout) => fixedPointTable(model, search, layout),
    };
  },
});
