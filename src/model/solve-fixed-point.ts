/**
 * One fixed point from one start: damped Newton on `f(x, u) = 0` of a flow or `F(x, u) = x` of a map, with exact
 * Jacobians. Searches over many starts live in the analyses; this is what operators need to name an operating point.
 */
import { solveVector } from "../numerics/lu.js";
import { add, euclideanNorm, identity, type Matrix } from "../numerics/matrix.js";
import { flowOf, isContinuous, mapOf } from "./bind.js";
import type { Model } from "./model.js";

/** What a search from one start came to. */
export interface FixedPointSolution {
  readonly status: "converged" | "stalled" | "singular" | "not finite";
  readonly state: Float64Array;
  /** `|f(x, u)|` of a flow, `|F(x, u) - x|` of a map. */
  readonly residual: number;
  readonly iterations: number;
}

export interface FixedPointSettings {
  readonly start?: Float64Array;
  readonly input?: Float64Array;
  /** Residual below which the search has converged. */
  readonly tolerance?: number;
  readonly iterations?: number;
}

interface Equation {
  readonly residual: (x: Float64Array, out: Float64Array) => boolean;
  readonly jacobian: (x: Float64Array) => Matrix | undefined;
}

const equationOf = (model: Model, u: Float64Array): Equation => {
  if (isContinuous(model)) {
    const flow = flowOf(model);
    return {
      residual: (x, out) => {
        flow.field(x, u, out);
        return true;
      },
      jacobian: (x) => flow.stateJacobian(x, u),
    };
  }
  const map = mapOf(model);
  return {
    residual: (x, out) => {
      const solved = map.step(x, u, out);
      for (let i = 0; i < out.length; i++) out[i]! -= x[i]!;
      return solved;
    },
    jacobian: (x) => {
      const J = map.stateJacobian(x, u);
      return J && add(J, identity(x.length), -1);
    },
  };
};

const HALVINGS = 25;
/** Newton step, relative to the state, that counts as none. */
const ROUNDED = 1e-12;

const size = (x: Float64Array): number => Math.max(1, euclideanNorm(x));

/** Newton's method with step halving from `start` (the origin where absent), input held at `input` (zero). */
export const solveFixedPoint = (model: Model, settings: FixedPointSettings = {}): FixedPointSolution => {
  const u = settings.input ?? new Float64Array(model.inputs);
  const tolerance = settings.tolerance ?? 1e-12;
  const limit = settings.iterations ?? 200;
  const equation = equationOf(model, u);
  let x = settings.start?.slice() ?? new Float64Array(model.units);
  let f = new Float64Array(model.units);
  let trialResidual = new Float64Array(model.units);
  let residual = equation.residual(x, f) ? euclideanNorm(f) : Number.POSITIVE_INFINITY;
  const outcome = (status: FixedPointSolution["status"], iterations: number): FixedPointSolution => ({
    status: residual <= tolerance ? "converged" : status,
    state: x,
    residual,
    iterations,
  });

  for (let iteration = 0; iteration < limit; iteration++) {
    if (!Number.isFinite(residual)) return outcome("not finite", iteration);
    const J = equation.jacobian(x);
    const step = J && solveVector(J, f);
    if (!step) return outcome("singular", iteration);
    let damping = 1;
    let improved = false;
    for (let halving = 0; halving < HALVINGS && !improved; halving++, damping /= 2) {
      const trial = x.map((v, i) => v - damping * step[i]!);
      if (!equation.residual(trial, trialResidual)) continue;
      const norm = euclideanNorm(trialResidual);
      if (norm < residual) {
        x = trial;
        residual = norm;
        [f, trialResidual] = [trialResidual, f];
        improved = true;
      }
    }
    // Where rounding ends the descent, x is as good as it gets if Newton would not move it: at any speed of the flow.
    if (!improved) return outcome(euclideanNorm(step) <= ROUNDED * size(x) ? "converged" : "stalled", iteration);
    if (residual === 0) return outcome("converged", iteration + 1);
  }
  return outcome("stalled", limit);
};
