/**
 * How every scheme is written: one step of a nonlinear flow, and the matrices it makes of a linear one.
 *
 * Schemes that take the field once, at the old state, are written out; the others call `f` at their stages and define
 * it below. The tables have one entry per scheme name, so that a new scheme cannot be forgotten here.
 */
import type { SchemeName, Tableau } from "../scheme/scheme.js";
import { schemeOf } from "../scheme/schemes.js";
import { velocityAt, velocityLines } from "./flow-equation.js";
import { exponential, imex, phi1 } from "./leak-aware-steps.js";
import { applied, atom, call, indexed, quotient, sum, times, type Written } from "./notation.js";
import { type Pen, type Quantity, weigh } from "./pen.js";
import { forwardEuler, rootNoise, type StepEquation, type StepParts } from "./step-parts.js";

/** Shares of one whole with a common denominator: `(dt/6) (f1 + 2 f2 + 2 f3 + f4)`. */
const weighted = (pen: Pen, dt: Quantity, b: readonly number[], slopes: readonly Written[]): Written => {
  const whole = (d: number) => b.every((share) => Math.abs(share * d - Math.round(share * d)) < 1e-12);
  const denominator = [1, 2, 3, 4, 6, 8, 12, 24].find(whole) ?? 1;
  const terms = b.map((share, i) => {
    const count = Math.round(share * denominator);
    return count === 0 ? undefined : times(atom(String(count)), slopes[i]!);
  });
  return weigh(pen.ratio(dt, undefined, 1 / denominator), sum(...terms));
};

const explicitStages =
  ({ A, b }: Tableau): StepEquation =>
  (parts) => {
    const { flow, pen, dt, x, u, next } = parts;
    const slopes = b.map((_, i) => indexed(flow.field ?? atom("f"), String(i + 1)));
    const stages = slopes.map((left, i) => {
      const ahead = A[i]!.some((a, j) => j < i && a !== 0) ? weighted(pen, dt, A[i]!, slopes) : undefined;
      return { left, right: velocityAt(flow, sum(x, ahead), u) };
    });
    return [
      ...stages,
      { left: next, right: sum(x, weighted(pen, dt, b, slopes), rootNoise(parts)) },
      ...velocityLines(flow, pen),
    ];
  };

/** Schemes whose stage is the next state or lies halfway to it. */
const implicitly =
  (slope: (parts: StepParts) => Written): StepEquation =>
  (parts) => [
    { left: parts.next, right: sum(parts.x, slope(parts), rootNoise(parts)) },
    ...velocityLines(parts.flow, parts.pen),
  ];

const rosenbrock: StepEquation = (parts) => {
  const { flow, pen, dt, x, u, next } = parts;
  const J = pen.symbol(atom("J"), "Jacobian of f with respect to the state");
  const length = pen.ratio(dt, undefined).written;
  const phi = call(phi1(pen), times(length, J));
  const f = flow.field ?? atom("f");
  const partial = atom(`∂${f.text}/∂${flow.state.text}`, `\\frac{\\partial ${f.latex}}{\\partial ${flow.state.latex}}`);
  return [
    { left: next, right: sum(x, times(length, applied(phi, velocityAt(flow, x, u))), rootNoise(parts)) },
    { left: J, right: call(partial, x, u) },
    ...velocityLines(flow, pen),
  ];
};

const explicitOf =
  (name: SchemeName): StepEquation =>
  (parts) =>
    explicitStages(schemeOf(name).tableau!)(parts);

/** One step of a nonlinear flow under each scheme. */
export const stepEquations: Readonly<Record<SchemeName, StepEquation>> = {
  euler: forwardEuler,
  "backward-euler": implicitly(({ flow, pen, dt, next, u }) =>
    weigh(pen.ratio(dt, undefined), velocityAt(flow, next, u)),
  ),
  "implicit-midpoint": implicitly(({ flow, pen, dt, x, next, u }) =>
    weigh(pen.ratio(dt, undefined), velocityAt(flow, quotient(sum(x, next), atom("2")), u)),
  ),
  trapezoid: implicitly(({ flow, pen, dt, x, next, u }) => {
    return weigh(pen.ratio(dt, undefined, 1 / 2), sum(velocityAt(flow, x, u), velocityAt(flow, next, u)));
  }),
  heun: explicitOf("heun"),
  "explicit-midpoint": explicitOf("explicit-midpoint"),
  rk4: explicitOf("rk4"),
  "exponential-euler": exponential,
  "imex-euler": imex,
  "rosenbrock-euler": rosenbrock,
  "zero-order-hold": rosenbrock,
  "first-order-hold": rosenbrock,
};
