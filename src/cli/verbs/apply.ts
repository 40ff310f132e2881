/** `rubato apply`: operators on a model, in the order given. */
import { InputError } from "../../error.js";
import { type ModelFlags, modelFlags } from "../flags.js";
import { modelOutcome } from "../model-outcome.js";
import { modelArgument, openGiven } from "../open.js";
import { applyOperators, operatorGrammar } from "../operators.js";
import { verb } from "../verb.js";

export const apply = verb<ModelFlags>({
  name: "apply",
  brief: "Operators on a model, in the order given",
  examples: [
    [
      "apply network.h5 undiscretize rescale=2 discretize=heun,dt=0.1 -o faster.rubato.json",
      "another speed and scheme",
    ],
    ["apply bundled:decision linearize=fixed-point discretize=zero-order-hold,dt=5 --json", "a linear map"],
    ["apply network.h5 retime=0.5 -o slower.npz", "half as fast at the same frame rate"],
  ],
  arguments: [modelArgument, { placeholder: "OP", brief: "An operator, see below", many: true }],
  flags: modelFlags,
  grammar: operatorGrammar,
  run: async (flags, [path = "", ...operators], { say }) => {
    if (operators.length === 0)
      throw new InputError("apply: expected at least one operator behind MODEL, as in rescale=2");
    return modelOutcome(await applyOperators(await openGiven(path, flags), operators, say));
  },
});
