/**
 * The largest step at which a scheme keeps stable what the flow keeps stable.
 *
 * A stable mode lambda stays stable while `|R(dt lambda)| < 1`: forward Euler up to `-2 Re lambda / |lambda|^2`; Heun, the
 * explicit midpoint and Runge–Kutta 4 up to the first root of `|R(r e^{i theta})| = 1` along the ray of lambda (each ray of
 * the left half plane leaves once); backward Euler, midpoint, trapezoid and the exponential of J at any step. The
 * leak-aware schemes are forward Euler with a shorter step where all units share one leak rate; otherwise no mode has a
 * multiplier of its own and the spectrum of `I + Phi(dt) J` itself is followed.
 * Hairer & Wanner, Solving Ordinary Differential Equations II, §IV.2.
 */
import type { SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { eigenvalues } from "../numerics/eigen.js";
import type { Complex, Matrix } from "../numerics/matrix.js";

/** Largest step per scheme; infinite where no step loses the mode. */
export type StepLimits = Readonly<Partial<Record<SchemeName, number>>>;

/** Schemes whose limits are listed by default. */
export const limitedSchemes: readonly SchemeName[] = [
  "euler",
  "heun",
  "rk4",
  "exponential-euler",
  "imex-euler",
  "backward-euler",
  "trapezoid",
];

const BISECTIONS = 60;
/** Beyond this modulus of dt lambda every explicit scheme is unstable. */
const LONGEST_RAY = 16;

/** The step of forward Euler at which the mode reaches `|1 + dt lambda| = 1`. */
const eulerLimit = ([re, im]: Complex): number => (-2 * re) / (re * re + im * im);

/** First root of `|R(r lambda / |lambda|)| = 1`, divided by `|lambda|`. */
const rayLimit = (scheme: SchemeName, [re, im]: Complex): number => {
  const R = schemeOf(scheme).stabilityFunction;
  const size = Math.hypot(re, im);
  const outside = (r: number): boolean => {
    const [a, b] = R([(r * re) / size, (r * im) / size]);
    return Math.hypot(a, b) > 1;
  };
  if (!outside(LONGEST_RAY)) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = LONGEST_RAY;
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (outside(middle)) high = middle;
    else low = middle;
  }
  return low / size;
};

/** Inverse of the leak-aware step weight: the step whose Euler equivalent is `weight`; infinite where none is so long. */
const stepOfWeight = (scheme: SchemeName, weight: number, leakRate: number): number => {
  if (leakRate === 0) return weight;
  const used = weight * leakRate;
  if (leakRate > 0 && used >= 1) return Number.POSITIVE_INFINITY;
  return scheme === "exponential-euler" ? -Math.log1p(-used) / leakRate : weight / (1 - used);
};

/** Whether the stability function of a scheme is one of `dt lambda` alone. */
export const isLeakAware = (scheme: SchemeName): boolean => scheme === "exponential-euler" || scheme === "imex-euler";

/** The common leak rate of all units, where they have one. */
export const sharedLeak = (leakRates: Float64Array): number | undefined =>
  leakRates.every((rate) => rate === leakRates[0]) ? leakRates[0] : undefined;

/** Largest step at which one stable mode stays stable, of a scheme with a stability function (given a shared leak). */
export const modeStepLimit = (scheme: SchemeName, rate: Complex, leakRate = 0): number => {
  if (!(rate[0] < 0)) return Number.NaN;
  switch (scheme) {
    case "euler":
      return eulerLimit(rate);
    case "heun":
    case "explicit-midpoint":
    case "rk4":
      return rayLimit(scheme, rate);
    case "exponential-euler":
    case "imex-euler":
      return stepOfWeight(scheme, eulerLimit(rate), leakRate);
    default:
      return Number.POSITIVE_INFINITY;
  }
};

const unstableMultipliers = (multipliers: readonly Complex[]): number =>
  multipliers.filter(([re, im]) => Math.hypot(re, im) > 1 + 1e-12).length;

const GRID_PER_OCTAVE = 4;
const OCTAVES = 14;

/** First step, from short to long, at which `I + Phi(dt) J` has more unstable multipliers than the flow has rates. */
const spectrumStepLimit = (scheme: SchemeName, J: Matrix, leakRates: Float64Array, unstableRates: number): number => {
  const { affine } = schemeOf(scheme);
  const exceeds = (dt: number): boolean =>
    unstableMultipliers(eigenvalues(affine(J, dt, leakRates)!.transition)) > unstableRates;
  const fastest = eigenvalues(J).reduce((largest, [re, im]) => Math.max(largest, Math.hypot(re, im)), 0);
  if (fastest === 0) return Number.POSITIVE_INFINITY;
  let low = 0;
  for (let k = 0; k <= OCTAVES * GRID_PER_OCTAVE; k++) {
    let high = (2 ** (k / GRID_PER_OCTAVE) * 0.5) / fastest;
    if (!exceeds(high)) {
      low = high;
      continue;
    }
    for (let step = 0; step < BISECTIONS && high - low > 1e-13 * high; step++) {
      const middle = (low + high) / 2;
      if (exceeds(middle)) high = middle;
      else low = middle;
    }
    return low;
  }
  return Number.POSITIVE_INFINITY;
};

/**
 * Largest step at which every stable mode stays stable, of one scheme.
 *
 * @param J needed only by the leak-aware schemes where units differ in their leak rate
 */
export const stepLimit = (
  scheme: SchemeName,
  rates: readonly Complex[],
  leakRates: Float64Array,
  J: () => Matrix,
): number => {
  const leak = sharedLeak(leakRates);
  if (isLeakAware(scheme) && leak === undefined)
    return spectrumStepLimit(scheme, J(), leakRates, rates.filter(([re]) => re > 0).length);
  return rates.reduce(
    (least, rate) => (rate[0] < 0 ? Math.min(least, modeStepLimit(scheme, rate, leak)) : least),
    Number.POSITIVE_INFINITY,
  );
};

/** `stepLimit` of several schemes. */
export const stepLimits = (
  schemes: readonly SchemeName[],
  rates: readonly Complex[],
  leakRates: Float64Array,
  J: () => Matrix,
): StepLimits =>
  Object.fromEntries(schemes.map((scheme) => [scheme, stepLimit(scheme, rates, leakRates, J)])) as StepLimits;
