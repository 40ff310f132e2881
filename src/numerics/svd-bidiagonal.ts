/**
 * Singular value decomposition by reduction to bidiagonal form in the kernels and implicit QR sweeps (Golub and Kahan).
 *
 * The reduction changes singular values by some `2⁻⁵³ ‖A‖`, the same for all: enough for a decision of rank with the usual
 * tolerance, which is larger, but not for the small singular values of a matrix whose rows or columns differ much in size. Those
 * stay with the rotations of `svd.ts`; `isEven` tells.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §8.6.
 */
import { bidiagonalQr } from "./bidiagonal-qr.js";
import { denseBidiagonal } from "./kernels/dense-bidiagonal.js";
import type { KernelBuild } from "./kernels/instance.js";
import { type Matrix, matrix, maxAbs, scale } from "./matrix.js";

/** `A = U diag(values) Vᵀ` in thin form: for `m x n` and `k = min(m, n)`, `U` is `m x k` and `V` is `n x k`. */
export interface Svd {
  readonly U: Matrix;
  /** In descending order. */
  readonly values: Float64Array;
  readonly V: Matrix;
}

/** The largest ratio between the sizes of two rows, or of two columns, that are not zero. */
const EVEN = 2 ** 10;

/** Whether all rows are of similar size, and all columns. */
export const isEven = ({ rows, cols, data }: Matrix): boolean => {
  const rowSizes = new Float64Array(rows);
  const columnSizes = new Float64Array(cols);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++, k++) {
      const size = Math.abs(data[k]);
      if (size > rowSizes[i]) rowSizes[i] = size;
      if (size > columnSizes[j]) columnSizes[j] = size;
    }
  }
  return [rowSizes, columnSizes].every((sizes) => {
    let [least, most] = [Number.POSITIVE_INFINITY, 0];
    for (const size of sizes) {
      if (size > most) most = size;
      if (size > 0 && size < least) least = size;
    }
    return most === 0 || most / least <= EVEN;
  });
};

/** A power of two near the largest entry. */
const unitOf = (A: Matrix): number => {
  const largest = maxAbs(A.data);
  return largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
};

const descending = (d: Float64Array): number[] =>
  Array.from(d.keys()).sort((i, j) => Math.abs(d[j]) - Math.abs(d[i]) || i - j);

/** The singular values of a matrix with at least as many rows as columns. */
export const singularValuesByBidiagonal = (A: Matrix, build?: KernelBuild): Float64Array => {
  const unit = unitOf(A);
  const { d, e } = denseBidiagonal(scale(A, 1 / unit), false, build);
  bidiagonalQr(d, e);
  return d
    .map((value) => Math.abs(value) * unit)
    .sort()
    .reverse();
};

/** The decomposition of a matrix with at least as many rows as columns. */
export const svdByBidiagonal = (A: Matrix, build?: KernelBuild): Svd => {
  const { rows: m, cols: n } = A;
  const unit = unitOf(A);
  const { d, e, left, right, leftRows, rightRows } = denseBidiagonal(scale(A, 1 / unit), true, build);
  bidiagonalQr(d, e, left, right);
  const order = descending(d);
  const U = matrix(m, n);
  const V = matrix(n, n);
  order.forEach((from, j) => {
    const sign = d[from] < 0 ? -1 : 1;
    for (let i = 0; i < m; i++) U.data[i * n + j] = leftRows[from * m + i];
    for (let i = 0; i < n; i++) V.data[i * n + j] = sign * rightRows[from * n + i];
  });
  return { U, values: Float64Array.from(order, (i) => Math.abs(d[i]) * unit), V };
};
