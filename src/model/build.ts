/**
 * Makers of models: numbers in, a checked and complete model out. Every message names the field.
 *
 * What is left out has its canonical value: tau, leak and gain 1, bias 0, no inputs, tanh.
 */
import { InputError } from "../error.js";
import { fromRows, type Matrix, matrix } from "../numerics/matrix.js";
import { type ActivationSpec, activation, activationSpec } from "./activation.js";
import type {
  CurrentModel,
  EquationsModel,
  GateWeights,
  GruModel,
  LinearFlow,
  LinearMap,
  LstmMap,
  RateModel,
  Readout,
  SchemeMap,
} from "./model.js";
import type { SchemeName } from "./scheme/scheme.js";
import { dense, denseWeights, type Weights, weightsUnits } from "./weights.js";

export type MatrixLike = Matrix | readonly (readonly number[])[];
export type VectorLike = ArrayLike<number>;

interface Shared {
  readonly name?: string;
  readonly readout?: { readonly weights: MatrixLike; readonly bias?: VectorLike; readonly of?: Readout["of"] };
  readonly noise?: MatrixLike;
  readonly timeUnit?: string;
}

/** Settings of `rateModel` and `currentModel`. */
export interface NetworkSettings extends Shared {
  readonly recurrentWeights: MatrixLike | Weights;
  readonly inputWeights?: MatrixLike;
  readonly bias?: VectorLike;
  readonly timeConstants?: VectorLike | number;
  readonly leak?: VectorLike | number;
  readonly gain?: VectorLike | number;
  readonly activation?: ActivationSpec;
}

const asMatrix = (value: MatrixLike): Matrix => ("data" in value ? value : fromRows(value));

const requireFinite = (field: string, data: ArrayLike<number>, describe: (k: number) => string): void => {
  for (let k = 0; k < data.length; k++)
    if (!Number.isFinite(data[k])) throw new InputError(`${field}: entry ${describe(k)} is not finite, got ${data[k]}`);
};

/** `value` as a finite matrix of the given shape. */
export const checkedMatrix = (field: string, value: MatrixLike, rows: number, cols: number): Matrix => {
  const A = asMatrix(value);
  if (A.rows !== rows || A.cols !== cols)
    throw new InputError(`${field}: expected a ${rows} x ${cols} matrix, got ${A.rows} x ${A.cols}`);
  requireFinite(field, A.data, (k) => `[${Math.floor(k / A.cols)}][${k % A.cols}]`);
  return A;
};

/** `value` as a finite vector of length `n`; a number stands for n equal entries. */
export const checkedVector = (field: string, value: VectorLike | number, n: number): Float64Array => {
  const vector = typeof value === "number" ? new Float64Array(n).fill(value) : Float64Array.from(value);
  if (vector.length !== n) throw new InputError(`${field}: expected ${n} entries, got ${vector.length}`);
  requireFinite(field, vector, (k) => `[${k}]`);
  return vector;
};

const positive = (field: string, vector: Float64Array): Float64Array => {
  const k = vector.findIndex((v) => !(v > 0));
  if (k >= 0) throw new InputError(`${field}: entry [${k}] must be positive, got ${vector[k]}`);
  return vector;
};

const columns = (value: MatrixLike | undefined): number => (value === undefined ? 0 : asMatrix(value).cols);

const shared = (settings: Shared, units: number, readoutUnits = units) => {
  const { readout, noise } = settings;
  const C = readout ? asMatrix(readout.weights) : undefined;
  return {
    name: settings.name ?? "network",
    units,
    timeUnit: settings.timeUnit ?? "tau",
    provenance: [],
    ...(readout && C
      ? {
          readout: {
            weights: checkedMatrix("readout.weights", C, C.rows, readoutUnits),
            bias: checkedVector("readout.bias", readout.bias ?? 0, C.rows),
            of: readout.of ?? ("state" as const),
          },
        }
      : {}),
    ...(noise ? { noise: checkedMatrix("noise", noise, units, columns(noise)) } : {}),
  };
};

const network = (settings: NetworkSettings) => {
  const given = settings.recurrentWeights;
  const weights: Weights = "structure" in given ? given : dense(asMatrix(given));
  const units = weightsUnits(weights);
  if (units === 0) throw new InputError("recurrentWeights: expected at least one unit, got an empty matrix");
  checkedMatrix("recurrentWeights", denseWeights(weights), units, units);
  const inputs = columns(settings.inputWeights);
  const spec = activationSpec(settings.activation ?? "tanh");
  activation(spec);
  return {
    ...shared(settings, units),
    kind: "continuous" as const,
    inputs,
    timeConstants: positive("timeConstants", checkedVector("timeConstants", settings.timeConstants ?? 1, units)),
    leak: checkedVector("leak", settings.leak ?? 1, units),
    activation: spec,
    recurrentWeights: weights,
    inputWeights: settings.inputWeights
      ? checkedMatrix("inputWeights", settings.inputWeights, units, inputs)
      : matrix(units, 0),
    bias: checkedVector("bias", settings.bias ?? 0, units),
  };
};

