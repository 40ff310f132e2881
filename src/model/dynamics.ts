/**
 * What a model does, as functions bound to its numbers: the vector field of a flow, the step map of a map, and their
 * derivatives. Every analysis works on these and never asks which form is behind them.
 */
import type { Matrix } from "../numerics/matrix.js";

/** A flow `x' = f(x, u, t)`; `t` matters only to flows whose pace varies in time. */
export interface Flow {
  readonly units: number;
  readonly inputs: number;
  /** lambda / tau, one per unit: the leak that leak-aware schemes treat exactly. */
  readonly leakRates: Float64Array;
  /** Writes `f(x, u)` into `out`. */
  readonly field: (x: Float64Array, u: Float64Array, out: Float64Array, t?: number) => void;
  /** `J = df/dx`, units × units. Forms that can write it into `out` do so and return that; others return their own. */
  readonly stateJacobian: (x: Float64Array, u: Float64Array, t?: number, out?: Matrix) => Matrix;
  /** `B = df/du`, units × inputs. */
  readonly inputJacobian: (x: Float64Array, u: Float64Array, t?: number) => Matrix;
  /** The second derivative in one direction `a` of the state: `f_xx[a, .]` (units × units) and `f_xu[a, .]`. */
  readonly secondDerivative: (x: Float64Array, u: Float64Array, a: Float64Array, t?: number) => SecondDerivative;
  /** Bounds on the curvature, where the form has them in closed form. */
  readonly curvature?: Curvature;
}

export interface SecondDerivative {
  /** `f_xx[a, .]`, units × units. */
  readonly state: Matrix;
  /** `f_xu[a, .]`, units × inputs. */
  readonly input: Matrix;
}

/** Bounds from the largest `|phi''|` (Taylor's theorem with remainder). */
export interface Curvature {
  /** False where the largest `|phi''|` was searched for numerically (custom activations). */
  readonly rigorous: boolean;
  /** `K` in `|f(p + d) - f(p) - J d| <= K |d|^2` (2-norms); infinite where phi has kinks. */
  readonly remainder: number;
  /** Bound on each component of the remainder for one displacement `d` of the state. */
  readonly componentwise: (x: Float64Array, u: Float64Array, d: Float64Array) => Float64Array;
  /** Bound on `||J(x + s d) - J(x)||_2`, 0 <= s <= 1, for one displacement `d`. */
  readonly jacobianVariation: (x: Float64Array, u: Float64Array, d: Float64Array) => number;
  /** Bound on `||B(x + s d) - B(x)||_2`, 0 <= s <= 1, of the input Jacobian. */
  readonly inputVariation: (x: Float64Array, u: Float64Array, d: Float64Array) => number;
}

/** What a step may be given besides state and input. */
export interface StepExtras {
  /** The input sample after this one (first-order hold); the same as `u` where absent. */
  readonly next?: Float64Array;
  /** A random increment, one per unit, that enters where the scheme puts noise. */
  readonly increment?: Float64Array;
}

/** A map `x_{k+1} = F(x_k, u_k)`; `k` matters only to maps whose steps differ. */
export interface StepMap {
  readonly units: number;
  readonly inputs: number;
  /** Length of step `k` in units of time. */
  readonly dt: (k?: number) => number;
  /**
   * Writes the next state into `out`; `false` where an implicit step could not be solved (`out` is then meaningless).
   */
  readonly step: (x: Float64Array, u: Float64Array, out: Float64Array, k?: number, extras?: StepExtras) => boolean;
  /** `dF/dx`, units × units. Undefined where an implicit step could not be solved. */
  readonly stateJacobian: (x: Float64Array, u: Float64Array, k?: number) => Matrix | undefined;
  /** `dF/du`, units × inputs. Undefined where an implicit step could not be solved. */
  readonly inputJacobian: (x: Float64Array, u: Float64Array, k?: number) => Matrix | undefined;
  /**
   * `dF/dw` of the random increment w, units × units: of an implicit step, which passes it through the stage it solves;
   * absent where the increment is simply added. Undefined where the step could not be solved.
   */
  readonly incrementJacobian?: (x: Float64Array, u: Float64Array, k?: number) => Matrix | undefined;
  /**
   * `G`, units × sources: a step with noise takes the increment `G xi` with independent standard normals. Undefined
   * where the model has no noise.
   */
  readonly noise?: (k?: number) => Matrix;
}
