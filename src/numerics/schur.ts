/**
 * The real Schur form `A = Q T Qᵀ`: `Q` orthogonal, `T` upper triangular but for 2 x 2 diagonal blocks `[a b; c a]`, `b c < 0`,
 * one for each complex pair of eigenvalues. Computed by Hessenberg reduction and the double-shift QR iteration.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §7.4–7.5.
 */
import { francis } from "./francis.js";
import { reduceToHessenberg } from "./hessenberg.js";
import { denseHessenberg, hessenbergPays } from "./kernels/dense-hessenberg.js";
import type { KernelBuild } from "./kernels/instance.js";
import { type Complex, copy, identity, type Matrix, matrix, maxAbs, scale } from "./matrix.js";
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
  const scaled = unit === 1 ? A : scale(A, 1 / unit);
  const { T, Q } = (hessenbergPays(A.rows) ? reduceToSchurKernel : reduceToSchurPlain)(scaled, low, high);
  if (unit !== 1) for (let k = 0; k < T.data.length; k++) T.data[k] *= unit;
  return { T, Q };
};

/** internal: the reduction by plain loops, the reference of the kernels. */
export const reduceToSchurPlain = (A: Matrix, low = 0, high = A.rows - 1): SchurForm => {
  const T = copy(A);
  const Q = identity(A.rows);
  reduceToHessenberg(T, Q, low, high);
  francis(T, Q, low, high);
  return { T, Q };
};

/** internal: the reduction by the kernels of a build. */
export const reduceToSchurKernel = (A: Matrix, low = 0, high = A.rows - 1, build?: KernelBuild): SchurForm => {
  const n = A.rows;
  const { H, Q, reflections } = denseHessenberg(A, true, low, high, build);
  francis(matrix(n, n, H), matrix(n, n, Q), low, high, reflections);
  return { T: matrix(n, n, H.slice()), Q: matrix(n, n, Q.slice()) };
};

/** The eigenvalues, in no particular order, of a matrix that is upper triangular outside `low … high`. */
export const unorderedEigenvalues = (A: Matrix, low: number, high: number): Complex[] =>
  (hessenbergPays(A.rows) ? unorderedEigenvaluesKernel : unorderedEigenvaluesPlain)(A, low, high);

/** internal: by plain loops, the reference of the kernels. */
export const unorderedEigenvaluesPlain = (A: Matrix, low = 0, high = A.rows - 1): Complex[] => {
  const H = copy(A);
  reduceToHessenberg(H, undefined, low, high);
  return francis(H, undefined, low, high);
};

/** internal: by the kernels of a build. */
export const unorderedEigenvaluesKernel = (A: Matrix, low = 0, high = A.rows - 1, build?: KernelBuild): Complex[] => {
  const { H, reflections } = denseHessenberg(A, false, low, high, build);
  return francis(matrix(A.rows, A.rows, H), undefined, low, high, reflections);
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
