/**
 * D, discretization: a flow becomes a map under a scheme with step `dt`.
 *
 * Of a nonlinear flow the map keeps its parent and steps it; of a linear flow it is worked out as matrices,
 * `x' = R(dt A) x + dt Q(dt A) (B u + c)`.
 */
import { InputError } from "../error.js";
import { positiveStep } from "../model/build.js";
import type {
  LinearAlongFlow,
  LinearAlongMap,
  LinearFlow,
  LinearMap,
  Model,
  NonlinearFlow,
  SchemeMap,
} from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { multiply, multiplyVector } from "../numerics/matrix.js";
import { derived } from "./provenance.js";

/** A scheme with its step. */
export interface Discretization {
  readonly scheme: SchemeName;
  readonly dt: number;
  /** Step lengths in order, where they are not all `dt`. */
  readonly steps?: ArrayLike<number>;
  /** Of a warped flow: the speed that a step holds. The secant of the warp commutes exactly with R. */
  readonly warpSpeed?: "secant" | "pointwise";
}

type StepSettings = Omit<Discretization, "scheme">;

/** `euler({ dt: 0.1 })`: forward Euler with that step. The other schemes likewise. */
export const euler = (settings: StepSettings): Discretization => ({ scheme: "euler", ...settings });
export const backwardEuler = (settings: StepSettings): Discretization => ({ scheme: "backward-euler", ...settings });
export const implicitMidpoint = (settings: StepSettings): Discretization => ({
  scheme: "implicit-midpoint",
  ...settings,
});
export const trapezoid = (settings: StepSettings): Discretization => ({ scheme: "trapezoid", ...settings });
export const heun = (settings: StepSettings): Discretization => ({ scheme: "heun", ...settings });
export const explicitMidpoint = (settings: StepSettings): Discretization => ({
  scheme: "explicit-midpoint",
  ...settings,
});
export const rk4 = (settings: StepSettings): Discretization => ({ scheme: "rk4", ...settings });
export const exponentialEuler = (settings: StepSettings): Discretization => ({
  scheme: "exponential-euler",
  ...settings,
});
export const imexEuler = (settings: StepSettings): Discretization => ({ scheme: "imex-euler", ...settings });
export const rosenbrockEuler = (settings: StepSettings): Discretization => ({
  scheme: "rosenbrock-euler",
  ...settings,
});
export const zeroOrderHold = (settings: StepSettings): Discretization => ({ scheme: "zero-order-hold", ...settings });
export const firstOrderHold = (settings: StepSettings): Discretization => ({ scheme: "first-order-hold", ...settings });

/** What a flow becomes under a scheme. */
export type Discretized<M> = M extends LinearFlow ? LinearMap : M extends LinearAlongFlow ? LinearAlongMap : SchemeMap;

const common = (model: NonlinearFlow | LinearFlow | LinearAlongFlow) => ({
  name: model.name,
  units: model.units,
  inputs: model.inputs,
  ...(model.readout ? { readout: model.readout } : {}),
  timeUnit: model.timeUnit,
});

const linearMapOf = (flow: LinearFlow, name: SchemeName, dt: number): LinearMap => {
  const scheme = schemeOf(name);
  const step = scheme.affine(flow.stateMatrix, dt, flow.leakRates);
  if (!step)
    throw new InputError(
      `discretize: ${scheme.title} is not defined at dt = ${dt}, an eigenvalue of dt A is a pole of its stability function; try a smaller dt`,
    );
  const drive = multiplyVector(step.drive, flow.offset);
  const noise = flow.noise && scheme.noise(flow.noise, dt, flow.leakRates, flow.stateMatrix);
  return {
    ...common(flow),
    provenance: flow.provenance,
    kind: "discrete",
    form: "linear",
    scheme: name,
    dt,
    stateMatrix: step.transition,
    inputMatrix: multiply(step.drive, flow.inputMatrix),
    offset: flow.point.map((p, i) => p + drive[i]!),
    point: flow.point,
    inputPoint: flow.inputPoint,
    ...(step.slope ? { inputSlopeMatrix: multiply(step.slope, flow.inputMatrix) } : {}),
    ...(noise ? { noise: step.increment ? multiply(step.increment, noise) : noise } : {}),
  };
};

const alongMapOf = (flow: LinearAlongFlow, name: SchemeName, dt: number): LinearAlongMap => {
  const last = flow.times[flow.times.length - 1]! - flow.times[0]!;
  const steps = Math.max(1, Math.round(last / dt) + 1);
  const pieceAt = (t: number) => {
    let k = 0;
    while (k + 1 < flow.times.length && flow.times[k + 1]! <= t + 1e-9 * dt) k++;
    return flow.pieces[k]!;
  };
  return {
    ...common(flow),
    provenance: flow.provenance,
    kind: "discrete",
    form: "linear-along",
    dt,
    pieces: Array.from({ length: steps }, (_, k) => linearMapOf(pieceAt(flow.times[0]! + k * dt), name, dt)),
  };
};

const schemeMapOf = (flow: NonlinearFlow, settings: Discretization): SchemeMap => {
  const scheme = schemeOf(settings.scheme);
  if (scheme.linearOnly)
    throw new InputError(
      `discretize: ${scheme.title} is defined on linear flows only, got form ${flow.form}; linearize first, or use rosenbrock-euler`,
    );
  const steps = settings.steps && Float64Array.from(settings.steps);
  steps?.forEach(positiveStep);
  if (steps && flow.form === "warped")
    throw new InputError("discretize: a warped flow has its own varying pace; give dt, not steps");
  if (settings.warpSpeed && flow.form !== "warped")
    throw new InputError(`discretize: warpSpeed is for warped flows, got form ${flow.form}`);
  return {
    ...common(flow),
    provenance: flow.provenance,
    kind: "discrete",
    form: "scheme",
    scheme: settings.scheme,
    dt: settings.dt,
    ...(steps ? { steps } : {}),
    ...(settings.warpSpeed ? { warpSpeed: settings.warpSpeed } : {}),
    parent: flow,
  };
};

const requireFlow = (model: Model): void => {
  if (model.kind !== "continuous")
    throw new InputError(
      "discretize: needs a flow, got a map; undiscretize it first, or retime it to change its step in units of tau",
    );
};

/**
 * D: the map that `settings.scheme` makes of a flow.
 *
 * @throws InputError for a step that is not positive, a scheme that does not apply to the form, or a linear flow on
 * which an implicit scheme has a pole
 * @example discretize(euler({ dt: 0.1 }))(model)
 */
export const discretize =
  (settings: Discretization) =>
  <M extends NonlinearFlow | LinearFlow | LinearAlongFlow>(model: M): Discretized<M> => {
    positiveStep(settings.dt);
    requireFlow(model);
    if (settings.steps && (model.form === "linear" || model.form === "linear-along"))
      throw new InputError(`discretize: steps of varying length need a nonlinear flow, got form ${model.form}`);
    const map =
      model.form === "linear"
        ? linearMapOf(model, settings.scheme, settings.dt)
        : model.form === "linear-along"
          ? alongMapOf(model, settings.scheme, settings.dt)
          : schemeMapOf(model, settings);
    const { scheme, dt, steps, warpSpeed } = settings;
    return derived(map, model, {
      operator: "discretize",
      settings: { scheme, dt, ...(steps ? { steps: Array.from(steps) } : {}), ...(warpSpeed ? { warpSpeed } : {}) },
    }) as Discretized<M>;
  };
