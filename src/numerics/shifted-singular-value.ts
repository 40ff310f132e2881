/**
 * The smallest singular value of a shifted matrix: `σ_min(z I − A)`, whose reciprocal is the norm of the resolvent and whose
 * level lines bound the pseudospectra, and `σ_min([z I − A, B])`, the distance to a loss of controllability at `z` (PBH).
 *
 * The matrix is reduced to a triangle `R` by rotations or reflectors; Lanczos iteration on `(Rᴴ R)⁻¹`, two triangular solves a
 * step, then finds the largest eigenvalue `1 / σ²`. Values below the unit roundoff times `‖A‖` mean zero.
 *
 * Trefethen & Embree, Spectra and Pseudospectra (2005), §39; Golub & Van Loan, Matrix Computations, 4th ed., §10.1.
 */
import { type ComplexMatrix, complexMatrix, shifted } from "./complex.js";
import { type Complex, euclideanNorm, type Matrix, matrix, maxAbs, multiply, transpose } from "./matrix.js";
import { requireFinite, requireFiniteSquare, requireFiniteVector, requireShape } from "./preconditions.js";
import { schur } from "./schur.js";
import { singularValues } from "./svd.js";
import { symmetricEigen } from "./symmetric-eigen.js";

const MAX_STEPS = 100;
const TOLERANCE = 1e-11;

/** `σ_min(z I − A)`, or `σ_min([z I − A, B])` with `B`; `Infinity` for the empty matrix. For many shifts see `resolventProbe` and `reachProbe`. */
export const smallestSingularValueShifted = (A: Matrix, z: Complex, B?: Matrix): number => {
  requireFiniteSquare("smallestSingularValueShifted", A);
  requireFiniteVector("smallestSingularValueShifted", z);
  const M = shifted(A, z);
  if (B === undefined) return smallestOfTriangle(triangle(conjugateColumns(M)));
  requireShape("smallestSingularValueShifted", B, A.rows, B.cols);
  requireFinite("smallestSingularValueShifted", B);
  return smallestOfTriangle(triangle(conjugateColumns(M, B)));
};

/** The function `z ↦ σ_min(z I − A)`; the Schur form is computed once, so that each `z` costs O(n²). */
export const resolventProbe = (A: Matrix): ((z: Complex) => number) => {
  requireFiniteSquare("resolventProbe", A);
  const { T } = schur(A);
  return (z) => {
    requireFiniteVector("resolventProbe", z);
    const R = shifted(T, z);
    for (let i = 0; i + 1 < R.rows; i++) if (R.re[(i + 1) * R.cols + i] !== 0) rotateAway(R, i);
    return smallestOfTriangle(R);
  };
};

/**
 * The function `z ↦ σ_min([z I − A, B])`; the Schur form is computed once, so that each `z` costs O(m n²) with `m` columns of `B`.
 *
 * `[z − T, QᵀB]ᴴ` with rows and columns in reverse order is an upper triangle over `m` full rows, which rotations take into it.
 */
export const reachProbe = (A: Matrix, B: Matrix): ((z: Complex) => number) => {
  requireFiniteSquare("reachProbe", A);
  requireShape("reachProbe", B, A.rows, B.cols);
  requireFinite("reachProbe", B);
  const n = A.rows;
  const { T, Q } = schur(A);
  const turned = multiply(transpose(Q), B);
  const upper = matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) upper.data[i * n + j] = T.data[(n - 1 - j) * n + n - 1 - i];
  const rows = Array.from({ length: B.cols }, (_, k) =>
    Float64Array.from({ length: n }, (_, j) => turned.data[(n - 1 - j) * B.cols + k]),
  );
  return ([re, im]) => {
    requireFiniteVector("reachProbe", [re, im]);
    const R = shifted(upper, [re, -im]);
    for (let i = 0; i + 1 < n; i++) if (R.re[(i + 1) * n + i] !== 0) rotateAway(R, i);
    for (const row of rows) absorb(R, row.slice(), new Float64Array(n));
    return smallestOfTriangle(R);
  };
};

/** Rotates the row `x + i y` into the triangle `R`. */
const absorb = ({ rows: n, re, im }: ComplexMatrix, x: Float64Array, y: Float64Array): void => {
  for (let i = 0; i < n; i++) {
    if (x[i] === 0 && y[i] === 0) continue;
    const p = i * n + i;
    const length = Math.hypot(re[p], im[p], x[i], y[i]);
    const [c, d, s, t] = [re[p] / length, im[p] / length, x[i] / length, y[i] / length];
    for (let j = i, k = p; j < n; j++, k++) {
      const [a, b, u, v] = [re[k], im[k], x[j], y[j]];
      re[k] = c * a + d * b + s * u + t * v;
      im[k] = c * b - d * a + s * v - t * u;
      x[j] = c * u - d * v - (s * a - t * b);
      y[j] = c * v + d * u - (s * b + t * a);
    }
  }
};

