/**
 * Reduction to bidiagonal form `A = U B Vᵀ` in the kernels, and the rotations of its orthogonal factors.
 *
 * A reflection from the left and one from the right change the matrix by `A ← A − v yᵀ − x uᵀ`. The change is carried out in
 * the pass over the rows that also forms `y` of the next step; a second pass, which only reads, forms `x`.
 */
import type { Follower } from "../bidiagonal-qr.js";
import { makeReflector } from "../householder.js";
import type { Matrix } from "../matrix.js";
import type { KernelBuild } from "./instance.js";
import { fitsWorkspace, type Region, type Workspace, workspace } from "./workspace.js";

/** A bidiagonal matrix, and the transposed factors in the kernels' memory: valid until the next call of any kernel. */
export interface BidiagonalInMemory {
  /** The diagonal. */
  readonly d: Float64Array;
  /** The superdiagonal. */
  readonly e: Float64Array;
  /** Row `k` is column `k` of `U`; empty unless asked for. */
  readonly leftRows: Float64Array;
  readonly rightRows: Float64Array;
  readonly left: Follower;
  readonly right: Follower;
}

/** Whether to leave the reduction of an m x n matrix to the kernel. */
export const bidiagonalPays = (m: number, n: number): boolean =>
  Math.min(m, n) >= 64 && fitsWorkspace(4 * m * n + 3 * n * n + 8 * (m + n));

/** Reduces a matrix with at least as many rows as columns. */
export const denseBidiagonal = (
  { rows: m, cols: n, data }: Matrix,
  wantVectors: boolean,
  build?: KernelBuild,
): BidiagonalInMemory => {
  const tall = wantVectors ? m * n : 0;
  const square = wantVectors ? n * n : 0;
  const lengths = [m * n, tall, tall, tall, square, square, square, m, m, m, n, n, n, n, m, 2 * n, 2 * n];
  const space = workspace(lengths, build);
  const [a, keptLeft, U, leftRows, keptRight, V, rightRows, x] = space.regions;
  let [, , , , , , , , v, next, u, y, sum] = space.regions;
  const [, , , , , , , , , , , , , newU, unused, leftTurns, rightTurns] = space.regions;
  const A = a.numbers;
  A.set(data);
  for (const { numbers } of [x, v, u, y, newU]) numbers.fill(0);
  const d = new Float64Array(n);
  const e = new Float64Array(Math.max(0, n - 1));
  const taus = { left: new Float64Array(n), right: new Float64Array(n) };
  const pass = space.kernel("pass");
  const products = space.kernel("rowProducts");
  let right = newU;
  for (let k = 0; k < n; k++) {
    for (let i = k; i < m; i++) A[i * n + k] -= v.numbers[i] * y.numbers[k] + x.numbers[i] * u.numbers[k];
    next.numbers.fill(0, 0, k);
    const column = next.numbers.subarray(k, m);
    for (let i = k; i < m; i++) column[i - k] = A[i * n + k];
    const { tau, beta } = makeReflector(column, m - k);
    d[k] = beta;
    taus.left[k] = tau;
    if (wantVectors) keptLeft.numbers.set(next.numbers, k * m);
    if (k === n - 1) break;
    const corner = a.address + 8 * (k * n + k + 1);
    const [atRow, atColumn] = [8 * k, 8 * (k + 1)];
    sum.numbers.fill(0);
    const [c, f] = [v.address + atRow, next.address + atRow];
    const [X, Y, target] = [y.address + atColumn, u.address + atColumn, sum.address + atColumn];
    const count = n - k - 1;
    pass(corner, 8 * n, m - k, count, 0, c, X, x.address + atRow, Y, u.address + atColumn, unused.address, f, target);
    for (let j = k + 1; j < n; j++) sum.numbers[j] *= tau;
    right.numbers.fill(0, 0, k + 1);
    const row = right.numbers.subarray(k + 1, n);
    for (let j = 0; j < count; j++) row[j] = A[k * n + k + 1 + j] - sum.numbers[k + 1 + j];
    const reflector = makeReflector(row, count);
    e[k] = reflector.beta;
    taus.right[k] = reflector.tau;
    if (wantVectors) keptRight.numbers.set(right.numbers, k * n);
    products(corner, 8 * n, m - k, count, right.address + atColumn, x.address + atRow);
    let dot = 0;
    for (let j = k + 1; j < n; j++) dot += sum.numbers[j] * right.numbers[j];
    for (let i = k; i < m; i++) x.numbers[i] = reflector.tau * (x.numbers[i] - next.numbers[i] * dot);
    [v, next, y, sum, u, right] = [next, v, sum, y, right, u];
  }
  if (wantVectors) {
    accumulate(space, U, leftRows, keptLeft, taus.left, m, n, 0);
    accumulate(space, V, rightRows, keptRight, taus.right, n, n, 1);
  }
  const follow = (rows: Region, length: number, turns: Region): Follower => {
    const rotate = space.kernel("rotateNeighbors");
    return {
      turns: turns.numbers,
      apply: (first, step, count) => {
        if (wantVectors) rotate(rows.address, 8 * length, length, first, step, count, turns.address);
      },
    };
  };
  return {
    d,
    e,
    leftRows: leftRows.numbers,
    rightRows: rightRows.numbers,
    left: follow(leftRows, m, leftTurns),
    right: follow(rightRows, n, rightTurns),
  };
};

/** The product of the kept reflectors, the k-th of which starts in row `k + offset`, and its transpose. */
const accumulate = (
  { kernel, regions }: Workspace,
  product: Region,
  transposed: Region,
  kept: Region,
  taus: Float64Array,
  m: number,
  n: number,
  offset: number,
): void => {
  const work = regions[12];
  const reflect = kernel("reflectRows");
  product.numbers.fill(0);
  for (let i = 0; i < n; i++) product.numbers[i * n + i] = 1;
  for (let k = n - 1 - offset; k >= 0; k--) {
    const first = k + offset;
    const corner = product.address + 8 * (first * n + first);
    reflect(corner, 8 * n, m - first, n - first, kept.address + 8 * (k * m + first), taus[k], work.address);
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) transposed.numbers[j * m + i] = product.numbers[i * n + j];
};
