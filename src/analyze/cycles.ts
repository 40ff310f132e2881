/**
 * Orbits of a map that return after k steps: `F^k(x) = x`, with no shorter period.
 *
 * Forward Euler has them where its flow has none, born as a multiplier passes -1; the trapezoid and the midpoint have none
 * of period 2. Every one is a creature of the step where the flow is known to settle.
 */
import type { StepMap } from "../model/dynamics.js";
import { eigenvalues } from "../numerics/eigen.js";
import type { Complex } from "../numerics/matrix.js";
import { indexOfSame, searchZeros } from "./search.js";
import type { Starts } from "./starts.js";
import { cycleJacobian, mapProblem } from "./zero-problem.js";

export interface Cycle {
  readonly period: number;
  /** The states in order; the map takes the last to the first. */
  readonly states: readonly Float64Array[];
  /** Eigenvalues of the Jacobian of `F^k`. */
  readonly multipliers: readonly Complex[];
  readonly attracting: boolean;
  /** `|F^k(x) - x|` at the first state. */
  readonly residual: number;
}

export interface CycleSettings {
  readonly tolerance: number;
  readonly iterations: number;
  readonly mergeDistance: number;
}

/** Steps of the map before a search, so that starts lie where its orbits go. */
const SETTLING = 60;
const DIVERGED = 1e6;
/** An orbit is shorter if it returns this close, in units of the merge distance. */
const RETURNS = 1e3;

const settled = (map: StepMap, u: Float64Array, start: Float64Array): Float64Array => {
  const x = start.slice();
  const next = new Float64Array(map.units);
  for (let k = 0; k < SETTLING; k++) {
    if (!map.step(x, u, next) || !next.every((v) => Math.abs(v) < DIVERGED)) return start;
    x.set(next);
  }
  return x;
};

const orbit = (map: StepMap, u: Float64Array, start: Float64Array, period: number): Float64Array[] => {
  const states = [start];
  for (let k = 1; k < period; k++) {
    const next = new Float64Array(map.units);
    map.step(states[k - 1]!, u, next);
    states.push(next);
  }
  return states;
};

/** Cycles of one period: every other start is let settle on the map first. */
const cyclesOfPeriod = (
  map: StepMap,
  u: Float64Array,
  period: number,
  starts: Starts,
  settings: CycleSettings,
): Cycle[] => {
  const problem = mapProblem(map, u, period);
  const states = starts.states.map((state, k) => (k % 2 === 1 ? settled(map, u, state) : state));
  const { zeros } = searchZeros(problem, { ...starts, states }, { ...settings, deflatedStarts: 0 });
  const cycles: Cycle[] = [];
  const seen: { state: Float64Array }[] = [];
  for (const { state, residual } of zeros) {
    const around = orbit(map, u, state, period);
    const shorter = around
      .slice(1)
      .some((other) => indexOfSame([{ state: other }], state, RETURNS * settings.mergeDistance) === 0);
    if (shorter || indexOfSame(seen, state, RETURNS * settings.mergeDistance) >= 0) continue;
    seen.push(...around.map((s) => ({ state: s })));
    const J = cycleJacobian(map, u, state, period);
    if (!J) continue;
    const multipliers = eigenvalues(J);
    const attracting = multipliers.every(([re, im]) => Math.hypot(re, im) < 1);
    cycles.push({ period, states: around, multipliers, attracting, residual });
  }
  return cycles;
};

/** Cycles of periods 2 to `longest`. */
export const cyclesOf = (
  map: StepMap,
  u: Float64Array,
  longest: number,
  starts: Starts,
  settings: CycleSettings,
): Cycle[] =>
  Array.from({ length: Math.max(0, longest - 1) }, (_, k) => cyclesOfPeriod(map, u, k + 2, starts, settings)).flat();
