/**
 * Matrix equations with quasi-triangular coefficients, by block substitution (Bartels & Stewart): one small system per pair
 * of diagonal blocks, the rest inner products. These are the cores of `sylvester.ts`.
 *
 * Bartels & Stewart, Commun. ACM 15 (1972) 820; Kitagawa, Int. J. Control 25 (1977) 745 (Stein); Golub & Van Loan, Matrix
 * Computations, 4th ed., §7.6.3.
 */
import { type Matrix, matrix } from "./matrix.js";
import { diagonalBlocks } from "./schur-block.js";
import { solveTiny, solveTinySylvester } from "./tiny-system.js";

/** Solves `S Y + Y T = F` for quasi upper triangular `S` and `T`; `undefined` when two blocks share an eigenvalue exactly. */
export const triangularSylvester = (S: Matrix, T: Matrix, F: Matrix): Matrix | undefined => {
  const [m, n] = [S.rows, T.rows];
  const Y = matrix(m, n);
  const y = Y.data;
  const rows = diagonalBlocks(S).reverse();
  for (const column of diagonalBlocks(T)) {
    const width = column.size;
    // The columns of T and of Y in this block, contiguous.
    const t = gatherColumns(T, column.start, width, column.start);
    const known = new Float64Array(m * width);
    for (const { start, size } of rows) {
      const right = new Float64Array(size * width);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < width; j++) {
          const row = start + i;
          let sum = F.data[row * n + column.start + j];
          for (let k = 0; k < column.start; k++) sum -= y[row * n + k] * t[j * column.start + k];
          for (let k = start + size; k < m; k++) sum -= S.data[row * m + k] * known[j * m + k];
          right[i * width + j] = sum;
        }
      }
      const pivot = solveTinySylvester(
        { data: S.data, stride: m, at: start * m + start, size },
        { data: T.data, stride: n, at: column.start * n + column.start, size: width },
        right,
      );
      if (pivot === 0) return undefined;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < width; j++) {
          known[j * m + start + i] = right[i * width + j];
          y[(start + i) * n + column.start + j] = right[i * width + j];
        }
      }
    }
  }
  return Y;
};

/** The first `rows` entries of `count` columns of `A` from `left` on, one column after the other. */
const gatherColumns = (A: Matrix, left: number, count: number, rows: number): Float64Array => {
  const result = new Float64Array(count * rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < count; j++) result[j * rows + i] = A.data[i * A.cols + left + j];
  return result;
};

/** Solves `T Y Tᵀ − Y = F` for a quasi upper triangular `T`; `undefined` when two eigenvalues have the product 1 exactly. */
export const triangularStein = (T: Matrix, F: Matrix): Matrix | undefined => {
  const n = T.rows;
  const t = T.data;
  const Y = matrix(n, n);
  const y = Y.data;
  const blocks = diagonalBlocks(T).reverse();
  for (const { start: left, size: width } of blocks) {
    // Z = Y Tᵀ in this block column: first from the columns to the right, then row by row as they become known.
    const Z = new Float64Array(width * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < width; j++) {
        let sum = 0;
        for (let k = left + width; k < n; k++) sum += y[i * n + k] * t[(left + j) * n + k];
        Z[j * n + i] = sum;
      }
    }
    for (const { start, size } of blocks) {
      const right = new Float64Array(size * width);
      for (let i = 0; i < size; i++) {
        const row = start + i;
        for (let j = 0; j < width; j++) {
          let sum = F.data[row * n + left + j];
          for (let k = start; k < n; k++) sum -= t[row * n + k] * Z[j * n + k];
          right[i * width + j] = sum;
        }
      }
      const m = size * width;
      const K = new Float64Array(m * m);
      for (let i = 0; i < m; i++) K[i * m + i] = -1;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < width; j++) {
          for (let k = 0; k < size; k++) {
            for (let l = 0; l < width; l++) {
              K[(i * width + j) * m + k * width + l] += t[(start + i) * n + start + k] * t[(left + j) * n + left + l];
            }
          }
        }
      }
      if (solveTiny(K, right, m) === 0) return undefined;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < width; j++) {
          y[(start + i) * n + left + j] = right[i * width + j];
          for (let l = 0; l < width; l++) Z[j * n + start + i] += right[i * width + l] * t[(left + j) * n + left + l];
        }
      }
    }
  }
  return Y;
};
