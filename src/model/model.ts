/**
 * What a model is: an equation with numbers in it, as plain immutable data.
 *
 * Continuous models (flows) and discrete models (maps) each come in forms; what a form can do (its field, Jacobian,
 * equation, rescaling) is declared beside it in `forms/`, so that shared code never asks which form it holds.
 * Glossary: W recurrent weights, B input weights, b bias, h or x state, u input, y readout, phi activation.
 */
import type { Matrix } from "../numerics/matrix.js";
import type { ActivationSpec } from "./activation.js";
import type { SchemeName } from "./scheme/scheme.js";
import type { Weights } from "./weights.js";

/** One operator that took part in making a model, with its settings. */
export interface ProvenanceStep {
  readonly operator: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** `y = C h + d` (of the state) or `y = C phi(x) + d` (of the activity). */
export interface Readout {
  readonly weights: Matrix;
  readonly bias: Float64Array;
  readonly of: "state" | "activity";
}

interface Common {
  readonly name: string;
  /** Dimension of the state. */
  readonly units: number;
  /** Number of input channels. */
  readonly inputs: number;
  readonly readout?: Readout;
  /**
   * Additive noise `Sigma`, units × sources: `dx = f dt + Sigma dbeta` of a flow, `x' = F(x) + Sigma xi` of a map that
   * has no parent. A map made by a scheme takes the noise of its parent.
   */
  readonly noise?: Matrix;
  /** Unit of time: "tau" (dimensionless), "s", "ms", "step". */
  readonly timeUnit: string;
  readonly provenance: readonly ProvenanceStep[];
  /** The model that this one was derived from. */
  readonly parent?: Model;
}

interface NetworkParameters extends Common {
  readonly kind: "continuous";
  /** tau, one per unit. */
  readonly timeConstants: Float64Array;
  /** lambda, one per unit; 1 in the canonical form, 0 for a perfect integrator. */
  readonly leak: Float64Array;
  readonly activation: ActivationSpec;
  readonly recurrentWeights: Weights;
  /** B, units × inputs. */
  readonly inputWeights: Matrix;
  readonly bias: Float64Array;
}

/** `tau h' = -lambda h + g phi(W h + B u + b)`. */
export interface RateModel extends NetworkParameters {
  readonly form: "rate";
  /** g, one per unit. */
  readonly gain: Float64Array;
}

/** `tau x' = -lambda x + W phi(x) + B u + b`. */
export interface CurrentModel extends NetworkParameters {
  readonly form: "current";
}

/** Weights of one gate: `sigma(input u + recurrent h + bias)`. */
export interface GateWeights {
  readonly input: Matrix;
  readonly recurrent: Matrix;
  readonly bias: Float64Array;
}

/**
 * `tau h' = (1 - z) (n - h)`: the flow whose forward Euler step at dt = tau is the gated recurrent unit
 * `h' = (1 - z) n + z h`. `reset: "after"` multiplies `U_n h + b_hn` by r (PyTorch, Keras `reset_after`), `"before"`
 * multiplies h.
 */
export interface GruModel extends Common {
  readonly kind: "continuous";
  readonly form: "gru";
  readonly timeConstants: Float64Array;
  readonly reset: "after" | "before";
  readonly updateGate: GateWeights;
  readonly resetGate: GateWeights;
  readonly candidate: GateWeights & { readonly recurrentBias: Float64Array };
}

/** `tau_i x_i' = expression_i(x, u, parameters)`, one expression per state variable. */
export interface EquationsModel extends Common {
  readonly kind: "continuous";
  readonly form: "equations";
  readonly timeConstants: Float64Array;
  readonly variables: readonly string[];
  readonly inputNames: readonly string[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly equations: readonly string[];
}

interface AffineParameters extends Common {
  readonly form: "linear";
  /** A, units × units. */
  readonly stateMatrix: Matrix;
  /** B, units × inputs. */
  readonly inputMatrix: Matrix;
  /** c: the value at (`point`, `inputPoint`); zero where the point is a fixed point of a flow. */
  readonly offset: Float64Array;
  /** p, the operating point. */
  readonly point: Float64Array;
  /** q, the input there. */
  readonly inputPoint: Float64Array;
}

/** `x' = c + A (x - p) + B (u - q)`. */
export interface LinearFlow extends AffineParameters {
  readonly kind: "continuous";
  /** lambda / tau of the parent, one per unit: the part of A that a leak-aware scheme treats exactly. */
  readonly leakRates: Float64Array;
}

/** Time of a warped flow: its own time `theta` maps to the parent's time `t = s(theta)`, strictly increasing. */
export interface Warp {
  readonly name: string;
  readonly time: (theta: number) => number;
  readonly slope: (theta: number) => number;
  /** The samples of which the warp was made; without them it cannot be written to a file. */
  readonly table?: { readonly own: Float64Array; readonly parent: Float64Array };
}

/** `y' = s'(theta) f(y, u)`: the parent's orbit at another, varying pace. */
export interface WarpedFlow extends Common {
  readonly kind: "continuous";
  readonly form: "warped";
  readonly warp: Warp;
  readonly original: Exclude<ContinuousModel, WarpedFlow | LinearAlongFlow>;
}

/** Affine flows along a trajectory: from `times[k]` until `times[k + 1]` the flow is `pieces[k]`. */
export interface LinearAlongFlow extends Common {
  readonly kind: "continuous";
  readonly form: "linear-along";
  readonly times: Float64Array;
  readonly pieces: readonly LinearFlow[];
}

/** A flow under a scheme: one step of length `dt`, or of lengths `steps[k]`. */
export interface SchemeMap extends Common {
  readonly kind: "discrete";
  readonly form: "scheme";
  readonly scheme: SchemeName;
  readonly dt: number;
  /** Step lengths in order, where they are not all `dt`; the last one is repeated. */
  readonly steps?: Float64Array;
  readonly parent: NonlinearFlow;
  /** Speed that a step of a warped flow holds: the secant of the warp over the step, or its slope at the start. */
  readonly warpSpeed?: "secant" | "pointwise";
}

/** `x' = c + A (x - p) + B (u - q) + S (u_next - u)`, one step of length `dt`. */
export interface LinearMap extends AffineParameters {
  readonly kind: "discrete";
  readonly dt: number;
  /** S, only of first-order hold. */
  readonly inputSlopeMatrix?: Matrix;
  /** The scheme that made it from a linear flow. */
  readonly scheme?: SchemeName;
}

/** Long short-term memory, state (c, h), gates i, f, g, o. */
export interface LstmMap extends Common {
  readonly kind: "discrete";
  readonly form: "lstm";
  readonly dt: number;
  readonly inputGate: GateWeights;
  readonly forgetGate: GateWeights;
  readonly cellGate: GateWeights;
  readonly outputGate: GateWeights;
}

/** Affine maps along a trajectory, `pieces[k]` for step k; the last one is repeated. */
export interface LinearAlongMap extends Common {
  readonly kind: "discrete";
  readonly form: "linear-along";
  readonly dt: number;
  readonly pieces: readonly LinearMap[];
}

export type NonlinearFlow = RateModel | CurrentModel | GruModel | EquationsModel | WarpedFlow;
export type ContinuousModel = NonlinearFlow | LinearFlow | LinearAlongFlow;
export type NonlinearMap = SchemeMap | LstmMap;
export type DiscreteModel = NonlinearMap | LinearMap | LinearAlongMap;
export type NonlinearModel = NonlinearFlow | NonlinearMap;
export type Model = ContinuousModel | DiscreteModel;
export type Network = RateModel | CurrentModel;

export type { Matrix };
