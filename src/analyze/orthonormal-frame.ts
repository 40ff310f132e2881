/**
 * A moving frame of tangent vectors, made orthonormal again and again; the logarithms of the lengths that are taken out add up to the
 * Lyapunov exponents.
 *
 * Vectors are the rows of one array, so that inner products run over contiguous memory. Gram–Schmidt in its modified form, each vector
 * against those before it, is enough because the frame is never far from orthonormal.
 *
 * Benettin, Galgani, Giorgilli & Strelcyn, Meccanica 15 (1980) 9.
 */
import type { RandomSource } from "../numerics/random.js";

/** `count` vectors of dimension `n`, the k-th in `data[k n … (k + 1) n)`. */
export interface Frame {
  readonly count: number;
  readonly n: number;
  readonly data: Float64Array;
}

/** A random orthonormal frame. */
export const randomFrame = (count: number, n: number, random: RandomSource): Frame => {
  const frame = { count, n, data: Float64Array.from({ length: count * n }, () => random.normal()) };
  orthonormalize(frame, new Float64Array(count));
  return frame;
};

/** Makes the frame orthonormal in place and adds the logarithm of the length of each vector to `logs`. */
export const orthonormalize = ({ count, n, data }: Frame, logs: Float64Array): void => {
  for (let k = 0; k < count; k++) {
    const row = k * n;
    for (let j = 0; j < k; j++) {
      const other = j * n;
      let dot = 0;
      for (let i = 0; i < n; i++) dot += data[row + i] * data[other + i];
      for (let i = 0; i < n; i++) data[row + i] -= dot * data[other + i];
    }
    let squares = 0;
    for (let i = 0; i < n; i++) squares += data[row + i] ** 2;
    const length = Math.sqrt(squares);
    logs[k] += Math.log(length);
    // A direction that the map annihilates stays where it is, with the exponent minus infinity.
    if (length > 0) for (let i = 0; i < n; i++) data[row + i] /= length;
  }
};
