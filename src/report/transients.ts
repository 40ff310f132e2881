/** Transient amplification as a table, flow beside map. */
import type { Peak } from "../analyze/peak.js";
import type { Transients } from "../analyze/transients.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { euclideanNorm } from "../numerics/matrix.js";
import { counted, short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { facts, table, wrapped } from "./table.js";

const peakWords = ({ status, value, time }: Peak, when: (time: number) => string): string => {
  if (status === "decays") return "1, at the start";
  if (status === "grows") return "∞, a mode grows";
  return `${short(value, 4)}, after ${when(time)}${status === "open" ? " (searched no further)" : ""}`;
};

/** Transients as a table. */
export const transientsTable = (model: Model, result: Transients, { width, paint }: Layout): string => {
  const { flow, map, scheme, dt, residual, atFixedPoint, point } = result;
  const unit = model.timeUnit;
  const row = (name: string, ofFlow: string, ofMap: string): string[] => [name, ...(flow ? [ofFlow] : []), ofMap];
  const number = (value: number | undefined): string => (value === undefined ? "" : short(value, 4));
  return [
    paint.bold(`${model.name}: transient amplification`),
    ...facts(
      [
        [
          "point",
          `${atFixedPoint ? "a fixed point" : "not a fixed point"}, |f| = ${short(residual, 2)}, |p| = ${short(euclideanNorm(point))}`,
        ],
        ["map", `${scheme ? `${schemeOf(scheme).title}, ` : ""}dt = ${timed(dt, unit)}`],
      ],
      width,
    ),
    "",
    ...table(
      [
        row("", "flow", "map").map(paint.dim),
        row("slowest mode", `rate ${number(flow?.spectralAbscissa)}`, `modulus ${number(map.spectralRadius)}`),
        row("fastest growth at first", `rate ${number(flow?.numericalAbscissa)}`, `${number(map.norm)} per step`),
        row("departure from normality", number(flow?.departureFromNormality), number(map.departureFromNormality)),
        row("Kreiss constant, at least", number(flow?.kreiss.value), number(map.kreiss.value)),
        row(
          "most that a displacement grows",
          flow ? peakWords(flow.peak, (time) => timed(time, unit, 4)) : "",
          peakWords(map.peak, (steps) => `${counted(steps, "step")}, ${timed(steps * dt, unit, 4)}`),
        ),
      ],
      {},
    ),
    "",
    ...wrapped(
      flow?.contractiveStep === undefined
        ? (flow ?? map).peak.status === "grows"
          ? "A mode grows, so displacements have no largest size; what they do at first is still told by the fastest growth."
          : "The peak lies between the Kreiss constant and e times the number of units times it. R leaves both as they are and brings the peak forward."
        : `The flow amplifies nothing, and neither does forward Euler up to dt = ${timed(flow.contractiveStep, unit, 4)}.`,
      width - 2,
      2,
    ).map((line, k) => (k === 0 ? `  ${line}` : line)),
  ].join("\n");
};
