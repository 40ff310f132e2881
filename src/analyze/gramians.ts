/**
 * Gramians: how much of each direction unit input energy reaches, and how much energy each direction puts into the readout.
 *
 *     flow   W_c = ∫_0^T e^{At} B B^T e^{A^T t} dt        A W + W A^T + B B^T = 0 for T → ∞, A stable
 *     map    W_c = Σ_{k<K} M^k N N^T M^{T k}              M W M^T - W + N N^T = 0 for K → ∞, M stable
 *
 * The least energy ∫|u|² dt that takes a linear system from rest to x is `x^T W_c^{-1} x`; to a readout y, whatever the rest of the
 * state does, `y^T (C W_c C^T)^{-1} y`. Energies of a map are multiplied by its dt, so that they compare with those of the flow; midpoint
 * and trapezoid give `W_map = dt W_flow` for every dt.
 *
 * Antoulas, Approximation of Large-Scale Dynamical Systems (2005), §4.3; Van Loan, IEEE Trans. Automat. Control 23 (1978) 395.
 */
import { exactNoiseCovariance } from "../model/scheme/exponential.js";
import { symmetricFactor } from "../numerics/cholesky.js";
import { spectralAbscissa, spectralRadius } from "../numerics/eigen.js";
import { norm1 } from "../numerics/lu.js";
import { add, identity, type Matrix, matrix, multiply, multiplyVector, scale, transpose } from "../numerics/matrix.js";
import { expm } from "../numerics/matrix-exponential.js";
import { singularValues } from "../numerics/svd.js";
import { lyapunov, stein } from "../numerics/sylvester.js";
import { symmetricEigen } from "../numerics/symmetric-eigen.js";

/** A Gramian, or why there is none. */
export type Gramian =
  | { readonly status: "solved"; readonly matrix: Matrix; readonly horizon: number }
  | { readonly status: "unstable"; readonly reason: string };

const unstable = (what: string, value: number, limit: number): Gramian => ({
  status: "unstable",
  reason: `infinite: the ${what} ${value.toPrecision(4)} is not below ${limit}; give a finite horizon`,
});

/** The Gramian of a flow over `horizon` (infinite where absent), from rest. Of the readout: pass the transposes. */
export const flowGramian = (A: Matrix, B: Matrix, horizon = Number.POSITIVE_INFINITY): Gramian => {
  if (Number.isFinite(horizon)) return { status: "solved", matrix: finiteFlowGramian(A, B, horizon), horizon };
  const abscissa = spectralAbscissa(A);
  if (!(abscissa < 0)) return unstable("spectral abscissa", abscissa, 0);
  const solution = lyapunov(A, multiply(B, transpose(B)));
  return solution.status === "solved"
    ? { status: "solved", matrix: solution.X, horizon }
    : { status: "unstable", reason: solution.reason };
};

/** The Gramian of a map over `steps` (infinite where absent), from rest. */
export const mapGramian = (M: Matrix, N: Matrix, steps = Number.POSITIVE_INFINITY): Gramian => {
  if (Number.isFinite(steps)) return { status: "solved", matrix: finiteMapGramian(M, N, steps), horizon: steps };
  const radius = spectralRadius(M);
  if (!(radius < 1)) return unstable("spectral radius", radius, 1);
  const solution = stein(M, multiply(N, transpose(N)));
  return solution.status === "solved"
    ? { status: "solved", matrix: solution.X, horizon: steps }
    : { status: "unstable", reason: solution.reason };
};

/** By Van Loan's block exponential over a short piece, doubled: `W(2h) = W(h) + e^{Ah} W(h) e^{A^T h}`. */
const finiteFlowGramian = (A: Matrix, B: Matrix, horizon: number): Matrix => {
  const doublings = Math.max(0, Math.ceil(Math.log2(norm1(A) * horizon)) + 1);
  const piece = horizon / 2 ** doublings;
  let W = exactNoiseCovariance(A, B, piece);
  let E = expm(scale(A, piece));
  for (let k = 0; k < doublings; k++) {
    W = add(W, congruent(E, W));
    E = multiply(E, E);
  }
  return symmetric(W);
};

const finiteMapGramian = (M: Matrix, N: Matrix, steps: number): Matrix => {
  // Binary expansion of the number of steps: W(a + b) = W(a) + M^a W(b) M^{aT}.
  let sum = matrix(M.rows, M.rows);
  let done = identity(M.rows);
  let W = multiply(N, transpose(N));
  let power = M;
  for (let left = steps; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      sum = add(sum, congruent(done, W));
      done = multiply(done, power);
    }
    W = add(W, congruent(power, W));
    power = multiply(power, power);
  }
  return symmetric(sum);
};

const congruent = (E: Matrix, W: Matrix): Matrix => multiply(multiply(E, W), transpose(E));

const symmetric = (W: Matrix): Matrix => scale(add(W, transpose(W)), 0.5);

/** The Hankel singular values `sqrt(eig(W_c W_o))`, descending: what is both easy to reach and easy to see. */
export const hankelSingularValues = (Wc: Matrix, Wo: Matrix): Float64Array =>
  singularValues(multiply(transpose(symmetricFactor(Wo)), symmetricFactor(Wc)));

/** The least energy that reaches a target, or how much of the target cannot be had. */
export interface Energy {
  readonly status: "reached" | "out of reach";
  /** `x^T W^{-1} x` over the directions that are reached. */
  readonly value: number;
  /** Share of the target's length that no input reaches. */
  readonly missing: number;
}

const REACHED = 1e-12;
const MISSING = 1e-6;

/** The least energy to a target under a Gramian; directions below 1e-12 of the largest count as out of reach. */
export const minimumEnergy = (gramian: Matrix, target: ArrayLike<number>): Energy => {
  const { values, vectors } = symmetricEigen(gramian);
  const components = multiplyVector(transpose(vectors), target);
  const floor = REACHED * Math.max(0, values[values.length - 1] ?? 0);
  let value = 0;
  let [missed, total] = [0, 0];
  components.forEach((component, k) => {
    total += component ** 2;
    if (values[k] > floor) value += component ** 2 / values[k];
    else missed += component ** 2;
  });
  const missing = total === 0 ? 0 : Math.sqrt(missed / total);
  return { status: missing > MISSING ? "out of reach" : "reached", value, missing };
};

/** The least energy to a readout `y = C x`: that of the cheapest state with this readout. */
export const readoutEnergy = (gramian: Matrix, C: Matrix, y: ArrayLike<number>): Energy =>
  minimumEnergy(congruent(C, gramian), y);
