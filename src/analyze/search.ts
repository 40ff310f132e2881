/**
 * Many searches for zeros of one problem, their results merged.
 *
 * Searches go in turn, so that each can recognize where the ones before it ended; then some starts are searched again
 * with everything found deflated, for as long as that keeps within the effort of the first round.
 */
import { factorInPlace } from "../numerics/lu-in-place.js";
import { type KnownPoint, newtonSearch } from "./newton.js";
import type { Starts } from "./starts.js";
import type { ZeroProblem } from "./zero-problem.js";

export interface Zero {
  readonly state: Float64Array;
  readonly residual: number;
  /** Number of starts that led here; 0 for points that only deflation found. */
  readonly found: number;
}

/** A search that ended without a zero: where |g| was least on its way, and the size of g there. */
export interface Unconverged {
  readonly state: Float64Array;
  readonly residual: number;
}

export interface SearchOutcome {
  readonly zeros: readonly Zero[];
  readonly converged: number;
  readonly byDeflation: number;
  /** How many searches ended otherwise, by the way in which they ended. */
  readonly unconverged: Readonly<Record<"singular" | "not finite" | "out of iterations", number>>;
  readonly remaining: readonly Unconverged[];
  readonly factorizations: number;
  /** Whether a signal ended the search early. */
  readonly aborted: boolean;
}

export interface SearchSettings {
  readonly tolerance: number;
  readonly iterations: number;
  readonly mergeDistance: number;
  readonly deflatedStarts: number;
  readonly signal?: AbortSignal;
}

/** Numbers kept as factors of known points, beyond which further ones are kept without. */
const FACTOR_BUDGET = 2 ** 25;

/** Index of the state within the merge distance of `x`, or -1. */
export const indexOfSame = (
  states: readonly { readonly state: Float64Array }[],
  x: Float64Array,
  distance: number,
): number => {
  let size = 1;
  for (let i = 0; i < x.length; i++) size = Math.max(size, Math.abs(x[i]!));
  const limit = (distance * size) ** 2;
  return states.findIndex(({ state }) => {
    let squares = 0;
    for (let i = 0; i < x.length && squares <= limit; i++) squares += (state[i]! - x[i]!) ** 2;
    return squares <= limit;
  });
};

/** Searches zeros of `problem` from all starts. */
export const searchZeros = (
  problem: ZeroProblem,
  { states, reach }: Starts,
  { tolerance, iterations, mergeDistance, deflatedStarts, signal }: SearchSettings,
): SearchOutcome => {
  const n = problem.units;
  const search = newtonSearch(problem);
  const known: KnownPoint[] = [];
  const found: number[] = [];
  const residuals: number[] = [];
  const unconverged = { singular: 0, "not finite": 0, "out of iterations": 0 };
  const remaining: Unconverged[] = [];
  let factorizations = 0;
  let converged = 0;
  let aborted = false;

  /** Adds a zero, or counts it towards the point that it is the same as. */
  const add = (state: Float64Array, residual: number, count: number): boolean => {
    const same = indexOfSame(known, state, mergeDistance);
    if (same >= 0) {
      found[same]! += count;
      return false;
    }
    const kept = (known.length + 1) * n * n <= FACTOR_BUDGET;
    const factors = new Float64Array(kept ? n * n : 0);
    const pivots = new Int32Array(n);
    const factored = kept && problem.jacobian(state, factors) && factorInPlace(factors, n, pivots);
    if (kept) factorizations++;
    known.push(factored ? { state, factors, pivots } : { state });
    found.push(count);
    residuals.push(residual);
    return true;
  };

  const settings = { tolerance, iterations, reach };
  for (const start of states) {
    aborted ||= signal?.aborted ?? false;
    if (aborted) break;
    const outcome = search(start, known, settings);
    factorizations += outcome.factorizations;
    if (outcome.status === "converged") {
      converged++;
      add(outcome.state, outcome.residual, 1);
    } else if (outcome.status === "known") {
      converged++;
      found[outcome.known!]! += 1;
    } else {
      unconverged[outcome.status]++;
      remaining.push({ state: outcome.state, residual: outcome.residual });
    }
  }

  const effort = factorizations;
  const firstRound = known.length;
  for (const start of states.slice(0, deflatedStarts)) {
    aborted ||= signal?.aborted ?? false;
    if (aborted || factorizations > 2 * effort) break;
    const outcome = search(start, known, { ...settings, deflate: true });
    factorizations += outcome.factorizations;
    if (outcome.status === "converged") add(outcome.state, outcome.residual, 0);
  }

  return {
    zeros: known.map(({ state }, k) => ({ state, residual: residuals[k]!, found: found[k]! })),
    converged,
    byDeflation: known.length - firstRound,
    unconverged,
    remaining,
    factorizations,
    aborted,
  };
};
