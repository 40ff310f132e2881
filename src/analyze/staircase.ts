/**
 * The staircase of a pair (A, B): an orthogonal change of the state after which B reaches the first block, A carries that to
 * the second, and so on until nothing new is reached. The dimensions add up to the reachable rank.
 *
 *     Q^T B = [B1; 0],   Q^T A Q = [A11 A12 …; A21 A22 …; 0 A32 …; …]   with B1, A21, A32, … of full row rank
 *
 * Each rank decision is made on the singular values of one block of size 1, whereas powers of A in `[B, AB, …]` lose digits with
 * every column. The number of blocks is the number of steps that a map needs to reach what it can (its controllability index).
 * A kept singular value is an upper bound on the distance to a pair with less rank: setting it to zero is a change of that size.
 *
 * Paige, IEEE Trans. Automat. Control 26 (1981) 130; Van Dooren, ibid. 26 (1981) 111.
 */
import { makeReflector, reflectColumns, reflectRows } from "../numerics/householder.js";
import { copy, type Matrix, submatrix } from "../numerics/matrix.js";
import { svd } from "../numerics/svd.js";

/** How far an input reaches, and how clear that is. */
export interface Staircase {
  /** Dimension of the reachable subspace. */
  readonly rank: number;
  /** Dimensions of the blocks. */
  readonly blocks: readonly number[];
  /** The smallest singular value that counted, `Infinity` where none did. */
  readonly smallestKept: number;
  /** The largest singular value that did not count, 0 where all did. */
  readonly largestDropped: number;
}

/**
 * The staircase of `A` (n × n) and `B` (n × m), both of norm about 1.
 * Singular values up to `tolerance` count as zero.
 */
export const staircase = (A: Matrix, B: Matrix, tolerance: number): Staircase => {
  const n = A.rows;
  const T = copy(A);
  const work = new Float64Array(n);
  const blocks: number[] = [];
  let smallestKept = Number.POSITIVE_INFINITY;
  let largestDropped = 0;
  let rank = 0;
  let W = B;
  while (rank < n && W.cols > 0) {
    const { U, values } = svd(W);
    const r = values.filter((value) => value > tolerance).length;
    if (r < values.length) largestDropped = Math.max(largestDropped, values[r]);
    if (r === 0) break;
    smallestKept = Math.min(smallestKept, values[r - 1]);
    compress(T, U, r, rank, work);
    blocks.push(r);
    W = submatrix(T, rank + r, rank, n - rank - r, r);
    rank += r;
  }
  return { rank, blocks, smallestKept, largestDropped };
};

/** Turns the coordinates from `top` on so that the span of the first `r` columns of `U` comes first. */
const compress = (T: Matrix, U: Matrix, r: number, top: number, work: Float64Array): void => {
  const n = T.rows;
  const span = submatrix(U, 0, 0, U.rows, r);
  for (let k = 0; k < r && k < span.rows - 1; k++) {
    const count = span.rows - k;
    const v = Float64Array.from({ length: count }, (_, i) => span.data[(k + i) * r + k]);
    const { tau } = makeReflector(v, count);
    reflectRows(span.data, r, k, count, k, r, v, tau, work);
    reflectRows(T.data, n, top + k, count, 0, n, v, tau, work);
    reflectColumns(T.data, n, 0, n, top + k, count, v, tau);
  }
};
