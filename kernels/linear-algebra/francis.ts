/**
 * The inner loops of the double-shift QR iteration: reflections of two or three neighboring rows or columns by
 * I − τ v vᵀ, v = (1, v1, v2). For two, v2 is 0 and the third row or column is left alone.
 */
import { fusedAdd } from "../vector";

export function reflectThreeRowsF64(p: usize, stride: usize, count: i32, tau: f64, v1: f64, v2: f64): void {
  let q = p + stride;
  let r = q + stride;
  const a = f64x2.splat(v1);
  const b = f64x2.splat(v2);
  const t0 = f64x2.splat(-tau);
  const t1 = f64x2.splat(-tau * v1);
  const t2 = f64x2.splat(-tau * v2);
  for (; count >= 2; count -= 2) {
    const x = v128.load(p);
    const y = v128.load(q);
    const z = v128.load(r);
    const sum = fusedAdd<f64>(b, z, fusedAdd<f64>(a, y, x));
    v128.store(p, fusedAdd<f64>(t0, sum, x));
    v128.store(q, fusedAdd<f64>(t1, sum, y));
    v128.store(r, fusedAdd<f64>(t2, sum, z));
    p += 16;
    q += 16;
    r += 16;
  }
  if (count > 0) {
    const sum = load<f64>(p) + v1 * load<f64>(q) + v2 * load<f64>(r);
    store<f64>(p, load<f64>(p) - tau * sum);
    store<f64>(q, load<f64>(q) - tau * v1 * sum);
    store<f64>(r, load<f64>(r) - tau * v2 * sum);
  }
}

export function reflectTwoRowsF64(p: usize, stride: usize, count: i32, tau: f64, v1: f64): void {
  let q = p + stride;
  for (; count > 0; count--) {
    const sum = tau * (load<f64>(p) + v1 * load<f64>(q));
    store<f64>(p, load<f64>(p) - sum);
    store<f64>(q, load<f64>(q) - v1 * sum);
    p += 8;
    q += 8;
  }
}

/** Columns, two rows at a time. */
export function reflectThreeColumnsF64(p: usize, stride: usize, count: i32, tau: f64, v1: f64, v2: f64): void {
  const t1 = tau * v1;
  const t2 = tau * v2;
  for (; count > 0; count--) {
    const x = load<f64>(p);
    const y = load<f64>(p, 8);
    const z = load<f64>(p, 16);
    const sum = x + v1 * y + v2 * z;
    store<f64>(p, x - tau * sum);
    store<f64>(p, y - t1 * sum, 8);
    store<f64>(p, z - t2 * sum, 16);
    p += stride;
  }
}

export function reflectTwoColumnsF64(p: usize, stride: usize, count: i32, tau: f64, v1: f64): void {
  for (; count > 0; count--) {
    const sum = tau * (load<f64>(p) + v1 * load<f64>(p, 8));
    store<f64>(p, load<f64>(p) - sum);
    store<f64>(p, load<f64>(p, 8) - v1 * sum, 8);
    p += stride;
  }
}
