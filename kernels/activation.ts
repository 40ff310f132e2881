/**
 * Activation functions of two f64 or four f32 at a time, each in the form that keeps its relative accuracy everywhere:
 * near zero, in the tails, for subnormal numbers. Infinite arguments give the limits, NaN gives NaN. `a` and `b` are
 * the parameters of the functions that have some. The errors, in units in the last place, are stated and measured in
 * test/numerics/kernel-activation.test.ts.
 *
 * `pmin(x, c)` and `pmax(x, c)` with x first keep NaN and are one instruction; `min` and `max` also order -0 and 0.
 */
import { ATAN, ERF, ERFCX, ERFCX_WIDE, LOG1P, LOG1P_SINGLE } from "./coefficients";
import { decay32, decay64, expm1F32, expm1F64 } from "./exponential";
import { positivePower } from "./power";
import { entry, fusedAdd, horner3 } from "./vector";

const DOUBLE = memory.data<f64>([0, 1, 2, 22, -746, 3, 6, -50]);
const SINGLE = memory.data<f32>([0, 1, 2, 10, -105, 3, 6, -30]);

@inline
function number<T>(index: usize): v128 {
  return sizeof<T>() == 8 ? entry<f64>(DOUBLE, index) : entry<f32>(SINGLE, index);
}

@inline
function expm1<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? expm1F64(x) : expm1F32(x);
}

/** exp(-|x|). */
@inline
function decay<T>(x: v128): v128 {
  const y = v128.pmax<T>(v128.neg<T>(v128.abs<T>(x)), number<T>(4));
  return sizeof<T>() == 8 ? decay64(y, f64x2.splat(0)) : decay32(y);
}

/** tanh |x| = E / (E + 2), E = expm1(2 |x|). */
@inline
function tanh<T>(x: v128): v128 {
  const size = v128.pmin<T>(v128.abs<T>(x), number<T>(3));
  const e = expm1<T>(v128.add<T>(size, size));
  const sign = v128.and(x, sizeof<T>() == 8 ? i64x2.splat(i64.MIN_VALUE) : i32x4.splat(i32.MIN_VALUE));
  return v128.or(v128.div<T>(e, v128.add<T>(e, number<T>(2))), sign);
}

@inline
function sigmoid<T>(x: v128): v128 {
  const e = decay<T>(x);
  const top = v128.bitselect(e, number<T>(1), v128.lt<T>(x, number<T>(0)));
  return v128.div<T>(top, v128.add<T>(number<T>(1), e));
}

/** max(x, 0) + ln(1 + e), e = exp(-|x|), ln(1 + e) = 2 artanh(e / (2 + e)). */
@inline
function softplus<T>(x: v128): v128 {
  const e = decay<T>(x);
  const s = v128.div<T>(e, v128.add<T>(number<T>(2), e));
  const z = v128.mul<T>(s, s);
  let p: v128;
  if (sizeof<T>() == 8) {
    p = entry<f64>(LOG1P, 10);
    p = horner3<f64>(p, z, LOG1P, 9);
    p = horner3<f64>(p, z, LOG1P, 6);
    p = horner3<f64>(p, z, LOG1P, 3);
    p = fusedAdd<f64>(p, z, entry<f64>(LOG1P, 0));
  } else {
    p = horner3<f32>(entry<f32>(LOG1P_SINGLE, 3), z, LOG1P_SINGLE, 2);
  }
  const logarithm = fusedAdd<T>(v128.mul<T>(s, z), p, v128.add<T>(s, s));
  return v128.add<T>(v128.pmax<T>(x, number<T>(0)), logarithm);
}

/** `a x` for x >= 0 and `b expm1(x)` below. */
@inline
function exponentialLinear<T>(x: v128, a: v128, b: v128): v128 {
  const below = v128.mul<T>(b, expm1<T>(v128.pmax<T>(v128.pmin<T>(x, number<T>(0)), number<T>(7))));
  return v128.bitselect(v128.mul<T>(a, x), below, v128.ge<T>(x, number<T>(0)));
}