/** `tau h' = -lambda h + g phi(W h + B u + b)`. Throws an `InputError` that names the field at fault. */
export const rateModel = (settings: NetworkSettings): RateModel => {
  const common = network(settings);
  return { ...common, form: "rate", gain: checkedVector("gain", settings.gain ?? 1, common.units) };
};

/** `tau x' = -lambda x + W phi(x) + B u + b`. Throws an `InputError` that names the field at fault. */
export const currentModel = (settings: Omit<NetworkSettings, "gain">): CurrentModel => ({
  ...network(settings),
  form: "current",
});

/** Settings of one gate. */
export interface GateSettings {
  readonly input: MatrixLike;
  readonly recurrent: MatrixLike;
  readonly bias?: VectorLike;
}

const gate = (field: string, settings: GateSettings, units: number, inputs: number): GateWeights => ({
  input: checkedMatrix(`${field}.input`, settings.input, units, inputs),
  recurrent: checkedMatrix(`${field}.recurrent`, settings.recurrent, units, units),
  bias: checkedVector(`${field}.bias`, settings.bias ?? 0, units),
});

export interface GruSettings extends Shared {
  readonly timeConstants?: VectorLike | number;
  readonly reset: "after" | "before";
  readonly updateGate: GateSettings;
  readonly resetGate: GateSettings;
  readonly candidate: GateSettings & { readonly recurrentBias?: VectorLike };
}

/** `tau h' = (1 - z) (n - h)`; its forward Euler step at dt = tau is the GRU. */
export const gruModel = (settings: GruSettings): GruModel => {
  const units = asMatrix(settings.updateGate.recurrent).rows;
  const inputs = columns(settings.updateGate.input);
  return {
    ...shared(settings, units),
    kind: "continuous",
    form: "gru",
    inputs,
    timeConstants: positive("timeConstants", checkedVector("timeConstants", settings.timeConstants ?? 1, units)),
    reset: settings.reset,
    updateGate: gate("updateGate", settings.updateGate, units, inputs),
    resetGate: gate("resetGate", settings.resetGate, units, inputs),
    candidate: {
      ...gate("candidate", settings.candidate, units, inputs),
      recurrentBias: checkedVector("candidate.recurrentBias", settings.candidate.recurrentBias ?? 0, units),
    },
  };
};

export interface LstmSettings extends Shared {
  readonly inputGate: GateSettings;
  readonly forgetGate: GateSettings;
  readonly cellGate: GateSettings;
  readonly outputGate: GateSettings;
}

/** Long short-term memory; `units` counts the whole state (c, h). */
export const lstmMap = (settings: LstmSettings): LstmMap => {
  const half = asMatrix(settings.inputGate.recurrent).rows;
  const inputs = columns(settings.inputGate.input);
  const gateOf = (field: "inputGate" | "forgetGate" | "cellGate" | "outputGate") =>
    gate(field, settings[field], half, inputs);
  return {
    ...shared(settings, 2 * half),
    kind: "discrete",
    form: "lstm",
    inputs,
    dt: 1,
    inputGate: gateOf("inputGate"),
    forgetGate: gateOf("forgetGate"),
    cellGate: gateOf("cellGate"),
    outputGate: gateOf("outputGate"),
  };
};

export interface EquationsSettings extends Shared {
  readonly variables: readonly string[];
  readonly equations: readonly string[];
  readonly inputNames?: readonly string[];
  readonly parameters?: Readonly<Record<string, number>>;
  readonly timeConstants?: VectorLike | number;
}

/** `tau_i x_i' = expression_i`; the expressions are parsed when the model is bound, which may throw an `InputError`. */
export const equationsModel = (settings: EquationsSettings): EquationsModel => {
  const units = settings.variables.length;
  if (units === 0) throw new InputError("variables: expected at least one, got none");
  if (settings.equations.length !== units)
    throw new InputError(`equations: expected one per variable (${units}), got ${settings.equations.length}`);
  const parameters = settings.parameters ?? {};
  for (const [name, value] of Object.entries(parameters))
    if (!Number.isFinite(value)) throw new InputError(`parameters.${name}: is not finite, got ${value}`);
  return {
    ...shared(settings, units),
    kind: "continuous",
    form: "equations",
    inputs: settings.inputNames?.length ?? 0,
    timeConstants: positive("timeConstants", checkedVector("timeConstants", settings.timeConstants ?? 1, units)),
    variables: settings.variables,
    inputNames: settings.inputNames ?? [],
    parameters,
    equations: settings.equations,
  };
};

