/**
 * Factors of symmetric matrices: the Cholesky factor `A = L Lᵀ` of a positive definite one, and a factor `P = G Gᵀ` of one that
 * is only semidefinite, such as a covariance of noise that does not reach every direction.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §4.2.
 */
import { InputError } from "../error.js";
import { type Matrix, matrix } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** The lower triangular `L` with `A = L Lᵀ` (only the lower triangle of `A` is read); `undefined` unless positive definite. */
export const cholesky = (A: Matrix): Matrix | undefined => {
  requireFiniteSquare("cholesky", A);
  const n = A.rows;
  const L = matrix(n, n);
  const l = L.data;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A.data[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i > j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > 0) l[i * n + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return L;
};

/**
 * A square `G` with `P = G Gᵀ` for a symmetric positive semidefinite `P`: its eigenvectors times the roots of the eigenvalues.
 * Negative eigenvalues up to `tolerance` times the largest are rounding and count as zero; beyond that `P` is refused.
 */
export const symmetricFactor = (P: Matrix, tolerance = 1e-9): Matrix => {
  const { values, vectors } = symmetricEigen(P);
  const n = P.rows;
  if (n > 0 && values[0] < -tolerance * Math.abs(values[n - 1])) {
    throw new InputError(`symmetricFactor: expected a positive semidefinite matrix, got the eigenvalue ${values[0]}`);
  }
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
  const G = matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) G.data[i * n + j] = vectors.data[i * n + j] * roots[j];
  return G;
};
