/**
 * Householder QR factorization `A P = Q R`, with column pivoting on request, and linear least squares through it.
 *
 * With pivoting the diagonal of `R` decreases in magnitude, which reveals the rank in all but contrived cases; for a certain
 * answer use `rank` of `svd.ts`.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §5.2, §5.4 (pivoting), §5.5 (rank-deficient least squares).
 */
import { InputError } from "../error.js";
import { makeReflector, reflectRows } from "./householder.js";
import { copy, euclideanNorm, type Matrix, matrix, submatrix, transpose } from "./matrix.js";
import { requireFinite } from "./preconditions.js";

/** `A P = Q R` in thin form: for `m x n` and `k = min(m, n)`, `Q` is `m x k` and `R` is `k x n`. */
export interface QrFactor {
  readonly Q: Matrix;
  readonly R: Matrix;
  /** Column `j` of `A P` is column `permutation[j]` of `A`; the identity without pivoting. */
  readonly permutation: Int32Array;
}

/** How `qr` goes about it. */
export interface QrOptions {
  /** Bring the column with the largest remainder to the front at each step. Default: false. */
  readonly pivot?: boolean;
}

/** Factors `A` as `Q R`, or `A P` with `{ pivot: true }`. */
export const qr = (A: Matrix, { pivot = false }: QrOptions = {}): QrFactor => {
  requireFinite("qr", A);
  const { rows: m, cols: n } = A;
  const k = Math.min(m, n);
  const work = copy(A);
  const permutation = Int32Array.from({ length: n }, (_, j) => j);
  const scratch = new Float64Array(n);
  const reflectors: { v: Float64Array; tau: number }[] = [];
  const norms = pivot ? columnNorms(work, 0) : new Float64Array(0);
  const reference = norms.slice();
  for (let step = 0; step < k; step++) {
    if (pivot) {
      let best = step;
      for (let j = step + 1; j < n; j++) if (norms[j] > norms[best]) best = j;
      if (best !== step) {
        for (let i = 0; i < m; i++) swap(work.data, i * n + step, i * n + best);
        swap(permutation, step, best);
        norms[best] = norms[step];
        reference[best] = reference[step];
      }
    }
    const v = new Float64Array(m - step);
    for (let i = step; i < m; i++) v[i - step] = work.data[i * n + step];
    const { tau, beta } = makeReflector(v, m - step);
    work.data[step * n + step] = beta;
    for (let i = step + 1; i < m; i++) work.data[i * n + step] = 0;
    reflectRows(work.data, n, step, m - step, step + 1, n, v, tau, scratch);
    reflectors.push({ v, tau });
    if (pivot) downdate(work, step, norms, reference);
  }
  const Q = matrix(m, k);
  for (let i = 0; i < k; i++) Q.data[i * k + i] = 1;
  const columns = new Float64Array(k);
  for (let step = k - 1; step >= 0; step--) {
    const { v, tau } = reflectors[step];
    reflectRows(Q.data, k, step, m - step, step, k, v, tau, columns);
  }
  return { Q, R: submatrix(work, 0, 0, k, n), permutation };
};

const swap = (x: Float64Array | Int32Array, i: number, j: number): void => {
  const kept = x[i];
  x[i] = x[j];
  x[j] = kept;
};

const columnNorms = (A: Matrix, top: number): Float64Array =>
  Float64Array.from({ length: A.cols }, (_, j) => columnNorm(A, top, j));

const columnNorm = (A: Matrix, top: number, j: number): number =>
  euclideanNorm(Float64Array.from({ length: A.rows - top }, (_, i) => A.data[(top + i) * A.cols + j]));

/** Takes row `step` out of the remaining column norms, and computes afresh those that cancellation has spoiled. */
const downdate = (A: Matrix, step: number, norms: Float64Array, reference: Float64Array): void => {
  for (let j = step + 1; j < A.cols; j++) {
    if (norms[j] === 0) continue;
    const ratio = Math.abs(A.data[step * A.cols + j]) / norms[j];
    const left = Math.max(0, (1 - ratio) * (1 + ratio));
    if (left * (norms[j] / reference[j]) ** 2 < 1e-8) {
      norms[j] = columnNorm(A, step + 1, j);
      reference[j] = norms[j];
    } else {
      norms[j] *= Math.sqrt(left);
    }
  }
};

/** A least-squares solution. */
export interface LeastSquares {
  /** The `X` of smallest Frobenius norm among those that minimize `‖A X − B‖`. */
  readonly X: Matrix;
  /** The numerical rank of `A` that was used. */
  readonly rank: number;
}

/**
 * Minimizes `‖A X − B‖` in the Frobenius norm, `A` of any shape and rank; of several minimizers the shortest.
 * Diagonal entries of the pivoted `R` below `tolerance` times the largest count as zero.
 */
export const leastSquares = (A: Matrix, B: Matrix, tolerance = Math.max(A.rows, A.cols) * 2 ** -52): LeastSquares => {
  if (B.rows !== A.rows)
    throw new InputError(`leastSquares: expected ${A.rows} rows on the right-hand side, got ${B.rows}`);
  requireFinite("leastSquares", A);
  requireFinite("leastSquares", B);
  const { Q, R, permutation } = qr(A, { pivot: true });
  const n = A.cols;
  let rank = 0;
  while (rank < R.rows && Math.abs(R.data[rank * n + rank]) > tolerance * Math.abs(R.data[0])) rank++;
  const c = matrix(rank, B.cols);
  for (let i = 0; i < A.rows; i++) {
    for (let k = 0; k < rank; k++) {
      const q = Q.data[i * Q.cols + k];
      for (let j = 0; j < B.cols; j++) c.data[k * B.cols + j] += q * B.data[i * B.cols + j];
    }
  }
  const top = submatrix(R, 0, 0, rank, n);
  const y = rank === n ? backSubstitute(top, c) : shortest(top, c);
  const X = matrix(n, B.cols);
  for (let i = 0; i < n; i++) X.data.set(y.data.subarray(i * B.cols, (i + 1) * B.cols), permutation[i] * B.cols);
  return { X, rank };
};

/** Solves `R X = C` for a square upper triangular `R`. */
const backSubstitute = (R: Matrix, C: Matrix): Matrix => {
  const X = copy(C);
  const { rows: n } = R;
  const m = C.cols;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = 0; j < m; j++) {
      let sum = X.data[i * m + j];
      for (let k = i + 1; k < n; k++) sum -= R.data[i * R.cols + k] * X.data[k * m + j];
      X.data[i * m + j] = sum / R.data[i * R.cols + i];
    }
  }
  return X;
};

/** The shortest solution of `R X = C` for a wide `R` of full row rank: `Rᵀ = Z S`, `X = Z S⁻ᵀ C`. */
const shortest = (R: Matrix, C: Matrix): Matrix => {
  const { Q: Z, R: S } = qr(transpose(R));
  const r = R.rows;
  const m = C.cols;
  const y = copy(C);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < m; j++) {
      let sum = y.data[i * m + j];
      for (let k = 0; k < i; k++) sum -= S.data[k * r + i] * y.data[k * m + j];
      y.data[i * m + j] = sum / S.data[i * r + i];
    }
  }
  const X = matrix(R.cols, m);
  for (let i = 0; i < R.cols; i++) {
    for (let k = 0; k < r; k++) for (let j = 0; j < m; j++) X.data[i * m + j] += Z.data[i * r + k] * y.data[k * m + j];
  }
  return X;
};
