/**
 * A run of a network program over a batch of trials, and the work on one share of it: what happens on any thread.
 *
 * A share is some of the trials, or some of the rows of a single trial. It is stepped in stretches of a few dozen
 * milliseconds; between stretches it reports its progress and stops if asked to.
 */
import { InputError } from "../error.js";
import {
  type Divergence,
  type InputSamples,
  type KernelBuild,
  type NetworkProgram,
  networkStepper,
  type Precision,
  programUnits,
  type RowShare,
} from "../numerics/kernels/index.js";

/** What to run a program on. */
export interface NetworkRun {
  /** 1 by default. */
  readonly trials?: number;
  readonly steps: number;
  /** Initial states, `[trial][unit]`, or one state for all trials; the origin by default. */
  readonly start?: Float64Array;
  /** None by default. */
  readonly inputs?: InputSamples;
  /** Save the state after every so many steps; only the last one by default. */
  readonly every?: number;
  /** "f64" by default. */
  readonly precision?: Precision;
  /** The best build of the engine by default. */
  readonly build?: KernelBuild;
  /** Number of the first trial, of which the noise depends; 0 by default. */
  readonly firstTrial?: number;
  /** Number of the first step, of which the noise and the input depend; 0 by default. */
  readonly firstStep?: number;
  /** Stops the run, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called now and then with the part that is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** What a run gives. */
export interface NetworkResult {
  /** Saved states, `[trial][slot][unit]`; NaN after a divergence. */
  readonly states: Float64Array;
  /** Slots per trial. */
  readonly slots: number;
  /** Where and when a state first stopped being finite, if one did: try a smaller dt. */
  readonly divergence?: Divergence;
}

/** A share of a run, as it travels to a worker. */
export interface NetworkShare {
  readonly program: NetworkProgram;
  /** Number of trials of the share. */
  readonly trials: number;
  /** Number of its first trial. */
  readonly firstTrial: number;
  readonly firstStep: number;
  readonly steps: number;
  readonly every: number;
  readonly start?: Float64Array;
  readonly inputs?: InputSamples;
  readonly precision: Precision;
  readonly build?: KernelBuild;
}

/** How a share keeps in touch. */
export interface ShareContact {
  /** Called after each stretch with the number of steps done. */
  readonly onSteps: (done: number) => void;
  /** Awaited between stretches, so that messages get through; whether to stop. */
  readonly stopped: () => boolean | Promise<boolean>;
  readonly rows?: RowShare;
}

/** How long a stretch should take, in milliseconds. */
const stretchTime = 40;

/** Steps of the first stretch, and by how much stretches grow at most. */
const firstStretch = 16;
const growth = 8;

/** Slots per trial: of a run that saves after every so many steps. */
export const slotCount = ({ steps, every }: NetworkShare): number => Math.floor(steps / every);

const requireCount = (subject: string, value: number, least: number): void => {
  if (!Number.isSafeInteger(value) || value < least)
    throw new InputError(`${subject}: expected an integer of at least ${least}, got ${value}`);
};

/** A whole run as one share; checks the run. */
export const wholeShare = (program: NetworkProgram, run: NetworkRun): NetworkShare => {
  const { trials = 1, steps, start, inputs, precision = "f64", build, firstTrial = 0, firstStep = 0 } = run;
  const every = run.every ?? Math.max(steps, 1);
  const units = programUnits(program);
  requireCount("trials", trials, 1);
  requireCount("steps", steps, 0);
  requireCount("every", every, 1);
  if (start && start.length !== units && start.length !== trials * units)
    throw new InputError(`start: expected ${units} or ${trials * units} numbers, got ${start.length}`);
  return {
    ...{ program, trials, firstTrial, firstStep, steps, every, precision },
    ...(start && { start }),
    ...(inputs && { inputs }),
    ...(build && { build }),
  };
};

/** Trials `from` to `to` of a share. */
export const trialShare = (whole: NetworkShare, from: number, to: number): NetworkShare => {
  const { inputs, start } = whole;
  const units = programUnits(whole.program);
  const ownInputs = (samples: InputSamples): InputSamples => {
    if (samples.shared) return samples;
    const size = samples.values.length / whole.trials;
    return { ...samples, values: samples.values.slice(from * size, to * size) };
  };
  return {
    ...whole,
    trials: to - from,
    firstTrial: whole.firstTrial + from,
    ...(start && { start: start.length === units ? start : start.slice(from * units, to * units) }),
    ...(inputs && { inputs: ownInputs(inputs) }),
  };
};

/** Numbers of the saved states of a share. */
export const savedNumbers = (share: NetworkShare): number =>
  share.trials * slotCount(share) * programUnits(share.program);

/** Runs a share to its end, saved states into `states`; `"stopped"` if it was told to stop. */
export const runShare = async (
  share: NetworkShare,
  states: Float64Array,
  { onSteps, stopped, rows }: ShareContact,
): Promise<Divergence | "stopped" | undefined> => {
  const { program, steps, every, inputs, start } = share;
  const stepper = networkStepper(program, { ...share, ...(rows && { rows }) });
  if (start) stepper.setStates(start);
  const options = { record: { states, every, slots: slotCount(share) }, ...(inputs && { inputs }) };
  let divergence: Divergence | undefined;
  let stretch = firstStretch;
  for (let done = 0; done < steps; ) {
    const count = Math.min(stretch, steps - done);
    const began = performance.now();
    const found = stepper.advance(count, options);
    divergence ??= found;
    done += count;
    const fitting = Math.round((stretchTime / Math.max(performance.now() - began, 0.01)) * count);
    stretch = Math.max(1, Math.min(fitting, growth * count));
    onSteps(done);
    if (done < steps && (await stopped())) return "stopped";
  }
  return divergence;
};
