/**
 * Bounded smooth activations: tanh, logistic sigmoid, erf, erf with unit slope, atan, softsign.
 *
 * Gains are computed from exp(-|v|), so that they keep full relative accuracy deep in saturation, where 1 - tanh² is
 * rounding noise. Their suprema are closed forms; |phi''| is largest at the points passed to `supremumBetween`.
 */
import { erf, sigmoid } from "../../expression/functions.js";
import { type Activation, factor, supremumBetween } from "./contract.js";

const smooth = { estimated: false, kinks: [] as readonly number[] };

const sech2 = (v: number): number => {
  const e = Math.exp(-2 * Math.abs(v));
  return (4 * e) / ((1 + e) * (1 + e));
};

const tanhSecond = (v: number): number => -2 * Math.tanh(v) * sech2(v);

/** tanh(v). |phi''| <= 4/(3√3), |phi'''| <= 2. */
export const tanh: Activation = {
  ...smooth,
  name: "tanh",
  spec: "tanh",
  definition: "tanh(v)",
  value: Math.tanh,
  derivative: sech2,
  secondDerivative: tanhSecond,
  thirdDerivative: (v) => {
    const s = sech2(v);
    return s * (4 - 6 * s);
  },
  maxDerivative: 1,
  maxSecondDerivative: 4 / (3 * Math.sqrt(3)),
  maxThirdDerivative: 2,
  maxSecondDerivativeOn: supremumBetween(tanhSecond, [-Math.atanh(1 / Math.sqrt(3)), Math.atanh(1 / Math.sqrt(3))]),
  odd: true,
  saturating: [-1, 1],
  text: (v) => `tanh(${v})`,
  latex: (v) => `\\tanh(${v})`,
};

const sigmoidSlope = (v: number): number => {
  const e = Math.exp(-Math.abs(v));
  return e / ((1 + e) * (1 + e));
};

/** The derivatives of the logistic function; those of softplus are the same, one order up. */
export const sigmoidDerivatives = {
  first: sigmoidSlope,
  second: (v: number): number => -Math.tanh(v / 2) * sigmoidSlope(v),
  third: (v: number): number => {
    const s = sigmoidSlope(v);
    return s * (1 - 6 * s);
  },
};

const SIGMOID_BEND = Math.log(2 + Math.sqrt(3));

/** 1 / (1 + exp(-v)). |phi'| <= 1/4, |phi''| <= 1/(6√3), |phi'''| <= 1/8. */
export const logistic: Activation = {
  ...smooth,
  name: "sigmoid",
  spec: "sigmoid",
  definition: "sigmoid(v)",
  value: sigmoid,
  derivative: sigmoidDerivatives.first,
  secondDerivative: sigmoidDerivatives.second,
  thirdDerivative: sigmoidDerivatives.third,
  maxDerivative: 1 / 4,
  maxSecondDerivative: 1 / (6 * Math.sqrt(3)),
  maxThirdDerivative: 1 / 8,
  maxSecondDerivativeOn: supremumBetween(sigmoidDerivatives.second, [-SIGMOID_BEND, SIGMOID_BEND]),
  odd: false,
  saturating: [0, 1],
  text: (v) => `sigmoid(${v})`,
  latex: (v) => `\\sigma(${v})`,
};

/** erf(c v) and its derivatives: phi' = (2c/√π) exp(-c²v²). Largest |phi''| at |v| = 1/(c√2). */
const scaledErf = (
  c: number,
  names: Pick<Activation, "name" | "spec" | "definition" | "text" | "latex">,
): Activation => {
  const slope = (2 * c) / Math.sqrt(Math.PI);
  const derivative = (v: number): number => slope * Math.exp(-((c * v) ** 2));
  const secondDerivative = (v: number): number => -2 * c * c * v * derivative(v);
  return {
    ...smooth,
    ...names,
    value: (v) => erf(c * v),
    derivative,
    secondDerivative,
    thirdDerivative: (v) => 2 * c * c * (2 * (c * v) ** 2 - 1) * derivative(v),
    maxDerivative: slope,
    maxSecondDerivative: slope * c * Math.sqrt(2 / Math.E),
    maxThirdDerivative: 2 * c * c * slope,
    maxSecondDerivativeOn: supremumBetween(secondDerivative, [-Math.SQRT1_2 / c, Math.SQRT1_2 / c]),
    odd: true,
    saturating: [-1, 1],
  };
};

/** erf(v), slope 2/√π at 0. */
export const errorFunction: Activation = scaledErf(1, {
  name: "erf",
  spec: "erf",
  definition: "erf(v)",
  text: (v) => `erf(${v})`,
  latex: (v) => `\\operatorname{erf}(${v})`,
});

/** erf(√π v / 2), the error function with slope 1 at 0. */
export const unitSlopeErf: Activation = {
  ...scaledErf(Math.sqrt(Math.PI) / 2, {
    name: "erf-unit-slope",
    spec: "erf-unit-slope",
    definition: "erf(sqrt(pi)/2*v)",
    text: (v) => `erf(sqrt(pi)/2*${factor(v)})`,
    latex: (v) => `\\operatorname{erf}(\\tfrac{\\sqrt{\\pi}}{2}${factor(v)})`,
  }),
  maxDerivative: 1,
  maxThirdDerivative: Math.PI / 2,
};

const atanSecond = (v: number): number => (-2 * v) / (1 + v * v) ** 2;

/** atan(v), range (-π/2, π/2). |phi''| <= 3√3/8, |phi'''| <= 2. */
export const arctangent: Activation = {
  ...smooth,
  name: "atan",
  spec: "atan",
  definition: "atan(v)",
  value: Math.atan,
  derivative: (v) => 1 / (1 + v * v),
  secondDerivative: atanSecond,
  thirdDerivative: (v) => (6 * v * v - 2) / (1 + v * v) ** 3,
  maxDerivative: 1,
  maxSecondDerivative: (3 * Math.sqrt(3)) / 8,
  maxThirdDerivative: 2,
  maxSecondDerivativeOn: supremumBetween(atanSecond, [-1 / Math.sqrt(3), 1 / Math.sqrt(3)]),
  odd: true,
  saturating: [-Math.PI / 2, Math.PI / 2],
  text: (v) => `atan(${v})`,
  latex: (v) => `\\arctan(${v})`,
};

const softsignSecond = (v: number): number => (v < 0 ? 2 : -2) / (1 + Math.abs(v)) ** 3;

/** v / (1 + |v|). phi' is continuous; phi'' jumps from 2 to -2 at 0. */
export const softsign: Activation = {
  ...smooth,
  name: "softsign",
  spec: "softsign",
  definition: "v/(1 + abs(v))",
  value: (v) => v / (1 + Math.abs(v)),
  derivative: (v) => 1 / (1 + Math.abs(v)) ** 2,
  secondDerivative: softsignSecond,
  thirdDerivative: (v) => 6 / (1 + Math.abs(v)) ** 4,
  maxDerivative: 1,
  maxSecondDerivative: 2,
  maxThirdDerivative: 6,
  maxSecondDerivativeOn: supremumBetween(softsignSecond, [0]),
  odd: true,
  saturating: [-1, 1],
  text: (v) => `softsign(${v})`,
  latex: (v) => `\\operatorname{softsign}(${v})`,
};
