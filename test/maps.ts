/** Short ways to say, in tests, what the library does in several calls. */
import { flowOf, mapOf } from "../src/model/bind.js";
import type { StepMap } from "../src/model/dynamics.js";
import type { ContinuousModel, LinearFlow, LinearMap, NonlinearFlow, SchemeMap } from "../src/model/model.js";
import type { SchemeName } from "../src/model/scheme/scheme.js";
import { type Discretization, discretize } from "../src/operators/discretize.js";
import { at, linearize } from "../src/operators/linearize.js";

/** The map of a nonlinear flow under a scheme. */
export const mapUnder = (
  scheme: SchemeName,
  dt: number,
  model: NonlinearFlow,
  rest: Partial<Discretization> = {},
): StepMap => mapOf(discretize({ scheme, dt, ...rest })(model) as SchemeMap);

/** One step; a step that cannot be solved is an error. */
export const stepped = (map: StepMap, x: Float64Array, u: Float64Array, k = 0): Float64Array => {
  const out = new Float64Array(map.units);
  if (!map.step(x, u, out, k)) throw new Error(`step ${k} could not be solved`);
  return out;
};

/** f(x, u). */
export const fieldAt = (model: ContinuousModel, x: Float64Array, u: Float64Array, t = 0): Float64Array => {
  const out = new Float64Array(model.units);
  flowOf(model).field(x, u, out, t);
  return out;
};

/** L of a flow at a state and input. */
export const linearFlowAt = (model: NonlinearFlow, x: ArrayLike<number>, u: ArrayLike<number>): LinearFlow =>
  linearize(at.state(x, u))(model) as LinearFlow;

/** L of a map at a state and input. */
export const linearMapAt = (map: SchemeMap, x: ArrayLike<number>, u: ArrayLike<number>): LinearMap =>
  linearize(at.state(x, u))(map);

/** D of a linear flow. */
export const linearMapUnder = (scheme: SchemeName, dt: number, flow: LinearFlow): LinearMap =>
  discretize({ scheme, dt })(flow);
