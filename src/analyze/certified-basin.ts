/**
 * A neighborhood of a stable fixed point from which every trajectory comes back, from a quadratic Lyapunov function.
 *
 * With `J^T P + P J = -I` and `|f(p + d) - J d| <= K |d|^2`, `V = d^T P d` decreases while `|d| < rho = 1 / (2 |P| K)`; the
 * set `V < lambda_min(P) rho^2` is inside that ball and is never left, and so is the ball inscribed in it.
 * Khalil, Nonlinear Systems, 3rd ed., §8.2.
 */
import { identity, type Matrix, transpose } from "../numerics/matrix.js";
import { lyapunov } from "../numerics/sylvester.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";

export interface CertifiedBasin {
  /** Every trajectory that starts within this distance converges to the point. */
  readonly radius: number;
  /** P of the Lyapunov function. */
  readonly P: Matrix;
  /** The set `d^T P d < level` is inside the basin. */
  readonly level: number;
  /** V decreases within this distance. */
  readonly decreasesWithin: number;
}

/** The basin that curvature K certifies; undefined where J is not stable or K is not finite. */
export const certifiedBasin = (J: Matrix, K: number): CertifiedBasin | undefined => {
  if (!Number.isFinite(K)) return undefined;
  const solution = lyapunov(transpose(J), identity(J.rows));
  if (solution.status !== "solved") return undefined;
  const P = solution.X;
  const values = symmetricEigenvalues(P);
  const least = values[0]!;
  const most = values[values.length - 1]!;
  // P is positive definite exactly where J is stable.
  if (!(least > 0)) return undefined;
  const decreasesWithin = K === 0 ? Number.POSITIVE_INFINITY : 1 / (2 * most * K);
  return {
    radius: Math.sqrt(least / most) * decreasesWithin,
    P,
    level: least * decreasesWithin ** 2,
    decreasesWithin,
  };
};
