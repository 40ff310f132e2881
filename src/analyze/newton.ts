/**
 * One search from one start: Newton's method with step halving, an exact Jacobian and as few factorizations as it can.
 *
 * A factorization serves several steps for as long as each of them cuts the residual to a tenth (Shamanskii), and a
 * search ends early once the Jacobian of a point that is known already would lead it there. Where halving does not help,
 * near a minimum of |g| that is no zero, the search takes a Newton step of limited length all the same and goes on from
 * there. Known points can be deflated instead: multiplying g by `m(x) = prod (1 + 1 / |x - p|^2)` removes its zeros at
 * p, and turns the Newton step `d` into `d / (1 - grad m . d / m)`, which costs next to nothing.
 * Kelley, Solving Nonlinear Equations with Newton's Method (2003); Farrell, Birkisson & Funke, SIAM J. Sci. Comput. 37
 * (2015).
 */
import { factorInPlace, solveInPlace } from "../numerics/lu-in-place.js";
import type { ZeroProblem } from "./zero-problem.js";

/** A point found before, with the factors of its Jacobian where they were kept and exist. */
export interface KnownPoint {
  readonly state: Float64Array;
  readonly factors?: Float64Array;
  readonly pivots?: Int32Array;
}

export interface NewtonSettings {
  /** Residual below which a search has converged. */
  readonly tolerance: number;
  /** Number of factorizations after which a search gives up. */
  readonly iterations: number;
  /** Length of the steps that are taken where halving does not help. */
  readonly reach: number;
  /** Whether known points are deflated rather than recognized. */
  readonly deflate?: boolean;
}

/** What a search came to; `known` is the index of the point that it was recognized to lead to. */
export interface NewtonOutcome {
  readonly status: "converged" | "known" | "singular" | "not finite" | "out of iterations";
  readonly known?: number;
  /** The zero, or the state with the least residual on the way. */
  readonly state: Float64Array;
  readonly residual: number;
  readonly factorizations: number;
}

const HALVINGS = 3;
/** Longest step away from deflated points, in units of the reach. */
const LONGEST_DEFLATED = 4;
const SUFFICIENT = 1e-4;
/** A factorization is kept while each step multiplies the residual by no more than this. */
const CHORD = 0.1;
const CHORD_STEPS = 12;
/** The Jacobian of a known point is trusted where its step misses the point by less than this share of the distance. */
const RECOGNIZED = 0.2;

/** A component of g vanishes close by if it does so within this distance, relative to the state. */
const NEARBY = 1e-6;

const norm = (x: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
};

const distance = (x: Float64Array, y: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return Math.sqrt(sum);
};

/** `prod (1 + 1 / |x - p|^2)` over the known points, and its logarithmic derivative along `d`. */
const deflation = (x: Float64Array, d: Float64Array | undefined, known: readonly KnownPoint[]) => {
  let value = 1;
  let slope = 0;
  for (const { state } of known) {
    const squared = distance(x, state) ** 2;
    value *= 1 + 1 / squared;
    if (!d) continue;
    let along = 0;
    for (let i = 0; i < x.length; i++) along += (x[i]! - state[i]!) * d[i]!;
    slope -= (2 * along) / (squared * (squared + 1));
  }
  return { value, slope };
};

