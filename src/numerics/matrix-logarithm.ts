/**
 * The logarithm of a real matrix, `e^X = A`, by inverse scaling and squaring on the real Schur form: square roots until the
 * matrix is near the identity, a Padé approximant written as Gauss–Legendre quadrature of `log(1 + x) = ∫₀¹ x / (1 + t x) dt`,
 * and as many doublings. Diagonal blocks and the entries next to them are computed from the eigenvalues.
 *
 * A real logarithm exists if and only if `A` is nonsingular and each Jordan block of a negative eigenvalue occurs an even
 * number of times (Culver). The principal one (imaginary parts of its eigenvalues within ±π) exists, and is real, when there is
 * no negative eigenvalue at all. The result says which of the three cases it is.
 *
 * Culver, Proc. Am. Math. Soc. 17 (1966) 1146; Al-Mohy & Higham, SIAM J. Sci. Comput. 34 (2012) C153; Al-Mohy, Higham &
 * Relton, ibid. 35 (2013) C394 (real arithmetic).
 */
import { InternalError } from "../error.js";
import { balance, unbalanceFunction } from "./balance.js";
import { cexpm1, clog, cscale } from "./complex.js";
import { gaussLegendre } from "./gauss-legendre.js";
import { luFactor, luSolve, norm1 } from "./lu.js";
import { add, type Complex, identity, type Matrix, matrix, multiply, scale, subtract, transpose } from "./matrix.js";
import { expm } from "./matrix-exponential.js";
import { blockFunction, triangularSquareRoot } from "./matrix-square-root.js";
import { requireFiniteSquare } from "./preconditions.js";
import { safeUnit, schur, schurEigenvalues } from "./schur.js";
import { diagonalBlocks } from "./schur-block.js";
import { singularValues } from "./svd.js";

/** A matrix logarithm, or what stands in its way. */
export type MatrixLogarithm =
  /** The principal logarithm, with `‖e^X − A‖₁ / ‖A‖₁` as measured. */
  | { readonly status: "principal"; readonly X: Matrix; readonly residual: number }
  /** Real logarithms exist, but the negative `eigenvalues` make all of them non-principal; none is computed. */
  | { readonly status: "non-principal"; readonly eigenvalues: Complex[]; readonly reason: string }
  /** No real logarithm exists, because of the `eigenvalues` named. */
  | { readonly status: "none"; readonly eigenvalues: Complex[]; readonly reason: string };

/** How `logm` decides what is zero or equal. */
export interface LogarithmOptions {
  /** Eigenvalues below this, relative to the norm of the (balanced) matrix, are zero. Default: `n · 2⁻⁵²`. */
  readonly tolerance?: number;
}

/** Negative eigenvalues closer than this, relative to the norm, are taken for one repeated eigenvalue. */
const CLUSTER = 1e-8;
/** The largest `‖X‖` for which the approximant to `log(1 + X)` of degree 1, 2, … is accurate to double precision. */
const LIMITS = [1.59e-5, 2.31e-3, 1.94e-2, 6.21e-2, 1.28e-1, 2.06e-1, 2.88e-1];
const MAX_ROOTS = 100;

/** The logarithm of a square matrix, as far as there is a real one. */
export const logm = (A: Matrix, { tolerance = A.rows * 2 ** -52 }: LogarithmOptions = {}): MatrixLogarithm => {
  requireFiniteSquare("logm", A);
  const principal = (X: Matrix): MatrixLogarithm => {
    const residual = A.rows === 0 ? 0 : norm1(subtract(expm(X), A)) / norm1(A);
    return { status: "principal", X, residual };
  };
  const unit = safeUnit(A);
  if (unit !== 1) {
    // log(unit · S) = log S + log(unit) I.
    const result = logm(scale(A, 1 / unit), { tolerance });
    if (result.status === "principal") return principal(add(result.X, identity(A.rows), Math.log(unit)));
    const eigenvalues = result.eigenvalues.map((value) => cscale(value, unit));
    return { ...result, eigenvalues, reason: `${result.reason} (times ${unit})` };
  }
  // Near the identity (a map with a small step) A − I is exact, and keeps the digits that a Schur form of A would drop.
  const N = subtract(A, identity(A.rows));
  const distance = norm1(N);
  if (distance <= LIMITS[LIMITS.length - 1]) return principal(logOnePlus(N, degreeFor(distance)));
  const balanced = balance(A, { permute: false });
  const form = schur(balanced.B);
  const values = schurEigenvalues(form);
  const size = norm1(balanced.B);
  const zero = values.filter(([re, im]) => Math.hypot(re, im) <= tolerance * size);
  if (zero.length > 0) {
    return {
      status: "none",
      eigenvalues: zero,
      reason: `no logarithm: the matrix is singular to working precision, got ${list(zero)}`,
    };
  }
  const negative = values.filter(([re, im]) => im === 0 && re < 0);
  if (negative.length > 0) return negativeCase(balanced.B, negative, size);
  const L = multiply(multiply(form.Q, triangularLogarithm(form.T)), transpose(form.Q));
  return principal(unbalanceFunction(balanced, L));
};

/**
 * The principal power `A^exponent = e^(exponent · log A)`, for matrices that have a principal logarithm; otherwise the outcome
 * of `logm`.
 */
export const fractionalPower = (A: Matrix, exponent: number): MatrixLogarithm => {
  const logarithm = logm(A);
  return logarithm.status === "principal" ? { ...logarithm, X: expm(scale(logarithm.X, exponent)) } : logarithm;
};

const list = (values: readonly Complex[]): string =>
  values.map(([re, im]) => (im === 0 ? `${re}` : `${re} ${im > 0 ? "+" : "-"} ${Math.abs(im)}i`)).join(", ");

