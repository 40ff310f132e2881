/**
 * Linear systems with at most four unknowns, by elimination with complete pivoting: what block methods on quasi-triangular
 * matrices are left with when two 2 x 2 diagonal blocks meet.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., §3.4.8.
 */

/**
 * Solves `K x = b` in place (`K` is `m x m`, row-major; `b` becomes `x`) and returns the smallest pivot in magnitude; when that
 * is zero, `b` is left meaningless.
 */
export const solveTiny = (K: Float64Array, b: Float64Array, m: number): number => {
  const order = [0, 1, 2, 3];
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < m; k++) {
    let [row, col, largest] = [k, k, -1];
    for (let i = k; i < m; i++) {
      for (let j = k; j < m; j++)
        if (Math.abs(K[i * m + j]) > largest) [row, col, largest] = [i, j, Math.abs(K[i * m + j])];
    }
    smallest = Math.min(smallest, largest);
    if (!(largest > 0)) return 0;
    for (let j = 0; j < m; j++) [K[k * m + j], K[row * m + j]] = [K[row * m + j], K[k * m + j]];
    for (let i = 0; i < m; i++) [K[i * m + k], K[i * m + col]] = [K[i * m + col], K[i * m + k]];
    [b[k], b[row]] = [b[row], b[k]];
    [order[k], order[col]] = [order[col], order[k]];
    for (let i = k + 1; i < m; i++) {
      const factor = K[i * m + k] / K[k * m + k];
      for (let j = k + 1; j < m; j++) K[i * m + j] -= factor * K[k * m + j];
      b[i] -= factor * b[k];
    }
  }
  const x = new Float64Array(m);
  for (let i = m - 1; i >= 0; i--) {
    let sum = b[i];
    for (let j = i + 1; j < m; j++) sum -= K[i * m + j] * x[j];
    x[i] = sum / K[i * m + i];
  }
  for (let i = 0; i < m; i++) b[order[i]] = x[i];
  return smallest;
};

/**
 * Solves `P X + X R = F` for blocks of at most 2 x 2, where `P` (`p x p`) starts at `P.at` in its array and `R` (`r x r`) at
 * `R.at`; `F` (`p x r`, row-major) becomes `X`. Returns the smallest pivot.
 */
export const solveTinySylvester = (
  P: { readonly data: Float64Array; readonly stride: number; readonly at: number; readonly size: number },
  R: { readonly data: Float64Array; readonly stride: number; readonly at: number; readonly size: number },
  F: Float64Array,
): number => {
  const [p, r] = [P.size, R.size];
  const m = p * r;
  if (m === 1) {
    const pivot = P.data[P.at] + R.data[R.at];
    F[0] /= pivot;
    return Math.abs(pivot);
  }
  const K = new Float64Array(m * m);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < r; j++) {
      const equation = (i * r + j) * m;
      for (let k = 0; k < p; k++) K[equation + k * r + j] += P.data[P.at + i * P.stride + k];
      for (let l = 0; l < r; l++) K[equation + i * r + l] += R.data[R.at + l * R.stride + j];
    }
  }
  return solveTiny(K, F, m);
};
