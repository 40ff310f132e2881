/**
 * Where searches for fixed points start: states spread over a box, states along noisy trials, and the user's own.
 *
 * Trials pass attractors and the saddles between them, and in many dimensions they find them where states drawn from a
 * box hardly ever do: those all have about the same distance from everything. Without a box the trials themselves tell
 * how large states become. Start k depends on the seed and on k only.
 */
import { InputError } from "../error.js";
import type { Flow, StepMap } from "../model/dynamics.js";
import { randomSource } from "../numerics/random.js";

export interface StartSettings {
  /** How many; 256 where absent. */
  readonly starts?: number;
  readonly seed?: number;
  /** Share of the starts that are taken along trials, the rest from the box; 1/2 where absent. */
  readonly alongTrials?: number;
  /** Standard deviation of the noise that a trial collects in one time constant, of the size of the box; 0.1. */
  readonly trialNoise?: number;
  /** The box `[low, high]^units`; the hull of exploratory trials from `[-1, 1]^units` where absent. */
  readonly box?: readonly [low: number, high: number];
  /** Starts of one's own, searched first. */
  readonly states?: readonly ArrayLike<number>[];
}

/** Starts, and the size of the region that they cover: half the diagonal of a typical side, times root units. */
export interface Starts {
  readonly states: readonly Float64Array[];
  readonly reach: number;
}

/** One step of a trial: of a map, or of a flow by forward Euler with a fraction of its shortest time constant. */
export type TrialStep = (x: Float64Array, out: Float64Array) => boolean;

const EULER_SHARE = 0.25;
const EXPLORATORY_TRIALS = 16;
const TRIAL_STEPS = 80;
const STARTS_PER_TRIAL = 16;
const DIVERGED = 1e6;
/** Reach of one undamped step, as a share of the root-mean-square half side times root units. */
const REACH = 0.4;

/** A trial step of a flow: forward Euler with a quarter of the shortest time scale of the leak (1 where there is none). */
export const flowTrial = (flow: Flow, u: Float64Array, timeScale: number): TrialStep => {
  const dt = EULER_SHARE * timeScale;
  const slope = new Float64Array(flow.units);
  return (x, out) => {
    flow.field(x, u, slope);
    for (let i = 0; i < out.length; i++) out[i] = x[i]! + dt * slope[i]!;
    return true;
  };
};

export const mapTrial =
  (map: StepMap, u: Float64Array): TrialStep =>
  (x, out) =>
    map.step(x, u, out);

interface Box {
  readonly center: Float64Array;
  readonly halfSide: Float64Array;
}

const finite = (x: Float64Array): boolean => x.every((v) => Math.abs(v) < DIVERGED);

/** The hull of what exploratory trials visit, at least 1/2 to each side of its center. */
const exploredBox = (units: number, step: TrialStep, seed: number): Box => {
  const low = new Float64Array(units).fill(-1);
  const high = new Float64Array(units).fill(1);
  const random = randomSource(seed, 1);
  const next = new Float64Array(units);
  for (let trial = 0; trial < EXPLORATORY_TRIALS; trial++) {
    const x = Float64Array.from({ length: units }, () => 2 * random.uniform() - 1);
    for (let k = 0; k < TRIAL_STEPS / 4; k++) {
      if (!step(x, next) || !finite(next)) break;
      x.set(next);
      for (let i = 0; i < units; i++) {
        low[i] = Math.min(low[i]!, x[i]!);
        high[i] = Math.max(high[i]!, x[i]!);
      }
    }
  }
  return {
    center: low.map((v, i) => (v + high[i]!) / 2),
    halfSide: low.map((v, i) => (high[i]! - v) / 2),
  };
};

/** The starts that `settings` ask for, given a step of the dynamics without noise. */
export const startsOf = (units: number, step: TrialStep, settings: StartSettings): Starts => {
  const { starts = 256, seed = 0, alongTrials = 0.5, trialNoise = 0.1, box } = settings;
  if (!(Number.isInteger(starts) && starts >= 0))
    throw new InputError(`starts: must be a whole number that is not negative, got ${starts}`);
  if (box && !(box[0] < box[1])) throw new InputError(`box: low must be below high, got ${box[0]} and ${box[1]}`);
  const own = (settings.states ?? []).map((state, k) => {
    if (state.length !== units) throw new InputError(`states[${k}]: expected ${units} entries, got ${state.length}`);
    return Float64Array.from(state);
  });
  const { center, halfSide } = box
    ? {
        center: new Float64Array(units).fill((box[0] + box[1]) / 2),
        halfSide: new Float64Array(units).fill((box[1] - box[0]) / 2),
      }
    : exploredBox(units, step, seed);

  const drawn: Float64Array[] = [];
  const inTrials = Math.round(alongTrials * starts);
  const noise = trialNoise * Math.sqrt(EULER_SHARE);
  for (let trial = 0; drawn.length < inTrials; trial++) {
    const random = randomSource(seed, 2 + 2 * trial);
    const size = random.uniform();
    const x = center.map((c, i) => c + size * halfSide[i]! * (2 * random.uniform() - 1));
    const next = new Float64Array(units);
    const wanted = Math.min(STARTS_PER_TRIAL, inTrials - drawn.length);
    const times = Array.from({ length: wanted }, () => Math.floor(TRIAL_STEPS * random.uniform() ** 2)).sort(
      (a, b) => a - b,
    );
    let taken = 0;
    for (let k = 0; taken < wanted; k++) {
      while (taken < wanted && times[taken] === k) {
        drawn.push(x.slice());
        taken++;
      }
      if (!step(x, next) || !finite(next)) break;
      for (let i = 0; i < units; i++) x[i] = next[i]! + noise * halfSide[i]! * random.normal();
    }
    for (; taken < wanted; taken++) drawn.push(center.map((c, i) => c + halfSide[i]! * (2 * random.uniform() - 1)));
  }
  const random = randomSource(seed, 3);
  while (drawn.length < starts) {
    const size = Math.sqrt(random.uniform());
    drawn.push(center.map((c, i) => c + size * halfSide[i]! * (2 * random.uniform() - 1)));
  }
  const meanSquare = halfSide.reduce((sum, v) => sum + v * v, 0) / units;
  return { states: [...own, ...drawn], reach: REACH * Math.sqrt(meanSquare * units) };
};
