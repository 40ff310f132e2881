/**
 * The largest step at which a scheme keeps every mode's damping and frequency within a wanted error.
 *
 * Errors are of the effective rate `ln R(dt lambda) / dt` and relative to `|lambda|`. Steps are tried from short to long;
 * the answer is the end of the interval from 0 on which all modes comply.
 */
import type { SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import type { Complex } from "../numerics/matrix.js";
import { effectiveRate } from "./modes.js";
import { isLeakAware, sharedLeak } from "./step-limits.js";

/** Wanted accuracy, relative to `|lambda|`. */
export interface Accuracy {
  /** Error of the damping; 0.1 where absent. */
  readonly damping?: number;
  /** Error of the frequency; 0.1 where absent. */
  readonly frequency?: number;
}

const SHORTEST = 1e-4;
const LONGEST = 16;
const RATIO = 1.05;
const BISECTIONS = 50;

/**
 * The step for all `rates`; infinite where any step up to 16 over the fastest rate complies, null where the scheme has no
 * stability function (leak-aware with unequal leak rates).
 */
export const recommendedStep = (
  scheme: SchemeName,
  rates: readonly Complex[],
  leakRates: Float64Array,
  { damping = 0.1, frequency = 0.1 }: Accuracy = {},
): number | null => {
  const leak = sharedLeak(leakRates);
  if (isLeakAware(scheme) && leak === undefined) return null;
  const { stabilityFunction: R } = schemeOf(scheme);
  const moving = rates.filter(([re, im]) => re !== 0 || im !== 0);
  const fastest = moving.reduce((largest, [re, im]) => Math.max(largest, Math.hypot(re, im)), 0);
  if (fastest === 0) return Number.POSITIVE_INFINITY;
  const complies = (dt: number): boolean =>
    moving.every(([re, im]) => {
      const size = Math.hypot(re, im);
      const [a, b] = effectiveRate(R([dt * re, dt * im], dt * (leak ?? 0)), dt);
      return Math.abs(a - re) <= damping * size && Math.abs(Math.abs(b) - Math.abs(im)) <= frequency * size;
    });
  let low = 0;
  let high = SHORTEST / fastest;
  while (complies(high)) {
    low = high;
    high *= RATIO;
    if (high * fastest > LONGEST) return Number.POSITIVE_INFINITY;
  }
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (complies(middle)) low = middle;
    else high = middle;
  }
  return low;
};
