/**
 * What `simulate` runs: the input and start it was given, and the trials stretch by stretch, into memory or straight into
 * an NPZ file.
 */
import { InputError } from "../error.js";
import { streamNpz } from "../io/npz-stream.node.js";
import type { DiscreteModel } from "../model/model.js";
import { readoutOf } from "../model/readout.js";
import { solveFixedPoint } from "../model/solve-fixed-point.js";
import type { InputSamples } from "../numerics/kernels/index.js";
import { looksLikeSignals, parseSignals, sampleSignals, signalsVary } from "../simulate/signal.js";
import { simulateTrials, type TrialSettings } from "../simulate/trials.js";
import { readNumberTable } from "./csv.js";
import { interrupted } from "./interrupt.js";
import { numberList } from "./values.js";

/** What may be kept of a run. */
export type Saved = "state" | "output";

/** Numbers kept in memory at most; more must go to a file. */
const MOST_NUMBERS = 4e7;
/** Slots kept for the table of a run that goes to a file. */
const SHOWN_SLOTS = 2000;

/** The start that `--start` names. */
export const startOf = async (map: DiscreteModel, start: string): Promise<Float64Array> => {
  if (start === "origin") return new Float64Array(map.units);
  if (start === "fixed-point") {
    const found = solveFixedPoint(map);
    if (found.status !== "converged")
      throw new InputError(`--start: no fixed point found from the origin (${found.status}); give a state instead`);
    return found.state;
  }
  let state: Float64Array;
  if (/\.(csv|tsv|txt)$/i.test(start)) {
    const { rows } = await readNumberTable(start);
    state = rows.length === 1 ? rows[0]! : Float64Array.from(rows, (row) => row[0]!);
  } else {
    try {
      state = Float64Array.from(numberList(start));
    } catch (error) {
      throw new InputError(
        `--start: ${error instanceof Error ? error.message : ""}; write origin, fixed-point, numbers with commas between them, or a CSV file`,
      );
    }
  }
  if (state.length !== map.units)
    throw new InputError(`--start: expected ${map.units} numbers, one per unit, got ${state.length}`);
  return state;
};

/** The rows of an input file, one per step. */
export const inputRows = async (map: DiscreteModel, path: string): Promise<readonly Float64Array[]> => {
  const { rows } = await readNumberTable(path);
  if (rows[0]!.length !== map.inputs)
    throw new InputError(
      `${path === "-" ? "stdin" : path}: expected ${map.inputs} columns, one per input of ${map.name}, got ${rows[0]!.length}`,
    );
  return rows;
};

/** Samples of an input file for a number of steps. */
export const fileSamples = (rows: readonly Float64Array[], steps: number): InputSamples => {
  if (rows.length < steps)
    throw new InputError(`input has ${rows.length} rows, expected at least ${steps}, one per step`);
  return { values: Float64Array.from(rows.slice(0, steps).flatMap((row) => Array.from(row))), steps, shared: true };
};

/** Samples of signals in words; noise is drawn anew for each trial. */
export const signalSamples = (
  map: DiscreteModel,
  text: string,
  steps: number,
  trials: number,
  seed: number,
): InputSamples => {
  if (map.inputs === 0) throw new InputError(`--input: ${map.name} has no inputs`);
  const signals = parseSignals(text);
  const sampling = { steps, channels: map.inputs, dt: map.dt, seed };
  if (trials === 1 || !signalsVary(signals)) return { values: sampleSignals(signals, sampling), steps, shared: true };
  const size = steps * map.inputs;
  if (size * trials > MOST_NUMBERS)
    throw new InputError(
      `--input: noise for ${trials} trials of ${steps} steps needs ${size * trials} numbers; run fewer at once`,
    );
  const values = new Float64Array(size * trials);
  for (let trial = 0; trial < trials; trial++) values.set(sampleSignals(signals, { ...sampling, trial }), trial * size);
  return { values, steps, shared: false };
};

export const isSignals = looksLikeSignals;

