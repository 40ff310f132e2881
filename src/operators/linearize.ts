/**
 * L, linearization: the affine flow or map that agrees with a model to first order at an operating point,
 * `x' = c + A (x - p) + B (u - q)`.
 *
 * The offset c = f(p, q) is kept; so is the parent's leak, which leak-aware schemes need.
 */
import { InputError } from "../error.js";
import { flowOf, isContinuous, mapOf } from "../model/bind.js";
import { checkedVector } from "../model/build.js";
import type {
  LinearAlongFlow,
  LinearAlongMap,
  LinearFlow,
  LinearMap,
  Model,
  NonlinearFlow,
  NonlinearMap,
  NonlinearModel,
  WarpedFlow,
} from "../model/model.js";
import { type OperatingPoint, type Place, resolvePoint } from "../model/operating-point.js";
import { linearizedReadout } from "../model/readout.js";
import { multiply } from "../numerics/matrix.js";
import { derived } from "./provenance.js";

export type { OperatingPoint };

/** A trajectory to linearize along: a state and an input at each time. */
export interface Trajectory {
  readonly at: "trajectory";
  readonly times: ArrayLike<number>;
  readonly states: readonly ArrayLike<number>[];
  readonly inputs?: readonly ArrayLike<number>[];
}

/** Operating points: `at.origin`, `at.state(x, u)`, `at.fixedPoint({ start, input })`, `at.trajectory(...)`. */
export const at = {
  origin: { at: "origin" } as const,
  state: (state: ArrayLike<number>, input?: ArrayLike<number>): OperatingPoint =>
    input ? { at: "state", state, input } : { at: "state", state },
  fixedPoint: (settings: { start?: ArrayLike<number>; input?: ArrayLike<number> } = {}): OperatingPoint => ({
    at: "fixed-point",
    ...settings,
  }),
  trajectory: (settings: Omit<Trajectory, "at">): Trajectory => ({ at: "trajectory", ...settings }),
};

/** What linearizing at a point gives. */
export type Linearized<M> = M extends WarpedFlow ? WarpedFlow : M extends NonlinearFlow ? LinearFlow : LinearMap;
/** What linearizing along a trajectory gives. */
export type LinearizedAlong<M> = M extends NonlinearFlow ? LinearAlongFlow : LinearAlongMap;

const common = (model: NonlinearModel, state: Float64Array) => {
  const readout = linearizedReadout(model, state);
  return {
    name: model.name,
    units: model.units,
    inputs: model.inputs,
    timeUnit: model.timeUnit,
    provenance: model.provenance,
    ...(readout ? { readout } : {}),
  };
};

const linearFlowAt = (model: NonlinearFlow, { state, input }: Place, time: number): LinearFlow => {
  const flow = flowOf(model);
  const offset = new Float64Array(model.units);
  flow.field(state, input, offset, time);
  return {
    ...common(model, state),
    ...(model.noise ? { noise: model.noise } : {}),
    kind: "continuous",
    form: "linear",
    stateMatrix: flow.stateJacobian(state, input, time),
    inputMatrix: flow.inputJacobian(state, input, time),
    offset,
    point: state,
    inputPoint: input,
    leakRates: flow.leakRates,
  };
};

const linearMapAt = (model: NonlinearMap, { state, input }: Place, k: number): LinearMap => {
  const map = mapOf(model);
  const offset = new Float64Array(model.units);
  const solved = map.step(state, input, offset, k);
  const stateMatrix = map.stateJacobian(state, input, k);
  const inputMatrix = map.inputJacobian(state, input, k);
  if (!solved || !stateMatrix || !inputMatrix)
    throw new InputError(`linearize: the implicit step could not be solved at this point; try a smaller dt`);
  const added = map.noise?.(k);
  const through = added && map.incrementJacobian?.(state, input, k);
  const noise = added && through ? multiply(through, added) : added;
  return {
    ...common(model, state),
    ...(noise ? { noise } : {}),
    kind: "discrete",
    form: "linear",
    dt: map.dt(k),
    stateMatrix,
    inputMatrix,
    offset,
    point: state,
    inputPoint: input,
  };
};

const linearizeAt = (model: NonlinearModel, where: OperatingPoint): LinearFlow | LinearMap | WarpedFlow => {
  if (model.form === "warped") {
    if (model.original.form === "linear")
      throw new InputError("linearize: needs a nonlinear model, got a warped linear one; use it as it is");
    // A warp multiplies f by a number that depends on time only, so it passes through the derivative.
    const original = linearizeAt(model.original, where) as LinearFlow;
    const readout = linearizedReadout(model, original.point);
    return { ...model, ...(readout ? { readout } : {}), original };
  }
  const point = resolvePoint(model, where);
  return isContinuous(model) ? linearFlowAt(model, point, 0) : linearMapAt(model, point, 0);
};

const linearizeAlong = (model: NonlinearModel, path: Trajectory): LinearAlongFlow | LinearAlongMap => {
  const times = Float64Array.from(path.times);
  if (times.length === 0 || times.length !== path.states.length)
    throw new InputError(
      `linearize: a trajectory needs one state per time, got ${path.states.length} states and ${times.length} times`,
    );
  const points = path.states.map((state, k) => ({
    state: checkedVector(`linearize: states[${k}]`, state, model.units),
    input: path.inputs
      ? checkedVector(`linearize: inputs[${k}]`, path.inputs[k] ?? [], model.inputs)
      : new Float64Array(model.inputs),
  }));
  const first = points[0]!.state;
  if (isContinuous(model))
    return {
      ...common(model, first),
      kind: "continuous",
      form: "linear-along",
      times,
      pieces: points.map((point, k) => linearFlowAt(model, point, times[k]!)),
    };
  const pieces = points.map((point, k) => linearMapAt(model, point, k));
  return { ...common(model, first), kind: "discrete", form: "linear-along", dt: pieces[0]!.dt, pieces };
};

const requireNonlinear = (model: Model): void => {
  if (model.form === "linear" || model.form === "linear-along")
    throw new InputError("linearize: needs a nonlinear model, got a linear one; use it as it is");
};

/**
 * L of a nonlinear flow or map, at an operating point or along a trajectory.
 *
 * @throws InputError for a point of the wrong length, or a fixed point that cannot be found
 * @example linearize(at.fixedPoint())(model)
 */
export function linearize(where: OperatingPoint): <M extends NonlinearModel>(model: M) => Linearized<M>;
export function linearize(where: Trajectory): <M extends NonlinearModel>(model: M) => LinearizedAlong<M>;
export function linearize(where: OperatingPoint | Trajectory) {
  return <M extends NonlinearModel>(model: M) => {
    requireNonlinear(model);
    const linear = where.at === "trajectory" ? linearizeAlong(model, where) : linearizeAt(model, where);
    const settings: Record<string, unknown> =
      where.at === "trajectory" ? { at: "trajectory", points: where.states.length } : { at: where.at };
    if (where.at !== "trajectory" && linear.form === "linear")
      Object.assign(settings, { state: Array.from(linear.point), input: Array.from(linear.inputPoint) });
    return derived(linear, model, { operator: "linearize", settings });
  };
}
