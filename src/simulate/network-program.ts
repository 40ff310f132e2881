/**
 * Which models the kernels can run: rate and current networks under an explicit scheme, with equal steps. They are
 * those on which simulations spend their time; everything else goes through the plain loop.
 */
import { activation } from "../model/activation.js";
import { mapOf } from "../model/bind.js";
import type { DiscreteModel, Network } from "../model/model.js";
import { denseWeights } from "../model/weights.js";
import type { KernelActivation, KernelScheme, NetworkProgram } from "../numerics/kernels/index.js";

const schemes: readonly string[] = [
  "euler",
  "exponential-euler",
  "imex-euler",
  "heun",
  "explicit-midpoint",
  "rk4",
] satisfies KernelScheme[];

const isKernelScheme = (scheme: string): scheme is KernelScheme => schemes.includes(scheme);

/** The activation by its name, or as a function where it is a formula. */
const kernelActivation = ({ activation: spec }: Network): KernelActivation => {
  const phi = activation(spec);
  if (typeof phi.spec === "string") return { name: phi.spec };
  if (phi.spec.name !== "expression") {
    const { name, ...parameters } = phi.spec;
    return { name, parameters };
  }
  const { value } = phi;
  return (values) => {
    for (let i = 0; i < values.length; i++) values[i] = value(values[i]!);
  };
};

/** What the kernels are told of a model, noise drawn under `seed`; `undefined` where they cannot run it. */
export const networkProgram = (model: DiscreteModel, seed = 0): NetworkProgram | undefined => {
  if (model.form !== "scheme" || model.steps || !isKernelScheme(model.scheme)) return undefined;
  const { parent, scheme, dt } = model;
  if (parent.form !== "rate" && parent.form !== "current") return undefined;
  const { recurrentWeights: weights, timeConstants, leak, bias, inputWeights } = parent;
  const noise = mapOf(model).noise?.(0);
  return {
    form: parent.form,
    recurrentWeights:
      weights.structure === "low-rank" && 2 * weights.left.cols < weights.left.rows
        ? { left: weights.left, right: weights.right }
        : denseWeights(weights),
    activation: kernelActivation(parent),
    ...{ scheme, dt, inputWeights, bias, timeConstants, leak, seed },
    ...(parent.form === "rate" && { gain: parent.gain }),
    ...(noise && { noise }),
  };
};