export interface LinearSettings extends Shared {
  readonly stateMatrix: MatrixLike;
  readonly inputMatrix?: MatrixLike;
  readonly offset?: VectorLike;
  readonly point?: VectorLike;
  readonly inputPoint?: VectorLike;
  /** lambda / tau, one per unit; 0 where the leak is not told apart. */
  readonly leakRates?: VectorLike | number;
}

const affine = (settings: LinearSettings) => {
  const A = asMatrix(settings.stateMatrix);
  const units = A.rows;
  const inputs = columns(settings.inputMatrix);
  return {
    ...shared(settings, units),
    inputs,
    stateMatrix: checkedMatrix("stateMatrix", A, units, units),
    inputMatrix: settings.inputMatrix
      ? checkedMatrix("inputMatrix", settings.inputMatrix, units, inputs)
      : matrix(units, 0),
    offset: checkedVector("offset", settings.offset ?? 0, units),
    point: checkedVector("point", settings.point ?? 0, units),
    inputPoint: checkedVector("inputPoint", settings.inputPoint ?? 0, inputs),
  };
};

/** `x' = c + A (x - p) + B (u - q)`. */
export const linearFlow = (settings: LinearSettings): LinearFlow => {
  const common = affine(settings);
  return {
    ...common,
    kind: "continuous",
    form: "linear",
    leakRates: checkedVector("leakRates", settings.leakRates ?? 0, common.units),
  };
};

/** The affine map `x' = c + A (x - p) + B (u - q)`. */
export const linearMap = (settings: Omit<LinearSettings, "leakRates"> & { readonly dt?: number }): LinearMap => ({
  ...affine(settings),
  kind: "discrete",
  form: "linear",
  dt: positiveStep(settings.dt ?? 1),
});

/** `dt`, refused unless positive and finite. */
export const positiveStep = (dt: number): number => {
  if (!(dt > 0 && Number.isFinite(dt))) throw new InputError(`dt: must be positive and finite, got ${dt}`);
  return dt;
};

/** How a discrete network is read as a scheme applied to a flow. */
export type Reading = Extract<SchemeName, "euler" | "exponential-euler" | "imex-euler">;

/**
 * The vanilla network `h' = phi(W h + B u + b)`, read as forward Euler at dt = tau of the rate form.
 */
export const vanillaMap = (settings: NetworkSettings): SchemeMap => leakyMap({ ...settings, alpha: 1 });

/**
 * The leaky network `h' = (1 - alpha) h + alpha phi(W h + B u + b)` (rate) or
 * `x' = (1 - alpha) x + alpha (W phi(x) + B u + b)` (current), read as a scheme of its flow with tau as unit of time.
 *
 * `readAs` chooses among the three flows that have this map: alpha = dt/tau (euler), 1 - e^{-dt/tau}
 * (exponential-euler, alpha < 1), (dt/tau) / (1 + dt/tau) (imex-euler, alpha < 1).
 */
export const leakyMap = (
  settings: NetworkSettings & { readonly alpha: number; readonly form?: "rate" | "current"; readonly readAs?: Reading },
): SchemeMap => {
  const { alpha, form = "rate", readAs = "euler", ...rest } = settings;
  const dt = stepOfAlpha(alpha, readAs);
  const parent = form === "rate" ? rateModel(rest) : currentModel(rest);
  return {
    name: parent.name,
    units: parent.units,
    inputs: parent.inputs,
    ...(parent.readout ? { readout: parent.readout } : {}),
    timeUnit: parent.timeUnit,
    provenance: [],
    kind: "discrete",
    form: "scheme",
    scheme: readAs,
    dt,
    parent,
  };
};

/** `dt / tau` of a leaky network under each reading of its alpha. */
export const stepOfAlpha = (alpha: number, readAs: Reading): number => {
  if (!(alpha > 0 && Number.isFinite(alpha))) throw new InputError(`alpha: must be positive and finite, got ${alpha}`);
  if (readAs === "euler") return alpha;
  if (alpha >= 1)
    throw new InputError(`alpha: must be below 1 to be read as ${readAs}, got ${alpha}; read it as euler instead`);
  return readAs === "exponential-euler" ? -Math.log1p(-alpha) : alpha / (1 - alpha);
};
