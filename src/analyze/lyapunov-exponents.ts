/**
 * Lyapunov exponents: the mean rates at which small displacements along an orbit grow or shrink, per unit of time.
 *
 * A frame of tangent vectors is carried along the orbit and made orthonormal again and again (QR iteration); the exponents are the means of
 * the logarithms taken out. For a flow the orbit is that of Runge–Kutta 4 with a small step and its own exact derivative; for a map the map
 * itself, so that the two show what a scheme does to chaos. Standard errors come from the scatter of blocks of the run.
 *
 *     R    multiplies every exponent by a; with the step aligned, the same numbers to the last bit for a = 2^k
 *     dimension (Kaplan and Yorke)   j + (lambda_1 + … + lambda_j) / |lambda_{j+1}|, j the last index with a sum that is not negative
 *
 * Benettin, Galgani, Giorgilli & Strelcyn, Meccanica 15 (1980) 9; Eckmann & Ruelle, Rev. Mod. Phys. 57 (1985) 617; Engelken, Wolf & Abbott,
 * Phys. Rev. Research 5 (2023) 043044 (recurrent networks).
 */
import { InputError } from "../error.js";
import { isContinuous, mapOf } from "../model/bind.js";
import { checkedVector, positiveStep } from "../model/build.js";
import type { ContinuousModel, DiscreteModel, Model, NonlinearFlow, SchemeMap } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { randomSource } from "../numerics/random.js";
import { flowBehind, schemeMap } from "./linear-pair.js";
import { orthonormalize, randomFrame } from "./orthonormal-frame.js";
import { tangentStep } from "./tangent.js";

export interface LyapunovSettings {
  /** How many exponents, largest first; all up to 20 where absent. */
  readonly exponents?: number;
  /** Time over which they are averaged; 400 of the longest time constants where absent. */
  readonly time?: number;
  /** Time that the orbit is given to settle; a quarter of `time` where absent. */
  readonly settle?: number;
  /** Step of the flow's orbit; a twentieth of the shortest time constant where absent. */
  readonly flowStep?: number;
  /** Scheme and step of the map; of a discrete model its own, of a flow no map where both are absent. */
  readonly scheme?: SchemeName;
  readonly dt?: number;
  /** Initial state; random near the origin where absent. */
  readonly start?: ArrayLike<number>;
  /** Input, held; zero where absent. */
  readonly input?: ArrayLike<number>;
  readonly seed?: number;
  /** Which of the two to compute; both where absent. */
  readonly only?: "flow" | "map";
}

/** Exponents of one system. */
export interface Exponents {
  readonly status: "complete" | "stopped";
  /** Why it stopped, and what to try. */
  readonly message?: string;
  readonly scheme?: SchemeName;
  readonly dt: number;
  /** Time averaged over. */
  readonly time: number;
  /** Largest first, per unit of time. */
  readonly exponents: Float64Array;
  readonly standardErrors: Float64Array;
  /** "chaotic": the largest is above zero by three standard errors. "stable": it is below by as much. "undecided": neither; cycles and line attractors too. */
  readonly verdict: "chaotic" | "stable" | "undecided";
  /** Kaplan–Yorke dimension; undefined where more exponents are needed to tell. */
  readonly dimension?: number;
  /** Sum of those above zero: a bound on the rate at which the dynamics make information (Pesin, Ruelle). */
  readonly entropy: number;
}

export interface Lyapunov {
  readonly flow?: Exponents;
  readonly map?: Exponents;
}

const BLOCKS = 20;
const MOST_BY_DEFAULT = 20;
const SURE = 3;

/** `j + (lambda_1 + … + lambda_j) / |lambda_{j+1}|`; undefined where the sums of the given exponents never turn negative but more exist. */
export const kaplanYorke = (exponents: ArrayLike<number>, units: number): number | undefined => {
  let sum = 0;
  for (let j = 0; j < exponents.length; j++) {
    if (sum + exponents[j] < 0) return j === 0 ? 0 : j + sum / Math.abs(exponents[j]);
    sum += exponents[j];
  }
  return exponents.length === units ? units : undefined;
};

const timeScales = (flow: ContinuousModel | undefined, dt: number): { shortest: number; longest: number } => {
  const model = flow?.form === "warped" ? flow.original : flow;
  return model && "timeConstants" in model
    ? { shortest: Math.min(...model.timeConstants), longest: Math.max(...model.timeConstants) }
    : { shortest: flow ? 1 : dt, longest: flow ? 1 : dt };
};

/** Sorts pairs of exponents and errors, largest exponent first. */
const sorted = (exponents: Float64Array, errors: Float64Array) => {
  const order = Array.from(exponents.keys()).sort((i, j) => exponents[j] - exponents[i]);
  return {
    exponents: Float64Array.from(order, (i) => exponents[i]),
    standardErrors: Float64Array.from(order, (i) => errors[i]),
  };
};

const verdictOf = (largest: number, error: number): Exponents["verdict"] =>
  largest > SURE * error ? "chaotic" : largest < -SURE * error ? "stable" : "undecided";

