/**
 * Runs a network program on the kernels: a batch of trials, or one trial and possibly only some of its rows.
 *
 * A step is a short sequence of kernel calls (product, activation, scheme update, noise). Trials are taken in groups
 * small enough for the states to stay in the second-level cache while all steps of a run pass over them.
 */
import { InputError } from "../../error.js";
import { type KernelBuild, kernelInstance, type Precision } from "./instance.js";
import { type Block, networkMemory } from "./network-memory.js";
import { checkProgram, type NetworkProgram, programInputs, programUnits } from "./program.js";
import { type RowShare, rowShareUnit } from "./row-share.js";
import { networkStates } from "./states.js";
import { stepFunction } from "./step.js";

/** How a program is run. */
export interface StepperOptions {
  /** Number of trials, 1 by default. */
  readonly trials?: number;
  /** Number of the first trial, of which the noise depends; 0 by default. */
  readonly firstTrial?: number;
  /** Number of the first step, of which the noise depends; 0 by default. */
  readonly firstStep?: number;
  /** "f64" by default. */
  readonly precision?: Precision;
  /** The best build of the engine by default. */
  readonly build?: KernelBuild;
  /** Only some rows of a single trial, the others being computed elsewhere. */
  readonly rows?: RowShare;
}

/** Input samples, held over a step each. After the last sample it is held for good. */
export interface InputSamples {
  /** `[step][input]` where `shared`, else `[trial][step][input]`. */
  readonly values: Float64Array;
  /** Number of samples. */
  readonly steps: number;
  /** Whether all trials have the same input. */
  readonly shared: boolean;
  /** Number of the step of the first sample, 0 by default. */
  readonly firstStep?: number;
}

/** States to save, `[trial][slot][unit]`. */
export interface StateRecord {
  readonly states: Float64Array | Float32Array;
  /** Save the state after every so many steps, counted from the first step of the stepper: slot 0, 1, … */
  readonly every: number;
  /** Slots per trial in `states`. */
  readonly slots: number;
}

/** Where and when a state first stopped being finite. */
export interface Divergence {
  readonly trial: number;
  /** Number of the step that made it. */
  readonly step: number;
  readonly unit: number;
}

/** A program with states, ready to run. */
export interface NetworkStepper {
  readonly units: number;
  readonly inputs: number;
  readonly trials: number;
  readonly precision: Precision;
  readonly build: KernelBuild;
  /** Bytes of memory in use. */
  readonly bytes: number;
  /** The number of the next step. */
  readonly nextStep: () => number;
  /** Sets the states, `[trial][unit]`, or one state for all trials. */
  readonly setStates: (states: ArrayLike<number>) => void;
  /** The states, `[trial][unit]`. */
  readonly states: (out?: Float64Array) => Float64Array;
  /**
   * Takes `steps` steps. Returns where a state first overflowed or turned NaN, if one did; other trials are not affected.
   */
  readonly advance: (
    steps: number,
    options?: { readonly inputs?: InputSamples; readonly record?: StateRecord },
  ) => Divergence | undefined;
}

/** Steps between two looks for states that are not finite. */
const watchedSteps = 64;

const earlier = (a: Divergence | undefined, b: Divergence | undefined): Divergence | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  const order = a.step - b.step || a.trial - b.trial || a.unit - b.unit;
  return order <= 0 ? a : b;
};

const requireOptions = (program: NetworkProgram, trials: number, rows: RowShare | undefined): void => {
  checkProgram(program);
  if (!Number.isInteger(trials) || trials < 1)
    throw new InputError(`trials: expected a positive integer, got ${trials}`);
  if (rows === undefined) return;
  const n = programUnits(program);
  const aligned = rows.first % rowShareUnit === 0 && (rows.end % rowShareUnit === 0 || rows.end === n);
  if (trials !== 1 || "left" in program.recurrentWeights || !aligned)
    throw new InputError(`rows: only a single trial with dense weights can be split, at multiples of ${rowShareUnit}`);
};

