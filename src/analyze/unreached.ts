/**
 * How many directions the modes with vanishing margin stand for: the nullity of `[lambda I - A, B]`, summed over distinct eigenvalues.
 *
 * A staircase of many short steps can hide a loss, none of its blocks being small; the singular values at the eigenvalues cannot. Modes that
 * share an eigenvalue are counted together, with one decomposition.
 *
 * Demmel & Kågström, ACM Trans. Math. Software 19 (1993) 160 (why staircases alone are not enough).
 */
import { type Complex, type Matrix, matrix } from "../numerics/matrix.js";
import { singularValues } from "../numerics/svd.js";

/** Relative distance up to which two computed eigenvalues may be one. */
const SAME = 1e-7;

/** Directions not reached: `modes` are eigenvalues of `A` (norm 1) with a margin of at most `tolerance`, one of each pair. */
export const unreachedDirections = (A: Matrix, B: Matrix, modes: readonly Complex[], tolerance: number): number => {
  let left = modes;
  let count = 0;
  while (left.length > 0) {
    const [first] = left;
    const near = ([re, im]: Complex): boolean => Math.hypot(re - first[0], im - first[1]) <= SAME;
    const group = left.filter(near);
    left = left.filter((mode) => !near(mode));
    // A pair that close to the real axis is a double real eigenvalue, split by rounding.
    if (first[1] <= SAME) {
      const single = group.length === 1 && first[1] === 0;
      const spread = Math.max(...group.map(([, im]) => im));
      count += single ? 1 : nullityAt(A, B, [first[0], 0], tolerance + 2 * spread);
    } else count += 2 * (group.length === 1 ? 1 : nullityAt(A, B, first, tolerance));
  }
  return count;
};

/** The number of singular values of `[z - A, B]` up to `tolerance`. */
const nullityAt = (A: Matrix, B: Matrix, [re, im]: Complex, tolerance: number): number => {
  const [n, m] = [A.rows, B.cols];
  const copies = im === 0 ? 1 : 2;
  const width = copies * n + copies * m;
  // The real form [X -Y; Y X] of X + iY has every singular value twice.
  const M = matrix(copies * n, width);
  for (let copy = 0; copy < copies; copy++) {
    for (let i = 0; i < n; i++) {
      const row = (copy * n + i) * width;
      for (let j = 0; j < n; j++) M.data[row + copy * n + j] = (i === j ? re : 0) - A.data[i * n + j];
      for (let j = 0; j < m; j++) M.data[row + copies * n + copy * m + j] = B.data[i * m + j];
      if (copies === 2) M.data[row + (1 - copy) * n + i] = copy === 0 ? -im : im;
    }
  }
  return singularValues(M).filter((value) => value <= tolerance).length / copies;
};
