/** `rubato noise`: covariance, spectra and correlation times around a point, and the bias of the scheme. */
import { noise } from "../../analyze/noise.js";
import { noiseTable } from "../../report/noise.js";
import { optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { type PairFlags, pairFlags, pairSettings } from "../pair-flags.js";
import { numberList, positiveNumber } from "../values.js";
import { verb } from "../verb.js";

interface NoiseFlags extends PairFlags {
  readonly sigma?: number;
  readonly speed?: number;
  readonly frequencies?: readonly number[];
}

export const noiseVerb = verb<NoiseFlags>({
  name: "noise",
  brief: "Covariance, spectra and correlation times under noise, and the bias of the scheme",
  examples: [
    ["noise bundled:decision", "the network's own noise around rest"],
    ["noise network.h5 --sigma 0.1 --scheme heun --dt 0.5", "noise of this strength in every unit, another scheme"],
    ["noise network.h5 --sigma 0.1 --frequencies 0,0.01,0.1 --json", "power at these frequencies"],
  ],
  arguments: [modelArgument],
  flags: {
    sigma: optional(positiveNumber, "S", "Strength of independent noise in every unit; the network's own where absent"),
    speed: optional(positiveNumber, "A", "Speed of R; 2 (twice as fast) where absent"),
    frequencies: optional(numberList, "F1,F2", "Frequencies in cycles per unit of time; 64 where absent"),
    ...pairFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { sigma, speed, frequencies } = flags;
    const result = noise(model, {
      ...pairSettings(flags),
      ...(sigma === undefined ? {} : { sigma }),
      ...(speed === undefined ? {} : { speed }),
      ...(frequencies ? { frequencies } : {}),
    });
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...result, flow: result.flow ?? null },
      text: (layout) => noiseTable(model, result, layout),
    };
  },
});