/** Makes a stepper with a kernel instance and memory of its own. All states are zero at first. */
export const networkStepper = (program: NetworkProgram, options: StepperOptions = {}): NetworkStepper => {
  const { trials = 1, firstTrial = 0, firstStep = 0, precision = "f64", build, rows } = options;
  requireOptions(program, trials, rows);
  const units = programUnits(program);
  const inputs = programInputs(program);
  const instance = kernelInstance(build);
  const memory = networkMemory(instance, precision, program, trials);
  const { groups, lanes, numbers } = memory;
  const step = stepFunction(instance, memory, program, firstTrial, rows);
  const states = networkStates(instance, memory, trials, rows ? [rows.first, rows.end] : [0, units], units);
  let next = firstStep;

  const writeInputs = (block: Block, samples: InputSamples, sample: number): void => {
    const { values, steps, shared } = samples;
    for (let tile = 0; tile < block.tiles; tile++)
      for (let lane = 0; lane < lanes; lane++) {
        const trial = block.firstTrial + tile * lanes + lane;
        if (trial >= trials) return;
        const from = ((shared ? 0 : trial * steps) + sample) * inputs;
        for (const target of block.inputs) {
          const at = target.at + tile * target.tileNumbers + lane;
          for (let j = 0; j < inputs; j++) numbers[at + j * lanes] = values[from + j]!;
        }
      }
  };

  /** Steps `from` to `to` of one group. */
  const runBlock = (
    block: Block,
    from: number,
    to: number,
    samples: InputSamples | undefined,
    record?: StateRecord,
  ) => {
    let written = -1;
    for (let at = from; at < to; at++) {
      if (samples) {
        const sample = Math.min(Math.max(at - (samples.firstStep ?? 0), 0), samples.steps - 1);
        if (sample !== written) writeInputs(block, samples, sample);
        written = sample;
      }
      step(block, at);
      const taken = at + 1 - firstStep;
      if (record && taken % record.every === 0) states.save(block, record, taken / record.every - 1);
    }
  };

  const divergenceOf = (block: Block, at: number): Divergence | undefined => {
    const found = states.notFinite(block);
    return found && { trial: firstTrial + found[0], step: at, unit: found[1] };
  };

  const diverged = new Set<Block>();

  /** The same in stretches; the first that ends in states that are not finite is repeated step by step to find when. */
  const watchBlock = (block: Block, steps: number, samples: InputSamples | undefined, record?: StateRecord) => {
    const end = next + steps;
    for (let from = next; from < end; from += watchedSteps) {
      if (diverged.has(block)) {
        runBlock(block, from, end, samples, record);
        return undefined;
      }
      const to = Math.min(from + watchedSteps, end);
      states.keep(block);
      runBlock(block, from, to, samples, record);
      if (divergenceOf(block, to) === undefined) continue;
      diverged.add(block);
      states.restore(block);
      for (let at = from; at < end; at++) {
        runBlock(block, at, at + 1, samples, record);
        const found = divergenceOf(block, at);
        if (found === undefined) continue;
        runBlock(block, at + 1, end, samples, record);
        return found;
      }
    }
    return undefined;
  };

  /** A share of the rows must keep pace with the others to the end, and cannot be repeated. */
  const watchShare = (block: Block, steps: number, samples: InputSamples | undefined, record?: StateRecord) => {
    let found: Divergence | undefined;
    for (let at = next; at < next + steps; at++) {
      runBlock(block, at, at + 1, samples, record);
      found ??= divergenceOf(block, at);
    }
    return found;
  };

  const requireInputs = (samples: InputSamples | undefined): void => {
    if (inputs === 0) return;
    if (samples === undefined) {
      for (const block of groups) writeInputs(block, { values: new Float64Array(inputs), steps: 1, shared: true }, 0);
      return;
    }
    const expected = samples.steps * inputs * (samples.shared ? 1 : trials);
    if (samples.steps < 1 || samples.values.length !== expected)
      throw new InputError(`inputs: expected ${expected} numbers, got ${samples.values.length}`);
  };

  return {
    units,
    inputs,
    trials,
    precision,
    build: instance.build,
    bytes: instance.memory.buffer.byteLength,
    nextStep: () => next,
    setStates: (values) => {
      if (values.length !== units && values.length !== units * trials)
        throw new InputError(`states: expected ${units} or ${units * trials} numbers, got ${values.length}`);
      for (const block of groups) states.load(block, values);
      diverged.clear();
    },
    states: (out = new Float64Array(units * trials)) => {
      for (const block of groups) states.save(block, { states: out, slots: 1 }, 0);
      return out;
    },
    advance: (steps, { inputs: samples, record } = {}) => {
      requireInputs(samples);
      const run = rows ? watchShare : watchBlock;
      let first: Divergence | undefined;
      for (const block of groups) first = earlier(first, run(block, steps, inputs > 0 ? samples : undefined, record));
      next += steps;
      return first;
    },
  };
};
