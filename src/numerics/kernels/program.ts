/**
 * What the kernels are told of a network and a scheme: numbers only.
 *
 * Rate form      tau h' = -lambda h + g phi(W h + B u + b)
 * Current form   tau x' = -lambda x + W phi(x) + B u + b
 *
 * Both fields are `f(x) = decay x + drive v` per unit, with v the activated or the plain drive. Forward Euler,
 * exponential Euler and IMEX Euler are `x + Phi f(x) = keep x + take v` with different Phi (Cox and Matthews, J.
 * Comput. Phys. 176, 2002); a vanilla or leaky network is forward Euler at dt = alpha tau.
 */
import { InputError } from "../../error.js";
import type { Matrix } from "../matrix.js";
import type { KernelActivation } from "./activation.js";

/** The explicit schemes that the kernels step. */
export type KernelScheme = "euler" | "exponential-euler" | "imex-euler" | "heun" | "explicit-midpoint" | "rk4";

/** W = left rightᵀ, both units × rank. */
export interface LowRankFactors {
  readonly left: Matrix;
  readonly right: Matrix;
}

/** A network under a scheme. One number stands for the same number for every unit. */
export interface NetworkProgram {
  readonly form: "rate" | "current";
  /** W, or its factors: the product then costs units times rank. */
  readonly recurrentWeights: Matrix | LowRankFactors;
  /** B, units × inputs; none by default. */
  readonly inputWeights?: Matrix;
  /** b, 0 by default. */
  readonly bias?: ArrayLike<number> | number;
  /** tau, 1 by default. */
  readonly timeConstants?: ArrayLike<number> | number;
  /** lambda, 1 by default. */
  readonly leak?: ArrayLike<number> | number;
  /** g of the rate form, 1 by default. */
  readonly gain?: ArrayLike<number> | number;
  readonly activation: KernelActivation;
  readonly scheme: KernelScheme;
  readonly dt: number;
  /** G, units × sources: every step ends with `x + G xi`, xi standard normal (for Euler-Maruyama, sqrt(dt) Sigma). */
  readonly noise?: Matrix;
  /** Seed of xi, 0 by default; `xi_i` of trial k at step n is `normalAt(seed, k, n, i)`. */
  readonly seed?: number;
}

/** The per-unit numbers of the steps. */
export interface Coefficients {
  /** -lambda / tau */
  readonly decay: Float64Array;
  /** g / tau, or 1 / tau in the current form */
  readonly drive: Float64Array;
  /** 1 - Phi lambda / tau; exactly e^(-dt lambda / tau) for exponential Euler */
  readonly keep: Float64Array;
  /** Phi g / tau, or Phi / tau */
  readonly take: Float64Array;
}

export const isLowRank = (weights: Matrix | LowRankFactors): weights is LowRankFactors => "left" in weights;

export const programUnits = ({ recurrentWeights: W }: NetworkProgram): number => (isLowRank(W) ? W.left.rows : W.rows);

export const programInputs = ({ inputWeights }: NetworkProgram): number => inputWeights?.cols ?? 0;

/** One number per unit. */
export const perUnit = (
  subject: string,
  value: ArrayLike<number> | number | undefined,
  otherwise: number,
  units: number,
): Float64Array => {
  if (value === undefined || typeof value === "number") return new Float64Array(units).fill(value ?? otherwise);
  if (value.length !== units) throw new InputError(`${subject}: expected ${units} numbers, got ${value.length}`);
  return Float64Array.from(value);
};

const requireShape = (subject: string, A: Matrix, rows: number, cols: number): void => {
  if (A.rows !== rows || A.cols !== cols)
    throw new InputError(`${subject}: expected ${rows} x ${cols}, got ${A.rows} x ${A.cols}`);
};

/** Throws an InputError where the shapes of a program do not fit together. */
export const checkProgram = (program: NetworkProgram): void => {
  const n = programUnits(program);
  const W = program.recurrentWeights;
  if (n === 0) throw new InputError("recurrentWeights: expected at least one unit, got 0 x 0");
  if (isLowRank(W)) requireShape("recurrentWeights: right factor", W.right, n, W.left.cols);
  else requireShape("recurrentWeights", W, n, n);
  if (program.inputWeights) requireShape("inputWeights", program.inputWeights, n, program.inputWeights.cols);
  if (program.noise) requireShape("noise", program.noise, n, program.noise.cols);
  if (!(program.dt > 0 && Number.isFinite(program.dt)))
    throw new InputError(`dt: expected a positive number, got ${program.dt}`);
};

/** Phi of a scheme for one unit of leak rate `r`, and the factor 1 - Phi r by which the state is kept. */
const stepWeight = (scheme: KernelScheme, dt: number, r: number): readonly [phi: number, keep: number] => {
  if (scheme === "exponential-euler") return r === 0 ? [dt, 1] : [-Math.expm1(-dt * r) / r, Math.exp(-dt * r)];
  if (scheme === "imex-euler") return [dt / (1 + dt * r), 1 / (1 + dt * r)];
  return [dt, 1 - dt * r];
};

/** The per-unit numbers of a program's steps. */
export const coefficients = (program: NetworkProgram): Coefficients => {
  const n = programUnits(program);
  const tau = perUnit("timeConstants", program.timeConstants, 1, n);
  const leak = perUnit("leak", program.leak, 1, n);
  const gain = perUnit("gain", program.form === "rate" ? program.gain : undefined, 1, n);
  const weights = tau.map((t, i) => leak[i]! / t);
  const steps = Array.from(weights, (r) => stepWeight(program.scheme, program.dt, r));
  return {
    decay: weights.map((r) => -r),
    drive: gain.map((g, i) => g / tau[i]!),
    keep: Float64Array.from(steps, ([, keep]) => keep),
    take: Float64Array.from(steps, ([phi], i) => (phi * gain[i]!) / tau[i]!),
  };
};
