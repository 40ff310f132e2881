/**
 * Schemes that use the exponential of the whole Jacobian: exponential Rosenbrock–Euler on any flow, zero- and
 * first-order hold on linear ones (where all three coincide for constant input).
 *
 * `x' = x + dt phi_1(dt J(x)) f(x)`. Off a fixed point its Jacobian needs the derivative of phi_1 as J moves with x;
 * that is `y(1)` of `y' = Z y + f`, `Z = dt J`, differentiated along with it: `Y' = Z Y + dt f''[y, .]`.
 * Hochbruck & Ostermann, Acta Numerica 19 (2010).
 */

import { InputError } from "../../error.js";
import { symmetricFactor } from "../../numerics/cholesky.js";
import { cexp } from "../../numerics/complex.js";
import { norm1 } from "../../numerics/lu.js";
import {
  add,
  block,
  type Complex,
  euclideanNorm,
  type Matrix,
  matrix,
  maxAbs,
  multiply,
  multiplyVector,
  scale,
  submatrix,
  transpose,
} from "../../numerics/matrix.js";
import { expm, phi1, phi2 } from "../../numerics/matrix-exponential.js";
import type { Flow } from "../dynamics.js";
import type { BoundScheme, Scheme, SchemeName } from "./scheme.js";

const TAYLOR_TERMS = 80;
const POWER_ROUNDS = 6;

/** Number of pieces in which the series for `e^Z` has terms that do not grow: about the 2-norm of Z. */
const piecesOf = (Z: Matrix): number => {
  const transposed = transpose(Z);
  let v: Float64Array = new Float64Array(Z.rows).fill(1 / Math.sqrt(Z.rows));
  let norm = 0;
  for (let round = 0; round < POWER_ROUNDS; round++) {
    v = multiplyVector(transposed, multiplyVector(Z, v));
    const squared = euclideanNorm(v);
    norm = Math.max(norm, Math.sqrt(squared));
    if (squared === 0) break;
    v = v.map((entry) => entry / squared);
  }
  return Math.max(1, Math.ceil(norm));
};

/** `Y(1)` of `y' = Z y + f`, `Y' = Z Y + S(y)`, both zero at 0, S linear: Taylor series over pieces with `|Z| h <= 1`. */
const integrateVariation = (Z: Matrix, f: Float64Array, cols: number, S: (y: Float64Array) => Matrix): Matrix => {
  const n = f.length;
  const pieces = piecesOf(Z);
  const h = 1 / pieces;
  let y: Float64Array = new Float64Array(n);
  let Y = matrix(n, cols);
  for (let piece = 0; piece < pieces; piece++) {
    let yTerm = y;
    let YTerm = Y;
    const yNext = y.slice();
    let YNext = Y;
    for (let j = 0; j < TAYLOR_TERMS; j++) {
      const factor = h / (j + 1);
      const sourced = S(yTerm);
      const yNew = multiplyVector(Z, yTerm);
      for (let i = 0; i < n; i++) yNew[i] = factor * (yNew[i]! + (j === 0 ? f[i]! : 0));
      YTerm = scale(add(multiply(Z, YTerm), sourced), factor);
      yTerm = yNew;
      for (let i = 0; i < n; i++) yNext[i]! += yTerm[i]!;
      YNext = add(YNext, YTerm);
      if (maxAbs(YTerm.data) <= 1e-18 * maxAbs(YNext.data) && maxAbs(yTerm) <= 1e-18 * maxAbs(yNext)) break;
    }
    y = yNext;
    Y = YNext;
  }
  return Y;
};

/** `phi_1(Z) f` as `y(1)` of `y' = Z y + f`, by the same series: products with vectors only. */
const phi1Times = (Z: Matrix, f: Float64Array): Float64Array => {
  const pieces = piecesOf(Z);
  const h = 1 / pieces;
  const y = new Float64Array(f.length);
  let term = new Float64Array(f.length);
  let image = new Float64Array(f.length);
  for (let piece = 0; piece < pieces; piece++) {
    term.set(y);
    for (let j = 0; j < TAYLOR_TERMS; j++) {
      const factor = h / (j + 1);
      multiplyVector(Z, term, image);
      for (let i = 0; i < f.length; i++) {
        image[i] = factor * (image[i]! + (j === 0 ? f[i]! : 0));
        y[i]! += image[i]!;
      }
      [term, image] = [image, term];
      if (maxAbs(term) <= 1e-18 * maxAbs(y)) break;
    }
  }
  return y;
};

