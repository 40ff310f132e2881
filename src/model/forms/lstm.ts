/**
 * Long short-term memory as a map on the state (c, h): `c' = f c + i g`, `h' = o tanh(c')`.
 *
 * The cell line is a forward Euler step of `c' = -(1 - f) c + i g`; the output h' answers the new cell at once, so the
 * whole has no flow of leak form and stays a map. Hochreiter & Schmidhuber, Neural Computation 9 (1997).
 */
import { add, block, type Matrix, matrix, multiplyVector, scaleRows } from "../../numerics/matrix.js";
import { activation } from "../activation.js";
import type { StepMap } from "../dynamics.js";
import { lstmEquation } from "../equations/gated.js";
import type { GateWeights, LstmMap } from "../model.js";
import type { MapForm } from "./form.js";

const sigmoid = activation("sigmoid").value;

const preactivation = (gate: GateWeights, h: Float64Array, u: Float64Array): Float64Array => {
  const recurrent = multiplyVector(gate.recurrent, h);
  const input = multiplyVector(gate.input, u);
  return gate.bias.map((b, i) => b + recurrent[i]! + input[i]!);
};

const zip = (a: Float64Array, b: Float64Array, f: (a: number, b: number) => number): Float64Array =>
  a.map((v, i) => f(v, b[i]!));

const evaluate = (model: LstmMap, x: Float64Array, u: Float64Array) => {
  const half = model.units / 2;
  const c = x.subarray(0, half);
  const h = x.subarray(half);
  const i = preactivation(model.inputGate, h, u).map(sigmoid);
  const f = preactivation(model.forgetGate, h, u).map(sigmoid);
  const g = preactivation(model.cellGate, h, u).map(Math.tanh);
  const o = preactivation(model.outputGate, h, u).map(sigmoid);
  const cell = c.map((v, k) => f[k]! * v + i[k]! * g[k]!);
  const squashed = cell.map(Math.tanh);
  return { c, h, i, f, g, o, cell, squashed };
};

const sigmoidSlope = (value: number): number => value * (1 - value);

const stepMap = (model: LstmMap): StepMap => {
  const half = model.units / 2;

  /** Derivatives of (c', h') through the gates, with respect to h or u. */
  const throughGates = (x: Float64Array, u: Float64Array, of: "recurrent" | "input") => {
    const values = evaluate(model, x, u);
    const { c, i, f, g, o, squashed } = values;
    const gate = (weights: GateWeights, rows: Float64Array): Matrix => scaleRows(rows, weights[of]);
    const cell = add(
      add(
        gate(
          model.forgetGate,
          zip(c, f, (cv, fv) => cv * sigmoidSlope(fv)),
        ),
        gate(
          model.inputGate,
          zip(g, i, (gv, iv) => gv * sigmoidSlope(iv)),
        ),
      ),
      gate(
        model.cellGate,
        zip(i, g, (iv, gv) => iv * (1 - gv * gv)),
      ),
    );
    const k = zip(o, squashed, (ov, sv) => ov * (1 - sv * sv));
    const output = add(
      scaleRows(k, cell),
      gate(
        model.outputGate,
        zip(squashed, o, (sv, ov) => sv * sigmoidSlope(ov)),
      ),
    );
    return { cell, output, k, f };
  };

  return {
    units: model.units,
    inputs: model.inputs,
    dt: () => model.dt,
    step: (x, u, out, _k, extras) => {
      const { cell, squashed, o } = evaluate(model, x, u);
      out.set(cell);
      for (let k = 0; k < half; k++) out[half + k] = o[k]! * squashed[k]!;
      if (extras?.increment) for (let k = 0; k < out.length; k++) out[k]! += extras.increment[k]!;
      return true;
    },
    stateJacobian: (x, u) => {
      const { cell, output, k, f } = throughGates(x, u, "recurrent");
      const ofCell = matrix(half, half);
      const outputOfCell = matrix(half, half);
      for (let n = 0; n < half; n++) {
        ofCell.data[n * half + n] = f[n]!;
        outputOfCell.data[n * half + n] = k[n]! * f[n]!;
      }
      return block([
        [ofCell, cell],
        [outputOfCell, output],
      ]);
    },
    inputJacobian: (x, u) => {
      const { cell, output } = throughGates(x, u, "input");
      return block([[cell], [output]]);
    },
    ...(model.noise ? { noise: () => model.noise! } : {}),
  };
};

export const lstmForm: MapForm<LstmMap> = {
  stepMap,
  equation: lstmEquation,
  relabelled: (model, speed) => ({ ...model, dt: model.dt / speed }),
};
