/**
 * Balancing: a permutation and a diagonal scaling by powers of two, both free of rounding, that bring rows and columns of the
 * same index to similar size, `B = D⁻¹ Pᵀ A P D`. Eigenvalues stay, and become as accurate as the balanced entries allow.
 *
 * The permutation isolates eigenvalues that can be read off: outside `low … high` the matrix `B` is upper triangular.
 * Sizes are 2-norms of whole rows and columns; with 1-norms balancing can make matters worse.
 *
 * Parlett & Reinsch, Numer. Math. 13 (1969) 293; James, Langou & Lowery, arXiv:1401.5766 (2014).
 */
import { copy, type Matrix, matrix } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";

/** A balanced matrix: `B[i][j] = A[p(i)][p(j)] scaling[j] / scaling[i]` with `p` the permutation. */
export interface Balanced {
  readonly B: Matrix;
  readonly scaling: Float64Array;
  readonly permutation: Int32Array;
  /** The first and last index of the block that is not yet triangular; `high < low` when nothing is left. */
  readonly low: number;
  readonly high: number;
}

/** Largest exponent of a scaling factor. */
const MAX_SCALING = 2 ** 500;
const MAX_SWEEPS = 200;

/** Balances a square matrix; `permute: false` leaves rows and columns in their order. */
export const balance = (A: Matrix, { permute = true }: { readonly permute?: boolean } = {}): Balanced => {
  requireFiniteSquare("balance", A);
  const n = A.rows;
  const B = copy(A);
  const permutation = Int32Array.from({ length: n }, (_, i) => i);
  const { low, high } = permute ? isolate(B.data, n, permutation) : { low: 0, high: n - 1 };
  return { B, scaling: equilibrate(B.data, n, low, high), permutation, low, high };
};

/** Moves rows (then columns) without off-diagonal entries in the active block to its end (its start), and shrinks the block. */
const isolate = (b: Float64Array, n: number, permutation: Int32Array): { low: number; high: number } => {
  let low = 0;
  let high = n - 1;
  const exchange = (i: number, j: number): void => {
    if (i === j) return;
    for (let k = 0; k < n; k++) [b[k * n + i], b[k * n + j]] = [b[k * n + j], b[k * n + i]];
    for (let k = 0; k < n; k++) [b[i * n + k], b[j * n + k]] = [b[j * n + k], b[i * n + k]];
    [permutation[i], permutation[j]] = [permutation[j], permutation[i]];
  };
  const isolated = (i: number, row: boolean): boolean => {
    for (let k = low; k <= high; k++) if (k !== i && b[row ? i * n + k : k * n + i] !== 0) return false;
    return true;
  };
  for (let i = high; i >= low; i--) {
    if (!isolated(i, true)) continue;
    exchange(i, high--);
    i = high + 1;
  }
  for (let j = low; j <= high; j++) {
    if (!isolated(j, false)) continue;
    exchange(j, low++);
    j = low - 1;
  }
  return { low, high };
};

const equilibrate = (b: Float64Array, n: number, low: number, high: number): Float64Array => {
  const scaling = new Float64Array(n).fill(1);
  for (let sweep = 0, changed = true; changed && sweep < MAX_SWEEPS; sweep++) {
    changed = false;
    for (let i = low; i <= high; i++) {
      let column = 0;
      let row = 0;
      for (let k = low; k <= high; k++) {
        column = Math.hypot(column, b[k * n + i]);
        row = Math.hypot(row, b[i * n + k]);
      }
      if (column === 0 || row === 0) continue;
      const before = column + row;
      let f = 1;
      while (column < row / 2 && f < MAX_SCALING) {
        f *= 2;
        column *= 2;
        row /= 2;
      }
      while (column / 2 >= row && f > 1 / MAX_SCALING) {
        f /= 2;
        column /= 2;
        row *= 2;
      }
      const total = scaling[i] * f;
      if (f === 1 || column + row >= 0.95 * before || total > MAX_SCALING || total < 1 / MAX_SCALING) continue;
      scaling[i] = total;
      changed = true;
      for (let k = 0; k < n; k++) b[k * n + i] *= f;
      for (let k = 0; k < n; k++) b[i * n + k] /= f;
    }
  }
  return scaling;
};

/** `f(A)` from `F = f(B)`, for any function of a matrix. */
export const unbalanceFunction = ({ scaling, permutation }: Balanced, F: Matrix): Matrix => {
  const n = F.rows;
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) {
    const row = permutation[i] * n;
    for (let j = 0; j < n; j++) result.data[row + permutation[j]] = F.data[i * n + j] * (scaling[i] / scaling[j]);
  }
  return result;
};
