/**
 * Orthogonal reduction to upper Hessenberg form, `A = Q H Qᵀ` with zeros below the first subdiagonal, by Householder
 * reflectors: the starting point of every QR iteration.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §7.4.
 */
import { makeReflector, reflectColumns, reflectRows } from "./householder.js";
import { copy, identity, type Matrix } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";

/** `A = Q H Qᵀ`. */
export interface HessenbergForm {
  readonly H: Matrix;
  readonly Q: Matrix;
}

/** Which part of the matrix is still to be reduced; outside `low … high` it is upper triangular already. */
export interface HessenbergOptions {
  readonly low?: number;
  readonly high?: number;
}

/** Reduces a square matrix to Hessenberg form. */
export const hessenberg = (A: Matrix, { low = 0, high = A.rows - 1 }: HessenbergOptions = {}): HessenbergForm => {
  requireFiniteSquare("hessenberg", A);
  const H = copy(A);
  const Q = identity(A.rows);
  reduceToHessenberg(H, Q, low, high);
  return { H, Q };
};

/** Overwrites `H` with its Hessenberg form and multiplies `Q`, if given, by the reflectors from the right. */
export const reduceToHessenberg = (H: Matrix, Q: Matrix | undefined, low: number, high: number): void => {
  const n = H.rows;
  const v = new Float64Array(n);
  const work = new Float64Array(n);
  for (let k = low; k < high - 1; k++) {
    const count = high - k;
    for (let i = 0; i < count; i++) v[i] = H.data[(k + 1 + i) * n + k];
    const { tau, beta } = makeReflector(v, count);
    H.data[(k + 1) * n + k] = beta;
    for (let i = k + 2; i <= high; i++) H.data[i * n + k] = 0;
    reflectRows(H.data, n, k + 1, count, k + 1, n, v, tau, work);
    reflectColumns(H.data, n, 0, high + 1, k + 1, count, v, tau);
    if (Q !== undefined) reflectColumns(Q.data, n, 0, n, k + 1, count, v, tau);
  }
};
