/**
 * Whether trials of two maps, one of them taking several steps for each of the other's, end in the same place.
 *
 * A trial starts near the origin and gets a pulse into one input channel; its outcome is the fixed point nearest to its
 * last state. The flow itself, by Runge–Kutta 4 with short steps, says which outcome is right.
 */
import type { FixedPoint } from "../analyze/fixed-points.js";
import { underScheme } from "../analyze/subject.js";
import type { SchemeMap } from "../model/model.js";
import { randomSource } from "../numerics/random.js";
import { simulate } from "../simulate/simulate.js";

export interface TrialComparison {
  readonly trials: number;
  /** Trials with the same outcome on both maps. */
  readonly kept: number;
  /** Trials with the outcome of the flow, on the old map and on the new one. */
  readonly oldAsFlow: number;
  readonly newAsFlow: number;
  /** Largest distance between the two maps' last states. */
  readonly largestDistance: number;
  /** Trials that did not go to their end. */
  readonly stopped: number;
}

export interface TrialSettings {
  readonly trials: number;
  readonly steps: number;
  readonly seed: number;
}

const START = 0.1;
const PULSE_SHARE = 0.2;
/** Steps of the flow's reference for one of the original. */
const REFERENCE_STEPS = 8;

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((v, i) => v - b[i]!));

const nearest = (points: readonly FixedPoint[], x: Float64Array): number => {
  const distances = points.map(({ state }) => distance(state, x));
  return distances.indexOf(Math.min(...distances));
};

/** The state after all steps, `repeats` of them for each row of input; undefined where it was not reached. */
const lastState = (
  map: SchemeMap,
  start: Float64Array,
  input: readonly Float64Array[],
  repeats: number,
): Float64Array | undefined => {
  const held = input.flatMap((row) => Array.from({ length: repeats }, () => row));
  const { status, state } = simulate(map, { start, input: held });
  return status === "complete" ? state.at(-1) : undefined;
};

/** Trials on `old` and on `retimed`, which takes `substeps` steps for each of the old. */
export const compareTrials = (
  old: SchemeMap,
  retimed: SchemeMap,
  substeps: number,
  points: readonly FixedPoint[],
  baseline: Float64Array,
  { trials, steps, seed }: TrialSettings,
): TrialComparison => {
  const { noise: _noise, ...parent } = old.parent;
  const quiet = (map: SchemeMap): SchemeMap => ({ ...map, parent: parent as SchemeMap["parent"] });
  const reference = underScheme(parent as SchemeMap["parent"], { scheme: "rk4", dt: old.dt / REFERENCE_STEPS });
  let [kept, oldAsFlow, newAsFlow, stopped, largestDistance] = [0, 0, 0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const random = randomSource(seed, trial);
    const start = Float64Array.from({ length: old.units }, () => START * random.normal());
    const channel = trial % Math.max(1, old.inputs);
    const amplitude = random.uniform() < 0.5 ? -1 : 1;
    const input = Array.from({ length: steps }, (_, k) =>
      baseline.map((v, c) => (c === channel && k < PULSE_SHARE * steps ? v + amplitude : v)),
    );
    const ends = [
      lastState(quiet(old), start, input, 1),
      lastState(quiet(retimed), start, input, substeps),
      lastState(reference, start, input, REFERENCE_STEPS),
    ];
    const [before, after, flow] = ends;
    if (!before || !after || !flow) {
      stopped++;
      continue;
    }
    const [a, b, c] = [before, after, flow].map((state) => nearest(points, state));
    if (a === b) kept++;
    if (a === c) oldAsFlow++;
    if (b === c) newAsFlow++;
    largestDistance = Math.max(largestDistance, distance(before, after));
  }
  return { trials, kept, oldAsFlow, newAsFlow, largestDistance, stopped };
};
