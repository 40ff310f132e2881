/**
 * Counter-based random numbers: each number is a pure function of a seed and a position, so that trial k of seed s is
 * the same on any number of threads and in any order.
 *
 * The bits are Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * A block of 128 bits gives two uniforms u = (k + 1/2) 2^-52, k of 52 bits, and by Box and Muller (Ann. Math. Stat. 29,
 * 1958) two normals r cos(2 pi v) and r sin(2 pi v), r = sqrt(-2 ln u). Logarithm, sine and cosine are polynomials
 * evaluated with +, -, *, / and sqrt alone, in a fixed order: the WASM kernels repeat them and give the same bits.
 */
import { InputError } from "../error.js";

/** A stream of random numbers. */
export interface RandomSource {
  /** The next uniform number in the open interval (0, 1): an odd multiple of 2^-53. */
  readonly uniform: () => number;
  /** The next standard normal number. */
  readonly normal: () => number;
}

/** What a key is for; different purposes never share a block. */
const purpose = { stream: 0, process: 1 } as const;

const wordRange = 0x100000000;

const requireCount = (subject: string, value: number, limit = Number.MAX_SAFE_INTEGER): void => {
  if (!Number.isInteger(value) || value < 0 || value > limit)
    throw new InputError(`${subject}: expected an integer from 0 to ${limit}, got ${value}`);
};

/** The two words of the key of a seed for a purpose. */
const keyOf = (seed: number, use: number): [number, number] => {
  requireCount("seed", seed);
  return [seed >>> 0, (Math.floor(seed / wordRange) | (use << 24)) >>> 0];
};

/** The key of the process noise of a seed, as the kernels take it. */
export const processNoiseKey = (seed: number): readonly [number, number] => keyOf(seed, purpose.process);

/** The high 32 bits of the product of two unsigned 32-bit words. */
const multiplyHigh = (a: number, b: number): number => {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
};

/** Philox4x32-10: the block of four words at a counter of four words under a key of two, written to `out`. */
export const philox4x32 = (
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out = new Uint32Array(4),
): Uint32Array => {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c1 = low1 >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
};

const uniformOf = (high: number, low: number): number => (high * 0x100000 + (low >>> 12) + 0.5) * 2 ** -52;

// Scratch of the functions below; nothing outlives a call.
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const scratch = new Uint32Array(4);

/** `sqrt(-2 ln u)`: u = 2^e m with m in [sqrt(1/2), sqrt 2), ln m = 2 artanh s, s = (m - 1)/(m + 1). */
const radius = (u: number): number => {
  float[0] = u;
  const high = words[1]! + 0x95f62;
  words[1] = (high & 0xfffff) + 0x3fe6a09e;
  const e = (high >>> 20) - 1023;
  const m = float[0]!;
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p = 0.14616585424888623;
  p = p * z + 0.15331710618210773;
  p = p * z + 0.18182889455674947;
  p = p * z + 0.22222211130259878;
  p = p * z + 0.2857142862600327;
  p = p * z + 0.39999999999899444;
  p = p * z + 0.666666666666667;
  const logarithm = e * 0.6931471803691238 + (2 * s + (s * z * p + e * 1.9082149292705877e-10));
  return Math.sqrt(-2 * logarithm);
};

/** The normal at `position` 0 or 1 of a block: the cosine or the sine of the Box–Muller pair. */
const normalOf = (block: Uint32Array, position: number): number => {
  const r = radius(uniformOf(block[0]!, block[1]!));
  const turn = 4 * uniformOf(block[2]!, block[3]!);
  const quarter = Math.floor(turn + 0.5);
  const t = turn - quarter;
  const z = t * t;
  let sine = 5.633933781537854e-8;
  sine = sine * z - 3.59864335298231e-6;
  sine = sine * z + 0.0001604411507421909;
  sine = sine * z - 0.004681754132340976;
  sine = sine * z + 0.07969262624604301;
  sine = sine * z - 0.6459640975062443;
  sine = sine * z + 1.5707963267948966;
  sine = sine * t;
  let cosine = -6.321256869628588e-9;
  cosine = cosine * z + 4.710609726757823e-7;
  cosine = cosine * z - 2.520203677046026e-5;
  cosine = cosine * z + 0.0009192602741831558;
  cosine = cosine * z - 0.02086348076331121;
  cosine = cosine * z + 0.2536695079010467;
  cosine = cosine * z - 1.2337005501361697;
  cosine = cosine * z + 1;
  const swapped = (quarter + position) % 2 === 1;
  const negative = (quarter + 3 * position) % 4 === 1 || (quarter + 3 * position) % 4 === 2;
  const value = swapped ? sine : cosine;
  return r * (negative ? -value : value);
};

/**
 * The sequence of random numbers of a seed; different `stream`s of one seed are independent.
 * A seed is an integer from 0 to 2^53 - 1, a stream one from 0 to 2^32 - 1.
 */
export const randomSource = (seed: number, stream = 0): RandomSource => {
  const key = keyOf(seed, purpose.stream);
  requireCount("random: stream", stream, wordRange - 1);
  const block = new Uint32Array(4);
  const counter: [number, number, number, number] = [0, 0, stream, 0];
  let spare: number | undefined;
  const next = (): Uint32Array => {
    philox4x32(counter, key, block);
    counter[0]++;
    if (counter[0] === wordRange) {
      counter[0] = 0;
      counter[1]++;
    }
    return block;
  };
  let left = 0;
  return {
    uniform: () => {
      if (left === 0) {
        next();
        left = 2;
      }
      left--;
      return left === 1 ? uniformOf(block[0]!, block[1]!) : uniformOf(block[2]!, block[3]!);
    },
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      left = 0;
      next();
      spare = normalOf(block, 1);
      return normalOf(block, 0);
    },
  };
};

/**
 * The standard normal number of component `index` at time step `step` of trial `trial` under `seed`: the process noise
 * of simulations. The same four integers give the same number anywhere.
 */
export const normalAt = (seed: number, trial: number, step: number, index: number): number => {
  requireCount("random: trial", trial, wordRange - 1);
  requireCount("random: step", step);
  requireCount("random: index", index);
  const key = keyOf(seed, purpose.process);
  philox4x32([index >>> 1, step >>> 0, Math.floor(step / wordRange), trial], key, scratch);
  return normalOf(scratch, index & 1);
};
