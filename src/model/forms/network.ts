/**
 * The rate form `tau h' = -lambda h + g phi(W h + B u + b)` and the current form
 * `tau x' = -lambda x + W phi(x) + B u + b`.
 *
 * The velocity is `(…) / tau`, so that dividing tau by a power of two multiplies it exactly.
 */

import { type Matrix, matrix, maxAbs, multiplyVector, scaleRows } from "../../numerics/matrix.js";
import { norm2 } from "../../numerics/svd.js";
import { type Activation, activation } from "../activation.js";
import type { Curvature, Flow } from "../dynamics.js";
import { currentEquation, rateEquation } from "../equations/network.js";
import type { CurrentModel, Network, RateModel } from "../model.js";
import { denseWeights, weightsProduct } from "../weights.js";
import { type FlowForm, noiseAtSpeeds } from "./form.js";

const ratio = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v / b[i]!);

/** `diag(rows) W diag(columns) - diag(leakRates)`. */
const jacobian = (
  W: Matrix,
  rows: Float64Array,
  columns: Float64Array | undefined,
  leakRates: Float64Array,
  out?: Matrix,
): Matrix => {
  const n = W.rows;
  const J = out ?? matrix(n, n);
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    const offset = i * n;
    if (columns) for (let j = 0; j < n; j++) J.data[offset + j] = row * W.data[offset + j]! * columns[j]!;
    else for (let j = 0; j < n; j++) J.data[offset + j] = row * W.data[offset + j]!;
    J.data[offset + i]! -= leakRates[i]!;
  }
  return J;
};

/** Writes the total input `W h + B u + b` into `out`. */
const preactivation = (model: Network) => {
  const product = weightsProduct(model.recurrentWeights);
  const drive = new Float64Array(model.units);
  return (h: Float64Array, u: Float64Array, out: Float64Array): void => {
    product(h, out);
    multiplyVector(model.inputWeights, u, drive);
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + drive[i]! + model.bias[i]!;
  };
};

const rateFlow = (model: RateModel): Flow => {
  const { units, timeConstants: tau, leak, gain, inputWeights: B } = model;
  const phi = activation(model.activation);
  const total = preactivation(model);
  const v = new Float64Array(units);
  const leakRates = ratio(leak, tau);

  /** `g phi^{(k)}(v) / tau` for one derivative. */
  const weighted = (f: (v: number) => number): Float64Array => v.map((value, i) => (gain[i]! * f(value)) / tau[i]!);

  return {
    units,
    inputs: model.inputs,
    leakRates,
    field: (h, u, out) => {
      total(h, u, v);
      for (let i = 0; i < units; i++) out[i] = (-leak[i]! * h[i]! + gain[i]! * phi.value(v[i]!)) / tau[i]!;
    },
    stateJacobian: (h, u, _t, out) => {
      total(h, u, v);
      return jacobian(denseWeights(model.recurrentWeights), weighted(phi.derivative), undefined, leakRates, out);
    },
    inputJacobian: (h, u) => {
      total(h, u, v);
      return scaleRows(weighted(phi.derivative), B);
    },
    secondDerivative: (h, u, a) => {
      total(h, u, v);
      const W = denseWeights(model.recurrentWeights);
      const moved = multiplyVector(W, a);
      const rows = weighted(phi.secondDerivative).map((c, i) => c * moved[i]!);
      return { state: scaleRows(rows, W), input: scaleRows(rows, B) };
    },
    curvature: rateCurvature(model, total),
  };
};

/** Sum of the jumps of phi' at the kinks of an interval. */
const jumpsOn = (phi: Activation, low: number, high: number): number => {
  let sum = 0;
  for (const kink of phi.kinks) {
    if (kink < low || kink > high) continue;
    const beside = KINK_OFFSET * Math.max(1, Math.abs(kink));
    sum += Math.abs(phi.derivative(kink + beside) - phi.derivative(kink - beside));
  }
  return sum;
};

const KINK_OFFSET = 2 ** -40;

/** Largest change of phi' over `[v - reach, v + reach]`: by curvature on smooth pieces, by jumps at kinks. */
const derivativeChange = (phi: Activation, v: number, reach: number): number =>
  reach === 0 ? 0 : reach * phi.maxSecondDerivativeOn(v - reach, v + reach) + jumpsOn(phi, v - reach, v + reach);

/** Bound on `|phi(v + s) - phi(v) - phi'(v) s|` for `|s| <= reach`. */
const remainderOf = (phi: Activation, v: number, reach: number): number =>
  reach === 0
    ? 0
    : (phi.maxSecondDerivativeOn(v - reach, v + reach) * reach ** 2) / 2 + jumpsOn(phi, v - reach, v + reach) * reach;

