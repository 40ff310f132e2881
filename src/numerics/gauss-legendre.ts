/**
 * Gauss–Legendre quadrature on `[0, 1]`: nodes at the roots of the Legendre polynomial, found by Newton's method from
 * Tricomi's approximation; exact for polynomials up to degree `2 m − 1`.
 *
 * Davis & Rabinowitz, Methods of Numerical Integration, 2nd ed., §2.7.
 */
import { InputError } from "../error.js";

/** Nodes and weights: `∫₀¹ f ≈ Σ weights[k] f(nodes[k])`. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** The rule with `m` nodes, ascending. */
export const gaussLegendre = (m: number): Quadrature => {
  if (!Number.isInteger(m) || m < 1)
    throw new InputError(`gaussLegendre: expected a positive number of nodes, got ${m}`);
  const nodes = new Float64Array(m);
  const weights = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    let x = Math.cos((Math.PI * (k + 0.75)) / (m + 0.5));
    let slope = 1;
    for (let step = 0; step < 8; step++) {
      let [previous, value] = [0, 1];
      for (let j = 1; j <= m; j++) [previous, value] = [value, ((2 * j - 1) * x * value - (j - 1) * previous) / j];
      slope = (m * (previous - x * value)) / (1 - x * x);
      x -= value / slope;
    }
    nodes[m - 1 - k] = (1 + x) / 2;
    weights[m - 1 - k] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
};
