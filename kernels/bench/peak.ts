/**
 * Independent chains in registers: the most operations that 128-bit vectors give (AssemblyScript).
 * Fused where the build allows it, else multiplications beside additions that do not wait for them.
 */
@inline
function multiplied(a: v128, m: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(a, m, c) : f64x2.mul(a, m);
}

@inline
function added(a: v128, m: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(a, m, c) : f64x2.add(a, c);
}

/** Operations per round: two per vector and fused step, one per vector otherwise. */
export function operationsPerRound(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 48 : 24;
}

export function peak(rounds: i32, factor: f64, term: f64): f64 {
  const m = f64x2.splat(factor);
  const c = f64x2.splat(term);
  let a = c, b = c, d = c, e = c, f = c, g = c, h = c, i = c, j = c, k = c, l = c, o = c;
  for (let round = 0; round < rounds; round++) {
    a = multiplied(a, m, c);
    h = added(h, m, c);
    b = multiplied(b, m, c);
    i = added(i, m, c);
    d = multiplied(d, m, c);
    j = added(j, m, c);
    e = multiplied(e, m, c);
    k = added(k, m, c);
    f = multiplied(f, m, c);
    l = added(l, m, c);
    g = multiplied(g, m, c);
    o = added(o, m, c);
  }
  const s = f64x2.add(f64x2.add(f64x2.add(a, b), f64x2.add(d, e)), f64x2.add(f64x2.add(f, g), f64x2.add(h, i)));
  return f64x2.extract_lane(f64x2.add(s, f64x2.add(f64x2.add(j, k), f64x2.add(l, o))), 0);
}
