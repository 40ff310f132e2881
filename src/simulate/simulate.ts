/**
 * The plain loop: a map stepped from a start under an input, readable and exact. Kernels are tested against it.
 *
 * The map consumes `input[k]` in step k and the state after it is `state[k]`, at time `t[k]`; the readout is of that
 * state, as in the libraries that train such networks.
 */
import { InputError } from "../error.js";
import { mapOf } from "../model/bind.js";
import { checkedVector } from "../model/build.js";
import type { DiscreteModel } from "../model/model.js";
import { readoutOf } from "../model/readout.js";
import { multiplyVector } from "../numerics/matrix.js";
import { normalAt } from "../numerics/random.js";

export interface SimulationSettings {
  /** Number of steps; the length of `input` where absent. */
  readonly steps?: number;
  /** Input at each step, steps × inputs; zero where absent. */
  readonly input?: readonly ArrayLike<number>[];
  /** Initial state; the origin where absent. */
  readonly start?: ArrayLike<number>;
  /** Seed and trial of the noise, for models that have noise. */
  readonly seed?: number;
  readonly trial?: number;
}

/** A trajectory, and whether it went to its end. */
export interface Simulation {
  readonly status: "complete" | "stopped";
  /** Why it stopped and what to try. */
  readonly message?: string;
  readonly start: Float64Array;
  /** Time after each step. */
  readonly t: Float64Array;
  /** State after each step. */
  readonly state: readonly Float64Array[];
  /** Readout after each step, where the model has one. */
  readonly output?: readonly Float64Array[];
}

const stepCount = ({ steps, input }: SimulationSettings): number => {
  const count = steps ?? input?.length;
  if (count === undefined)
    throw new InputError("simulate: how many steps? give steps, or an input with one row per step");
  if (!(Number.isInteger(count) && count >= 0))
    throw new InputError(`simulate: steps must be a whole number that is not negative, got ${count}`);
  if (input && input.length < count)
    throw new InputError(`simulate: input has ${input.length} rows, expected at least ${count}, one per step`);
  return count;
};

/**
 * Steps `model` from `start`.
 *
 * A step that cannot be solved or a state that is not finite ends the trajectory; what came before is kept and
 * `message` says where it ended.
 */
export const simulate = (model: DiscreteModel, settings: SimulationSettings): Simulation => {
  const steps = stepCount(settings);
  const map = mapOf(model);
  const readout = readoutOf(model);
  const start = checkedVector("start", settings.start ?? 0, model.units);
  const silence = new Float64Array(model.inputs);
  const inputs = settings.input?.map((row, k) => checkedVector(`input[${k}]`, row, model.inputs));
  const { seed = 0, trial = 0 } = settings;

  const state: Float64Array[] = [];
  const t = new Float64Array(steps);
  let x = start;
  let time = 0;
  let message: string | undefined;
  for (let k = 0; k < steps && !message; k++) {
    const next = new Float64Array(model.units);
    const u = inputs?.[k] ?? silence;
    const G = map.noise?.(k);
    const increment =
      G &&
      multiplyVector(
        G,
        Float64Array.from({ length: G.cols }, (_, source) => normalAt(seed, trial, k, source)),
      );
    const solved = map.step(x, u, next, k, {
      next: inputs?.[k + 1] ?? u,
      ...(increment ? { increment } : {}),
    });
    const broken = next.findIndex((v) => !Number.isFinite(v));
    if (!solved) message = `step ${k}: the implicit step could not be solved; try a smaller dt`;
    else if (broken >= 0)
      message = `step ${k}: unit ${broken} is not finite (${next[broken]}); the dynamics leave every bound at this dt`;
    else {
      time += map.dt(k);
      t[k] = time;
      state.push(next);
      x = next;
    }
  }
  return {
    status: message ? "stopped" : "complete",
    ...(message ? { message } : {}),
    start,
    t: t.subarray(0, state.length),
    state,
    ...(readout ? { output: state.map(readout) } : {}),
  };
};
