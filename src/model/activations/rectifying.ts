/**
 * Activations bounded on the left only, or not at all: softplus, elu, selu, gelu, silu, rectified tanh, power law.
 *
 * Gelu is the exact v Phi(v) with Phi the normal distribution function, not its tanh approximation. Where phi'''' has
 * no root in closed form (silu), the root is given to full precision; `scripts/references/special-functions.py` has it.
 */
import { erfc, sigmoid, softplus as softplusValue } from "../../expression/functions.js";
import { type Activation, supremumBetween } from "./contract.js";
import { sigmoidDerivatives, tanh } from "./sigmoidal.js";

/** log(1 + exp(v)); its derivative is the sigmoid. */
export const softplus: Activation = {
  name: "softplus",
  spec: "softplus",
  definition: "softplus(v)",
  value: softplusValue,
  derivative: sigmoid,
  secondDerivative: sigmoidDerivatives.first,
  thirdDerivative: sigmoidDerivatives.second,
  maxDerivative: 1,
  maxSecondDerivative: 1 / 4,
  maxThirdDerivative: 1 / (6 * Math.sqrt(3)),
  maxSecondDerivativeOn: supremumBetween(sigmoidDerivatives.first, [0]),
  estimated: false,
  kinks: [],
  odd: false,
  text: (v) => `softplus(${v})`,
  latex: (v) => `\\operatorname{softplus}(${v})`,
};

/** `gain v` for v >= 0 and `gain scale (exp(v) - 1)` below. */
const exponentialLinear = (
  gain: number,
  scale: number,
  names: Pick<Activation, "name" | "spec" | "definition" | "text" | "latex">,
): Activation => {
  const depth = gain * scale;
  const curvature = (v: number): number => (v >= 0 ? 0 : depth * Math.exp(v));
  const largest = Math.abs(depth);
  return {
    ...names,
    value: (v) => (v >= 0 ? gain * v : depth * Math.expm1(v)),
    derivative: (v) => (v >= 0 ? gain : depth * Math.exp(v)),
    secondDerivative: curvature,
    thirdDerivative: curvature,
    maxDerivative: Math.max(gain, largest),
    maxSecondDerivative: largest,
    maxThirdDerivative: largest,
    maxSecondDerivativeOn: (low, high) => (low >= 0 ? 0 : largest * Math.exp(Math.min(high, 0))),
    estimated: false,
    kinks: scale === 1 ? [] : [0],
    odd: false,
  };
};

/** v for v >= 0, scale (exp(v) - 1) below. phi'' jumps at 0; phi' does too unless scale = 1. */
export const elu = (scale: number): Activation =>
  exponentialLinear(1, scale, {
    name: "elu",
    spec: { name: "elu", scale },
    definition: `if(v >= 0, v, ${scale}*(exp(v) - 1))`,
    text: (v) => (scale === 1 ? `elu(${v})` : `elu(${v}, ${scale})`),
    latex: (v) => `\\operatorname{ELU}${scale === 1 ? "" : `_{${scale}}`}(${v})`,
  });

const SELU_SCALE = 1.6732632423543772;
const SELU_GAIN = 1.0507009873554805;

/** The scaled elu of self-normalizing networks (Klambauer et al. 2017). */
export const selu: Activation = exponentialLinear(SELU_GAIN, SELU_SCALE, {
  name: "selu",
  spec: "selu",
  definition: `${SELU_GAIN}*if(v >= 0, v, ${SELU_SCALE}*(exp(v) - 1))`,
  text: (v) => `selu(${v})`,
  latex: (v) => `\\operatorname{SELU}(${v})`,
});

const normalDensity = (v: number): number => Math.exp(-0.5 * v * v) / Math.sqrt(2 * Math.PI);
const normalDistribution = (v: number): number => 0.5 * erfc(-v * Math.SQRT1_2);
const geluSecond = (v: number): number => normalDensity(v) * (2 - v * v);
const geluThird = (v: number): number => normalDensity(v) * v * (v * v - 4);

/** v Phi(v). phi'' = (2 - v²) times the normal density; phi' is largest at √2, phi''' at ±√((7 - √33)/2). */
export const gelu: Activation = {
  name: "gelu",
  spec: "gelu",
  definition: "v*(1 + erf(v/sqrt(2)))/2",
  value: (v) => (v === Number.NEGATIVE_INFINITY ? 0 : v * normalDistribution(v)),
  derivative: (v) => normalDistribution(v) + (Math.abs(v) > 50 ? 0 : v * normalDensity(v)),
  secondDerivative: geluSecond,
  thirdDerivative: geluThird,
  maxDerivative: normalDistribution(Math.SQRT2) + Math.SQRT2 * normalDensity(Math.SQRT2),
  maxSecondDerivative: Math.sqrt(2 / Math.PI),
  maxThirdDerivative: Math.abs(geluThird(Math.sqrt((7 - Math.sqrt(33)) / 2))),
  maxSecondDerivativeOn: supremumBetween(geluSecond, [-2, 0, 2]),
  estimated: false,
  kinks: [],
  odd: false,
  text: (v) => `gelu(${v})`,
  latex: (v) => `\\operatorname{GELU}(${v})`,
};

