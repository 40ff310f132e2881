/**
 * Schemes that treat the leak apart from the drive: exponential Euler (leak exact) and IMEX Euler (leak implicit).
 *
 * On any flow both are `x' = x + Phi f(x)` with a constant diagonal Phi: `dt phi_1(-dt lambda/tau)` and
 * `dt / (1 + dt lambda/tau)`. Where all units share one leak rate they are forward Euler with the step
 * `(1 - e^{-dt r}) / r`, or `dt / (1 + dt r)`.
 * Cox & Matthews, J. Comput. Phys. 176 (2002).
 */

import { symmetricFactor } from "../../numerics/cholesky.js";
import { cscale } from "../../numerics/complex.js";
import {
  add,
  type Complex,
  diagonal,
  identity,
  type Matrix,
  multiply,
  scaleRows,
  transpose,
} from "../../numerics/matrix.js";
import { phi1Scalar } from "../../numerics/phi-scalar.js";
import type { Flow } from "../dynamics.js";
import type { BoundScheme, Scheme, SchemeName } from "./scheme.js";

type StepWeight = (dt: number, leakRate: number) => number;

const exponentialWeight: StepWeight = (dt, rate) => dt * phi1Scalar(-dt * rate);
const implicitWeight: StepWeight = (dt, rate) => dt / (1 + dt * rate);

const bind =
  (weight: StepWeight) =>
  (flow: Flow): BoundScheme => {
    const slope = new Float64Array(flow.units);
    let weights = new Float64Array(0);
    let weightsOf: { dt: number; rates: Float64Array } | undefined;
    const phi = (dt: number): Float64Array => {
      const rates = flow.leakRates;
      if (weightsOf?.dt !== dt || weightsOf.rates !== rates) {
        weights = rates.map((rate) => weight(dt, rate));
        weightsOf = { dt, rates };
      }
      return weights;
    };
    return {
      step: (x, u, dt, out, t, increment) => {
        const Phi = phi(dt);
        flow.field(x, u, slope, t);
        for (let i = 0; i < out.length; i++) out[i] = x[i]! + Phi[i]! * slope[i]! + (increment ? increment[i]! : 0);
        return true;
      },
      stateJacobian: (x, u, dt, t) => add(identity(flow.units), scaleRows(phi(dt), flow.stateJacobian(x, u, t))),
      inputJacobian: (x, u, dt, t) => scaleRows(phi(dt), flow.inputJacobian(x, u, t)),
    };
  };

const scheme = (name: SchemeName, title: string, weight: StepWeight, noise: Scheme["noise"]): Scheme => ({
  name,
  title,
  order: 1,
  weightedNodes: 0,
  halfWeightedSquaredNodes: 0,
  affineInField: true,
  linearOnly: false,
  implicit: false,
  ghosts: false,
  stabilityFunction: (z: Complex, leak = 0): Complex => {
    const [re, im] = cscale(z, weight(1, leak));
    return [1 + re, im];
  },
  affine: (A, dt, leakRates) => {
    const drive = diagonal(leakRates.map((rate) => weight(dt, rate)));
    return { transition: add(identity(A.rows), multiply(drive, A)), drive };
  },
  bind: bind(weight),
  noise,
});

/** Exact noise of the leak alone: covariance `(Sigma Sigma^T)_ij (1 - e^{-dt (r_i + r_j)}) / (r_i + r_j)`. */
const leakNoise = (Sigma: Matrix, dt: number, leakRates: Float64Array): Matrix => {
  const covariance = multiply(Sigma, transpose(Sigma));
  const n = leakRates.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) covariance.data[i * n + j]! *= exponentialWeight(dt, leakRates[i]! + leakRates[j]!);
  return symmetricFactor(covariance);
};

/** `x' = E x + dt phi_1 (drive)`, the leak solved exactly. */
export const exponentialEuler = scheme("exponential-euler", "exponential Euler", exponentialWeight, leakNoise);

/** The leak implicit, the drive explicit. */
export const imexEuler = scheme("imex-euler", "IMEX Euler", implicitWeight, (Sigma, dt, leakRates) =>
  scaleRows(
    leakRates.map((rate) => Math.sqrt(dt) / (1 + dt * rate)),
    Sigma,
  ),
);
