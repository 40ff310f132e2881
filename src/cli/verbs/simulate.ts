/** `rubato simulate`: trajectories of a network under an input, one trial or many. */
import { InputError } from "../../error.js";
import { writeNpz } from "../../io/npz.js";
import { flowOf, isContinuous } from "../../model/bind.js";
import type { ContinuousModel, DiscreteModel, Model } from "../../model/model.js";
import { readoutOf } from "../../model/readout.js";
import type { SchemeName } from "../../model/scheme/scheme.js";
import { schemeNames } from "../../model/scheme/schemes.js";
import type { InputSamples, Precision } from "../../numerics/kernels/index.js";
import { discretize } from "../../operators/discretize.js";
import { simulationTable } from "../../report/simulation.js";
import { threadPool } from "../../simulate/pool.node.js";
import { signalKinds } from "../../simulate/signal.js";
import { solveAdaptive } from "../../simulate/tsit5.js";
import { numberTableText } from "../csv.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { interruptible } from "../interrupt.js";
import { modelArgument, openGiven } from "../open.js";
import { progressLine } from "../progress.js";
import {
  fileSamples,
  inputRows,
  isSignals,
  runTrials,
  type Saved,
  signalSamples,
  startOf,
  type TrialsRun,
} from "../simulation.js";
import { countNumber, oneOf, positiveNumber, wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface SimulateFlags extends ModelFlags {
  readonly input?: string;
  readonly steps?: number;
  readonly start?: string;
  readonly scheme?: SchemeName | "tsit5";
  readonly dt?: number;
  readonly tolerance?: number;
  readonly trials?: number;
  readonly every?: number;
  readonly save?: readonly Saved[];
  readonly threads?: number;
  readonly precision?: Precision;
}

const DEFAULT_STEPS = 100;
const ADAPTIVE = "tsit5";

/** A tenth of the shortest time constant, or 0.1 where there are none. */
const fineStep = (flow: ContinuousModel): number =>
  "timeConstants" in flow
    ? flow.timeConstants.reduce((least, tau) => Math.min(least, tau), Number.POSITIVE_INFINITY) / 10
    : 0.1;

const mapFor = (model: Model, { scheme, dt }: SimulateFlags): DiscreteModel => {
  if (isContinuous(model)) {
    const linear = model.form === "linear" || model.form === "linear-along";
    const chosen = scheme === undefined || scheme === ADAPTIVE ? (linear ? "zero-order-hold" : "rk4") : scheme;
    return discretize({ scheme: chosen, dt: dt ?? fineStep(model) })(model);
  }
  if (scheme || dt !== undefined)
    throw new InputError(
      `--${scheme ? "scheme" : "dt"}: ${model.name} is a map and has its step already; undiscretize it first to choose another`,
    );
  return model;
};

interface Job {
  readonly map: DiscreteModel;
  readonly steps: number;
  readonly trials: number;
  readonly every: number;
  readonly start: Float64Array;
  readonly input?: InputSamples;
}

const jobOf = async (map: DiscreteModel, flags: SimulateFlags & { readonly seed?: number }): Promise<Job> => {
  const { trials = 1, every = 1, input, seed = 0 } = flags;
  const rows = input === undefined || isSignals(input) ? undefined : await inputRows(map, input);
  const steps = flags.steps ?? rows?.length ?? DEFAULT_STEPS;
  const samples = rows
    ? fileSamples(rows, steps)
    : input === undefined
      ? undefined
      : signalSamples(map, input, steps, trials, seed);
  const start = flags.start === undefined ? new Float64Array(map.units) : await startOf(map, flags.start);
  return { map, steps, trials, every, start, ...(samples ? { input: samples } : {}) };
};

/** The flow itself, its step chosen by tolerance; the input is held between the samples. */
const runAdaptive = (model: Model, { map, steps, every, start, input }: Job, tolerance: number): TrialsRun => {
  if (!isContinuous(model)) throw new InputError(`--scheme ${ADAPTIVE}: needs a flow, got the map ${model.name}`);
  if (model.noise)
    throw new InputError(`--scheme ${ADAPTIVE}: ${model.name} has noise; choose a scheme with a fixed step`);
  const dt = "dt" in map ? map.dt : 1;
  const slots = Math.floor(steps / every);
  const times = Float64Array.from({ length: slots }, (_, k) => (k + 1) * every * dt);
  const solution = solveAdaptive(flowOf(model), {
    times,
    from: 0,
    start,
    relativeTolerance: tolerance,
    absoluteTolerance: tolerance,
    ...(input
      ? {
          input: (t: number, out: Float64Array) => {
            const at = Math.min(Math.floor(t / dt + 1e-9), input.steps - 1) * map.inputs;
            out.set(input.values.subarray(at, at + map.inputs));
          },
          breaks: Float64Array.from({ length: steps - 1 }, (_, k) => (k + 1) * dt),
        }
      : {}),
  });
  const readout = readoutOf(model);
  const flat = (rows: readonly Float64Array[]) => Float64Array.from(rows.flatMap((row) => Array.from(row)));
  return {
    trials: 1,
    slots: solution.state.length,
    t: solution.t,
    state: flat(solution.state),
    ...(readout ? { output: flat(solution.state.map(readout)) } : {}),
    outputs: model.readout?.weights.rows ?? 0,
    last: solution.state.at(-1) ?? new Float64Array(0),
    status: solution.status,
    ...(solution.message ? { message: solution.message } : {}),
  };
};

/** Rows of `[slot][trial][n]`; without the axis of trials where there is one only. */
const nested = (values: Float64Array | undefined, trials: number, n: number) => {
  if (!values) return null;
  const rows = Array.from({ length: n === 0 ? 0 : values.length / n }, (_, k) => values.subarray(k * n, (k + 1) * n));
  return trials === 1
    ? rows
    : Array.from({ length: rows.length / trials }, (_, slot) => rows.slice(slot * trials, (slot + 1) * trials));
};

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, k) => `${letter}${k + 1}`);

