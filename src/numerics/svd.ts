/**
 * Singular value decomposition `A = U diag(values) Vᵀ` by one-sided Jacobi rotations on the pivoted triangular factor, and
 * what is read off it: rank, pseudo-inverse, spectral norm.
 *
 * Large matrices whose rows and columns are of similar size go to `svd-bidiagonal.ts`, which is faster and there as good.
 * Jacobi is slower than Golub–Kahan but gives small singular values their own relative accuracy where the matrix determines
 * it (columns of very different sizes), and rank decisions live on those. With `A P = Q R` and the rows of `R` orthogonalized,
 * `J R = diag(values) Yᵀ`, the factors are `U = Q Jᵀ` and `V = P Y`.
 *
 * Demmel & Veselić, SIAM J. Matrix Anal. Appl. 13 (1992) 1204; Drmač & Veselić, ibid. 29 (2008) 1322 (preconditioning by QR).
 */
import { InternalError } from "../error.js";
import { bidiagonalPays } from "./kernels/dense-bidiagonal.js";
import { copy, euclideanNorm, identity, type Matrix, matrix, maxAbs, multiply, scale, transpose } from "./matrix.js";
import { requireFinite } from "./preconditions.js";
import { qr } from "./qr.js";
import { isEven, type Svd, singularValuesByBidiagonal, svdByBidiagonal } from "./svd-bidiagonal.js";
import { symmetricEigenvalues } from "./symmetric-eigen.js";

const EPSILON = 2 ** -52;
const MAX_SWEEPS = 60;
/** The length of a row, relative to the largest entry of the matrix, below which it is not orthogonalized. */
const NEGLIGIBLE = 2 ** -450;

/** The thin singular value decomposition. */
export const svd = (A: Matrix): Svd => {
  requireFinite("svd", A);
  if (A.rows < A.cols) {
    const { U, values, V } = svd(transpose(A));
    return { U: V, values, V: U };
  }
  return bidiagonalPays(A.rows, A.cols) && isEven(A) ? svdByBidiagonal(A) : svdByJacobi(A);
};

/** internal: the decomposition by rotations alone, for at least as many rows as columns; the reference of the kernels. */
export const svdByJacobi = (A: Matrix): Svd => {
  const n = A.cols;
  const { Q, R, J, values, permutation } = decompose(A, true);
  const Y = orthonormalRows(R, values);
  const V = matrix(n, n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) V.data[permutation[i] * n + k] = Y.data[k * n + i];
  return { U: multiply(Q, transpose(J)), values, V };
};

/** The singular values, descending. */
export const singularValues = (A: Matrix): Float64Array => {
  requireFinite("singularValues", A);
  const tall = A.rows < A.cols ? transpose(A) : A;
  if (bidiagonalPays(tall.rows, tall.cols) && isEven(A)) return singularValuesByBidiagonal(tall);
  return decompose(tall, false).values;
};

/** The spectral norm: the largest singular value, from the eigenvalues of the smaller Gram matrix. */
export const norm2 = (A: Matrix): number => {
  requireFinite("norm2", A);
  const largest = maxAbs(A.data);
  if (largest === 0) return 0;
  const unit = powerOfTwo(largest);
  const scaled = matrix(
    A.rows,
    A.cols,
    A.data.map((v) => v / unit),
  );
  const gram = A.rows < A.cols ? multiply(scaled, transpose(scaled)) : multiply(transpose(scaled), scaled);
  const values = symmetricEigenvalues(gram);
  return Math.sqrt(Math.max(0, values[values.length - 1])) * unit;
};

/** The number of singular values above `tolerance`; default: `max(m, n) · 2⁻⁵² ·` the largest of them. */
export const rank = (A: Matrix, tolerance?: number): number => {
  const values = singularValues(A);
  const threshold = tolerance ?? Math.max(A.rows, A.cols) * EPSILON * (values[0] ?? 0);
  return values.filter((value) => value > threshold).length;
};

/** The Moore–Penrose inverse; singular values up to `tolerance` (default as for `rank`) count as zero. */
export const pseudoInverse = (A: Matrix, tolerance?: number): Matrix => {
  const { U, values, V } = svd(A);
  const threshold = tolerance ?? Math.max(A.rows, A.cols) * EPSILON * (values[0] ?? 0);
  const k = values.length;
  const scaled = copy(V);
  for (let i = 0; i < V.rows; i++)
    for (let j = 0; j < k; j++) scaled.data[i * k + j] = values[j] > threshold ? V.data[i * k + j] / values[j] : 0;
  return multiply(scaled, transpose(U));
};

const powerOfTwo = (size: number): number => 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(size))));

