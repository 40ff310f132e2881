/** A flow at a varying pace: `y'(theta) = s'(theta) f(y, u)` is the parent's orbit run through the warp `t = s(theta)`. */
import { scale } from "../../numerics/matrix.js";
import type { Flow } from "../dynamics.js";
import { warpedEquation } from "../equations/warped.js";
import type { WarpedFlow } from "../model.js";
import type { FlowForm, FlowOf } from "./form.js";

/** `speed(t) f`, everything that is linear in f multiplied by it. */
export const atPace = (flow: Flow, speed: (t: number) => number): Flow => ({
  units: flow.units,
  inputs: flow.inputs,
  get leakRates() {
    return flow.leakRates.map((rate) => rate * speed(0));
  },
  field: (x, u, out, t = 0) => {
    flow.field(x, u, out, t);
    const pace = speed(t);
    for (let i = 0; i < out.length; i++) out[i]! *= pace;
  },
  stateJacobian: (x, u, t = 0) => scale(flow.stateJacobian(x, u, t), speed(t)),
  inputJacobian: (x, u, t = 0) => scale(flow.inputJacobian(x, u, t), speed(t)),
  secondDerivative: (x, u, a, t = 0) => {
    const { state, input } = flow.secondDerivative(x, u, a, t);
    return { state: scale(state, speed(t)), input: scale(input, speed(t)) };
  },
});

export const warpedForm: FlowForm<WarpedFlow> = {
  flow: (model: WarpedFlow, flowOf: FlowOf) => atPace(flowOf(model.original), model.warp.slope),
  equation: warpedEquation,
  // The noise is the original's and follows the slope of the warp, which carries the speed.
  rescaled: (model, speeds) => {
    const speed = speeds[0]!;
    const { warp } = model;
    return {
      ...model,
      warp: {
        name: `${warp.name} at speed ${speed}`,
        time: (theta) => warp.time(speed * theta),
        slope: (theta) => speed * warp.slope(speed * theta),
        ...(warp.table ? { table: { ...warp.table, own: warp.table.own.map((theta) => theta / speed) } } : {}),
      },
    };
  },
};
