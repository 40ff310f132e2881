/**
 * x^p for x >= 0 and constant p, by exp(p ln x) with ln x in two parts, since an error in p ln x is an error of the
 * result times its size: x = 2^e m, s = (m - 1)/(m + 1) with the remainder of the division, products split after
 * Dekker (Numer. Math. 18, 1971).
 */
import { LOG1P } from "./coefficients";
import { count64, counted64, power64, remainder64, rounded64, small64 } from "./exponential";
import { entry, fusedAdd, horner3 } from "./vector";

const CONSTANTS = memory.data<f64>([0.6931471803691238, 1.9082149292705877e-10, 4503599627371519, 18014398509481984, 54, 1, 0, Infinity, 134217729]);

@inline
function constant(index: usize): v128 {
  return entry<f64>(CONSTANTS, index);
}

/** a b - high, where high is the rounded product. */
@inline
function productError(a: v128, b: v128, high: v128): v128 {
  const aWide = f64x2.mul(a, constant(8));
  const bWide = f64x2.mul(b, constant(8));
  const a1 = f64x2.sub(aWide, f64x2.sub(aWide, a));
  const b1 = f64x2.sub(bWide, f64x2.sub(bWide, b));
  const a2 = f64x2.sub(a, a1);
  const b2 = f64x2.sub(b, b1);
  const rest = f64x2.add(f64x2.add(f64x2.sub(f64x2.mul(a1, b1), high), f64x2.mul(a1, b2)), f64x2.mul(a2, b1));
  return f64x2.add(rest, f64x2.mul(a2, b2));
}

/** x^p; 0 for x <= 0, infinity for overflow and infinite x, NaN for NaN. */
@inline
export function positivePower(x: v128, p: v128): v128 {
  const tiny = f64x2.lt(x, f64x2.splat(2.2250738585072014e-308));
  const scaled = v128.bitselect(f64x2.mul(x, constant(3)), x, tiny);
  const bits = i64x2.add(scaled, i64x2.splat(0x95f6200000000));
  const m = i64x2.add(v128.and(bits, i64x2.splat(0xfffffffffffff)), i64x2.splat(0x3fe6a09e00000000));
  let e = f64x2.sub(v128.or(i64x2.shr_u(bits, 52), i64x2.splat(0x4330000000000000)), constant(2));
  e = f64x2.sub(e, v128.and(tiny, constant(4)));

  const f = f64x2.sub(m, constant(5));
  const d = f64x2.add(m, constant(5));
  const dTail = f64x2.sub(m, f64x2.sub(d, constant(5)));
  const s = f64x2.div(f, d);
  const sd = f64x2.mul(s, d);
  const sTail = f64x2.div(
    f64x2.sub(f64x2.sub(f64x2.sub(f, sd), productError(s, d, sd)), f64x2.mul(s, dTail)),
    d,
  );
  const z = f64x2.mul(s, s);
  let q = entry<f64>(LOG1P, 10);
  q = horner3<f64>(q, z, LOG1P, 9);
  q = horner3<f64>(q, z, LOG1P, 6);
  q = horner3<f64>(q, z, LOG1P, 3);
  q = fusedAdd<f64>(q, z, entry<f64>(LOG1P, 0));
  const tail = fusedAdd<f64>(f64x2.mul(s, z), q, f64x2.add(f64x2.add(sTail, sTail), f64x2.mul(e, constant(1))));
  const whole = f64x2.mul(e, constant(0));
  const twice = f64x2.add(s, s);
  const high = f64x2.add(whole, twice);
  const back = f64x2.sub(high, whole);
  const error = f64x2.add(f64x2.sub(whole, f64x2.sub(high, back)), f64x2.sub(twice, back));
  const low = f64x2.add(error, tail);

  const logarithm = f64x2.add(high, low);
  const rest = f64x2.sub(low, f64x2.sub(logarithm, high));
  const yRaw = f64x2.mul(p, logarithm);
  const yTail = f64x2.add(productError(p, logarithm, yRaw), f64x2.mul(p, rest));
  const y = f64x2.pmax(f64x2.pmin(yRaw, f64x2.splat(710)), f64x2.splat(-747));
  const n = count64(rounded64(y));
  const half = f64x2.floor(f64x2.mul(n, f64x2.splat(0.5)));
  const power = fusedAdd<f64>(small64(f64x2.add(remainder64(y, n), yTail)), power64(counted64(half)), power64(counted64(half)));
  const result = f64x2.mul(power, power64(counted64(f64x2.sub(n, half))));
  const finite = v128.bitselect(result, x, f64x2.lt(x, constant(7)));
  return v128.bitselect(constant(6), finite, f64x2.le(x, constant(6)));
}
