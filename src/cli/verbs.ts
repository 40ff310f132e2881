/** The verbs of the command line, in the order in which help lists them. */
import type { Verb } from "./verb.js";
import { commuteVerb } from "./verbs/commute.js";
import { inspectVerb } from "./verbs/inspect.js";
import { simulateVerb } from "./verbs/simulate.js";

export const verbs: readonly Verb[] = [inspectVerb, commuteVerb, simulateVerb];
