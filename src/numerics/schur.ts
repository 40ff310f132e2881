/**
 * The real Schur form `A = Q T Qᵀ`: `Q` orthogonal, `T` upper triangular but for 2 x 2 diagonal blocks `[a b; c a]`, `b c < 0`,
 * one for each complex pair of eigenvalues. Computed by Hessenberg reduction and the double-shift QR iteration.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §7.4–7.5.
 */
import { francis } from "./francis.js";
import { reduceToHessenberg } from "./hessenberg.js";
import { type Complex, identity, type Matrix, matrix, maxAbs } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";
import { blockEigenvalues, diagonalBlocks } from "./schur-block.js";

/** `A = Q T Qᵀ`. */
export interface SchurForm {
  readonly T: Matrix;
  readonly Q: Matrix;
}

/** The real Schur form of a square matrix. */
export const schur = (A: Matrix): SchurForm => {
  requireFiniteSquare("schur", A);
  return schurOf(A, 0, A.rows - 1);
};

/** The Schur form of a matrix that is already upper triangular outside rows and columns `low … high`. */
export const schurOf = (A: Matrix, low: number, high: number): SchurForm => {
  const unit = safeUnit(A);
  const T = matrix(
    A.rows,
    A.cols,
    A.data.map((v) => v / unit),
  );
  const Q = identity(A.rows);
  reduceToHessenberg(T, Q, low, high);
  francis(T, Q, low, high);
  if (unit !== 1) for (let k = 0; k < T.data.length; k++) T.data[k] *= unit;
  return { T, Q };
};

/** 1 for entries of ordinary size, else a power of two near the largest, by which to divide before squares are formed. */
export const safeUnit = (A: Matrix): number => {
  const largest = maxAbs(A.data);
  if (largest === 0 || (largest > 1e-120 && largest < 1e120)) return 1;
  return 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
};

/** The eigenvalues of a Schur form in the order of its diagonal. */
export const schurEigenvalues = ({ T }: SchurForm): Complex[] =>
  diagonalBlocks(T).flatMap((block) => blockEigenvalues(T, block));
