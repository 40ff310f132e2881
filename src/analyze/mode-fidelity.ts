/**
 * What a scheme does to one mode: its stability, its damping and its frequency.
 *
 * The multiplier mu of a step dt acts like the rate `ln mu / dt`; to leading order that is `lambda - C dt^p lambda^{p+1}`.
 * A mode is an artefact where it is unstable in the map only, lost where it is unstable in the flow only.
 */
import type { Complex } from "../numerics/matrix.js";
import { marginalLevel } from "./classify.js";
import { effectiveRate } from "./modes.js";

export interface ModeFidelity {
  readonly rate: Complex;
  readonly multiplier: Complex;
  /** `ln mu / dt`, by which the map's mode decays and turns. */
  readonly effectiveRate: Complex;
  /** `Re` of the effective rate minus `Re lambda`; positive where the map damps too little. */
  readonly dampingError: number;
  /** `|Im|` of the effective rate minus `|Im lambda|`; `pi / dt` where a real mode alternates. */
  readonly frequencyError: number;
  readonly change: "kept" | "artefact" | "lost";
}

/** Rates and their multipliers compared, mode by mode. */
export const modeFidelities = (
  rates: readonly Complex[],
  multipliers: readonly Complex[],
  dt: number,
): ModeFidelity[] => {
  const rateLevel = marginalLevel(rates, "rates");
  const stepLevel = marginalLevel(multipliers, "multipliers");
  return rates.map((rate, k) => {
    const multiplier = multipliers[k]!;
    const effective = effectiveRate(multiplier, dt);
    const growsInFlow = rate[0] > rateLevel;
    const growsInMap = Math.hypot(multiplier[0], multiplier[1]) > 1 + stepLevel;
    return {
      rate,
      multiplier,
      effectiveRate: effective,
      dampingError: effective[0] - rate[0],
      frequencyError: Math.abs(effective[1]) - Math.abs(rate[1]),
      change: growsInMap === growsInFlow ? "kept" : growsInMap ? "artefact" : "lost",
    };
  });
};
