/**
 * The implicit double-shift QR iteration (Francis), which takes an upper Hessenberg matrix to real Schur form by orthogonal
 * similarities. Each sweep chases a bulge of one 3 x 3 reflector down an unreduced block; a subdiagonal entry that has become
 * negligible splits the block. Every tenth sweep without progress uses exceptional shifts, which breaks the cycles that some
 * matrices (cyclic permutations among them) would otherwise stay in; the total number of sweeps is bounded.
 *
 * Francis, Comput. J. 4 (1962) 332; Golub & Van Loan, Matrix Computations, 4th ed., §7.5; Ahues & Tisseur, LAPACK Working
 * Note 122 (1997) (the deflation criterion).
 */
import { InternalError } from "../error.js";
import { makeReflector } from "./householder.js";
import type { Reflections } from "./kernels/dense-hessenberg.js";
import { type Complex, type Matrix, maxAbs } from "./matrix.js";
import { standardizeBlock, standardizeInPlace } from "./schur-block.js";

const EPSILON = 2 ** -52;
const SWEEPS_PER_EIGENVALUE = 30;
const EXCEPTIONAL_EVERY = 10;
/** Sweeps without progress after which an entry is negligible if it is so beside the whole matrix, not only its neighbors. */
const PATIENCE = 20;

/**
 * Reduces the Hessenberg matrix `H` in place and returns its eigenvalues in the order of its diagonal. With `Q`, all of `H`
 * becomes the Schur form and `Q` is multiplied by the transformations; without, only the eigenvalues mean anything. The
 * `reflections` act on `H` and `Q`; default: plain loops.
 */
export const francis = (
  H: Matrix,
  Q: Matrix | undefined,
  low = 0,
  high = H.rows - 1,
  reflections: Reflections = plainReflections(H, Q),
): Complex[] => {
  const n = H.rows;
  const h = H.data;
  const values: Complex[] = Array.from({ length: n }, (_, i): Complex => [h[i * n + i], 0]);
  const budget = SWEEPS_PER_EIGENVALUE * Math.max(10, high - low + 1);
  const size = maxAbs(h);
  let spent = 0;
  let bottom = high;
  let stalled = 0;
  while (bottom >= low) {
    const top = blockTop(H, low, bottom, stalled < PATIENCE ? 0 : EPSILON * size);
    if (top > low) h[top * n + top - 1] = 0;
    if (bottom - top >= 2) {
      if (spent++ >= budget) {
        throw new InternalError(
          `schur: the QR iteration left rows ${top} to ${bottom} unreduced after ${budget} sweeps; rescale or perturb the matrix`,
        );
      }
      stalled++;
      sweep(H, Q !== undefined, top, bottom, shifts(H, top, bottom, stalled), reflections);
      continue;
    }
    if (bottom === top) {
      values[top] = [h[top * n + top], 0];
    } else {
      const k = top * n + top;
      const { p, q, r, t } = standardizeBlock(h[k], h[k + 1], h[k + n], h[k + n + 1]);
      const imaginary = r === 0 ? 0 : Math.sqrt(Math.abs(q)) * Math.sqrt(Math.abs(r));
      values[top] = [p, imaginary];
      values[bottom] = [t, imaginary === 0 ? 0 : -imaginary];
      if (Q !== undefined) standardizeInPlace(H, Q, top);
    }
    bottom = top - 1;
    stalled = 0;
  }
  return values;
};

/** The first row of the unreduced block that ends at `bottom`; subdiagonal entries up to `floor` count as zero. */
const blockTop = (H: Matrix, low: number, bottom: number, floor: number): number => {
  const n = H.rows;
  const h = H.data;
  const negligible = Math.max(2 ** -1022 * (n / EPSILON), floor);
  for (let k = bottom; k > low; k--) {
    const d = k * n + k;
    const sub = Math.abs(h[d - 1]);
    if (sub <= negligible) return k;
    let size = Math.abs(h[d - n - 1]) + Math.abs(h[d]);
    if (size === 0) {
      if (k - 2 >= low) size += Math.abs(h[d - n - 2]);
      if (k + 1 <= bottom) size += Math.abs(h[d + n]);
    }
    if (sub > EPSILON * size) continue;
    // Small beside the diagonal; deflate only if dropping it also moves the eigenvalues of the 2 x 2 block by no more.
    const across = Math.abs(h[d - n]);
    const gap = Math.abs(h[d - n - 1] - h[d]);
    const large = Math.max(sub, across);
    const diagonal = Math.max(Math.abs(h[d]), gap);
    const small = Math.min(Math.abs(h[d]), gap);
    const sum = large + diagonal;
    if (Math.min(sub, across) * (large / sum) <= Math.max(negligible, EPSILON * (small * (diagonal / sum)))) return k;
  }
  return low;
};

/** A pair of shifts `re₁ ± i im`, or two equal real ones. */
interface Shifts {
  readonly re: number;
  readonly im: number;
}

const shifts = (H: Matrix, top: number, bottom: number, stalled: number): Shifts => {
  const n = H.rows;
  const h = H.data;
  let [a, b, c, d] = [0, 0, 0, 0];
  if (stalled % EXCEPTIONAL_EVERY === 0) {
    const fromBottom = stalled % (2 * EXCEPTIONAL_EVERY) === 0;
    const i = fromBottom ? bottom : top;
    const size = fromBottom
      ? Math.abs(h[i * n + i - 1]) + Math.abs(h[(i - 1) * n + i - 2])
      : Math.abs(h[(i + 1) * n + i]) + Math.abs(h[(i + 2) * n + i + 1]);
    a = 0.75 * size + h[i * n + i];
    [b, c, d] = [-0.4375 * size, size, a];
  } else {
    const k = bottom * n + bottom;
    [a, b, c, d] = [h[k - n - 1], h[k - n], h[k - 1], h[k]];
  }
  const size = Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d);
  if (size === 0) return { re: 0, im: 0 };
  const mean = (a / size + d / size) / 2;
  const determinant = (a / size - mean) * (d / size - mean) - (b / size) * (c / size);
  const root = Math.sqrt(Math.abs(determinant));
  if (determinant >= 0) return { re: mean * size, im: root * size };
  const [plus, minus] = [mean + root, mean - root];
  return { re: size * (Math.abs(plus - d / size) <= Math.abs(minus - d / size) ? plus : minus), im: 0 };
};

