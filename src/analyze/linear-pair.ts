/**
 * A flow and the map that a scheme makes of it, both linearized at one operating point: what control, noise and transients
 * look at.
 *
 *     flow   x' = A x + B u + Sigma dbeta/dt            map   x_{k+1} = M x_k + N u_k + G xi_k
 *
 * At a fixed point, and anywhere for schemes of the form `x + Phi f(x)`, linearizing the map and discretizing the
 * linearization agree, and the map is taken from the scheme's closed form; elsewhere it is the derivative of the map itself.
 *
 * A map differs from the identity by `M - I`. Where the scheme's closed form is known that difference is computed without
 * ever adding the identity, so that no digit is lost as dt tends to zero.
 */
import { InputError } from "../error.js";
import { flowOf, isContinuous, mapOf } from "../model/bind.js";
import { positiveStep } from "../model/build.js";
import type { ContinuousModel, Matrix, Model, NonlinearFlow, SchemeMap } from "../model/model.js";
import { type OperatingPoint, type Place, resolvePoint } from "../model/operating-point.js";
import { linearizedReadout } from "../model/readout.js";
import type { Scheme, SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { solveFixedPoint } from "../model/solve-fixed-point.js";
import { add, euclideanNorm, identity, matrix, multiply } from "../numerics/matrix.js";

/** Which linear systems to look at; shared by the analyses of this folder. */
export interface PairSettings {
  /** Operating point; the fixed point that Newton's method reaches from the origin, or else the origin. */
  readonly at?: OperatingPoint;
  /** Scheme of the map; of a map its own, of a flow forward Euler where absent. */
  readonly scheme?: SchemeName;
  /** Step of the map; of a map its own, of a flow a tenth of the shortest time constant where absent. */
  readonly dt?: number;
}

/** `x' = A x + B u`, `y = C x`, with noise `Sigma`. */
export interface FlowSystem {
  readonly A: Matrix;
  readonly B: Matrix;
  readonly C?: Matrix;
  readonly Sigma?: Matrix;
  /** lambda / tau, one per unit. */
  readonly leakRates: Float64Array;
}

/** `x_{k+1} = M x_k + N u_k`, `y = C x`, with noise `G`. */
export interface MapSystem {
  readonly M: Matrix;
  readonly N: Matrix;
  readonly C?: Matrix;
  readonly G?: Matrix;
  readonly dt: number;
  /** `(M - I) / dt`, without cancellation where the scheme allows it. */
  readonly increment: Matrix;
}

/** Both systems at one place; one of them may be absent. */
export interface LinearPair {
  readonly place: Place;
  /** `|f|` of the flow there, or `|F(x) - x| / dt` of a map without one. */
  readonly residual: number;
  readonly atFixedPoint: boolean;
  readonly flow?: FlowSystem;
  readonly map: MapSystem;
  readonly scheme?: Scheme;
  /** Whether the map is the scheme applied to this very flow, so that theorems on R(dt A) speak of it. */
  readonly closedForm: boolean;
}

const FIXED_POINT_RESIDUAL = 1e-9;

/** A tenth of the shortest time constant, or of the fastest rate of a linear flow. */
const defaultStep = (flow: ContinuousModel): number => {
  if ("timeConstants" in flow) return Math.min(...flow.timeConstants) / 10;
  if (flow.form !== "linear") return 0.1;
  const { rows, data } = flow.stateMatrix;
  let fastest = 0;
  for (let i = 0; i < rows; i++) fastest = Math.max(fastest, euclideanNorm(data.subarray(i * rows, (i + 1) * rows)));
  return fastest > 0 ? 0.1 / fastest : 0.1;
};

/** The flow behind a model; undefined for maps that come from none. */
export const flowBehind = (model: Model): ContinuousModel | undefined => {
  if (isContinuous(model)) return model;
  if (model.form === "scheme") return model.parent;
  return model.form === "linear" && model.scheme && model.parent?.form === "linear" && isContinuous(model.parent)
    ? model.parent
    : undefined;
};

const requireStill = (subject: string, model: Model): void => {
  if (model.form === "linear-along" || model.form === "warped")
    throw new InputError(
      `${subject}: needs a model whose linearization does not change in time, got form ${model.form}; linearize at a point of the original instead`,
    );
};

/** The place that settings name; by default a fixed point near the origin, or else the origin. */
export const placeOf = (subject: string, model: Model, at: OperatingPoint | undefined): Place => {
  if (at) return resolvePoint(model, at, subject);
  if (model.form === "linear") return { state: model.point, input: model.inputPoint };
  const found = solveFixedPoint(model);
  return {
    state: found.status === "converged" ? found.state : new Float64Array(model.units),
    input: new Float64Array(model.inputs),
  };
};

const flowSystem = (model: ContinuousModel, { state, input }: Place): FlowSystem => {
  const flow = flowOf(model);
  const C = linearizedReadout(model, state)?.weights;
  return {
    A: flow.stateJacobian(state, input),
    B: flow.inputJacobian(state, input),
    ...(C ? { C } : {}),
    ...(model.noise ? { Sigma: model.noise } : {}),
    leakRates: flow.leakRates,
  };
};

/** The map that a scheme makes of a linear flow; `sampled` flows have their noise sampled exactly by exact schemes. */
export const schemeSystem = (flow: FlowSystem, scheme: Scheme, dt: number, sampled: boolean): MapSystem => {
  const { A, B, C, Sigma, leakRates } = flow;
  const step = scheme.affine(A, dt, leakRates);
  if (!step)
    throw new InputError(
      `${scheme.name}: not defined at dt = ${dt}, an eigenvalue of dt A is a pole of its stability function; try a smaller dt`,
    );
  const noise = Sigma && scheme.noise(Sigma, dt, leakRates, sampled ? A : undefined);
  return {
    M: step.transition,
    N: multiply(step.drive, B),
    ...(C ? { C } : {}),
    ...(noise ? { G: step.increment ? multiply(step.increment, noise) : noise } : {}),
    dt,
    increment: scaled(multiply(step.drive, A), 1 / dt),
  };
};

const scaled = (A: Matrix, factor: number): Matrix =>
  matrix(
    A.rows,
    A.cols,
    A.data.map((v) => factor * v),
  );

/** The derivative of a map at a place that need not be a fixed point. */
const mapSystem = (subject: string, model: Parameters<typeof mapOf>[0], { state, input }: Place): MapSystem => {
  const map = mapOf(model);
  const M = map.stateJacobian(state, input);
  const N = map.inputJacobian(state, input);
  if (!M || !N)
    throw new InputError(`${subject}: the implicit step could not be solved at this point; try a smaller dt`);
  const dt = map.dt();
  const C = linearizedReadout(model, state)?.weights;
  const G = map.noise?.();
  return {
    M,
    N,
    ...(C ? { C } : {}),
    ...(G ? { G } : {}),
    dt,
    increment: scaled(add(M, identity(M.rows), -1), 1 / dt),
  };
};

const residualOf = (model: Model, { state, input }: Place): number => {
  const out = new Float64Array(model.units);
  if (isContinuous(model)) {
    flowOf(model).field(state, input, out);
    return euclideanNorm(out);
  }
  const map = mapOf(model);
  if (!map.step(state, input, out)) return Number.POSITIVE_INFINITY;
  return euclideanNorm(out.map((v, i) => v - state[i])) / map.dt();
};

/** The map that a scheme makes of a nonlinear flow. */
export const schemeMap = (flow: NonlinearFlow, scheme: SchemeName, dt: number): SchemeMap => ({
  name: flow.name,
  units: flow.units,
  inputs: flow.inputs,
  ...(flow.readout ? { readout: flow.readout } : {}),
  timeUnit: flow.timeUnit,
  provenance: [],
  kind: "discrete",
  form: "scheme",
  scheme,
  dt,
  parent: flow,
});

/**
 * The flow and the map of a model at an operating point.
 *
 * @throws InputError for models whose linearization changes in time, and for points that cannot be had; `subject` opens its text
 */
export const linearPair = (subject: string, model: Model, settings: PairSettings): LinearPair => {
  requireStill(subject, model);
  const flowModel = flowBehind(model);
  if (!flowModel) {
    if (settings.scheme || settings.dt)
      throw new InputError(
        `${subject}: scheme and dt are for models with a flow behind them, got a ${model.kind} model of form ${model.form}; leave them out`,
      );
    const place = placeOf(subject, model, settings.at);
    const residual = residualOf(model, place);
    const atFixedPoint = residual <= FIXED_POINT_RESIDUAL * Math.max(1, euclideanNorm(place.state));
    const map = mapSystem(subject, model as Parameters<typeof mapOf>[0], place);
    return { place, residual, atFixedPoint, map, closedForm: false };
  }
  requireStill(subject, flowModel);
  const own = isContinuous(model) ? undefined : (model as SchemeMap);
  const scheme = schemeOf(settings.scheme ?? own?.scheme ?? "euler");
  const dt = positiveStep(settings.dt ?? own?.dt ?? defaultStep(flowModel));
  const place = placeOf(subject, flowModel, settings.at);
  const residual = residualOf(flowModel, place);
  const atFixedPoint = residual <= FIXED_POINT_RESIDUAL * Math.max(1, euclideanNorm(place.state));
  const flow = flowSystem(flowModel, place);
  const linear = flowModel.form === "linear";
  const closedForm = linear || atFixedPoint || scheme.affineInField || scheme.linearOnly;
  const exact = linear || scheme.linearOnly;
  if (closedForm) {
    const map = schemeSystem(flow, scheme, dt, exact);
    return { place, residual, atFixedPoint, flow, map, scheme, closedForm };
  }
  const map = mapSystem(subject, schemeMap(flowModel as NonlinearFlow, scheme.name, dt), place);
  // An implicit step passes its noise through the stage that it solves.
  const { G } = schemeSystem(flow, scheme, dt, exact);
  return { place, residual, atFixedPoint, flow, map: G ? { ...map, G } : map, scheme, closedForm };
};
