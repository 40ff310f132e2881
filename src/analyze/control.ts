/**
 * Controllability and observability of the linearization of a model, on the flow and on the map, and whether D and R preserved them.
 *
 * Rescaling and forward Euler preserve both exactly. That is no consequence of commuting: Heun and Runge–Kutta 4 commute with L at a
 * fixed point just as well and still lose directions at ordinary, stable steps, because they give two modes one multiplier or cut a mode
 * off from its input. What a scheme preserves by theorem is said to be so by theorem; the rest is measured on the map.
 *
 *     always     forward and backward Euler, implicit midpoint, trapezoid; leak-aware schemes where all units share a leak rate
 *     if         R[dt z, dt w] ≠ 0 for all modes and Q(dt z) ≠ 0: every scheme whose map is a function of dt A
 *     measured   leak-aware schemes with unequal leak rates, several inputs on modes that share a multiplier, maps off a fixed point
 *
 * These are statements on the linearization; a network of saturating units has states that no input reaches.
 */
import type { Matrix, Model } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { multiply, scale, transpose } from "../numerics/matrix.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";
import { flowModes, hasLossSteps, type Loss, lossSteps, type Separation, separationAt } from "./control-loss.js";
import { type ControlScan, scanControl } from "./control-scan.js";
import { flowGramian, type Gramian, hankelSingularValues, mapGramian } from "./gramians.js";
import { type FlowSystem, linearPair, type MapSystem, type PairSettings } from "./linear-pair.js";
import { isLeakAware, kept, type Preservation, preservation, RESCALING, sharedLeak } from "./preservation.js";
import { type Reach, reach, sight } from "./reach.js";

export interface ControlSettings extends PairSettings {
  /** Relative size below which a singular value counts as zero; 1e-12 where absent. */
  readonly tolerance?: number;
  /** Time over which energies are counted; infinite where absent, which needs stability. */
  readonly horizon?: number;
  /** Largest step looked at for losses; twenty times dt where absent. */
  readonly upTo?: number;
}

/** Least energy `∫ |u|² dt` (of a map `dt Σ |u|²`) from rest to a displacement of length one, or to a readout of one. */
export interface Energies {
  readonly easiest: number;
  /** Infinite where rounding hides it. */
  readonly hardest: number;
  /** Of each readout, whatever the others do. */
  readonly readouts?: Float64Array;
}

/** Reachability and observability of one linear system. */
export interface SystemControl {
  /** Dimension of the reachable subspace. */
  readonly rank: number;
  readonly units: number;
  readonly reachability: Reach;
  /** Absent without a readout. */
  readonly observability?: Reach;
  /** Of the input; of a map per step, so about dt times that of the flow. */
  readonly gramian: Gramian;
  /** Least energies; absent without a Gramian. */
  readonly energy?: Energies;
  readonly observabilityGramian?: Gramian;
  /** `sqrt(eig(W_c W_o))`, descending. */
  readonly hankel?: Float64Array;
}

/** Control of a model at an operating point. */
export interface Control {
  readonly point: Float64Array;
  readonly input: Float64Array;
  /** `|f|` at the point. */
  readonly residual: number;
  readonly atFixedPoint: boolean;
  readonly scheme?: SchemeName;
  readonly dt: number;
  readonly flow?: SystemControl;
  readonly map: SystemControl;
  /** Whether D kept what the input reaches and the readout sees; null where that cannot be decided, or there is no flow. */
  readonly preserved: boolean | null;
  readonly discretization?: { readonly reachability: Preservation; readonly observability?: Preservation };
  readonly rescaling: Preservation;
  /** How close the modes come to sharing a multiplier or losing their drive at this step. */
  readonly separation?: Separation;
  /** Every step up to `upTo` that loses a direction, where theory gives them. */
  readonly losses?: readonly Loss[];
  /** The same by measurement, where theory does not. */
  readonly scan?: ControlScan;
  readonly upTo: number;
}

const HIDDEN = 1e-13;

const energiesOf = (W: Matrix, C: Matrix | undefined, dt: number): Energies => {
  const values = symmetricEigenvalues(W);
  const [least, most] = [values[0], values[values.length - 1]];
  const seen = C && multiply(multiply(C, W), transpose(C));
  return {
    easiest: dt / most,
    hardest: least > HIDDEN * most ? dt / least : Number.POSITIVE_INFINITY,
    ...(seen
      ? { readouts: Float64Array.from({ length: seen.rows }, (_, i) => dt / seen.data[i * seen.cols + i]) }
      : {}),
  };
};

