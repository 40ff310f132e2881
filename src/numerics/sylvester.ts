/**
 * Linear matrix equations, by Schur forms and block substitution:
 *
 *     Sylvester   A X + X B = C        unique when no λᵢ(A) + λⱼ(B) vanishes
 *     Lyapunov    A X + X Aᵀ + Q = 0   stationary covariance and Gramians of a flow;   λᵢ + λⱼ ≠ 0
 *     Stein       A X Aᵀ − X + Q = 0   stationary covariance and Gramians of a map;    λᵢ λⱼ ≠ 1
 *
 * A result carries the smallest of those quantities as `separation`; the solution is uncertain by about the unit roundoff times
 * `‖A‖ / separation`, more if the matrices are far from normal. At rounding level the equation counts as singular.
 *
 * Bartels & Stewart, Commun. ACM 15 (1972) 820; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §16.
 */
import { type Complex, type Matrix, matrix, maxAbs, multiply, scale, transpose } from "./matrix.js";
import { requireFinite, requireFiniteSquare, requireShape } from "./preconditions.js";
import { triangularStein, triangularSylvester } from "./quasi-triangular.js";
import { schur, schurEigenvalues } from "./schur.js";

/** The solution of a linear matrix equation, or why there is no unique one. */
export type MatrixEquationResult =
  | { readonly status: "solved"; readonly X: Matrix; readonly separation: number }
  | { readonly status: "singular"; readonly separation: number; readonly reason: string };

/** Rounding level of the separation, as a multiple of the size of the coefficients. */
const NEGLIGIBLE = 4 * 2 ** -52;

/** Solves `A X + X B = C`. */
export const sylvester = (A: Matrix, B: Matrix, C: Matrix): MatrixEquationResult => {
  requireFiniteSquare("sylvester", A);
  requireFiniteSquare("sylvester", B);
  requireShape("sylvester", C, A.rows, B.rows);
  requireFinite("sylvester", C);
  const a = schur(A);
  const b = schur(B);
  const closest = closestPair(schurEigenvalues(a), schurEigenvalues(b), (x, y) => [x[0] + y[0], x[1] + y[1]]);
  const F = multiply(multiply(transpose(a.Q), C), b.Q);
  const Y =
    closest.separation <= NEGLIGIBLE * Math.max(maxAbs(A.data), maxAbs(B.data))
      ? undefined
      : triangularSylvester(a.T, b.T, F);
  if (Y === undefined) return singular(closest, "an eigenvalue of A and one of B have the sum 0");
  return { status: "solved", X: multiply(multiply(a.Q, Y), transpose(b.Q)), separation: closest.separation };
};

/** Solves `A X + X Aᵀ + Q = 0`; the solution of an equation with symmetric `Q` is exactly symmetric. */
export const lyapunov = (A: Matrix, Q: Matrix): MatrixEquationResult => {
  requireFiniteSquare("lyapunov", A);
  requireShape("lyapunov", Q, A.rows, A.rows);
  requireFinite("lyapunov", Q);
  const form = schur(A);
  const values = schurEigenvalues(form);
  const closest = closestPair(values, values, (x, y) => [x[0] + y[0], x[1] + y[1]]);
  if (closest.separation <= NEGLIGIBLE * maxAbs(A.data))
    return singular(closest, "two eigenvalues of A have the sum 0");
  // T Y + Y Tᵀ = F: with the columns in reverse order Tᵀ is upper triangular again.
  const F = scale(multiply(multiply(transpose(form.Q), Q), form.Q), -1);
  const Y = triangularSylvester(form.T, reverseBoth(transpose(form.T)), reverseColumns(F));
  if (Y === undefined) return singular(closest, "two eigenvalues of A have the sum 0");
  const X = multiply(multiply(form.Q, reverseColumns(Y)), transpose(form.Q));
  return { status: "solved", X: likewiseSymmetric(Q, X), separation: closest.separation };
};

/** Solves `A X Aᵀ − X + Q = 0`; the solution of an equation with symmetric `Q` is exactly symmetric. */
export const stein = (A: Matrix, Q: Matrix): MatrixEquationResult => {
  requireFiniteSquare("stein", A);
  requireShape("stein", Q, A.rows, A.rows);
  requireFinite("stein", Q);
  const form = schur(A);
  const values = schurEigenvalues(form);
  const closest = closestPair(values, values, (x, y) => [x[0] * y[0] - x[1] * y[1] - 1, x[0] * y[1] + x[1] * y[0]]);
  const radius = values.reduce((largest, [re, im]) => Math.max(largest, Math.hypot(re, im)), 0);
  const negligible = closest.separation <= NEGLIGIBLE * Math.max(1, radius * maxAbs(A.data));
  const F = scale(multiply(multiply(transpose(form.Q), Q), form.Q), -1);
  const Y = negligible ? undefined : triangularStein(form.T, F);
  if (Y === undefined) return singular(closest, "two eigenvalues of A have the product 1");
  const X = multiply(multiply(form.Q, Y), transpose(form.Q));
  return { status: "solved", X: likewiseSymmetric(Q, X), separation: closest.separation };
};

interface ClosestPair {
  readonly separation: number;
  readonly pair: readonly [Complex, Complex] | undefined;
}

/** The pair of eigenvalues for which `measure` comes closest to zero. */
const closestPair = (
  a: readonly Complex[],
  b: readonly Complex[],
  measure: (x: Complex, y: Complex) => Complex,
): ClosestPair => {
  let result: ClosestPair = { separation: Number.POSITIVE_INFINITY, pair: undefined };
  for (const x of a) {
    for (const y of b) {
      const separation = Math.hypot(...measure(x, y));
      if (separation < result.separation) result = { separation, pair: [x, y] };
    }
  }
  return result;
};

const singular = ({ separation, pair }: ClosestPair, what: string): MatrixEquationResult => {
  const text = pair
    ?.map(([re, im]) => (im === 0 ? `${re}` : `${re} ${im > 0 ? "+" : "-"} ${Math.abs(im)}i`))
    .join(" and ");
  return { status: "singular", separation, reason: `no unique solution: ${what} to rounding (${text})` };
};

const reverseColumns = (A: Matrix): Matrix => {
  const result = matrix(A.rows, A.cols);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) result.data[i * A.cols + j] = A.data[i * A.cols + A.cols - 1 - j];
  return result;
};

const reverseBoth = (A: Matrix): Matrix => matrix(A.rows, A.cols, A.data.slice().reverse());

const likewiseSymmetric = (Q: Matrix, X: Matrix): Matrix => {
  const n = Q.rows;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) if (Q.data[i * n + j] !== Q.data[j * n + i]) return X;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) X.data[i * n + j] = X.data[j * n + i] = X.data[i * n + j] / 2 + X.data[j * n + i] / 2;
  }
  return X;
};
