/** Flags of the verbs that look at a flow and its map around an operating point. */
import type { PairSettings } from "../analyze/linear-pair.js";
import { InputError } from "../error.js";
import type { OperatingPoint } from "../model/operating-point.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { type Flags, type ModelFlags, modelFlags, optional } from "./flags.js";
import { operatingPoint, pointGrammar } from "./points.js";
import { numberList, positiveNumber, schemeName } from "./values.js";

export interface PairFlags extends ModelFlags {
  readonly scheme?: SchemeName;
  readonly dt?: number;
  readonly at?: OperatingPoint;
  readonly input?: readonly number[];
}

export const pairFlags: Flags<PairFlags> = {
  scheme: optional(schemeName, "NAME", "Scheme of the map; that of the network, or euler, where absent"),
  dt: optional(
    positiveNumber,
    "DT",
    "Step of the map; that of the network, or a tenth of the shortest tau, where absent",
  ),
  at: optional(operatingPoint, "POINT", `Operating point: ${pointGrammar}; a fixed point where absent`),
  input: optional(numberList, "U1,U2", "Input at the operating point; 0 where absent"),
  ...modelFlags,
};

/** The settings that the flags stand for. */
export const pairSettings = ({ scheme, dt, at, input }: PairFlags): PairSettings => {
  if (input && at?.input) throw new InputError("--input: the input is given in --at already; give it once");
  const point = input ? { ...(at ?? { at: "fixed-point" as const }), input } : at;
  return {
    ...(scheme ? { scheme } : {}),
    ...(dt === undefined ? {} : { dt }),
    ...(point ? { at: point } : {}),
  };
};
