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
import type { Scheme, SchemeName } from "../model/scheme/scheme.js";
import { type Complex, scale, transpose } from "../numerics/matrix.js";
import { hasLossSteps, type Loss, lossSteps, modesOf, type Separation, separationAt } from "./control-loss.js";
import { type ControlScan, scanControl } from "./control-scan.js";
import { flowGramian, type Gramian, hankelSingularValues, mapGramian } from "./gramians.js";
import { type FlowSystem, type LinearPair, linearPair, type MapSystem, type PairSettings } from "./linear-pair.js";
import { type Reach, reach, sight } from "./reach.js";

export interface ControlSettings extends PairSettings {
  /** Relative size below which a singular value counts as zero; 1e-12 where absent. */
  readonly tolerance?: number;
  /** Time over which energies are counted; infinite where absent, which needs stability. */
  readonly horizon?: number;
  /** Largest step looked at for losses; twenty times dt where absent. */
  readonly upTo?: number;
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
  readonly observabilityGramian?: Gramian;
  /** `sqrt(eig(W_c W_o))`, descending. */
  readonly hankel?: Float64Array;
}

/** Whether an operator kept a rank. */
export interface Preservation {
  readonly verdict: "preserved" | "lost" | "created" | "uncertain";
  readonly by: "theorem" | "measurement";
  readonly reason: string;
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

const systemControl = (
  A: Matrix,
  B: Matrix,
  C: Matrix | undefined,
  gramianOf: (A: Matrix, B: Matrix) => Gramian,
  ranks: { readonly A: Matrix; readonly B: Matrix },
  tolerance: number | undefined,
): SystemControl => {
  const settings = tolerance === undefined ? {} : { tolerance };
  const reachability = reach(ranks.A, ranks.B, settings);
  const gramian = gramianOf(A, B);
  if (!C) return { rank: reachability.rank, units: A.rows, reachability, gramian };
  const seen = gramianOf(transpose(A), transpose(C));
  return {
    rank: reachability.rank,
    units: A.rows,
    reachability,
    observability: sight(ranks.A, C, settings),
    gramian,
    observabilityGramian: seen,
    ...(gramian.status === "solved" && seen.status === "solved"
      ? { hankel: hankelSingularValues(gramian.matrix, seen.matrix) }
      : {}),
  };
};

const flowControl = ({ A, B, C }: FlowSystem, { horizon, tolerance }: ControlSettings): SystemControl =>
  systemControl(A, B, C, (a, b) => flowGramian(a, b, horizon), { A, B }, tolerance);

/** Ranks from `((M - I) / dt, N / dt)`: the same subspaces, without the digits that `M` loses to the identity. */
const mapControl = ({ M, N, C, dt, increment }: MapSystem, { horizon, tolerance }: ControlSettings): SystemControl => {
  const steps = horizon === undefined ? undefined : Math.max(1, Math.round(horizon / dt));
  const ranks = { A: increment, B: scale(N, 1 / dt) };
  return systemControl(M, N, C, (a, b) => mapGramian(a, b, steps), ranks, tolerance);
};

/** The leak rate that all units share, if they do. */
const sharedLeak = ({ leakRates }: FlowSystem): number | undefined => {
  const first = leakRates[0] ?? 0;
  return leakRates.every((rate) => Math.abs(rate - first) <= 1e-12 * Math.abs(first)) ? first : undefined;
};

const isLeakAware = (scheme: Scheme): boolean => scheme.name === "exponential-euler" || scheme.name === "imex-euler";

const ALWAYS: Partial<Readonly<Record<SchemeName, string>>> = {
  euler: "M = I + dt A and N = dt B span the same subspaces as A and B for every dt, stable or not",
  "backward-euler": "R is a Möbius function: it never gives two modes one multiplier and its drive never vanishes",
  "implicit-midpoint": "R is a Möbius function: it never gives two modes one multiplier and its drive never vanishes",
  trapezoid: "R is a Möbius function: it never gives two modes one multiplier and its drive never vanishes",
};

/** The theorem that covers a scheme on this flow without a look at its modes. */
const unconditional = (scheme: Scheme, flow: FlowSystem): string | undefined =>
  isLeakAware(scheme)
    ? sharedLeak(flow) === undefined
      ? undefined
      : "all units share one leak rate, so the scheme is forward Euler with another step"
    : ALWAYS[scheme.name];

const CLEAR = 1e-6;
const ZERO = 1e-10;

const rate = ([re, im]: Complex): string =>
  im === 0 ? re.toPrecision(4) : `${re.toPrecision(4)} ${im < 0 ? "-" : "+"} ${Math.abs(im).toPrecision(4)}i`;
const rates = (values: readonly Complex[]): string => values.map(rate).join(" and ");

/** What the ranks of flow and map say where no theorem does. */
const measured = (flow: Reach, map: Reach, because: string): Preservation => {
  const verdict =
    flow.verdict === "uncertain" || map.verdict === "uncertain"
      ? "uncertain"
      : map.rank < flow.rank
        ? "lost"
        : map.rank > flow.rank
          ? "created"
          : "preserved";
  return { verdict, by: "measurement", reason: `${because}; rank ${flow.rank} of the flow, ${map.rank} of the map` };
};

const preservation = (
  pair: LinearPair & { readonly flow: FlowSystem; readonly scheme: Scheme },
  separation: Separation | undefined,
  flow: Reach,
  map: Reach,
  ofInput: boolean,
): Preservation => {
  const { scheme, closedForm } = pair;
  if (!closedForm) return measured(flow, map, `not at a fixed point, where ${scheme.title} is no function of dt A`);
  const always = unconditional(scheme, pair.flow);
  if (always) return { verdict: "preserved", by: "theorem", reason: always };
  if (!separation) return measured(flow, map, "units leak at unequal rates, so the map is no function of dt A");
  const { difference, drive } = separation;
  const numbers = `|R[z, w]| >= ${difference.value.toExponential(2)}${ofInput ? `, |Q(z)| >= ${drive.value.toExponential(2)}` : ""}`;
  if (difference.value > CLEAR && (!ofInput || drive.value > CLEAR))
    return {
      verdict: "preserved",
      by: "theorem",
      reason: `no two modes share a multiplier and every mode keeps its drive: ${numbers}`,
    };
  const cause =
    ofInput && drive.value < difference.value
      ? `the input no longer acts on the mode ${rates(drive.rates)}`
      : `the modes ${rates(difference.rates)} share a multiplier`;
  const sure = Math.min(difference.value, ofInput ? drive.value : Number.POSITIVE_INFINITY) <= ZERO;
  const found = measured(flow, map, `${cause}${sure ? "" : " to a few digits"}: ${numbers}`);
  const channels = ofInput ? pair.flow.B.cols : (pair.flow.C?.rows ?? 0);
  return sure && found.verdict === "lost" && channels === 1 ? { ...found, by: "theorem" } : found;
};

const kept = (verdicts: readonly Preservation[]): boolean | null => {
  if (verdicts.some(({ verdict }) => verdict === "lost" || verdict === "created")) return false;
  return verdicts.some(({ verdict }) => verdict === "uncertain") ? null : true;
};

const RESCALING: Preservation = {
  verdict: "preserved",
  by: "theorem",
  reason:
    "R multiplies A and B by a, so [B, AB, …] by an invertible diagonal; W_c becomes a W_c, W_o becomes W_o / a, Hankel values stay",
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
  const modes = modesOf(system);
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
