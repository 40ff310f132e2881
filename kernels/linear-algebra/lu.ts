/**
 * LU factorization with partial pivoting, in place, `P A = L U`, and the triangular systems that go with it.
 *
 * The columns are halved recursively: left half, triangular system, product, right half. Nearly all work is then done by
 * products (Toledo, SIAM J. Matrix Anal. Appl. 18, 1997). Rows are exchanged over their whole length at once.
 */
import { multiplyAddF64 } from "./product";
import { addRowF64 } from "./rows";

/** Columns, or rows of a triangle, that are no longer halved. */
const LEAF: i32 = 16;

export function exchangeRowsF64(p: usize, q: usize, count: i32): void {
  for (; count >= 2; count -= 2) {
    const kept = v128.load(p);
    v128.store(p, v128.load(q));
    v128.store(q, kept);
    p += 16;
    q += 16;
  }
  if (count > 0) {
    const kept = load<f64>(p);
    store<f64>(p, load<f64>(q));
    store<f64>(q, kept);
  }
}

/** The row from `from` on with the largest entry in the column at `a`. */
export function pivotRowF64(a: usize, stride: usize, from: i32, to: i32): i32 {
  let best = from;
  let largest = abs(load<f64>(a + <usize>from * stride));
  for (let i = from + 1; i < to; i++) {
    const size = abs(load<f64>(a + <usize>i * stride));
    if (size > largest) {
      largest = size;
      best = i;
    }
  }
  return best;
}

/** Divides the column below a pivot by it and takes the multiples of the pivot's row from `count` columns beside it. */
export function eliminateF64(a: usize, stride: usize, rows: i32, count: i32): void {
  const pivot = load<f64>(a);
  let row = a + stride;
  for (let i = 0; i < rows; i++) {
    const factor = load<f64>(row) / pivot;
    store<f64>(row, factor);
    const minus = f64x2.splat(-factor);
    let p = row + 8;
    let q = a + 8;
    let j = count;
    for (; j >= 2; j -= 2) {
      v128.store(p, f64x2.add(v128.load(p), f64x2.mul(v128.load(q), minus)));
      p += 16;
      q += 16;
    }
    if (j > 0) store<f64>(p, load<f64>(p) - factor * load<f64>(q));
    row += stride;
  }
}

/** Factors columns `left … left + width`; returns the number of exchanges. */
function factor(a: usize, n: i32, stride: usize, left: i32, width: i32, pivots: usize, work: usize): i32 {
  if (width > LEAF) {
    const half = (width / 2 + 3) & ~3;
    const rest = width - half;
    const middle = left + half;
    let exchanges = factor(a, n, stride, left, half, pivots, work);
    const above = a + <usize>left * stride + (<usize>middle << 3);
    const below = a + <usize>middle * stride + (<usize>middle << 3);
    const beside = a + <usize>middle * stride + (<usize>left << 3);
    solveLowerF64(a + <usize>left * stride + (<usize>left << 3), half, stride, above, rest, stride, work);
    multiplyAddF64(n - middle, rest, half, -1, beside, stride, 8, above, stride, 8, below, stride, work);
    exchanges += factor(a, n, stride, middle, rest, pivots, work);
    return exchanges;
  }
  let exchanges = 0;
  for (let k = left; k < left + width; k++) {
    const best = pivotRowF64(a + (<usize>k << 3), stride, k, n);
    if (best != k) {
      exchangeRowsF64(a + <usize>k * stride, a + <usize>best * stride, n);
      const p = pivots + (<usize>k << 2);
      const q = pivots + (<usize>best << 2);
      const kept = load<i32>(p);
      store<i32>(p, load<i32>(q));
      store<i32>(q, kept);
      exchanges++;
    }
    const corner = a + <usize>k * stride + (<usize>k << 3);
    if (load<f64>(corner) != 0) eliminateF64(corner, stride, n - k - 1, left + width - k - 1);
  }
  return exchanges;
}

/** Factors an n x n matrix; `pivots` holds the numbers of the rows on entry and their order on return. */
export function luFactorF64(a: usize, n: i32, stride: usize, pivots: usize, work: usize): i32 {
  return factor(a, n, stride, 0, n, pivots, work);
}

/** B ← L⁻¹ B with the unit lower triangle at `l`, n x n, and B of size n x m. */
export function solveLowerF64(l: usize, n: i32, stride: usize, b: usize, m: i32, bStride: usize, work: usize): void {
  if (n > LEAF) {
    const half = (n / 2 + 3) & ~3;
    const rest = b + <usize>half * bStride;
    const row = l + <usize>half * stride;
    solveLowerF64(l, half, stride, b, m, bStride, work);
    multiplyAddF64(n - half, m, half, -1, row, stride, 8, b, bStride, 8, rest, bStride, work);
    solveLowerF64(row + (<usize>half << 3), n - half, stride, rest, m, bStride, work);
    return;
  }
  for (let i = 1; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const factor = load<f64>(l + <usize>i * stride + (<usize>k << 3));
      if (factor != 0) addRowF64(b + <usize>i * bStride, b + <usize>k * bStride, -factor, m);
    }
  }
}

/** B ← U⁻¹ B with the upper triangle at `u`, n x n, and B of size n x m. */
export function solveUpperF64(u: usize, n: i32, stride: usize, b: usize, m: i32, bStride: usize, work: usize): void {
  if (n > LEAF) {
    const half = (n / 2 + 3) & ~3;
    const rest = b + <usize>half * bStride;
    const column = u + (<usize>half << 3);
    solveUpperF64(column + <usize>half * stride, n - half, stride, rest, m, bStride, work);
    multiplyAddF64(half, m, n - half, -1, column, stride, 8, rest, bStride, 8, b, bStride, work);
    solveUpperF64(u, half, stride, b, m, bStride, work);
    return;
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = b + <usize>i * bStride;
    for (let k = i + 1; k < n; k++) {
      const factor = load<f64>(u + <usize>i * stride + (<usize>k << 3));
      if (factor != 0) addRowF64(row, b + <usize>k * bStride, -factor, m);
    }
    const pivot = load<f64>(u + <usize>i * stride + (<usize>i << 3));
    for (let j = 0; j < m; j++) store<f64>(row + (<usize>j << 3), load<f64>(row + (<usize>j << 3)) / pivot);
  }
}
