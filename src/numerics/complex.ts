/**
 * Complex numbers as `[re, im]`, and dense complex matrices in split storage.
 *
 * Moduli do not overflow before the result does, division scales first (Smith), and `cexpm1` keeps its digits near zero.
 *
 * Smith, Commun. ACM 5 (1962) 435; Kahan, Branch cuts for complex elementary functions (1987) for square root and logarithm.
 */
import { InputError } from "../error.js";
import type { Complex, Matrix } from "./matrix.js";

export const cadd = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];

export const csub = (a: Complex, b: Complex): Complex => [a[0] - b[0], a[1] - b[1]];

export const cmul = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];

/** `factor * a` for a real `factor`. */
export const cscale = (a: Complex, factor: number): Complex => [factor * a[0], factor * a[1]];

export const cneg = (a: Complex): Complex => [-a[0], -a[1]];

export const conj = (a: Complex): Complex => [a[0], -a[1]];

/** The modulus. */
export const cabs = (a: Complex): number => Math.hypot(a[0], a[1]);

/** The argument in `(-π, π]`; 0 for zero. */
export const carg = (a: Complex): number => Math.atan2(a[1], a[0]);

/** `a / b`; division by zero gives non-finite parts, as for reals. */
export const cdiv = (a: Complex, b: Complex): Complex => {
  const [c, d] = b;
  if (Math.abs(c) >= Math.abs(d)) {
    if (c === 0) return [a[0] / 0, a[1] / 0];
    const r = d / c;
    const denominator = c + d * r;
    return [(a[0] + a[1] * r) / denominator, (a[1] - a[0] * r) / denominator];
  }
  const r = c / d;
  const denominator = c * r + d;
  return [(a[0] * r + a[1]) / denominator, (a[1] * r - a[0]) / denominator];
};

export const cinv = (a: Complex): Complex => cdiv([1, 0], a);

export const cexp = (a: Complex): Complex => {
  const size = Math.exp(a[0]);
  return a[1] === 0 ? [size, a[1]] : [size * Math.cos(a[1]), size * Math.sin(a[1])];
};

/** `exp(a) − 1`, accurate near zero. */
export const cexpm1 = (a: Complex): Complex => {
  if (a[1] === 0) return [Math.expm1(a[0]), a[1]];
  const half = Math.sin(a[1] / 2);
  return [Math.expm1(a[0]) * Math.cos(a[1]) - 2 * half * half, Math.exp(a[0]) * Math.sin(a[1])];
};

/** The principal logarithm, imaginary part in `(-π, π]`. */
export const clog = (a: Complex): Complex => {
  const size = cabs(a);
  if (size > 0.5 && size < 2) {
    const [large, small] = Math.abs(a[0]) >= Math.abs(a[1]) ? [Math.abs(a[0]), a[1]] : [Math.abs(a[1]), a[0]];
    return [Math.log1p((large - 1) * (large + 1) + small * small) / 2, carg(a)];
  }
  return [Math.log(size), carg(a)];
};

/** The principal square root, real part not negative. */
export const csqrt = (a: Complex): Complex => {
  const [x, y] = a;
  if (x === 0 && y === 0) return [0, y];
  const w = Math.sqrt((Math.abs(x) + cabs(a)) / 2);
  if (x >= 0) return [w, y / (2 * w)];
  return [Math.abs(y) / (2 * w), y >= 0 ? w : -w];
};

/** `a` to an integer power, by repeated squaring. */
export const cpow = (a: Complex, exponent: number): Complex => {
  if (!Number.isInteger(exponent))
    throw new InputError(`cpow: expected an integer exponent, got ${exponent}; use cexp and clog`);
  let base = exponent < 0 ? cinv(a) : a;
  let result: Complex = [1, 0];
  for (let k = Math.abs(exponent); k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = cmul(result, base);
    base = cmul(base, base);
  }
  return result;
};

/** A dense complex matrix in row-major order, real and imaginary parts apart. */
export interface ComplexMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** A `rows x cols` complex matrix over `re` and `im` (not copied), or of zeros. */
export const complexMatrix = (
  rows: number,
  cols: number,
  re = new Float64Array(rows * cols),
  im = new Float64Array(rows * cols),
): ComplexMatrix => {
  if (re.length !== rows * cols || im.length !== rows * cols) {
    throw new InputError(
      `complexMatrix: expected ${rows * cols} entries for ${rows} x ${cols}, got ${re.length} and ${im.length}`,
    );
  }
  return { rows, cols, re, im };
};

/** `A` as a complex matrix. */
export const toComplex = (A: Matrix): ComplexMatrix => complexMatrix(A.rows, A.cols, A.data.slice());

/** Column `j` as complex numbers. */
export const complexColumn = (A: ComplexMatrix, j: number): Complex[] =>
  Array.from({ length: A.rows }, (_, i): Complex => [A.re[i * A.cols + j], A.im[i * A.cols + j]]);

/** The conjugate transpose. */
export const adjoint = (A: ComplexMatrix): ComplexMatrix => {
  const result = complexMatrix(A.cols, A.rows);
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < A.cols; j++) {
      result.re[j * A.rows + i] = A.re[i * A.cols + j];
      result.im[j * A.rows + i] = -A.im[i * A.cols + j];
    }
  }
  return result;
};

/** The product `A B`. */
export const complexMultiply = (A: ComplexMatrix, B: ComplexMatrix): ComplexMatrix => {
  if (A.cols !== B.rows)
    throw new InputError(`complexMultiply: inner sizes differ, got ${A.rows} x ${A.cols} and ${B.rows} x ${B.cols}`);
  const n = B.cols;
  const result = complexMatrix(A.rows, n);
  const { re, im } = result;
  for (let i = 0; i < A.rows; i++) {
    for (let k = 0; k < A.cols; k++) {
      const a = A.re[i * A.cols + k];
      const b = A.im[i * A.cols + k];
      for (let j = 0, p = i * n, q = k * n; j < n; j++, p++, q++) {
        re[p] += a * B.re[q] - b * B.im[q];
        im[p] += a * B.im[q] + b * B.re[q];
      }
    }
  }
  return result;
};

/** The shifted matrix `z I − A` of a real square `A`. */
export const shifted = (A: Matrix, z: Complex): ComplexMatrix => {
  if (A.rows !== A.cols) throw new InputError(`shifted: expected a square matrix, got ${A.rows} x ${A.cols}`);
  const result = complexMatrix(
    A.rows,
    A.cols,
    Float64Array.from(A.data, (v) => -v),
  );
  for (let i = 0; i < A.rows; i++) {
    result.re[i * A.cols + i] += z[0];
    result.im[i * A.cols + i] += z[1];
  }
  return result;
};
