/** How far and how long the linear picture holds, guaranteed beside measured. */
import type { BoundAndMeasured, Validity } from "../analyze/validity.js";
import type { Model } from "../model/model.js";
import { short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { facts, table } from "./table.js";

const both = (
  { bound, measured }: BoundAndMeasured,
  words: (value: number) => string = (v) => short(v, 4),
): string[] => [bound === null ? "no bound" : words(bound), words(measured)];

/** Validity of a linearization as a table. */
export const validityTable = (model: Model, result: Validity, { width, paint }: Layout): string => {
  const { tolerance, radius, remainder, time, steps, basin, curvature, displacement, residual, state, horizon } =
    result;
  const unit = model.timeUnit;
  const until = (t: number): string => (Number.isFinite(t) ? timed(t, unit, 4) : `all of ${timed(horizon, unit, 3)}`);
  const percent = `${short(100 * tolerance, 3)} %`;
  return [
    paint.bold(`${model.name}: how far the linear picture holds`),
    ...facts(
      [
        ["point", `a fixed point, |f| = ${short(residual, 2)}, |p| = ${short(Math.hypot(...state))}`],
        [
          "curvature",
          curvature === null ? "not bounded in closed form" : `|f(p + d) - f(p) - J d| <= ${short(curvature, 4)} |d|²`,
        ],
        ["basin", basin ? `everything within ${short(basin.radius, 4)} returns, guaranteed` : "none is guaranteed"],
      ],
      width,
    ),
    "",
    ...table(
      [
        ["", "guaranteed", "measured"].map(paint.dim),
        [`distance at which the remainder is ${percent} of it`, ...both(radius)],
        ["remainder at the guaranteed distance", ...both(remainder)],
        [
          `time until a linear trajectory from |d| = ${short(displacement, 3)} is off by ${percent}`,
          ...both(time, until),
        ],
        ...(steps
          ? [["the same in steps of the map", ...both(steps, (k) => (Number.isFinite(k) ? String(k) : "all"))]]
          : []),
      ],
      { align: ["left", "right", "right"] },
    ),
  ].join("\n");
};
