/** Trials as a table: what was run, where it ended, and the course of each readout, on average over the trials. */
import type { Model } from "../model/model.js";
import { euclideanNorm } from "../numerics/matrix.js";
import { counted, short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { sparkline } from "./sparkline.js";
import { facts, table } from "./table.js";

/** What the table shows of a run. */
export interface SimulationSummary {
  readonly trials: number;
  /** Steps that were taken, and the time of the last one. */
  readonly steps: number;
  readonly end: number;
  /** Courses to show, `[slot][trial][channel]`: readouts where the model has them, states otherwise. */
  readonly courses: Float64Array;
  readonly of: "readout" | "unit";
  readonly channels: number;
  /** Start and last states, `[trial][unit]`; one start for all trials, or one each. */
  readonly start: Float64Array;
  readonly last: Float64Array;
  readonly message?: string;
}

const MOST_ROWS = 12;

const distances = ({ start, last, trials }: SimulationSummary): number[] => {
  const units = last.length / trials;
  return Array.from({ length: trials }, (_, trial) => {
    const from = start.length === units ? 0 : trial * units;
    return euclideanNorm(last.subarray(trial * units, (trial + 1) * units).map((v, i) => v - start[from + i]!));
  });
};

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);

const deviation = (values: readonly number[]): number => {
  const center = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - center) ** 2)));
};

const courseRow = (summary: SimulationSummary, channel: number, columns: number): string[] => {
  const { courses, trials, channels, of } = summary;
  const slots = courses.length / (trials * channels);
  const at = (slot: number) =>
    Array.from({ length: trials }, (_, trial) => courses[(slot * trials + trial) * channels + channel]!);
  const values = Array.from({ length: slots }, (_, slot) => mean(at(slot)));
  return [
    `${of === "readout" ? "y" : "x"}${channel + 1}`,
    short(values[0]),
    short(values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
    short(values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
    short(values.at(-1)),
    ...(trials > 1 ? [short(deviation(at(slots - 1)))] : []),
    sparkline(values, columns),
  ];
};

/** A run as a table. */
export const simulationTable = (model: Model, summary: SimulationSummary, { width, paint }: Layout): string => {
  const { trials, steps, end, channels, of, last, message } = summary;
  const many = trials > 1;
  const entries: [string, string][] = [
    ["steps", `${steps}${steps > 0 ? `, until t = ${timed(end, model.timeUnit)}` : ""}`],
  ];
  if (many) entries.push(["trials", String(trials)]);
  if (last.length > 0)
    entries.push([
      "state",
      `${counted(model.units, "unit")}; ${many ? "on average " : ""}|x - start| = ${short(mean(distances(summary)))} at the end`,
    ]);
  if (message) entries.push(["stopped", message]);
  const shown = summary.courses.length > 0 ? Math.min(channels, MOST_ROWS) : 0;
  const rows = Array.from({ length: shown }, (_, j) => courseRow(summary, j, Math.min(40, width - (many ? 66 : 56))));
  const header = [of, "first", "least", "most", "last", ...(many ? ["spread"] : []), "course"].map(paint.dim);
  const more = channels - shown;
  return [
    paint.bold(model.name),
    ...facts(entries, width),
    ...(rows.length > 0
      ? [
          "",
          ...table([header, ...rows], {
            align: ["left", "right", "right", "right", "right", ...(many ? ["right" as const] : [])],
          }),
        ]
      : []),
    ...(rows.length > 0 && more > 0 ? [`  and ${counted(more, of)} more`] : []),
    ...(many && rows.length > 0 ? ["  means over the trials; spread is the standard deviation of the last value"] : []),
  ].join("\n");
};
