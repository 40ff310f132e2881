/** `rubato inspect`: what is in a model file. */
import { inspection, inspectionTable } from "../../report/inspection.js";
import { type ModelFlags, modelFlags } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { verb } from "../verb.js";

export const inspect = verb<ModelFlags>({
  name: "inspect",
  brief: "What is in a model file",
  examples: [
    ["inspect network.h5", "what a trained network is and how it is read"],
    ["inspect network.npz --read-as exponential-euler", "its leak read as an exact one"],
    ["inspect - --json < network.json", "the same facts for a program"],
  ],
  arguments: [modelArgument],
  flags: modelFlags,
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const found = inspection(model);
    return { json: found, text: (layout) => inspectionTable(model, found, layout) };
  },
});
