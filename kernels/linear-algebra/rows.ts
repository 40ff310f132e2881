/**
 * Operations on rows of doubles: sums, rotations, reflections, and the pass that two-sided reductions make over a matrix.
 *
 * A reduction changes the whole matrix at each step by A ← A − c xᵀ − d yᵀ and then needs products of the new matrix with a
 * vector from both sides. Both are done in one pass over the rows, since the matrix seldom fits the nearest cache (Howell et
 * al., ACM Trans. Math. Softw. 34, 2008).
 */
import { fusedAdd } from "../vector";

/** y += factor x. */
export function addRowF64(y: usize, x: usize, factor: f64, count: i32): void {
  const f = f64x2.splat(factor);
  for (; count >= 4; count -= 4) {
    v128.store(y, fusedAdd<f64>(v128.load(x), f, v128.load(y)));
    v128.store(y, fusedAdd<f64>(v128.load(x, 16), f, v128.load(y, 16)), 16);
    x += 32;
    y += 32;
  }
  for (; count > 0; count--) {
    store<f64>(y, load<f64>(y) + factor * load<f64>(x));
    x += 8;
    y += 8;
  }
}

/** The sum of the products of the entries. */
export function dotF64(x: usize, y: usize, count: i32): f64 {
  let s = f64x2.splat(0);
  let t = s;
  for (; count >= 4; count -= 4) {
    s = fusedAdd<f64>(v128.load(x), v128.load(y), s);
    t = fusedAdd<f64>(v128.load(x, 16), v128.load(y, 16), t);
    x += 32;
    y += 32;
  }
  s = f64x2.add(s, t);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; count > 0; count--) {
    sum += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return sum;
}

/** row ← row − c x − d y, then sum += f row; returns row · v. */
export function passRowF64(row: usize, count: i32, c: f64, x: usize, d: f64, y: usize, v: usize, f: f64, sum: usize): f64 {
  const minusC = f64x2.splat(-c);
  const minusD = f64x2.splat(-d);
  const factor = f64x2.splat(f);
  let s = f64x2.splat(0);
  let t = s;
  for (; count >= 4; count -= 4) {
    let p = fusedAdd<f64>(v128.load(x), minusC, v128.load(row));
    let q = fusedAdd<f64>(v128.load(x, 16), minusC, v128.load(row, 16));
    p = fusedAdd<f64>(v128.load(y), minusD, p);
    q = fusedAdd<f64>(v128.load(y, 16), minusD, q);
    v128.store(row, p);
    v128.store(row, q, 16);
    s = fusedAdd<f64>(p, v128.load(v), s);
    t = fusedAdd<f64>(q, v128.load(v, 16), t);
    v128.store(sum, fusedAdd<f64>(p, factor, v128.load(sum)));
    v128.store(sum, fusedAdd<f64>(q, factor, v128.load(sum, 16)), 16);
    row += 32;
    x += 32;
    y += 32;
    v += 32;
    sum += 32;
  }
  s = f64x2.add(s, t);
  let total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; count > 0; count--) {
    const p = load<f64>(row) - c * load<f64>(x) - d * load<f64>(y);
    store<f64>(row, p);
    total += p * load<f64>(v);
    store<f64>(sum, load<f64>(sum) + f * p);
    row += 8;
    x += 8;
    y += 8;
    v += 8;
    sum += 8;
  }
  return total;
}

/**
 * The pass over a matrix: row i ← row i − c[i] x − d[i] y, product[i] ← row i · v, sum += f[i] row i. In the triangular
 * form, row i has only its first i + 1 entries, and its last one does not enter `sum`.
 */
export function passF64(
  a: usize, stride: usize, rows: i32, columns: i32, triangular: i32,
  c: usize, x: usize, d: usize, y: usize, v: usize, product: usize, f: usize, sum: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const at = <usize>i << 3;
    const weight = load<f64>(f + at);
    const count = triangular ? i + 1 : columns;
    const total = passRowF64(a, count, load<f64>(c + at), x, load<f64>(d + at), y, v, weight, sum);
    if (triangular) store<f64>(sum + at, load<f64>(sum + at) - weight * load<f64>(a + at));
    store<f64>(product + at, total);
    a += stride;
  }
}

/** A ← (I − τ v vᵀ) A for `rows` rows of `columns` entries; `work` holds a row. */
export function reflectRowsF64(a: usize, stride: usize, rows: i32, columns: i32, v: usize, tau: f64, work: usize): void {
  memory.fill(work, 0, <usize>columns << 3);
  for (let i = 0; i < rows; i++) addRowF64(work, a + <usize>i * stride, load<f64>(v + (<usize>i << 3)), columns);
  for (let i = 0; i < rows; i++) addRowF64(a + <usize>i * stride, work, -tau * load<f64>(v + (<usize>i << 3)), columns);
}

/** (p, q) ← (c p + s q, c q − s p). */
export function rotateF64(p: usize, q: usize, count: i32, cosine: f64, sine: f64): void {
  const c = f64x2.splat(cosine);
  const s = f64x2.splat(sine);
  for (; count >= 2; count -= 2) {
    const x = v128.load(p);
    const y = v128.load(q);
    v128.store(p, f64x2.add(f64x2.mul(c, x), f64x2.mul(s, y)));
    v128.store(q, f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x)));
    p += 16;
    q += 16;
  }
  if (count > 0) {
    const x = load<f64>(p);
    const y = load<f64>(q);
    store<f64>(p, cosine * x + sine * y);
    store<f64>(q, cosine * y - sine * x);
  }
}

/**
 * Rotations of neighboring rows, one after another: the k-th turns rows `first + k step` and the next one, by the cosine and
 * sine at `turns`.
 */
export function rotateNeighborsF64(a: usize, stride: usize, columns: i32, first: i32, step: i32, count: i32, turns: usize): void {
  let row = first;
  for (let k = 0; k < count; k++) {
    const p = a + <usize>row * stride;
    rotateF64(p, p + stride, columns, load<f64>(turns), load<f64>(turns + 8));
    turns += 16;
    row += step;
  }
}

/** product[i] ← row i · v. */
export function rowProductsF64(a: usize, stride: usize, rows: i32, columns: i32, v: usize, product: usize): void {
  for (let i = 0; i < rows; i++) store<f64>(product + (<usize>i << 3), dotF64(a + <usize>i * stride, v, columns));
}
