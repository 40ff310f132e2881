/**
 * The same network at a safer step: every step split into several shorter ones, or taken by another scheme.
 *
 * The flow stays, so do its fixed points; what changes is the map. A vanilla network (forward Euler, dt = tau) becomes a
 * leaky one with alpha = 1 / m, to be stepped m times for each step of before with the input held. Whether that keeps
 * what the network does is no theorem, so trials are simulated on both maps and on the flow, and their ends compared.
 */

import { type FixedPointOptions, type FixedPointSearch, fixedPoints } from "../analyze/fixed-points.js";
import { modeFidelities } from "../analyze/mode-fidelity.js";
import { multipliersOf } from "../analyze/multipliers.js";
import { type Accuracy, recommendedStep } from "../analyze/recommended-step.js";
import { stepLimit } from "../analyze/step-limits.js";
import { mapToCompare, type Step, underScheme } from "../analyze/subject.js";
import { InputError } from "../error.js";
import { flowOf } from "../model/bind.js";
import { checkedVector, positiveStep } from "../model/build.js";
import type { Flow } from "../model/dynamics.js";
import type { Model, SchemeMap } from "../model/model.js";
import { matrix } from "../numerics/matrix.js";
import { discretize } from "../operators/discretize.js";
import { compareTrials, type TrialComparison } from "./trial-outcomes.js";

export interface RetimeSettings extends FixedPointOptions, Partial<Step> {
  /** Share of the structural step limit that the new step may use; 1/2 where absent. */
  readonly margin?: number;
  /** Wanted accuracy of damping and frequency besides; none where absent. */
  readonly accuracy?: Accuracy;
  /** Number of trials; 16 where absent, 0 for none. */
  readonly trials?: number;
  /** Steps of the original in one trial; 200 where absent. */
  readonly steps?: number;
}

/** What a step does to the modes of all fixed points together. */
export interface StepEffect extends Step {
  /** Modes unstable in the map only, and in the flow only. */
  readonly artefacts: number;
  readonly lost: number;
  /** Share of the structural limit that the step uses. */
  readonly useOfLimit: number;
}

export interface Retiming {
  readonly model: SchemeMap;
  /** Steps of the new map for one of the old. */
  readonly substeps: number;
  readonly before: StepEffect;
  readonly after: StepEffect;
  readonly search: FixedPointSearch;
  readonly trials: TrialComparison | null;
}

const MOST_SUBSTEPS = 10_000;

const jacobianAt = (flow: Flow, state: Float64Array, u: Float64Array) => () =>
  matrix(flow.units, flow.units, flow.stateJacobian(state, u).data.slice());

/** Least structural limit over the points: every stable mode of every point stays stable. */
const structuralLimit = (flow: Flow, { fixedPoints: points }: FixedPointSearch, step: Step, u: Float64Array): number =>
  points.reduce(
    (least, { rates, state }) =>
      Math.min(least, stepLimit(step.scheme, rates!, flow.leakRates, jacobianAt(flow, state, u))),
    Number.POSITIVE_INFINITY,
  );

const effectOf = (flow: Flow, search: FixedPointSearch, step: Step, u: Float64Array): StepEffect => {
  const changes = search.fixedPoints.flatMap(({ rates, state }) =>
    modeFidelities(rates!, multipliersOf(step, rates!, flow.leakRates, jacobianAt(flow, state, u)), step.dt).map(
      ({ change }) => change,
    ),
  );
  return {
    ...step,
    artefacts: changes.filter((change) => change === "artefact").length,
    lost: changes.filter((change) => change === "lost").length,
    useOfLimit: step.dt / structuralLimit(flow, search, step, u),
  };
};

/** Number of substeps that the limits ask for. */
const substepsFor = (
  map: SchemeMap,
  flow: Flow,
  search: FixedPointSearch,
  step: Step,
  u: Float64Array,
  { margin = 0.5, accuracy }: RetimeSettings,
): number => {
  if (!(margin > 0 && margin <= 1)) throw new InputError(`margin: must be above 0 and at most 1, got ${margin}`);
  const rates = search.fixedPoints.flatMap((point) => point.rates!);
  const accurate = accuracy ? (recommendedStep(step.scheme, rates, flow.leakRates, accuracy) ?? map.dt) : map.dt;
  const longest = Math.min(map.dt, margin * structuralLimit(flow, search, step, u), accurate);
  const count = Math.ceil(map.dt / longest - 1e-9);
  if (!(count <= MOST_SUBSTEPS))
    throw new InputError(
      `retime: ${count} substeps would be needed for ${step.scheme}; choose another scheme, or give dt`,
    );
  return Math.max(1, count);
};

const substepsOf = (old: number, dt: number): number => {
  const ratio = old / positiveStep(dt);
  const count = Math.round(ratio);
  if (count < 1 || Math.abs(ratio - count) > 1e-9 * ratio)
    throw new InputError(
      `dt: the old step ${old} must be a whole number of new ones, got ${dt}; try ${old / Math.max(1, Math.ceil(ratio))}`,
    );
  return count;
};

/**
 * A network at a step that keeps the stable modes of all its fixed points stable, and what that changed.
 *
 * @param settings scheme and dt of one's own choice; else the scheme stays and dt is as long as margin and accuracy allow
 * @throws InputError where there is no flow behind the model, or settings are out of range
 * @example retimed(network, { margin: 0.5, trials: 32 }).after.artefacts
 */
export const retimed = (model: Model, settings: RetimeSettings = {}): Retiming => {
  if (model.form !== "scheme")
    throw new InputError(`retime: needs a network with a step, got a ${model.kind} model of form ${model.form}`);
  const map = mapToCompare("retime", model, {});
  const flow = flowOf(map.parent);
  const u = checkedVector("input", settings.input ?? 0, map.inputs);
  const search = fixedPoints(map, { ...settings, spectra: true });
  const scheme = settings.scheme ?? map.scheme;
  const wanted = { scheme, dt: map.dt };
  const substeps =
    settings.dt === undefined ? substepsFor(map, flow, search, wanted, u, settings) : substepsOf(map.dt, settings.dt);
  const step: Step = { scheme, dt: map.dt / substeps };
  const retimedMap = discretize(step)(map.parent) as SchemeMap;
  const { trials = 16, steps = 200, seed = 0 } = settings;
  return {
    model: { ...retimedMap, name: map.name, provenance: [...map.provenance, ...retimedMap.provenance.slice(-1)] },
    substeps,
    before: effectOf(flow, search, { scheme: map.scheme, dt: map.dt }, u),
    after: effectOf(flow, search, step, u),
    search,
    trials:
      trials === 0
        ? null
        : compareTrials(map, underScheme(map.parent, step), substeps, search.fixedPoints, u, { trials, steps, seed }),
  };
};
