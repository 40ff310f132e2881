/**
 * Eigenvalues and eigenvectors of a general real matrix: balance, reduce to Hessenberg form, iterate to Schur form, substitute
 * back. With unit right and left vectors, `A x = λ x` and `yᴴ A = λ yᴴ`, the condition number of a simple eigenvalue is
 * `1 / |yᴴ x|`: a change of norm `ε` in `A` moves it by up to `ε` times that.
 *
 * Everything is sorted by real part, descending, then imaginary part, descending: the rate that decays slowest comes first.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §7.2, §7.5–7.6; Wilkinson, The Algebraic Eigenvalue Problem, §2.
 */
import { type Balanced, balance } from "./balance.js";
import { type ComplexMatrix, complexMatrix } from "./complex.js";
import { schurEigenvectors, schurLeftEigenvectors } from "./eigenvectors.js";
import { type Complex, frobeniusNorm, type Matrix, matrix, multiply, scale, transpose } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";
import { safeUnit, schurEigenvalues, schurOf, unorderedEigenvalues } from "./schur.js";

/** The eigenvalue decomposition of a real matrix. */
export interface Eigen {
  /** Sorted by real part, then imaginary part, both descending. */
  readonly values: Complex[];
  /** Column `j` is the unit right eigenvector of `values[j]`, its largest component real and positive. */
  readonly vectors: ComplexMatrix;
  /** Column `j` is the unit left eigenvector of `values[j]`, turned so that `yᴴ x` is real and not negative. */
  readonly leftVectors: ComplexMatrix;
  /** `1 / |yᴴ x|` for each eigenvalue: 1 for a normal matrix, `Infinity` (in practice: above 1e7) for a defective one. */
  readonly conditionNumbers: Float64Array;
}

/** The residual, relative to the norm of the matrix, above which eigenvectors are computed once more without scaling. */
const ACCEPTED_RESIDUAL = 1e-14;

/** The order of eigenvalues throughout: real part descending, then imaginary part descending. */
export const compareEigenvalues = (a: Complex, b: Complex): number => b[0] - a[0] || b[1] - a[1];

/** The eigenvalues of a square matrix, each as often as its multiplicity. */
export const eigenvalues = (A: Matrix): Complex[] => {
  requireFiniteSquare("eigenvalues", A);
  const unit = safeUnit(A);
  const { B, low, high } = balance(unit === 1 ? A : scale(A, 1 / unit));
  const values = unorderedEigenvalues(B, low, high);
  return values.map(([re, im]): Complex => [re * unit, im * unit]).sort(compareEigenvalues);
};

/** The largest real part of an eigenvalue; `-Infinity` for the empty matrix. */
export const spectralAbscissa = (A: Matrix): number =>
  eigenvalues(A).reduce((largest, [re]) => Math.max(largest, re), Number.NEGATIVE_INFINITY);

/** The largest modulus of an eigenvalue; 0 for the empty matrix. */
export const spectralRadius = (A: Matrix): number =>
  eigenvalues(A).reduce((largest, [re, im]) => Math.max(largest, Math.hypot(re, im)), 0);

/**
 * Eigenvalues with right and left eigenvectors and condition numbers.
 *
 * Scaling can spoil eigenvectors where it helps eigenvalues (components that are small in the balanced matrix have only absolute
 * accuracy there). So when the vectors of the balanced matrix do not solve the equations to rounding, they are computed without.
 */
export const eigen = (A: Matrix): Eigen => {
  requireFiniteSquare("eigen", A);
  const unit = safeUnit(A);
  const S = unit === 1 ? A : scale(A, 1 / unit);
  const balanced = balance(S);
  let result = eigenOf(balanced);
  if (balanced.scaling.some((factor) => factor !== 1) && residual(S, result) > ACCEPTED_RESIDUAL * frobeniusNorm(S)) {
    const plain = eigenOf(balance(S, { rescale: false }));
    if (residual(S, plain) < residual(S, result)) result = plain;
  }
  return unit === 1 ? result : { ...result, values: result.values.map(([re, im]): Complex => [re * unit, im * unit]) };
};

