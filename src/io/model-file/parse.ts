/** From a model file's data to a model: its form by a maker, then what all models share. */
import { InputError } from "../../error.js";
import {
  checkedMatrix,
  checkedVector,
  linearFlow,
  linearMap,
  lstmMap,
  positiveStep,
  stepOfAlpha,
} from "../../model/build.js";
import type {
  ContinuousModel,
  DiscreteModel,
  LinearFlow,
  LinearMap,
  Model,
  NonlinearFlow,
  SchemeMap,
  WarpedFlow,
} from "../../model/model.js";
import { warp } from "../../operators/rescale.js";
import { affineSettings, type Context, inside, lstmSettings, picked, plainFlow, readoutFrom } from "./forms.js";
import { listOf, matrixOf, vectorOf } from "./numbers.js";
import type { MatrixData, ModelData, ReadoutData } from "./schema.js";

type FlowData = Extract<ModelData, { kind: "continuous" }>;
type MapData = Extract<ModelData, { kind: "discrete" }>;
type NonlinearForm = "rate" | "current" | "gru" | "equations" | "warped";
type NonlinearData = Extract<ModelData, { form: NonlinearForm }>;
type SchemeData = Extract<MapData, { form: NonlinearForm }>;

interface SharedData {
  readonly name?: string;
  readonly readout?: ReadoutData;
  readonly noise?: MatrixData;
  readonly timeUnit?: string;
  readonly provenance?: Model["provenance"];
  readonly parent?: unknown;
}

const UNNAMED = { name: "", timeUnit: "tau", provenance: [] } as const;

/** `model` with the fields that every model has. */
const finished = <M extends Model>(model: M, data: SharedData, context: Context, readoutUnits = model.units): M => {
  if (model.units === 0) throw new InputError("expected a model of at least one unit, got none");
  const { noise } = picked(data, ["noise"], matrixOf, context);
  const { parent } = data;
  return {
    ...model,
    name: data.name ?? context.name,
    timeUnit: data.timeUnit ?? "tau",
    provenance: data.provenance ?? [],
    ...(data.readout ? { readout: readoutFrom(data.readout, readoutUnits, context) } : {}),
    ...(noise ? { noise: checkedMatrix("noise", noise, model.units, noise.cols) } : {}),
    ...(parent === undefined ? {} : { parent: inside("parent", () => modelOf(parent as ModelData, context)) }),
  };
};

const warpedOf = (data: Extract<NonlinearData, { form: "warped" }>, context: Context): WarpedFlow => {
  const original = inside("original", () => modelOf(data.original as ModelData, context));
  if (original.kind !== "continuous" || original.form === "warped" || original.form === "linear-along")
    throw new InputError(`original: expected a flow that is not warped, got ${original.kind} ${original.form}`);
  const table = inside("warp", () => picked(data.warp, ["own", "parent"], listOf, context));
  const { parent: _parent, ...flow } = warp(table)(original as Exclude<NonlinearFlow, WarpedFlow>);
  return flow;
};

const nonlinearOf = (data: NonlinearData, context: Context): NonlinearFlow =>
  data.form === "warped" ? warpedOf(data, context) : plainFlow(data, context);

const linearFlowOf = (data: Extract<FlowData, { form: "linear" }>, context: Context): LinearFlow => {
  const settings = { ...affineSettings(data, context), ...picked(data, ["leakRates"], vectorOf, context) };
  return finished(linearFlow(settings), data, context);
};

const linearMapOf = (data: Extract<MapData, { form: "linear" }>, context: Context): LinearMap => {
  const map = linearMap({ ...affineSettings(data, context), dt: data.dt ?? 1 });
  const { inputSlopeMatrix: S } = picked(data, ["inputSlopeMatrix"], matrixOf, context);
  return {
    ...finished(map, data, context),
    ...(S ? { inputSlopeMatrix: checkedMatrix("inputSlopeMatrix", S, map.units, map.inputs) } : {}),
    ...(data.scheme === undefined ? {} : { scheme: data.scheme }),
  };
};

