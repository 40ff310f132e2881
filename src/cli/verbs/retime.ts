/** `rubato retime`: the same network at a safer step. */
import { retimed } from "../../commute/retimed.js";
import { saveModel } from "../../io/files.node.js";
import type { SchemeName } from "../../model/scheme/scheme.js";
import { retimingTable } from "../../report/retiming.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { type SearchFlags, searchFlags, searchOptions } from "../search-flags.js";
import { positiveNumber, schemeName, wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface RetimeFlags extends ModelFlags, SearchFlags {
  readonly scheme?: SchemeName;
  readonly dt?: number;
  readonly margin?: number;
  readonly damping?: number;
  readonly trials?: number;
}

export const retimeVerb = verb<RetimeFlags>({
  name: "retime",
  brief: "The same network at a safer step, checked by trials",
  examples: [
    ["retime network.h5 -o safer.rubato.json", "as many steps for one as the stable modes need"],
    ["retime network.h5 --scheme exponential-euler", "by another scheme"],
    ["retime network.h5 --damping 0.05", "and every mode damped as in the flow, to 5 %"],
  ],
  arguments: [modelArgument],
  flags: {
    scheme: optional(schemeName, "NAME", "Scheme of the new network; as before where absent"),
    dt: optional(positiveNumber, "DT", "Step of the new network, a whole part of the old; chosen where absent"),
    margin: optional(positiveNumber, "SHARE", "Share of the structural limit that the step may use; 0.5 where absent"),
    damping: optional(positiveNumber, "E", "Wanted error of damping and frequency, relative to |rate|"),
    trials: optional(wholeNumber, "N", "Trials that are compared; 16 where absent"),
    ...searchFlags,
    ...modelFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { scheme, dt, margin, damping, trials } = flags;
    const result = retimed(model, {
      ...searchOptions(flags),
      ...(scheme ? { scheme } : {}),
      ...(dt === undefined ? {} : { dt }),
      ...(margin === undefined ? {} : { margin }),
      ...(damping === undefined ? {} : { accuracy: { damping, frequency: damping } }),
      ...(trials === undefined ? {} : { trials }),
    });
    const { substeps, before, after, trials: compared } = result;
    return {
      json: { name: model.name, timeUnit: model.timeUnit, substeps, before, after, trials: compared },
      text: (layout) => retimingTable(model, result, layout),
      save: (file) => saveModel(file, result.model),
    };
  },
});
