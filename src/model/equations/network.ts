/** The equations of the rate form and the current form, with the structure of their weights. */
import { activation } from "../activation.js";
import type { CurrentModel, Network, RateModel } from "../model.js";
import type { Weights } from "../weights.js";
import type { FlowEquation } from "./flow-equation.js";
import { applied, atom, sum, type Written } from "./notation.js";
import { allAre, type Pen, weigh } from "./pen.js";

const W = atom("W");

/** `W`, with a line that says how it is made where it has structure. */
const recurrent = (weights: Weights, pen: Pen): Written => {
  switch (weights.structure) {
    case "dense":
      return pen.matrix(W, "recurrent weights, W[i][j] from unit j to unit i", weights.matrix);
    case "low-rank": {
      pen.symbol(W, `recurrent weights of rank ${weights.left.cols}`);
      pen.define({ left: W, right: atom("M Nᵀ", "M N^{\\mathsf{T}}") });
      pen.matrix(atom("M"), "left factor of the weights, units × rank", weights.left);
      pen.matrix(atom("N"), "right factor of the weights, units × rank", weights.right);
      return W;
    }
    case "signed": {
      pen.symbol(W, "recurrent weights, each unit exciting or inhibiting all its targets");
      pen.define({ left: W, right: atom("|W| diag(s)", "\\lvert W \\rvert \\operatorname{diag}(s)") });
      pen.matrix(atom("|W|", "\\lvert W \\rvert"), "magnitudes of the weights", weights.magnitudes);
      pen.vector(atom("s"), "sign of each presynaptic unit", weights.signs);
      return W;
    }
  }
};

const letters = (model: Network, pen: Pen) => ({
  input:
    model.inputs > 0
      ? pen.symbol(atom("u"), `input, ${model.inputs} ${model.inputs === 1 ? "channel" : "channels"}`)
      : undefined,
  tau: { symbol: atom("τ", "\\tau"), meaning: "time constants", values: model.timeConstants },
  leak: { symbol: atom("λ", "\\lambda"), meaning: "leak", values: model.leak },
});

/** `B u + b`, what is zero left out. */
const external = (model: Network, pen: Pen, u: Written | undefined): readonly (Written | undefined)[] => [
  u && applied(pen.matrix(atom("B"), "input weights, units × inputs", model.inputWeights), u),
  allAre(model.bias, 0) ? undefined : pen.vector(atom("b"), "bias", model.bias),
];

/** `tau h' = -lambda h + g phi(W h + B u + b)`. */
export const rateEquation = (model: RateModel, pen: Pen): FlowEquation => {
  const h = pen.symbol(atom("h"), `state: the activity of ${model.units} units`);
  const { input, tau, leak } = letters(model, pen);
  const phi = pen.activation(activation(model.activation));
  const gain = { symbol: atom("g"), meaning: "gain", values: model.gain };
  const total = (x: Written, u: Written | undefined) =>
    phi(sum(applied(recurrent(model.recurrentWeights, pen), x), ...external(model, pen, u)));
  return {
    state: h,
    ...(input ? { input } : {}),
    timeConstants: tau,
    leak,
    activation: phi,
    drive: (x, u) => weigh(allAre(model.gain, 1) ? undefined : pen.coefficient(gain), total(x, u)),
  };
};

/** `tau x' = -lambda x + W phi(x) + B u + b`. */
export const currentEquation = (model: CurrentModel, pen: Pen): FlowEquation => {
  const x = pen.symbol(atom("x"), `state: the currents of ${model.units} units`);
  const { input, tau, leak } = letters(model, pen);
  const phi = pen.activation(activation(model.activation));
  return {
    state: x,
    ...(input ? { input } : {}),
    timeConstants: tau,
    leak,
    activation: phi,
    drive: (state, u) => sum(applied(recurrent(model.recurrentWeights, pen), phi(state)), ...external(model, pen, u)),
  };
};
