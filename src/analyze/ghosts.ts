/**
 * Ghosts: fixed points of a map at which its flow does not rest.
 *
 * Schemes with several stages can have them (Heun's are the cycles of period 2 of forward Euler); Euler, the leak-aware
 * schemes, the midpoint and the trapezoid cannot. Each is shown with `|f|`, and followed to half the step: what is an
 * artefact of the step moves or goes.
 * Iserles, Peplow & Stuart, SIAM J. Numer. Anal. 28 (1991).
 */
import type { Flow, StepMap } from "../model/dynamics.js";
import { eigenvalues } from "../numerics/eigen.js";
import { type Complex, euclideanNorm } from "../numerics/matrix.js";
import { newtonSearch } from "./newton.js";
import { searchZeros } from "./search.js";
import type { Starts } from "./starts.js";
import { mapProblem } from "./zero-problem.js";

export interface Ghost {
  readonly state: Float64Array;
  /** `|f|` there; 0 at a fixed point of the flow. */
  readonly field: number;
  readonly multipliers: readonly Complex[];
  readonly attracting: boolean;
  /** A ghost that a search from here finds at half the step, with `|f|` there; null where there is none. */
  readonly atHalfStep: { readonly state: Float64Array; readonly field: number } | null;
}

export interface GhostSettings {
  readonly tolerance: number;
  readonly iterations: number;
  readonly mergeDistance: number;
}

/** A state counts as a fixed point of the flow if `|f|` is below this, in units of the tolerance. */
const RESTS = 1e4;

/** Ghosts of a map; `half` is the same scheme with half the step. */
export const ghostsOf = (
  flow: Flow,
  map: StepMap,
  half: StepMap,
  u: Float64Array,
  starts: Starts,
  { tolerance, iterations, mergeDistance }: GhostSettings,
): Ghost[] => {
  const f = new Float64Array(flow.units);
  const fieldAt = (x: Float64Array): number => {
    flow.field(x, u, f);
    return euclideanNorm(f);
  };
  const searchHalf = newtonSearch(mapProblem(half, u));
  const { zeros } = searchZeros(mapProblem(map, u), starts, {
    tolerance,
    iterations,
    mergeDistance,
    deflatedStarts: 0,
  });
  return zeros
    .map(({ state }) => ({ state, field: fieldAt(state) }))
    .filter(({ field }) => field > RESTS * tolerance)
    .map(({ state, field }) => {
      const multipliers = eigenvalues(map.stateJacobian(state, u)!);
      const followed = searchHalf(state, [], { tolerance, iterations, reach: starts.reach });
      const remains = followed.status === "converged" && fieldAt(followed.state) > RESTS * tolerance;
      return {
        state,
        field,
        multipliers,
        attracting: multipliers.every(([re, im]) => Math.hypot(re, im) < 1),
        atHalfStep: remains ? { state: followed.state, field: fieldAt(followed.state) } : null,
      };
    });
};
