/**
 * How far and how long the linear picture at a fixed point holds: what theory guarantees, beside what is measured.
 *
 * The remainder `r(d) = f(p + d) - f(p) - J d` obeys `|r| <= K |d|^2` with K from the activation's largest `|phi''|`. So
 * `|r| <= e |d|` within the radius `e / K`. Measured values are the worst over random displacements, and never above the
 * bounds; how far below shows how much room they leave.
 */
import { InputError } from "../error.js";
import { flowOf, isContinuous, mapOf } from "../model/bind.js";
import { checkedVector } from "../model/build.js";
import type { Flow } from "../model/dynamics.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { solveFixedPoint } from "../model/solve-fixed-point.js";
import { eigenvalues } from "../numerics/eigen.js";
import { add, euclideanNorm, type Matrix, matrix, scale, transpose } from "../numerics/matrix.js";
import { randomSource } from "../numerics/random.js";
import { norm2 } from "../numerics/svd.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";
import { type CertifiedBasin, certifiedBasin } from "./certified-basin.js";
import { boundedSteps, boundedTime, measuredSteps, measuredTime } from "./linear-horizon.js";

export interface ValidityOptions {
  /** Where to look; the fixed point that Newton's method reaches from the origin where absent. */
  readonly state?: ArrayLike<number>;
  readonly input?: ArrayLike<number>;
  /** e: remainder relative to the displacement, and error of a trajectory relative to its start; 0.1 where absent. */
  readonly tolerance?: number;
  /** `|d(0)|` of the trajectories; half the radius where absent, 0.01 where theory gives none. */
  readonly displacement?: number;
  /** Number of random displacements; 64 where absent. */
  readonly samples?: number;
  readonly seed?: number;
}

/** A guaranteed number beside a measured one; the guaranteed one is null where theory gives none. */
export interface BoundAndMeasured {
  readonly bound: number | null;
  readonly measured: number;
}

export interface Validity {
  readonly state: Float64Array;
  readonly input: Float64Array;
  readonly residual: number;
  readonly tolerance: number;
  /** K in `|r(d)| <= K |d|^2`; null where nothing bounds the curvature. */
  readonly curvature: number | null;
  /** Distance within which the remainder stays below `tolerance` times the displacement. */
  readonly radius: BoundAndMeasured;
  /** Largest remainder at the radius (the bound's, where there is one). */
  readonly remainder: BoundAndMeasured;
  /** Ball from which everything returns to the point; null where it is not stable or K is not known. */
  readonly basin: CertifiedBasin | null;
  readonly displacement: number;
  /** Time until which linear trajectories are right; infinite where they are up to the horizon. */
  readonly time: BoundAndMeasured;
  /** The same of the map, in steps; absent where the model is no map. */
  readonly steps?: BoundAndMeasured;
  /** Ten times the slowest time constant, at most 300 times the fastest. */
  readonly horizon: number;
}

const LONGEST_HORIZON = 300;
const TRAJECTORIES = 6;
const BISECTIONS = 40;
const LARGEST_RADIUS = 1e3;

const nonlinearFlow = (model: Model): Flow => {
  const flow = isContinuous(model) ? model : model.form === "scheme" ? model.parent : undefined;
  if (!flow || flow.form === "warped" || flow.form === "linear-along")
    throw new InputError(
      `validity: needs a flow that does not change in time, got a ${model.kind} model of form ${model.form}`,
    );
  return flowOf(flow);
};

/** Largest `|r(d)|` over the directions at distance `radius`. */
const worstRemainder =
  (flow: Flow, J: Matrix, p: Float64Array, u: Float64Array, directions: readonly Float64Array[]) =>
  (radius: number): number => {
    const n = p.length;
    const here = new Float64Array(n);
    const there = new Float64Array(n);
    flow.field(p, u, here);
    return directions.reduce((worst, direction) => {
      const d = direction.map((v) => radius * v);
      flow.field(
        p.map((v, i) => v + d[i]!),
        u,
        there,
      );
      let squares = 0;
      for (let i = 0; i < n; i++) {
        let linear = here[i]!;
        for (let j = 0; j < n; j++) linear += J.data[i * n + j]! * d[j]!;
        squares += (there[i]! - linear) ** 2;
      }
      return Math.max(worst, Math.sqrt(squares));
    }, 0);
  };

const measuredRadius = (remainder: (radius: number) => number, tolerance: number, from: number): number => {
  const holds = (radius: number) => remainder(radius) <= tolerance * radius;
  let low = 0;
  let high = from;
  while (holds(high)) {
    low = high;
    high *= 1.5;
    if (high > LARGEST_RADIUS) return Number.POSITIVE_INFINITY;
  }
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
};

