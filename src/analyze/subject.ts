/**
 * The dynamics that an analysis looks at: the flow, the map, or both where the map is a scheme applied to a flow.
 *
 * Fixed points of `x' = x + Phi f(x)` are exactly the zeros of f, and every Runge–Kutta and Rosenbrock step leaves those
 * zeros in place too; so the flow behind a map is what is searched, and the map adds its multipliers.
 */
import { InputError } from "../error.js";
import { flowOf, isContinuous, mapOf } from "../model/bind.js";
import type { Flow, StepMap } from "../model/dynamics.js";
import type { ContinuousModel, Model } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";

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
