/**
 * LU factorization for inner loops: factors, solves and inverts in arrays that the caller keeps, nothing checked. For
 * everything else there is `luFactor`.
 *
 * Right-looking with partial pivoting, four columns at a time: the trailing rows are read once for four eliminations;
 * larger matrices go to the kernels. Row `i` of `P A = L U` is row `pivots[i]` of `A`.
 * Golub & Van Loan, Matrix Computations, 4th ed., §3.4.
 */
import { denseLuSolve, luSolvePays } from "./kernels/dense-lu.js";
import { productWork, workspace } from "./kernels/workspace.js";
import { identity, matrix } from "./matrix.js";

/** From this size on the kernels are faster, copying included, up to the largest that they hold. */
const KERNEL_FROM = 32;
const KERNEL_UP_TO = 8192;

const pivotRow = (a: Float64Array, n: number, k: number): number => {
  let row = k;
  let largest = Math.abs(a[k * n + k]!);
  for (let i = k + 1; i < n; i++) {
    const size = Math.abs(a[i * n + k]!);
    if (size > largest) {
      largest = size;
      row = i;
    }
  }
  return row;
};

const swapRows = (a: Float64Array, n: number, i: number, k: number): void => {
  for (let p = i * n, q = k * n, end = p + n; p < end; p++, q++) {
    const held = a[p]!;
    a[p] = a[q]!;
    a[q] = held;
  }
};

/** Eliminates column k below the diagonal, in columns up to `end` only; false where the pivot is zero. */
const eliminate = (a: Float64Array, n: number, pivots: Int32Array, k: number, end: number): boolean => {
  const row = pivotRow(a, n, k);
  if (row !== k) {
    swapRows(a, n, k, row);
    const held = pivots[k]!;
    pivots[k] = pivots[row]!;
    pivots[row] = held;
  }
  const top = k * n;
  const pivot = a[top + k]!;
  if (pivot === 0 || !Number.isFinite(pivot)) return false;
  for (let i = k + 1; i < n; i++) {
    const start = i * n;
    const factor = a[start + k]! / pivot;
    a[start + k] = factor;
    for (let j = k + 1; j < end; j++) a[start + j]! -= factor * a[top + j]!;
  }
  return true;
};

/** The rows right of a block of four columns: the block's own four, then those below it. */
const updateTrailing = (a: Float64Array, n: number, k: number): void => {
  const r0 = k * n;
  const r1 = r0 + n;
  const r2 = r1 + n;
  const r3 = r2 + n;
  const l10 = a[r1 + k]!;
  const l20 = a[r2 + k]!;
  const l21 = a[r2 + k + 1]!;
  const l30 = a[r3 + k]!;
  const l31 = a[r3 + k + 1]!;
  const l32 = a[r3 + k + 2]!;
  for (let j = k + 4; j < n; j++) {
    const x0 = a[r0 + j]!;
    const x1 = a[r1 + j]! - l10 * x0;
    const x2 = a[r2 + j]! - l20 * x0 - l21 * x1;
    a[r1 + j] = x1;
    a[r2 + j] = x2;
    a[r3 + j]! -= l30 * x0 + l31 * x1 + l32 * x2;
  }
  let i = k + 4;
  for (; i + 1 < n; i += 2) {
    const s = i * n;
    const t = s + n;
    const f0 = a[s + k]!;
    const f1 = a[s + k + 1]!;
    const f2 = a[s + k + 2]!;
    const f3 = a[s + k + 3]!;
    const g0 = a[t + k]!;
    const g1 = a[t + k + 1]!;
    const g2 = a[t + k + 2]!;
    const g3 = a[t + k + 3]!;
    for (let j = k + 4; j < n; j++) {
      const x0 = a[r0 + j]!;
      const x1 = a[r1 + j]!;
      const x2 = a[r2 + j]!;
      const x3 = a[r3 + j]!;
      a[s + j]! -= f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3;
      a[t + j]! -= g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3;
    }
  }
  if (i < n) {
    const s = i * n;
    const f0 = a[s + k]!;
    const f1 = a[s + k + 1]!;
    const f2 = a[s + k + 2]!;
    const f3 = a[s + k + 3]!;
    for (let j = k + 4; j < n; j++) a[s + j]! -= f0 * a[r0 + j]! + f1 * a[r1 + j]! + f2 * a[r2 + j]! + f3 * a[r3 + j]!;
  }
};

const factorInKernel = (a: Float64Array, n: number, pivots: Int32Array): boolean => {
  const { kernel, regions } = workspace([productWork, n * n, Math.ceil(n / 2)]);
  const [work, lu, order] = regions;
  lu!.numbers.set(a);
  const rows = new Int32Array(order!.numbers.buffer, order!.address, n);
  for (let i = 0; i < n; i++) rows[i] = i;
  kernel("luFactor")(lu!.address, n, 8 * n, order!.address, work!.address);
  a.set(lu!.numbers);
  pivots.set(rows);
  for (let i = 0; i < n; i++) {
    const pivot = a[i * n + i]!;
    if (pivot === 0 || !Number.isFinite(pivot)) return false;
  }
  return true;
};

/** Overwrites the n × n matrix `a` (row-major) with its LU factors; false where a pivot is zero or not finite. */
export const factorInPlace = (a: Float64Array, n: number, pivots: Int32Array): boolean => {
  if (n >= KERNEL_FROM && n <= KERNEL_UP_TO) return factorInKernel(a, n, pivots);
  for (let i = 0; i < n; i++) pivots[i] = i;
  let k = 0;
  for (; k + 4 <= n; k += 4) {
    for (let c = k; c < k + 4; c++) if (!eliminate(a, n, pivots, c, k + 4)) return false;
    updateTrailing(a, n, k);
  }
  for (; k < n; k++) if (!eliminate(a, n, pivots, k, n)) return false;
  return true;
};

/** `sum a[row + j] x[j]` over `from <= j < to`. */
const dot = (a: Float64Array, row: number, x: Float64Array, from: number, to: number): number => {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = from;
  for (; j + 3 < to; j += 4) {
    s0 += a[row + j]! * x[j]!;
    s1 += a[row + j + 1]! * x[j + 1]!;
    s2 += a[row + j + 2]! * x[j + 2]!;
    s3 += a[row + j + 3]! * x[j + 3]!;
  }
  for (; j < to; j++) s0 += a[row + j]! * x[j]!;
  return s0 + s1 + (s2 + s3);
};

// Scratch of the function below; nothing outlives a call.
let right = new Float64Array(0);

/** Overwrites `x` with the solution of `A y = x` from the factors of `A`. */
export const solveInPlace = (lu: Float64Array, n: number, pivots: Int32Array, x: Float64Array): void => {
  if (right.length < n) right = new Float64Array(n);
  right.set(x);
  for (let i = 0; i < n; i++) x[i] = right[pivots[i]!]! - dot(lu, i * n, x, 0, i);
  for (let i = n - 1; i >= 0; i--) x[i] = (x[i]! - dot(lu, i * n, x, i + 1, n)) / lu[i * n + i]!;
};

/** The inverse of `A`, row-major, from its factors. */
export const invertFactored = (lu: Float64Array, n: number, pivots: Int32Array): Float64Array => {
  if (luSolvePays(n, n)) return denseLuSolve(matrix(n, n, lu), pivots, identity(n));
  const inverse = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    column.fill(0);
    column[j] = 1;
    solveInPlace(lu, n, pivots, column);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i]!;
  }
  return inverse;
};
