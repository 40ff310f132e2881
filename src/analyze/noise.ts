/**
 * What noise does around an operating point: stationary covariance of the flow and of the map under a scheme, the bias of the scheme,
 * power spectra, autocorrelation times, and what R does to all of it.
 *
 * Rescaling by a multiplies rates by a. With noise multiplied by sqrt(a) the covariance stays; left alone it gives P / a, multiplied by a it
 * gives a P. With the step aligned (dt / a) the noisy map is the same chain of numbers, and its covariance stays too.
 *
 * All of this is the linearized stochastic equation; nonlinear corrections are of higher order in the noise. Only a stable fixed point has
 * a stationary covariance.
 */
import { InputError } from "../error.js";
import { isContinuous } from "../model/bind.js";
import { checkedMatrix } from "../model/build.js";
import type { Matrix, Model } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { spectralAbscissa, spectralRadius } from "../numerics/eigen.js";
import { diagonal, identity, multiply, scale, transpose } from "../numerics/matrix.js";
import { type Covariance, type CovarianceBias, covarianceBias, flowCovariance, mapCovariance } from "./covariance.js";
import { flowBehind, linearPair, type PairSettings } from "./linear-pair.js";
import {
  flowCorrelationTimes,
  flowSpectrum,
  mapCorrelationTimes,
  mapSpectrum,
  type Spectrum,
} from "./noise-spectrum.js";

export interface NoiseSettings extends PairSettings {
  /** Sigma where the model has none, or instead of its own: units × sources, or one strength for independent noise in every unit. */
  readonly sigma?: number | Matrix;
  /** a of R; 2 where absent. */
  readonly speed?: number;
  /** Frequencies of the spectra, in cycles per unit of time; 64 up to half the frame rate where absent. */
  readonly frequencies?: ArrayLike<number>;
}

/** Noise around a point, in one linear system. */
export interface SystemNoise {
  readonly covariance: Covariance;
  /** Of each channel of the spectra. */
  readonly variance?: Float64Array;
  readonly spectrum?: Spectrum;
  /** `∫_0^∞ rho dt` of each channel. */
  readonly correlationTimes?: Float64Array;
  /** Time after which the slowest mode has lost all but 1/e of itself. */
  readonly slowest: number;
}

/** What R by `speed` makes of the stationary covariance, as a multiple of it. */
export interface NoiseRescaling {
  readonly speed: number;
  /** Noise × sqrt(a), which is what R means. */
  readonly withRoot: number;
  /** Noise left as it is. */
  readonly unscaled: number;
  /** Noise × a. */
  readonly linear: number;
}

export interface Noise {
  readonly point: Float64Array;
  readonly input: Float64Array;
  readonly residual: number;
  readonly atFixedPoint: boolean;
  readonly scheme?: SchemeName;
  readonly dt: number;
  /** What a channel is: the readout where the model has one, else the state. */
  readonly channels: "readout" | "state";
  readonly flow?: SystemNoise;
  readonly map: SystemNoise;
  /** Present where both covariances are. */
  readonly bias?: CovarianceBias;
  readonly rescaling: NoiseRescaling;
}

const FREQUENCIES = 64;

/** The model with the noise that `sigma` names. */
const withNoise = (model: Model, sigma: number | Matrix | undefined): Model => {
  if (sigma === undefined) return model;
  const Sigma =
    typeof sigma === "number"
      ? scale(identity(model.units), sigma)
      : checkedMatrix("noise: sigma", sigma, model.units, sigma.cols);
  return !isContinuous(model) && model.form === "scheme"
    ? { ...model, parent: { ...model.parent, noise: Sigma } }
    : { ...model, noise: Sigma };
};

const channelVariance = (C: Matrix, P: Matrix): Float64Array => {
  const seen = multiply(multiply(C, P), transpose(C));
  return Float64Array.from({ length: C.rows }, (_, i) => seen.data[i * C.rows + i]);
};

/**
 * Covariance, spectra and correlation times of `model` around an operating point, and the bias of its scheme.
 *
 * @throws InputError where neither the model nor `sigma` says what the noise is
 * @example noise(model, { sigma: 0.1, scheme: "euler", dt: 0.1 }).bias?.relative
 */
export const noise = (given: Model, settings: NoiseSettings = {}): Noise => {
  const { speed = 2 } = settings;
  const model = withNoise(given, settings.sigma);
  const source = flowBehind(model) ?? model;
  if (!source.noise) throw new InputError(`noise: ${given.name} has no noise; give sigma, one strength or a matrix`);
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new InputError(`noise: speed must be positive and finite, got ${speed}; 2 is twice as fast`);
  const { place, residual, atFixedPoint, flow, map, scheme } = linearPair("noise", model, settings);
  const { dt } = map;
  const frequencies =
    settings.frequencies ?? Float64Array.from({ length: FREQUENCIES }, (_, k) => (k + 0.5) / (2 * dt * FREQUENCIES));
  const C = map.C ?? identity(map.M.rows);
  const G = map.G ?? diagonal(new Float64Array(map.M.rows));

  const mapped = mapCovariance(map.M, G);
  const mapNoise: SystemNoise = {
    covariance: mapped,
    slowest: -dt / Math.log(spectralRadius(map.M)),
    ...(mapped.status === "stationary"
      ? {
          variance: channelVariance(C, mapped.matrix),
          spectrum: mapSpectrum(map.M, G, dt, frequencies, C),
          correlationTimes: mapCorrelationTimes(map.M, mapped.matrix, dt, C),
        }
      : {}),
  };
  const common = {
    point: place.state,
    input: place.input,
    residual,
    atFixedPoint,
    dt,
    channels: map.C ? ("readout" as const) : ("state" as const),
    map: mapNoise,
    rescaling: { speed, withRoot: 1, unscaled: 1 / speed, linear: speed },
  };
  if (!flow?.Sigma || !scheme) return common;
  const flowed = flowCovariance(flow.A, flow.Sigma);
  return {
    ...common,
    scheme: scheme.name,
    flow: {
      covariance: flowed,
      slowest: -1 / spectralAbscissa(flow.A),
      ...(flowed.status === "stationary"
        ? {
            variance: channelVariance(C, flowed.matrix),
            spectrum: flowSpectrum(flow.A, flow.Sigma, frequencies, C),
            correlationTimes: flowCorrelationTimes(flow.A, flowed.matrix, C),
          }
        : {}),
    },
    ...(flowed.status === "stationary" && mapped.status === "stationary"
      ? {
          bias: covarianceBias(
            flow,
            scheme,
            dt,
            source.form === "linear" || scheme.linearOnly,
            flowed.matrix,
            mapped.matrix,
          ),
        }
      : {}),
  };
};
