/** `rubato control`: what the input reaches and the readout sees, on flow and map. */
import { control } from "../../analyze/control.js";
import { controlTable } from "../../report/control.js";
import { optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { type PairFlags, pairFlags, pairSettings } from "../pair-flags.js";
import { positiveNumber } from "../values.js";
import { verb } from "../verb.js";

interface ControlFlags extends PairFlags {
  readonly horizon?: number;
  readonly upTo?: number;
  readonly tolerance?: number;
}

export const controlVerb = verb<ControlFlags>({
  name: "control",
  brief: "What the input reaches and the readout sees, on flow and map, and the steps that lose it",
  examples: [
    ["control network.h5", "ranks with their margins, and whether D and R preserved them"],
    ["control network.h5 --scheme heun --dt 0.5 --up-to 4", "the steps at which Heun loses a direction"],
    ["control bundled:decision --input 1,1 --horizon 500", "energies within a finite time"],
  ],
  arguments: [modelArgument],
  flags: {
    horizon: optional(positiveNumber, "TIME", "Time within which energy is spent; unlimited where absent"),
    upTo: optional(positiveNumber, "DT", "Largest step looked at for losses; twenty times dt where absent"),
    tolerance: optional(positiveNumber, "E", "Relative size that counts as zero; 1e-12 where absent"),
    ...pairFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { horizon, upTo, tolerance } = flags;
    const result = control(model, {
      ...pairSettings(flags),
      ...(horizon === undefined ? {} : { horizon }),
      ...(upTo === undefined ? {} : { upTo }),
      ...(tolerance === undefined ? {} : { tolerance }),
    });
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...result, flow: result.flow ?? null },
      text: (layout) => controlTable(model, result, layout),
    };
  },
});
