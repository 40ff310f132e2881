/**
 * Dense real matrices: a plain record with row-major storage, and the elementary operations on it.
 *
 * `A[i][j]` is `A.data[i * A.cols + j]`. Operations return new matrices unless an `out` is given.
 */
import { InputError } from "../error.js";
import { denseProduct, productPays } from "./kernels/dense-product.js";

/** A dense real matrix in row-major order. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** A complex number as `[re, im]`, in memory and in JSON. */
export type Complex = readonly [re: number, im: number];

/** A `rows × cols` matrix over `data` (not copied), or of zeros. */
export const matrix = (rows: number, cols: number, data: Float64Array = new Float64Array(rows * cols)): Matrix => {
  if (data.length !== rows * cols)
    throw new InputError(`matrix: expected ${rows * cols} entries for ${rows} x ${cols}, got ${data.length}`);
  return { rows, cols, data };
};

/** A matrix from nested rows; all rows must have the same length. */
export const fromRows = (rows: readonly (readonly number[] | Float64Array)[]): Matrix => {
  const cols = rows[0]?.length ?? 0;
  const result = matrix(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) throw new InputError(`matrix: row ${i} has ${row.length} entries, expected ${cols}`);
    result.data.set(row, i * cols);
  });
  return result;
};

/** The rows of `A` as nested arrays. */
export const toRows = (A: Matrix): number[][] =>
  Array.from({ length: A.rows }, (_, i) => Array.from(A.data.subarray(i * A.cols, (i + 1) * A.cols)));

export const identity = (n: number): Matrix => {
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1;
  return result;
};

export const diagonal = (entries: ArrayLike<number>): Matrix => {
  const n = entries.length;
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = entries[i]!;
  return result;
};

export const copy = (A: Matrix): Matrix => matrix(A.rows, A.cols, A.data.slice());

export const transpose = (A: Matrix): Matrix => {
  const result = matrix(A.cols, A.rows);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) result.data[j * A.rows + i] = A.data[i * A.cols + j]!;
  return result;
};

const requireSameShape = (operation: string, A: Matrix, B: Matrix): void => {
  if (A.rows !== B.rows || A.cols !== B.cols)
    throw new InputError(`${operation}: shapes differ, got ${A.rows} x ${A.cols} and ${B.rows} x ${B.cols}`);
};

/** `A + factor * B`. */
export const add = (A: Matrix, B: Matrix, factor = 1): Matrix => {
  requireSameShape("add", A, B);
  const result = matrix(A.rows, A.cols);
  for (let k = 0; k < result.data.length; k++) result.data[k] = A.data[k]! + factor * B.data[k]!;
  return result;
};

/** `A - B`. */
export const subtract = (A: Matrix, B: Matrix): Matrix => add(A, B, -1);

/** `factor * A`. */
export const scale = (A: Matrix, factor: number): Matrix =>
  matrix(
    A.rows,
    A.cols,
    A.data.map((v) => factor * v),
  );

/** `diag(factors) * A`: row `i` multiplied by `factors[i]`. */
export const scaleRows = (factors: ArrayLike<number>, A: Matrix): Matrix => {
  const result = matrix(A.rows, A.cols);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) result.data[i * A.cols + j] = factors[i]! * A.data[i * A.cols + j]!;
  return result;
};

/** `A * diag(factors)`: column `j` multiplied by `factors[j]`. */
export const scaleColumns = (A: Matrix, factors: ArrayLike<number>): Matrix => {
  const result = matrix(A.rows, A.cols);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) result.data[i * A.cols + j] = A.data[i * A.cols + j]! * factors[j]!;
  return result;
};

/** The matrix product `A * B`; larger ones are formed by the kernels. */
export const multiply = (A: Matrix, B: Matrix): Matrix => {
  if (A.cols !== B.rows)
    throw new InputError(`multiply: inner sizes differ, got ${A.rows} x ${A.cols} and ${B.rows} x ${B.cols}`);
  return productPays(A.rows, A.cols, B.cols) ? matrix(A.rows, B.cols, denseProduct(A, B)) : multiplyPlain(A, B);
};

