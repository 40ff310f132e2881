/**
 * Transient amplification around an operating point: what the eigenvalues of a non-normal network do not tell.
 *
 * A network whose modes all decay may still amplify a displacement by a large factor on its way. The numerical abscissa says how fast that
 * starts, the Kreiss constant and the peak how far it goes, and the departure from normality how much room there is for it. R leaves the
 * Kreiss constant and the peak unchanged; a scheme does not, and the map of a flow that never amplifies may amplify.
 *
 *     forward Euler never amplifies up to    dt = lambda_min(-(A + A^T), A^T A)    (generalized eigenvalue, where the flow never does)
 */
import type { Matrix, Model } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { spectralAbscissa, spectralRadius } from "../numerics/eigen.js";
import { inverse } from "../numerics/lu.js";
import { add, scale, transpose } from "../numerics/matrix.js";
import { norm2 } from "../numerics/svd.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";
import { linearPair, type PairSettings } from "./linear-pair.js";
import { departureFromNormality } from "./non-normality.js";
import { flowPeak, mapPeak, numericalAbscissa, type Peak } from "./peak.js";
import { flowKreiss, type KreissConstant, mapKreiss } from "./pseudospectrum.js";

/** Transients of a flow. */
export interface FlowTransients {
  /** Largest real part of a rate. */
  readonly spectralAbscissa: number;
  /** Fastest growth of any displacement at first. */
  readonly numericalAbscissa: number;
  /** The displacement that grows fastest at first. */
  readonly fastestDirection: Float64Array;
  readonly departureFromNormality: number;
  readonly kreiss: KreissConstant;
  readonly peak: Peak;
  /** Largest step at which forward Euler never amplifies either; undefined where the flow does amplify. */
  readonly contractiveStep?: number;
}

/** Transients of a map. */
export interface MapTransients {
  /** Largest modulus of a multiplier. */
  readonly spectralRadius: number;
  /** `||M||`, the most that one step amplifies. */
  readonly norm: number;
  readonly departureFromNormality: number;
  readonly kreiss: KreissConstant;
  readonly peak: Peak;
}

export interface Transients {
  readonly point: Float64Array;
  readonly input: Float64Array;
  readonly residual: number;
  readonly atFixedPoint: boolean;
  readonly scheme?: SchemeName;
  readonly dt: number;
  readonly flow?: FlowTransients;
  readonly map: MapTransients;
}

/**
 * The largest step at which `||I + dt A|| <= 1`: the least eigenvalue of `-(A + A^T)` relative to `A^T A`, that is of `-(A^{-1} + A^{-T})`.
 * Undefined where some displacement grows at first.
 */
export const contractiveStep = (A: Matrix): number | undefined => {
  if (!(numericalAbscissa(A).value < 0)) return undefined;
  const B = inverse(A);
  return B && symmetricEigenvalues(scale(add(B, transpose(B)), -1))[0];
};

/** Transients of `x' = A x`. */
export const flowTransients = (A: Matrix): FlowTransients => {
  const growth = numericalAbscissa(A);
  const step = contractiveStep(A);
  return {
    spectralAbscissa: spectralAbscissa(A),
    numericalAbscissa: growth.value,
    fastestDirection: growth.direction,
    departureFromNormality: departureFromNormality(A),
    kreiss: flowKreiss(A),
    peak: flowPeak(A),
    ...(step === undefined ? {} : { contractiveStep: step }),
  };
};

/** Transients of `x_{k+1} = M x_k`. */
export const mapTransients = (M: Matrix): MapTransients => ({
  spectralRadius: spectralRadius(M),
  norm: norm2(M),
  departureFromNormality: departureFromNormality(M),
  kreiss: mapKreiss(M),
  peak: mapPeak(M),
});

/**
 * Transient amplification of `model` around an operating point, on its flow and on the map of its scheme.
 *
 * @throws InputError for settings that do not fit the model
 * @example transients(model, { scheme: "euler", dt: 0.5 }).map.peak.value
 */
export const transients = (model: Model, settings: PairSettings = {}): Transients => {
  const { place, residual, atFixedPoint, flow, map, scheme } = linearPair("transients", model, settings);
  return {
    point: place.state,
    input: place.input,
    residual,
    atFixedPoint,
    ...(scheme ? { scheme: scheme.name } : {}),
    dt: map.dt,
    ...(flow ? { flow: flowTransients(flow.A) } : {}),
    map: mapTransients(map.M),
  };
};
