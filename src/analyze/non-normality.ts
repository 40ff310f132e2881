/**
 * Henrici's departure from normality, `√(‖A‖²_F − Σ|λ|²)`: 0 for a normal matrix, whose eigenvalues tell everything.
 *
 * Computed as the norm of what the Schur form has beside its eigenvalues, the strictly upper part and `|b| − |c|` of each
 * block `[a b; c a]`: the difference of the two sums loses all digits where the matrix is nearly normal.
 * Henrici, Numer. Math. 4 (1962) 24; Trefethen & Embree, Spectra and Pseudospectra, §48.
 */
import { euclideanNorm, type Matrix } from "../numerics/matrix.js";
import { schur } from "../numerics/schur.js";
import { diagonalBlocks } from "../numerics/schur-block.js";

/** The departure of a square matrix from normality in the Frobenius norm. */
export const departureFromNormality = (A: Matrix): number => {
  if (A.rows === 0) return 0;
  const { T } = schur(A);
  const n = T.cols;
  const rest: number[] = [];
  for (const { start, size } of diagonalBlocks(T)) {
    for (let i = start; i < start + size; i++) for (let j = start + size; j < n; j++) rest.push(T.data[i * n + j]!);
    if (size === 2) rest.push(Math.abs(T.data[start * n + start + 1]!) - Math.abs(T.data[(start + 1) * n + start]!));
  }
  return euclideanNorm(rest);
};
