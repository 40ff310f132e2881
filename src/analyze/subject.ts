/**
 * The dynamics that an analysis looks at: the flow, the map, or both where the map is a scheme applied to a flow.
 *
 * Fixed points of `x' = x + Phi f(x)` are exactly the zeros of f, and every Runge–Kutta and Rosenbrock step leaves those
 * zeros in place too; so the flow behind a map is what is searched, and the map adds its multipliers.
 */
import { InputError } from "../error.js";
import { flowOf, isContinuous, mapOf } from "../model/bind.js";
import { positiveStep } from "../model/build.js";
import type { Flow, StepMap } from "../model/dynamics.js";
import type { ContinuousModel, Model, NonlinearFlow, SchemeMap } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";

/** A scheme and its step. */
export interface Step {
  readonly scheme: SchemeName;
  readonly dt: number;
}

/** Flow and map of a model, whichever it has. */
export interface Subject {
  readonly flow?: Flow;
  readonly map?: StepMap;
  /** Scheme and step of the map, where it is one applied to the flow. */
  readonly step?: Step;
}

const requireConstant = (model: Model): void => {
  if (model.form === "linear-along" || model.form === "warped")
    throw new InputError(
      `fixed points: a model of form ${model.form} changes in time; analyze the one that it was made from`,
    );
};

/** The flow behind a model, where there is one that has the same fixed points. */
const flowBehind = (model: Model): ContinuousModel | undefined => {
  if (isContinuous(model)) return model;
  return model.form === "scheme" ? model.parent : undefined;
};

/** Flow and map of a model. */
export const subjectOf = (model: Model): Subject => {
  requireConstant(model);
  const flow = flowBehind(model);
  if (flow) requireConstant(flow);
  if (model.kind === "discrete" && model.form === "scheme" && model.steps?.some((dt) => dt !== model.dt))
    throw new InputError("fixed points: the steps of this map differ in length, so it has no multipliers; give one dt");
  return {
    ...(flow ? { flow: flowOf(flow) } : {}),
    ...(isContinuous(model) ? {} : { map: mapOf(model) }),
    ...(model.kind === "discrete" && model.form === "scheme"
      ? { step: { scheme: model.scheme, dt: model.steps?.[0] ?? model.dt } }
      : {}),
  };
};

/** The flow under a scheme, as a map. */
export const underScheme = (flow: NonlinearFlow, { scheme, dt }: Step): SchemeMap => ({
  name: flow.name,
  units: flow.units,
  inputs: flow.inputs,
  ...(flow.readout ? { readout: flow.readout } : {}),
  timeUnit: flow.timeUnit,
  provenance: flow.provenance,
  kind: "discrete",
  form: "scheme",
  scheme,
  dt,
  parent: flow,
});

/**
 * The map whose fidelity to its flow is asked: the model itself, with another scheme or step where they are given.
 *
 * @throws InputError where there is no nonlinear flow behind the model, or a flow is given without a step
 */
export const mapToCompare = (subject: string, model: Model, given: Partial<Step>): SchemeMap => {
  const flow = isContinuous(model) ? model : model.form === "scheme" ? model.parent : undefined;
  if (!flow || flow.form === "linear" || flow.form === "linear-along")
    throw new InputError(
      `${subject}: needs a nonlinear flow and a scheme, got a ${model.kind} model of form ${model.form}, which has no flow to be compared with`,
    );
  requireConstant(flow);
  const own = model.form === "scheme" ? model : undefined;
  const scheme = given.scheme ?? own?.scheme;
  const dt = given.dt ?? own?.dt;
  if (!scheme || dt === undefined)
    throw new InputError(`${subject}: a flow needs a scheme and a step dt to be compared with, got none; give both`);
  if (schemeOf(scheme).linearOnly)
    throw new InputError(`${subject}: ${scheme} is defined on linear flows only; use rosenbrock-euler`);
  return own && own.scheme === scheme && own.dt === dt ? own : underScheme(flow, { scheme, dt: positiveStep(dt) });
};