/** The pieces along a trajectory, all of one size. */
const piecesOf = <D, P extends LinearFlow | LinearMap>(data: readonly D[], read: (piece: D) => P) => {
  const pieces = data.map((piece, k) => inside(`pieces[${k}]`, () => read(piece)));
  const { units, inputs } = pieces[0]!;
  pieces.forEach((piece, k) => {
    if (piece.units !== units || piece.inputs !== inputs)
      throw new InputError(
        `pieces[${k}]: expected ${units} units and ${inputs} inputs as in pieces[0], got ${piece.units} and ${piece.inputs}`,
      );
  });
  return { ...UNNAMED, form: "linear-along" as const, units, inputs, pieces };
};

const timesOf = (data: Extract<FlowData, { form: "linear-along" }>, { find }: Context): Float64Array => {
  const times = checkedVector("times", listOf("times", data.times, find), data.pieces.length);
  const k = times.findIndex((t, i) => i > 0 && !(t > times[i - 1]!));
  if (k >= 0) throw new InputError(`times[${k}]: must be after ${times[k - 1]}, got ${times[k]}`);
  return times;
};

const flowOf = (data: FlowData, context: Context): ContinuousModel => {
  if (data.form === "linear") return linearFlowOf(data, context);
  if (data.form !== "linear-along") return finished(nonlinearOf(data, context), data, context);
  const along = piecesOf(data.pieces, (piece) => linearFlowOf(piece, context));
  return finished({ ...along, kind: "continuous", times: timesOf(data, context) }, data, context);
};

/** The scheme and step of a map, also where they are given as the alpha of a leaky network. */
const stepOf = (data: SchemeData): Pick<SchemeMap, "scheme" | "dt"> => {
  const { scheme, dt, alpha, readAs } = { alpha: undefined, readAs: undefined, ...data };
  if (alpha === undefined) {
    if (readAs !== undefined) throw new InputError(`readAs: says how to read alpha, which is missing, got ${readAs}`);
    if (scheme === undefined || dt === undefined)
      throw new InputError("dt: a discrete model needs scheme and dt, or alpha; alpha 1 is the vanilla network");
    return { scheme, dt: positiveStep(dt) };
  }
  for (const field of ["scheme", "dt", "timeConstants", "leak", "gain"])
    if (field in data) throw new InputError(`alpha: is the step in units of tau, but ${field} is given too`);
  return { scheme: readAs ?? "euler", dt: stepOfAlpha(alpha, readAs ?? "euler") };
};

/** The flow that a map made by a scheme steps: the map's own fields, but for what stands under `flow`. */
const steppedFlow = (data: SchemeData, context: Context): NonlinearFlow => {
  const { readout = data.readout, ...different } = data.flow ?? {};
  const { readout: _readout, ...same } = data as SharedData;
  const shared = { ...same, provenance: [], ...different, ...(readout ? { readout } : {}) };
  return finished(nonlinearOf(data, context), shared, context);
};

const schemeMapOf = (data: SchemeData, context: Context): SchemeMap => {
  const step = stepOf(data);
  const parent = steppedFlow(data, context);
  const { units, inputs } = parent;
  const { noise: _noise, parent: _parent, ...shared } = data as SharedData;
  const map: SchemeMap = { ...UNNAMED, kind: "discrete", form: "scheme", units, inputs, ...step, parent };
  return {
    ...finished(map, shared, context),
    ...(data.steps ? { steps: Float64Array.from(data.steps, positiveStep) } : {}),
    ...(data.warpSpeed ? { warpSpeed: data.warpSpeed } : {}),
  };
};

const mapOf = (data: MapData, context: Context): DiscreteModel => {
  switch (data.form) {
    case "linear":
      return linearMapOf(data, context);
    case "linear-along": {
      const along = piecesOf(data.pieces, (piece) => linearMapOf(piece, context));
      return finished({ ...along, kind: "discrete", dt: data.dt ?? along.pieces[0]!.dt }, data, context);
    }
    case "lstm": {
      const map = { ...lstmMap(lstmSettings(data, context)), dt: positiveStep(data.dt ?? 1) };
      const reads = data.readout && matrixOf("readout.weights", data.readout.weights, context.find).cols;
      return finished(map, data, context, reads === map.units / 2 ? reads : map.units);
    }
    default:
      return schemeMapOf(data, context);
  }
};

/** The model that checked data describe; throws an `InputError` where shapes or values do not fit. */
export const modelOf = (data: ModelData, context: Context): Model =>
  data.kind === "continuous" ? flowOf(data, context) : mapOf(data, context);
