/**
 * The matrix exponential and the functions of exponential integrators, by scaling and squaring of Padé approximants:
 *
 *     φ₁(Z) = (e^Z − 1) / Z,   φ₂(Z) = (e^Z − 1 − Z) / Z²   (power series, so Z may be singular).
 *
 * The [m/m] approximant to e^Z is `(V − U)⁻¹ (V + U)` with `V` even and `U = Z W` odd. Hence φ₁ ≈ `2 (V − U)⁻¹ W`, and since the
 * numerator of φ₂ is again divisible by `Z`, all three come from one linear solve without cancellation. Squaring uses
 * `φ₁(2Z) = φ₁(Z) (e^Z + 1) / 2` and `φ₂(2Z) = (φ₁(Z)² + 2 φ₂(Z)) / 4`, which is what squaring the augmented matrix
 * `[Z I 0; 0 0 I; 0 0 0]` does block by block. Slow modes of a stiff matrix survive the squaring with their digits (`Power`).
 *
 * Higham, SIAM J. Matrix Anal. Appl. 26 (2005) 1179; Al-Mohy & Higham, ibid. 31 (2009) 970 (when to scale less);
 * Skaflestad & Wright, Appl. Numer. Math. 59 (2009) 783 (φ functions).
 */
import { InternalError } from "../error.js";
import { balance, unbalanceFunction } from "./balance.js";
import { type LuFactor, luFactor, luSolve, norm1 } from "./lu.js";
import { add, identity, type Matrix, matrix, maxAbs, multiply, scale, subtract } from "./matrix.js";
import { requireFiniteSquare } from "./preconditions.js";

/** Padé coefficients, lowest first, and the largest `‖Z‖` for which the degree is accurate to double precision. */
const DEGREES: readonly { readonly degree: number; readonly limit: number; readonly b: readonly number[] }[] = [
  { degree: 3, limit: 1.495585217958292e-2, b: [120, 60, 12, 1] },
  { degree: 5, limit: 2.53939833006323e-1, b: [30240, 15120, 3360, 420, 30, 1] },
  { degree: 7, limit: 9.504178996162932e-1, b: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1] },
  {
    degree: 9,
    limit: 2.097847961257068,
    b: [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  },
];
const B13 = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
const LIMIT13 = 4.25;
/** `log₂` of the leading coefficient `1 / (C(2m, m) (2m + 1)!)` of the backward error of degree `m`. */
const logErrorCoefficient = (m: number): number => {
  let log = 0;
  for (let k = 1; k <= m; k++) log -= Math.log2((m + k) / k);
  for (let k = 2; k <= 2 * m + 1; k++) log -= Math.log2(k);
  return log;
};

/** Norms above this are first scaled down, so that the sixth power does not overflow. */
const LARGE = 2 ** 64;

/** The matrix exponential e^A. Entries beyond the range of doubles come out as ±Infinity or NaN. */
export const expm = (A: Matrix): Matrix => {
  requireFiniteSquare("expm", A);
  const balanced = balance(A, { permute: false });
  return unbalanceFunction(balanced, exponential(balanced.B));
};

/** φ₁(A) = Σ Aᵏ / (k + 1)!. */
export const phi1 = (A: Matrix): Matrix => phiFunctions(A).phi1;

/** φ₂(A) = Σ Aᵏ / (k + 2)!. */
export const phi2 = (A: Matrix): Matrix => phiFunctions(A).phi2;

/** e^A, φ₁(A) and φ₂(A) together, for little more than the price of one. */
export const phiFunctions = (
  A: Matrix,
): { readonly exponential: Matrix; readonly phi1: Matrix; readonly phi2: Matrix } => {
  requireFiniteSquare("phiFunctions", A);
  const balanced = balance(A, { permute: false });
  const { Z, even, squarings } = scaled(balanced.B);
  const V = even(coefficients(0));
  const W = even(coefficients(1));
  const rest = even(coefficients(2).map((b, k) => 2 * (B13[2 * k + 3] ?? 0) - b));
  const denominator = luFactor(subtract(V, multiply(Z, W)));
  let F = divide(denominator, scale(W, 2));
  let G = divide(denominator, add(W, multiply(Z, rest)));
  let E: Power = { kind: "change", D: multiply(Z, F) };
  for (let k = 0; k < squarings; k++) {
    G = scale(add(multiply(F, F), G, 2), 0.25);
    F = E.kind === "change" ? add(F, multiply(E.D, F), 0.5) : scale(add(F, multiply(E.E, F)), 0.5);
    E = squared(E);
  }
  const restore = (X: Matrix): Matrix => unbalanceFunction(balanced, X);
  return { exponential: restore(materialize(E)), phi1: restore(F), phi2: restore(G) };
};

const exponential = (A: Matrix): Matrix => {
  const small = lowDegree(A);
  if (small !== undefined) return small;
  const { Z, even, squarings } = scaled(A);
  const V = even(coefficients(0));
  const U = multiply(Z, even(coefficients(1)));
  if (squarings === 0) return approximant(V, U);
  let E: Power = { kind: "change", D: divide(luFactor(subtract(V, U)), scale(U, 2)) };
  for (let k = 0; k < squarings; k++) E = squared(E);
  return materialize(E);
};

/**
 * A power of e^Z on its way up: the change `D = e^Z − I` while some mode is still slow, since `(I + D)² = I + (2 D + D²)` keeps
 * the digits of a small `D` that `I + D` has lost; the value itself once all modes have decayed, since then `D` has lost those.
 */
