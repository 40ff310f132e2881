/** The verbs of the command line, in the order in which help lists them. */
import type { Verb } from "./verb.js";
import { apply } from "./verbs/apply.js";
import { commuteVerb } from "./verbs/commute.js";
import { convert } from "./verbs/convert.js";
import { demo } from "./verbs/demo.js";
import { equations } from "./verbs/equations.js";
import { fidelityVerb } from "./verbs/fidelity.js";
import { fixedPointsVerb } from "./verbs/fixed-points.js";
import { inspect } from "./verbs/inspect.js";
import { retimeVerb } from "./verbs/retime.js";
import { simulateVerb } from "./verbs/simulate.js";
import { validityVerb } from "./verbs/validity.js";

export const verbs: readonly Verb[] = [
  inspect,
  commuteVerb,
  fixedPointsVerb,
  fidelityVerb,
  validityVerb,
  retimeVerb,
  apply,
  equations,
  simulateVerb,
  convert,
  demo,
];
