/**
 * From data to behavior: the flow or step map of any model, by its form.
 *
 * This is the one place where forms are looked up; adding a form means adding its file and a line here.
 */
import type { Flow, StepMap } from "./dynamics.js";
import type { FlowEquation, MapEquation } from "./equations/flow-equation.js";
import type { Pen } from "./equations/pen.js";
import { equationsForm } from "./forms/equations.js";
import type { FlowForm, MapForm } from "./forms/form.js";
import { gruForm } from "./forms/gru.js";
import { linearAlongFlowForm, linearAlongMapForm, linearFlowForm, linearMapForm } from "./forms/linear.js";
import { lstmForm } from "./forms/lstm.js";
import { currentForm, rateForm } from "./forms/network.js";
import { schemeMapForm } from "./forms/scheme-map.js";
import { warpedForm } from "./forms/warped.js";
import type { ContinuousModel, DiscreteModel, Model } from "./model.js";

type FlowForms = { readonly [F in ContinuousModel["form"]]: FlowForm<Extract<ContinuousModel, { form: F }>> };
type MapForms = { readonly [F in DiscreteModel["form"]]: MapForm<Extract<DiscreteModel, { form: F }>> };

const flowForms: FlowForms = {
  rate: rateForm,
  current: currentForm,
  gru: gruForm,
  equations: equationsForm,
  linear: linearFlowForm,
  "linear-along": linearAlongFlowForm,
  warped: warpedForm,
};

const mapForms: MapForms = {
  scheme: schemeMapForm,
  linear: linearMapForm,
  "linear-along": linearAlongMapForm,
  lstm: lstmForm,
};

const flowForm = <M extends ContinuousModel>(model: M): FlowForm<M> => flowForms[model.form] as unknown as FlowForm<M>;
const mapForm = <M extends DiscreteModel>(model: M): MapForm<M> => mapForms[model.form] as unknown as MapForm<M>;

/** The vector field of a continuous model and its derivatives. Each call makes its own scratch space. */
export const flowOf = (model: ContinuousModel): Flow => flowForm(model).flow(model, flowOf);

/** The step map of a discrete model and its derivatives. Each call makes its own scratch space. */
export const mapOf = (model: DiscreteModel): StepMap => mapForm(model).stepMap(model, flowOf);

/** The equation of a continuous model in parts, written with `pen`. */
export const flowEquationOf = (model: ContinuousModel, pen: Pen): FlowEquation =>
  flowForm(model).equation(model, pen, flowEquationOf);

/** The update of a discrete model, written with `pen`. */
export const mapEquationOf = (model: DiscreteModel, pen: Pen): MapEquation =>
  mapForm(model).equation(model, pen, flowEquationOf);

export const isContinuous = (model: Model): model is ContinuousModel => model.kind === "continuous";
export const isDiscrete = (model: Model): model is DiscreteModel => model.kind === "discrete";

/** The flow with the velocity of unit i multiplied by `speeds[i]`, and its noise by the square root. */
export const withSpeeds = <M extends ContinuousModel>(model: M, speeds: Float64Array): M =>
  flowForm(model).rescaled(model, speeds);

/** `R_a` of a flow: everything happens `speed` times as fast. */
export const withSpeed = <M extends ContinuousModel>(model: M, speed: number): M =>
  withSpeeds(model, new Float64Array(model.units).fill(speed));

/** `R_a` of a map: the same map, its step lasting `1 / speed` as long. */
export const relabelled = <M extends DiscreteModel>(model: M, speed: number): M =>
  mapForm(model).relabelled(model, speed, withSpeed);
