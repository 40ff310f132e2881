/** `rubato convert`: a model in another file format. */
import { InputError } from "../../error.js";
import { type ModelFlags, modelFlags } from "../flags.js";
import { modelOutcome } from "../model-outcome.js";
import { modelArgument, openGiven } from "../open.js";
import { verb } from "../verb.js";

export const convert = verb<ModelFlags>({
  name: "convert",
  brief: "A model in another file format, by the extension of the file",
  examples: [
    ["convert network.h5 -o network.rubato.json", "a Keras network as a model file"],
    ["convert bundled:decision -o decision.npz", "the example network as NumPy arrays"],
  ],
  arguments: [modelArgument],
  flags: modelFlags,
  run: async (flags, [path = ""]) => {
    if (flags.output === undefined) throw new InputError("convert: expected a file to write, give it as -o FILE");
    return modelOutcome(await openGiven(path, flags));
  },
});
