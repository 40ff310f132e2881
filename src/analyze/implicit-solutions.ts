/**
 * How many solutions an implicit step has at a state.
 *
 * The stage equation is `z = r + h f(z)`: backward Euler `r = x`, `h = dt`; the midpoint `r = x`, `h = dt / 2`; the
 * trapezoid `r = x + dt f(x) / 2`, `h = dt / 2`. It has one solution while `h nu < 1`, nu the largest
 * `mu_2(J) = max eig((J + J^T) / 2)`; beyond that a step may go to any of several states, and which one is up to the solver.
 */
import type { Flow } from "../model/dynamics.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { matrix } from "../numerics/matrix.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";
import { searchZeros } from "./search.js";
import type { Starts } from "./starts.js";
import type { Step } from "./subject.js";
import { flowProblem, type ZeroProblem } from "./zero-problem.js";

export interface ImplicitSolutions {
  /** The states to which a step from here may lead. */
  readonly next: readonly Float64Array[];
  /** `h nu` with the largest nu among the solutions and the state itself; below 1 everywhere the solution is unique. */
  readonly stiffness: number;
}

export interface ImplicitSettings {
  readonly tolerance: number;
  readonly iterations: number;
  readonly mergeDistance: number;
}

/** Share of the step that the implicit stage takes; undefined for explicit schemes. */
const stageShare = (scheme: SchemeName): number | undefined =>
  scheme === "backward-euler" ? 1 : scheme === "implicit-midpoint" || scheme === "trapezoid" ? 0.5 : undefined;

const stageProblem = (flow: Flow, u: Float64Array, r: Float64Array, h: number): ZeroProblem => {
  const field = flowProblem(flow, u);
  const n = flow.units;
  return {
    units: n,
    residual: (z, out) => {
      field.residual(z, out);
      for (let i = 0; i < n; i++) out[i] = r[i]! + h * out[i]! - z[i]!;
      return true;
    },
    jacobian: (z, out) => {
      field.jacobian(z, out);
      for (let k = 0; k < n * n; k++) out[k]! *= h;
      for (let i = 0; i < n; i++) out[i * n + i]! -= 1;
      return true;
    },
  };
};

/** `mu_2(J)`, the fastest growth of any displacement. */
const logarithmicNorm = (flow: Flow, x: Float64Array, u: Float64Array): number => {
  const J = flow.stateJacobian(x, u);
  const n = J.rows;
  const S = matrix(n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) S.data[i * n + j] = (J.data[i * n + j]! + J.data[j * n + i]!) / 2;
  return symmetricEigenvalues(S)[n - 1]!;
};

/** Solutions of one implicit step from `x`; undefined for explicit schemes. */
export const implicitSolutions = (
  flow: Flow,
  { scheme, dt }: Step,
  x: Float64Array,
  u: Float64Array,
  starts: Starts,
  settings: ImplicitSettings,
): ImplicitSolutions | undefined => {
  const share = stageShare(scheme);
  if (share === undefined) return undefined;
  const h = share * dt;
  const f = new Float64Array(flow.units);
  flow.field(x, u, f);
  const r = scheme === "trapezoid" ? x.map((v, i) => v + h * f[i]!) : x;
  const { zeros } = searchZeros(
    stageProblem(flow, u, r, h),
    { ...starts, states: [x, ...starts.states] },
    { ...settings, deflatedStarts: 8 },
  );
  const stages = zeros.map(({ state }) => state);
  const stiffness = h * Math.max(logarithmicNorm(flow, x, u), ...stages.map((z) => logarithmicNorm(flow, z, u)));
  return {
    next: scheme === "implicit-midpoint" ? stages.map((z) => z.map((v, i) => 2 * v - x[i]!)) : stages,
    stiffness,
  };
};