/** t, states, readouts; the states of a file like this can be linearized along. */
const csvOf = (map: DiscreteModel, { t, state, output, trials, outputs }: TrialsRun): string => {
  if (trials > 1) throw new InputError("a CSV file holds one trial; write several to .npz or .json");
  const names = ["t", ...numbered("x", state ? map.units : 0), ...numbered("y", output ? outputs : 0)];
  const part = (values: Float64Array | undefined, n: number, k: number) => values?.subarray(k * n, (k + 1) * n) ?? [];
  return numberTableText(
    names,
    Array.from(t, (time, k) => [time, ...part(state, map.units, k), ...part(output, outputs, k)]),
  );
};

const npzOf = (map: DiscreteModel, { t, state, output, trials, outputs }: TrialsRun): Uint8Array => {
  const axes = trials === 1 ? [t.length] : [t.length, trials];
  return writeNpz({
    t: { data: t },
    ...(state ? { state: { data: state, shape: [...axes, map.units] } } : {}),
    ...(output ? { output: { data: output, shape: [...axes, outputs] } } : {}),
  });
};

const summaryOf = (job: Job, run: TrialsRun) => ({
  trials: run.trials,
  steps: run.slots * job.every,
  end: run.t.at(-1) ?? 0,
  courses: run.output ?? run.state ?? new Float64Array(0),
  of: run.output ? ("readout" as const) : ("unit" as const),
  channels: run.output ? run.outputs : job.map.units,
  start: job.start,
  last: run.last,
  ...(run.message ? { message: run.message } : {}),
});

