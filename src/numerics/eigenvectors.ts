/**
 * Eigenvectors of a quasi-triangular matrix by back substitution: for each eigenvalue `λ` of `T`, `(T − λ) x = 0` with `x`
 * fixed to one on the block that `λ` belongs to and solved for upwards.
 *
 * A pivot that vanishes (a repeated eigenvalue) is replaced by one of rounding size, and the vector is scaled down whenever it
 * would overflow; for a defective matrix the vectors then come out parallel, as they should.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §7.6.4.
 */
import { type ComplexMatrix, complexMatrix } from "./complex.js";
import { type Matrix, matrix } from "./matrix.js";
import { type DiagonalBlock, diagonalBlocks } from "./schur-block.js";

const EPSILON = 2 ** -52;
const SMALLEST_PIVOT = 2 ** -960;
const LARGE = 2 ** 300;

/** A complex vector under construction, with the matrix it belongs to. */
interface Substitution {
  readonly t: Float64Array;
  readonly n: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly end: number;
}

/**
 * The right eigenvectors of the Schur form `Q T Qᵀ` as columns, in the order of the diagonal of `T`; not normalized. The two of
 * a complex pair are conjugates, first the one with positive imaginary part. Entries of `T` must stay below 1e150.
 */
export const schurEigenvectors = (T: Matrix, Q: Matrix): ComplexMatrix => {
  const n = T.rows;
  const t = T.data;
  const blocks = diagonalBlocks(T);
  const result = complexMatrix(n, n);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  blocks.forEach((block, index) => {
    const end = block.start + block.size;
    re.fill(0);
    im.fill(0);
    substitute({ t, n, re, im, end }, blocks, index);
    const isComplex = block.size === 2;
    for (let i = 0; i < n; i++) {
      let x = 0;
      let y = 0;
      for (let k = 0, q = i * n; k < end; k++) {
        x += Q.data[q + k] * re[k];
        if (isComplex) y += Q.data[q + k] * im[k];
      }
      const at = i * n + block.start;
      result.re[at] = x;
      result.im[at] = y;
      if (!isComplex) continue;
      result.re[at + 1] = x;
      result.im[at + 1] = -y;
    }
  });
  return result;
};

/**
 * The left eigenvectors, `yᴴ Q T Qᵀ = λ yᴴ`, laid out like the right ones: those of the transpose, which becomes upper
 * triangular again when the order of its rows and columns is reversed.
 */
export const schurLeftEigenvectors = (T: Matrix, Q: Matrix): ComplexMatrix => {
  const n = T.rows;
  const reversedT = matrix(n, n);
  const reversedQ = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      reversedT.data[i * n + j] = T.data[(n - 1 - j) * n + (n - 1 - i)];
      reversedQ.data[i * n + j] = Q.data[i * n + (n - 1 - j)];
    }
  }
  const vectors = schurEigenvectors(reversedT, reversedQ);
  const result = complexMatrix(n, n);
  for (const { start, size } of diagonalBlocks(T)) {
    for (let k = 0; k < size; k++) {
      const from = n - start - size + k;
      for (let i = 0; i < n; i++) {
        result.re[i * n + start + k] = vectors.re[i * n + from];
        result.im[i * n + start + k] = -vectors.im[i * n + from];
      }
    }
  }
  return result;
};