/** `[M, B]ᴴ`. */
const conjugateColumns = (M: ComplexMatrix, B?: Matrix): ComplexMatrix => {
  const n = M.rows;
  const extra = B?.cols ?? 0;
  const result = complexMatrix(n + extra, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      result.re[j * n + i] = M.re[i * n + j];
      result.im[j * n + i] = -M.im[i * n + j];
    }
    for (let j = 0; j < extra; j++) result.re[(n + j) * n + i] = B?.data[i * extra + j] ?? 0;
  }
  return result;
};

/** The triangular factor of a tall matrix, by complex reflectors `I − 2 v vᴴ`; works in place. */
const triangle = (M: ComplexMatrix): ComplexMatrix => {
  const { rows, cols: n, re, im } = M;
  const [sumRe, sumIm] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    const [v, w] = [new Float64Array(rows), new Float64Array(rows)];
    for (let i = k; i < rows; i++) [v[i], w[i]] = [re[i * n + k], im[i * n + k]];
    const length = Math.hypot(euclideanNorm(v), euclideanNorm(w));
    if (length === 0) continue;
    const lead = Math.hypot(v[k], w[k]);
    const [phaseRe, phaseIm] = lead === 0 ? [1, 0] : [v[k] / lead, w[k] / lead];
    v[k] += phaseRe * length;
    w[k] += phaseIm * length;
    const norm = Math.hypot(euclideanNorm(v), euclideanNorm(w));
    for (let i = k; i < rows; i++) [v[i], w[i]] = [v[i] / norm, w[i] / norm];
    sumRe.fill(0);
    sumIm.fill(0);
    for (let i = k; i < rows; i++) {
      for (let j = k, p = i * n + k; j < n; j++, p++) {
        sumRe[j] += v[i] * re[p] + w[i] * im[p];
        sumIm[j] += v[i] * im[p] - w[i] * re[p];
      }
    }
    for (let i = k; i < rows; i++) {
      for (let j = k, p = i * n + k; j < n; j++, p++) {
        re[p] -= 2 * (v[i] * sumRe[j] - w[i] * sumIm[j]);
        im[p] -= 2 * (v[i] * sumIm[j] + w[i] * sumRe[j]);
      }
    }
  }
  return complexMatrix(n, n, re.slice(0, n * n), im.slice(0, n * n));
};

/** Rotates rows `i` and `i + 1` so that the entry below the diagonal in column `i` vanishes. */
const rotateAway = (R: ComplexMatrix, i: number): void => {
  const { cols: n, re, im } = R;
  const [p, q] = [i * n + i, (i + 1) * n + i];
  const length = Math.hypot(re[p], im[p], re[q], im[q]);
  const [c, d, s, t] = [re[p] / length, im[p] / length, re[q] / length, im[q] / length];
  for (let j = 0; j < n - i; j++) {
    const [a, b, x, y] = [re[p + j], im[p + j], re[q + j], im[q + j]];
    // [conj(c+id) conj(s+it); -(s+it) (c+id)] applied to [a+ib; x+iy].
    re[p + j] = c * a + d * b + s * x + t * y;
    im[p + j] = c * b - d * a + s * y - t * x;
    re[q + j] = c * x - d * y - (s * a - t * b);
    im[q + j] = c * y + d * x - (s * b + t * a);
  }
};

/** The smallest singular value of an upper triangular matrix (what lies below the diagonal is not read). */
const smallestOfTriangle = (R: ComplexMatrix): number => {
  const n = R.rows;
  if (n === 0) return Number.POSITIVE_INFINITY;
  const size = Math.max(maxAbs(R.re), maxAbs(R.im));
  if (size === 0) return 0;
  const re = R.re.map((v) => v / size);
  const im = R.im.map((v) => v / size);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) least = Math.min(least, Math.hypot(re[i * n + i], im[i * n + i]));
  if (least < 1e-100) return least * size;
  const theta = largestInverse(re, im, n);
  return (theta === undefined ? smallestByJacobi(re, im, n) : Math.sqrt(1 / theta)) * size;
};