/** Pivoted QR, then rotations of the rows of `R` until they are orthogonal; rows end in descending order of length. */
const decompose = (A: Matrix, wantRotations: boolean) => {
  const largest = maxAbs(A.data);
  const unit = largest === 0 ? 1 : powerOfTwo(largest);
  const { Q, R: start, permutation } = qr(scale(A, 1 / unit), { pivot: true });
  const n = A.cols;
  const R = copy(start);
  const J = identity(wantRotations ? n : 0);
  orthogonalizeRows(R, wantRotations ? J : undefined);
  const values = Float64Array.from({ length: n }, (_, i) => unit * euclideanNorm(R.data.subarray(i * n, (i + 1) * n)));
  const order = Array.from(values.keys()).sort((i, j) => values[j] - values[i] || i - j);
  const sorted = (X: Matrix): Matrix => {
    const result = matrix(X.rows, X.cols);
    for (let i = 0; i < X.rows; i++) result.data.set(X.data.subarray(order[i] * n, (order[i] + 1) * n), i * n);
    return result;
  };
  return { Q, R: sorted(R), J: sorted(J), values: Float64Array.from(order, (i) => values[i]), permutation };
};

const orthogonalizeRows = (R: Matrix, J: Matrix | undefined): void => {
  const n = R.rows;
  const x = R.data;
  const tolerance = EPSILON * Math.sqrt(Math.max(1, n));
  const squares = new Float64Array(n);
  const square = (i: number): number => {
    let sum = 0;
    for (let k = i * n; k < (i + 1) * n; k++) sum += x[k] * x[k];
    return sum;
  };
  for (let sweep = 0; ; sweep++) {
    if (sweep === MAX_SWEEPS) throw new InternalError(`svd: the rotations did not converge in ${MAX_SWEEPS} sweeps`);
    let rotated = false;
    for (let i = 0; i < n; i++) squares[i] = square(i);
    for (let i = 0; i < n - 1; i++) {
      for (let j = i + 1; j < n; j++) {
        // Rows that short are zero beside the others, and their products begin to underflow.
        if (squares[i] < NEGLIGIBLE ** 2 || squares[j] < NEGLIGIBLE ** 2) continue;
        let dot = 0;
        for (let k = 0, p = i * n, q = j * n; k < n; k++) dot += x[p + k] * x[q + k];
        if (Math.abs(dot) <= tolerance * Math.sqrt(squares[i]) * Math.sqrt(squares[j])) continue;
        rotated = true;
        const zeta = (squares[j] - squares[i]) / (2 * dot);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = c * t;
        rotateRows(x, n, i, j, s, s / (1 + c));
        if (J !== undefined) rotateRows(J.data, n, i, j, s, s / (1 + c));
        squares[i] = square(i);
        squares[j] = square(j);
      }
    }
    if (!rotated) return;
  }
};

/** A rotation with sine `s` and half-angle tangent `tau`: the form whose rounding errors do not drift in one direction. */
const rotateRows = (x: Float64Array, n: number, i: number, j: number, s: number, tau: number): void => {
  for (let k = 0, p = i * n, q = j * n; k < n; k++) {
    const a = x[p + k];
    const b = x[q + k];
    x[p + k] = a - s * (b + tau * a);
    x[q + k] = b + s * (a - tau * b);
  }
};

/** The rows of `R` made unit vectors; rows of (next to) no length are completed to an orthonormal set. */
const orthonormalRows = (R: Matrix, values: Float64Array): Matrix => {
  const n = R.rows;
  const Y = copy(R);
  for (let i = 0; i < n; i++) {
    const row = Y.data.subarray(i * n, (i + 1) * n);
    const length = euclideanNorm(row);
    if (length > NEGLIGIBLE && values[i] > 0) for (let k = 0; k < n; k++) row[k] /= length;
    else completeRow(Y, i);
  }
  return Y;
};

/** Puts into row `i` a unit vector orthogonal to the rows above it: the unit vector furthest from their span, projected twice. */
const completeRow = (Y: Matrix, i: number): void => {
  const n = Y.rows;
  const covered = new Float64Array(n);
  for (let r = 0; r < i; r++) for (let k = 0; k < n; k++) covered[k] += Y.data[r * n + k] ** 2;
  const row = Y.data.subarray(i * n, (i + 1) * n);
  row.fill(0);
  row[covered.indexOf(covered.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY))] = 1;
  for (let pass = 0; pass < 2; pass++) {
    for (let r = 0; r < i; r++) {
      let dot = 0;
      for (let k = 0; k < n; k++) dot += Y.data[r * n + k] * row[k];
      for (let k = 0; k < n; k++) row[k] -= dot * Y.data[r * n + k];
    }
  }
  const length = euclideanNorm(row);
  for (let k = 0; k < n; k++) row[k] /= length;
};
