/** The verbs of the command line, in the order in which help lists them. */
import type { Verb } from "./verb.js";
import { apply } from "./verbs/apply.js";
import { commuteVerb } from "./verbs/commute.js";
import { controlVerb } from "./verbs/control.js";
import { convert } from "./verbs/convert.js";
import { demo } from "./verbs/demo.js";
import { equations } from "./verbs/equations.js";
import { fidelityVerb } from "./verbs/fidelity.js";
import { fixedPointsVerb } from "./verbs/fixed-points.js";
import { inspect } from "./verbs/inspect.js";
import { lyapunovVerb } from "./verbs/lyapunov.js";
import { noiseVerb } from "./verbs/noise.js";
import { retimeVerb } from "./verbs/retime.js";
import { simulateVerb } from "./verbs/simulate.js";
import { transientsVerb } from "./verbs/transients.js";
import { validityVerb } from "./verbs/validity.js";

export const verbs: readonly Verb[] = [
  inspect,
  commuteVerb,
  fixedPointsVerb,
  fidelityVerb,
  validityVerb,
  controlVerb,
  noiseVerb,
  lyapunovVerb,
  transientsVerb,
  retimeVerb,
  apply,
  equations,
  simulateVerb,
  convert,
  demo,
];