const systemControl = (
  A: Matrix,
  B: Matrix,
  C: Matrix | undefined,
  gramianOf: (A: Matrix, B: Matrix) => Gramian,
  ranks: { readonly A: Matrix; readonly B: Matrix },
  dt: number,
  tolerance: number | undefined,
): SystemControl => {
  const settings = tolerance === undefined ? {} : { tolerance };
  const reachability = reach(ranks.A, ranks.B, settings);
  const gramian = gramianOf(A, B);
  const energy = gramian.status === "solved" ? { energy: energiesOf(gramian.matrix, C, dt) } : {};
  if (!C) return { rank: reachability.rank, units: A.rows, reachability, gramian, ...energy };
  const seen = gramianOf(transpose(A), transpose(C));
  return {
    rank: reachability.rank,
    units: A.rows,
    reachability,
    observability: sight(ranks.A, C, settings),
    gramian,
    ...energy,
    observabilityGramian: seen,
    ...(gramian.status === "solved" && seen.status === "solved"
      ? { hankel: hankelSingularValues(gramian.matrix, seen.matrix) }
      : {}),
  };
};

const flowControl = ({ A, B, C }: FlowSystem, { horizon, tolerance }: ControlSettings): SystemControl =>
  systemControl(A, B, C, (a, b) => flowGramian(a, b, horizon), { A, B }, 1, tolerance);

/** Ranks from `((M - I) / dt, N / dt)`: the same subspaces, without the digits that `M` loses to the identity. */
const mapControl = ({ M, N, C, dt, increment }: MapSystem, { horizon, tolerance }: ControlSettings): SystemControl => {
  const steps = horizon === undefined ? undefined : Math.max(1, Math.round(horizon / dt));
  const ranks = { A: increment, B: scale(N, 1 / dt) };
  return systemControl(M, N, C, (a, b) => mapGramian(a, b, steps), ranks, dt, tolerance);
};

/**
 * Reachability and observability of the linearization of `model`, on its flow and on the map that `scheme` makes of it with step `dt`.
 *
 * @throws InputError for settings that do not fit the model
 * @example control(model, { scheme: "heun", dt: 1 }).discretization?.reachability.reason
 */
export const control = (model: Model, settings: ControlSettings = {}): Control => {
  const pair = linearPair("control", model, settings);
  const { place, residual, atFixedPoint, scheme } = pair;
  const { dt } = pair.map;
  const upTo = settings.upTo ?? 20 * dt;
  const map = mapControl(pair.map, settings);
  const common = {
    point: place.state,
    input: place.input,
    residual,
    atFixedPoint,
    dt,
    map,
    rescaling: RESCALING,
    upTo,
  };
  if (!pair.flow || !scheme) return { ...common, preserved: null };
  const { flow: system } = pair;
  const flow = flowControl(system, settings);
  const modes = flowModes(system);
  const leak = sharedLeak(system);
  const ofModes = !isLeakAware(scheme) || leak !== undefined;
  const separation = ofModes ? separationAt(modes.eigen.values, scheme, dt, isLeakAware(scheme) ? leak : 0) : undefined;
  const verdict = (of: "reachability" | "observability"): Preservation | undefined => {
    const [before, after] = [flow[of], map[of]];
    return (
      before &&
      after &&
      preservation({ ...pair, flow: system, scheme }, separation, before, after, of === "reachability")
    );
  };
  const reachability = verdict("reachability") as Preservation;
  const observability = verdict("observability");
  return {
    ...common,
    scheme: scheme.name,
    flow,
    preserved: kept(observability ? [reachability, observability] : [reachability]),
    discretization: { reachability, ...(observability ? { observability } : {}) },
    ...(separation ? { separation } : {}),
    ...(hasLossSteps(scheme) ? { losses: lossSteps(modes, scheme, upTo) } : {}),
    ...(ofModes ? {} : { scan: scanControl(system, scheme, { from: upTo / 100, to: upTo, count: 40 }) }),
  };
};
