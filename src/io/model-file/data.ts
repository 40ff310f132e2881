/**
 * From a model to a model file's data: every field by its word, nothing left to defaults.
 *
 * A map made by a scheme is written with the fields of its flow; where the two differ in what models share, the flow's
 * share stands under `flow`.
 */
import { InputError } from "../../error.js";
import type {
  GateWeights,
  LinearFlow,
  LinearMap,
  Model,
  NonlinearFlow,
  Readout,
  SchemeMap,
  WarpedFlow,
} from "../../model/model.js";
import type { Weights } from "../../model/weights.js";
import { type Matrix, toRows } from "../../numerics/matrix.js";
import type { ModelData, ReadoutData, WeightsData } from "./schema.js";

const rows = (A: Matrix): number[][] => toRows(A);
const list = (x: Float64Array): number[] => Array.from(x);

/** One number where all entries are the same, which many are. */
const compact = (x: Float64Array): number[] | number =>
  x.length > 0 && x.every((value) => Object.is(value, x[0])) ? x[0]! : list(x);

const inputMatrix = <const K extends string>(key: K, B: Matrix): { [k in K]?: number[][] } =>
  (B.cols === 0 ? {} : { [key]: rows(B) }) as { [k in K]?: number[][] };

const readoutData = ({ weights, bias, of }: Readout): ReadoutData => ({ weights: rows(weights), bias: list(bias), of });

/** Settings as JSON knows them: typed arrays as lists, numbers that are not finite as text. */
const plain = (value: unknown): unknown => {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, entry]) => entry !== undefined && typeof entry !== "function")
        .map(([key, entry]) => [key, plain(entry)]),
    );
  return value;
};

const provenanceData = (model: Model) =>
  model.provenance.map(({ operator, settings }) => ({
    operator,
    settings: plain(settings) as Record<string, unknown>,
  }));

const head = <const K extends ModelData["kind"], const F extends ModelData["form"]>(
  kind: K,
  form: F,
  name: string,
) => ({
  rubato: 1 as const,
  kind,
  form,
  name,
});

const shared = (model: Model) => ({
  ...(model.readout ? { readout: readoutData(model.readout) } : {}),
  ...(model.noise ? { noise: rows(model.noise) } : {}),
  timeUnit: model.timeUnit,
  ...(model.provenance.length > 0 ? { provenance: provenanceData(model) } : {}),
});

const history = (model: Model) => (model.parent ? { parent: modelToJson(model.parent) } : {});

const weightsData = (weights: Weights): WeightsData => {
  switch (weights.structure) {
    case "dense":
      return rows(weights.matrix);
    case "low-rank":
      return { left: rows(weights.left), right: rows(weights.right) };
    case "signed":
      return { magnitudes: rows(weights.magnitudes), signs: list(weights.signs) };
  }
};

const gateData = ({ input, recurrent, bias }: GateWeights) => ({
  input: rows(input),
  recurrent: rows(recurrent),
  bias: list(bias),
});

const networkData = (model: Extract<NonlinearFlow, { form: "rate" | "current" }>) => ({
  recurrentWeights: weightsData(model.recurrentWeights),
  ...inputMatrix("inputWeights", model.inputWeights),
  bias: list(model.bias),
  timeConstants: compact(model.timeConstants),
  leak: compact(model.leak),
  activation: model.activation,
});

const warpData = ({ name, warp }: WarpedFlow) => {
  if (!warp.table)
    throw new InputError(
      `${name}: a time warp made of functions cannot be written to a file; give it as a table of samples`,
    );
  return { own: list(warp.table.own), parent: list(warp.table.parent) };
};