const eigenOf = (balanced: Balanced): Eigen => {
  const { T, Q } = schurOf(balanced.B, balanced.low, balanced.high);
  const values = schurEigenvalues({ T, Q });
  const n = values.length;
  const order = values.map((_, j) => j).sort((i, j) => compareEigenvalues(values[i], values[j]));
  const vectors = unbalanceVectors(schurEigenvectors(T, Q), balanced, order, (factor) => factor);
  const leftVectors = unbalanceVectors(schurLeftEigenvectors(T, Q), balanced, order, (factor) => 1 / factor);
  const conditionNumbers = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    turnLargestReal(vectors, j);
    const [re, im] = innerProduct(leftVectors, vectors, j);
    const size = Math.hypot(re, im);
    conditionNumbers[j] = size === 0 ? Number.POSITIVE_INFINITY : Math.max(1, 1 / size);
    // y ← y · (yᴴx) / |yᴴx| makes yᴴx real and positive.
    if (size > 0) turn(leftVectors, j, re / size, im / size);
  }
  return { values: order.map((j) => values[j]), vectors, leftVectors, conditionNumbers };
};

/** The largest entry of `A X − X Λ` and of `Aᵀ Y − Y Λ*`. */
const residual = (A: Matrix, { values, vectors, leftVectors }: Eigen): number => {
  const n = A.rows;
  const worst = (M: Matrix, X: ComplexMatrix, sign: number): number => {
    const re = multiply(M, matrix(n, n, X.re));
    const im = multiply(M, matrix(n, n, X.im));
    let largest = 0;
    for (let k = 0; k < n * n; k++) {
      const [a, b] = values[k % n];
      const x = re.data[k] - (a * X.re[k] - sign * b * X.im[k]);
      const y = im.data[k] - (a * X.im[k] + sign * b * X.re[k]);
      largest = Math.max(largest, Math.abs(x), Math.abs(y));
    }
    return largest;
  };
  return Math.max(worst(A, vectors, 1), worst(transpose(A), leftVectors, -1));
};

/** Undoes balancing, sorts the columns and makes them unit vectors. */
const unbalanceVectors = (
  X: ComplexMatrix,
  { scaling, permutation }: Balanced,
  order: readonly number[],
  weight: (factor: number) => number,
): ComplexMatrix => {
  const n = X.rows;
  const result = complexMatrix(n, n);
  order.forEach((from, j) => {
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const factor = weight(scaling[i]);
      const at = permutation[i] * n + j;
      result.re[at] = X.re[i * n + from] * factor;
      result.im[at] = X.im[i * n + from] * factor;
      largest = Math.max(largest, Math.abs(result.re[at]), Math.abs(result.im[at]));
    }
    let squares = 0;
    for (let at = j; at < n * n; at += n) squares += (result.re[at] / largest) ** 2 + (result.im[at] / largest) ** 2;
    const length = Math.sqrt(squares);
    for (let at = j; at < n * n; at += n) {
      result.re[at] = result.re[at] / largest / length;
      result.im[at] = result.im[at] / largest / length;
    }
  });
  return result;
};

/** Multiplies column `j` by `c + i s`. */
const turn = (X: ComplexMatrix, j: number, c: number, s: number): void => {
  for (let at = j; at < X.re.length; at += X.cols) {
    const [re, im] = [X.re[at], X.im[at]];
    X.re[at] = re * c - im * s;
    X.im[at] = re * s + im * c;
  }
};

const turnLargestReal = (X: ComplexMatrix, j: number): void => {
  let best = j;
  let largest = -1;
  for (let at = j; at < X.re.length; at += X.cols) {
    const size = Math.hypot(X.re[at], X.im[at]);
    // Ties go to the first, also when rounding has made a later one larger by a little.
    if (size > largest * (1 + 1e-12)) {
      largest = size;
      best = at;
    }
  }
  turn(X, j, X.re[best] / largest, -X.im[best] / largest);
  X.im[best] = 0;
};

/** `yᴴ x` for columns `j`. */
const innerProduct = (Y: ComplexMatrix, X: ComplexMatrix, j: number): Complex => {
  let [re, im] = [0, 0];
  for (let at = j; at < X.re.length; at += X.cols) {
    re += Y.re[at] * X.re[at] + Y.im[at] * X.im[at];
    im += Y.re[at] * X.im[at] - Y.im[at] * X.re[at];
  }
  return [re, im];
};