/** The largest eigenvalue of `(Rᴴ R)⁻¹`; `undefined` when the iteration has not settled. */
const largestInverse = (re: Float64Array, im: Float64Array, n: number): number | undefined => {
  const basis: { x: Float64Array; y: Float64Array }[] = [startVector(n)];
  const alpha: number[] = [];
  const beta: number[] = [];
  let [last, calm] = [0, 0];
  for (let step = 1; step <= MAX_STEPS; step++) {
    const { x, y } = basis[step - 1];
    const w = { x: x.slice(), y: y.slice() };
    solveAdjoint(re, im, n, w.x, w.y);
    solveTriangle(re, im, n, w.x, w.y);
    if (!w.x.every(Number.isFinite) || !w.y.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
    for (let pass = 0; pass < 2; pass++) {
      for (let k = step - 1; k >= 0; k--) {
        const along = orthogonalize(w, basis[k]);
        if (k === step - 1) alpha[k] = (pass === 0 ? 0 : alpha[k]) + along;
      }
    }
    const length = Math.hypot(euclideanNorm(w.x), euclideanNorm(w.y));
    if (!Number.isFinite(alpha[step - 1]) || !Number.isFinite(length)) return Number.POSITIVE_INFINITY;
    const L = matrix(step, step);
    alpha.forEach((a, k) => {
      L.data[k * step + k] = a;
      if (k > 0) L.data[k * step + k - 1] = L.data[(k - 1) * step + k] = beta[k - 1];
    });
    const { values, vectors } = symmetricEigen(L);
    const theta = values[step - 1];
    const residual = length * Math.abs(vectors.data[step * step - 1]);
    calm = Math.abs(theta - last) <= 1e-15 * theta ? calm + 1 : 0;
    if (residual <= TOLERANCE * theta || calm === 3 || step >= n) return theta;
    last = theta;
    beta.push(length);
    basis.push({ x: w.x.map((v) => v / length), y: w.y.map((v) => v / length) });
  }
  return undefined;
};

/** A fixed unit vector without structure. */
const startVector = (n: number): { x: Float64Array; y: Float64Array } => {
  const x = Float64Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1) ** 1.5) + 0.1);
  const y = Float64Array.from({ length: n }, (_, i) => Math.cos(78.233 * (i + 1) ** 1.5));
  const length = Math.hypot(euclideanNorm(x), euclideanNorm(y));
  return { x: x.map((v) => v / length), y: y.map((v) => v / length) };
};

/** Takes the component along the unit vector `v` out of `w`; returns its real part. */
const orthogonalize = (w: { x: Float64Array; y: Float64Array }, v: { x: Float64Array; y: Float64Array }): number => {
  let [a, b] = [0, 0];
  for (let i = 0; i < w.x.length; i++) {
    a += v.x[i] * w.x[i] + v.y[i] * w.y[i];
    b += v.x[i] * w.y[i] - v.y[i] * w.x[i];
  }
  for (let i = 0; i < w.x.length; i++) {
    w.x[i] -= a * v.x[i] - b * v.y[i];
    w.y[i] -= a * v.y[i] + b * v.x[i];
  }
  return a;
};

/** `w ← R⁻¹ w`. */
const solveTriangle = (re: Float64Array, im: Float64Array, n: number, x: Float64Array, y: Float64Array): void => {
  for (let i = n - 1; i >= 0; i--) {
    let [a, b] = [x[i], y[i]];
    for (let j = i + 1, p = i * n + i + 1; j < n; j++, p++) {
      a -= re[p] * x[j] - im[p] * y[j];
      b -= re[p] * y[j] + im[p] * x[j];
    }
    const [c, d] = [re[i * n + i], im[i * n + i]];
    const squares = c * c + d * d;
    x[i] = (a * c + b * d) / squares;
    y[i] = (b * c - a * d) / squares;
  }
};

/** `w ← R⁻ᴴ w`. */
const solveAdjoint = (re: Float64Array, im: Float64Array, n: number, x: Float64Array, y: Float64Array): void => {
  for (let i = 0; i < n; i++) {
    const [c, d] = [re[i * n + i], im[i * n + i]];
    const squares = c * c + d * d;
    const a = (x[i] * c - y[i] * d) / squares;
    const b = (y[i] * c + x[i] * d) / squares;
    x[i] = a;
    y[i] = b;
    for (let j = i + 1, p = i * n + i + 1; j < n; j++, p++) {
      x[j] -= re[p] * a + im[p] * b;
      y[j] -= re[p] * b - im[p] * a;
    }
  }
};

/** The same by a full decomposition of the real form `[Re −Im; Im Re]`, whose singular values are those of `R`, twice. */
const smallestByJacobi = (re: Float64Array, im: Float64Array, n: number): number => {
  const wide = matrix(2 * n, 2 * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const k = i * n + j;
      wide.data[i * 2 * n + j] = wide.data[(i + n) * 2 * n + j + n] = re[k];
      wide.data[(i + n) * 2 * n + j] = im[k];
      wide.data[i * 2 * n + j + n] = -im[k];
    }
  }
  return singularValues(wide)[2 * n - 1];
};
