/**
 * The gated recurrent unit as a flow: `tau h' = (1 - z) (n - h)`, with update gate z, reset gate r and candidate n.
 *
 * Its forward Euler step at dt = tau is the map that Keras and PyTorch train. Its fixed points do not depend on the
 * update gate. Cho et al., EMNLP 2014; Jordan, Sokół & Park, Front. Comput. Neurosci. 15 (2021).
 */
import { add, type Matrix, multiply, multiplyVector, scaleColumns, scaleRows } from "../../numerics/matrix.js";
import { activation } from "../activation.js";
import type { Flow } from "../dynamics.js";
import { gruEquation } from "../equations/gated.js";
import type { GateWeights, GruModel } from "../model.js";
import { type FlowForm, noiseAtSpeeds } from "./form.js";
import { secondDifference } from "./second-difference.js";

const sigmoid = activation("sigmoid").value;

const gateInput = (gate: GateWeights, h: Float64Array, u: Float64Array): Float64Array => {
  const recurrent = multiplyVector(gate.recurrent, h);
  const input = multiplyVector(gate.input, u);
  return gate.bias.map((b, i) => b + recurrent[i]! + input[i]!);
};

interface Gates {
  readonly z: Float64Array;
  readonly r: Float64Array;
  readonly n: Float64Array;
  /** `U_n h + b_hn`, used by reset-after. */
  readonly q: Float64Array;
}

const gates = (model: GruModel, h: Float64Array, u: Float64Array): Gates => {
  const z = gateInput(model.updateGate, h, u).map(sigmoid);
  const r = gateInput(model.resetGate, h, u).map(sigmoid);
  const { candidate } = model;
  const input = multiplyVector(candidate.input, u);
  const q = multiplyVector(candidate.recurrent, h).map((v, i) => v + candidate.recurrentBias[i]!);
  const recurrent =
    model.reset === "after"
      ? q.map((v, i) => r[i]! * v)
      : multiplyVector(
          candidate.recurrent,
          h.map((v, i) => r[i]! * v),
        );
  const n = candidate.bias.map((b, i) => Math.tanh(b + input[i]! + recurrent[i]!));
  return { z, r, n, q };
};

/** Derivatives of the candidate with respect to h and u. */
const candidateJacobian = (model: GruModel, h: Float64Array, { r, n, q }: Gates): { state: Matrix; input: Matrix } => {
  const slope = n.map((v) => 1 - v * v);
  const { candidate, resetGate } = model;
  const resetSlope = r.map((v) => v * (1 - v));
  if (model.reset === "after") {
    const weight = resetSlope.map((s, i) => s * q[i]!);
    return {
      state: scaleRows(slope, add(scaleRows(r, candidate.recurrent), scaleRows(weight, resetGate.recurrent))),
      input: scaleRows(slope, add(candidate.input, scaleRows(weight, resetGate.input))),
    };
  }
  const weight = resetSlope.map((s, i) => s * h[i]!);
  const through = scaleColumns(candidate.recurrent, weight);
  return {
    state: scaleRows(slope, add(scaleColumns(candidate.recurrent, r), multiply(through, resetGate.recurrent))),
    input: scaleRows(slope, add(candidate.input, multiply(through, resetGate.input))),
  };
};

const flow = (model: GruModel): Flow => {
  const { units, timeConstants: tau, updateGate } = model;

  const jacobian = (h: Float64Array, u: Float64Array, of: "state" | "input"): Matrix => {
    const gate = gates(model, h, u);
    const { z, n } = gate;
    const through = scaleRows(
      z.map((v, i) => (1 - v) / tau[i]!),
      candidateJacobian(model, h, gate)[of],
    );
    const update = of === "state" ? updateGate.recurrent : updateGate.input;
    const J = add(
      through,
      scaleRows(
        z.map((v, i) => ((n[i]! - h[i]!) * v * (1 - v)) / tau[i]!),
        update,
      ),
      -1,
    );
    if (of === "state") for (let i = 0; i < units; i++) J.data[i * units + i]! -= (1 - z[i]!) / tau[i]!;
    return J;
  };

  const stateJacobian = (h: Float64Array, u: Float64Array) => jacobian(h, u, "state");
  const inputJacobian = (h: Float64Array, u: Float64Array) => jacobian(h, u, "input");
  return {
    units,
    inputs: model.inputs,
    leakRates: new Float64Array(units),
    field: (h, u, out) => {
      const { z, n } = gates(model, h, u);
      for (let i = 0; i < units; i++) out[i] = ((1 - z[i]!) * (n[i]! - h[i]!)) / tau[i]!;
    },
    stateJacobian,
    inputJacobian,
    secondDerivative: (h, u, a) => secondDifference(stateJacobian, inputJacobian, h, u, a),
  };
};

export const gruForm: FlowForm<GruModel> = {
  flow,
  equation: gruEquation,
  rescaled: (model, speeds) => ({
    ...model,
    ...noiseAtSpeeds(model, speeds),
    timeConstants: model.timeConstants.map((tau, i) => tau / speeds[i]!),
  }),
};
