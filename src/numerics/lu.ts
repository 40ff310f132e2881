/**
 * LU factorization with partial pivoting, `P A = L U`, and what follows from it: linear systems, inverse, determinant and an
 * estimate of the condition number in the 1-norm.
 *
 * Singularity is a numerical outcome, not an error: a factor says `singular`, and a solve through it gives `undefined`. That
 * means *exactly* singular (a zero pivot); to learn how close a matrix comes to it, ask `conditionEstimate`.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §3.4; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
 * algorithm 15.4 (the norm estimator of Hager and Higham).
 */
import { InputError } from "../error.js";
import { denseLu, denseLuSolve, luPays, luSolvePays } from "./kernels/dense-lu.js";
import type { KernelBuild } from "./kernels/instance.js";
import { copy, identity, type Matrix, matrix } from "./matrix.js";
import { requireFinite, requireFiniteSquare, requireFiniteVector } from "./preconditions.js";

/** `P A = L U` packed in one matrix: unit lower triangle `L` below the diagonal, `U` on and above it. */
export interface LuFactor {
  readonly LU: Matrix;
  /** Row `i` of `P A` is row `pivots[i]` of `A`. */
  readonly pivots: Int32Array;
  /** The sign of the permutation. */
  readonly sign: 1 | -1;
  /** Whether some pivot is exactly zero. */
  readonly singular: boolean;
  /** The 1-norm of `A` (largest column sum). */
  readonly norm1: number;
}

/** The 1-norm of a matrix: its largest absolute column sum. */
export const norm1 = (A: Matrix): number => {
  const sums = new Float64Array(A.cols);
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) sums[j] += Math.abs(A.data[i * A.cols + j]);
  return sums.reduce((largest, sum) => Math.max(largest, sum), 0);
};

/** Factors a square matrix as `P A = L U`; larger ones in the kernels. */
export const luFactor = (A: Matrix): LuFactor => {
  requireFiniteSquare("luFactor", A);
  return luPays(A.rows) ? luFactorKernel(A) : luFactorPlain(A);
};

/** internal: the factorization by the kernels of a build. */
export const luFactorKernel = (A: Matrix, build?: KernelBuild): LuFactor => {
  const n = A.rows;
  const { data, pivots, exchanges } = denseLu(A, build);
  const LU = matrix(n, n, data);
  let singular = false;
  for (let i = 0; i < n; i++) singular ||= data[i * n + i] === 0;
  return { LU, pivots, sign: exchanges % 2 === 0 ? 1 : -1, singular, norm1: norm1(A) };
};

/** internal: the plain factorization, the reference of the kernel. */
export const luFactorPlain = (A: Matrix): LuFactor => {
  const n = A.rows;
  const LU = copy(A);
  const { data } = LU;
  const pivots = Int32Array.from({ length: n }, (_, i) => i);
  let sign: 1 | -1 = 1;
  let singular = false;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(data[i * n + k]) > Math.abs(data[p * n + k])) p = i;
    if (p !== k) {
      for (let j = 0; j < n; j++) [data[k * n + j], data[p * n + j]] = [data[p * n + j], data[k * n + j]];
      [pivots[k], pivots[p]] = [pivots[p], pivots[k]];
      sign = sign === 1 ? -1 : 1;
    }
    const pivot = data[k * n + k];
    if (pivot === 0) {
      singular = true;
      continue;
    }
    const top = k * n;
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      const factor = data[row + k] / pivot;
      data[row + k] = factor;
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) data[row + j] -= factor * data[top + j];
    }
  }
  return { LU, pivots, sign, singular, norm1: norm1(A) };
};

/** Solves `A X = B` from a factor of `A`; `undefined` when `A` is exactly singular. */
export const luSolve = (factor: LuFactor, B: Matrix): Matrix | undefined => {
  const n = factor.LU.rows;
  if (B.rows !== n) throw new InputError(`solve: expected ${n} rows on the right-hand side, got ${B.rows}`);
  requireFinite("solve", B);
  if (factor.singular) return undefined;
  return luSolvePays(n, B.cols) ? luSolveKernel(factor, B) : luSolvePlain(factor, B);
};

/** internal: the solution by the kernels of a build. */
export const luSolveKernel = ({ LU, pivots }: LuFactor, B: Matrix, build?: KernelBuild): Matrix =>
  matrix(B.rows, B.cols, denseLuSolve(LU, pivots, B, build));

/** internal: the plain solution, the reference of the kernel. */
export const luSolvePlain = ({ LU, pivots }: LuFactor, B: Matrix): Matrix => {
  const n = LU.rows;
  const m = B.cols;
  const X = matrix(n, m);
  const x = X.data;
  const lu = LU.data;
  for (let i = 0; i < n; i++) {
    const row = i * m;
    x.set(B.data.subarray(pivots[i] * m, (pivots[i] + 1) * m), row);
    for (let k = 0; k < i; k++) {
      const factor = lu[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j < m; j++) x[row + j] -= factor * x[k * m + j];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = i * m;
    for (let k = i + 1; k < n; k++) {
      const factor = lu[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j < m; j++) x[row + j] -= factor * x[k * m + j];
    }
    const pivot = lu[i * n + i];
    for (let j = 0; j < m; j++) x[row + j] /= pivot;
  }
  return X;
};

/** Solves `A x = b` from a factor of `A`; `undefined` when `A` is exactly singular. */
export const luSolveVector = (factor: LuFactor, b: ArrayLike<number>): Float64Array | undefined => {
  const { LU, pivots } = factor;
  const n = LU.rows;
  if (b.length !== n) throw new InputError(`solve: expected a right-hand side of length ${n}, got ${b.length}`);
  requireFiniteVector("solve", b);
  if (factor.singular) return undefined;
  const lu = LU.data;
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[pivots[i]];
    for (let k = 0; k < i; k++) sum -= lu[i * n + k] * x[k];
    x[i] = sum;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= lu[i * n + k] * x[k];
    x[i] = sum / lu[i * n + i];
  }
  return x;
};

