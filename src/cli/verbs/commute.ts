/** `rubato commute`: which of R, D and L commute on a network, and by how much they differ where they do not. */
import { commute } from "../../commute/commute.js";
import type { CommuteSettings } from "../../commute/context.js";
import { InputError } from "../../error.js";
import type { Model } from "../../model/model.js";
import type { SchemeName } from "../../model/scheme/scheme.js";
import { euclideanNorm } from "../../numerics/matrix.js";
import type { OperatingPoint } from "../../operators/linearize.js";
import { commutationTable } from "../../report/commutation.js";
import { type ModelFlags, modelFlags, optional, type SharedFlags, toggle } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { operatingPoint, pointGrammar } from "../points.js";
import { numberList, oneOf, positiveList, positiveNumber, schemeList, schemeName, wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface CommuteFlags extends ModelFlags {
  readonly speed?: number;
  readonly dt?: number;
  readonly stepAfterRescale?: number;
  readonly scheme?: readonly SchemeName[];
  readonly afterLinearize?: SchemeName;
  readonly at?: OperatingPoint;
  readonly input?: readonly number[];
  readonly noise?: "unscaled" | "linear";
  readonly dropOffset: boolean;
  readonly speeds?: readonly number[];
  readonly steps?: number;
}

const pointOf = ({ at, input }: CommuteFlags): OperatingPoint | undefined => {
  if (!input) return at;
  if (at?.input) throw new InputError("--input: the input is given in --at already; give it once");
  return { ...(at ?? { at: "fixed-point" }), input };
};

const settingsOf = (flags: CommuteFlags & SharedFlags): CommuteSettings => {
  const { speed, dt, stepAfterRescale, scheme, afterLinearize, noise, dropOffset, speeds, steps, seed } = flags;
  const at = pointOf(flags);
  return {
    ...(speed === undefined ? {} : { speed }),
    ...(dt === undefined ? {} : { dt }),
    ...(stepAfterRescale === undefined ? {} : { stepAfterRescale }),
    ...(scheme ? { schemes: scheme } : {}),
    ...(afterLinearize ? { schemeAfterLinearize: afterLinearize } : {}),
    ...(at ? { at } : {}),
    ...(noise ? { noise } : {}),
    ...(dropOffset ? { keepOffset: false } : {}),
    ...(speeds ? { speeds } : {}),
    ...(steps === undefined ? {} : { steps }),
    ...(seed === undefined ? {} : { seed }),
  };
};

const flowOf = (model: Model): Model => (model.form === "scheme" ? model.parent : model);

/** Flags that would change nothing on this model are refused rather than ignored. */
const requireEffect = (model: Model, { noise, speeds, speed }: CommuteFlags): void => {
  if (noise && !flowOf(model).noise) throw new InputError(`--noise: ${model.name} has no noise; leave --noise out`);
  if (speeds && speed !== undefined) throw new InputError("--speeds: takes the place of --speed; give one of them");
  if (speeds && speeds.length !== model.units)
    throw new InputError(`--speeds: expected ${model.units} numbers, one per unit, got ${speeds.length}`);
};

export const commuteVerb = verb<CommuteFlags>({
  name: "commute",
  brief: "Which of R (rescale), D (discretize) and L (linearize) commute, and by how much they differ",
  examples: [
    ["commute network.h5", "certificates at a fixed point, every scheme"],
    ["commute network.h5 --scheme euler,heun --at state:0.1,0.2", "off a fixed point"],
    ["commute network.h5 --speed 2 --step-after-rescale 1", "the step not shortened after R"],
    ["commute network.h5 --after-linearize zero-order-hold", "one scheme before L, another after it"],
  ],
  arguments: [modelArgument],
  flags: {
    speed: optional(positiveNumber, "A", "Speed of R; 2 (twice as fast) where absent"),
    dt: optional(positiveNumber, "DT", "Step of D; that of the network, or a tenth of the shortest tau, where absent"),
    stepAfterRescale: optional(positiveNumber, "DT", "Step of D after R; dt / speed where absent"),
    scheme: optional(schemeList, "NAMES", "Schemes, with commas between them; all where absent"),
    afterLinearize: optional(schemeName, "NAME", "Scheme of D after L; the same as before where absent"),
    at: optional(operatingPoint, "POINT", `Operating point: ${pointGrammar}; a fixed point where absent`),
    input: optional(numberList, "U1,U2", "Input at the operating point; 0 where absent"),
    noise: optional(
      (text: string) => oneOf(["unscaled", "linear"] as const, text),
      "HOW",
      "What R does to noise instead of multiplying by sqrt(A): unscaled or linear",
    ),
    dropOffset: toggle("Let L forget the affine term f(p)"),
    speeds: optional(positiveList, "A1,A2", "One speed per unit instead of R"),
    steps: optional(wholeNumber, "N", "Steps of the paths that are compared; 100 where absent"),
    ...modelFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    requireEffect(model, flags);
    const result = commute(model, settingsOf(flags));
    const { certificates, ...made } = result;
    return {
      json: { name: model.name, timeUnit: model.timeUnit, ...made, pointNorm: euclideanNorm(made.point), certificates },
      text: (layout) => commutationTable(model, result, layout),
    };
  },
});