type Power = { readonly kind: "change"; readonly D: Matrix } | { readonly kind: "value"; readonly E: Matrix };

const materialize = (X: Power): Matrix => (X.kind === "value" ? X.E : add(identity(X.D.rows), X.D));

const squared = (X: Power): Power => {
  const E = materialize(X);
  if (X.kind === "value" || norm1(E) < 0.5) return { kind: "value", E: multiply(E, E) };
  return { kind: "change", D: add(multiply(X.D, X.D), X.D, 2) };
};

/** The exponential of a matrix small enough for an approximant of degree 9 or less; `undefined` for others. */
const lowDegree = (A: Matrix): Matrix | undefined => {
  if (norm1(A) > LARGE) return undefined;
  const n = A.rows;
  const A2 = multiply(A, A);
  const A4 = multiply(A2, A2);
  const d4 = norm1(A4) ** (1 / 4);
  if (d4 > DEGREES[3].limit) return undefined;
  const A6 = multiply(A2, A4);
  const A8 = multiply(A4, A4);
  const d6 = norm1(A6) ** (1 / 6);
  const d8 = norm1(A8) ** (1 / 8);
  const chosen = DEGREES.find(
    ({ degree, limit }) =>
      (degree > 5 ? Math.max(d6, d8) : Math.max(d4, d6)) <= limit && extraSquarings(A, degree) === 0,
  );
  if (chosen === undefined) return undefined;
  const basis = [identity(n), A2, A4, A6, A8].slice(0, (chosen.degree + 1) / 2);
  const combine = (offset: number): Matrix =>
    basis.reduce((sum, P, k) => add(sum, P, chosen.b[2 * k + offset]), matrix(n, n));
  return approximant(combine(0), multiply(A, combine(1)));
};

/** The matrix divided by as many twos as degree 13 needs, and how to evaluate even polynomials of it. */
const scaled = (A: Matrix) => {
  const large = norm1(A);
  const first = large > LARGE ? Math.ceil(Math.log2(large / LARGE)) : 0;
  const Y = scale(A, 2 ** -first);
  const Y2 = multiply(Y, Y);
  const Y4 = multiply(Y2, Y2);
  const Y6 = multiply(Y2, Y4);
  const d6 = norm1(Y6) ** (1 / 6);
  const d8 = norm1(multiply(Y4, Y4)) ** (1 / 8);
  const d10 = norm1(multiply(Y4, Y6)) ** (1 / 10);
  const size = Math.min(Math.max(d6, d8), Math.max(d8, d10));
  let s = size > LIMIT13 ? Math.ceil(Math.log2(size / LIMIT13)) : 0;
  s += extraSquarings(scale(Y, 2 ** -s), 13);
  const n = A.rows;
  const Z2 = scale(Y2, 4 ** -s);
  const Z4 = scale(Y4, 16 ** -s);
  const Z6 = scale(Y6, 64 ** -s);
  /** `c₀ + c₁ Z² + … + c₆ Z¹²` with three multiplications less than Horner's rule. */
  const even = (c: readonly number[]): Matrix => {
    const upper = matrix(n, n);
    const lower = matrix(n, n);
    for (let k = 0; k < n * n; k++) {
      upper.data[k] = c[4] * Z2.data[k] + c[5] * Z4.data[k] + c[6] * Z6.data[k];
      lower.data[k] = c[1] * Z2.data[k] + c[2] * Z4.data[k] + c[3] * Z6.data[k];
    }
    for (let i = 0; i < n; i++) lower.data[i * n + i] += c[0];
    return add(lower, multiply(Z6, upper));
  };
  return { Z: scale(Y, 2 ** -s), even, squarings: first + s };
};

/** Every second Padé coefficient of degree 13 from `start` on, seven of them. */
const coefficients = (start: number): number[] => Array.from({ length: 7 }, (_, k) => B13[start + 2 * k] ?? 0);

/** `(V − U)⁻¹ (V + U)`. */
const approximant = (V: Matrix, U: Matrix): Matrix => divide(luFactor(subtract(V, U)), add(V, U));

const divide = (denominator: LuFactor, numerator: Matrix): Matrix => {
  const quotient = luSolve(denominator, numerator);
  if (quotient === undefined) throw new InternalError("expm: the denominator of the Padé approximant is singular");
  return quotient;
};

/**
 * The squarings to add because powers of `|A|` are larger than powers of `A` (strongly non-normal matrices): so many that the
 * leading term of the backward error, `c ‖ |A|^(2m+1) ‖₁ / ‖A‖₁`, stays below the unit roundoff.
 */
const extraSquarings = (A: Matrix, degree: number): number => {
  const n = A.rows;
  const norm = norm1(A);
  if (norm === 0) return 0;
  let sums = new Float64Array(n).fill(1);
  let log = 0;
  for (let power = 0; power < 2 * degree + 1; power++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) next[j] += Math.abs(A.data[i * n + j]) * sums[i];
    const largest = maxAbs(next);
    if (largest === 0) return 0;
    log += Math.log2(largest);
    sums = next.map((v) => v / largest);
  }
  const excess = log - Math.log2(norm) + logErrorCoefficient(degree) + 53;
  return Math.max(0, Math.ceil(excess / (2 * degree)));
};
