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

/** Bound on a scaling factor. An entry can then underflow only where the entry of `A` itself is negligible. */
const MAX_SCALING = 2 ** 200;
const MAX_SWEEPS = 200;

/** Which of the two halves of balancing to carry out. Default: both. */
export interface BalanceOptions {
  readonly permute?: boolean;
  readonly rescale?: boolean;
}

/** Balances a square matrix. */
export const balance = (A: Matrix, options: BalanceOptions = {}): Balanced => {
  requireFiniteSquare("balance", A);
  const n = A.rows;
  const B = copy(A);
  const permutation = Int32Array.from({ length: n }, (_, i) => i);
  const { low, high } = options.permute !== false ? isolate(B.data, n, permutation) : { low: 0, high: n - 1 };
  const scaling = new Float64Array(n).fill(1);
  if (options.rescale === false) return { B, scaling, permutation, low, high };
  const sizes = Float64Array.from({ length: n }, (_, i) => outerSize(B.data, n, low, high, i));
  equilibrate(B.data, n, low, high, scaling);
  restrainOuter(B.data, n, low, high, sizes, scaling);
  return { B, scaling, permutation, low, high };
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

const equilibrate = (b: Float64Array, n: number, low: number, high: number, scaling: Float64Array): void => {
  for (let sweep = 0, changed = true; changed && sweep < MAX_SWEEPS; sweep++) {
    changed = false;
    for (let i = low; i <= high; i++) {
      const count = high - low + 1;
      let column = strideLength(b, low * n + i, n, count);
      let row = strideLength(b, i * n + low, 1, count);
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
      rescale(b, n, i, f);
    }
  }
};

/** `B ← D⁻¹ B D` with `D` the identity but for `f` in place `i`. */
const rescale = (b: Float64Array, n: number, i: number, f: number): void => {
  for (let k = 0; k < n; k++) b[k * n + i] *= f;
  for (let k = 0; k < n; k++) b[i * n + k] /= f;
};

/** What couples isolated index `i` to the block: its row above the block, its column below it. */
const outerSize = (b: Float64Array, n: number, low: number, high: number, i: number): number => {
  if (i < low) return strideLength(b, i * n + i + 1, 1, n - i - 1);
  return i > high ? strideLength(b, i, n, i) : 0;
};

/** The Euclidean length of `count` entries from `start` on, `stride` apart. */
const strideLength = (b: Float64Array, start: number, stride: number, count: number): number => {
  let squares = 0;
  for (let k = 0, at = start; k < count; k++, at += stride) squares += b[at] * b[at];
  if (squares > 1e-280 && squares < 1e280) return Math.sqrt(squares);
  let length = 0;
  for (let k = 0, at = start; k < count; k++, at += stride) length = Math.hypot(length, b[at]);
  return length;
};

/** Scales the isolated indices so that what couples them to the block is no larger than it was before the block was scaled. */
const restrainOuter = (
  b: Float64Array,
  n: number,
  low: number,
  high: number,
  before: Float64Array,
  scaling: Float64Array,
): void => {
  const restrain = (i: number, size: number): void => {
    if (!(size > before[i])) return;
    const f = Math.min(2 ** Math.ceil(Math.log2(size / before[i])), MAX_SCALING);
    scaling[i] = i < low ? f : 1 / f;
    rescale(b, n, i, scaling[i]);
  };
  for (let i = high + 1; i < n; i++) restrain(i, outerSize(b, n, low, high, i));
  for (let i = low - 1; i >= 0; i--) restrain(i, outerSize(b, n, low, high, i));
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
