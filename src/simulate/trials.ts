/**
 * Many trials of one map, in stretches of bounded memory: on the kernels and their threads where the map allows it, in
 * the plain loop elsewhere. Trial k of a seed is the same in either, alone or among others.
 */
import { InputError } from "../error.js";
import { mapOf } from "../model/bind.js";
import { checkedVector } from "../model/build.js";
import type { StepMap } from "../model/dynamics.js";
import type { DiscreteModel } from "../model/model.js";
import type { Divergence, InputSamples, NetworkProgram, Precision } from "../numerics/kernels/index.js";
import { multiplyVector } from "../numerics/matrix.js";
import { normalAt } from "../numerics/random.js";
import { networkProgram } from "./network-program.js";
import { type WorkerPool, workerPool } from "./pool.js";

export interface TrialSettings {
  readonly steps: number;
  /** 1 where absent. */
  readonly trials?: number;
  /** One state for all trials, or one per trial; the origin where absent. */
  readonly start?: ArrayLike<number> | readonly ArrayLike<number>[];
  /** Input samples; zero where absent, and after the last sample it is held. */
  readonly input?: InputSamples;
  /** Save the state after every so many steps, 1 where absent. */
  readonly every?: number;
  readonly seed?: number;
  /** "f64" where absent; "f32" only on the kernels. */
  readonly precision?: Precision;
  /** Threads to run on; this one where absent. */
  readonly pool?: WorkerPool;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
  /** Bytes of saved states per stretch, 64 MiB where absent. */
  readonly stretchBytes?: number;
}

/** Saved states of a stretch of time. */
export interface TrialStretch {
  /** Time of each slot. */
  readonly t: Float64Array;
  /** `[slot][trial][unit]` */
  readonly states: Float64Array;
  /** Why the run ends with this stretch, before its time. */
  readonly stopped?: string;
}

const STRETCH_BYTES = 2 ** 26;
/** How long a stretch should take: what an interrupt loses at most. */
const STRETCH_MS = 500;
const FIRST_SLOTS = 64;

interface Work {
  readonly map: StepMap;
  readonly units: number;
  readonly trials: number;
  readonly every: number;
}

const requireCount = (field: string, value: number, least: number): void => {
  if (!Number.isSafeInteger(value) || value < least)
    throw new InputError(`${field}: must be a whole number of at least ${least}, got ${value}`);
};

const startStates = ({ start }: TrialSettings, trials: number, units: number): Float64Array => {
  const states = new Float64Array(trials * units);
  if (start === undefined) return states;
  const many = start.length > 0 && typeof start[0] !== "number";
  if (many && start.length !== trials)
    throw new InputError(`start: expected one state per trial (${trials}), got ${start.length}`);
  for (let trial = 0; trial < trials; trial++) {
    const own = many ? (start as readonly ArrayLike<number>[])[trial]! : (start as ArrayLike<number>);
    states.set(checkedVector(many ? `start[${trial}]` : "start", own, units), trial * units);
  }
  return states;
};

const divergenceText = ({ trial, step, unit }: Divergence): string =>
  `step ${step}: unit ${unit} of trial ${trial} is not finite; the dynamics leave every bound at this dt`;

/** `[trial][slot][unit]` to `[slot][trial][unit]`, the first `kept` slots. */
const slotMajor = (states: Float64Array, slots: number, kept: number, { trials, units }: Work): Float64Array => {
  if (trials === 1) return states.slice(0, kept * units);
  const result = new Float64Array(kept * trials * units);
  for (let slot = 0; slot < kept; slot++)
    for (let trial = 0; trial < trials; trial++) {
      const from = (trial * slots + slot) * units;
      result.set(states.subarray(from, from + units), (slot * trials + trial) * units);
    }
  return result;
};

interface Advance {
  /** `[slot][trial][unit]`; the last slot is where the next stretch begins. */
  readonly states: Float64Array;
  readonly stopped?: string;
}

type Advancer = (current: Float64Array, firstStep: number, steps: number) => Promise<Advance>;

const onKernels =
  (program: NetworkProgram, work: Work, pool: WorkerPool, settings: TrialSettings): Advancer =>
  async (current, firstStep, steps) => {
    const { input, precision, signal, onProgress } = settings;
    const { states, slots, divergence } = await pool.run(program, {
      trials: work.trials,
      steps,
      start: current,
      every: work.every,
      firstStep,
      ...(input ? { inputs: input } : {}),
      ...(precision ? { precision } : {}),
      ...(signal ? { signal } : {}),
      onProgress: (done) => onProgress?.((firstStep + done * steps) / settings.steps),
    });
    const kept = divergence ? Math.floor((divergence.step - firstStep) / work.every) : slots;
    return {
      states: slotMajor(states, slots, kept, work),
      ...(divergence ? { stopped: divergenceText(divergence) } : {}),
    };
  };

const inputAt = (input: InputSamples | undefined, channels: number, trials: number) => {
  const silence = new Float64Array(channels);
  if (!input || channels === 0) return () => silence;
  const size = input.shared ? 0 : input.values.length / trials;
  return (trial: number, step: number): Float64Array => {
    const at = trial * size + Math.min(step, input.steps - 1) * channels;
    return input.values.subarray(at, at + channels);
  };
};

