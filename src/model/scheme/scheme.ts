/**
 * A scheme is data plus one step: how a flow becomes a map.
 *
 * On a linear flow with held input every scheme reads `x' = R(dt A) x + dt Q(dt A) (B u + c)` with a stability
 * function R and Q(z) = (R(z) - 1) / z; the leak-aware ones read `x' = x + Phi f(x)` with a diagonal Phi instead.
 */
import type { Complex, Matrix } from "../../numerics/matrix.js";
import type { Flow } from "../dynamics.js";

export type SchemeName =
  | "euler"
  | "backward-euler"
  | "implicit-midpoint"
  | "trapezoid"
  | "heun"
  | "explicit-midpoint"
  | "rk4"
  | "exponential-euler"
  | "imex-euler"
  | "rosenbrock-euler"
  | "zero-order-hold"
  | "first-order-hold";

/** A Runge–Kutta tableau with at most diagonally implicit stages. */
export interface Tableau {
  readonly A: readonly (readonly number[])[];
  readonly b: readonly number[];
}

/** A scheme tied to one flow. */
export interface BoundScheme {
  /** One step of length `dt` into `out`; `false` where an implicit stage could not be solved. */
  readonly step: (
    x: Float64Array,
    u: Float64Array,
    dt: number,
    out: Float64Array,
    t?: number,
    increment?: Float64Array,
  ) => boolean;
  readonly stateJacobian: (x: Float64Array, u: Float64Array, dt: number, t?: number) => Matrix | undefined;
  readonly inputJacobian: (x: Float64Array, u: Float64Array, dt: number, t?: number) => Matrix | undefined;
  /** Derivative of the step by its random increment; absent where that is the identity. */
  readonly incrementJacobian?: (x: Float64Array, u: Float64Array, dt: number, t?: number) => Matrix | undefined;
  /** The points at which a Runge–Kutta step looks at the field; undefined where a stage could not be solved. */
  readonly stagePoints?: (x: Float64Array, u: Float64Array, dt: number) => readonly Float64Array[] | undefined;
}

/** What a scheme makes of `x' = A x + B u + c`: `x' = transition x + drive (B u + c)`. */
export interface AffineStep {
  /** `R(dt A)`, or `I + Phi A`. */
  readonly transition: Matrix;
  /** `dt Q(dt A)`, or `Phi`. */
  readonly drive: Matrix;
  /** `dt phi_2(dt A)`, the weight of `B (u_next - u)`; only first-order hold. */
  readonly slope?: Matrix;
  /** Weight of a random increment; the identity where absent. */
  readonly increment?: Matrix;
}

export interface Scheme {
  readonly name: SchemeName;
  /** As in running text: "forward Euler". */
  readonly title: string;
  /** p: the error of one step is `O(dt^{p+1})`. */
  readonly order: number;
  /** C in `e^z - R(z) ~ C z^{p+1}`; undefined where R is exact or depends on the leak. */
  readonly errorConstant?: number;
  /** `b . c`: weight of the leading Jacobian defect off a fixed point. */
  readonly weightedNodes: number;
  /** `(b . c^2) / 2`: weight of the leading value defect off a fixed point. */
  readonly halfWeightedSquaredNodes: number;
  /** Whether the step has the form `x + Phi f(x)` with a constant Phi: then it commutes with L at every point. */
  readonly affineInField: boolean;
  /** Whether the scheme is defined on linear flows only. */
  readonly linearOnly: boolean;
  /** Whether a stage must be solved for. */
  readonly implicit: boolean;
  /** Whether the map may have fixed points that the flow does not have. */
  readonly ghosts: boolean;
  /** Of Runge–Kutta schemes. */
  readonly tableau?: Tableau;
  /**
   * `R(z)`. The leak-aware schemes act on a mode as forward Euler with another step where all units share one leak
   * rate; `z` is then `dt lambda` and `leak` is `dt` times that rate.
   */
  readonly stabilityFunction: (z: Complex, leak?: number) => Complex;
  readonly affine: (A: Matrix, dt: number, leakRates: Float64Array) => AffineStep | undefined;
  readonly bind: (flow: Flow) => BoundScheme;
  /**
   * `G` such that a step takes the increment `G xi`, from the noise `Sigma` of the flow (units × sources). `A` is given
   * for linear flows, where the exact schemes sample the noise exactly too.
   */
  readonly noise: (Sigma: Matrix, dt: number, leakRates: Float64Array, A?: Matrix) => Matrix;
}
