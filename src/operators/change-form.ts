/**
 * Between rate and current form: with `v = W h + B u + b` a rate network obeys a current equation with the same W.
 *
 * Exact where every pair of connected units shares tau and leak (the current form's time constant is the presynaptic
 * one), for constant input; where the input moves, the current form must be given `u + tau du/dt`. The other way,
 * `x - (W h + B u + b)` decays with the leak, so both agree once that has died out.
 */
import { InputError } from "../error.js";
import type { CurrentModel, Network, RateModel } from "../model/model.js";
import { denseWeights, scaleOutgoing } from "../model/weights.js";
import { scaleColumns, scaleRows } from "../numerics/matrix.js";
import { derived } from "./provenance.js";

const requireSharedPace = (operator: string, model: Network): void => {
  const W = denseWeights(model.recurrentWeights);
  for (let i = 0; i < W.rows; i++)
    for (let j = 0; j < W.cols; j++) {
      if (W.data[i * W.cols + j] === 0) continue;
      for (const field of ["timeConstants", "leak"] as const) {
        const [to, from] = [model[field][i]!, model[field][j]!];
        if (to !== from)
          throw new InputError(
            `${operator}: connected units must share ${field}, got ${to} for unit ${i} and ${from} for unit ${j} (weight ${W.data[i * W.cols + j]}); the forms are then not equivalent, though their linearizations at matching points have the same spectrum`,
          );
      }
    }
};

/**
 * The current form of a rate network, state `v = W h + B u + b`.
 *
 * A readout of the state h has no counterpart in v in general and becomes a readout of the activity, which equals
 * `lambda h / g` at fixed points.
 *
 * @throws InputError where connected units differ in tau or leak
 */
export const rateToCurrent = (model: RateModel): CurrentModel => {
  requireSharedPace("rateToCurrent", model);
  const { form: _form, gain, readout, ...rest } = model;
  const { leak } = model;
  return derived(
    {
      ...rest,
      form: "current",
      recurrentWeights: gain.every((g) => g === 1)
        ? model.recurrentWeights
        : scaleOutgoing(model.recurrentWeights, gain),
      inputWeights: scaleRows(leak, model.inputWeights),
      bias: model.bias.map((b, i) => b * leak[i]!),
      ...(readout ? { readout: { ...readout, of: "activity" as const } } : {}),
    },
    model,
    { operator: "change-form", settings: { to: "current" } },
  );
};

/**
 * The rate form of a current network, with `x = W h + B u / lambda + b / lambda` once the difference has died out.
 *
 * @throws InputError where connected units differ in tau or leak, or a leak is zero
 */
export const currentToRate = (model: CurrentModel): RateModel => {
  requireSharedPace("currentToRate", model);
  const integrator = model.leak.indexOf(0);
  if (integrator >= 0)
    throw new InputError(`currentToRate: unit ${integrator} has leak 0, so its current never forgets its start`);
  if (model.readout?.of === "state")
    throw new InputError(
      "currentToRate: a readout of the current x has no counterpart in h; read the activity instead",
    );
  const { form: _form, ...rest } = model;
  return derived(
    {
      ...rest,
      form: "rate",
      gain: new Float64Array(model.units).fill(1),
      inputWeights: scaleRows(
        model.leak.map((l) => 1 / l),
        model.inputWeights,
      ),
      bias: model.bias.map((b, i) => b / model.leak[i]!),
      ...(model.readout ? { readout: { ...model.readout, of: "state" as const } } : {}),
    },
    model,
    { operator: "change-form", settings: { to: "rate" } },
  );
};

/**
 * The rate network with unit leak and gain that has the same dynamics: `h -> (lambda / g) h`, `W -> W diag(g / lambda)`,
 * `tau -> tau / lambda`.
 *
 * @throws InputError where a leak is not positive (a perfect integrator has no canonical image) or a gain is zero
 */
export const canonicalForm = (model: RateModel): RateModel => {
  const { leak, gain } = model;
  leak.forEach((l, i) => {
    if (!(l > 0)) throw new InputError(`canonicalForm: leak of unit ${i} must be positive, got ${l}`);
    if (gain[i] === 0) throw new InputError(`canonicalForm: gain of unit ${i} is 0, it never answers its input`);
  });
  const ratio = gain.map((g, i) => g / leak[i]!);
  const { readout, noise, ...rest } = model;
  const ones = new Float64Array(model.units).fill(1);
  return derived(
    {
      ...rest,
      timeConstants: model.timeConstants.map((tau, i) => tau / leak[i]!),
      leak: ones,
      gain: ones,
      recurrentWeights: scaleOutgoing(model.recurrentWeights, ratio),
      ...(readout
        ? {
            readout: readout.of === "state" ? { ...readout, weights: scaleColumns(readout.weights, ratio) } : readout,
          }
        : {}),
      ...(noise
        ? {
            noise: scaleRows(
              ratio.map((r) => 1 / r),
              noise,
            ),
          }
        : {}),
    },
    model,
    { operator: "change-form", settings: { to: "canonical" } },
  );
};
