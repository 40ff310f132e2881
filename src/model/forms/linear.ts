/**
 * Affine flows `x' = c + A (x - p) + B (u - q)`, affine maps of the same shape, and both along a trajectory.
 *
 * The offset c is kept: it vanishes only where p is a fixed point of the flow, and dropping it elsewhere moves the
 * fixed points of everything derived from it.
 */

import { InternalError } from "../../error.js";
import { type Matrix, matrix, multiplyVector, scaleRows } from "../../numerics/matrix.js";
import type { Flow, StepMap } from "../dynamics.js";
import { alongFlowEquation, alongMapEquation, linearEquation, linearMapEquation } from "../equations/linear.js";
import type { LinearAlongFlow, LinearAlongMap, LinearFlow, LinearMap } from "../model.js";
import { type FlowForm, type MapForm, noiseAtSpeeds } from "./form.js";

type Affine = Pick<LinearFlow, "stateMatrix" | "inputMatrix" | "offset" | "point" | "inputPoint">;

/** A function that writes `c + A (x - p) + B (u - q)` into `out`. */
const affineValue = ({ stateMatrix: A, inputMatrix: B, offset, point, inputPoint }: Affine) => {
  const displacement = new Float64Array(A.cols);
  const inputDisplacement = new Float64Array(B.cols);
  const drive = new Float64Array(A.rows);
  return (x: Float64Array, u: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < displacement.length; i++) displacement[i] = x[i]! - point[i]!;
    for (let i = 0; i < inputDisplacement.length; i++) inputDisplacement[i] = u[i]! - inputPoint[i]!;
    multiplyVector(B, inputDisplacement, drive);
    multiplyVector(A, displacement, out);
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + drive[i]! + offset[i]!;
  };
};

const flow = (model: LinearFlow): Flow => {
  const zero = { state: matrix(model.units, model.units), input: matrix(model.units, model.inputs) };
  return {
    units: model.units,
    inputs: model.inputs,
    leakRates: model.leakRates,
    field: affineValue(model),
    stateJacobian: () => model.stateMatrix,
    inputJacobian: () => model.inputMatrix,
    secondDerivative: () => zero,
    curvature: {
      rigorous: true,
      remainder: 0,
      componentwise: () => new Float64Array(model.units),
      jacobianVariation: () => 0,
      inputVariation: () => 0,
    },
  };
};

const product = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v * b[i]!);

const rescaled = (model: LinearFlow, speeds: Float64Array): LinearFlow => ({
  ...model,
  ...noiseAtSpeeds(model, speeds),
  stateMatrix: scaleRows(speeds, model.stateMatrix),
  inputMatrix: scaleRows(speeds, model.inputMatrix),
  offset: product(model.offset, speeds),
  leakRates: product(model.leakRates, speeds),
});

export const linearFlowForm: FlowForm<LinearFlow> = { flow, equation: linearEquation, rescaled };

/** Index of the piece that holds at time `t`. */
const pieceAt = (times: Float64Array, t: number): number => {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle]! <= t) low = middle;
    else high = middle - 1;
  }
  return low;
};

const alongFlow = (model: LinearAlongFlow): Flow => {
  const flows = model.pieces.map(flow);
  const at = (t = 0) => flows[pieceAt(model.times, t)]!;
  const first = flows[0];
  if (!first) throw new InternalError("a linear flow along a trajectory has no pieces");
  return {
    ...first,
    field: (x, u, out, t) => at(t).field(x, u, out),
    stateJacobian: (x, u, t) => at(t).stateJacobian(x, u),
    inputJacobian: (x, u, t) => at(t).inputJacobian(x, u),
  };
};

export const linearAlongFlowForm: FlowForm<LinearAlongFlow> = {
  flow: alongFlow,
  equation: alongFlowEquation,
  rescaled: (model, speeds) => ({
    ...model,
    ...noiseAtSpeeds(model, speeds),
    times: model.times.map((t) => t / speeds[0]!),
    pieces: model.pieces.map((piece) => rescaled(piece, speeds)),
  }),
};

const stepMap = (model: LinearMap): StepMap => {
  const value = affineValue(model);
  const { inputSlopeMatrix: S, noise } = model;
  const change = new Float64Array(model.inputs);
  return {
    units: model.units,
    inputs: model.inputs,
    dt: () => model.dt,
    step: (x, u, out, _k, extras) => {
      const state = out === x ? x.slice() : x;
      value(state, u, out);
      if (S && extras?.next) {
        for (let i = 0; i < change.length; i++) change[i] = extras.next[i]! - u[i]!;
        const sloped = multiplyVector(S, change);
        for (let i = 0; i < out.length; i++) out[i]! += sloped[i]!;
      }
      if (extras?.increment) for (let i = 0; i < out.length; i++) out[i]! += extras.increment[i]!;
      return true;
    },
    stateJacobian: () => model.stateMatrix,
    inputJacobian: () => model.inputMatrix,
    ...(noise ? { noise: () => noise } : {}),
  };
};

const relabelled = (model: LinearMap, speed: number): LinearMap => ({ ...model, dt: model.dt / speed });

export const linearMapForm: MapForm<LinearMap> = { stepMap, equation: linearMapEquation, relabelled };

const alongMap = (model: LinearAlongMap): StepMap => {
  const maps = model.pieces.map(stepMap);
  const at = (k = 0) => maps[Math.min(k, maps.length - 1)]!;
  const first = maps[0];
  if (!first) throw new InternalError("a linear map along a trajectory has no pieces");
  const noisy = first.noise !== undefined;
  return {
    units: model.units,
    inputs: model.inputs,
    dt: (k) => at(k).dt(),
    step: (x, u, out, k, extras) => at(k).step(x, u, out, k, extras),
    stateJacobian: (x, u, k) => at(k).stateJacobian(x, u),
    inputJacobian: (x, u, k) => at(k).inputJacobian(x, u),
    ...(noisy ? { noise: (k?: number): Matrix => at(k).noise!() } : {}),
  };
};

export const linearAlongMapForm: MapForm<LinearAlongMap> = {
  stepMap: alongMap,
  equation: alongMapEquation,
  relabelled: (model, speed) => ({
    ...model,
    dt: model.dt / speed,
    pieces: model.pieces.map((piece) => relabelled(piece, speed)),
  }),
};