const rateCurvature = (model: RateModel, total: ReturnType<typeof preactivation>): Curvature => {
  const phi = activation(model.activation);
  const W = denseWeights(model.recurrentWeights);
  const weights = model.gain.map((g, i) => Math.abs(g) / model.timeConstants[i]!);
  const v = new Float64Array(model.units);
  const M2 = phi.maxSecondDerivative;
  const normW = once(() => norm2(W));
  const normB = once(() => (model.inputs === 0 ? 0 : norm2(model.inputWeights)));

  /** Largest change of `g phi' / tau` over the units as the state moves by `d`. */
  const gainChange = (h: Float64Array, u: Float64Array, d: Float64Array): number => {
    total(h, u, v);
    const moved = multiplyVector(W, d);
    return maxAbs(v.map((value, i) => weights[i]! * derivativeChange(phi, value, Math.abs(moved[i]!))));
  };

  return {
    rigorous: !phi.estimated,
    get remainder() {
      return phi.kinks.length ? Number.POSITIVE_INFINITY : (M2 / 2) * maxAbs(weights) * normW() ** 2;
    },
    componentwise: (h, u, d) => {
      total(h, u, v);
      const moved = multiplyVector(W, d);
      return v.map((value, i) => {
        const reach = Math.abs(moved[i]!);
        return weights[i]! * remainderOf(phi, value, reach);
      });
    },
    jacobianVariation: (h, u, d) => normW() * gainChange(h, u, d),
    inputVariation: (h, u, d) => normB() * gainChange(h, u, d),
  };
};

const currentFlow = (model: CurrentModel): Flow => {
  const { units, timeConstants: tau, leak, inputWeights: B, bias } = model;
  const phi = activation(model.activation);
  const product = weightsProduct(model.recurrentWeights);
  const leakRates = ratio(leak, tau);
  const activity = new Float64Array(units);
  const drive = new Float64Array(units);
  const perTau = tau.map((value) => 1 / value);
  const BoverTau = scaleRows(perTau, B);

  return {
    units,
    inputs: model.inputs,
    leakRates,
    field: (x, u, out) => {
      for (let i = 0; i < units; i++) activity[i] = phi.value(x[i]!);
      product(activity, drive);
      multiplyVector(B, u, out);
      for (let i = 0; i < units; i++) out[i] = (-leak[i]! * x[i]! + drive[i]! + out[i]! + bias[i]!) / tau[i]!;
    },
    stateJacobian: (x, _u, _t, out) =>
      jacobian(denseWeights(model.recurrentWeights), perTau, x.map(phi.derivative), leakRates, out),
    inputJacobian: () => BoverTau,
    secondDerivative: (x, _u, a) => {
      const W = denseWeights(model.recurrentWeights);
      const columns = x.map((value, i) => phi.secondDerivative(value) * a[i]!);
      return {
        state: jacobian(W, perTau, columns, new Float64Array(units)),
        input: matrix(units, model.inputs),
      };
    },
    curvature: currentCurvature(model),
  };
};

const currentCurvature = (model: CurrentModel): Curvature => {
  const phi = activation(model.activation);
  const WoverTau = scaleRows(
    model.timeConstants.map((tau) => 1 / tau),
    denseWeights(model.recurrentWeights),
  );
  const absolute = matrix(WoverTau.rows, WoverTau.cols, WoverTau.data.map(Math.abs));
  const M2 = phi.maxSecondDerivative;
  const norm = once(() => norm2(WoverTau));
  return {
    rigorous: !phi.estimated,
    get remainder() {
      return phi.kinks.length ? Number.POSITIVE_INFINITY : (M2 / 2) * norm();
    },
    componentwise: (x, _u, d) =>
      multiplyVector(
        absolute,
        d.map((step, j) => remainderOf(phi, x[j]!, Math.abs(step))),
      ),
    inputVariation: () => 0,
    jacobianVariation: (x, _u, d) => norm() * maxAbs(d.map((step, j) => derivativeChange(phi, x[j]!, Math.abs(step)))),
  };
};

/** A value computed when first asked for. */
const once = (compute: () => number): (() => number) => {
  let value: number | undefined;
  return () => {
    value ??= compute();
    return value;
  };
};

const rescaled = <M extends Network>(model: M, speeds: Float64Array): M => ({
  ...model,
  ...noiseAtSpeeds(model, speeds),
  timeConstants: ratio(model.timeConstants, speeds),
});

export const rateForm: FlowForm<RateModel> = { flow: rateFlow, equation: rateEquation, rescaled };
export const currentForm: FlowForm<CurrentModel> = { flow: currentFlow, equation: currentEquation, rescaled };
