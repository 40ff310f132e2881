/**
 * What the time step does to the dynamics: every fixed point and mode of a flow beside those of its map.
 *
 * Fixed points stay where they are under every scheme; their stability, damping and frequencies do not, and the map may
 * have orbits of its own. All of this protects no basin and no trajectory far from a fixed point.
 */
import { InputError } from "../error.js";
import { flowOf, mapOf } from "../model/bind.js";
import { checkedVector } from "../model/build.js";
import type { Model, SchemeMap } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { type Complex, matrix } from "../numerics/matrix.js";
import { type Cycle, cyclesOf } from "./cycles.js";
import { type FixedPointOptions, type FixedPointSearch, fixedPoints } from "./fixed-points.js";
import { type Ghost, ghostsOf } from "./ghosts.js";
import { type ImplicitSolutions, implicitSolutions } from "./implicit-solutions.js";
import { type ModeFidelity, modeFidelities } from "./mode-fidelity.js";
import { type Accuracy, recommendedStep } from "./recommended-step.js";
import { mapTrial, type Starts, startsOf } from "./starts.js";
import { limitedSchemes, type StepLimits, stepLimits } from "./step-limits.js";
import { mapToCompare, type Step, underScheme } from "./subject.js";

export interface FidelityOptions extends FixedPointOptions, Partial<Step> {
  /** Wanted accuracy of the recommended steps. */
  readonly accuracy?: Accuracy;
  /** Longest period of the cycles that are searched; 2 where absent, 1 for none. */
  readonly longestCycle?: number;
  /** Starts of the searches for cycles, ghosts and implicit solutions; 64 where absent. */
  readonly spuriousStarts?: number;
}

/** One fixed point, mode by mode. */
export interface PointFidelity {
  /** Position in the list of fixed points. */
  readonly index: number;
  /** Number of modes unstable in the map only. */
  readonly artefacts: number;
  /** Number of modes unstable in the flow only. */
  readonly lost: number;
  readonly modes: readonly ModeFidelity[];
  /** States to which an implicit step from the point itself may lead; absent for explicit schemes. */
  readonly implicit?: ImplicitSolutions;
}

export interface Fidelity {
  readonly step: Step;
  readonly search: FixedPointSearch;
  readonly points: readonly PointFidelity[];
  /** Largest step of each scheme that keeps stable every stable mode of every point, saddles included. */
  readonly structuralStep: StepLimits;
  /** Largest step of each scheme that keeps damping and frequency of all modes as accurate as wanted; null: not known. */
  readonly recommendedStep: Readonly<Partial<Record<SchemeName, number | null>>>;
  readonly cycles: readonly Cycle[];
  readonly ghosts: readonly Ghost[];
}

const ITERATIONS = 40;
/** Every so many starts are taken so many times as far out. */
const FARTHER = 4;
const POINTS_WITH_STARTS = 16;

/** The same step of every scheme, least over points. */
const leastLimits = (all: readonly StepLimits[], schemes: readonly SchemeName[]): StepLimits =>
  Object.fromEntries(
    schemes.map((scheme) => [
      scheme,
      all.reduce((least, limits) => Math.min(least, limits[scheme]!), Number.POSITIVE_INFINITY),
    ]),
  );

/** Starts for searches on the map: its own trials, states farther out, and states beside the fixed points. */
const mapStarts = (map: SchemeMap, u: Float64Array, search: FixedPointSearch, options: FidelityOptions): Starts => {
  const drawn = startsOf(map.units, mapTrial(mapOf(map), u), {
    starts: options.spuriousStarts ?? 64,
    alongTrials: 0.5,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.box ? { box: options.box } : {}),
  });
  const spread = drawn.states.map((state, k) => (k % FARTHER === 0 ? state.map((v) => FARTHER * v) : state));
  const beside = search.fixedPoints
    .slice(0, POINTS_WITH_STARTS)
    .flatMap(({ state }, k) =>
      [0, 1].map((side) => state.map((v, i) => v + drawn.reach * Math.cos((2 * side + 1) * i + k))),
    );
  return { ...drawn, states: [...spread, ...beside] };
};

/**
 * Compares a map with the flow that it discretizes.
 *
 * @param options scheme and step other than the map's own, both needed for a flow; everything `fixedPoints` takes
 * @throws InputError for a model without a nonlinear flow behind it, or a flow without scheme and step
 * @example fidelity(network, { starts: 1024 }).points.map(({ artefacts, lost }) => [artefacts, lost])
 */
export const fidelity = (model: Model, options: FidelityOptions = {}): Fidelity => {
  const map = mapToCompare("fidelity", model, options);
  const { longestCycle = 2, schemes = limitedSchemes } = options;
  if (!(Number.isInteger(longestCycle) && longestCycle >= 1))
    throw new InputError(`longestCycle: must be a whole number of at least 1, got ${longestCycle}`);
  const step: Step = { scheme: map.scheme, dt: map.dt };
  const u = checkedVector("input", options.input ?? 0, map.inputs);
  const search = fixedPoints(map, { ...options, spectra: true });
  const flow = flowOf(map.parent);
  const scheme = schemeOf(step.scheme);
  const spurious = {
    tolerance: options.tolerance ?? 1e-10,
    iterations: options.iterations ?? ITERATIONS,
    mergeDistance: options.mergeDistance ?? 1e-6,
  };
  const searchesMap = scheme.implicit || scheme.ghosts || longestCycle > 1;
  const starts = searchesMap ? mapStarts(map, u, search, options) : { states: [], reach: 1 };
  const jacobianAt = (state: Float64Array) => () =>
    matrix(map.units, map.units, flow.stateJacobian(state, u).data.slice());

  const points = search.fixedPoints.map(({ rates, multipliers, state }, index): PointFidelity => {
    const modes = modeFidelities(rates!, multipliers!, step.dt);
    const implicit = implicitSolutions(flow, step, state, u, starts, spurious);
    return {
      index,
      artefacts: modes.filter(({ change }) => change === "artefact").length,
      lost: modes.filter(({ change }) => change === "lost").length,
      modes,
      ...(implicit ? { implicit } : {}),
    };
  });
  const allRates: readonly Complex[] = search.fixedPoints.flatMap(({ rates }) => rates!);
  return {
    step,
    search,
    points,
    structuralStep: leastLimits(
      search.fixedPoints.map(({ rates, state }) => stepLimits(schemes, rates!, flow.leakRates, jacobianAt(state))),
      schemes,
    ),
    recommendedStep: Object.fromEntries(
      schemes.map((name) => [name, recommendedStep(name, allRates, flow.leakRates, options.accuracy)]),
    ),
    cycles: longestCycle > 1 ? cyclesOf(mapOf(map), u, longestCycle, starts, spurious) : [],
    ghosts: scheme.ghosts
      ? ghostsOf(flow, mapOf(map), mapOf(underScheme(map.parent, { ...step, dt: step.dt / 2 })), u, starts, spurious)
      : [],
  };
};
