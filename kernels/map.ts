/**
 * Activations of whole arrays: dst = phi(src) for `vectors` vectors of 16 bytes in each of `tiles` tiles, `stride`
 * bytes apart in both; src and dst may be the same.
 */
import { activate, Kind } from "./activation";

@inline
function map<T>(kind: Kind, src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  for (let tile = 0; tile < tiles; tile++) {
    const end = src + (usize(vectors) << 4);
    let x = src;
    let y = dst;
    while (x < end) {
      v128.store(y, activate<T>(kind, v128.load(x), a, b));
      x += 16;
      y += 16;
    }
    src += stride;
    dst += stride;
  }
}

export function tanhF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Tanh, src, dst, vectors, tiles, stride, a, b);
}

export function tanhF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Tanh, src, dst, vectors, tiles, stride, a, b);
}

export function sigmoidF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Sigmoid, src, dst, vectors, tiles, stride, a, b);
}

export function sigmoidF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Sigmoid, src, dst, vectors, tiles, stride, a, b);
}

export function reluF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Relu, src, dst, vectors, tiles, stride, a, b);
}

export function reluF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Relu, src, dst, vectors, tiles, stride, a, b);
}

export function leakyReluF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.LeakyRelu, src, dst, vectors, tiles, stride, a, b);
}

export function leakyReluF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.LeakyRelu, src, dst, vectors, tiles, stride, a, b);
}

export function exponentialLinearF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.ExponentialLinear, src, dst, vectors, tiles, stride, a, b);
}

export function exponentialLinearF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.ExponentialLinear, src, dst, vectors, tiles, stride, a, b);
}

export function softplusF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Softplus, src, dst, vectors, tiles, stride, a, b);
}

export function softplusF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Softplus, src, dst, vectors, tiles, stride, a, b);
}

export function erfF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Erf, src, dst, vectors, tiles, stride, a, b);
}

export function erfF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Erf, src, dst, vectors, tiles, stride, a, b);
}

export function rectifiedTanhF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.RectifiedTanh, src, dst, vectors, tiles, stride, a, b);
}

export function rectifiedTanhF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.RectifiedTanh, src, dst, vectors, tiles, stride, a, b);
}

export function saturatingLinearF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.SaturatingLinear, src, dst, vectors, tiles, stride, a, b);
}

export function saturatingLinearF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.SaturatingLinear, src, dst, vectors, tiles, stride, a, b);
}

export function hardSigmoidF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.HardSigmoid, src, dst, vectors, tiles, stride, a, b);
}

export function hardSigmoidF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.HardSigmoid, src, dst, vectors, tiles, stride, a, b);
}

export function powerLawF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.PowerLaw, src, dst, vectors, tiles, stride, a, b);
}

export function powerLawF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.PowerLaw, src, dst, vectors, tiles, stride, a, b);
}

export function squareF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Square, src, dst, vectors, tiles, stride, a, b);
}

export function squareF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Square, src, dst, vectors, tiles, stride, a, b);
}

export function atanF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Atan, src, dst, vectors, tiles, stride, a, b);
}

export function atanF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Atan, src, dst, vectors, tiles, stride, a, b);
}

export function softsignF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Softsign, src, dst, vectors, tiles, stride, a, b);
}

export function softsignF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Softsign, src, dst, vectors, tiles, stride, a, b);
}

export function geluF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Gelu, src, dst, vectors, tiles, stride, a, b);
}

export function geluF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Gelu, src, dst, vectors, tiles, stride, a, b);
}

export function siluF64(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f64>(Kind.Silu, src, dst, vectors, tiles, stride, a, b);
}

export function siluF32(src: usize, dst: usize, vectors: i32, tiles: i32, stride: usize, a: f64, b: f64): void {
  map<f32>(Kind.Silu, src, dst, vectors, tiles, stride, a, b);
}