/** What came of a run. Arrays are `[slot][trial][unit or readout]`; with a file they hold the shown slots only. */
export interface TrialsRun {
  readonly trials: number;
  /** Slots in all, and those in memory. */
  readonly slots: number;
  readonly t: Float64Array;
  readonly state?: Float64Array;
  readonly output?: Float64Array;
  readonly outputs: number;
  /** The last states, `[trial][unit]`. */
  readonly last: Float64Array;
  readonly status: "complete" | "stopped" | "interrupted";
  readonly message?: string;
  /** Moves the file into its place. */
  readonly finish?: () => Promise<void>;
}

interface Destination {
  readonly save: readonly Saved[];
  /** An NPZ file to write while the run goes on. */
  readonly path?: string;
}

const kept = (rows: readonly Float64Array[]): Float64Array => {
  const result = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    result.set(row, at);
    at += row.length;
  }
  return result;
};

/** Runs the trials; Ctrl-C (an aborted signal) keeps what is there. */
export const runTrials = async (
  map: DiscreteModel,
  settings: TrialSettings,
  { save, path }: Destination,
): Promise<TrialsRun> => {
  const { steps, trials = 1, every = 1 } = settings;
  const readout = readoutOf(map);
  const outputs = map.readout?.weights.rows ?? 0;
  const saveState = save.includes("state");
  const saveOutput = save.includes("output") && readout !== undefined;
  const slotNumbers = trials * ((saveState ? map.units : 0) + (saveOutput ? outputs : 0));
  const total = Math.floor(steps / every);
  if (path === undefined && total * slotNumbers > MOST_NUMBERS)
    throw new InputError(
      `simulate: ${total * slotNumbers} numbers do not fit in memory; write them to a file (-o FILE.npz), save less (--save output) or less often (--every ${Math.ceil((every * total * slotNumbers) / MOST_NUMBERS)})`,
    );
  const axes = trials === 1 ? [] : [trials];
  const file =
    path === undefined
      ? undefined
      : await streamNpz(path, {
          t: [],
          ...(saveState ? { state: [...axes, map.units] } : {}),
          ...(saveOutput ? { output: [...axes, outputs] } : {}),
        });
  const stride = file ? Math.max(1, Math.ceil((total * trials) / SHOWN_SLOTS)) : 1;

  const t: number[] = [];
  const states: Float64Array[] = [];
  const readouts: Float64Array[] = [];
  let slots = 0;
  let last = new Float64Array(0);
  let status: TrialsRun["status"] = "complete";
  let message: string | undefined;
  try {
    for await (const stretch of simulateTrials(map, settings)) {
      const size = trials * map.units;
      const count = stretch.t.length;
      const output = new Float64Array(readout ? count * trials * outputs : 0);
      if (readout)
        for (let row = 0; row < count * trials; row++)
          output.set(readout(stretch.states.subarray(row * map.units, (row + 1) * map.units)), row * outputs);
      await file?.append("t", stretch.t);
      if (saveState) await file?.append("state", stretch.states);
      if (saveOutput) await file?.append("output", output);
      for (let slot = 0; slot < count; slot++) {
        if ((slots + slot) % stride !== 0 && !(slots + slot === total - 1)) continue;
        t.push(stretch.t[slot]!);
        if (saveState || !readout) states.push(stretch.states.slice(slot * size, (slot + 1) * size));
        if (readout) readouts.push(output.slice(slot * trials * outputs, (slot + 1) * trials * outputs));
      }
      slots += count;
      if (count > 0) last = stretch.states.slice((count - 1) * size, count * size);
      if (stretch.stopped) {
        status = "stopped";
        message = stretch.stopped;
      }
    }
  } catch (error) {
    if (error !== interrupted) {
      await file?.discard();
      throw error;
    }
    status = "interrupted";
    message = `interrupted; what was computed until then is kept`;
  }
  return {
    trials,
    slots,
    t: Float64Array.from(t),
    ...(states.length > 0 ? { state: kept(states) } : {}),
    ...(readouts.length > 0 ? { output: kept(readouts) } : {}),
    outputs,
    last,
    status,
    ...(message ? { message } : {}),
    ...(file ? { finish: file.finish } : {}),
  };
};
