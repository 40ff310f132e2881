/**
 * All fixed points that many searches find: `f(x, u) = 0` of a flow, `F(x, u) = x` of a map, at constant input.
 *
 * Newton searches from many starts come first; then from some of them again with the points found so far deflated. What
 * lies within the merge distance is one point. Each is reported with its residual, conditioning, a certificate that a
 * true zero is near, rates and multipliers, type, and the largest step at which each scheme keeps it stable. Searches
 * that did not end at a zero are counted apart, and can be followed to slow points.
 * Sussillo & Barak, Neural Computation 25 (2013); Golub & Sussillo, J. Open Source Softw. 3 (2018).
 */
import { InputError } from "../error.js";
import { checkedVector } from "../model/build.js";
import type { Model } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { eigenvalues } from "../numerics/eigen.js";
import { type Complex, matrix } from "../numerics/matrix.js";
import { type Classification, classify, countUnstable, type PointType } from "./classify.js";
import { type Existence, verifier } from "./existence.js";
import { multipliersOf } from "./multipliers.js";
import { type SearchOutcome, searchZeros, type Zero } from "./search.js";
import { type SlowPoint, slowPointsOf } from "./slow-points.js";
import { flowTrial, mapTrial, type StartSettings, startsOf } from "./starts.js";
import { limitedSchemes, type StepLimits, stepLimits } from "./step-limits.js";
import { type Subject, subjectOf } from "./subject.js";
import { flowProblem, mapProblem, type ZeroProblem } from "./zero-problem.js";

export interface FixedPointOptions extends StartSettings {
  /** The constant input; zero where absent. */
  readonly input?: ArrayLike<number>;
  /** `|f|` below which a search has converged; 1e-10, times the fastest leak rate where that is above 1. */
  readonly tolerance?: number;
  /** Factorizations that one search may take; 24 where absent. */
  readonly iterations?: number;
  /** Points closer than this are one; 1e-6, relative where states are larger than 1. */
  readonly mergeDistance?: number;
  /** Number of starts that are searched again with all found points deflated; 32 where absent. */
  readonly deflatedStarts?: number;
  /** How many of the searches without a zero are followed to slow points; 0 where absent. */
  readonly slowPoints?: number;
  /** Rates, multipliers, types and step limits; true where absent. They cost more than the search in large networks. */
  readonly spectra?: boolean;
  /** Conditioning and certificates; true where absent. */
  readonly certificates?: boolean;
  /** Schemes whose largest stable steps are listed. */
  readonly schemes?: readonly SchemeName[];
  /** Ends the search early; what was found until then is returned. */
  readonly signal?: AbortSignal;
}

/** What the eigenvalues at a fixed point say. */
export interface PointSpectrum {
  /** Eigenvalues of the flow's Jacobian, slowest decay first; absent where there is no flow. */
  readonly rates?: readonly Complex[];
  /** Eigenvalues of the map's Jacobian, in the order of the rates where there are any; absent where there is no map. */
  readonly multipliers?: readonly Complex[];
  readonly unstableRates?: number;
  readonly unstableMultipliers?: number;
  /** By the rates, or by the multipliers where there is no flow. */
  readonly type: PointType;
  readonly classification: Classification;
  /**
   * Largest step at which each scheme keeps the point stable, infinite where any does; null as a whole where the flow
   * itself is not stable there, absent where there is no flow.
   */
  readonly maxStableStep?: StepLimits | null;
}

export interface FixedPoint extends Partial<PointSpectrum> {
  readonly state: Float64Array;
  readonly input: Float64Array;
  /** `|f|` of a flow, `|F - x|` of a map that has none. */
  readonly residual: number;
  /** Number of starts that led here, and their share of all starts. */
  readonly found: number;
  readonly share: number;
  /** Condition number of the Jacobian in the 1-norm. */
  readonly condition?: number;
  readonly existence?: Existence;
}

export interface FixedPointSearch {
  readonly fixedPoints: readonly FixedPoint[];
  readonly slowPoints: readonly SlowPoint[];
  /** Number of starts, and of those from which a fixed point was reached. */
  readonly starts: number;
  readonly converged: number;
  /** How the other searches ended. */
  readonly unconverged: SearchOutcome["unconverged"];
  /** Points that only a search with the others deflated found. */
  readonly byDeflation: number;
  readonly factorizations: number;
  /** Size of the searched region: the length of a search's longest undamped step. */
  readonly reach: number;
}

/** The equation whose zeros are the fixed points of a subject. */
export const problemOf = ({ flow, map }: Subject, u: Float64Array): ZeroProblem =>
  flow ? flowProblem(flow, u) : mapProblem(map!, u);

