/** `rubato fidelity`: what the time step does to the dynamics. */
import { fidelity } from "../../analyze/fidelity.js";
import type { SchemeName } from "../../model/scheme/scheme.js";
import { fidelityTable } from "../../report/fidelity.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { type SearchFlags, searchFlags, searchOptions } from "../search-flags.js";
import { positiveNumber, schemeName, wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface FidelityFlags extends ModelFlags, SearchFlags {
  readonly scheme?: SchemeName;
  readonly dt?: number;
  readonly cycles?: number;
  readonly damping?: number;
  readonly frequency?: number;
}

export const fidelityVerb = verb<FidelityFlags>({
  name: "fidelity",
  brief: "What the time step does to the dynamics: artefacts, lost modes, ghosts, safe steps",
  examples: [
    ["fidelity network.h5", "a trained network against the flow that it discretizes"],
    ["fidelity network.h5 --scheme heun --dt 0.5", "another scheme and step for the same flow"],
    ["fidelity network.h5 --damping 0.01 --frequency 0.01", "steps for a closer match"],
  ],
  arguments: [modelArgument],
  flags: {
    scheme: optional(schemeName, "NAME", "Scheme; that of the network where absent"),
    dt: optional(positiveNumber, "DT", "Step; that of the network where absent"),
    cycles: optional(wholeNumber, "K", "Longest period of the cycles searched; 2 where absent, 1 for none"),
    damping: optional(positiveNumber, "E", "Wanted error of the damping, relative to |rate|; 0.1 where absent"),
    frequency: optional(positiveNumber, "E", "Wanted error of the frequency, likewise; 0.1 where absent"),
    ...searchFlags,
    ...modelFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { scheme, dt, cycles, damping = 0.1, frequency = 0.1 } = flags;
    const result = fidelity(model, {
      ...searchOptions(flags),
      ...(scheme ? { scheme } : {}),
      ...(dt === undefined ? {} : { dt }),
      ...(cycles === undefined ? {} : { longestCycle: cycles }),
      accuracy: { damping, frequency },
    });
    const { search, ...rest } = result;
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...rest, fixedPoints: search.fixedPoints },
      text: (layout) => fidelityTable(model, result, layout),
    };
  },
});