/** Exponents of a map whose steps all have the same length. */
const exponentsOf = (
  model: DiscreteModel,
  settings: LyapunovSettings,
  span: { readonly time: number; readonly settle: number; readonly between: number },
): Exponents => {
  const dt = mapOf(model).dt();
  const count = Math.min(settings.exponents ?? Math.min(model.units, MOST_BY_DEFAULT), model.units);
  const random = randomSource(settings.seed ?? 0);
  const x = settings.start
    ? checkedVector("lyapunov: start", settings.start, model.units)
    : Float64Array.from({ length: model.units }, () => random.normal());
  const u = settings.input
    ? checkedVector("lyapunov: input", settings.input, model.inputs)
    : new Float64Array(model.inputs);
  const frame = randomFrame(count, model.units, random);
  const step = tangentStep(model);
  const every = Math.max(1, Math.round(span.between / dt));
  const rounds = Math.max(1, Math.ceil(span.time / (BLOCKS * every * dt)));
  const settling = Math.ceil(span.settle / (every * dt));

  let k = 0;
  let message: string | undefined;
  const round = (logs: Float64Array): boolean => {
    for (let i = 0; i < every; i++, k++) {
      if (!step(x, u, frame, k)) message = `step ${k}: the implicit step could not be solved; try a smaller dt`;
      else if (!x.every(Number.isFinite))
        message = `step ${k}: the state is not finite; the dynamics leave every bound at this dt, try a smaller one`;
      if (message) return false;
    }
    orthonormalize(frame, logs);
    return true;
  };
  const ignored = new Float64Array(count);
  for (let r = 0; r < settling && round(ignored); r++);
  const blocks: Float64Array[] = [];
  for (let block = 0; block < BLOCKS && !message; block++) {
    const logs = new Float64Array(count);
    for (let r = 0; r < rounds && round(logs); r++);
    if (!message) blocks.push(logs.map((sum) => sum / (rounds * every * dt)));
  }

  const mean = new Float64Array(count).fill(Number.NaN);
  const error = new Float64Array(count).fill(Number.NaN);
  if (blocks.length > 0)
    for (let i = 0; i < count; i++) {
      mean[i] = blocks.reduce((sum, block) => sum + block[i], 0) / blocks.length;
      const scatter = blocks.reduce((sum, block) => sum + (block[i] - mean[i]) ** 2, 0);
      error[i] = Math.sqrt(scatter / (blocks.length * Math.max(1, blocks.length - 1)));
    }
  const result = sorted(mean, error);
  const dimension = kaplanYorke(result.exponents, model.units);
  return {
    status: message ? "stopped" : "complete",
    ...(message ? { message } : {}),
    ...("scheme" in model && model.scheme ? { scheme: model.scheme } : {}),
    dt,
    time: blocks.length * rounds * every * dt,
    ...result,
    verdict: verdictOf(result.exponents[0], result.standardErrors[0]),
    ...(dimension === undefined || message ? {} : { dimension }),
    entropy: result.exponents.reduce((sum, exponent) => sum + Math.max(0, exponent), 0),
  };
};

/** The map of a scheme on any continuous model but those whose pieces change in time. */
const mapUnder = (flow: ContinuousModel, scheme: SchemeName, dt: number): SchemeMap => {
  if (flow.form === "linear-along" || flow.form === "linear")
    throw new InputError(
      `lyapunov: the exponents of a linear model are the real parts of its eigenvalues, got form ${flow.form}; use the nonlinear model`,
    );
  if (schemeOf(scheme).linearOnly)
    throw new InputError(`lyapunov: ${scheme} is defined on linear flows only; use rosenbrock-euler`);
  return schemeMap(flow as NonlinearFlow, scheme, positiveStep(dt));
};

/**
 * Lyapunov exponents of `model` along an orbit: of its flow, and of the map that it is or that `scheme` and `dt` make of it.
 *
 * @throws InputError for linear models and settings that do not fit
 * @example lyapunov(model, { exponents: 3, time: 1000 }).flow?.exponents
 */
export const lyapunov = (model: Model, settings: LyapunovSettings = {}): Lyapunov => {
  const flow = flowBehind(model);
  const own = isContinuous(model) ? undefined : model;
  const ownStep = own ? mapOf(own).dt() : undefined;
  const { shortest, longest } = timeScales(flow, ownStep ?? 1);
  const time = settings.time ?? 400 * longest;
  const settle = settings.settle ?? time / 4;
  if (!(time > 0 && Number.isFinite(time)))
    throw new InputError(`lyapunov: time must be positive and finite, got ${time}`);
  if (!(settle >= 0 && Number.isFinite(settle)))
    throw new InputError(`lyapunov: settle must not be negative and finite, got ${settle}`);
  const span = { time, settle, between: shortest / 4 };
  const wantMap =
    settings.only !== "flow" && (own !== undefined || settings.scheme !== undefined || settings.dt !== undefined);
  const map = (): DiscreteModel => {
    if (!settings.scheme && !settings.dt && own) return own;
    if (!flow)
      throw new InputError(
        `lyapunov: scheme and dt are for models with a flow behind them, got a ${model.kind} model of form ${model.form}; leave them out`,
      );
    const scheme = settings.scheme ?? (own && "scheme" in own ? own.scheme : undefined) ?? "euler";
    return mapUnder(flow, scheme, settings.dt ?? ownStep ?? shortest / 10);
  };
  return {
    ...(flow && settings.only !== "map"
      ? { flow: exponentsOf(mapUnder(flow, "rk4", settings.flowStep ?? shortest / 20), settings, span) }
      : {}),
    ...(wantMap ? { map: exponentsOf(map(), settings, span) } : {}),
  };
};