/** Shortest time constant of the leak, or 1 where nothing leaks. */
export const timeScaleOf = ({ flow }: Subject): number => {
  const fastest = flow?.leakRates.reduce((largest, rate) => Math.max(largest, rate), 0) ?? 0;
  return fastest > 0 ? 1 / fastest : 1;
};

/** A function that computes spectrum, type and step limits at a state. */
export const spectrumAt = (
  subject: Subject,
  u: Float64Array,
  schemes: readonly SchemeName[] = limitedSchemes,
): ((state: Float64Array) => PointSpectrum) => {
  const { flow, map, step } = subject;
  return (state) => {
    if (!flow) {
      const J = map!.stateJacobian(state, u);
      if (!J) throw new InputError("fixed points: the implicit step could not be solved at a fixed point");
      const multipliers = [...eigenvalues(J)].sort((a, b) => Math.hypot(...b) - Math.hypot(...a) || b[1] - a[1]);
      const classification = classify(multipliers, "multipliers");
      return {
        multipliers,
        unstableMultipliers: classification.unstable,
        type: classification.type,
        classification,
      };
    }
    const J = matrix(flow.units, flow.units, flow.stateJacobian(state, u).data.slice());
    const rates = eigenvalues(J);
    const classification = classify(rates, "rates");
    const multipliers = step
      ? multipliersOf(step, rates, flow.leakRates, () => J)
      : map
        ? eigenvalues(map.stateJacobian(state, u)!)
        : undefined;
    const limits = classification.unstable === 0 ? stepLimits(schemes, rates, flow.leakRates, () => J) : null;
    return {
      rates,
      unstableRates: classification.unstable,
      ...(multipliers ? { multipliers, unstableMultipliers: countUnstable(multipliers, "multipliers") } : {}),
      type: classification.type,
      classification,
      maxStableStep: limits,
    };
  };
};

/** Lipschitz constant of the Jacobian of a flow, from the curvature bound of its form. */
export const variationOf = ({ flow }: Subject) =>
  flow?.curvature ? { constant: 2 * flow.curvature.remainder, bound: true } : undefined;

const byStability = (a: FixedPoint, b: FixedPoint): number =>
  (a.classification?.unstable ?? 0) - (b.classification?.unstable ?? 0) || b.found - a.found;

/**
 * Searches the fixed points of a model at one constant input.
 *
 * A map that is a scheme applied to a flow has the fixed points of the flow, which is what is searched; schemes with
 * stages may have more, see `ghosts`.
 *
 * @throws InputError for models that change in time, and for settings out of range
 * @example fixedPoints(model, { starts: 1024, seed: 1 }).fixedPoints.map((point) => point.type)
 */
export const fixedPoints = (model: Model, options: FixedPointOptions = {}): FixedPointSearch => {
  const subject = subjectOf(model);
  const u = checkedVector("input", options.input ?? 0, model.inputs);
  const problem = problemOf(subject, u);
  const timeScale = timeScaleOf(subject);
  const trial = subject.flow ? flowTrial(subject.flow, u, timeScale) : mapTrial(subject.map!, u);
  const starts = startsOf(model.units, trial, options);
  const tolerance = options.tolerance ?? 1e-10 * Math.max(1, 1 / timeScale);
  const search = searchZeros(problem, starts, {
    tolerance,
    iterations: options.iterations ?? 24,
    mergeDistance: options.mergeDistance ?? 1e-6,
    deflatedStarts: options.deflatedStarts ?? 32,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const slow = slowPointsOf(problem, search, {
    count: options.slowPoints ?? 0,
    tolerance,
    mergeDistance: options.mergeDistance ?? 1e-6,
  });
  const zeros = [...search.zeros, ...slow.zeros];
  const spectrum = options.spectra === false ? undefined : spectrumAt(subject, u, options.schemes);
  const verify = options.certificates === false ? undefined : verifier(problem, variationOf(subject));
  const points = zeros.map(({ state, residual, found }: Zero): FixedPoint => {
    const verified = verify?.(state);
    return {
      state,
      input: u,
      residual,
      found,
      share: starts.states.length === 0 ? 0 : found / starts.states.length,
      ...(verified ?? {}),
      ...(spectrum?.(state) ?? {}),
    };
  });
  return {
    fixedPoints: points.sort(byStability),
    slowPoints: slow.slowPoints,
    starts: starts.states.length,
    converged: search.converged,
    unconverged: search.unconverged,
    byDeflation: search.byDeflation,
    factorizations: search.factorizations,
    reach: starts.reach,
  };
};
