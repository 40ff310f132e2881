/**
 * The exponential function in pieces: x = n ln 2 + r with |r| <= ln 2 / 2, exp(x) = 2^n (1 + expm1(r)).
 *
 * n is rounded by adding 1.5 2^52 (1.5 2^23 in single precision), after which it also stands in the low bits of the
 * sum `t`, ready to become an exponent. ln 2 is split so that n times its high part is exact (Cody and Waite, 1980).
 * The polynomial of f64 is evaluated by Estrin's scheme: short chains matter more than few operations.
 */
import { EXPM1, EXPM1_SINGLE } from "./coefficients";
import { entry, fusedAdd } from "./vector";

const DOUBLE = memory.data<f64>([1.4426950408889634, 6755399441055744, 0.6931471803691238, 1.9082149292705877e-10, 1]);
const SINGLE = memory.data<f32>([1.442695, 12582912, 0.693359375, -0.00021219444, 1]);

/** t = x log2 e + 1.5 2^52, whose low bits are n. */
@inline
export function rounded64(x: v128): v128 {
  return fusedAdd<f64>(x, entry<f64>(DOUBLE, 0), entry<f64>(DOUBLE, 1));
}

/** n as a number. */
@inline
export function count64(t: v128): v128 {
  return f64x2.sub(t, entry<f64>(DOUBLE, 1));
}

/** The t of a whole number n. */
@inline
export function counted64(n: v128): v128 {
  return f64x2.add(n, entry<f64>(DOUBLE, 1));
}

/** r = x - n ln 2. */
@inline
export function remainder64(x: v128, n: v128): v128 {
  return f64x2.sub(f64x2.sub(x, f64x2.mul(n, entry<f64>(DOUBLE, 2))), f64x2.mul(n, entry<f64>(DOUBLE, 3)));
}

/** 2^n for n from -1022 to 1023. */
@inline
export function power64(t: v128): v128 {
  return i64x2.add(i64x2.shl(t, 52), entry<f64>(DOUBLE, 4));
}

/** expm1(r). */
@inline
export function small64(r: v128): v128 {
  const z = f64x2.mul(r, r);
  const w = f64x2.mul(z, z);
  const c89 = fusedAdd<f64>(entry<f64>(EXPM1, 9), r, entry<f64>(EXPM1, 8));
  const c67 = fusedAdd<f64>(entry<f64>(EXPM1, 7), r, entry<f64>(EXPM1, 6));
  const c45 = fusedAdd<f64>(entry<f64>(EXPM1, 5), r, entry<f64>(EXPM1, 4));
  const c23 = fusedAdd<f64>(entry<f64>(EXPM1, 3), r, entry<f64>(EXPM1, 2));
  const c01 = fusedAdd<f64>(entry<f64>(EXPM1, 1), r, entry<f64>(EXPM1, 0));
  const p = fusedAdd<f64>(fusedAdd<f64>(c89, w, fusedAdd<f64>(c67, z, c45)), w, fusedAdd<f64>(c23, z, c01));
  return fusedAdd<f64>(z, p, r);
}

/** expm1(x) for x from -700 to 700. */
@inline
export function expm1F64(x: v128): v128 {
  const t = rounded64(x);
  const s = power64(t);
  return fusedAdd<f64>(s, small64(remainder64(x, count64(t))), f64x2.sub(s, entry<f64>(DOUBLE, 4)));
}

/** exp(x + tail) for x from -747 to 0 and a tail below 1; underflows gradually. */
@inline
export function decay64(x: v128, tail: v128): v128 {
  const n = count64(rounded64(x));
  const first = f64x2.pmax(n, f64x2.splat(-1000));
  const p = small64(f64x2.add(remainder64(x, n), tail));
  const s = power64(counted64(first));
  return f64x2.mul(fusedAdd<f64>(s, p, s), power64(counted64(f64x2.sub(n, first))));
}

@inline
export function rounded32(x: v128): v128 {
  return fusedAdd<f32>(x, entry<f32>(SINGLE, 0), entry<f32>(SINGLE, 1));
}

@inline
export function count32(t: v128): v128 {
  return f32x4.sub(t, entry<f32>(SINGLE, 1));
}

@inline
export function remainder32(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, entry<f32>(SINGLE, 2))), f32x4.mul(n, entry<f32>(SINGLE, 3)));
}

/** 2^n for n from -126 to 127. */
@inline
export function power32(t: v128): v128 {
  return i32x4.add(i32x4.shl(t, 23), entry<f32>(SINGLE, 4));
}

@inline
export function small32(r: v128): v128 {
  const z = f32x4.mul(r, r);
  const c34 = fusedAdd<f32>(entry<f32>(EXPM1_SINGLE, 4), r, entry<f32>(EXPM1_SINGLE, 3));
  const c12 = fusedAdd<f32>(entry<f32>(EXPM1_SINGLE, 2), r, entry<f32>(EXPM1_SINGLE, 1));
  const p = fusedAdd<f32>(fusedAdd<f32>(c34, z, c12), r, entry<f32>(EXPM1_SINGLE, 0));
  return fusedAdd<f32>(z, p, r);
}

/** expm1(x) for x from -80 to 80. */
@inline
export function expm1F32(x: v128): v128 {
  const t = rounded32(x);
  const s = power32(t);
  return fusedAdd<f32>(s, small32(remainder32(x, count32(t))), f32x4.sub(s, entry<f32>(SINGLE, 4)));
}

/** exp(x) for x from -106 to 0; underflows gradually. */
@inline
export function decay32(x: v128): v128 {
  const n = count32(rounded32(x));
  const first = f32x4.pmax(n, f32x4.splat(-100));
  const p = small32(remainder32(x, n));
  const s = power32(f32x4.add(first, entry<f32>(SINGLE, 1)));
  return f32x4.mul(fusedAdd<f32>(s, p, s), power32(f32x4.add(f32x4.sub(n, first), entry<f32>(SINGLE, 1))));
}
