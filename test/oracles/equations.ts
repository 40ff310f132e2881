/** Oracles of linear algebra: matrix equations by Kronecker products, eigenvalues and singular values by ml-matrix. */
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition, solve } from "ml-matrix";
import { eye } from "./schemes.js";

const vec = (A: Matrix): Matrix => Matrix.columnVector(A.transpose().to1DArray());
const unvec = (v: Matrix, n: number): Matrix => Matrix.from1DArray(n, n, v.to1DArray()).transpose();

/** X of `A X + X A^T + Q = 0`. */
export const kroneckerLyapunov = (A: Matrix, Q: Matrix): Matrix => {
  const I = eye(A.rows);
  return unvec(solve(Matrix.add(I.kroneckerProduct(A), A.kroneckerProduct(I)), vec(Q).mul(-1)), A.rows);
};

/** X of `A X A^T - X + Q = 0`. */
export const kroneckerStein = (A: Matrix, Q: Matrix): Matrix =>
  unvec(solve(Matrix.sub(A.kroneckerProduct(A), eye(A.rows ** 2)), vec(Q).mul(-1)), A.rows);

/** Eigenvalues as [re, im]. */
export const spectrum = (A: Matrix): [number, number][] => {
  const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(A);
  return re.map((v, i) => [v, im[i]!]);
};

export const symmetricSpectrum = (A: Matrix): number[] =>
  new EigenvalueDecomposition(Matrix.add(A, A.transpose()).mul(0.5), { assumeSymmetric: true }).realEigenvalues.sort(
    (a, b) => a - b,
  );

export const singular = (A: Matrix): number[] => new SingularValueDecomposition(A).diagonal;
export const norm2 = (A: Matrix): number => Math.max(0, ...singular(A));

/** `[B, A B, ..., A^{n-1} B]`. */
export const krylov = (A: Matrix, B: Matrix): Matrix => {
  const result = Matrix.zeros(A.rows, A.rows * B.columns);
  let block = B;
  for (let k = 0; k < A.rows; k++) {
    result.setSubMatrix(block, 0, k * B.columns);
    block = A.mmul(block);
  }
  return result;
};
