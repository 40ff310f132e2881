/** Certificates of a model: which of R, D and L commute, under which condition, and by how much they differ. */
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import type { Certificate } from "./certificate.js";
import { type CommuteSettings, type Context, contextOf } from "./context.js";
import { certifyCube } from "./cube.js";
import { certifyLinearizeDiscretize } from "./linearize-discretize.js";
import { certifyLinearizeRescale } from "./linearize-rescale.js";
import { certifyFrameRate, certifyRescaleDiscretize, certifyUnitSpeeds, certifyWarp } from "./rescale-discretize.js";

/** Certificates, and where and with what they were made. */
export interface Commutation {
  readonly certificates: readonly Certificate[];
  readonly speed: number;
  readonly dt: number;
  readonly stepAfterRescale: number;
  readonly point: Float64Array;
  readonly input: Float64Array;
  /** |f| at the point. */
  readonly residual: number;
  readonly atFixedPoint: boolean;
}

const certificatesOf = (context: Context): Certificate[] => {
  const { settings, schemes, speed, dt, stepAfterRescale } = context;
  const { speeds, warp } = settings;
  const certificates: Certificate[] = [];
  for (const scheme of schemes) {
    if (speeds) certificates.push(certifyUnitSpeeds(context, scheme, speeds));
    else if (warp) certificates.push(certifyWarp(context, scheme));
    else {
      certificates.push(certifyRescaleDiscretize(context, scheme));
      if (Number.isInteger(speed) && speed > 1 && stepAfterRescale === dt)
        certificates.push(certifyFrameRate(context, scheme));
    }
  }
  certificates.push(certifyLinearizeRescale(context));
  for (const scheme of schemes) certificates.push(certifyLinearizeDiscretize(context, scheme));
  if (!speeds && !warp && !settings.schemeAfterLinearize && settings.keepOffset !== false)
    for (const scheme of schemes) certificates.push(certifyCube(context, scheme));
  return certificates;
};

/**
 * Certifies R–D, L–R, L–D and all six orders of the three, for each scheme.
 *
 * A map is taken back to the flow it came from; its step and scheme are the default.
 *
 * @throws InputError for a model that is linear already, or has no flow behind it; for settings out of range
 * @example commute(model, { speed: 2, schemes: ["euler", "heun"] }).certificates
 */
export const commute = (model: Model, settings: CommuteSettings = {}): Commutation => {
  for (const name of settings.schemes ?? [])
    if (schemeOf(name).linearOnly)
      throw new InputError(
        `commute: ${name} is defined on linear flows only; give it as the scheme after linearizing instead`,
      );
  const context = contextOf(model, settings);
  return {
    certificates: certificatesOf(context),
    speed: context.speed,
    dt: context.dt,
    stepAfterRescale: context.stepAfterRescale,
    point: context.site.state,
    input: context.site.input,
    residual: context.residual,
    atFixedPoint: context.atFixedPoint,
  };
};
