/**
 * Activations as the kernels know them: a name with parameters, or any function of an array.
 *
 * Names and parameters are those of model files. The kernels compute all named ones; whatever else is given as a
 * function runs in JavaScript between the products, which stay in the kernels.
 */
import { InputError } from "../../error.js";

/** A named activation with its parameters, as plain data. */
export interface NamedActivation {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, number>>;
}

/** A function that replaces every entry of an array by its activation. */
export type ActivationFunction = (values: Float64Array | Float32Array) => void;

/** What computes phi. */
export type KernelActivation = NamedActivation | ActivationFunction;

/** The kernel of a named activation and its two numbers. */
export interface ActivationKernel {
  readonly kernel: string;
  readonly a: number;
  readonly b: number;
}

type Parameters = Readonly<Record<string, number>>;

const plain = (kernel: string) => (): ActivationKernel => ({ kernel, a: 0, b: 0 });

const kernels: Readonly<Record<string, (p: Parameters) => ActivationKernel>> = {
  identity: () => ({ kernel: "saturatingLinear", a: Number.NEGATIVE_INFINITY, b: Number.POSITIVE_INFINITY }),
  tanh: plain("tanh"),
  sigmoid: plain("sigmoid"),
  relu: plain("relu"),
  "leaky-relu": ({ slope = 0.01 }) => ({ kernel: "leakyRelu", a: slope, b: 0 }),
  elu: ({ scale = 1 }) => ({ kernel: "exponentialLinear", a: 1, b: scale }),
  selu: () => ({ kernel: "exponentialLinear", a: 1.0507009873554805, b: 1.0507009873554805 * 1.6732632423543772 }),
  softplus: plain("softplus"),
  erf: () => ({ kernel: "erf", a: 1, b: 0 }),
  "erf-unit-slope": () => ({ kernel: "erf", a: Math.sqrt(Math.PI) / 2, b: 0 }),
  "rectified-tanh": plain("rectifiedTanh"),
  "saturating-linear": ({ low = 0, high = 1 }) => ({ kernel: "saturatingLinear", a: low, b: high }),
  "hard-sigmoid": ({ slope = 1 / 6 }) => ({ kernel: "hardSigmoid", a: slope, b: 0.5 }),
  "power-law": ({ gain = 1, exponent = Number.NaN }) => {
    if (!(exponent > 0)) throw new InputError(`activation power-law: exponent must be positive, got ${exponent}`);
    return exponent === 2 ? { kernel: "square", a: gain, b: 0 } : { kernel: "powerLaw", a: gain, b: exponent };
  },
  atan: plain("atan"),
  softsign: plain("softsign"),
  gelu: plain("gelu"),
  silu: plain("silu"),
};

/** The activations that the kernels compute. */
export const kernelActivationNames: readonly string[] = Object.keys(kernels);

/** The kernel that computes a named activation. */
export const activationKernel = ({ name, parameters = {} }: NamedActivation): ActivationKernel => {
  const choose = Object.hasOwn(kernels, name) ? kernels[name] : undefined;
  if (choose === undefined)
    throw new InputError(
      `activation: no kernel for it, got ${name}; give it as a function, or use one of ${kernelActivationNames.join(", ")}`,
    );
  return choose(parameters);
};
