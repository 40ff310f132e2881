/**
 * Runge–Kutta schemes with at most diagonally implicit stages, from their tableau (A, b, c):
 * `k_i = f(x + dt sum_{j<=i} a_ij k_j)`, `x' = x + dt sum b_i k_i`.
 *
 * The map's Jacobian follows by differentiating the stages: `K_i = (I - dt a_ii J_i)^{-1} J_i (I + dt sum_{j<i} a_ij K_j)`.
 * Steps multiply `dt * f`, so that speeding the flow up by a power of two and shortening dt by it gives the same bits.
 * Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I and II.
 */

import { cadd, cdiv, cmul, cscale } from "../../numerics/complex.js";
import { solve } from "../../numerics/lu.js";
import { add, type Complex, identity, type Matrix, multiply, scale } from "../../numerics/matrix.js";
import type { Flow } from "../dynamics.js";
import { solveStage } from "./implicit-stage.js";
import type { BoundScheme, Scheme, SchemeName, Tableau } from "./scheme.js";

interface Traits {
  readonly name: SchemeName;
  readonly title: string;
  readonly order: number;
  readonly errorConstant: number;
  readonly ghosts: boolean;
}

type Argument = "state" | "input" | "increment";

const bind =
  ({ A, b }: Tableau) =>
  (flow: Flow): BoundScheme => {
    const stages = b.length;
    const points = b.map(() => new Float64Array(flow.units));
    const slopes = b.map(() => new Float64Array(flow.units));

    const computeStages = (
      x: Float64Array,
      u: Float64Array,
      dt: number,
      t: number | undefined,
      increment: Float64Array | undefined,
    ): boolean => {
      for (let i = 0; i < stages; i++) {
        const point = points[i]!;
        const slope = slopes[i]!;
        point.set(x);
        for (let j = 0; j < i; j++) {
          const weight = dt * A[i]![j]!;
          if (weight !== 0) for (let n = 0; n < point.length; n++) point[n]! += weight * slopes[j]![n]!;
        }
        const own = A[i]![i]!;
        if (own === 0) {
          flow.field(point, u, slope, t);
          continue;
        }
        // Noise enters an implicit stage with the stage's share of the step, so that midpoint and trapezoid stay exact
        // for linear drift (x' = x + w + dt f(...)).
        if (increment) for (let n = 0; n < point.length; n++) point[n]! += stageNode(A, i) * increment[n]!;
        if (!solveStage(flow, point, u, dt * own, slope, t)) return false;
      }
      return true;
    };

    /** Derivative of the step by state, input or increment, at the stages computed last. */
    const derivatives = (u: Float64Array, dt: number, t: number | undefined, by: Argument): Matrix | undefined => {
      const I = identity(flow.units);
      const K: Matrix[] = [];
      for (let i = 0; i < stages; i++) {
        const J = flow.stateJacobian(points[i]!, u, t);
        const own = A[i]![i]!;
        let inner: Matrix | undefined;
        if (by === "state") inner = I;
        if (by === "increment" && own !== 0) inner = scale(I, stageNode(A, i));
        for (let j = 0; j < i; j++)
          if (A[i]![j] !== 0) inner = inner ? add(inner, K[j]!, dt * A[i]![j]!) : scale(K[j]!, dt * A[i]![j]!);
        let right = inner && multiply(J, inner);
        if (by === "input") {
          const B = flow.inputJacobian(points[i]!, u, t);
          right = right ? add(right, B) : B;
        }
        right ??= scale(I, 0);
        const stage = own === 0 ? right : solve(add(I, J, -dt * own), right);
        if (!stage) return undefined;
        K.push(stage);
      }
      let total = scale(K[0]!, dt * b[0]!);
      for (let i = 1; i < stages; i++) total = add(total, K[i]!, dt * b[i]!);
      return by === "input" ? total : add(I, total);
    };

    const derivativeBy =
      (by: Argument): BoundScheme["stateJacobian"] =>
      (x, u, dt, t) =>
        computeStages(x, u, dt, t, undefined) ? derivatives(u, dt, t, by) : undefined;

    return {
      step: (x, u, dt, out, t, increment) => {
        if (!computeStages(x, u, dt, t, increment)) return false;
        if (out !== x) out.set(x);
        for (let i = 0; i < stages; i++) {
          const weight = dt * b[i]!;
          if (weight !== 0) for (let n = 0; n < out.length; n++) out[n]! += weight * slopes[i]![n]!;
        }
        if (increment) for (let n = 0; n < out.length; n++) out[n]! += increment[n]!;
        return true;
      },
      stateJacobian: derivativeBy("state"),
      inputJacobian: derivativeBy("input"),
      ...(A.some((row, i) => row[i] !== 0) ? { incrementJacobian: derivativeBy("increment") } : {}),
      stagePoints: (x, u, dt) =>
        computeStages(x, u, dt, undefined, undefined) ? points.map((point) => point.slice()) : undefined,
    };
  };

const stageNode = (A: Tableau["A"], i: number): number => A[i]!.reduce((sum, a) => sum + a, 0);

