/** What every scheme makes of a linear flow, as formulas: `x' = R(dt A) x + dt Q(dt A) (B u + c)`. */
import type { SchemeName } from "../scheme/scheme.js";
import { phi1 } from "./leak-aware-steps.js";
import {
  applied,
  atom,
  call,
  difference,
  indexed,
  inverse,
  type Line,
  negate,
  power,
  quotient,
  sum,
  times,
  type Written,
} from "./notation.js";
import type { Pen } from "./pen.js";

/** `R(dt A)`, `dt Q(dt A)` and what they refer to. */
interface LinearStep {
  readonly transition: Written;
  readonly drive: Written;
  /** `dt phi_2(dt A)`, of first-order hold. */
  readonly slope?: Written;
  readonly lines?: readonly Line[];
}

const I = atom("I");
const Phi = atom("Φ", "\\Phi");

/** `I + Z + Z²/2 + …`: of R with factorials from 0!, of Q with one factor less. */
const series = (Z: Written, denominators: readonly number[]): Written =>
  sum(I, ...denominators.map((d, n) => (d === 1 ? power(Z, n + 1) : quotient(power(Z, n + 1), atom(String(d))))));

/** `R` and `Q` of a scheme that solves with `I - share dt A`. */
const rational = (dt: Written, Z: Written, share: number): LinearStep => {
  const part = share === 1 ? Z : quotient(Z, atom("2"));
  const solved = inverse(difference(I, part));
  return {
    transition: share === 1 ? solved : applied(solved, sum(I, part)),
    drive: times(dt, solved),
  };
};

const diagonal = (weight: Written, meaning: string, pen: Pen, A: Written): LinearStep => {
  pen.symbol(Phi, meaning);
  pen.symbol(atom("r"), "leak rates λ/τ, one per unit");
  return {
    transition: sum(I, applied(Phi, A)),
    drive: Phi,
    lines: [{ left: Phi, right: call(atom("diag", "\\operatorname{diag}"), weight) }],
  };
};

type Maker = (dt: Written, A: Written, pen: Pen) => LinearStep;

const rungeKutta =
  (R: readonly number[], Q: readonly number[]): Maker =>
  (dt, A) => {
    const Z = times(dt, A);
    return { transition: series(Z, R), drive: times(dt, series(Z, Q)) };
  };

const exact: Maker = (dt, A, pen) => {
  const Z = times(dt, A);
  return {
    transition: atom(`exp(${Z.text})`, `\\mathrm{e}^{${Z.latex}}`),
    drive: times(dt, call(phi1(pen), Z)),
  };
};

const phi2 = (pen: Pen) => pen.symbol(atom("φ₂", "\\varphi_2"), "φ₂(z) = (exp(z) - 1 - z)/z², with φ₂(0) = 1/2");

const midpoint: Maker = (dt, A) => rational(dt, times(dt, A), 1 / 2);
const secondOrder = rungeKutta([1, 2], [2]);

/** The matrices of one step of a linear flow under each scheme, made from the step and the flow's matrix. */
export const linearSteps: Readonly<Record<SchemeName, Maker>> = {
  euler: (dt, A) => ({ transition: sum(I, times(dt, A)), drive: dt }),
  "backward-euler": (dt, A) => rational(dt, times(dt, A), 1),
  "implicit-midpoint": midpoint,
  trapezoid: midpoint,
  heun: secondOrder,
  "explicit-midpoint": secondOrder,
  rk4: rungeKutta([1, 2, 6, 24], [2, 6, 24]),
  "exponential-euler": (dt, A, pen) =>
    diagonal(
      times(dt, call(phi1(pen), negate(times(dt, atom("r"))))),
      "weight of the velocity in one step, one per unit",
      pen,
      A,
    ),
  "imex-euler": (dt, A, pen) =>
    diagonal(
      quotient(dt, sum(atom("1"), times(dt, atom("r")))),
      "weight of the velocity in one step, one per unit",
      pen,
      A,
    ),
  "rosenbrock-euler": exact,
  "zero-order-hold": exact,
  "first-order-hold": (dt, A, pen) => ({
    ...exact(dt, A, pen),
    slope: times(dt, call(phi2(pen), times(dt, A))),
  }),
};

/** The symbol of a flow's matrix beside the map's own. */
export const ofFlow = (symbol: Written): Written => indexed(symbol, "c");
