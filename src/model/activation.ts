/**
 * Activation functions phi: from plain data to values, gains, curvatures and the constants of the remainder bounds.
 *
 * Custom ones are formulas in `v`; see `activations/formula.ts` for how their derivatives and constants are found.
 */

import { InternalError } from "../error.js";
import type { Activation } from "./activations/contract.js";
import { formula } from "./activations/formula.js";
import { hardSigmoid, identity, leakyRelu, relu, saturatingLinear } from "./activations/piecewise-linear.js";
import { elu, gelu, powerLaw, rectifiedTanh, selu, silu, softplus } from "./activations/rectifying.js";
import { arctangent, errorFunction, logistic, softsign, tanh, unitSlopeErf } from "./activations/sigmoidal.js";
import { type ActivationName, type ActivationSpec, activationSpec } from "./activations/specification.js";

export type { Activation } from "./activations/contract.js";
export { type ActivationSpec, activationNames, activationSpec } from "./activations/specification.js";

const PLAIN: ReadonlyMap<string, Activation> = new Map(
  [
    identity,
    tanh,
    logistic,
    relu,
    softplus,
    errorFunction,
    unitSlopeErf,
    rectifiedTanh,
    arctangent,
    softsign,
    selu,
    gelu,
    silu,
  ].map((phi) => [phi.name, phi]),
);

/**
 * The activation function that `spec` describes.
 *
 * @param spec a name, or an object with a name and parameters; spellings of Keras and PyTorch are understood
 * @throws InputError naming the value and the known names
 * @example activation("tanh").derivative(0) // 1
 * @example activation({ name: "power-law", gain: 0.5, exponent: 2 }).value(3) // 4.5
 */
export const activation = (spec: ActivationSpec): Activation => {
  const s = activationSpec(spec);
  if (typeof s === "string") {
    const phi = PLAIN.get(s);
    if (phi === undefined) throw new InternalError(`no activation for the name ${s satisfies ActivationName}`);
    return phi;
  }
  switch (s.name) {
    case "leaky-relu":
      return leakyRelu(s.slope!);
    case "elu":
      return elu(s.scale!);
    case "saturating-linear":
      return saturatingLinear(s.low!, s.high!);
    case "hard-sigmoid":
      return hardSigmoid(s.slope!);
    case "power-law":
      return powerLaw(s.gain!, s.exponent);
    case "expression":
      return formula(s.expression);
  }
};
