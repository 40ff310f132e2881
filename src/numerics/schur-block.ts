/**
 * The 2 x 2 diagonal blocks of a real Schur form. A block with real eigenvalues is made triangular, one with a complex pair is
 * brought to standard form `[a b; c a]` with `b c < 0`, whose eigenvalues `a ± i √|b c|` can be read off.
 *
 * Bai & Demmel, Linear Algebra Appl. 186 (1993) 73; Golub & Van Loan, Matrix Computations, 4th ed., §7.4.1.
 */
import type { Complex, Matrix } from "./matrix.js";

/** The rotation `[c s; -s c]` that standardizes a block, `[p q; r t] = [c s; -s c] · block · [c -s; s c]`. */
export interface StandardBlock {
  readonly p: number;
  readonly q: number;
  readonly r: number;
  readonly t: number;
  readonly c: number;
  readonly s: number;
}

const EPSILON = 2 ** -52;
/** Lifts entries near the underflow threshold to where arithmetic is accurate. */
const UP = 2 ** 600;

/** Standardizes `[p q; r t]`: afterwards `r = 0`, or `p = t` and `q r < 0`. */
export const standardizeBlock = (p: number, q: number, r: number, t: number): StandardBlock => {
  if (r === 0) return { p, q, r, t, c: 1, s: 0 };
  if (q === 0) return { p: t, q: -r, r: 0, t: p, c: 0, s: 1 };
  const half = (p - t) / 2;
  if (half === 0 && Math.sign(q) !== Math.sign(r)) return { p, q, r, t: p, c: 1, s: 0 };
  if (Math.max(Math.abs(p), Math.abs(q), Math.abs(r), Math.abs(t)) < 2 ** -900) {
    const block = standardizeBlock(p * UP, q * UP, r * UP, t * UP);
    return { ...block, p: block.p / UP, q: block.q / UP, r: block.r / UP, t: block.t / UP };
  }
  const large = Math.max(Math.abs(q), Math.abs(r));
  const small = Math.min(Math.abs(q), Math.abs(r)) * Math.sign(q) * Math.sign(r);
  const size = Math.max(Math.abs(half), large);
  const discriminant = (half / size) ** 2 + (large / size) * (small / size);
  if (discriminant >= 4 * EPSILON) {
    // Two distinct real eigenvalues: rotate the eigenvector of the one further from t to the front.
    const z = half + (half >= 0 ? 1 : -1) * size * Math.sqrt(discriminant);
    const [x, y] = [z / size, r / size];
    const length = Math.hypot(x, y);
    return { p: t + z, q: q - r, r: 0, t: t - (large / z) * small, c: x / length, s: y / length };
  }
  // A complex pair, or real eigenvalues too close to tell: make the diagonal equal.
  const sum = q + r;
  const largest = Math.max(Math.abs(sum), Math.abs(2 * half));
  const [x, y] = [sum / largest, half / largest];
  const length = Math.hypot(x, 2 * y);
  let c = Math.sqrt((1 + Math.abs(x) / length) / 2);
  let s = -(y / (length * c)) * (sum >= 0 ? 1 : -1);
  const top = [p * c + q * s, -p * s + q * c];
  const bottom = [r * c + t * s, -r * s + t * c];
  const mean = (top[0] * c + bottom[0] * s - top[1] * s + bottom[1] * c) / 2;
  const upper = top[1] * c + bottom[1] * s;
  const lower = -top[0] * s + bottom[0] * c;
  if (lower === 0) return { p: mean, q: upper, r: 0, t: mean, c, s };
  if (upper === 0) return { p: mean, q: -lower, r: 0, t: mean, c: -s, s: c };
  if (Math.sign(upper) !== Math.sign(lower)) return { p: mean, q: upper, r: lower, t: mean, c, s };
  // Real after all: a second rotation splits them.
  const a = Math.sqrt(Math.abs(upper));
  const b = Math.sqrt(Math.abs(lower));
  const shift = Math.sign(lower) * a * b;
  const scale = 1 / Math.hypot(a, b);
  [c, s] = [c * a * scale - s * b * scale, s * a * scale + c * b * scale];
  return { p: mean + shift, q: upper - lower, r: 0, t: mean - shift, c, s };
};

/** Applies the rotation `[c s; -s c]` to rows `i` and `i + 1`, columns `from … to`. */
export const rotateRows = (A: Matrix, i: number, c: number, s: number, from: number, to: number): void => {
  const upper = i * A.cols;
  const lower = upper + A.cols;
  for (let j = from; j < to; j++) {
    const x = A.data[upper + j];
    const y = A.data[lower + j];
    A.data[upper + j] = c * x + s * y;
    A.data[lower + j] = c * y - s * x;
  }
};

/** Applies the transposed rotation to columns `j` and `j + 1`, rows `from … to`. */
export const rotateColumns = (A: Matrix, j: number, c: number, s: number, from: number, to: number): void => {
  for (let i = from; i < to; i++) {
    const k = i * A.cols + j;
    const x = A.data[k];
    const y = A.data[k + 1];
    A.data[k] = c * x + s * y;
    A.data[k + 1] = c * y - s * x;
  }
};

/** Standardizes the block in rows `i` and `i + 1` of a Schur form in place; `Q`, if given, follows. */
export const standardizeInPlace = (T: Matrix, Q: Matrix | undefined, i: number, from = 0, to = T.rows): void => {
  const n = T.cols;
  const k = i * n + i;
  const { p, q, r, t, c, s } = standardizeBlock(T.data[k], T.data[k + 1], T.data[k + n], T.data[k + n + 1]);
  if (s !== 0 || c !== 1) {
    rotateRows(T, i, c, s, i + 2, to);
    rotateColumns(T, i, c, s, from, i);
    if (Q !== undefined) rotateColumns(Q, i, c, s, 0, Q.rows);
  }
  T.data[k] = p;
  T.data[k + 1] = q;
  T.data[k + n] = r;
  T.data[k + n + 1] = t;
};

/** A diagonal block of a quasi-triangular matrix: its first row and its size. */
export interface DiagonalBlock {
  readonly start: number;
  readonly size: 1 | 2;
}

/** The diagonal blocks of a quasi-triangular `T`, from the top. */
export const diagonalBlocks = (T: Matrix): DiagonalBlock[] => {
  const n = T.rows;
  const blocks: DiagonalBlock[] = [];
  for (let start = 0; start < n; ) {
    const size = start + 1 < n && T.data[(start + 1) * n + start] !== 0 ? 2 : 1;
    blocks.push({ start, size });
    start += size;
  }
  return blocks;
};

/** The eigenvalues of one standardized block, the one with positive imaginary part first. */
export const blockEigenvalues = (T: Matrix, { start, size }: DiagonalBlock): Complex[] => {
  const k = start * T.cols + start;
  const real = T.data[k];
  if (size === 1) return [[real, 0]];
  const imaginary = Math.sqrt(Math.abs(T.data[k + 1])) * Math.sqrt(Math.abs(T.data[k + T.cols]));
  return [
    [real, imaginary],
    [real, -imaginary],
  ];
};