/** internal: the plain product, the reference of the kernel. */
export const multiplyPlain = (A: Matrix, B: Matrix): Matrix => {
  const result = matrix(A.rows, B.cols);
  const [a, b, c] = [A.data, B.data, result.data];
  const n = B.cols;
  const m = A.cols;
  for (let i = 0; i < A.rows; i++) {
    const top = i * n;
    let k = 0;
    // Four rows of B at a time: a quarter of the traffic with the row of the result.
    for (; k + 3 < m; k += 4) {
      const [a0, a1, a2, a3] = [a[i * m + k]!, a[i * m + k + 1]!, a[i * m + k + 2]!, a[i * m + k + 3]!];
      for (let j = 0, p = k * n, q = p + n, r = q + n, s = r + n; j < n; j++) {
        c[top + j]! += a0 * b[p + j]! + a1 * b[q + j]! + a2 * b[r + j]! + a3 * b[s + j]!;
      }
    }
    for (; k < m; k++) {
      const a0 = a[i * m + k]!;
      for (let j = 0, p = k * n; j < n; j++) c[top + j]! += a0 * b[p + j]!;
    }
  }
  return result;
};

/** The product `A * x` of a matrix and a vector. */
export const multiplyVector = (
  A: Matrix,
  x: ArrayLike<number>,
  out: Float64Array = new Float64Array(A.rows),
): Float64Array => {
  if (A.cols !== x.length) throw new InputError(`multiply: expected a vector of length ${A.cols}, got ${x.length}`);
  const { data, cols } = A;
  for (let i = 0, row = 0; i < A.rows; i++, row += cols) {
    // Four sums at a time, so that an addition does not wait for the one before it.
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let j = 0;
    for (; j + 3 < cols; j += 4) {
      s0 += data[row + j]! * x[j]!;
      s1 += data[row + j + 1]! * x[j + 1]!;
      s2 += data[row + j + 2]! * x[j + 2]!;
      s3 += data[row + j + 3]! * x[j + 3]!;
    }
    for (; j < cols; j++) s0 += data[row + j]! * x[j]!;
    out[i] = s0 + s1 + (s2 + s3);
  }
  return out;
};

/** The block `[A B; …]` of matrices given row by row. */
export const block = (blocks: readonly (readonly Matrix[])[]): Matrix => {
  const rows = blocks.reduce((sum, row) => sum + row[0]!.rows, 0);
  const cols = blocks[0]!.reduce((sum, A) => sum + A.cols, 0);
  const result = matrix(rows, cols);
  let top = 0;
  for (const row of blocks) {
    let left = 0;
    for (const A of row) {
      for (let i = 0; i < A.rows; i++)
        result.data.set(A.data.subarray(i * A.cols, (i + 1) * A.cols), (top + i) * cols + left);
      left += A.cols;
    }
    top += row[0]!.rows;
  }
  return result;
};

/** The `rows × cols` submatrix that starts at (`top`, `left`). */
export const submatrix = (A: Matrix, top: number, left: number, rows: number, cols: number): Matrix => {
  const result = matrix(rows, cols);
  for (let i = 0; i < rows; i++) {
    const start = (top + i) * A.cols + left;
    result.data.set(A.data.subarray(start, start + cols), i * cols);
  }
  return result;
};

/** The Frobenius norm. */
export const frobeniusNorm = (A: Matrix): number => euclideanNorm(A.data);

/** The Euclidean norm of a vector, safe against overflow. */
export const euclideanNorm = (x: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    const magnitude = Math.abs(x[i]!);
    if (!(magnitude <= largest)) largest = magnitude;
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
};

/** The largest absolute entry. */
export const maxAbs = (x: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  return largest;
};