const { first: s1, second: s2, third: s3 } = sigmoidDerivatives;
const siluSlope = (v: number): number => sigmoid(v) + v * s1(v);
const siluSecond = (v: number): number => 2 * s1(v) + v * s2(v);
const siluThird = (v: number): number => 3 * s2(v) + v * s3(v);

/** v sigmoid(v), also called swish. phi' is largest where v tanh(v/2) = 2. */
export const silu: Activation = {
  name: "silu",
  spec: "silu",
  definition: "v*sigmoid(v)",
  value: (v) => (v === Number.NEGATIVE_INFINITY ? 0 : v * sigmoid(v)),
  derivative: siluSlope,
  secondDerivative: siluSecond,
  thirdDerivative: siluThird,
  maxDerivative: siluSlope(2.3993572805154675),
  maxSecondDerivative: 1 / 2,
  maxThirdDerivative: Math.abs(siluThird(1.0319582417807491)),
  maxSecondDerivativeOn: supremumBetween(siluSecond, [-3.435840993535111, 0, 3.435840993535111]),
  estimated: false,
  kinks: [],
  odd: false,
  text: (v) => `silu(${v})`,
  latex: (v) => `\\operatorname{SiLU}(${v})`,
};

/** max(0, tanh(v)): tanh right of the kink at 0, flat left of it. */
export const rectifiedTanh: Activation = {
  ...tanh,
  name: "rectified-tanh",
  spec: "rectified-tanh",
  definition: "relu(tanh(v))",
  value: (v) => Math.max(0, Math.tanh(v)),
  derivative: (v) => (v < 0 ? 0 : tanh.derivative(v)),
  secondDerivative: (v) => (v < 0 ? 0 : tanh.secondDerivative(v)),
  thirdDerivative: (v) => (v < 0 ? 0 : tanh.thirdDerivative(v)),
  maxSecondDerivativeOn: (low, high) => (high <= 0 ? 0 : tanh.maxSecondDerivativeOn(Math.max(low, 0), high)),
  kinks: [0],
  odd: false,
  saturating: [0, 1],
  text: (v) => `max(0, tanh(${v}))`,
  latex: (v) => `\\max(0, \\tanh(${v}))`,
};

/** gain max(0, v)^n: supralinear for n > 1. Where n < 1 the gain is infinite at 0+; phi'' is bounded for n = 1, 2 only. */
export const powerLaw = (gain: number, n: number): Activation => {
  const order = (k: number): ((v: number) => number) => {
    let coefficient = gain;
    for (let j = 0; j < k; j++) coefficient *= n - j;
    return (v) => (v < 0 || coefficient === 0 ? 0 : coefficient * v ** (n - k));
  };
  const size = Math.abs(gain);
  const supremum = (k: number): number =>
    gain === 0 || (Number.isInteger(n) && n < k) ? 0 : n === k ? Math.abs(order(k)(1)) : Number.POSITIVE_INFINITY;
  const secondDerivative = order(2);
  const prefix = gain === 1 ? "" : String(gain);
  const power = n === 1 ? "" : `^${n}`;
  return {
    name: "power-law",
    spec: { name: "power-law", gain, exponent: n },
    definition: `if(v < 0, 0, ${gain}*v^${n})`,
    value: (v) => (v <= 0 ? 0 : gain * v ** n),
    derivative: order(1),
    secondDerivative,
    thirdDerivative: order(3),
    maxDerivative: n === 1 ? size : supremum(1),
    maxSecondDerivative: supremum(2),
    maxThirdDerivative: supremum(3),
    maxSecondDerivativeOn: (low, high) =>
      high < 0 ? 0 : Math.max(Math.abs(secondDerivative(Math.max(low, 0))), Math.abs(secondDerivative(high))),
    estimated: false,
    kinks: n > 1 || gain === 0 ? [] : [0],
    odd: false,
    text: (v) => `${prefix === "" ? "" : `${prefix}*`}max(0, ${v})${power}`,
    latex: (v) => `${prefix === "" ? "" : `${prefix}\\,`}\\max(0, ${v})${power === "" ? "" : `^{${n}}`}`,
  };
};