const substitute = (x: Substitution, blocks: readonly DiagonalBlock[], index: number): void => {
  const { t, n, re, im } = x;
  const { start, size } = blocks[index];
  const k = start * n + start;
  const real = t[k];
  let imaginary = 0;
  if (size === 1) {
    re[start] = 1;
  } else {
    const [b, c] = [t[k + 1], t[k + n]];
    imaginary = Math.sqrt(Math.abs(b)) * Math.sqrt(Math.abs(c));
    if (Math.abs(b) >= Math.abs(c)) [re[start], im[start + 1]] = [1, imaginary / b];
    else [re[start], im[start + 1]] = [-imaginary / c, 1];
  }
  const floor = Math.max(EPSILON * (Math.abs(real) + imaginary), SMALLEST_PIVOT);
  for (let b = index - 1; b >= 0; b--) {
    const block = blocks[b];
    for (let i = block.start; i < block.start + block.size; i++) {
      let [sumRe, sumIm] = [0, 0];
      const row = i * n;
      const from = block.start + block.size;
      for (let j = from; j < x.end; j++) sumRe -= t[row + j] * re[j];
      if (size === 2) for (let j = from; j < x.end; j++) sumIm -= t[row + j] * im[j];
      re[i] = sumRe;
      im[i] = sumIm;
    }
    if (block.size === 1) divide(x, block.start, t[block.start * n + block.start] - real, -imaginary, floor);
    else divideBlock(x, block.start, real, imaginary, floor);
    const largest = Math.max(Math.abs(re[block.start]), Math.abs(im[block.start]));
    if (largest > LARGE) rescale(x, largest);
  }
};

const rescale = ({ re, im, end }: Substitution, size: number): void => {
  for (let i = 0; i < end; i++) {
    re[i] /= size;
    im[i] /= size;
  }
};

/** `x[i] ← x[i] / (a + i b)`, the divisor not allowed below `floor`. */
const divide = (x: Substitution, i: number, a: number, b: number, floor: number): void => {
  let [c, d] = [a, b];
  if (Math.abs(c) + Math.abs(d) < floor) [c, d] = [floor, 0];
  const size = Math.max(Math.abs(c), Math.abs(d));
  const numerator = Math.max(Math.abs(x.re[i]), Math.abs(x.im[i]));
  if (size < 1 && numerator > size * 2 ** 900) rescale(x, numerator);
  const [u, v] = [x.re[i], x.im[i]];
  c /= size;
  d /= size;
  const squares = c * c + d * d;
  x.re[i] = (u * c + v * d) / squares / size;
  x.im[i] = (v * c - u * d) / squares / size;
};

/** Solves the 2 x 2 system of a standardized block, `([a b; c a] − λ) y = x`, by elimination with row exchange. */
const divideBlock = (x: Substitution, i: number, real: number, imaginary: number, floor: number): void => {
  const { t, n, re, im } = x;
  const k = i * n + i;
  const a = t[k] - real;
  const [b, c] = [t[k + 1], t[k + n]];
  // The block minus λ is [p b; c p] with p = a − i·imaginary; eliminate with whichever of p and c is larger.
  if (Math.abs(c) > Math.abs(a) + Math.abs(imaginary)) {
    // [c p; p b]: ratio p / c, second pivot b − p² / c.
    const [fRe, fIm] = [a / c, -imaginary / c];
    const [topRe, topIm] = [re[i + 1], im[i + 1]];
    re[i + 1] = re[i] - (fRe * topRe - fIm * topIm);
    im[i + 1] = im[i] - (fRe * topIm + fIm * topRe);
    re[i] = topRe;
    im[i] = topIm;
    divide(x, i + 1, b - (fRe * a + fIm * imaginary), fRe * imaginary - fIm * a, floor);
    re[i] -= a * re[i + 1] + imaginary * im[i + 1];
    im[i] -= a * im[i + 1] - imaginary * re[i + 1];
    divide(x, i, c, 0, floor);
  } else {
    // [p b; c p]: ratio c / p, second pivot p − b c / p.
    const size = Math.max(Math.abs(a), Math.abs(imaginary));
    const [u, v] = [a / size, imaginary / size];
    const factor = c / size / (u * u + v * v);
    const [fRe, fIm] = [factor * u, factor * v];
    const [topRe, topIm] = [re[i], im[i]];
    re[i + 1] -= fRe * topRe - fIm * topIm;
    im[i + 1] -= fRe * topIm + fIm * topRe;
    divide(x, i + 1, a - fRe * b, -imaginary - fIm * b, floor);
    re[i] -= b * re[i + 1];
    im[i] -= b * im[i + 1];
    divide(x, i, a, -imaginary, floor);
  }
  if (Math.max(Math.abs(re[i + 1]), Math.abs(im[i + 1])) > LARGE)
    rescale(x, Math.max(Math.abs(re[i + 1]), Math.abs(im[i + 1])));
};
