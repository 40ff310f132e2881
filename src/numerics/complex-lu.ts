/**
 * Complex linear systems `M X = B`, by LU factorization with partial pivoting: resolvents and shifted solves.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §3.4.
 */
import { InputError } from "../error.js";
import { type ComplexMatrix, complexMatrix } from "./complex.js";

/** Throws unless both parts of every entry are finite. */
const requireFiniteComplex = (subject: string, A: ComplexMatrix): void => {
  for (let k = 0; k < A.re.length; k++) {
    if (Number.isFinite(A.re[k]) && Number.isFinite(A.im[k])) continue;
    const at = `[${Math.floor(k / A.cols)}][${k % A.cols}]`;
    throw new InputError(`${subject}: entry ${at} is not finite, got ${A.re[k]} + ${A.im[k]}i`);
  }
};

/** Solves `M X = B` for a square complex `M`; `undefined` when `M` is exactly singular. */
export const complexSolve = (M: ComplexMatrix, B: ComplexMatrix): ComplexMatrix | undefined => {
  const n = M.rows;
  if (M.cols !== n) throw new InputError(`complexSolve: expected a square matrix, got ${n} x ${M.cols}`);
  if (B.rows !== n) throw new InputError(`complexSolve: expected ${n} rows on the right-hand side, got ${B.rows}`);
  requireFiniteComplex("complexSolve", M);
  requireFiniteComplex("complexSolve", B);
  const a = complexMatrix(n, n, M.re.slice(), M.im.slice());
  const x = complexMatrix(n, B.cols, B.re.slice(), B.im.slice());
  for (let k = 0; k < n; k++) {
    let p = k;
    const size = (i: number): number => Math.abs(a.re[i * n + k]) + Math.abs(a.im[i * n + k]);
    for (let i = k + 1; i < n; i++) if (size(i) > size(p)) p = i;
    if (size(p) === 0) return undefined;
    exchangeRows(a, k, p);
    exchangeRows(x, k, p);
    for (let i = k + 1; i < n; i++) {
      if (size(i) === 0) continue;
      const [re, im] = quotient(a.re[i * n + k], a.im[i * n + k], a.re[k * n + k], a.im[k * n + k]);
      subtractRow(a, i, k, re, im, k + 1);
      subtractRow(x, i, k, re, im, 0);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(x, i, k, a.re[i * n + k], a.im[i * n + k], 0);
    for (let at = i * x.cols; at < (i + 1) * x.cols; at++) {
      const [re, im] = quotient(x.re[at], x.im[at], a.re[i * n + i], a.im[i * n + i]);
      x.re[at] = re;
      x.im[at] = im;
    }
  }
  return x;
};

const exchangeRows = (A: ComplexMatrix, i: number, j: number): void => {
  if (i === j) return;
  for (const part of [A.re, A.im]) {
    const kept = part.slice(i * A.cols, (i + 1) * A.cols);
    part.copyWithin(i * A.cols, j * A.cols, (j + 1) * A.cols);
    part.set(kept, j * A.cols);
  }
};

/** Row `i` minus `re + i im` times row `k`, from column `from` on. */
const subtractRow = (A: ComplexMatrix, i: number, k: number, re: number, im: number, from: number): void => {
  const { cols } = A;
  for (let p = i * cols + from, q = k * cols + from; p < (i + 1) * cols; p++, q++) {
    A.re[p] -= re * A.re[q] - im * A.im[q];
    A.im[p] -= re * A.im[q] + im * A.re[q];
  }
};

const quotient = (a: number, b: number, c: number, d: number): readonly [number, number] => {
  const size = Math.max(Math.abs(c), Math.abs(d));
  const [u, v] = [c / size, d / size];
  const squares = u * u + v * v;
  return [(a * u + b * v) / squares / size, (b * u - a * v) / squares / size];
};