/** Culver's condition: for each negative eigenvalue, an even number of Jordan blocks of each size. */
const negativeCase = (A: Matrix, negative: readonly Complex[], size: number): MatrixLogarithm => {
  const sorted = negative.map(([re]) => re).sort((a, b) => a - b);
  const clusters: number[][] = [];
  for (const value of sorted) {
    const last = clusters[clusters.length - 1];
    if (last !== undefined && value - last[last.length - 1] <= CLUSTER * size) last.push(value);
    else clusters.push([value]);
  }
  const odd = clusters.filter((cluster) => cluster.length % 2 === 1 || !evenJordanBlocks(A, cluster, size)).flat();
  if (odd.length > 0) {
    const eigenvalues = odd.map((re): Complex => [re, 0]).reverse();
    const reason = `no real logarithm: negative eigenvalues with a Jordan block that occurs an odd number of times, got ${list(eigenvalues)}`;
    return { status: "none", eigenvalues, reason };
  }
  const reason = `no principal logarithm: negative eigenvalues, got ${list(negative)}; they pair up, so real non-principal ones exist`;
  return { status: "non-principal", eigenvalues: [...negative], reason };
};

/** Counts Jordan blocks by the ranks of `((A − λ) / size)^k`: `rank(k − 1) − 2 rank(k) + rank(k + 1)` of them have size `k`. */
const evenJordanBlocks = (A: Matrix, cluster: readonly number[], size: number): boolean => {
  const n = A.rows;
  const mean = cluster.reduce((sum, value) => sum + value, 0) / cluster.length;
  const N = scale(add(A, identity(n), -mean), 1 / size);
  const ranks = [n];
  let power = identity(n);
  for (let k = 1; k <= cluster.length + 1; k++) {
    power = multiply(power, N);
    const values = singularValues(power);
    // No power can lose more rank than the cluster has members.
    const rank = values.filter((value) => value > CLUSTER).length;
    ranks.push(Math.max(rank, n - cluster.length));
  }
  for (let k = 1; k <= cluster.length; k++) if ((ranks[k - 1] - 2 * ranks[k] + ranks[k + 1]) % 2 !== 0) return false;
  return true;
};

/** The principal logarithm of a quasi upper triangular matrix without eigenvalues on the closed negative real axis. */
const triangularLogarithm = (T: Matrix): Matrix => {
  const n = T.rows;
  const blocks = diagonalBlocks(T);
  const logarithms = schurEigenvalues({ T, Q: T }).map(clog);
  let R = T;
  let roots = 0;
  let degree = LIMITS.length;
  let X = subtract(R, identity(n));
  for (let tries = 0; roots < MAX_ROOTS; roots++) {
    X = subtract(R, identity(n));
    // The diagonal of R − I without the cancellation: e^(log λ / 2^s) − 1.
    for (const block of blocks)
      putBlock(
        X,
        block,
        blockFunction(T, block, (value) => cexpm1(cscale(clog(value), 2 ** -roots))),
      );
    const spectral = logarithms.reduce(
      (largest, value) => Math.max(largest, Math.hypot(...cexpm1(cscale(value, 2 ** -roots)))),
      0,
    );
    if (spectral <= LIMITS[6]) {
      const X2 = multiply(X, X);
      const measure = Math.max(norm1(multiply(X2, X)) ** (1 / 3), norm1(multiply(X2, X2)) ** (1 / 4));
      if (measure <= LIMITS[6]) {
        // One more root pays when it saves more than one degree, twice at most.
        degree = degreeFor(measure);
        if (degree - degreeFor(measure / 2) <= 1 || tries++ === 1) break;
      }
    }
    R = triangularSquareRoot(R);
  }
  const L = scale(logOnePlus(X, degree), 2 ** roots);
  for (const block of blocks) putBlock(L, block, blockFunction(T, block, clog));
  for (let b = 0; b + 1 < blocks.length; b++) {
    if (blocks[b].size === 2 || blocks[b + 1].size === 2) continue;
    const k = blocks[b].start * n + blocks[b].start;
    L.data[k + 1] = T.data[k + 1] * dividedDifference(T.data[k], T.data[k + n + 1]);
  }
  return L;
};

/** The degree that suffices for `‖X‖` up to `size`; at least 3, where the measure by third and fourth powers holds. */
const degreeFor = (size: number): number => Math.max(3, LIMITS.findIndex((limit) => size <= limit) + 1);

const putBlock = (
  A: Matrix,
  { start, size }: { readonly start: number; readonly size: number },
  entries: ArrayLike<number>,
): void => {
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) A.data[(start + i) * A.cols + start + j] = entries[i * size + j];
};

/** `(log b − log a) / (b − a)` for positive numbers, without cancellation. */
const dividedDifference = (a: number, b: number): number => {
  if (a === b) return 1 / a;
  if (a < b / 2 || b < a / 2) return (Math.log(b) - Math.log(a)) / (b - a);
  return (2 * Math.atanh((b - a) / (b + a))) / (b - a);
};

/** The diagonal Padé approximant to `log(I + X)`, as the sum of `w X (I + t X)⁻¹` over quadrature nodes `t`. */
const logOnePlus = (X: Matrix, degree: number): Matrix => {
  const n = X.rows;
  const { nodes, weights } = gaussLegendre(degree);
  let sum = matrix(n, n);
  for (let k = 0; k < degree; k++) {
    const term = luSolve(luFactor(add(identity(n), X, nodes[k])), X);
    if (term === undefined) throw new InternalError("logm: a denominator of the Padé approximant is singular");
    sum = add(sum, term, weights[k]);
  }
  return sum;
};
