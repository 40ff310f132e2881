/**
 * Activations as plain data, as they stand in a model file: a name, or a name with parameters.
 *
 * `activationSpec` reads such data, accepts the spellings of Keras, PyTorch and the literature, and fills in defaults.
 */
import { InputError } from "../../error.js";
import { didYouMean } from "../../suggestion.js";

/** Names that need no parameter. */
export type ActivationName =
  | "identity"
  | "tanh"
  | "sigmoid"
  | "relu"
  | "leaky-relu"
  | "elu"
  | "selu"
  | "softplus"
  | "erf"
  | "erf-unit-slope"
  | "rectified-tanh"
  | "saturating-linear"
  | "atan"
  | "softsign"
  | "gelu"
  | "silu"
  | "hard-sigmoid";

/** An activation function as JSON data: a name alone, or with parameters. */
export type ActivationSpec =
  | ActivationName
  /** `v` for v >= 0 and `slope v` below; `slope` is 0.01 by default, as in PyTorch. */
  | { readonly name: "leaky-relu"; readonly slope?: number }
  /** `v` for v >= 0 and `scale (exp(v) - 1)` below; `scale` is 1 by default. */
  | { readonly name: "elu"; readonly scale?: number }
  /** `v` clipped to [low, high]; 0 and 1 by default. */
  | { readonly name: "saturating-linear"; readonly low?: number; readonly high?: number }
  /** `slope v + 1/2` clipped to [0, 1]; `slope` is 1/6 by default, as in PyTorch and Keras 3. Keras 2 has 0.2. */
  | { readonly name: "hard-sigmoid"; readonly slope?: number }
  /** `gain max(0, v)^exponent`; `gain` is 1 by default, `exponent` is positive. */
  | { readonly name: "power-law"; readonly gain?: number; readonly exponent: number }
  /** Any formula in `v`, for instance `"v / (1 + v^2)"`. */
  | { readonly name: "expression"; readonly expression: string };

/** The parameters of each activation with their defaults; `undefined` where one must be given. */
const PARAMETERS: ReadonlyMap<string, Readonly<Record<string, number | undefined>>> = new Map<
  string,
  Record<string, number | undefined>
>([
  ["identity", {}],
  ["tanh", {}],
  ["sigmoid", {}],
  ["relu", {}],
  ["leaky-relu", { slope: 0.01 }],
  ["elu", { scale: 1 }],
  ["selu", {}],
  ["softplus", {}],
  ["erf", {}],
  ["erf-unit-slope", {}],
  ["rectified-tanh", {}],
  ["saturating-linear", { low: 0, high: 1 }],
  ["power-law", { gain: 1, exponent: undefined }],
  ["atan", {}],
  ["softsign", {}],
  ["gelu", {}],
  ["silu", {}],
  ["hard-sigmoid", { slope: 1 / 6 }],
]);

/** The standard names, in the order of the manual. */
export const activationNames: readonly string[] = [...PARAMETERS.keys(), "expression"];

/** Other people's names, without case, hyphens and underscores. */
const ALIASES: ReadonlyMap<string, ActivationSpec> = new Map<string, ActivationSpec>([
  ["linear", "identity"],
  ["none", "identity"],
  ["logistic", "sigmoid"],
  ["rectifiedlinear", "relu"],
  ["thresholdlinear", "relu"],
  ["relu6", { name: "saturating-linear", low: 0, high: 6 }],
  ["hardtanh", { name: "saturating-linear", low: -1, high: 1 }],
  ["satlin", { name: "saturating-linear", low: 0, high: 1 }],
  ["satlins", { name: "saturating-linear", low: -1, high: 1 }],
  ["retanh", "rectified-tanh"],
  ["arctan", "atan"],
  ["swish", "silu"],
]);

const folded = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, "");
const STANDARD: ReadonlyMap<string, string> = new Map(activationNames.map((name) => [folded(name), name]));

const unknownName = (name: string): InputError =>
  new InputError(
    `activation: unknown name, got ${JSON.stringify(name)}${didYouMean(name, activationNames)}; known names: ${activationNames.join(", ")}`,
  );

const show = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));

const requirement: Readonly<Record<string, (p: Readonly<Record<string, number>>) => string | undefined>> = {
  "saturating-linear": (p) =>
    p.low! < p.high! ? undefined : `low must be below high, got low ${p.low} and high ${p.high}`,
  "power-law": (p) => (p.exponent! > 0 ? undefined : `exponent must be positive, got ${p.exponent}`),
  "hard-sigmoid": (p) => (p.slope! > 0 ? undefined : `slope must be positive, got ${p.slope}`),
};

const withParameters = (name: string, given: ReadonlyMap<string, unknown>): ActivationSpec => {
  const defaults = PARAMETERS.get(name)!;
  const known = Object.keys(defaults);
  for (const key of given.keys())
    if (!known.includes(key))
      throw new InputError(
        `activation ${name}: unknown parameter, got ${JSON.stringify(key)}; it has ${known.length > 0 ? known.join(", ") : "none"}`,
      );
  const parameters: Record<string, number> = {};
  for (const key of known) {
    const value = given.get(key) ?? defaults[key];
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new InputError(`activation ${name}: ${key} must be a finite number, got ${show(value)}`);
    parameters[key] = value;
  }
  const complaint = requirement[name]?.(parameters);
  if (complaint !== undefined) throw new InputError(`activation ${name}: ${complaint}`);
  return (known.length > 0 ? { name, ...parameters } : name) as ActivationSpec;
};

/**
 * Reads an activation from a model file or a user: standard names, the names of Keras and PyTorch in any case
 * (`"Hardtanh"`, `"leaky_relu"`, `"swish"`), or an object with parameters.
 *
 * @returns the same in standard form with every parameter filled in; equal activations give equal data
 * @example activationSpec("LeakyReLU") // { name: "leaky-relu", slope: 0.01 }
 */
export const activationSpec = (value: unknown): ActivationSpec => {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const given = new Map<string, unknown>(isObject ? Object.entries(value) : [["name", value]]);
  const name = given.get("name");
  given.delete("name");
  if (typeof name !== "string")
    throw new InputError(`activation: expected a name or an object with a name, got ${show(value)}`);
  const alias = ALIASES.get(folded(name));
  if (alias !== undefined) {
    if (typeof alias === "string") return withParameters(alias, given);
    if (given.size === 0) return alias;
    return withParameters(alias.name, new Map([...Object.entries(alias).filter(([key]) => key !== "name"), ...given]));
  }
  const standard = STANDARD.get(folded(name));
  if (standard === undefined) throw unknownName(name);
  if (standard !== "expression") return withParameters(standard, given);
  const expression = given.get("expression");
  if (typeof expression !== "string")
    throw new InputError(`activation expression: expected a formula in v as text, got ${show(expression)}`);
  return { name: "expression", expression };
};