/** A function that searches from a start; its scratch space serves all searches on one problem. */
export const newtonSearch = (
  problem: ZeroProblem,
): ((start: Float64Array, known: readonly KnownPoint[], settings: NewtonSettings) => NewtonOutcome) => {
  const n = problem.units;
  const factors = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const step = new Float64Array(n);
  let f = new Float64Array(n);
  let trial = new Float64Array(n);
  let trialF = new Float64Array(n);
  let x = new Float64Array(n);
  const best = new Float64Array(n);

  const evaluate = (y: Float64Array, out: Float64Array): number =>
    problem.residual(y, out) ? norm(out) : Number.POSITIVE_INFINITY;

  const accept = (): void => {
    [x, trial] = [trial, x];
    [f, trialF] = [trialF, f];
  };

  /** Puts `x - damping * step` into `trial` and returns its residual. */
  const tryStep = (damping: number): number => {
    for (let i = 0; i < n; i++) trial[i] = x[i]! - damping * step[i]!;
    return evaluate(trial, trialF);
  };

  /** The known point whose own Jacobian would take the search there from `x`. */
  const recognize = (known: readonly KnownPoint[]): number => {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    known.forEach(({ state }, k) => {
      const d = distance(x, state);
      if (d < least) [least, nearest] = [d, k];
    });
    if (nearest < 0) return -1;
    const { state, factors: own, pivots: ownPivots } = known[nearest]!;
    if (!own || !ownPivots) return -1;
    step.set(f);
    solveInPlace(own, n, ownPivots, step);
    for (let i = 0; i < n; i++) step[i]! -= x[i]! - state[i]!;
    return norm(step) <= RECOGNIZED * least ? nearest : -1;
  };

  /**
   * Whether `g(x)` is small against the rows of its Jacobian, so that each component vanishes close by. Where a gate
   * shuts for good g tends to zero without having one. Spoils the factors.
   */
  const isZero = (): boolean => {
    if (!problem.jacobian(x, factors)) return false;
    let size = 1;
    for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(x[i]!));
    for (let i = 0; i < n; i++) {
      let row = 0;
      for (let j = 0; j < n; j++) row += Math.abs(factors[i * n + j]!);
      if (!(Math.abs(f[i]!) <= NEARBY * size * row)) return false;
    }
    return true;
  };

  /** The Newton step at `x` (to be subtracted) into `step`; what is wrong where there is none. */
  const newtonStep = (): "not finite" | "singular" | undefined => {
    if (!problem.jacobian(x, factors)) return "not finite";
    if (!factorInPlace(factors, n, pivots)) return "singular";
    step.set(f);
    solveInPlace(factors, n, pivots, step);
    return undefined;
  };

  return (start, known, { tolerance, iterations, reach, deflate = false }) => {
    const deflated = deflate ? known : [];
    x.set(start);
    let residual = evaluate(x, f);
    let factorizations = 0;
    best.set(x);
    let least = residual;

    const moveTo = (next: number): void => {
      accept();
      residual = next;
      if (next >= least) return;
      best.set(x);
      least = next;
    };
    const outcome = (status: NewtonOutcome["status"]): NewtonOutcome => ({
      status,
      state: best.slice(),
      residual: least,
      factorizations,
    });

    /** Steps with the factors at hand, as long as they pay. */
    const chord = (): void => {
      for (let k = 0; k < CHORD_STEPS && residual > 0; k++) {
        step.set(f);
        solveInPlace(factors, n, pivots, step);
        const before = residual;
        const next = tryStep(1);
        if (!(next < before)) return;
        moveTo(next);
        if (next > CHORD * before) return;
      }
    };

    while (true) {
      if (!Number.isFinite(residual)) return outcome("not finite");
      if (residual <= tolerance) {
        if (factorizations > 0 || newtonStep() === undefined) chord();
        if (isZero()) return outcome("converged");
        // Small only because everything is; such states do not count as the best.
        least = Number.POSITIVE_INFINITY;
      }
      if (factorizations >= iterations) return outcome("out of iterations");
      if (!deflate) {
        const index = recognize(known);
        if (index >= 0) return { ...outcome("known"), status: "known", known: index };
      }
      factorizations++;
      const fault = newtonStep();
      if (fault) return outcome(fault);
      let merit = residual;
      if (deflated.length > 0) {
        const { value, slope } = deflation(x, step, deflated);
        merit *= value;
        const longest = (LONGEST_DEFLATED * reach) / norm(step);
        const stretch = Math.max(-longest, Math.min(longest, 1 / (1 + slope)));
        for (let i = 0; i < n; i++) step[i]! *= stretch;
      }
      const before = residual;
      let damping = 1;
      let next = Number.POSITIVE_INFINITY;
      let improved = false;
      for (let halving = 0; halving < HALVINGS && !improved; halving++, damping /= 2) {
        next = tryStep(damping);
        const nextMerit = deflated.length > 0 ? next * deflation(trial, undefined, deflated).value : next;
        improved = nextMerit <= (1 - SUFFICIENT * damping) * merit;
      }
      if (!improved) next = tryStep(Math.min(1, reach / norm(step)));
      moveTo(next);
      if (improved && residual <= CHORD * before) chord();
    }
  };
};
