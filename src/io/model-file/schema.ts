/**
 * The model file as a schema: which fields there are and what may stand in them.
 *
 * One source for three things: the reader, the type `ModelData`, and the JSON Schema that is published from it. It states
 * the structure; whether shapes fit each other is checked by the makers of models.
 */
import * as v from "valibot";
import { nonlinearSchemeNames, schemeNames } from "../../model/scheme/schemes.js";
import { closed, notArray } from "./closed.js";

const VERSION = 1;
/** Names that JavaScript gives a meaning of its own. */
const PLAIN_KEY = /^(?!(?:__proto__|constructor|prototype)$)/;
const IDENTIFIER = /^(?!(?:__proto__|constructor|prototype)$)[A-Za-z_][A-Za-z0-9_]*$/;
/** The name of a file beside this one: no folders, no drive, nothing hidden. */
export const NEIGHBOR = /^(?!\.)[^/\\:]{1,200}\.npz$/;

const number = v.number();
const positive = v.pipe(number, v.gtValue(0, "expected a positive number"));
const numbers = v.array(number);
const text = v.string();
const maybe = v.exactOptional;

/** An array that lies in an NPZ file in the same folder. */
export const referenceSchema = closed({
  npz: v.pipe(text, v.regex(NEIGHBOR, "expected the plain name of an .npz file in the same folder")),
  key: v.pipe(text, v.minLength(1, "expected a name")),
});

/** Rows of numbers, `W[i][j]` from j to i. */
export const matrixSchema = v.union([v.array(numbers), referenceSchema]);
/** One number per unit, or one for all. */
export const vectorSchema = v.union([numbers, number, referenceSchema]);
/** One number per entry. */
export const listSchema = v.union([numbers, referenceSchema]);

/** Dense, low-rank `W = left rightᵀ`, or sign-constrained `W = magnitudes diag(signs)`. */
export const weightsSchema = v.union([
  v.array(numbers),
  referenceSchema,
  closed({ left: matrixSchema, right: matrixSchema }),
  closed({ magnitudes: matrixSchema, signs: listSchema }),
]);

const shortName = v.pipe(text, v.minLength(1, "expected a name"), v.maxLength(64, "expected a short name"));

/** A name, or an object with a name and parameters. */
export const activationSchema = v.union([
  shortName,
  closed({
    name: shortName,
    slope: maybe(number),
    scale: maybe(number),
    low: maybe(number),
    high: maybe(number),
    gain: maybe(number),
    exponent: maybe(number),
    expression: maybe(text),
  }),
]);

export const readoutSchema = closed({
  weights: matrixSchema,
  bias: maybe(listSchema),
  of: maybe(v.picklist(["state", "activity"])),
});

const plainRecord = <S extends v.GenericSchema>(value: S, key: RegExp) =>
  notArray(v.record(v.pipe(text, v.regex(key, "expected another name")), value));

export const provenanceSchema = v.array(closed({ operator: text, settings: plainRecord(v.unknown(), PLAIN_KEY) }));

/** Any model, by reference: schemas of models contain each other. */
export const anyModelSchema = v.lazy((): v.GenericSchema<unknown> => modelSchema);

const common = {
  $schema: maybe(text),
  rubato: v.literal(VERSION, "expected version 1 of the model file"),
  name: maybe(text),
  readout: maybe(readoutSchema),
  timeUnit: maybe(text),
  provenance: maybe(provenanceSchema),
  parent: maybe(anyModelSchema),
};

const continuous = { ...common, kind: v.literal("continuous"), noise: maybe(matrixSchema) };

/** A map made by a scheme: the fields of its flow, and what the flow has differently under `flow`. */
const byScheme = {
  ...continuous,
  kind: v.literal("discrete"),
  scheme: v.picklist(nonlinearSchemeNames),
  dt: positive,
  steps: maybe(v.pipe(v.array(positive), v.minLength(1, "expected at least one"))),
  warpSpeed: maybe(v.picklist(["secant", "pointwise"])),
  flow: maybe(
    closed({
      name: maybe(text),
      readout: maybe(v.nullable(readoutSchema)),
      timeUnit: maybe(text),
      provenance: maybe(provenanceSchema),
    }),
  ),
};

const currentFields = {
  form: v.literal("current"),
  recurrentWeights: weightsSchema,
  inputWeights: maybe(matrixSchema),
  bias: maybe(listSchema),
  timeConstants: maybe(vectorSchema),
  leak: maybe(vectorSchema),
  activation: maybe(activationSchema),
};