export const simulateVerb = verb<SimulateFlags>({
  name: "simulate",
  brief: "Trajectories of a network under an input, one trial or many",
  examples: [
    ["simulate network.h5 --input pulse.csv", "one row per step, one column per input"],
    ['simulate network.h5 --input "pulse(amplitude=1, from=10, to=20)" --steps 100', "an input in words"],
    [
      "simulate bundled:decision --trials 1000 --steps 400 --dt 5 --save output -o trials.npz",
      "t and output for NumPy",
    ],
    ["simulate flow.rubato.json --steps 300 --scheme tsit5 --tolerance 1e-10", "a reference solution"],
  ],
  grammar: signalKinds.map(({ name, settings, brief }) => [`${name}(${settings})`, brief] as const),
  notes: [
    "Signals are added with +, and their times are in the model's unit of time. A .npz file is written while the run goes on, so that memory stays bounded; Ctrl-C leaves what was computed until then.",
  ],
  arguments: [modelArgument],
  flags: {
    input: optional(
      (text: string) => text,
      "INPUT",
      "CSV with one row per step and one column per input (- is stdin), or signals in words",
    ),
    steps: optional(wholeNumber, "N", `Number of steps; the rows of the input, or ${DEFAULT_STEPS}, where absent`),
    start: optional(
      (text: string) => text,
      "STATE",
      "origin, fixed-point, X1,X2,… or a CSV file; the origin where absent",
    ),
    scheme: optional(
      (name: string) => oneOf<SchemeName | "tsit5">([...schemeNames, ADAPTIVE], name),
      "NAME",
      "Scheme for a flow, tsit5 for a step chosen by tolerance; rk4, or zero-order-hold if it is linear, where absent",
    ),
    dt: optional(positiveNumber, "DT", "Step for a flow; a tenth of the shortest tau where absent"),
    tolerance: optional(positiveNumber, "TOL", "Relative and absolute error per step of tsit5; 1e-9 where absent"),
    trials: optional(countNumber, "N", "Number of trials, each with its own noise; 1 where absent"),
    every: optional(countNumber, "K", "Keep the state after every K steps; 1 where absent"),
    save: optional(
      (text: string) => text.split(",").map((name) => oneOf<Saved>(["state", "output"], name)),
      "WHAT",
      "state, output or both, with a comma between them; both where absent",
    ),
    threads: optional(countNumber, "N", "Threads; as many as there are processors where absent"),
    precision: optional((name: string) => oneOf<Precision>(["f64", "f32"], name), "P", "f64 or f32; f64 where absent"),
    ...modelFlags,
  },
  run: async (flags, [path = ""], session) => {
    if (path === "-" && flags.input === "-")
      throw new InputError("--input: stdin is taken by the model; put one of them in a file");
    const model = await openGiven(path, flags);
    const map = mapFor(model, flags);
    const job = await jobOf(map, flags);
    const adaptive = flags.scheme === ADAPTIVE;
    if (flags.tolerance !== undefined && !adaptive)
      throw new InputError(`--tolerance: is for --scheme ${ADAPTIVE}, whose step it chooses`);
    if (adaptive && job.trials > 1)
      throw new InputError(`--trials: ${ADAPTIVE} runs one trial; there is no noise in it`);

    const streamed = flags.output !== undefined && /\.npz$/i.test(flags.output) && !adaptive ? flags.output : undefined;
    const run = adaptive
      ? runAdaptive(model, job, flags.tolerance ?? 1e-9)
      : await interruptible(async (signal) => {
          const pool = threadPool(flags.threads === undefined ? {} : { threads: flags.threads });
          const progress = progressLine("simulate", session);
          try {
            return await runTrials(
              map,
              {
                ...job,
                seed: flags.seed ?? 0,
                pool,
                signal,
                onProgress: progress.show,
                ...(flags.precision ? { precision: flags.precision } : {}),
              },
              { save: flags.save ?? ["state", "output"], ...(streamed ? { path: streamed } : {}) },
            );
          } finally {
            progress.end();
            pool.close();
          }
        });
    if (run.message) session.say(`simulate: stopped after ${run.slots * job.every} steps: ${run.message}`);
    if (run.status === "interrupted") process.exitCode = 130;

    const save = flags.save ?? ["state", "output"];
    const { state, output, ...rest } = run;
    const shown: TrialsRun = {
      ...rest,
      ...(state && save.includes("state") ? { state } : {}),
      ...(output && save.includes("output") ? { output } : {}),
    };
    const { finish } = run;
    return {
      json: {
        name: map.name,
        timeUnit: map.timeUnit,
        status: run.status,
        message: run.message ?? null,
        trials: run.trials,
        t: run.t,
        state: nested(shown.state, run.trials, map.units),
        output: nested(shown.output, run.trials, run.outputs),
      },
      text: (layout) => simulationTable(map, summaryOf(job, run), layout),
      files: { ".csv": () => csvOf(map, shown), ".npz": () => npzOf(map, shown) },
      ...(finish ? { save: finish } : {}),
    };
  },
});
