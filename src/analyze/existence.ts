/**
 * Proof that a true zero lies near a computed one, by the theorem of Newton and Kantorovich.
 *
 * With `beta >= |J^{-1}|`, `eta >= |J^{-1} f|` and a Lipschitz constant L of the Jacobian, `h = beta L eta <= 1/2` makes
 * a zero exist within `(1 - sqrt(1 - 2h)) / (beta L)` (at most `2 eta`) and makes it the only one within
 * `(1 + sqrt(1 - 2h)) / (beta L)`. L is twice the remainder constant K where the form of the model bounds its curvature
 * (the certificate is then a proof, but for an allowance for the rounding of f), else sampled (an estimate).
 * Ortega & Rheinboldt, Iterative Solution of Nonlinear Equations in Several Variables (1970), §12.6.
 */
import { factorInPlace, invertFactored, solveInPlace } from "../numerics/lu-in-place.js";
import { randomSource } from "../numerics/random.js";
import type { ZeroProblem } from "./zero-problem.js";

/** What is known of the true zero near a computed one. */
export interface Existence {
  /**
   * "proved": by a bound on the curvature of the model; "estimated": by a sampled one; "none": the condition of the
   * theorem does not hold, or nothing bounds the curvature.
   */
  readonly kind: "proved" | "estimated" | "none";
  /** A zero lies within this distance; null where none is known to. */
  readonly radius: number | null;
  /** It is the only one within this distance; infinite for linear models. */
  readonly uniqueWithin: number | null;
  /** Why there is no certificate. */
  readonly reason?: string;
}

/** A Lipschitz constant of the Jacobian, and whether it is a bound or a sample. */
export interface JacobianVariation {
  readonly constant: number;
  readonly bound: boolean;
}

/** Conditioning of a zero and the certificate of its existence. */
export interface Verification {
  /** `|J|_1 |J^{-1}|_1`; infinite for a singular Jacobian. */
  readonly condition: number;
  readonly existence: Existence;
}

const ROUNDING = 2 ** -52;
const SAMPLES = 6;
const SAMPLE_RADIUS = 1e-3;
/** Sampled constants are multiplied by this. */
const SAMPLE_MARGIN = 2;

/** Largest column sum and row sum of absolute entries. */
const norms = (a: Float64Array, n: number): { one: number; infinity: number; frobenius: number } => {
  const columns = new Float64Array(n);
  let infinity = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) {
      const size = Math.abs(a[i * n + j]!);
      row += size;
      columns[j]! += size;
      squares += size * size;
    }
    if (!(row <= infinity)) infinity = row;
  }
  return { one: columns.reduce((largest, sum) => Math.max(largest, sum), 0), infinity, frobenius: Math.sqrt(squares) };
};

const euclidean = (x: Float64Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

/** The largest `|J(x + r d) - J(x)|_F / r` over a few random directions d, with a margin. */
export const sampledVariation = (problem: ZeroProblem, x: Float64Array): JacobianVariation => {
  const n = problem.units;
  const here = new Float64Array(n * n);
  const there = new Float64Array(n * n);
  const random = randomSource(0);
  if (!problem.jacobian(x, here)) return { constant: Number.POSITIVE_INFINITY, bound: false };
  let largest = 0;
  for (let k = 0; k < SAMPLES; k++) {
    const d = x.map(() => random.normal());
    const size = SAMPLE_RADIUS / euclidean(d);
    if (
      !problem.jacobian(
        x.map((v, i) => v + size * d[i]!),
        there,
      )
    )
      return { constant: Number.POSITIVE_INFINITY, bound: false };
    let squares = 0;
    for (let i = 0; i < here.length; i++) squares += (there[i]! - here[i]!) ** 2;
    largest = Math.max(largest, Math.sqrt(squares) / SAMPLE_RADIUS);
  }
  return { constant: SAMPLE_MARGIN * largest, bound: false };
};

const none = (reason: string): Existence => ({ kind: "none", radius: null, uniqueWithin: null, reason });

/** A function that verifies computed zeros of one problem; its scratch space serves all of them. */
export const verifier = (
  problem: ZeroProblem,
  variation: JacobianVariation | undefined,
): ((x: Float64Array) => Verification) => {
  const n = problem.units;
  const J = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const f = new Float64Array(n);

  return (x) => {
    if (!problem.residual(x, f) || !problem.jacobian(x, J))
      return { condition: Number.POSITIVE_INFINITY, existence: none("the step could not be solved here") };
    const size = norms(J, n);
    // What rounding can do to f: n products of the size of J x, and as much again for everything added to them.
    const rounding = 2 * ROUNDING * (n + 8) * (size.frobenius * euclidean(x) + euclidean(f));
    if (!factorInPlace(J, n, pivots))
      return { condition: Number.POSITIVE_INFINITY, existence: none("the Jacobian is singular") };
    const inverseSize = norms(invertFactored(J, n, pivots), n);
    const condition = size.one * inverseSize.one;
    // The computed inverse is off by about n eps times the condition number, relatively.
    const inverseError = n * ROUNDING * condition;
    if (!(inverseError < 0.5)) return { condition, existence: none("the Jacobian is singular to rounding") };
    const { constant: L, bound } = variation ?? sampledVariation(problem, x);
    if (!Number.isFinite(L))
      return { condition, existence: none("the activation has kinks, so that nothing bounds the curvature") };
    const beta = Math.sqrt(inverseSize.one * inverseSize.infinity) / (1 - inverseError);
    const step = f.slice();
    solveInPlace(J, n, pivots, step);
    const eta = euclidean(step) / (1 - inverseError) + beta * rounding;
    const h = beta * L * eta;
    if (!(h <= 0.5)) return { condition, existence: none(`beta L eta = ${h.toExponential(1)} exceeds 1/2`) };
    const root = Math.sqrt(1 - 2 * h);
    return {
      condition,
      existence: {
        kind: bound ? "proved" : "estimated",
        radius: (2 * eta) / (1 + root),
        uniqueWithin: L === 0 ? Number.POSITIVE_INFINITY : (1 + root) / (beta * L),
      },
    };
  };
};