const stepsOf = (
  model: Model,
  flow: Flow,
  J: Matrix,
  K: number,
  place: Place,
  horizon: number,
): BoundAndMeasured | undefined => {
  if (isContinuous(model) || model.form !== "scheme") return undefined;
  const { p, u, starts, limit, d0 } = place;
  const map = mapOf(model);
  const count = Math.max(1, Math.ceil(horizon / model.dt));
  const scheme = schemeOf(model.scheme);
  const M = map.stateJacobian(p, u);
  if (!M) return undefined;
  const measured = Math.min(...starts.map((start) => measuredSteps(map, M, p, u, start, limit, count)));
  if (!scheme.affineInField || !Number.isFinite(K)) return { bound: null, measured };
  const Phi = scheme.affine(J, model.dt, flow.leakRates)!.drive;
  const largest = Array.from({ length: J.rows }, (_, i) => Phi.data[i * J.rows + i]!).reduce(
    (a, b) => Math.max(a, b),
    0,
  );
  return { bound: boundedSteps(K * largest, norm2(M), d0, limit, count), measured };
};

interface Place {
  readonly p: Float64Array;
  readonly u: Float64Array;
  readonly starts: readonly Float64Array[];
  readonly limit: number;
  readonly d0: number;
}

/**
 * Validity of the linear picture at a fixed point of a flow, or of the flow behind a map.
 *
 * @throws InputError where no fixed point is found, or the model has no flow
 * @example validity(network, { state, tolerance: 0.1 }).radius
 */
export const validity = (model: Model, options: ValidityOptions = {}): Validity => {
  const { tolerance = 0.1, samples = 64, seed = 0 } = options;
  if (!(tolerance > 0)) throw new InputError(`tolerance: must be positive, got ${tolerance}`);
  const flow = nonlinearFlow(model);
  const u = checkedVector("input", options.input ?? 0, model.inputs);
  const continuous = isContinuous(model) ? model : model.parent!;
  const found = solveFixedPoint(continuous, {
    input: u,
    ...(options.state ? { start: checkedVector("state", options.state, model.units) } : {}),
  });
  if (found.status !== "converged" && !(found.residual < 1e-9))
    throw new InputError(
      `validity: no fixed point found from this start (${found.status} at residual ${found.residual.toExponential(2)}); give a state near one`,
    );
  const p = found.state;
  const n = p.length;
  const J = matrix(n, n, flow.stateJacobian(p, u).data.slice());
  const K = flow.curvature?.remainder ?? Number.POSITIVE_INFINITY;
  const random = randomSource(seed);
  const directions = Array.from({ length: Math.max(1, samples) }, () => {
    const d = p.map(() => random.normal());
    const size = euclideanNorm(d);
    return d.map((v) => v / size);
  });
  const remainder = worstRemainder(flow, J, p, u, directions);
  const bound = Number.isFinite(K) ? tolerance / K : null;
  const measured = measuredRadius(
    remainder,
    tolerance,
    bound !== null && Number.isFinite(bound) && bound > 0 ? bound : 0.01,
  );
  const usable = bound !== null && Number.isFinite(bound) ? bound : Math.min(measured, 1);

  const rates = eigenvalues(J).map(([re, im]) => Math.hypot(re, im));
  const fastest = Math.max(...rates) || 1;
  const horizon = Math.min(10 / Math.min(...rates), LONGEST_HORIZON / fastest);
  const d0 = options.displacement ?? (bound !== null && Number.isFinite(bound) ? bound / 2 : 0.01);
  const limit = tolerance * d0;
  const starts = directions.slice(0, TRAJECTORIES).map((direction) => direction.map((v) => d0 * v));
  const symmetric = symmetricEigenvalues(scale(add(J, transpose(J)), 0.5));
  const steps = stepsOf(model, flow, J, K, { p, u, starts, limit, d0 }, horizon);
  return {
    state: p,
    input: u,
    residual: found.residual,
    tolerance,
    curvature: Number.isFinite(K) ? K : null,
    radius: { bound, measured },
    remainder: {
      bound: Number.isFinite(K) ? (Number.isFinite(usable) ? K * usable ** 2 : 0) : null,
      measured: remainder(usable),
    },
    basin: certifiedBasin(J, K) ?? null,
    displacement: d0,
    time: {
      bound: Number.isFinite(K) ? boundedTime(K, symmetric[n - 1]!, d0, limit, horizon) : null,
      measured: Math.min(...starts.map((start) => measuredTime(flow, J, p, u, start, limit, horizon))),
    },
    ...(steps ? { steps } : {}),
    horizon,
  };
};
