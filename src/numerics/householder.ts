/**
 * Householder reflectors `H = I − τ v vᵀ` with `v₀ = 1`, the orthogonal building block of QR, Hessenberg and tridiagonal
 * reduction: `H x = β e₀` for the vector the reflector was made from.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §5.1; the sign of `β` is opposite to that of `x₀`, so nothing cancels.
 */
import { maxAbs } from "./matrix.js";

/** The numbers of a reflector; its vector replaced the one it was made from. */
export interface Reflector {
  readonly tau: number;
  readonly beta: number;
}

/** Makes the reflector for `x[0 … count)` and overwrites those entries with `v` (so `x[0]` becomes 1). */
export const makeReflector = (x: Float64Array, count: number): Reflector => {
  let size = 1;
  let squares = sumOfSquares(x, count);
  if (squares === 0 || !(squares > 1e-280 && squares < 1e280)) {
    size = maxAbs(x.subarray(0, count)) || 1;
    for (let i = 0; i < count; i++) x[i] /= size;
    squares = sumOfSquares(x, count);
  }
  const alpha = x[0];
  let tailIsZero = true;
  for (let i = 1; i < count && tailIsZero; i++) tailIsZero = x[i] === 0;
  x[0] = 1;
  if (tailIsZero) return { tau: 0, beta: alpha * size };
  const beta = alpha >= 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  const pivot = alpha - beta;
  for (let i = 1; i < count; i++) x[i] /= pivot;
  return { tau: -pivot / beta, beta: beta * size };
};

const sumOfSquares = (x: Float64Array, count: number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[i] * x[i];
  return sum;
};

/**
 * `A ← H A` on rows `top … top + count` and columns `left … right` of row-major storage with `stride` columns.
 * `work` holds at least `right` numbers.
 */
export const reflectRows = (
  data: Float64Array,
  stride: number,
  top: number,
  count: number,
  left: number,
  right: number,
  v: Float64Array,
  tau: number,
  work: Float64Array,
): void => {
  if (tau === 0) return;
  work.fill(0, left, right);
  for (let i = 0; i < count; i++) {
    const row = (top + i) * stride;
    const vi = v[i];
    for (let j = left; j < right; j++) work[j] += vi * data[row + j];
  }
  for (let i = 0; i < count; i++) {
    const row = (top + i) * stride;
    const factor = tau * v[i];
    for (let j = left; j < right; j++) data[row + j] -= factor * work[j];
  }
};

/** `A ← A H` on rows `top … bottom` and columns `left … left + count` of row-major storage with `stride` columns. */
export const reflectColumns = (
  data: Float64Array,
  stride: number,
  top: number,
  bottom: number,
  left: number,
  count: number,
  v: Float64Array,
  tau: number,
): void => {
  if (tau === 0) return;
  for (let i = top; i < bottom; i++) {
    const row = i * stride + left;
    let sum = 0;
    for (let j = 0; j < count; j++) sum += data[row + j] * v[j];
    sum *= tau;
    for (let j = 0; j < count; j++) data[row + j] -= sum * v[j];
  }
};
