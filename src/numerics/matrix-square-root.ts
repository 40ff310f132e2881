/**
 * The principal square root of a real matrix, `X² = A` with the eigenvalues of `X` in the open right half-plane, from the real
 * Schur form: roots of the diagonal blocks first, then one small Sylvester equation per block above them.
 *
 * It exists, and is real and unique, when no eigenvalue lies on the closed negative real axis.
 *
 * Björck & Hammarling, Linear Algebra Appl. 52/53 (1983) 127; Higham, ibid. 88/89 (1987) 405 (real arithmetic).
 */
import { InternalError } from "../error.js";
import { balance, unbalanceFunction } from "./balance.js";
import { csqrt } from "./complex.js";
import { type Complex, type Matrix, matrix, multiply, transpose } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";
import { schur, schurEigenvalues } from "./schur.js";
import { blockEigenvalues, type DiagonalBlock, diagonalBlocks } from "./schur-block.js";
import { solveTinySylvester } from "./tiny-system.js";

/** A square root, or the eigenvalues that forbid a principal one. */
export type MatrixSquareRoot =
  | { readonly status: "principal"; readonly X: Matrix }
  | { readonly status: "none"; readonly eigenvalues: Complex[]; readonly reason: string };

/** The principal square root of `A`. */
export const sqrtm = (A: Matrix): MatrixSquareRoot => {
  requireFiniteSquare("sqrtm", A);
  const balanced = balance(A, { permute: false });
  const { T, Q } = schur(balanced.B);
  const forbidden = schurEigenvalues({ T, Q }).filter(([re, im]) => im === 0 && re <= 0);
  if (forbidden.length > 0) {
    const list = forbidden.map(([re]) => re).join(", ");
    return {
      status: "none",
      eigenvalues: forbidden,
      reason: `no principal square root: eigenvalues on the negative real axis, got ${list}`,
    };
  }
  return {
    status: "principal",
    X: unbalanceFunction(balanced, multiply(multiply(Q, triangularSquareRoot(T)), transpose(Q))),
  };
};

/**
 * A function of one diagonal block in standard form, from its value at the upper eigenvalue: with `f(a + i w) = u + i v` it is
 * `u I + (v / w) (block − a I)`. The entries in row-major order.
 */
export const blockFunction = (T: Matrix, block: DiagonalBlock, f: (value: Complex) => Complex): readonly number[] => {
  const [value] = blockEigenvalues(T, block);
  const [u, v] = f(value);
  if (block.size === 1) return [u];
  const k = block.start * T.cols + block.start;
  const ratio = v / value[1];
  return [u, ratio * T.data[k + 1], ratio * T.data[k + T.cols], u];
};

/** The principal square root of a quasi upper triangular matrix without eigenvalues on the closed negative real axis. */
export const triangularSquareRoot = (T: Matrix): Matrix => {
  const n = T.rows;
  const R = matrix(n, n);
  const r = R.data;
  const blocks = diagonalBlocks(T);
  blocks.forEach((column, index) => {
    const root = blockFunction(T, column, csqrt);
    const width = column.size;
    // The columns of R in this block, contiguous.
    const known = new Float64Array(width * n);
    const put = ({ start, size }: DiagonalBlock, entries: ArrayLike<number>): void => {
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < width; j++) {
          r[(start + i) * n + column.start + j] = entries[i * width + j];
          known[j * n + start + i] = entries[i * width + j];
        }
      }
    };
    put(column, root);
    for (let b = index - 1; b >= 0; b--) {
      const { start, size } = blocks[b];
      const right = new Float64Array(size * width);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < width; j++) {
          const row = (start + i) * n;
          let sum = T.data[row + column.start + j];
          for (let k = start + size; k < column.start; k++) sum -= r[row + k] * known[j * n + k];
          right[i * width + j] = sum;
        }
      }
      const pivot = solveTinySylvester(
        { data: r, stride: n, at: start * n + start, size },
        { data: r, stride: n, at: column.start * n + column.start, size: width },
        right,
      );
      if (pivot === 0) throw new InternalError("sqrtm: two diagonal blocks of the root have opposite eigenvalues");
      put(blocks[b], right);
    }
  });
  return R;
};
