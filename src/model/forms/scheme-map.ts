/** A flow under a scheme, as a map: forward Euler at dt = tau of a rate network is the vanilla network, and so on. */
import type { StepMap } from "../dynamics.js";
import { schemeMapEquation } from "../equations/scheme-map.js";
import type { SchemeMap } from "../model.js";
import { schemeOf } from "../scheme/schemes.js";
import type { FlowOf, MapForm } from "./form.js";
import { atPace } from "./warped.js";

/** Speed of a warped flow during step k of length `dt` in its own time. */
const heldSpeed = (model: SchemeMap, dt: number, k: number): number => {
  if (model.parent.form !== "warped") return 1;
  const { warp } = model.parent;
  const start = k * dt;
  return model.warpSpeed === "pointwise" ? warp.slope(start) : (warp.time(start + dt) - warp.time(start)) / dt;
};

const stepMap = (model: SchemeMap, flowOf: FlowOf): StepMap => {
  const scheme = schemeOf(model.scheme);
  const { parent } = model;
  let held = 1;
  const warped = parent.form === "warped";
  const flow = warped ? atPace(flowOf(parent.original), () => held) : flowOf(parent);
  const bound = scheme.bind(flow);
  const { steps } = model;
  const dt = (k = 0) => (steps ? steps[Math.min(k, steps.length - 1)]! : model.dt);

  /** Sets the pace of step k and returns its length. */
  const prepare = (k = 0): number => {
    const length = dt(k);
    if (warped) held = heldSpeed(model, length, k);
    return length;
  };

  const { noise } = parent;
  return {
    units: model.units,
    inputs: model.inputs,
    dt,
    step: (x, u, out, k, extras) => bound.step(x, u, prepare(k), out, 0, extras?.increment),
    stateJacobian: (x, u, k) => bound.stateJacobian(x, u, prepare(k)),
    inputJacobian: (x, u, k) => bound.inputJacobian(x, u, prepare(k)),
    ...(bound.incrementJacobian
      ? {
          incrementJacobian: (x: Float64Array, u: Float64Array, k?: number) =>
            bound.incrementJacobian!(x, u, prepare(k)),
        }
      : {}),
    ...(noise
      ? {
          noise: (k?: number) =>
            scheme.noise(
              noise,
              prepare(k) * held,
              flow.leakRates.map((r) => r / held),
            ),
        }
      : {}),
  };
};

export const schemeMapForm: MapForm<SchemeMap> = {
  stepMap,
  equation: schemeMapEquation,
  relabelled: (model, speed, rescaleFlow) => ({
    ...model,
    parent: rescaleFlow(model.parent, speed),
    dt: model.dt / speed,
    ...(model.steps ? { steps: model.steps.map((dt) => dt / speed) } : {}),
  }),
};
