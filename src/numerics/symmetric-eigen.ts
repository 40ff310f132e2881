/**
 * Eigenvalues and orthonormal eigenvectors of a real symmetric matrix, `A = V diag(values) Vᵀ`: Householder reduction to
 * tridiagonal form, then the QL iteration with implicit Wilkinson shifts.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §8.3; Parlett, The Symmetric Eigenvalue Problem, §8.
 */
import { InputError, InternalError } from "../error.js";
import { makeReflector, reflectColumns } from "./householder.js";
import { identity, type Matrix, matrix, maxAbs } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";

/** The spectral decomposition of a symmetric matrix. */
export interface SymmetricEigen {
  /** In ascending order. */
  readonly values: Float64Array;
  /** Column `j` is the unit eigenvector of `values[j]`. */
  readonly vectors: Matrix;
}

const EPSILON = 2 ** -52;
/** Asymmetry beyond rounding that is still taken for rounding, relative to the largest entry. */
const ASYMMETRY = 1e-8;
const MAX_SWEEPS = 60;
/** Sweeps for one eigenvalue after which couplings of the size of rounding errors are dropped (low-rank matrices). */
const PATIENCE = 30;

/**
 * Decomposes a symmetric matrix. Asymmetry of the size of rounding errors (1e-8 of the largest entry) is averaged away;
 * more than that is refused.
 */
export const symmetricEigen = (A: Matrix): SymmetricEigen => {
  const { d, e, Q, unit } = tridiagonalize("symmetricEigen", A, true);
  const n = A.rows;
  // Rows of Z are eigenvectors, so that a rotation touches two contiguous rows.
  const Z = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) Z[j * n + i] = Q[i * n + j];
  implicitQl(d, e, Z);
  const order = Array.from(d.keys()).sort((i, j) => d[i] - d[j]);
  const vectors = matrix(n, n);
  order.forEach((from, j) => {
    for (let i = 0; i < n; i++) vectors.data[i * n + j] = Z[from * n + i];
  });
  return { values: Float64Array.from(order, (i) => d[i] * unit), vectors };
};

/** The eigenvalues alone, ascending; about five times as fast as with vectors. */
export const symmetricEigenvalues = (A: Matrix): Float64Array => {
  const { d, e, unit } = tridiagonalize("symmetricEigenvalues", A, false);
  implicitQl(d, e, undefined);
  return d.map((value) => value * unit).sort();
};

/** `Qᵀ (A / unit) Q` tridiagonal: diagonal `d`, subdiagonal `e` (`e[i]` couples `i` and `i + 1`). */
const tridiagonalize = (subject: string, A: Matrix, wantQ: boolean) => {
  requireFiniteSquare(subject, A);
  const n = A.rows;
  const largest = maxAbs(A.data);
  const unit = largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
  const S = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const below = A.data[i * n + j] / unit;
      const above = A.data[j * n + i] / unit;
      if (Math.abs(below - above) * unit > ASYMMETRY * largest) {
        throw new InputError(
          `${subject}: expected a symmetric matrix, got ${below * unit} at [${i}][${j}] and ${above * unit} at [${j}][${i}]`,
        );
      }
      S[i * n + j] = S[j * n + i] = below === above ? below : below / 2 + above / 2;
    }
  }
  const Q = wantQ ? identity(n).data : new Float64Array(0);
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    const m = n - k - 1;
    for (let i = 0; i < m; i++) v[i] = S[(k + 1 + i) * n + k];
    const { tau, beta } = makeReflector(v, m);
    e[k] = beta;
    if (tau === 0) continue;
    let pv = 0;
    for (let i = 0; i < m; i++) {
      const row = (k + 1 + i) * n + k + 1;
      let sum = 0;
      for (let j = 0; j < m; j++) sum += S[row + j] * v[j];
      p[i] = tau * sum;
      pv += p[i] * v[i];
    }
    const half = (tau * pv) / 2;
    for (let i = 0; i < m; i++) p[i] -= half * v[i];
    for (let i = 0; i < m; i++) {
      const row = (k + 1 + i) * n + k + 1;
      const vi = v[i];
      const pi = p[i];
      for (let j = 0; j < m; j++) S[row + j] -= vi * p[j] + pi * v[j];
    }
    if (wantQ) reflectColumns(Q, n, 0, n, k + 1, m, v, tau);
  }
  if (n > 1) e[n - 2] = S[(n - 1) * n + n - 2];
  for (let i = 0; i < n; i++) d[i] = S[i * n + i];
  return { d, e, Q, unit };
};

/** Diagonalizes a tridiagonal matrix in place; rows of `Z` follow. */
const implicitQl = (d: Float64Array, e: Float64Array, Z: Float64Array | undefined): void => {
  const n = d.length;
  const tiny = 2 ** -1000;
  const rounding = EPSILON * Math.max(maxAbs(d), maxAbs(e));
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      // A coupling is nothing beside its neighbors, or, where rounding keeps feeding it, beside the whole matrix.
      const nothing = sweep < PATIENCE ? tiny : rounding;
      while (m < n - 1 && Math.abs(e[m]) > EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1])) + nothing) m++;
      if (m === l) break;
      if (sweep === MAX_SWEEPS)
        throw new InternalError(`symmetricEigen: eigenvalue ${l} did not converge in ${MAX_SWEEPS} sweeps`);
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        if (Z === undefined) continue;
        const upper = i * n;
        const lower = upper + n;
        for (let k = 0; k < n; k++) {
          const z = Z[lower + k];
          Z[lower + k] = s * Z[upper + k] + c * z;
          Z[upper + k] = c * Z[upper + k] - s * z;
        }
      }
      if (i >= l) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
};
