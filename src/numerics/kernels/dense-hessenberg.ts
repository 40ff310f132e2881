/**
 * Hessenberg reduction in the kernels, and the reflections of the QR iteration that follows it on the same memory.
 *
 * With `w = H v`, `z = Hᵀ v` and `s = vᵀ w`, a two-sided reflection is `H ← H − v (τ z − τ² s v)ᵀ − τ w vᵀ`. It is carried
 * out in the pass over the rows that also forms `w` and `z` of the next step; only the next column is needed before.
 */
import { makeReflector } from "../householder.js";
import type { Matrix } from "../matrix.js";
import type { KernelBuild } from "./instance.js";
import { fitsWorkspace, type Region, workspace } from "./workspace.js";

/** Reflections `I − τ v vᵀ`, `v = (1, v1, v2)`, of `count` (two or three) neighboring rows or columns from `k` on. */
export interface Reflections {
  readonly rows: (k: number, count: number, from: number, to: number, tau: number, v1: number, v2: number) => void;
  readonly columns: (k: number, count: number, from: number, to: number, tau: number, v1: number, v2: number) => void;
  /** All rows of those columns of the orthogonal factor. */
  readonly basis: (k: number, count: number, tau: number, v1: number, v2: number) => void;
}

/** A Hessenberg matrix in the kernels' memory, valid until the next call of any kernel. */
export interface HessenbergInMemory {
  readonly H: Float64Array;
  /** The orthogonal factor; empty unless asked for. */
  readonly Q: Float64Array;
  readonly reflections: Reflections;
}

/** Whether to leave the reduction of an n x n matrix to the kernel. */
export const hessenbergPays = (n: number): boolean => n >= 24 && fitsWorkspace(3 * n * n + 6 * n);

/** Reduces `A`, upper triangular already outside `low … high`, to Hessenberg form. */
export const denseHessenberg = (
  { rows: n, data }: Matrix,
  wantQ: boolean,
  low: number,
  high: number,
  build?: KernelBuild,
): HessenbergInMemory => {
  const square = wantQ ? n * n : 0;
  const { kernel, regions } = workspace([n * n, square, square, n, n, n, n, n], build);
  const [h, q, kept, w] = regions;
  let [, , , , v, next, z, sum] = regions;
  const H = h.numbers;
  const taus = new Float64Array(n);
  H.set(data);
  for (const { numbers } of [w, v, z]) numbers.fill(0);
  const pass = kernel("pass");
  const update = (left: number): void => {
    sum.numbers.fill(0);
    const at = 8 * left;
    const [x, y, u, target] = [z, v, next, sum].map(({ address }) => address + at);
    const [c, d, f] = [v.address, w.address, next.address];
    pass(h.address + at, 8 * n, high + 1, n - left, 0, c, x, d, y, u, w.address, f, target);
  };
  for (let k = low; k < high - 1; k++) {
    finishColumn(H, n, k, high, v.numbers, w.numbers, z.numbers);
    next.numbers.fill(0);
    const x = next.numbers.subarray(k + 1, high + 1);
    for (let i = 0; i < x.length; i++) x[i] = H[(k + 1 + i) * n + k];
    const { tau, beta } = makeReflector(x, x.length);
    H[(k + 1) * n + k] = beta;
    for (let i = k + 2; i <= high; i++) H[i * n + k] = 0;
    update(k + 1);
    let s = 0;
    for (let i = k + 1; i <= high; i++) s += next.numbers[i] * w.numbers[i];
    for (let j = k + 1; j < n; j++) sum.numbers[j] = tau * (sum.numbers[j] - tau * s * next.numbers[j]);
    for (let i = 0; i <= high; i++) w.numbers[i] *= tau;
    if (wantQ) kept.numbers.set(next.numbers, k * n);
    taus[k] = tau;
    [v, next, z, sum] = [next, v, sum, z];
  }
  if (high - 1 > low) {
    next.numbers.fill(0);
    update(high - 1);
  }
  if (wantQ) {
    q.numbers.fill(0);
    for (let i = 0; i < n; i++) q.numbers[i * n + i] = 1;
    const reflect = kernel("reflectRows");
    for (let k = high - 2; k >= low; k--) {
      const corner = 8 * ((k + 1) * n + k + 1);
      const vector = kept.address + 8 * (k * n + k + 1);
      reflect(q.address + corner, 8 * n, high - k, high - k, vector, taus[k], w.address);
    }
  }
  return { H, Q: q.numbers, reflections: reflectionsOf(kernel, n, h, q) };
};

/** Carries out on column `k` what the pass has yet to do. */
const finishColumn = (
  H: Float64Array,
  n: number,
  k: number,
  high: number,
  v: Float64Array,
  w: Float64Array,
  z: Float64Array,
): void => {
  for (let i = 0; i <= high; i++) H[i * n + k] -= v[i] * z[k] + w[i] * v[k];
};

const reflectionsOf = (
  kernel: (name: string) => (...arguments_: number[]) => number,
  n: number,
  h: Region,
  q: Region,
): Reflections => {
  const stride = 8 * n;
  const threeRows = kernel("reflectThreeRows");
  const twoRows = kernel("reflectTwoRows");
  const threeColumns = kernel("reflectThreeColumns");
  const twoColumns = kernel("reflectTwoColumns");
  const columns = (address: number, count: number, rows: number, tau: number, v1: number, v2: number): void => {
    if (count === 3) threeColumns(address, stride, rows, tau, v1, v2);
    else twoColumns(address, stride, rows, tau, v1);
  };
  return {
    rows: (k, count, from, to, tau, v1, v2) => {
      const address = h.address + k * stride + 8 * from;
      if (count === 3) threeRows(address, stride, to - from, tau, v1, v2);
      else twoRows(address, stride, to - from, tau, v1);
    },
    columns: (k, count, from, to, tau, v1, v2) =>
      columns(h.address + from * stride + 8 * k, count, to - from, tau, v1, v2),
    basis: (k, count, tau, v1, v2) => {
      if (q.numbers.length > 0) columns(q.address + 8 * k, count, n, tau, v1, v2);
    },
  };
};
