/** Flags that several verbs share, each defined once. */
import type { TypedFlagParameter } from "@stricli/core";
import type { Reading } from "../model/build.js";
import { type Duration, duration, oneOf, wholeNumber } from "./values.js";

/** Flags of every verb. */
export interface SharedFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly seed?: number;
  readonly output?: string;
}

/** Flags of every verb that opens a model. */
export interface ModelFlags {
  readonly readAs?: Reading;
  readonly tau?: Duration;
}

/** How flags of one verb are declared. */
export type Flags<F> = { readonly [K in keyof F]-?: TypedFlagParameter<F[K]> };

/** A flag with a value that is parsed by `parse`, absent where it is not given. */
export const optional = <T>(parse: (text: string) => T, placeholder: string, brief: string) => ({
  kind: "parsed" as const,
  parse,
  placeholder,
  brief,
  optional: true as const,
});

/** A flag that is there or not. */
export const toggle = (brief: string) => ({ kind: "boolean" as const, brief, default: false, withNegated: false });

const text = (given: string): string => given;

const READINGS: readonly Reading[] = ["euler", "exponential-euler", "imex-euler"];

export const sharedFlags: Flags<SharedFlags> = {
  json: toggle("Print one JSON document and nothing else"),
  quiet: toggle("No messages or progress on stderr"),
  seed: optional(wholeNumber, "N", "Seed of everything random; 0 where absent"),
  output: optional(text, "FILE", "Write the result to FILE as its extension says; - is stdout"),
};

export const modelFlags: Flags<ModelFlags> = {
  readAs: optional(
    (name: string) => oneOf(READINGS, name),
    "SCHEME",
    `Scheme of which a discrete network is the step: ${READINGS.join(", ")}`,
  ),
  tau: optional(duration, "TIME", "What one tau is, with a unit: 10ms"),
};
