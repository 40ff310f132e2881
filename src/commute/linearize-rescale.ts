/**
 * L and R. Differentiation is linear, so `L_p R_a = R_a L_p` at every point, for every speed, for one speed per unit and
 * for every warp of time.
 */
import { mapOf } from "../model/bind.js";
import type { LinearFlow } from "../model/model.js";
import { discretize } from "../operators/discretize.js";
import { at, linearize } from "../operators/linearize.js";
import { rescale, rescaleUnits } from "../operators/rescale.js";
import { agreement, type Certificate, certify } from "./certificate.js";
import type { Context } from "./context.js";
import { affineDefect, sizeOf, trajectoryDistance } from "./measure.js";

const ROUNDING = 1e-11;

export const certifyLinearizeRescale = (context: Context): Certificate => {
  const { model, speed, settings, site, stepAfterRescale, start, inputs } = context;
  const point = at.state(site.state, site.input);
  const { speeds } = settings;
  const left = linearize(point)(speeds ? rescaleUnits(speeds)(model) : rescale(speed)(model)) as LinearFlow;
  const linear = linearize(point)(model) as LinearFlow;
  const right = speeds ? rescaleUnits(speeds)(linear) : rescale(speed)(linear);
  const step = discretize({ scheme: "euler", dt: stepAfterRescale });
  return certify(
    { operators: ["L", "R"], scheme: null, claim: speeds ? "L diag(speeds) = diag(speeds) L" : "L R = R L" },
    {
      verdict: "exact",
      condition: speeds
        ? "at every point; but one speed per unit is not a rescaling of time, and may change stability"
        : "at every point and speed, fixed point or not",
      bound: agreement,
    },
    affineDefect(left, right, trajectoryDistance(mapOf(step(left)), mapOf(step(right)), start, inputs)),
    ROUNDING * sizeOf(left),
  );
};
