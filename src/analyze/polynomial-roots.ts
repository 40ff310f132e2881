/**
 * All roots of a small complex polynomial by simultaneous Newton steps that repel each other (Aberth).
 *
 * Aberth, Math. Comp. 27 (1973) 339.
 */
import { cabs, cadd, cdiv, cinv, cmul, cscale, csub } from "../numerics/complex.js";
import type { Complex } from "../numerics/matrix.js";

const SWEEPS = 200;

/** `p(x)` and `p'(x)`; coefficients lowest first. */
const evaluate = (p: readonly Complex[], x: Complex): readonly [Complex, Complex] => {
  let value: Complex = [0, 0];
  let slope: Complex = [0, 0];
  for (let k = p.length - 1; k >= 0; k--) {
    slope = cadd(cmul(slope, x), value);
    value = cadd(cmul(value, x), p[k]);
  }
  return [value, slope];
};

/** The roots of `sum p_k x^k`, coefficients lowest first; none for a constant. */
export const polynomialRoots = (coefficients: readonly Complex[]): Complex[] => {
  const largest = coefficients.reduce((size, c) => Math.max(size, cabs(c)), 0);
  let degree = coefficients.length - 1;
  while (degree > 0 && cabs(coefficients[degree]) <= 1e-14 * largest) degree--;
  if (degree < 1) return [];
  const p = coefficients.slice(0, degree + 1);
  // A circle on which the ends of the polynomial balance, turned so that no start is symmetric.
  const radius = (cabs(p[0]) / cabs(p[degree])) ** (1 / degree) || 1;
  let roots = p.slice(1).map((_, k): Complex => {
    const angle = (2 * Math.PI * k) / degree + 0.7;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    roots = roots.map((x, i) => {
      const [value, slope] = evaluate(p, x);
      if (cabs(value) === 0) return x;
      const newton = cdiv(value, slope);
      const repulsion = roots.reduce<Complex>(
        (sum, y, j) => (j === i || cabs(csub(x, y)) === 0 ? sum : cadd(sum, cinv(csub(x, y)))),
        [0, 0],
      );
      const step = cdiv(newton, csub([1, 0], cmul(newton, repulsion)));
      if (!Number.isFinite(cabs(step))) return cscale(x, 1.01);
      moved = Math.max(moved, cabs(step) / (cabs(x) || radius));
      return csub(x, step);
    });
    if (moved < 1e-15) break;
  }
  return roots;
};