/** x / (1 + |x|), infinite x drawn in. */
@inline
function softsign<T>(x: v128): v128 {
  const limit = sizeof<T>() == 8 ? f64x2.splat(1e300) : f32x4.splat(1e30);
  const y = v128.pmax<T>(v128.pmin<T>(x, limit), v128.neg<T>(limit));
  return v128.div<T>(y, v128.add<T>(number<T>(1), v128.abs<T>(y)));
}

/** x sigmoid(x). */
@inline
function silu<T>(x: v128): v128 {
  return v128.mul<T>(v128.pmax<T>(x, number<T>(4)), sigmoid<T>(x));
}

/** erf: x p(x^2) for |x| < 1, else 1 - exp(-x^2) p((|x| - 3)/(|x| + 3)); 1 to rounding from 6 on. */
@inline
function erf(x: v128): v128 {
  const size = f64x2.pmin(f64x2.abs(x), number<f64>(6));
  const z = f64x2.mul(size, size);
  const inner = f64x2.lt(size, number<f64>(1));
  let p = entry<f64>(ERF, 11);
  p = fusedAdd<f64>(p, z, entry<f64>(ERF, 10));
  p = fusedAdd<f64>(p, z, entry<f64>(ERF, 9));
  p = horner3<f64>(p, z, ERF, 8);
  p = horner3<f64>(p, z, ERF, 5);
  p = horner3<f64>(p, z, ERF, 2);
  let result = f64x2.mul(size, p);
  if (!i64x2.all_true(inner)) {
    const t = f64x2.div(f64x2.sub(size, number<f64>(5)), f64x2.add(size, number<f64>(5)));
    let q = entry<f64>(ERFCX, 15);
    q = horner3<f64>(q, t, ERFCX, 14);
    q = horner3<f64>(q, t, ERFCX, 11);
    q = horner3<f64>(q, t, ERFCX, 8);
    q = horner3<f64>(q, t, ERFCX, 5);
    q = horner3<f64>(q, t, ERFCX, 2);
    const outer = f64x2.sub(number<f64>(1), f64x2.mul(q, decay64(f64x2.neg(z), number<f64>(0))));
    result = v128.bitselect(result, outer, inner);
  }
  return v128.or(result, v128.and(x, i64x2.splat(i64.MIN_VALUE)));
}

/** x Phi(x), Phi(-|x|) = erfc(g)/2 with g = |x|/sqrt 2; x^2 in two parts, for its error counts in the tail. */
@inline
function gelu(x: v128): v128 {
  const limit = f64x2.splat(38.6);
  const size = f64x2.pmin(f64x2.abs(x), limit);
  const coarse = v128.and(size, i64x2.splat(0xfffffffff8000000));
  const tail = f64x2.mul(f64x2.mul(f64x2.splat(-0.5), f64x2.sub(size, coarse)), f64x2.add(size, coarse));
  const e = decay64(f64x2.mul(f64x2.splat(-0.5), f64x2.mul(coarse, coarse)), tail);
  const g = f64x2.mul(size, f64x2.splat(Math.SQRT1_2));
  const t = f64x2.div(f64x2.sub(g, f64x2.splat(4)), f64x2.add(g, f64x2.splat(4)));
  let q = entry<f64>(ERFCX_WIDE, 21);
  q = horner3<f64>(q, t, ERFCX_WIDE, 20);
  q = horner3<f64>(q, t, ERFCX_WIDE, 17);
  q = horner3<f64>(q, t, ERFCX_WIDE, 14);
  q = horner3<f64>(q, t, ERFCX_WIDE, 11);
  q = horner3<f64>(q, t, ERFCX_WIDE, 8);
  q = horner3<f64>(q, t, ERFCX_WIDE, 5);
  q = horner3<f64>(q, t, ERFCX_WIDE, 2);
  const half = f64x2.mul(f64x2.splat(0.5), f64x2.div(f64x2.mul(q, e), fusedAdd<f64>(number<f64>(2), g, number<f64>(1))));
  const share = v128.bitselect(half, f64x2.sub(number<f64>(1), half), f64x2.lt(x, number<f64>(0)));
  return f64x2.mul(f64x2.pmax(x, f64x2.neg(limit)), share);
}

