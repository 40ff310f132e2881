/** What stands behind a flag or an operator, read from text. Every message says what was expected and what was got. */
import { InputError } from "../error.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { nonlinearSchemeNames, schemeNames } from "../model/scheme/schemes.js";
import { didYouMean } from "../suggestion.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const numberOr = (text: string, expected: string): number => {
  const value = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InputError(`expected ${expected}, got ${text === "" ? "nothing" : text}`);
  return value;
};

/** A finite number. */
export const finiteNumber = (text: string): number => numberOr(text, "a number");

/** A number above zero. */
export const positiveNumber = (text: string): number => {
  const value = numberOr(text, "a positive number");
  if (!(value > 0)) throw new InputError(`expected a positive number, got ${text}`);
  return value;
};

/** 0, 1, 2, … */
export const wholeNumber = (text: string): number => {
  const value = numberOr(text, "a whole number");
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InputError(`expected a whole number that is not negative, got ${text}`);
  return value;
};

/** 1, 2, 3, … */
export const countNumber = (text: string): number => {
  const value = numberOr(text, "a whole number");
  if (!Number.isSafeInteger(value) || value < 1) throw new InputError(`expected a whole number above 0, got ${text}`);
  return value;
};

/** Significant digits that a double can have: 1 to 17. */
export const digitCount = (text: string): number => {
  const value = countNumber(text);
  if (value > 17) throw new InputError(`expected at most 17 digits, got ${text}`);
  return value;
};

/** Numbers with commas between them. */
export const numberList = (text: string): number[] => text.split(",").map(finiteNumber);

/** Numbers above zero with commas between them. */
export const positiveList = (text: string): number[] => text.split(",").map(positiveNumber);

/** One of `names`; a slip of the hand is answered with the nearest. */
export const oneOf = <T extends string>(names: readonly T[], text: string): T => {
  const found = names.find((name) => name === text);
  if (found === undefined)
    throw new InputError(`unknown, got ${text}${didYouMean(text, names) || `; expected one of ${names.join(", ")}`}`);
  return found;
};

/** Any scheme by name. */
export const schemeName = (text: string): SchemeName => oneOf(schemeNames, text);

/** Schemes for nonlinear flows, with commas between them. */
export const schemeList = (text: string): SchemeName[] =>
  text.split(",").map((name) => oneOf(nonlinearSchemeNames, name));

/** A duration with its unit, as in `10ms`. */
export interface Duration {
  readonly value: number;
  readonly unit: string;
}

const UNITS = ["s", "ms", "us"];

/** `10ms`, `0.02s`. */
export const duration = (text: string): Duration => {
  const [, value, unit] = /^\s*([^a-z\s]*?(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  if (!value || !unit || !UNITS.includes(unit))
    throw new InputError(`expected a number with a unit (${UNITS.join(", ")}), as in 10ms, got ${text}`);
  return { value: positiveNumber(value), unit };
};
