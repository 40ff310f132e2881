/**
 * The example network: two populations that excite themselves, inhibit each other and so integrate evidence until one of
 * them wins, after Wong & Wang, J. Neurosci. 26 (2006) 1314.
 *
 * Of that model: the couplings J, the background and stimulus currents, the decay of NMDA gating (100 ms) and the AMPA
 * noise. Ours: 32 units per population with scattered couplings and time constants, as weights of rank two; and a
 * logistic in place of the steady-state gating `g tau H(I) / (1 + g tau H(I))`, half open at the same current. Without
 * stimulus it rests or remembers a choice; the stimulus makes the undecided state a saddle.
 */
import { matrix } from "../../numerics/matrix.js";
import { randomSource } from "../../numerics/random.js";
import { rateModel } from "../build.js";
import type { RateModel } from "../model.js";
import { lowRank } from "../weights.js";

const POPULATION = 32;
const UNITS = 2 * POPULATION;
/** Couplings in nA: of a population to itself, and to the other. */
const SELF = 0.2609;
const OTHER = -0.0497;
/** Currents in nA: background, and a stimulus of 30 Hz. */
const BACKGROUND = 0.3255;
const STIMULUS = 0.0156;
/** Current at which the gating is half open (nA), and how steeply it opens (1/nA). */
const HALF_OPEN = 0.4507;
const STEEPNESS = 20;
/** Decay of NMDA gating in ms. */
const DECAY = 100;
/** Intensity of the AMPA noise, 0.02 nA with a memory of 2 ms, in nA √ms, and the slope of the gating at rest. */
const NOISE = 0.02 * Math.sqrt(2);
const SLOPE_AT_REST = 0.105;
const SEED = 2006;

const populationOf = (unit: number): 0 | 1 => (unit < POPULATION ? 0 : 1);

/** Positive factors, log-normal, with mean 1 in each population. */
const scattered = (spread: number, normal: () => number): Float64Array => {
  const factors = Float64Array.from({ length: UNITS }, () => Math.exp(spread * normal()));
  const sums = [0, 0];
  factors.forEach((factor, i) => {
    sums[populationOf(i)]! += factor;
  });
  return factors.map((factor, i) => (factor * POPULATION) / sums[populationOf(i)]!);
};

/** `value(unit, population)` for every unit and both populations. */
const byPopulation = (value: (unit: number, population: number) => number) => {
  const A = matrix(UNITS, 2);
  for (let i = 0; i < UNITS; i++) for (let p = 0; p < 2; p++) A.data[2 * i + p] = value(i, p);
  return A;
};

/**
 * Sixty-four units that decide. Input: evidence for either choice, 1 being the undecided stimulus, so that `[1 + c, 1 - c]`
 * has coherence c. Readout: the mean activity of each population. The same network at every call.
 */
export const decisionNetwork = (): RateModel => {
  const { normal } = randomSource(SEED);
  const sensitivity = scattered(0.1, normal);
  const influence = scattered(0.3, normal);
  const pace = scattered(0.2, normal);
  const own = (unit: number, population: number) => populationOf(unit) === population;
  return rateModel({
    name: "decision network",
    activation: "sigmoid",
    recurrentWeights: lowRank(
      byPopulation((i, p) => (own(i, p) ? STEEPNESS * sensitivity[i]! : 0)),
      byPopulation((j, p) => ((own(j, p) ? SELF : OTHER) * influence[j]!) / POPULATION),
    ),
    inputWeights: byPopulation((i, p) => (own(i, p) ? STEEPNESS * STIMULUS * sensitivity[i]! : 0)),
    bias: new Float64Array(UNITS).fill(STEEPNESS * (BACKGROUND - HALF_OPEN)),
    timeConstants: pace.map((factor) => DECAY * factor),
    noise: byPopulation((i, p) => (own(i, p) ? (SLOPE_AT_REST * STEEPNESS * NOISE) / (DECAY * pace[i]!) : 0)),
    readout: {
      weights: {
        rows: 2,
        cols: UNITS,
        data: Float64Array.from({ length: 2 * UNITS }, (_, k) =>
          own(k % UNITS, Math.floor(k / UNITS)) ? 1 / POPULATION : 0,
        ),
      },
    },
    timeUnit: "ms",
  });
};
