/** `rubato simulate`: the trajectory of a network under an input. */
import { InputError } from "../../error.js";
import { writeNpz } from "../../io/npz.js";
import { isContinuous } from "../../model/bind.js";
import type { ContinuousModel, DiscreteModel, Model } from "../../model/model.js";
import type { SchemeName } from "../../model/scheme/scheme.js";
import { solveFixedPoint } from "../../model/solve-fixed-point.js";
import { discretize } from "../../operators/discretize.js";
import { simulationTable } from "../../report/simulation.js";
import { type Simulation, simulate } from "../../simulate/simulate.js";
import { numberTableText, readNumberTable } from "../csv.js";
import { type ModelFlags, modelFlags, optional } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { numberList, positiveNumber, schemeName, wholeNumber } from "../values.js";
import { verb } from "../verb.js";

interface SimulateFlags extends ModelFlags {
  readonly input?: string;
  readonly steps?: number;
  readonly start?: string;
  readonly scheme?: SchemeName;
  readonly dt?: number;
}

const DEFAULT_STEPS = 100;

/** A tenth of the shortest time constant, or 0.1 where there are none. */
const fineStep = (flow: ContinuousModel): number =>
  "timeConstants" in flow
    ? flow.timeConstants.reduce((least, tau) => Math.min(least, tau), Number.POSITIVE_INFINITY) / 10
    : 0.1;

const mapFor = (model: Model, { scheme, dt }: SimulateFlags): DiscreteModel => {
  if (isContinuous(model)) {
    const linear = model.form === "linear" || model.form === "linear-along";
    return discretize({ scheme: scheme ?? (linear ? "zero-order-hold" : "rk4"), dt: dt ?? fineStep(model) })(model);
  }
  if (scheme || dt !== undefined)
    throw new InputError(
      `--${scheme ? "scheme" : "dt"}: ${model.name} is a map and has its step already; undiscretize it first to choose another`,
    );
  return model;
};

const startOf = async (map: DiscreteModel, start: string): Promise<Float64Array> => {
  if (start === "origin") return new Float64Array(map.units);
  if (start === "fixed-point") {
    const found = solveFixedPoint(map);
    if (found.status !== "converged")
      throw new InputError(`--start: no fixed point found from the origin (${found.status}); give a state instead`);
    return found.state;
  }
  const file = /\.(csv|tsv|txt)$/i.test(start);
  let state: Float64Array;
  if (file) {
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

const inputOf = async (map: DiscreteModel, path: string): Promise<readonly Float64Array[]> => {
  const { rows } = await readNumberTable(path);
  if (rows[0]!.length !== map.inputs)
    throw new InputError(
      `${path === "-" ? "stdin" : path}: expected ${map.inputs} columns, one per input of ${map.name}, got ${rows[0]!.length}`,
    );
  return rows;
};

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, k) => `${letter}${k + 1}`);

/** t, states, readouts; the states of a file like this can be linearized along. */
const csvOf = (map: DiscreteModel, { t, state, output }: Simulation): string => {
  const names = ["t", ...numbered("x", map.units), ...numbered("y", output?.[0]?.length ?? 0)];
  return numberTableText(
    names,
    state.map((x, k) => [t[k]!, ...x, ...(output?.[k] ?? [])]),
  );
};

const flattened = (rows: readonly Float64Array[]) => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float64Array.from(rows.flatMap((row) => Array.from(row))),
});

const npzOf = ({ t, state, output }: Simulation): Uint8Array =>
  writeNpz({ t: { data: t }, state: flattened(state), ...(output ? { output: flattened(output) } : {}) });

export const simulateVerb = verb<SimulateFlags>({
  name: "simulate",
  brief: "The trajectory of a network under an input",
  examples: [
    ["simulate network.h5 --input pulse.csv", "one row per step, one column per input"],
    ["simulate network.h5 --steps 200 --start fixed-point -o path.npz", "t, state and output as NumPy arrays"],
    ["simulate bundled:decision --steps 300 --dt 5 --scheme heun", "a flow under a scheme of your choice"],
  ],
  arguments: [modelArgument],
  flags: {
    input: optional((text: string) => text, "FILE", "CSV with one row per step and one column per input; - is stdin"),
    steps: optional(wholeNumber, "N", `Number of steps; the rows of the input, or ${DEFAULT_STEPS}, where absent`),
    start: optional(
      (text: string) => text,
      "STATE",
      "origin, fixed-point, X1,X2,… or a CSV file; the origin where absent",
    ),
    scheme: optional(schemeName, "NAME", "Scheme for a flow; rk4, or zero-order-hold if it is linear, where absent"),
    dt: optional(positiveNumber, "DT", "Step for a flow; a tenth of the shortest tau where absent"),
    ...modelFlags,
  },
  run: async (flags, [path = ""], { say }) => {
    if (path === "-" && flags.input === "-")
      throw new InputError("--input: stdin is taken by the model; put one of them in a file");
    const model = await openGiven(path, flags);
    const map = mapFor(model, flags);
    const input = flags.input === undefined ? undefined : await inputOf(map, flags.input);
    const start = flags.start === undefined ? undefined : await startOf(map, flags.start);
    const run = simulate(map, {
      steps: flags.steps ?? input?.length ?? DEFAULT_STEPS,
      ...(input ? { input } : {}),
      ...(start ? { start } : {}),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    });
    if (run.message) say(`simulate: stopped after ${run.state.length} steps: ${run.message}`);
    const { t, state, output, status, message } = run;
    return {
      json: {
        name: map.name,
        timeUnit: map.timeUnit,
        status,
        message: message ?? null,
        t,
        state,
        output: output ?? null,
      },
      text: (layout) => simulationTable(map, run, layout),
      files: { ".csv": () => csvOf(map, run), ".npz": () => npzOf(run) },
    };
  },
});
