/** A trajectory as a table: what it was, where it ended, and the course of each readout. */
import type { Model } from "../model/model.js";
import { euclideanNorm } from "../numerics/matrix.js";
import type { Simulation } from "../simulate/simulate.js";
import { counted, short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { sparkline } from "./sparkline.js";
import { facts, table } from "./table.js";

const MOST_ROWS = 12;

const distance = (a: Float64Array, b: Float64Array): number => euclideanNorm(a.map((v, i) => v - b[i]!));

const courseRow = (name: string, values: readonly number[], columns: number): string[] => [
  name,
  short(values[0]),
  short(Math.min(...values)),
  short(Math.max(...values)),
  short(values.at(-1)),
  sparkline(values, columns),
];

/** A simulation as a table; readouts where the model has them, states otherwise. */
export const simulationTable = (model: Model, run: Simulation, { width, paint }: Layout): string => {
  const { state, output, t } = run;
  const steps = state.length;
  const last = state.at(-1);
  const entries: [string, string][] = [
    ["steps", `${steps}${steps > 0 ? `, until t = ${timed(t.at(-1)!, model.timeUnit)}` : ""}`],
  ];
  if (last)
    entries.push([
      "state",
      `${counted(model.units, "unit")}; |x| = ${short(euclideanNorm(last))} at the end, |x - start| = ${short(distance(last, run.start))}`,
    ]);
  if (last && steps > 1) {
    const moved = distance(last, state[steps - 2]!);
    entries.push(["last step", moved === 0 ? "at rest" : `moves by ${short(moved)}`]);
  }
  if (run.message) entries.push(["stopped", run.message]);
  const courses = output ?? state;
  const channels = courses[0]?.length ?? 0;
  const shown = Math.min(channels, MOST_ROWS);
  const rows = Array.from({ length: shown }, (_, j) =>
    courseRow(
      `${output ? "y" : "x"}${j + 1}`,
      courses.map((values) => values[j]!),
      Math.min(40, width - 56),
    ),
  );
  const header = [output ? "readout" : "unit", "first", "least", "most", "last", "course"].map(paint.dim);
  const more = channels - shown;
  return [
    paint.bold(model.name),
    ...facts(entries, width),
    ...(rows.length > 0
      ? ["", ...table([header, ...rows], { align: ["left", "right", "right", "right", "right"] })]
      : []),
    ...(more > 0 ? [`  and ${counted(more, output ? "readout" : "unit")} more`] : []),
  ].join("\n");
};
