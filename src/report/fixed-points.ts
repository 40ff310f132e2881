/** Fixed points on one screen: where searches ended, and a row for each point and what the step makes of it. */
import type { FixedPoint, FixedPointSearch } from "../analyze/fixed-points.js";
import type { Model } from "../model/model.js";
import type { Complex } from "../numerics/matrix.js";
import { counted, short, timed } from "./number.js";
import type { Layout, Paint } from "./paint.js";
import { facts, table, wrapped } from "./table.js";

const SHOWN = 24;

/** A complex number in few characters. */
export const complexWords = ([re, im]: Complex, digits = 3): string =>
  im === 0 ? short(re, digits) : `${short(re, digits)} ± ${short(Math.abs(im), digits)}i`;

/** A type in its color, a saddle with its index. */
export const typeWords = ({ type, classification }: FixedPoint, paint: Paint): string => {
  const words = type === "saddle" ? `saddle of index ${classification!.unstable}` : (type ?? "");
  return words.startsWith("stable")
    ? paint.good(words)
    : words.startsWith("unstable")
      ? paint.bad(words)
      : paint.fair(words);
};

/** The slowest mode: its time constant, or the time in which it grows by e. */
const slowest = (point: FixedPoint, unit: string): string => {
  const [rate] = point.rates ?? [];
  if (!rate) return "";
  return rate[0] === 0 ? "neutral" : `${rate[0] < 0 ? "" : "grows "}${timed(1 / Math.abs(rate[0]), unit, 3)}`;
};

const certificateWords = ({ existence }: FixedPoint): string =>
  !existence || existence.radius === null
    ? "none"
    : `${existence.kind === "proved" ? "" : "~ "}${short(existence.radius, 2)}`;

const row = (point: FixedPoint, k: number, model: Model, paint: Paint): string[] => [
  String(k),
  typeWords(point, paint),
  point.unstableRates === undefined ? "" : String(point.unstableRates),
  point.unstableMultipliers === undefined
    ? ""
    : (point.unstableMultipliers > (point.unstableRates ?? point.unstableMultipliers)
        ? paint.bad
        : (text: string) => text)(String(point.unstableMultipliers)),
  slowest(point, model.timeUnit),
  point.maxStableStep?.euler === undefined ? "" : timed(point.maxStableStep.euler, model.timeUnit, 4),
  `${short(100 * point.share, 2)} %`,
  short(point.residual, 1),
  certificateWords(point),
];

/** How the searches ended, in words. */
export const searchWords = ({ starts, converged, unconverged, byDeflation, slowPoints }: FixedPointSearch): string => {
  const failed = Object.entries(unconverged)
    .filter(([, count]) => count > 0)
    .map(([how, count]) => `${count} ended ${how}`);
  return [
    `${converged} of ${counted(starts, "start")} reached one`,
    ...failed,
    ...(byDeflation > 0 ? [`${counted(byDeflation, "point")} found only with the others deflated`] : []),
    ...(slowPoints.length > 0 ? [counted(slowPoints.length, "slow point")] : []),
  ].join("; ");
};

const stepWords = (model: Model): string =>
  model.kind === "discrete"
    ? `${model.form === "scheme" ? model.scheme : model.form}, dt = ${timed(model.dt, model.timeUnit)}`
    : "none, a flow";

/** Fixed points of a model as a table. */
export const fixedPointTable = (model: Model, search: FixedPointSearch, { width, paint }: Layout): string => {
  const { fixedPoints, slowPoints } = search;
  const header = ["", "type", "flow", "map", "slowest", "dt max", "found", "|f|", "radius"].map(paint.dim);
  const shown = fixedPoints.slice(0, SHOWN);
  const input = fixedPoints[0]?.input;
  return [
    paint.bold(`${model.name}: ${counted(fixedPoints.length, "fixed point")}`),
    ...facts(
      [
        ["step", stepWords(model)],
        ["search", searchWords(search)],
        ...(input?.some((v) => v !== 0) ? [["input", Array.from(input, (v) => short(v)).join(", ")] as const] : []),
      ],
      width,
    ),
    "",
    ...table([header, ...shown.map((point, k) => row(point, k, model, paint))], {
      align: ["right", "left", "right", "right", "right", "right", "right", "right", "right"],
    }),
    ...(fixedPoints.length > SHOWN ? [`  … and ${fixedPoints.length - SHOWN} more, all of them with --json`] : []),
    ...slowPoints.slice(0, SHOWN).map(({ speed }, k) => `  slow point ${k}: |f| = ${short(speed)}`),
    "",
    ...wrapped(
      "flow, map: unstable directions as a flow and as a map. dt max: largest stable step of forward Euler. radius: a true fixed point provably lies within it (~ by sampled curvature).",
      width - 2,
      2,
    ).map((line, k) => (k === 0 ? `  ${line}` : line)),
  ].join("\n");
};