/** Solves `Aᵀ x = b` from a factor of `A`; `undefined` when `A` is exactly singular. */
export const luSolveTransposed = (factor: LuFactor, b: ArrayLike<number>): Float64Array | undefined => {
  const { LU, pivots } = factor;
  const n = LU.rows;
  if (b.length !== n) throw new InputError(`solve: expected a right-hand side of length ${n}, got ${b.length}`);
  requireFiniteVector("solve", b);
  if (factor.singular) return undefined;
  const lu = LU.data;
  const y = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    y[i] /= lu[i * n + i];
    for (let k = i + 1; k < n; k++) y[k] -= lu[i * n + k] * y[i];
  }
  for (let i = n - 1; i >= 0; i--) for (let k = 0; k < i; k++) y[k] -= lu[i * n + k] * y[i];
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) x[pivots[i]] = y[i];
  return x;
};

/** Solves `A X = B` for a square `A`; `undefined` when `A` is exactly singular. */
export const solve = (A: Matrix, B: Matrix): Matrix | undefined => luSolve(luFactor(A), B);

/** Solves `A x = b` for a square `A`; `undefined` when `A` is exactly singular. */
export const solveVector = (A: Matrix, b: ArrayLike<number>): Float64Array | undefined => luSolveVector(luFactor(A), b);

/** The inverse of `A`; `undefined` when `A` is exactly singular. Prefer `solve` where a product with the inverse is wanted. */
export const inverse = (A: Matrix): Matrix | undefined => luSolve(luFactor(A), identity(A.rows));

/** The determinant of `A`; the product is kept in range, so that only the result itself may overflow or underflow. */
export const determinant = (A: Matrix): number => {
  const { LU, sign } = luFactor(A);
  let mantissa: number = sign;
  let exponent = 0;
  for (let i = 0; i < LU.rows; i++) {
    const pivot = LU.data[i * LU.rows + i];
    if (pivot === 0) return 0;
    const shift = Math.floor(Math.log2(Math.abs(pivot)));
    mantissa *= pivot / 2 ** Math.trunc(shift / 2) / 2 ** (shift - Math.trunc(shift / 2));
    exponent += shift;
    if (Math.abs(mantissa) > 2 ** 500) {
      mantissa /= 2 ** 500;
      exponent += 500;
    }
  }
  if (Math.abs(exponent) > 2400) return exponent > 0 ? mantissa * Number.POSITIVE_INFINITY : 0;
  const third = Math.trunc(exponent / 3);
  return mantissa * 2 ** third * 2 ** third * 2 ** (exponent - 2 * third);
};

/**
 * An estimate (a lower bound, seldom off by more than a factor of three) of the condition number `‖A‖₁ ‖A⁻¹‖₁`;
 * `Infinity` when `A` is exactly singular, 0 for the empty matrix. Takes a matrix or its factor.
 */
export const conditionEstimate = (A: Matrix | LuFactor): number => {
  const factor = "LU" in A ? A : luFactor(A);
  if (factor.singular) return Number.POSITIVE_INFINITY;
  return factor.norm1 * inverseNorm1(factor);
};

/** The estimator: a few steps of a gradient ascent on `x ↦ ‖A⁻¹ x‖₁` over the unit ball of the 1-norm. */
const inverseNorm1 = (factor: LuFactor): number => {
  const n = factor.LU.rows;
  if (n === 0) return 0;
  const sum = (x: Float64Array): number => x.reduce((total, v) => total + Math.abs(v), 0);
  let x = new Float64Array(n).fill(1 / n);
  let estimate = 0;
  for (let step = 0; step < 5; step++) {
    const y = luSolveVector(factor, x);
    if (y === undefined || !y.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
    const size = sum(y);
    if (step > 0 && size <= estimate) break;
    estimate = size;
    const z = luSolveTransposed(
      factor,
      y.map((v) => (v >= 0 ? 1 : -1)),
    );
    if (z === undefined || !z.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
    let j = 0;
    for (let i = 1; i < n; i++) if (Math.abs(z[i]) > Math.abs(z[j])) j = i;
    if (step > 0 && Math.abs(z[j]) <= z.reduce((total, v, i) => total + v * x[i], 0)) break;
    x = new Float64Array(n);
    x[j] = 1;
  }
  const alternating = Float64Array.from(
    { length: n },
    (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (n > 1 ? i / (n - 1) : 0)),
  );
  const y = luSolveVector(factor, alternating);
  return y === undefined || !y.every(Number.isFinite)
    ? Number.POSITIVE_INFINITY
    : Math.max(estimate, (2 * sum(y)) / (3 * n));
};
