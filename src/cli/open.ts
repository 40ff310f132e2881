/** Opening the model that a command line names, read and timed as its flags say. */
import { InputError } from "../error.js";
import { openModel } from "../io/files.node.js";
import { isContinuous, relabelled, withSpeed } from "../model/bind.js";
import type { Reading } from "../model/build.js";
import { decisionNetwork } from "../model/bundled/decision.js";
import type { Model } from "../model/model.js";
import { readAs } from "../operators/undiscretize.js";
import { didYouMean } from "../suggestion.js";
import type { ModelFlags } from "./flags.js";
import type { Duration } from "./values.js";
import type { Argument } from "./verb.js";

/** The argument that names a model. */
export const modelArgument: Argument = {
  placeholder: "MODEL",
  brief: "A model file of any known format, - for stdin, or bundled:decision",
};

const BUNDLED: Readonly<Record<string, () => Model>> = { decision: decisionNetwork };
const PREFIX = "bundled:";

const bundled = (name: string): Model => {
  const make = Object.hasOwn(BUNDLED, name) ? BUNDLED[name] : undefined;
  const names = Object.keys(BUNDLED);
  if (!make)
    throw new InputError(
      `${PREFIX}${name}: unknown bundled network${didYouMean(name, names) || `, expected ${names.map((known) => PREFIX + known).join(" or ")}`}`,
    );
  return make();
};

/** The model with one tau lasting as long as `tau` says, in its unit. */
const inUnits = (model: Model, { value, unit }: Duration): Model => {
  if (model.timeUnit !== "tau")
    throw new InputError(`--tau: the times of ${model.name} are in ${model.timeUnit} already; leave --tau out`);
  const timed = isContinuous(model) ? withSpeed(model, 1 / value) : relabelled(model, 1 / value);
  const named = timed.form === "scheme" ? { ...timed, parent: { ...timed.parent, timeUnit: unit } } : timed;
  return { ...named, timeUnit: unit };
};

const readAgain = (model: Model, reading: Reading): Model => {
  if (model.form !== "scheme")
    throw new InputError(
      `--read-as: needs a discrete network with an alpha, got a ${model.kind} model of form ${model.form}`,
    );
  return readAs(reading)(model);
};

/** The model at `path`, with `--read-as` and `--tau` applied. */
export const openGiven = async (path: string, flags: ModelFlags): Promise<Model> => {
  if (path === "") throw new InputError("MODEL: expected the name of a file, got an empty text");
  const model = path.startsWith(PREFIX) ? bundled(path.slice(PREFIX.length)) : await openModel(path);
  const read = flags.readAs ? readAgain(model, flags.readAs) : model;
  return flags.tau ? inUnits(read, flags.tau) : read;
};
