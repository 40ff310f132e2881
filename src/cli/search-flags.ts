/** Flags of every verb that searches fixed points. */
import type { FixedPointOptions } from "../analyze/fixed-points.js";
import { InputError } from "../error.js";
import type { Flags, SharedFlags } from "./flags.js";
import { optional } from "./flags.js";
import { numberList, positiveNumber, wholeNumber } from "./values.js";

export interface SearchFlags {
  readonly starts?: number;
  readonly input?: readonly number[];
  readonly box?: readonly [number, number];
  readonly tolerance?: number;
  readonly iterations?: number;
}

const boxOf = (text: string): readonly [number, number] => {
  const sides = numberList(text);
  if (sides.length !== 2 || !(sides[0]! < sides[1]!))
    throw new InputError(`expected LOW,HIGH with LOW below HIGH, got ${text}`);
  return [sides[0]!, sides[1]!];
};

export const searchFlags: Flags<SearchFlags> = {
  starts: optional(wholeNumber, "N", "Number of starts; 256 where absent"),
  input: optional(numberList, "U1,U2", "The constant input; 0 where absent"),
  box: optional(boxOf, "LOW,HIGH", "Where starts are drawn; found from trials where absent"),
  tolerance: optional(positiveNumber, "F", "|f| below which a search has converged; 1e-10 where absent"),
  iterations: optional(wholeNumber, "N", "Factorizations that one search may take; 24 where absent"),
};

/** The options that the flags stand for. */
export const searchOptions = ({
  starts,
  input,
  box,
  tolerance,
  iterations,
  seed,
}: SearchFlags & SharedFlags): FixedPointOptions => ({
  ...(starts === undefined ? {} : { starts }),
  ...(input ? { input } : {}),
  ...(box ? { box } : {}),
  ...(tolerance === undefined ? {} : { tolerance }),
  ...(iterations === undefined ? {} : { iterations }),
  ...(seed === undefined ? {} : { seed }),
});
