/** `rubato validity`: how far and how long the linear picture at a fixed point holds. */
import { validity } from "../../analyze/validity.js";
import { validityTable } from "../../report/validity.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { numberList, positiveNumber } from "../values.js";
import { verb } from "../verb.js";

interface ValidityFlags extends ModelFlags {
  readonly state?: readonly number[];
  readonly input?: readonly number[];
  readonly tolerance?: number;
  readonly displacement?: number;
}

export const validityVerb = verb<ValidityFlags>({
  name: "validity",
  brief: "How far and how long the linear picture at a fixed point holds",
  examples: [
    ["validity network.h5", "at the fixed point that is found from the origin"],
    ["validity network.h5 --input 0.5 --tolerance 0.05", "at a constant input, to 5 %"],
  ],
  arguments: [modelArgument],
  flags: {
    state: optional(numberList, "X1,X2", "A state near the fixed point; the origin where absent"),
    input: optional(numberList, "U1,U2", "The constant input; 0 where absent"),
    tolerance: optional(positiveNumber, "E", "Error that is allowed, relative to the displacement; 0.1 where absent"),
    displacement: optional(positiveNumber, "D", "Length of the displacement whose trajectory is followed"),
    ...modelFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { state, input, tolerance, displacement, seed } = flags;
    const result = validity(model, {
      ...(state ? { state } : {}),
      ...(input ? { input } : {}),
      ...(tolerance === undefined ? {} : { tolerance }),
      ...(displacement === undefined ? {} : { displacement }),
      ...(seed === undefined ? {} : { seed }),
    });
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...result },
      text: (layout) => validityTable(model, result, layout),
    };
  },
});