/** atan: |x| > tan(3 pi/8) by pi/2 - atan(1/x), > tan(pi/8) by pi/4 + atan((x - 1)/(x + 1)). */
@inline
function atan(x: v128): v128 {
  const size = f64x2.abs(x);
  const far = f64x2.gt(size, f64x2.splat(2.414213562373095));
  const middle = v128.andnot(f64x2.gt(size, f64x2.splat(0.41421356237309503)), far);
  let top = v128.bitselect(f64x2.splat(-1), size, far);
  let bottom = v128.bitselect(size, number<f64>(1), far);
  top = v128.bitselect(f64x2.sub(size, number<f64>(1)), top, middle);
  bottom = v128.bitselect(f64x2.add(size, number<f64>(1)), bottom, middle);
  const y = f64x2.div(top, bottom);
  const z = f64x2.mul(y, y);
  let p = entry<f64>(ATAN, 10);
  p = horner3<f64>(p, z, ATAN, 9);
  p = horner3<f64>(p, z, ATAN, 6);
  p = horner3<f64>(p, z, ATAN, 3);
  p = fusedAdd<f64>(p, z, entry<f64>(ATAN, 0));
  const base = v128.or(v128.and(far, f64x2.splat(1.5707963267948966)), v128.and(middle, f64x2.splat(0.7853981633974483)));
  const rest = v128.or(v128.and(far, f64x2.splat(6.123233995736766e-17)), v128.and(middle, f64x2.splat(3.061616997868383e-17)));
  const small = f64x2.add(fusedAdd<f64>(f64x2.mul(y, z), p, rest), y);
  return v128.or(f64x2.add(base, small), v128.and(x, i64x2.splat(i64.MIN_VALUE)));
}

export const enum Kind {
  Tanh,
  Sigmoid,
  Relu,
  LeakyRelu,
  ExponentialLinear,
  Softplus,
  Erf,
  RectifiedTanh,
  SaturatingLinear,
  HardSigmoid,
  PowerLaw,
  Atan,
  Softsign,
  Gelu,
  Silu,
  Square,
}

/** The functions that are computed in double precision only. */
@inline
function doubleOnly(kind: Kind, x: v128, a: f64, b: f64): v128 {
  if (kind == Kind.Erf) return erf(f64x2.mul(f64x2.splat(a), x));
  if (kind == Kind.PowerLaw) return f64x2.mul(f64x2.splat(a), positivePower(x, f64x2.splat(b)));
  if (kind == Kind.Atan) return atan(x);
  return gelu(x);
}

/** phi of one vector; `kind` is a constant, so that only its own branch is compiled. */
@inline
export function activate<T>(kind: Kind, x: v128, a: f64, b: f64): v128 {
  if (kind == Kind.Tanh) return tanh<T>(x);
  if (kind == Kind.Sigmoid) return sigmoid<T>(x);
  if (kind == Kind.Relu) return v128.max<T>(x, number<T>(0));
  if (kind == Kind.Softplus) return softplus<T>(x);
  if (kind == Kind.RectifiedTanh) return v128.max<T>(tanh<T>(x), number<T>(0));
  if (kind == Kind.Softsign) return softsign<T>(x);
  if (kind == Kind.Silu) return silu<T>(x);
  const p = v128.splat<T>(<T>a);
  const q = v128.splat<T>(<T>b);
  if (kind == Kind.LeakyRelu) return v128.bitselect(x, v128.mul<T>(p, x), v128.ge<T>(x, number<T>(0)));
  if (kind == Kind.ExponentialLinear) return exponentialLinear<T>(x, p, q);
  if (kind == Kind.SaturatingLinear) return v128.min<T>(v128.max<T>(x, p), q);
  if (kind == Kind.HardSigmoid) {
    const line = v128.add<T>(v128.mul<T>(p, x), q);
    return v128.min<T>(v128.max<T>(line, number<T>(0)), number<T>(1));
  }
  if (kind == Kind.Square) {
    const y = v128.max<T>(x, number<T>(0));
    return v128.mul<T>(v128.mul<T>(p, y), y);
  }
  if (sizeof<T>() == 8) return doubleOnly(kind, x, a, b);
  const low = doubleOnly(kind, f64x2.promote_low_f32x4(x), a, b);
  const high = doubleOnly(kind, f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3)), a, b);
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