const rateFields = { ...currentFields, form: v.literal("rate"), gain: maybe(vectorSchema) };

/** A leaky network is given by `alpha` and the reading of it, any other map by `scheme` and `dt`. */
const leaky = {
  scheme: maybe(byScheme.scheme),
  dt: maybe(positive),
  alpha: maybe(positive),
  readAs: maybe(v.picklist(["euler", "exponential-euler", "imex-euler"])),
};

const gateFields = { input: matrixSchema, recurrent: matrixSchema, bias: maybe(listSchema) };
/** Weights of one gate. */
export const gateSchema = closed(gateFields);

const gruFields = {
  form: v.literal("gru"),
  timeConstants: maybe(vectorSchema),
  reset: v.picklist(["after", "before"]),
  updateGate: gateSchema,
  resetGate: gateSchema,
  candidate: closed({ ...gateFields, recurrentBias: maybe(listSchema) }),
};

const equationsFields = {
  form: v.literal("equations"),
  variables: v.pipe(
    v.array(v.pipe(text, v.regex(IDENTIFIER, "expected a name of letters, digits and underscores"))),
    v.minLength(1, "expected at least one"),
  ),
  inputNames: maybe(v.array(v.pipe(text, v.regex(IDENTIFIER, "expected a name of letters, digits and underscores")))),
  parameters: maybe(plainRecord(number, IDENTIFIER)),
  equations: v.pipe(v.array(text), v.minLength(1, "expected at least one")),
  timeConstants: maybe(vectorSchema),
};

const warpedFields = {
  form: v.literal("warped"),
  warp: closed({ own: listSchema, parent: listSchema }),
  original: anyModelSchema,
};

const linearFields = {
  form: v.literal("linear"),
  stateMatrix: matrixSchema,
  inputMatrix: maybe(matrixSchema),
  offset: maybe(listSchema),
  point: maybe(listSchema),
  inputPoint: maybe(listSchema),
};

const linearFlow = closed({ ...continuous, ...linearFields, leakRates: maybe(vectorSchema) });

const native = { ...common, kind: v.literal("discrete") };

const linearMap = closed({
  ...native,
  ...linearFields,
  noise: maybe(matrixSchema),
  dt: maybe(positive),
  scheme: maybe(v.picklist(schemeNames)),
  inputSlopeMatrix: maybe(matrixSchema),
});

const lstm = closed({
  ...native,
  form: v.literal("lstm"),
  noise: maybe(matrixSchema),
  dt: maybe(positive),
  inputGate: gateSchema,
  forgetGate: gateSchema,
  cellGate: gateSchema,
  outputGate: gateSchema,
});

const flows = v.variant("form", [
  closed({ ...continuous, ...rateFields }),
  closed({ ...continuous, ...currentFields }),
  closed({ ...continuous, ...gruFields }),
  closed({ ...continuous, ...equationsFields }),
  closed({ ...continuous, ...warpedFields }),
  linearFlow,
  closed({
    ...continuous,
    form: v.literal("linear-along"),
    times: listSchema,
    pieces: v.pipe(v.array(linearFlow), v.minLength(1, "expected at least one")),
  }),
]);

const maps = v.variant("form", [
  closed({ ...byScheme, ...rateFields, ...leaky }),
  closed({ ...byScheme, ...currentFields, ...leaky }),
  closed({ ...byScheme, ...gruFields }),
  closed({ ...byScheme, ...equationsFields }),
  closed({ ...byScheme, ...warpedFields }),
  linearMap,
  lstm,
  closed({
    ...native,
    form: v.literal("linear-along"),
    dt: maybe(positive),
    pieces: v.pipe(v.array(linearMap), v.minLength(1, "expected at least one")),
  }),
]);

/** A model file. */
export const modelSchema = v.variant("kind", [flows, maps]);

/** A model file as data. */
export type ModelData = v.InferOutput<typeof modelSchema>;
export type MatrixData = v.InferOutput<typeof matrixSchema>;
export type VectorData = v.InferOutput<typeof vectorSchema>;
export type ListData = v.InferOutput<typeof listSchema>;
export type ReadoutData = v.InferOutput<typeof readoutSchema>;
export type WeightsData = v.InferOutput<typeof weightsSchema>;
