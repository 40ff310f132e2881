/**
 * R, temporal rescaling: everything happens `speed` times as fast (2 is twice as fast).
 *
 * Of a flow: `f -> a f`, so tau is divided by a, rates multiplied, noise multiplied by sqrt(a); weights, fixed points
 * and orbits stay. Of a map: the same map, its step lasting 1/a of what it did. `R_a R_b = R_{ab}`, `R_a^{-1} = R_{1/a}`.
 */
import { InputError } from "../error.js";
import { isContinuous, relabelled, withSpeed, withSpeeds } from "../model/bind.js";
import type { ContinuousModel, Model, NonlinearFlow, SchemeMap, WarpedFlow } from "../model/model.js";
import { derived } from "./provenance.js";
import { type WarpSettings, warpOf } from "./warp.js";

const requireSpeed = (subject: string, speed: number): void => {
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new InputError(`${subject}: speed must be positive and finite, got ${speed}; 2 is twice as fast`);
};

/**
 * R at constant speed, of any model.
 *
 * @throws InputError unless speed is positive and finite
 * @example rescale(2)(model) // tau halved, or the step halved
 */
export const rescale =
  (speed: number) =>
  <M extends Model>(model: M): M => {
    requireSpeed("rescale", speed);
    const faster = (isContinuous(model) ? withSpeed(model, speed) : relabelled(model, speed)) as M;
    return derived(faster, model, { operator: "rescale", settings: { speed } });
  };

/**
 * A speed for each unit: `diag(a) f`. Fixed points stay, but this is **not** R: their stability may change.
 *
 * @throws InputError unless there is one positive speed for each unit
 */
export const rescaleUnits =
  (speeds: ArrayLike<number>) =>
  <M extends ContinuousModel>(model: M): M => {
    if (!isContinuous(model)) throw new InputError("rescaleUnits: needs a flow, got a map; undiscretize it first");
    if (speeds.length !== model.units)
      throw new InputError(`rescaleUnits: expected ${model.units} speeds, one per unit, got ${speeds.length}`);
    const values = Float64Array.from(speeds);
    values.forEach((speed) => {
      requireSpeed("rescaleUnits", speed);
    });
    if (model.form === "warped" && values.some((speed) => speed !== values[0]))
      throw new InputError("rescaleUnits: a warped flow has one pace for all units; set the speeds before the warp");
    return derived(withSpeeds(model, values), model, {
      operator: "rescale-units",
      settings: { speeds: Array.from(values) },
    });
  };

/**
 * A monotone time warp `t = s(theta)`: the parent's orbits at a varying pace, `y' = s'(theta) f(y)`.
 *
 * Input must be given in the warp's own time, `u(s(theta))`; noise becomes `sqrt(s') Sigma`.
 */
export const warp =
  (settings: WarpSettings) =>
  (model: Exclude<NonlinearFlow, WarpedFlow>): WarpedFlow => {
    const pace = warpOf(settings);
    const { parent: _parent, ...common } = model;
    return derived(
      {
        name: common.name,
        units: common.units,
        inputs: common.inputs,
        ...(common.readout ? { readout: common.readout } : {}),
        ...(common.noise ? { noise: common.noise } : {}),
        timeUnit: common.timeUnit,
        provenance: common.provenance,
        kind: "continuous",
        form: "warped",
        warp: pace,
        original: model,
      },
      model,
      { operator: "warp", settings: { warp: pace.name } },
    );
  };

/**
 * R of a discrete network that keeps its frame rate: the flow runs `speed` times as fast, the step stays, so alpha
 * changes: `a alpha` (euler), `1 - (1 - alpha)^a` (exponential-euler), `a alpha / (1 - alpha + a alpha)` (imex-euler).
 *
 * Unlike `rescale` this is another map; slowing a vanilla network by a < 1 gives a leaky one with alpha = a.
 */
export const retime =
  (speed: number) =>
  (map: SchemeMap): SchemeMap => {
    requireSpeed("retime", speed);
    return derived({ ...map, parent: withSpeed(map.parent, speed) }, map, { operator: "retime", settings: { speed } });
  };
