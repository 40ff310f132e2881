/**
 * Stationary covariance of a linear flow with additive noise and of the map that a scheme makes of it, and how they differ.
 *
 *     flow   A P + P A^T + S = 0,  S = Sigma Sigma^T          map   M P M^T - P + G G^T = 0
 *
 * With `R(z) = 1 + z + c z² + …` and noise that enters as `G = sqrt(dt) (I + g dt A + …) Sigma`, `P_dt = P + dt P_1 + O(dt²)` where
 *
 *     A P_1 + P_1 A^T + (c - g) (A² P + P A^{T2}) + (1 - 2 g) A P A^T = 0
 *
 *     Euler–Maruyama              c = 0, g = 0     larger than P in every direction, exactly so for every stable dt
 *     drift-implicit Euler        c = 1, g = 1     smaller than P in every direction
 *     midpoint, trapezoid         c = g = 1/2      exact for every dt
 *     Heun, Runge–Kutta 4, …      c = 1/2, g = 0   P_1 = S / 2: noise added after the step costs a first-order bias whatever the order
 *
 * Leak-aware schemes, with L = diag(leak rates): `A P_1 + P_1 A^T + A P A^T + s (A P L + L P A^T) = 0`, s = 1/2 where noise and leak are exact
 * (exponential Euler), s = 1 (IMEX Euler).
 *
 * Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992); Buckwar & Sickenberger, Math. Comput. Simul. 81
 * (2011) 1110.
 */
import type { Scheme } from "../model/scheme/scheme.js";
import { spectralAbscissa, spectralRadius } from "../numerics/eigen.js";
import { add, type Matrix, maxAbs, multiply, scale, scaleColumns, transpose } from "../numerics/matrix.js";
import { lyapunov, stein } from "../numerics/sylvester.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";

/** A stationary covariance, or why there is none. */
export type Covariance =
  | { readonly status: "stationary"; readonly matrix: Matrix }
  | { readonly status: "unstable"; readonly reason: string };

const unstable = (reason: string): Covariance => ({ status: "unstable", reason });

/** `P` of `dx = A x dt + Sigma dbeta`. */
export const flowCovariance = (A: Matrix, Sigma: Matrix): Covariance => {
  const abscissa = spectralAbscissa(A);
  if (!(abscissa < 0))
    return unstable(`a mode does not decay (rate ${abscissa.toPrecision(4)}), so the variance grows without bound`);
  const solution = lyapunov(A, multiply(Sigma, transpose(Sigma)));
  return solution.status === "solved" ? { status: "stationary", matrix: solution.X } : unstable(solution.reason);
};

/** `P` of `x_{k+1} = M x_k + G xi_k`. */
export const mapCovariance = (M: Matrix, G: Matrix): Covariance => {
  const radius = spectralRadius(M);
  if (!(radius < 1))
    return unstable(
      `a multiplier of modulus ${radius.toPrecision(4)} does not decay, so the variance grows without bound; try a smaller dt`,
    );
  const solution = stein(M, multiply(G, transpose(G)));
  return solution.status === "solved" ? { status: "stationary", matrix: solution.X } : unstable(solution.reason);
};

/** What a scheme does to the covariance. */
export interface CovarianceBias {
  /** `P_dt - P`. */
  readonly matrix: Matrix;
  /** Its largest entry beside that of P. */
  readonly relative: number;
  /** "larger", "smaller": in every direction. "mixed": larger in some directions, smaller in others. */
  readonly sign: "exact" | "larger" | "smaller" | "mixed";
  /** `dt P_1`, the leading term; zero for schemes without a bias of first order. */
  readonly leading: Matrix;
  /** What theory says of this scheme. */
  readonly statement: string;
}

const EXACT = 1e-11;

const signOf = (difference: Matrix, size: number): CovarianceBias["sign"] => {
  const values = symmetricEigenvalues(difference);
  const [least, most] = [values[0], values[values.length - 1]];
  const rounding = EXACT * size;
  if (Math.max(Math.abs(least), Math.abs(most)) <= rounding) return "exact";
  if (least >= -rounding) return "larger";
  return most <= rounding ? "smaller" : "mixed";
};

/** The bias of the covariance `Pdt` of a map over that of its flow; `sampled` where noise is sampled exactly. */
export const covarianceBias = (
  { A, leakRates }: { readonly A: Matrix; readonly leakRates: Float64Array },
  scheme: Scheme,
  dt: number,
  sampled: boolean,
  P: Matrix,
  Pdt: Matrix,
): CovarianceBias => {
  const matrix = add(Pdt, P, -1);
  const size = maxAbs(P.data);
  const residual = secondOrderResidual(A, P, leakRates, scheme, sampled);
  const solution = residual && lyapunov(A, residual);
  return {
    matrix,
    relative: size === 0 ? 0 : maxAbs(matrix.data) / size,
    sign: signOf(matrix, size),
    leading: solution?.status === "solved" ? scale(solution.X, dt) : scale(P, 0),
    statement: statementOf(scheme, sampled),
  };
};

/** Where noise enters: the c and g of the header; undefined where noise and drift are both sampled exactly. */
const noiseEntry = (scheme: Scheme, sampled: boolean): { readonly c: number; readonly g: number } | undefined => {
  const { tableau } = scheme;
  if (!tableau) return sampled ? undefined : { c: 1 / 2, g: 0 };
  const node = (i: number): number => tableau.A[i].reduce((sum, a) => sum + a, 0);
  const g = tableau.b.reduce(
    (sum, b, i) => (tableau.A[i][i] === undefined || tableau.A[i][i] === 0 ? sum : sum + b * node(i)),
    0,
  );
  return { c: scheme.weightedNodes, g };
};

/** The matrix Q of `A P_1 + P_1 A^T + Q = 0`; undefined where it is zero by construction. */
const secondOrderResidual = (
  A: Matrix,
  P: Matrix,
  L: Float64Array,
  scheme: Scheme,
  sampled: boolean,
): Matrix | undefined => {
  const AP = multiply(A, P);
  const APA = multiply(AP, transpose(A));
  if (scheme.name === "exponential-euler" || scheme.name === "imex-euler") {
    const APL = scaleColumns(AP, L);
    const mixed = add(APL, transpose(APL));
    return add(APA, mixed, scheme.name === "imex-euler" ? 1 : 1 / 2);
  }
  const entry = noiseEntry(scheme, sampled);
  if (!entry || (entry.c === 1 / 2 && entry.g === 1 / 2)) return undefined;
  const AAP = multiply(A, AP);
  return add(scale(add(AAP, transpose(AAP)), entry.c - entry.g), APA, 1 - 2 * entry.g);
};

const statementOf = (scheme: Scheme, sampled: boolean): string => {
  const entry = noiseEntry(scheme, sampled);
  if (scheme.name === "euler")
    return "Euler–Maruyama is never below the covariance of the flow, in any direction, at any stable dt";
  if (scheme.name === "backward-euler")
    return "drift-implicit Euler is never above the covariance of the flow, in any direction";
  if (scheme.name === "exponential-euler")
    return "leak and noise are exact, the drive is held: a bias of first order in dt";
  if (scheme.name === "imex-euler") return "the leak is implicit, the drive is held: a bias of first order in dt";
  if (!entry) return "drift and noise are sampled exactly: no bias";
  if (entry.c === 1 / 2 && entry.g === 1 / 2)
    return "noise enters halfway through the implicit stage: exact for every dt";
  return "noise is added after the step: a bias of dt Sigma Sigma^T / 2 to first order, whatever the order of the scheme";
};
