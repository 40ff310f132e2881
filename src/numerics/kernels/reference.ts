/**
 * What the kernels compute, as plain loops over one trial: readable, slow, and the standard that they are tested
 * against. Equations and letters are those of `program.ts`.
 */
import { matrix, multiplyVector, transpose } from "../matrix.js";
import { normalAt } from "../random.js";
import { coefficients, isLowRank, type NetworkProgram, perUnit, programInputs, programUnits } from "./program.js";

/** One trial: where it starts and what it is given. */
export interface ReferenceTrial {
  readonly state: ArrayLike<number>;
  readonly steps: number;
  /** The input at a step; none by default. */
  readonly input?: (step: number) => ArrayLike<number>;
  readonly trial?: number;
  readonly firstStep?: number;
}

type Field = (x: Float64Array, u: ArrayLike<number>) => Float64Array;

/** The state after the steps of one trial, with the activation given as a function of one number. */
export const referenceRun = (
  program: NetworkProgram,
  phi: (v: number) => number,
  { state, steps, input, trial = 0, firstStep = 0 }: ReferenceTrial,
): Float64Array => {
  const n = programUnits(program);
  const none = new Float64Array(programInputs(program));
  const { dt, form, scheme, recurrentWeights: W, inputWeights: B = matrix(n, none.length), noise: G } = program;
  const b = perUnit("bias", program.bias, 0, n);
  const { decay, drive, keep, take } = coefficients(program);

  const recur = (x: ArrayLike<number>): Float64Array =>
    isLowRank(W) ? multiplyVector(W.left, multiplyVector(transpose(W.right), x)) : multiplyVector(W, x);
  const total: Field = (x, u) => {
    const driven = multiplyVector(B, u);
    const v = (form === "rate" ? recur(x) : recur(x.map(phi))).map((w, i) => w + driven[i]! + b[i]!);
    return form === "rate" ? v.map(phi) : v;
  };
  const f: Field = (x, u) => {
    const v = total(x, u);
    return x.map((value, i) => decay[i]! * value + drive[i]! * v[i]!);
  };
  const moved = (x: Float64Array, factor: number, slope: Float64Array) =>
    x.map((value, i) => value + factor * slope[i]!);

  const oneStage: Field = (x, u) => {
    const v = total(x, u);
    return x.map((value, i) => keep[i]! * value + take[i]! * v[i]!);
  };
  const schemes: Readonly<Record<NetworkProgram["scheme"], Field>> = {
    euler: oneStage,
    "exponential-euler": oneStage,
    "imex-euler": oneStage,
    heun: (x, u) => {
      const k1 = f(x, u);
      const k2 = f(moved(x, dt, k1), u);
      return x.map((value, i) => value + (dt / 2) * (k1[i]! + k2[i]!));
    },
    "explicit-midpoint": (x, u) => moved(x, dt, f(moved(x, dt / 2, f(x, u)), u)),
    rk4: (x, u) => {
      const k1 = f(x, u);
      const k2 = f(moved(x, dt / 2, k1), u);
      const k3 = f(moved(x, dt / 2, k2), u);
      const k4 = f(moved(x, dt, k3), u);
      return x.map((value, i) => value + (dt / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
    },
  };

  let x = Float64Array.from(state);
  for (let step = firstStep; step < firstStep + steps; step++) {
    x = schemes[scheme](x, input?.(step) ?? none) as Float64Array<ArrayBuffer>;
    if (G === undefined) continue;
    const xi = Float64Array.from({ length: G.cols }, (_, i) => normalAt(program.seed ?? 0, trial, step, i));
    const increment = multiplyVector(G, xi);
    x = x.map((value, i) => value + increment[i]!);
  }
  return x;
};
