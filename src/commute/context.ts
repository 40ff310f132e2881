/** What every comparison needs: the flow, its operating point, the steps, and a trial input. */
import { InputError } from "../error.js";
import { flowOf, isContinuous } from "../model/bind.js";
import { positiveStep } from "../model/build.js";
import type { ContinuousModel, DiscreteModel, Model, NonlinearFlow } from "../model/model.js";
import { type OperatingPoint, resolvePoint } from "../model/operating-point.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { nonlinearSchemeNames } from "../model/scheme/schemes.js";
import { solveFixedPoint } from "../model/solve-fixed-point.js";
import { euclideanNorm } from "../numerics/matrix.js";
import { randomSource } from "../numerics/random.js";

import type { WarpSettings } from "../operators/warp.js";
import type { Site } from "./bounds.js";

/** What to compare; everything has a default in which the textbook conditions hold. */
export interface CommuteSettings {
  /** a of R; 2 where absent. */
  readonly speed?: number;
  /** Step of D; of a map its own, of a flow a tenth of the shortest time constant where absent. */
  readonly dt?: number;
  /** Step of D after R; `dt / speed` where absent, which is what makes R and D commute. */
  readonly stepAfterRescale?: number;
  /** Schemes to certify; all that are defined on nonlinear flows where absent. */
  readonly schemes?: readonly SchemeName[];
  /** Scheme of D after L; the same as before where absent. */
  readonly schemeAfterLinearize?: SchemeName;
  /** Operating point; the fixed point that Newton's method reaches from the origin, or else the origin. */
  readonly at?: OperatingPoint;
  /** How noise is treated by R: "sqrt" is right; "unscaled" and "linear" are the usual mistakes. */
  readonly noise?: "sqrt" | "unscaled" | "linear";
  /** Whether L keeps c = f(p); true where absent. */
  readonly keepOffset?: boolean;
  /** A speed for each unit instead of R. */
  readonly speeds?: ArrayLike<number>;
  /** A time warp instead of constant speed, with the speed that a step holds. */
  readonly warp?: WarpSettings;
  readonly warpSpeed?: "secant" | "pointwise";
  /** Steps of the simulated trajectory; 100 where absent. */
  readonly steps?: number;
  /** Seed of the states at which R–D is compared besides the operating point, and of the trajectory's start. */
  readonly seed?: number;
}

export interface Context {
  readonly model: NonlinearFlow;
  readonly settings: CommuteSettings;
  readonly speed: number;
  readonly dt: number;
  readonly stepAfterRescale: number;
  /** Whether `stepAfterRescale` is `dt / speed`. */
  readonly aligned: boolean;
  readonly site: Site;
  /** |f(p, q)|. */
  readonly residual: number;
  readonly atFixedPoint: boolean;
  /** States at which maps are compared: the operating point first. */
  readonly samples: readonly Float64Array[];
  readonly start: Float64Array;
  readonly inputs: readonly Float64Array[];
  readonly schemes: readonly SchemeName[];
}

const isNonlinear = (model: ContinuousModel): model is NonlinearFlow =>
  model.form !== "linear" && model.form !== "linear-along";

/** The flow behind a model: itself, or the parent of a map that knows it. */
const flowBehind = (model: Model): { flow: ContinuousModel; map?: DiscreteModel & { scheme?: SchemeName } } => {
  if (isContinuous(model)) return { flow: model };
  if (model.form === "scheme") return { flow: model.parent, map: model };
  throw new InputError(
    `commute: needs a flow, or a map that knows the flow it came from, got a discrete model of form ${model.form}`,
  );
};

const shortestTimeConstant = (flow: NonlinearFlow): number => {
  const model = flow.form === "warped" ? flow.original : flow;
  return "timeConstants" in model ? Math.min(...model.timeConstants) : 1;
};

/** A tenth of the shortest time constant. */
const defaultStep = (flow: NonlinearFlow): number => shortestTimeConstant(flow) / 10;

const operatingPoint = (flow: NonlinearFlow, at: OperatingPoint | undefined) => {
  if (at) return resolvePoint(flow, at, "commute");
  const found = solveFixedPoint(flow);
  return {
    state: found.status === "converged" ? found.state : new Float64Array(flow.units),
    input: new Float64Array(flow.inputs),
  };
};

const EXTRA_SAMPLES = 3;
/** Way per shortest time constant, relative to the state, below which a point is fixed: no matter how fast the flow. */
const FIXED_POINT_RESIDUAL = 1e-11;

/** A residual in words: "0" or "2.2e-18". */
export const residualText = (residual: number): string => (residual === 0 ? "0" : residual.toExponential(1));

/** Settings and model, checked and completed. */
export const contextOf = (model: Model, settings: CommuteSettings): Context => {
  const { flow, map } = flowBehind(model);
  if (!isNonlinear(flow) || flow.form === "warped")
    throw new InputError(`commute: needs a nonlinear flow that is not warped yet, got form ${flow.form}`);
  const speed = settings.speed ?? 2;
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new InputError(`speed: must be positive and finite, got ${speed}; 2 is twice as fast`);
  const dt = positiveStep(settings.dt ?? (map?.form === "scheme" ? map.dt : defaultStep(flow)));
  const aligned = dt / speed;
  const stepAfterRescale = positiveStep(settings.stepAfterRescale ?? aligned);

  const { state, input } = operatingPoint(flow, settings.at);
  const bound = flowOf(flow);
  const field = new Float64Array(flow.units);
  bound.field(state, input, field);
  const residual = euclideanNorm(field);

  const random = randomSource(settings.seed ?? 0);
  const near = (spread: number) => state.map((v) => v + spread * random.normal());
  return {
    model: flow,
    settings,
    speed,
    dt,
    stepAfterRescale,
    aligned: Math.abs(stepAfterRescale - aligned) <= 1e-12 * aligned,
    site: {
      flow: bound,
      state,
      input,
      field,
      J: bound.stateJacobian(state, input),
      B: bound.inputJacobian(state, input),
    },
    residual,
    atFixedPoint: residual * shortestTimeConstant(flow) <= FIXED_POINT_RESIDUAL * Math.max(1, euclideanNorm(state)),
    samples: [state, ...Array.from({ length: EXTRA_SAMPLES }, () => near(0.5))],
    start: near(0.01),
    inputs: Array.from({ length: settings.steps ?? 100 }, () => input),
    schemes: settings.schemes ?? nonlinearSchemeNames,
  };
};
