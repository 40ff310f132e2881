/**
 * What every routine of the linear algebra asks of its arguments before it starts: finite entries and the right shape.
 *
 * An iteration fed with NaN compares false for ever, so nothing below this line needs to think about it. A breach is the
 * caller's, hence an {@link InputError} that names the routine, the entry and the value.
 */
import { InputError } from "../error.js";
import type { Matrix } from "./matrix.js";

/** Throws unless every entry of `A` is finite: `eigenvalues: entry [0][2] is not finite, got NaN`. */
export const requireFinite = (subject: string, A: Matrix): void => {
  const { data, cols } = A;
  for (let k = 0; k < data.length; k++) {
    if (Number.isFinite(data[k])) continue;
    throw new InputError(`${subject}: entry [${Math.floor(k / cols)}][${k % cols}] is not finite, got ${data[k]}`);
  }
};

/** Throws unless every entry of the vector `x` is finite. */
export const requireFiniteVector = (subject: string, x: ArrayLike<number>): void => {
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) throw new InputError(`${subject}: entry [${i}] is not finite, got ${x[i]}`);
  }
};

/** Throws unless `A` is square. */
export const requireSquare = (subject: string, A: Matrix): void => {
  if (A.rows !== A.cols) throw new InputError(`${subject}: expected a square matrix, got ${A.rows} x ${A.cols}`);
};

/** Throws unless `A` is square with finite entries. */
export const requireFiniteSquare = (subject: string, A: Matrix): void => {
  requireSquare(subject, A);
  requireFinite(subject, A);
};

/** Throws unless `A` is `rows x cols`. */
export const requireShape = (subject: string, A: Matrix, rows: number, cols: number): void => {
  if (A.rows === rows && A.cols === cols) return;
  throw new InputError(`${subject}: expected a ${rows} x ${cols} matrix, got ${A.rows} x ${A.cols}`);
};
