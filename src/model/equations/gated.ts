/** The equations of the gated recurrent unit and of long short-term memory. */
import { activation } from "../activation.js";
import type { GateWeights, GruModel, LstmMap } from "../model.js";
import { type FlowEquation, type MapEquation, noiseSymbol } from "./flow-equation.js";
import { applied, atom, difference, hadamard, indexed, type Line, loose, sum, type Written } from "./notation.js";
import { allAre, type Pen } from "./pen.js";

const one = atom("1");
const sigmoid = (v: Written): Written => {
  const phi = activation("sigmoid");
  return atom(phi.text(v.text), phi.latex(v.latex));
};
const tanh = (v: Written): Written => atom(`tanh(${v.text})`, `\\tanh(${v.latex})`);

const inputSymbol = (inputs: number, pen: Pen): Written | undefined =>
  inputs > 0 ? pen.symbol(atom("u"), `input, ${inputs} ${inputs === 1 ? "channel" : "channels"}`) : undefined;

/** The pieces of `W_z u + U_z h + b_z` of the gate called `letter`. */
const gate = (letter: string, title: string, weights: GateWeights, pen: Pen) => ({
  input: (u: Written | undefined) =>
    u && applied(pen.matrix(indexed(atom("W"), letter), `input weights of the ${title}`, weights.input), u),
  recurrent: (h: Written) =>
    applied(pen.matrix(indexed(atom("U"), letter), `recurrent weights of the ${title}`, weights.recurrent), h),
  bias: () =>
    allAre(weights.bias, 0) ? undefined : pen.vector(indexed(atom("b"), letter), `bias of the ${title}`, weights.bias),
});

type Gate = ReturnType<typeof gate>;

const total = (g: Gate, h: Written, u: Written | undefined): Written => sum(g.input(u), g.recurrent(h), g.bias());

/** `tau h' = (1 - z) (n - h)`. */
export const gruEquation = (model: GruModel, pen: Pen): FlowEquation => {
  const h = pen.symbol(atom("h"), `state: ${model.units} gated units`);
  const u = inputSymbol(model.inputs, pen);
  const z = pen.symbol(atom("z"), "update gate");
  const r = pen.symbol(atom("r"), "reset gate");
  const n = pen.symbol(atom("n"), "candidate");
  const [update, reset, candidate] = [
    gate("z", "update gate", model.updateGate, pen),
    gate("r", "reset gate", model.resetGate, pen),
    gate("n", "candidate", model.candidate, pen),
  ];
  const recurrentBias = () =>
    allAre(model.candidate.recurrentBias, 0)
      ? undefined
      : pen.vector(indexed(atom("c"), "n"), "recurrent bias of the candidate", model.candidate.recurrentBias);
  return {
    state: h,
    ...(u ? { input: u } : {}),
    timeConstants: { symbol: atom("τ", "\\tau"), meaning: "time constants", values: model.timeConstants },
    drive: (x) => hadamard(difference(one, z), difference(n, x)),
    unitStep: (x) => sum(hadamard(difference(one, z), n), hadamard(z, x)),
    where: (x, v) => [
      { left: z, right: sigmoid(total(update, x, v)) },
      { left: r, right: sigmoid(total(reset, x, v)) },
      {
        left: n,
        right: tanh(
          sum(
            candidate.input(v),
            candidate.bias(),
            model.reset === "after"
              ? hadamard(r, sum(candidate.recurrent(x), recurrentBias()))
              : candidate.recurrent(hadamard(r, x)),
          ),
        ),
      },
    ],
  };
};

const pair = (a: Written, b: Written): Written => atom(`(${a.text}, ${b.text})`, `(${a.latex}, ${b.latex})`);

/** `c' = f c + i g`, `h' = o tanh(c')`; with noise, `(c', h')` so made plus `Sigma xi`. */
const lstmLines = (model: LstmMap, pen: Pen): readonly Line[] => {
  const half = model.units / 2;
  const c = pen.symbol(atom("c"), `cells, the first ${half} entries of the state`);
  const h = pen.symbol(atom("h"), `outputs, the last ${half} entries of the state`);
  const u = inputSymbol(model.inputs, pen);
  const [x, v] = [indexed(h, "k"), u && indexed(u, "k")];
  const gates = [
    ["i", "input gate", model.inputGate],
    ["f", "forget gate", model.forgetGate],
    ["g", "cell candidate", model.cellGate],
    ["o", "output gate", model.outputGate],
  ] as const;
  const [i, f, g, o] = gates.map(([letter, title]) => pen.symbol(atom(letter), title)) as [
    Written,
    Written,
    Written,
    Written,
  ];
  const cell = sum(hadamard(f, indexed(c, "k")), hadamard(i, g));
  const next = indexed(c, "k+1");
  const where = gates.map(([letter, title, weights]) => ({
    left: atom(letter),
    right: (letter === "g" ? tanh : sigmoid)(total(gate(letter, title, weights, pen), x, v)),
  }));
  if (!model.noise)
    return [{ left: next, right: cell }, { left: indexed(h, "k+1"), right: hadamard(o, tanh(next)) }, ...where];
  const m = pen.symbol(atom("m"), "cells before noise");
  const xi = pen.symbol(indexed(atom("ξ", "\\xi"), "k"), "independent standard normals");
  return [
    {
      left: pair(next, indexed(h, "k+1")),
      right: sum(pair(m, hadamard(o, tanh(m))), applied(noiseSymbol(pen, model.noise), xi)),
    },
    { left: m, right: loose(cell.text, cell.latex) },
    ...where,
  ];
};

/** The lines of long short-term memory; a readout of half the state sees h only. */
export const lstmEquation = (model: LstmMap, pen: Pen): MapEquation => {
  const [c, h] = [indexed(atom("c"), "k"), indexed(atom("h"), "k")];
  const whole = model.readout?.weights.cols === model.units;
  return { lines: lstmLines(model, pen), state: whole ? pair(c, h) : h };
};