const bindRosenbrock = (flow: Flow): BoundScheme => {
  const slope = new Float64Array(flow.units);
  return {
    step: (x, u, dt, out, t, increment) => {
      flow.field(x, u, slope, t);
      const change = phi1Times(scale(flow.stateJacobian(x, u, t), dt), slope);
      for (let i = 0; i < out.length; i++) out[i] = x[i]! + dt * change[i]! + (increment ? increment[i]! : 0);
      return true;
    },
    stateJacobian: (x, u, dt, t) => {
      flow.field(x, u, slope, t);
      const Z = scale(flow.stateJacobian(x, u, t), dt);
      const moved = integrateVariation(Z, slope, flow.units, (y) => scale(flow.secondDerivative(x, u, y, t).state, dt));
      return add(expm(Z), moved, dt);
    },
    inputJacobian: (x, u, dt, t) => {
      flow.field(x, u, slope, t);
      const Z = scale(flow.stateJacobian(x, u, t), dt);
      const moved = integrateVariation(Z, slope, flow.inputs, (y) =>
        scale(flow.secondDerivative(x, u, y, t).input, dt),
      );
      return add(scale(multiply(phi1(Z), flow.inputJacobian(x, u, t)), dt), moved, dt);
    },
  };
};

const bindLinearOnly =
  (title: string) =>
  (_flow: Flow): BoundScheme => {
    throw new InputError(
      `scheme: ${title} is exact sampling of a linear flow and is not defined on a nonlinear one; linearize first, or use rosenbrock-euler`,
    );
  };

/** The same over a step so short that `e^{-dt A}` is harmless, by Van Loan's block exponential. */
const noiseOverShortStep = (A: Matrix, Q: Matrix, dt: number): Matrix => {
  const n = A.rows;
  const zero = matrix(n, n);
  const E = expm(
    block([
      [scale(A, -dt), scale(Q, dt)],
      [zero, scale(transpose(A), dt)],
    ]),
  );
  return multiply(transpose(submatrix(E, n, n, n, n)), submatrix(E, 0, n, n, n));
};

/**
 * Covariance of the noise that a linear flow collects over one step, `int_0^dt e^{sA} Sigma Sigma^T e^{sA^T} ds`.
 *
 * Van Loan's formula multiplies `e^{-dt A}` by `e^{dt A}` and loses every digit once they are far apart. It is used on
 * a short step h, which is then doubled: `Q_2h = Q_h + e^{hA} Q_h e^{hA^T}` adds what is positive only.
 */
export const exactNoiseCovariance = (A: Matrix, Sigma: Matrix, dt: number): Matrix => {
  const doublings = Math.max(0, Math.ceil(Math.log2(dt * norm1(A))));
  const h = dt / 2 ** doublings;
  let Q = noiseOverShortStep(A, multiply(Sigma, transpose(Sigma)), h);
  let E = expm(scale(A, h));
  for (let k = 0; k < doublings; k++) {
    Q = add(Q, multiply(multiply(E, Q), transpose(E)));
    if (k + 1 < doublings) E = multiply(E, E);
  }
  return Q;
};

const exact = (name: SchemeName, title: string, overrides: Partial<Scheme>): Scheme => ({
  name,
  title,
  order: Number.POSITIVE_INFINITY,
  weightedNodes: 0,
  halfWeightedSquaredNodes: 0,
  affineInField: false,
  linearOnly: true,
  implicit: false,
  ghosts: false,
  stabilityFunction: (z: Complex) => cexp(z),
  affine: (A, dt) => {
    const Z = scale(A, dt);
    return { transition: expm(Z), drive: scale(phi1(Z), dt) };
  },
  bind: bindLinearOnly(title),
  noise: (Sigma, dt, _leakRates, A) =>
    A ? symmetricFactor(exactNoiseCovariance(A, Sigma, dt)) : scale(Sigma, Math.sqrt(dt)),
  ...overrides,
});

/** `x' = x + dt phi_1(dt J) f(x)`; exact on linear flows, second order on others. */
export const rosenbrockEuler = exact("rosenbrock-euler", "exponential Rosenbrock–Euler", {
  order: 2,
  weightedNodes: 1 / 2,
  linearOnly: false,
  ghosts: true,
  bind: bindRosenbrock,
});

/** Exact sampling of a linear flow with the input held over each step. */
export const zeroOrderHold = exact("zero-order-hold", "zero-order hold", {});

/** Exact sampling of a linear flow with the input interpolated linearly over each step. */
export const firstOrderHold = exact("first-order-hold", "first-order hold", {
  affine: (A, dt) => {
    const Z = scale(A, dt);
    return { transition: expm(Z), drive: scale(phi1(Z), dt), slope: scale(phi2(Z), dt) };
  },
});
