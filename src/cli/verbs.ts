/** The verbs of the command line, in the order in which help lists them. */
import type { Verb } from "./verb.js";
import { apply } from "./verbs/apply.js";
import { commuteVerb } from "./verbs/commute.js";
import { convert } from "./verbs/convert.js";
import { demo } from "./verbs/demo.js";
import { equations } from "./verbs/equations.js";
import { inspect } from "./verbs/inspect.js";
import { simulateVerb } from "./verbs/simulate.js";

export const verbs: readonly Verb[] = [inspect, commuteVerb, apply, equations, simulateVerb, convert, demo];
