/**
 * What theory says about the defect between discretizing first and linearizing first, off a fixed point.
 *
 * Leading order, with f = f(p): `(b . c) dt^2 f''[f, .]` in the Jacobian, `(b . c^2) dt^3 f''[f, f] / 2` in the value.
 * Rigorous, for every Runge–Kutta tableau: the stages of the two maps differ by
 * `(I - dt a_ii J_i) (K_i - K_i^lin) = (J_i - J) (inner + dt a_ii K_i^lin) + J_i dt sum_{j<i} a_ij (K_j - K_j^lin)`,
 * and `|J_i - J|` is bounded by the curvature of the activation over the way from p to the stage point.
 */
import type { Flow } from "../model/dynamics.js";
import type { Scheme } from "../model/scheme/scheme.js";
import { solve } from "../numerics/lu.js";
import {
  add,
  copy,
  euclideanNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyVector,
  scale,
} from "../numerics/matrix.js";
import { norm2 } from "../numerics/svd.js";

/** A flow at its operating point. */
export interface Site {
  readonly flow: Flow;
  readonly state: Float64Array;
  readonly input: Float64Array;
  /** f(p, q). */
  readonly field: Float64Array;
  readonly J: Matrix;
  readonly B: Matrix;
}

/** The same three parts as a measured defect has. */
export interface DefectBound {
  readonly state: number;
  readonly input: number;
  readonly offset: number;
}

export const largestPart = ({ state, input, offset }: DefectBound): number => Math.max(state, input, offset);

export const spectralNorm = (A: Matrix): number => (A.rows === 0 || A.cols === 0 ? 0 : norm2(A));

/** First terms of the three parts of the defect. */
export const leadingDefect = (scheme: Scheme, { flow, state, input, field }: Site, dt: number): DefectBound => {
  const second = flow.secondDerivative(state, input, field);
  const jacobianWeight = scheme.weightedNodes * dt * dt;
  return {
    state: jacobianWeight * spectralNorm(second.state),
    input: jacobianWeight * spectralNorm(second.input),
    offset: scheme.halfWeightedSquaredNodes * dt ** 3 * euclideanNorm(multiplyVector(second.state, field)),
  };
};

/** Spectral norm of `(I - h J_i)^{-1}` for every `|J_i - J| <= change`; undefined where that does not settle it. */
const resolventNorm = (J: Matrix, h: number, change: number): number | undefined => {
  if (h === 0) return 1;
  const resolvent = solve(add(identity(J.rows), J, -h), identity(J.rows));
  if (!resolvent) return undefined;
  const norm = norm2(resolvent);
  const contraction = norm * h * change;
  return contraction < 1 ? norm / (1 - contraction) : undefined;
};

/**
 * Numbers that the defect never exceeds, or undefined where the scheme has no tableau, the form no curvature in closed
 * form, or dt is too long for an implicit stage.
 */
export const rigorousDefect = (scheme: Scheme, site: Site, dt: number): DefectBound | undefined => {
  const { tableau } = scheme;
  const { flow, state, input, J, B } = site;
  const { curvature } = flow;
  const points = scheme.bind(flow).stagePoints?.(state, input, dt);
  if (!tableau || !curvature?.rigorous || !points) return undefined;

  const normJ = spectralNorm(J);
  const I = identity(J.rows);
  const nothing = matrix(J.rows, B.cols);
  const linear: { state: Matrix; input: Matrix }[] = [];
  const apart: DefectBound[] = [];
  for (const [i, point] of points.entries()) {
    const row = tableau.A[i]!;
    const own = dt * row[i]!;
    const displacement = point.map((v, n) => v - state[n]!);
    const change = curvature.jacobianVariation(state, input, displacement);
    const inputChange = curvature.inputVariation(state, input, displacement);
    const amplification = resolventNorm(J, own, change);
    const linearAmplification = resolventNorm(J, own, 0);
    if (amplification === undefined || linearAmplification === undefined) return undefined;

    let inner = I;
    let inputInner = nothing;
    const carried = { state: 0, input: 0, offset: 0 };
    for (let j = 0; j < i; j++) {
      const weight = dt * row[j]!;
      if (weight === 0) continue;
      inner = add(inner, linear[j]!.state, weight);
      inputInner = add(inputInner, linear[j]!.input, weight);
      for (const part of ["state", "input", "offset"] as const) carried[part] += Math.abs(weight) * apart[j]![part];
    }
    const solveStage = (right: Matrix): Matrix | undefined => (own === 0 ? right : solve(add(I, J, -own), right));
    const stage = solveStage(multiply(J, inner));
    const inputStage = solveStage(add(B, multiply(J, inputInner)));
    if (!stage || !inputStage) return undefined;
    linear.push({ state: stage, input: inputStage });
    apart.push({
      state: amplification * (change * spectralNorm(add(inner, stage, own)) + (normJ + change) * carried.state),
      input:
        amplification *
        (inputChange + change * spectralNorm(add(inputInner, inputStage, own)) + (normJ + change) * carried.input),
      offset:
        linearAmplification *
        (euclideanNorm(curvature.componentwise(state, input, displacement)) + normJ * carried.offset),
    });
  }
  const total = (part: keyof DefectBound) =>
    tableau.b.reduce((sum, weight, i) => sum + dt * Math.abs(weight) * apart[i]![part], 0);
  const bound = { state: total("state"), input: total("input"), offset: total("offset") };
  return Number.isFinite(largestPart(bound)) ? bound : undefined;
};

/**
 * First term of `e^Z - (transition of the scheme)`, Z = dt J: `C Z^{p+1}`, or `dt^2 (J + leak) J / 2` of exponential
 * Euler and `dt^2 (J + 2 leak) J / 2` of IMEX Euler. Zero where the scheme is exact on linear flows.
 */
export const leadingSchemeError = (scheme: Scheme, J: Matrix, leakRates: Float64Array, dt: number): Matrix => {
  const Z = scale(J, dt);
  if (scheme.errorConstant !== undefined) {
    let power = Z;
    for (let k = 0; k < scheme.order; k++) power = multiply(power, Z);
    return scale(power, scheme.errorConstant);
  }
  if (scheme.order !== 1) return scale(Z, 0);
  const factor = scheme.name === "imex-euler" ? 2 : 1;
  const shifted = copy(J);
  for (let i = 0; i < J.rows; i++) shifted.data[i * J.rows + i]! += factor * leakRates[i]!;
  return scale(multiply(shifted, J), (dt * dt) / 2);
};
