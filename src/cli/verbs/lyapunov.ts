/** `rubato lyapunov`: exponents of flow and map along an orbit. */
import { lyapunov } from "../../analyze/lyapunov-exponents.js";
import type { SchemeName } from "../../model/scheme/scheme.js";
import { lyapunovTable } from "../../report/lyapunov.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { numberList, oneOf, positiveNumber, schemeName, wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface LyapunovFlags extends ModelFlags {
  readonly exponents?: number;
  readonly time?: number;
  readonly settle?: number;
  readonly flowStep?: number;
  readonly scheme?: SchemeName;
  readonly dt?: number;
  readonly start?: readonly number[];
  readonly input?: readonly number[];
  readonly only?: "flow" | "map";
}

export const lyapunovVerb = verb<LyapunovFlags>({
  name: "lyapunov",
  brief: "Lyapunov exponents of flow and map: chaos, its dimension, and how sure that is",
  examples: [
    ["lyapunov network.h5", "a trained network and the flow behind it"],
    ["lyapunov network.h5 --exponents 1 --time 2000", "the largest alone, over a longer time"],
    ["lyapunov bundled:decision --input 1,1 --scheme euler --dt 20", "a flow and its map under a scheme"],
  ],
  arguments: [modelArgument],
  flags: {
    exponents: optional(wholeNumber, "N", "How many, largest first; all, 20 at most, where absent"),
    time: optional(positiveNumber, "TIME", "Time averaged over; 400 of the longest tau where absent"),
    settle: optional(positiveNumber, "TIME", "Time before that; a quarter of it where absent"),
    flowStep: optional(positiveNumber, "DT", "Step of the flow's orbit; a twentieth of the shortest tau where absent"),
    scheme: optional(schemeName, "NAME", "Scheme of the map; that of the network where absent"),
    dt: optional(positiveNumber, "DT", "Step of the map; that of the network where absent"),
    start: optional(numberList, "X1,X2", "Initial state; random where absent"),
    input: optional(numberList, "U1,U2", "Input, held; 0 where absent"),
    only: optional((text: string) => oneOf(["flow", "map"] as const, text), "WHICH", "flow or map; both where absent"),
    ...modelFlags,
  },
  run: async (flags, [path = ""]) => {
    const model = await openGiven(path, flags);
    const { readAs: _readAs, tau: _tau, json: _json, quiet: _quiet, output: _output, ...settings } = flags;
    const result = lyapunov(model, settings);
    return {
      json: { name: model.name, timeUnit: model.timeUnit, flow: result.flow ?? null, map: result.map ?? null },
      text: (layout) => lyapunovTable(model, result, layout),
    };
  },
});
