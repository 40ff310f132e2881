/**
 * Arithmetic on whole arrays of states: `vectors` vectors of 16 bytes in each of `tiles` tiles. States, stages and
 * increments lie in tiles `stride` bytes apart; coefficients are the same for all tiles.
 *
 * WASM cannot flush subnormal numbers to zero, and a decaying state would stay subnormal for ever, since rounding
 * stops the decay, at many times the cost of each operation: `blend` sets such states to zero.
 */
import { fusedAdd } from "./vector";

@inline
function flushed<T>(x: v128): v128 {
  const smallest = sizeof<T>() == 8 ? f64x2.splat(2.2250738585072014e-308) : f32x4.splat(1.1754943508222875e-38);
  return v128.andnot(x, v128.lt<T>(v128.abs<T>(x), smallest));
}

@inline
function blend<T>(out: usize, x: usize, v: usize, a: usize, b: usize, vectors: i32, tiles: i32, stride: usize): void {
  const bytes = usize(vectors) << 4;
  for (let tile = 0; tile < tiles; tile++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const kept = v128.mul<T>(v128.load(a + i), v128.load(x + i));
      v128.store(out + i, flushed<T>(fusedAdd<T>(v128.load(b + i), v128.load(v + i), kept)));
    }
    out += stride;
    x += stride;
    v += stride;
  }
}

/** out = a x + b v, entry by entry. */
export function blendF64(out: usize, x: usize, v: usize, a: usize, b: usize, vectors: i32, tiles: i32, stride: usize): void {
  blend<f64>(out, x, v, a, b, vectors, tiles, stride);
}

export function blendF32(out: usize, x: usize, v: usize, a: usize, b: usize, vectors: i32, tiles: i32, stride: usize): void {
  blend<f32>(out, x, v, a, b, vectors, tiles, stride);
}

@inline
function addScaled<T>(out: usize, x: usize, v: usize, s: f64, vectors: i32, tiles: i32, stride: usize): void {
  const bytes = usize(vectors) << 4;
  const factor = v128.splat<T>(<T>s);
  for (let tile = 0; tile < tiles; tile++) {
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(out + i, fusedAdd<T>(factor, v128.load(v + i), v128.load(x + i)));
    out += stride;
    x += stride;
    v += stride;
  }
}

/** out = x + s v. */
export function addScaledF64(out: usize, x: usize, v: usize, s: f64, vectors: i32, tiles: i32, stride: usize): void {
  addScaled<f64>(out, x, v, s, vectors, tiles, stride);
}

export function addScaledF32(out: usize, x: usize, v: usize, s: f64, vectors: i32, tiles: i32, stride: usize): void {
  addScaled<f32>(out, x, v, s, vectors, tiles, stride);
}

@inline
function addWeighted<T>(x: usize, v: usize, a: usize, vectors: i32, tiles: i32, xStride: usize, vStride: usize): void {
  const bytes = usize(vectors) << 4;
  for (let tile = 0; tile < tiles; tile++) {
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(x + i, fusedAdd<T>(v128.load(a + i), v128.load(v + i), v128.load(x + i)));
    x += xStride;
    v += vStride;
  }
}

/** x = x + a v, entry by entry. */
export function addWeightedF64(x: usize, v: usize, a: usize, vectors: i32, tiles: i32, xStride: usize, vStride: usize): void {
  addWeighted<f64>(x, v, a, vectors, tiles, xStride, vStride);
}

export function addWeightedF32(x: usize, v: usize, a: usize, vectors: i32, tiles: i32, xStride: usize, vStride: usize): void {
  addWeighted<f32>(x, v, a, vectors, tiles, xStride, vStride);
}

@inline
function finite<T>(x: usize, vectors: i32, tiles: i32, stride: usize): i32 {
  const zero = v128.splat<T>(<T>0);
  let sum = zero;
  for (let tile = 0; tile < tiles; tile++) {
    for (let i = 0; i < vectors; i++) sum = v128.add<T>(sum, v128.mul<T>(v128.load(x + (usize(i) << 4)), zero));
    x += stride;
  }
  return i32(i32x4.all_true(v128.eq<T>(sum, zero)));
}

/** Whether all entries are finite: 0 x is 0 only then. */
export function finiteF64(x: usize, vectors: i32, tiles: i32, stride: usize): i32 {
  return finite<f64>(x, vectors, tiles, stride);
}

export function finiteF32(x: usize, vectors: i32, tiles: i32, stride: usize): i32 {
  return finite<f32>(x, vectors, tiles, stride);
}
