/**
 * Between rate and current form: with `v = W h + B u + b` a rate network obeys a current equation with the same W.
 *
 * Exact where every pair of connected units shares tau and leak (the current form's time constant is the presynaptic
 * one), for constant input; where the input moves, the current form must be given `u + tau du/dt`. The other way,
 * `x - (W h + B u + b)` decays with the leak, so both agree once that has died out.
 */
import { InputError } from "../error.js";
import type { CurrentModel, Network, RateModel, Readout } from "../model/model.js";
import { denseWeights, scaleOutgoing } from "../model/weights.js";
import { multiply, scaleColumns, scaleRows } from "../numerics/matrix.js";
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

/** The readout of the state of a rate network as one of phi(v), which is `lambda h / g` at fixed points. */
const readoutOfActivity = ({ readout, leak, gain }: RateModel): Readout | undefined => {
  if (!readout) return undefined;
  if (readout.of === "activity")
    throw new InputError("rateToCurrent: a readout of phi(h) has no counterpart in v; read the state instead");
  const integrator = leak.indexOf(0);
  if (integrator >= 0)
    throw new InputError(`rateToCurrent: unit ${integrator} has leak 0, so its readout cannot be told from its input`);
  return {
    ...readout,
    weights: scaleColumns(
      readout.weights,
      gain.map((g, i) => g / leak[i]!),
    ),
    of: "activity",
  };
};

/**
 * The current form of a rate network, state `v = W h + B u + b`; noise enters it as `W Sigma`.
 *
 * A readout of the state h has no counterpart in v in general and becomes a readout of the activity, equal at fixed
 * points: `C h` and `C diag(g / lambda) phi(v)`.
 *
 * @throws InputError where connected units differ in tau or leak, or a readout has no counterpart
 */
export const rateToCurrent = (model: RateModel): CurrentModel => {
  requireSharedPace("rateToCurrent", model);
  const { form: _form, gain, readout: _readout, noise, ...rest } = model;
  const { leak } = model;
  const readout = readoutOfActivity(model);
  return derived(
    {
      ...rest,
      form: "current",
      recurrentWeights: gain.every((g) => g === 1)
        ? model.recurrentWeights
        : scaleOutgoing(model.recurrentWeights, gain),
      inputWeights: scaleRows(leak, model.inputWeights),
      bias: model.bias.map((b, i) => b * leak[i]!),
      ...(readout ? { readout } : {}),
      ...(noise ? { noise: multiply(denseWeights(model.recurrentWeights), noise) } : {}),
    },
    model,
    { operator: "change-form", settings: { to: "current" } },
  );
};

/**
 * The rate form of a current network, with `x = W h + B u / lambda + b / lambda` once the difference has died out.
 *
 * A readout `C phi(x)` of the activity becomes `C diag(lambda) h`, equal at fixed points.
 *
 * @throws InputError where connected units differ in tau or leak, a leak is zero, or there is noise, which reaches x
 *   directly and not through the weights
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
  if (model.noise)
    throw new InputError(
      "currentToRate: noise that enters the currents directly has no counterpart in h; remove it or keep the current form",
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
      ...(model.readout
        ? {
            readout: {
              ...model.readout,
              weights: scaleColumns(model.readout.weights, model.leak),
              of: "state" as const,
            },
          }
        : {}),
    },
    model,
    { operator: "change-form", settings: { to: "rate" } },
  );
};

/**
 * The rate network with unit leak and gain that has the same dynamics: `h -> (lambda / g) h`, `W -> W diag(g / lambda)`,
 * `tau -> tau / lambda`.
 *
 * @throws InputError where a leak is not positive (a perfect integrator has no canonical image), a gain is zero, or the
 *   readout is of phi(h), whose argument is rescaled
 */
export const canonicalForm = (model: RateModel): RateModel => {
  const { leak, gain } = model;
  leak.forEach((l, i) => {
    if (!(l > 0)) throw new InputError(`canonicalForm: leak of unit ${i} must be positive, got ${l}`);
    if (gain[i] === 0) throw new InputError(`canonicalForm: gain of unit ${i} is 0, it never answers its input`);
  });
  const ratio = gain.map((g, i) => g / leak[i]!);
  const { readout, noise, ...rest } = model;
  if (readout?.of === "activity" && ratio.some((r) => r !== 1))
    throw new InputError("canonicalForm: a readout of phi(h) has no counterpart where leak and gain differ");
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
            readout: { ...readout, weights: scaleColumns(readout.weights, ratio) },
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
