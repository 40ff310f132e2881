/**
 * Standard normal numbers by Philox4x32-10 and Box-Muller, four blocks at a time. They are the numbers of
 * src/numerics/random.ts to the bit: the same operations in the same order, never fused.
 */
import { COSINE, LOG, SINE } from "./coefficients";
import { entry } from "./vector";

/** p(z) by Horner's rule without fused operations. */
@inline
function separate3(p: v128, z: v128, table: usize, i: usize): v128 {
  p = f64x2.add(f64x2.mul(p, z), entry<f64>(table, i));
  p = f64x2.add(f64x2.mul(p, z), entry<f64>(table, i - 1));
  return f64x2.add(f64x2.mul(p, z), entry<f64>(table, i - 2));
}

/** (k + 1/2) 2^-52 of the upper 52 bits of each 64. */
@inline
function uniform(bits: v128): v128 {
  return f64x2.sub(v128.or(i64x2.shr_u(bits, 12), i64x2.splat(0x3ff0000000000000)), f64x2.splat(0.9999999999999999));
}

/** sqrt(-2 ln u). */
@inline
function radius(u: v128): v128 {
  const bits = i64x2.add(u, i64x2.splat(0x95f6200000000));
  const m = i64x2.add(v128.and(bits, i64x2.splat(0xfffffffffffff)), i64x2.splat(0x3fe6a09e00000000));
  const e = f64x2.sub(v128.or(i64x2.shr_u(bits, 52), i64x2.splat(0x4330000000000000)), f64x2.splat(4503599627371519));
  const s = f64x2.div(f64x2.sub(m, f64x2.splat(1)), f64x2.add(m, f64x2.splat(1)));
  const z = f64x2.mul(s, s);
  const p = separate3(separate3(entry<f64>(LOG, 6), z, LOG, 5), z, LOG, 2);
  const tail = f64x2.add(f64x2.mul(f64x2.mul(s, z), p), f64x2.mul(e, f64x2.splat(1.9082149292705877e-10)));
  const logarithm = f64x2.add(f64x2.mul(e, f64x2.splat(0.6931471803691238)), f64x2.add(f64x2.mul(f64x2.splat(2), s), tail));
  return f64x2.sqrt(f64x2.mul(f64x2.splat(-2), logarithm));
}

let cosines: v128 = i64x2.splat(0);
let sines: v128 = i64x2.splat(0);

/** The two normals of each of two blocks, from the words that make u and those that make v. */
@inline
function boxMuller(uBits: v128, vBits: v128): void {
  const r = radius(uniform(uBits));
  const turn = f64x2.mul(f64x2.splat(4), uniform(vBits));
  const quarter = f64x2.floor(f64x2.add(turn, f64x2.splat(0.5)));
  const t = f64x2.sub(turn, quarter);
  const z = f64x2.mul(t, t);
  const sine = f64x2.mul(separate3(separate3(entry<f64>(SINE, 6), z, SINE, 5), z, SINE, 2), t);
  let cosine = separate3(separate3(entry<f64>(COSINE, 7), z, COSINE, 6), z, COSINE, 3);
  cosine = f64x2.add(f64x2.mul(cosine, z), entry<f64>(COSINE, 0));
  const q = f64x2.add(quarter, f64x2.splat(4503599627370496));
  const odd = i64x2.eq(v128.and(q, i64x2.splat(1)), i64x2.splat(1));
  const ofCosine = i64x2.shl(v128.and(i64x2.add(q, i64x2.splat(1)), i64x2.splat(2)), 62);
  const ofSine = i64x2.shl(v128.and(q, i64x2.splat(2)), 62);
  cosines = f64x2.mul(r, v128.xor(v128.bitselect(sine, cosine, odd), ofCosine));
  sines = f64x2.mul(r, v128.xor(v128.bitselect(cosine, sine, odd), ofSine));
}

let word0: v128 = i64x2.splat(0);
let word1: v128 = i64x2.splat(0);
let word2: v128 = i64x2.splat(0);
let word3: v128 = i64x2.splat(0);

/** Ten rounds on four counters. */
@inline
function philox(c0: v128, c1: v128, c2: v128, c3: v128, key0: i32, key1: i32): void {
  const m0 = i32x4.splat(<i32>0xd2511f53);
  const m1 = i32x4.splat(<i32>0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    const p0 = i64x2.extmul_low_i32x4_u(c0, m0);
    const p1 = i64x2.extmul_high_i32x4_u(c0, m0);
    const q0 = i64x2.extmul_low_i32x4_u(c2, m1);
    const q1 = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(q0, q1, 1, 3, 5, 7), c1), i32x4.splat(key0));
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(p0, p1, 1, 3, 5, 7), c3), i32x4.splat(key1));
    c1 = v128.shuffle<i32>(q0, q1, 0, 2, 4, 6);
    c3 = v128.shuffle<i32>(p0, p1, 0, 2, 4, 6);
    key0 += <i32>0x9e3779b9;
    key1 += <i32>0xbb67ae85;
  }
  word0 = c0;
  word1 = c1;
  word2 = c2;
  word3 = c3;
}