/** The fields of a flow's own form, as those of a model of another kind and name too. */
const flowFields = <const K extends ModelData["kind"]>(model: NonlinearFlow, kind: K, name: string) => {
  switch (model.form) {
    case "rate":
      return { ...head(kind, model.form, name), ...networkData(model), gain: compact(model.gain) };
    case "current":
      return { ...head(kind, model.form, name), ...networkData(model) };
    case "gru":
      return {
        ...head(kind, model.form, name),
        timeConstants: compact(model.timeConstants),
        reset: model.reset,
        updateGate: gateData(model.updateGate),
        resetGate: gateData(model.resetGate),
        candidate: { ...gateData(model.candidate), recurrentBias: list(model.candidate.recurrentBias) },
      };
    case "equations":
      return {
        ...head(kind, model.form, name),
        variables: [...model.variables],
        inputNames: [...model.inputNames],
        parameters: { ...model.parameters },
        equations: [...model.equations],
        timeConstants: compact(model.timeConstants),
      };
    case "warped":
      return {
        ...head(kind, model.form, name),
        warp: warpData(model),
        original: modelToJson(model.original),
      };
  }
};

const affineFields = (model: LinearFlow | LinearMap) => ({
  stateMatrix: rows(model.stateMatrix),
  ...inputMatrix("inputMatrix", model.inputMatrix),
  offset: list(model.offset),
  point: list(model.point),
  inputPoint: list(model.inputPoint),
});

const linearFlowData = (model: LinearFlow) => ({
  ...head("continuous", "linear", model.name),
  ...affineFields(model),
  leakRates: compact(model.leakRates),
  ...shared(model),
  ...history(model),
});

const linearMapData = (model: LinearMap) => ({
  ...head("discrete", "linear", model.name),
  dt: model.dt,
  ...(model.scheme ? { scheme: model.scheme } : {}),
  ...affineFields(model),
  ...(model.inputSlopeMatrix ? { inputSlopeMatrix: rows(model.inputSlopeMatrix) } : {}),
  ...shared(model),
  ...history(model),
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const schemeMapData = (model: SchemeMap) => {
  const { parent: flow } = model;
  const ours = shared(model);
  const { noise, readout = null, timeUnit, provenance } = shared(flow);
  const different = {
    ...(flow.name === model.name ? {} : { name: flow.name }),
    ...(timeUnit === ours.timeUnit ? {} : { timeUnit }),
    ...(provenance ? { provenance } : {}),
    ...(same(readout, ours.readout ?? null) ? {} : { readout }),
  };
  return {
    ...flowFields(flow, "discrete", model.name),
    scheme: model.scheme,
    dt: model.dt,
    ...(model.steps ? { steps: list(model.steps) } : {}),
    ...(model.warpSpeed ? { warpSpeed: model.warpSpeed } : {}),
    ...ours,
    ...(noise ? { noise } : {}),
    ...(Object.keys(different).length > 0 ? { flow: different } : {}),
    ...history(flow),
  };
};

/**
 * A model as the data of a model file: plain objects, lists and numbers, fit for JSON.
 *
 * @throws InputError for time warps that are functions without a table
 */
export const modelToJson = (model: Model): ModelData => {
  if (model.kind === "continuous") {
    if (model.form === "linear") return linearFlowData(model);
    if (model.form !== "linear-along")
      return { ...flowFields(model, "continuous", model.name), ...shared(model), ...history(model) };
    const pieces = model.pieces.map(linearFlowData);
    return {
      ...head("continuous", "linear-along", model.name),
      times: list(model.times),
      pieces,
      ...shared(model),
      ...history(model),
    };
  }
  if (model.form === "linear") return linearMapData(model);
  if (model.form === "scheme") return schemeMapData(model);
  const { dt } = model;
  if (model.form === "linear-along") {
    const pieces = model.pieces.map(linearMapData);
    return { ...head("discrete", "linear-along", model.name), dt, pieces, ...shared(model), ...history(model) };
  }
  return {
    ...head("discrete", "lstm", model.name),
    dt,
    inputGate: gateData(model.inputGate),
    forgetGate: gateData(model.forgetGate),
    cellGate: gateData(model.cellGate),
    outputGate: gateData(model.outputGate),
    ...shared(model),
    ...history(model),
  };
};