const YIELD_EVERY = 50;

const inLoop = (work: Work, settings: TrialSettings): Advancer => {
  const { map, units, trials, every } = work;
  const { seed = 0, signal, onProgress } = settings;
  const input = inputAt(settings.input, map.inputs, trials);
  const next = new Float64Array(units);
  const increments = (trial: number, step: number): Float64Array | undefined => {
    const G = map.noise?.(step);
    return (
      G &&
      multiplyVector(
        G,
        Float64Array.from({ length: G.cols }, (_, source) => normalAt(seed, trial, step, source)),
      )
    );
  };
  return async (current, firstStep, steps) => {
    const states = new Float64Array(Math.floor(steps / every) * trials * units);
    const now = current.slice();
    for (let k = 0; k < steps; k++) {
      const step = firstStep + k;
      if (k % YIELD_EVERY === 0) {
        onProgress?.(step / settings.steps);
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      }
      for (let trial = 0; trial < trials; trial++) {
        const x = now.subarray(trial * units, (trial + 1) * units);
        const increment = increments(trial, step);
        const solved = map.step(x, input(trial, step), next, step, {
          next: input(trial, step + 1),
          ...(increment ? { increment } : {}),
        });
        const unit = next.findIndex((v) => !Number.isFinite(v));
        if (!solved || unit >= 0)
          return {
            states: states.slice(0, Math.floor(k / every) * trials * units),
            stopped: solved
              ? divergenceText({ trial, step, unit })
              : `step ${step}: the implicit step of trial ${trial} could not be solved; try a smaller dt`,
          };
        x.set(next);
      }
      if ((k + 1) % every === 0) states.set(now, Math.floor(k / every) * trials * units);
    }
    current.set(now);
    return { states };
  };
};

/** Time after each step of the map, for the slots of a stretch. */
const slotTimes = ({ map, every }: Work, firstStep: number, slots: number): Float64Array => {
  const even = map.dt(0);
  return Float64Array.from({ length: slots }, (_, slot) => even * (firstStep + (slot + 1) * every));
};

const unevenTimes = ({ map, every }: Work, firstStep: number, slots: number): Float64Array => {
  const t = new Float64Array(slots);
  let time = 0;
  for (let k = 0; k < firstStep + slots * every; k++) {
    time += map.dt(k);
    const slot = (k + 1 - firstStep) / every - 1;
    if (slot >= 0 && Number.isInteger(slot)) t[slot] = time;
  }
  return t;
};

/**
 * Runs `trials` trials of a map and gives their saved states stretch by stretch.
 *
 * A state that is not finite, or a step that cannot be solved, ends the run: the last stretch holds what came before
 * and says which trial, step and unit it was. An aborted signal rejects with its reason between stretches.
 */
export async function* simulateTrials(model: DiscreteModel, settings: TrialSettings): AsyncGenerator<TrialStretch> {
  const { steps, trials = 1, every = 1, seed = 0, stretchBytes = STRETCH_BYTES, input } = settings;
  requireCount("steps", steps, 0);
  requireCount("trials", trials, 1);
  requireCount("every", every, 1);
  const map = mapOf(model);
  if (input && input.values.length !== input.steps * map.inputs * (input.shared ? 1 : trials))
    throw new InputError(
      `input: expected ${input.steps} samples of ${map.inputs} channels${input.shared ? "" : ` for ${trials} trials`}, got ${input.values.length} numbers`,
    );
  const work: Work = { map, units: map.units, trials, every };
  const program = networkProgram(model, seed);
  if (!program && settings.precision === "f32")
    throw new InputError(`precision: f32 runs on the kernels only, and ${model.name} needs the plain loop`);
  const pool =
    settings.pool ??
    workerPool(1, () => {
      throw new InputError("pool: one thread has no workers");
    });
  const advance = program ? onKernels(program, work, pool, settings) : inLoop(work, settings);
  const times = model.form === "linear-along" || (model.form === "scheme" && model.steps) ? unevenTimes : slotTimes;

  const slotsAtOnce = Math.max(1, Math.floor(stretchBytes / (8 * trials * map.units)));
  let current = startStates(settings, trials, map.units);
  let slotsWanted = Math.min(FIRST_SLOTS, slotsAtOnce);
  for (let done = 0; done < steps; ) {
    settings.signal?.throwIfAborted();
    const count = Math.min(steps - done, slotsWanted * every);
    const began = performance.now();
    const { states, stopped } = await advance(current, done, count);
    const fitting = (slotsWanted * STRETCH_MS) / Math.max(1, performance.now() - began);
    slotsWanted = Math.max(1, Math.min(slotsAtOnce, Math.round(Math.min(fitting, 8 * slotsWanted))));
    const slots = states.length / (trials * map.units);
    yield { t: times(work, done, slots), states, ...(stopped ? { stopped } : {}) };
    if (stopped) return;
    done += count;
    if (slots > 0) current = states.slice((slots - 1) * trials * map.units);
  }
}