/** Two f64 vectors as one of f32. */
@inline
function demoted(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** One pair of components of four trials: rows of 32 bytes, components 2 pair and 2 pair + 1. */
@inline
function fourTrials<T>(dst: usize): void {
  boxMuller(v128.shuffle<i32>(word1, word0, 0, 4, 1, 5), v128.shuffle<i32>(word3, word2, 0, 4, 1, 5));
  const c = cosines;
  const s = sines;
  boxMuller(v128.shuffle<i32>(word1, word0, 2, 6, 3, 7), v128.shuffle<i32>(word3, word2, 2, 6, 3, 7));
  if (sizeof<T>() == 8) {
    v128.store(dst, c);
    v128.store(dst, cosines, 16);
    v128.store(dst, s, 32);
    v128.store(dst, sines, 48);
  } else {
    v128.store(dst, demoted(c, cosines));
    v128.store(dst, demoted(s, sines), 32);
  }
}

/** Normals of a batch: `pairs` pairs of components of each tile, trials in order from `trial`. */
export function normalTilesF64(dst: usize, pairs: i32, tiles: i32, stride: usize, key0: i32, key1: i32, step0: i32, step1: i32, trial: i32): void {
  const lanes = i32x4(0, 1, 2, 3);
  for (let tile = 0; tile < tiles; tile++) {
    const trials = i32x4.add(i32x4.splat(trial), lanes);
    let out = dst;
    for (let pair = 0; pair < pairs; pair++) {
      philox(i32x4.splat(pair), i32x4.splat(step0), i32x4.splat(step1), trials, key0, key1);
      fourTrials<f64>(out);
      out += 64;
    }
    dst += stride;
    trial += 4;
  }
}

export function normalTilesF32(dst: usize, pairs: i32, tiles: i32, stride: usize, key0: i32, key1: i32, step0: i32, step1: i32, trial: i32): void {
  const lanes = i32x4(0, 1, 2, 3);
  for (let half = 0; half < 2 * tiles; half++) {
    const trials = i32x4.add(i32x4.splat(trial), lanes);
    let out = dst + (half & 1) * 16;
    for (let pair = 0; pair < pairs; pair++) {
      philox(i32x4.splat(pair), i32x4.splat(step0), i32x4.splat(step1), trials, key0, key1);
      fourTrials<f32>(out);
      out += 64;
    }
    if (half & 1) dst += stride;
    trial += 4;
  }
}

@inline
function vector<T>(dst: usize, first: i32, pairs: i32, key0: i32, key1: i32, step0: i32, step1: i32, trial: i32): void {
  const lanes = i32x4(0, 1, 2, 3);
  for (let pair = first; pair < first + pairs; pair += 4) {
    philox(i32x4.add(i32x4.splat(pair), lanes), i32x4.splat(step0), i32x4.splat(step1), i32x4.splat(trial), key0, key1);
    boxMuller(v128.shuffle<i32>(word1, word0, 0, 4, 1, 5), v128.shuffle<i32>(word3, word2, 0, 4, 1, 5));
    const c = cosines;
    const s = sines;
    boxMuller(v128.shuffle<i32>(word1, word0, 2, 6, 3, 7), v128.shuffle<i32>(word3, word2, 2, 6, 3, 7));
    const y0 = v128.shuffle<i64>(c, s, 0, 2);
    const y1 = v128.shuffle<i64>(c, s, 1, 3);
    const y2 = v128.shuffle<i64>(cosines, sines, 0, 2);
    const y3 = v128.shuffle<i64>(cosines, sines, 1, 3);
    if (sizeof<T>() == 8) {
      v128.store(dst, y0);
      v128.store(dst, y1, 16);
      v128.store(dst, y2, 32);
      v128.store(dst, y3, 48);
      dst += 64;
    } else {
      v128.store(dst, demoted(y0, y1));
      v128.store(dst, demoted(y2, y3), 16);
      dst += 32;
    }
  }
}

/** Normals of one trial, `pairs` pairs of components from pair `first`, four at a time (fills the last eight). */
export function normalVectorF64(dst: usize, first: i32, pairs: i32, key0: i32, key1: i32, step0: i32, step1: i32, trial: i32): void {
  vector<f64>(dst, first, pairs, key0, key1, step0, step1, trial);
}

export function normalVectorF32(dst: usize, first: i32, pairs: i32, key0: i32, key1: i32, step0: i32, step1: i32, trial: i32): void {
  vector<f32>(dst, first, pairs, key0, key1, step0, step1, trial);
}
