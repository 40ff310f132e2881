/** Which maps the kernels can step, and what they are told of them; every other map goes through the plain loop. */
import { activation } from "../model/activation.js";
import { flowOf } from "../model/bind.js";
import type { DiscreteModel, Network } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { denseWeights, type Weights } from "../model/weights.js";
import {
  type KernelActivation,
  type KernelScheme,
  kernelActivationNames,
  type NetworkProgram,
} from "../numerics/kernels/index.js";

const kernelSchemes: readonly string[] = [
  "euler",
  "exponential-euler",
  "imex-euler",
  "heun",
  "explicit-midpoint",
  "rk4",
] satisfies readonly KernelScheme[];

/** A named kernel where there is one; otherwise the function, which then runs between the products. */
const kernelActivation = (spec: Network["activation"]): KernelActivation => {
  const phi = activation(spec);
  if (!kernelActivationNames.includes(phi.name))
    return (values) => {
      for (let k = 0; k < values.length; k++) values[k] = phi.value(values[k]!);
    };
  const full = phi.spec;
  if (typeof full === "string") return { name: full };
  const { name, ...parameters } = full as { readonly name: string } & Readonly<Record<string, number>>;
  return { name, parameters };
};

const kernelWeights = (weights: Weights): NetworkProgram["recurrentWeights"] =>
  weights.structure === "low-rank" && 2 * weights.left.cols < weights.left.rows ? weights : denseWeights(weights);

/** The program of a rate or current network under an explicit scheme with equal steps; undefined for other maps. */
export const kernelProgram = (map: DiscreteModel, seed: number): NetworkProgram | undefined => {
  if (map.form !== "scheme" || map.steps || !kernelSchemes.includes(map.scheme)) return undefined;
  const { parent } = map;
  if (parent.form !== "rate" && parent.form !== "current") return undefined;
  const noise = parent.noise && schemeOf(map.scheme).noise(parent.noise, map.dt, flowOf(parent).leakRates);
  return {
    form: parent.form,
    recurrentWeights: kernelWeights(parent.recurrentWeights),
    ...(parent.inputs > 0 ? { inputWeights: parent.inputWeights } : {}),
    bias: parent.bias,
    timeConstants: parent.timeConstants,
    leak: parent.leak,
    ...(parent.form === "rate" ? { gain: parent.gain } : {}),
    activation: kernelActivation(parent.activation),
    scheme: map.scheme as KernelScheme,
    dt: map.dt,
    ...(noise ? { noise } : {}),
    seed,
  };
};