/** `R(z) = 1 + z b^T (I - z A)^{-1} 1`, stage by stage as the tableau is lower triangular. */
const stability =
  ({ A, b }: Tableau) =>
  (z: Complex): Complex => {
    const K: Complex[] = [];
    b.forEach((_, i) => {
      let inner: Complex = [1, 0];
      for (let j = 0; j < i; j++) inner = cadd(inner, cscale(cmul(z, K[j]!), A[i]![j]!));
      const own = A[i]![i]!;
      K.push(own === 0 ? inner : cdiv(inner, [1 - own * z[0], -own * z[1]]));
    });
    return K.reduce<Complex>((sum, k, i) => cadd(sum, cscale(cmul(z, k), b[i]!)), [1, 0]);
  };

const affineStep =
  ({ A: a, b }: Tableau) =>
  (A: Matrix, dt: number) => {
    // dt Q(dt A) is the answer of the scheme to a constant drive; R follows as I + (dt Q) A.
    const I = identity(A.rows);
    const K: Matrix[] = [];
    let increment: Matrix | undefined;
    for (let i = 0; i < b.length; i++) {
      let inner = I;
      for (let j = 0; j < i; j++) if (a[i]![j] !== 0) inner = add(inner, multiply(A, K[j]!), dt * a[i]![j]!);
      const own = a[i]![i]!;
      const stage = own === 0 ? inner : solve(add(I, A, -dt * own), inner);
      if (!stage) return undefined;
      K.push(stage);
      if (own !== 0) {
        const response = solve(add(I, A, -dt * own), I)!;
        increment = add(increment ?? I, multiply(A, response), dt * b[i]! * stageNode(a, i));
      }
    }
    let drive = scale(K[0]!, dt * b[0]!);
    for (let i = 1; i < b.length; i++) drive = add(drive, K[i]!, dt * b[i]!);
    const step = { transition: add(I, multiply(drive, A)), drive };
    return increment ? { ...step, increment } : step;
  };

const rungeKutta = (traits: Traits, tableau: Tableau): Scheme => {
  const nodes = tableau.A.map((_, i) => stageNode(tableau.A, i));
  const moment = (power: number) => tableau.b.reduce((sum, weight, i) => sum + weight * nodes[i]! ** power, 0);
  return {
    ...traits,
    tableau,
    weightedNodes: moment(1),
    halfWeightedSquaredNodes: moment(2) / 2,
    affineInField: traits.name === "euler",
    linearOnly: false,
    implicit: tableau.A.some((row, i) => row[i] !== 0),
    stabilityFunction: stability(tableau),
    affine: affineStep(tableau),
    bind: bind(tableau),
    noise: (Sigma, dt) => scale(Sigma, Math.sqrt(dt)),
  };
};

/** `x' = x + dt f(x)`; with noise, Euler–Maruyama. */
export const euler = rungeKutta(
  { name: "euler", title: "forward Euler", order: 1, errorConstant: 1 / 2, ghosts: false },
  { A: [[0]], b: [1] },
);

/** `x' = x + dt f(x')`; with noise, drift-implicit Euler. */
export const backwardEuler = rungeKutta(
  { name: "backward-euler", title: "backward Euler", order: 1, errorConstant: -1 / 2, ghosts: false },
  { A: [[1]], b: [1] },
);

/** `x' = x + dt f((x + x') / 2)`. */
export const implicitMidpoint = rungeKutta(
  { name: "implicit-midpoint", title: "implicit midpoint", order: 2, errorConstant: -1 / 12, ghosts: false },
  { A: [[1 / 2]], b: [1] },
);

/** `x' = x + dt (f(x) + f(x')) / 2` (Tustin on linear flows). */
export const trapezoid = rungeKutta(
  { name: "trapezoid", title: "trapezoid", order: 2, errorConstant: -1 / 12, ghosts: false },
  {
    A: [
      [0, 0],
      [1 / 2, 1 / 2],
    ],
    b: [1 / 2, 1 / 2],
  },
);

/** Heun's scheme: Euler predictor, trapezoid corrector. */
export const heun = rungeKutta(
  { name: "heun", title: "Heun", order: 2, errorConstant: 1 / 6, ghosts: true },
  {
    A: [
      [0, 0],
      [1, 0],
    ],
    b: [1 / 2, 1 / 2],
  },
);

/** Half an Euler step, then a whole one with the slope found there. */
export const explicitMidpoint = rungeKutta(
  { name: "explicit-midpoint", title: "explicit midpoint", order: 2, errorConstant: 1 / 6, ghosts: true },
  {
    A: [
      [0, 0],
      [1 / 2, 0],
    ],
    b: [0, 1],
  },
);

/** The classical scheme of order four. */
export const rk4 = rungeKutta(
  { name: "rk4", title: "Runge–Kutta 4", order: 4, errorConstant: 1 / 120, ghosts: true },
  {
    A: [
      [0, 0, 0, 0],
      [1 / 2, 0, 0, 0],
      [0, 1 / 2, 0, 0],
      [0, 0, 1, 0],
    ],
    b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  },
);