/** One double-shift sweep over the unreduced rows `top … bottom`. */
const sweep = (
  H: Matrix,
  whole: boolean,
  top: number,
  bottom: number,
  { re, im }: Shifts,
  { rows, columns, basis }: Reflections,
): void => {
  const n = H.rows;
  const h = H.data;
  const first = whole ? 0 : top;
  const last = whole ? n : bottom + 1;
  const v = new Float64Array(3);
  const start = bulgeStart(h, n, top, bottom, re, im, v);
  for (let k = start; k < bottom; k++) {
    const count = Math.min(3, bottom - k + 1);
    if (k > start) for (let i = 0; i < count; i++) v[i] = h[(k + i) * n + k - 1];
    const { tau, beta } = makeReflector(v, count);
    if (k > start) {
      h[k * n + k - 1] = beta;
      h[(k + 1) * n + k - 1] = 0;
      if (count === 3) h[(k + 2) * n + k - 1] = 0;
    } else if (k > top) {
      h[k * n + k - 1] *= 1 - tau;
    }
    if (tau === 0) continue;
    const v1 = v[1];
    const v2 = count === 3 ? v[2] : 0;
    rows(k, count, k, last, tau, v1, v2);
    columns(k, count, first, Math.min(k + 3, bottom) + 1, tau, v1, v2);
    basis(k, count, tau, v1, v2);
  }
};

const plainReflections = (H: Matrix, Q: Matrix | undefined): Reflections => {
  const n = H.rows;
  const columns = (
    x: Float64Array,
    k: number,
    count: number,
    from: number,
    to: number,
    t: number,
    u: number,
    v: number,
  ) => {
    if (count === 3) reflectThreeColumns(x, n, k, from, to, t, u, v);
    else reflectTwo(x, k, k + 1, n, from, to, t, u);
  };
  return {
    rows: (k, count, from, to, tau, v1, v2) => {
      if (count === 3) reflectThreeRows(H.data, n, k, from, to, tau, v1, v2);
      else reflectTwo(H.data, k * n, (k + 1) * n, 1, from, to, tau, v1);
    },
    columns: (k, count, from, to, tau, v1, v2) => columns(H.data, k, count, from, to, tau, v1, v2),
    basis: (k, count, tau, v1, v2) => {
      if (Q !== undefined) columns(Q.data, k, count, 0, n, tau, v1, v2);
    },
  };
};

/** Finds where the bulge can start (two small subdiagonals in a row allow a late start) and puts its first column into `v`. */
const bulgeStart = (
  h: Float64Array,
  n: number,
  top: number,
  bottom: number,
  re: number,
  im: number,
  v: Float64Array,
): number => {
  for (let m = bottom - 2; ; m--) {
    const d = m * n + m;
    const a = h[d] - re;
    const size = Math.abs(a) + Math.abs(im) + Math.abs(h[d + n]);
    const sub = h[d + n] / size;
    v[0] = sub * h[d + 1] + a * (a / size) + im * (im / size);
    v[1] = sub * (h[d] + h[d + n + 1] - 2 * re);
    v[2] = sub * h[d + 2 * n + 1];
    const sum = Math.abs(v[0]) + Math.abs(v[1]) + Math.abs(v[2]);
    if (sum > 0) for (let i = 0; i < 3; i++) v[i] /= sum;
    if (m === top) return m;
    const neighbors = Math.abs(h[d - n - 1]) + Math.abs(h[d]) + Math.abs(h[d + n + 1]);
    if (Math.abs(h[d - 1]) * (Math.abs(v[1]) + Math.abs(v[2])) <= EPSILON * Math.abs(v[0]) * neighbors) return m;
  }
};

const reflectThreeRows = (
  x: Float64Array,
  n: number,
  k: number,
  from: number,
  to: number,
  tau: number,
  v1: number,
  v2: number,
): void => {
  const t1 = tau * v1;
  const t2 = tau * v2;
  for (let p = k * n + from, q = p + n, r = q + n, end = k * n + to; p < end; p++, q++, r++) {
    const sum = x[p] + v1 * x[q] + v2 * x[r];
    x[p] -= tau * sum;
    x[q] -= t1 * sum;
    x[r] -= t2 * sum;
  }
};

const reflectThreeColumns = (
  x: Float64Array,
  n: number,
  k: number,
  from: number,
  to: number,
  tau: number,
  v1: number,
  v2: number,
): void => {
  const t1 = tau * v1;
  const t2 = tau * v2;
  for (let p = from * n + k, end = to * n + k; p < end; p += n) {
    const sum = x[p] + v1 * x[p + 1] + v2 * x[p + 2];
    x[p] -= tau * sum;
    x[p + 1] -= t1 * sum;
    x[p + 2] -= t2 * sum;
  }
};

const reflectTwo = (
  x: Float64Array,
  p: number,
  q: number,
  stride: number,
  from: number,
  to: number,
  tau: number,
  v1: number,
): void => {
  for (let k = from * stride; k < to * stride; k += stride) {
    const sum = tau * (x[p + k] + v1 * x[q + k]);
    x[p + k] -= sum;
    x[q + k] -= v1 * sum;
  }
};
