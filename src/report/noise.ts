/** Noise around a point on one screen: variances of flow and map, the bias of the scheme, correlation times, spectra. */
import type { CovarianceBias } from "../analyze/covariance.js";
import type { Noise, SystemNoise } from "../analyze/noise.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { euclideanNorm, maxAbs } from "../numerics/matrix.js";
import { short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { sparkline } from "./sparkline.js";
import { facts, table, wrapped } from "./table.js";

const SHOWN = 10;

const biasWords = ({ sign, relative, leading, matrix, statement }: CovarianceBias): string => {
  if (sign === "exact") return `none, to rounding: ${statement}`;
  const where = sign === "mixed" ? "larger in some directions, smaller in others" : `${sign} in every direction`;
  const predicted = maxAbs(leading.data) / (maxAbs(matrix.data) || 1);
  return `${short(100 * relative)} % of the covariance, ${where}; the leading term dt P1 is ${short(predicted, 3)} of it; ${statement}`;
};

const cell = (values: ArrayLike<number> | undefined, i: number): string => (values ? short(values[i], 4) : "none");

const rowsOf = ({ flow, map, channels }: Noise, count: number): string[][] =>
  Array.from({ length: count }, (_, i) => {
    const power = map.spectrum?.power[i];
    return [
      `${channels === "readout" ? "y" : "x"}${i + 1}`,
      cell(flow?.variance, i),
      cell(map.variance, i),
      cell(flow?.correlationTimes, i),
      cell(map.correlationTimes, i),
      power
        ? sparkline(
            Array.from(power, (value) => Math.log10(value)),
            32,
          )
        : "",
    ];
  });

const stability = (name: string, system: SystemNoise | undefined): [string, string][] =>
  system?.covariance.status === "unstable" ? [[name, `no stationary covariance: ${system.covariance.reason}`]] : [];

/** Noise as a table. */
export const noiseTable = (model: Model, result: Noise, { width, paint }: Layout): string => {
  const { point, residual, atFixedPoint, scheme, dt, flow, map, bias, rescaling } = result;
  const unit = model.timeUnit;
  const channels = map.variance?.length ?? flow?.variance?.length ?? 0;
  const shown = Math.min(SHOWN, channels);
  const entries: [string, string][] = [
    [
      "point",
      `${atFixedPoint ? "a fixed point" : "not a fixed point"}, |f| = ${short(residual, 2)}, |p| = ${short(euclideanNorm(point))}`,
    ],
    ["map", `${scheme ? `${schemeOf(scheme).title}, ` : ""}dt = ${timed(dt, unit)}`],
    ...stability("flow", flow),
    ...stability("of the map", map),
  ];
  if (bias) entries.push(["bias of D", biasWords(bias)]);
  entries.push([
    "R",
    `${short(rescaling.speed)} times as fast: the covariance stays with noise × √a, becomes ${short(rescaling.unscaled)} of it with noise as it was, ${short(rescaling.linear)} with noise × a`,
  ]);
  return [
    paint.bold(`${model.name}: noise around a point`),
    ...facts(entries, width),
    ...(shown > 0
      ? [
          "",
          ...table(
            [
              [
                result.channels,
                "variance",
                "of the map",
                "correlation time",
                "of the map",
                "power, log, 0 to 1/(2 dt)",
              ].map(paint.dim),
              ...rowsOf(result, shown),
            ],
            { align: ["left", "right", "right", "right", "right"] },
          ),
          ...(channels > shown ? [`  … and ${channels - shown} more, all of them with --json`] : []),
        ]
      : []),
    "",
    ...wrapped(
      "All of this is the linearized stochastic equation around the point; nonlinear corrections are of higher order in the noise.",
      width - 2,
      2,
    ).map((line, k) => (k === 0 ? `  ${line}` : line)),
  ].join("\n");
};
