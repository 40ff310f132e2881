/** What is in a model, as data and as a table: its equation, sizes, time, and the spectrum of its recurrent weights. */
import { departureFromNormality } from "../analyze/non-normality.js";
import type { ActivationSpec } from "../model/activation.js";
import { equationOf } from "../model/equation.js";
import type { Model, ProvenanceStep } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { denseWeights } from "../model/weights.js";
import { spectralRadius } from "../numerics/eigen.js";
import type { Matrix } from "../numerics/matrix.js";
import { counted, short, span, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { readingOf } from "./reading.js";
import { facts } from "./table.js";

/** The facts about a model. */
export interface Inspection {
  readonly name: string;
  readonly kind: Model["kind"];
  /** Form of the equation; of a map made by a scheme that of its flow. */
  readonly form: string;
  readonly reading: string;
  readonly units: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: ActivationSpec | null;
  /** Weights and biases, counted in the structure in which they are kept. */
  readonly parameters: number;
  readonly scheme: SchemeName | null;
  readonly dt: number | null;
  /** One number where all units share it. */
  readonly tau: number | readonly number[] | null;
  readonly timeUnit: string;
  /** Structure of the recurrent weights. */
  readonly weights: "dense" | "low-rank" | "signed" | null;
  readonly rank: number | null;
  /** Of the recurrent weights W, or of the state matrix A of a linear model. */
  readonly spectralRadius: number | null;
  readonly departureFromNormality: number | null;
  readonly noiseSources: number;
  readonly provenance: readonly ProvenanceStep[];
}

/** The equation behind a model: a map made by a scheme has that of its flow, a warped flow that of its original. */
const coreOf = (model: Model): Model => {
  if (model.form === "scheme") return coreOf(model.parent);
  return model.form === "warped" ? coreOf(model.original) : model;
};

const recurrentMatrix = (core: Model): Matrix | undefined => {
  if ("recurrentWeights" in core) return denseWeights(core.recurrentWeights);
  return core.form === "linear" ? core.stateMatrix : undefined;
};

const SETTINGS = new Set([
  "timeConstants",
  "leak",
  "gain",
  "noise",
  "point",
  "inputPoint",
  "leakRates",
  "times",
  "steps",
]);

/** Numbers in matrices and vectors, except those that `SETTINGS` names. */
const numbersIn = (value: unknown): number => {
  if (value instanceof Float64Array) return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + numbersIn(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => (SETTINGS.has(key) || key === "parent" || key === "provenance" ? sum : sum + numbersIn(part)),
    0,
  );
};

const sharedValue = (values: Float64Array): number | readonly number[] =>
  values.every((v) => v === values[0]) ? values[0]! : Array.from(values);

/** Looks at a model. */
export const inspection = (model: Model): Inspection => {
  const core = coreOf(model);
  const W = recurrentMatrix(core);
  const weights = "recurrentWeights" in core ? core.recurrentWeights : undefined;
  return {
    name: model.name,
    kind: model.kind,
    form: core.form,
    reading: readingOf(model),
    units: model.units,
    inputs: model.inputs,
    outputs: model.readout?.weights.rows ?? 0,
    activation: "activation" in core ? core.activation : null,
    parameters: numbersIn(core) + (core === model || core.readout ? 0 : numbersIn(model.readout)),
    scheme: "scheme" in model ? (model.scheme ?? null) : null,
    dt: "dt" in model ? model.dt : null,
    tau: "timeConstants" in core ? sharedValue(core.timeConstants) : null,
    timeUnit: model.timeUnit,
    weights: weights?.structure ?? null,
    rank: weights?.structure === "low-rank" ? weights.left.cols : null,
    spectralRadius: W ? spectralRadius(W) : null,
    departureFromNormality: W ? departureFromNormality(W) : null,
    noiseSources: (model.noise ?? core.noise)?.cols ?? 0,
    provenance: model.provenance,
  };
};

const activationWords = (spec: ActivationSpec): string =>
  typeof spec === "string"
    ? spec
    : `${spec.name} (${Object.entries(spec)
        .filter(([key]) => key !== "name")
        .map(([key, value]) => `${key} ${value}`)
        .join(", ")})`;

const stepWords = ({ operator, settings }: ProvenanceStep): string => {
  const words = Object.entries(settings).map(([key, value]) =>
    Array.isArray(value) && value.length > 4 ? `${key} (${value.length} numbers)` : `${key} ${JSON.stringify(value)}`,
  );
  return words.length === 0 ? operator : `${operator}: ${words.join(", ").replaceAll('"', "")}`;
};

/** An inspection as a table. */
export const inspectionTable = (model: Model, found: Inspection, { width, paint }: Layout): string => {
  const { weights, rank, tau, dt, timeUnit } = found;
  const subject = weights === null ? "state matrix" : "recurrent weights";
  const entries: [string, string][] = [
    ...equationOf(model, { style: "symbolic" })
      .text.split("\n")
      .map((line, k): [string, string] => [k === 0 ? "equation" : "", line]),
    ["read as", found.reading],
    [
      "size",
      `${counted(found.units, "unit")}, ${counted(found.inputs, "input")}, ${counted(found.outputs, "output")}; ${counted(found.parameters, "parameter")}`,
    ],
  ];
  if (found.activation !== null) entries.push(["activation", activationWords(found.activation)]);
  if (tau !== null)
    entries.push([
      "tau",
      `${typeof tau === "number" ? short(tau) : span(tau)}${timeUnit === "tau" ? "" : ` ${timeUnit}`}`,
    ]);
  if (dt !== null) entries.push(["step", `dt = ${timed(dt, timeUnit)}`]);
  if (found.noiseSources > 0) entries.push(["noise", counted(found.noiseSources, "source")]);
  if (found.spectralRadius !== null)
    entries.push([
      subject,
      `${weights === null || weights === "dense" ? "" : `${weights}${rank === null ? "" : `, rank ${rank}`}; `}spectral radius ${short(found.spectralRadius, 5)}, departure from normality ${short(found.departureFromNormality, 5)}`,
    ]);
  for (const [k, step] of found.provenance.entries()) entries.push([k === 0 ? "made by" : "", stepWords(step)]);
  return [paint.bold(found.name), ...facts(entries, width)].join("\n");
};
