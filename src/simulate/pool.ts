/**
 * A pool of workers that run network programs, the same in Node and browsers.
 *
 * Trials are split between the workers, each of which has a kernel instance of its own; one trial of many units is
 * split by rows. Every number depends on its trial alone, never on the split: one seed gives one result on any number
 * of threads. Where shared memory is allowed, workers write into the result; elsewhere their parts are transferred.
 */
import { InputError, InternalError } from "../error.js";
import { type Divergence, type NetworkProgram, programUnits, rowShareUnit } from "../numerics/kernels/index.js";
import {
  type NetworkResult,
  type NetworkRun,
  type NetworkShare,
  runShare,
  savedNumbers,
  slotCount,
  trialShare,
  wholeShare,
} from "./network-run.js";
import { rowExchange, stopExchange } from "./row-exchange.js";
import type { FromWorker, RowTask, ToWorker } from "./worker-task.js";

/** A worker as the pool sees it. */
export interface TaskWorker {
  readonly post: (message: ToWorker) => void;
  readonly onMessage: (handle: (message: FromWorker) => void) => void;
  readonly onFailure: (handle: (error: Error) => void) => void;
  /** Whether it keeps the process alive. */
  readonly hold: (busy: boolean) => void;
  readonly terminate: () => void;
}

/** Threads that run network programs, one run after another. Close it when done. */
export interface WorkerPool {
  readonly threads: number;
  /** Runs a program; rejects with the reason of the signal where one stops it. */
  readonly run: (program: NetworkProgram, run: NetworkRun) => Promise<NetworkResult>;
  readonly close: () => void;
}

/** What one worker is to do. */
interface Task {
  readonly share: NetworkShare;
  /** First trial within the whole. */
  readonly from: number;
  readonly rows?: RowTask;
}

/** From so many units on, a single trial is split by rows: below, waiting for each other costs more than it gains. */
export const rowSplitUnits = 256;

/** Steps times trials times weights below which starting up workers costs more than it gains. */
const inlineProducts = 2e7;

const canShare = (): boolean =>
  typeof SharedArrayBuffer !== "undefined" && (globalThis.crossOriginIsolated as boolean | undefined) !== false;

const weightCount = ({ recurrentWeights: W }: NetworkProgram): number =>
  "left" in W ? 2 * W.left.rows * W.left.cols : W.rows * W.cols;

/** Trials in even parts, whole tiles each where they fill one. */
const splitTrials = (whole: NetworkShare, threads: number): Task[] => {
  const tile = whole.precision === "f64" ? 4 : 8;
  const even = Math.ceil(whole.trials / threads);
  const size = even < tile ? even : Math.ceil(even / tile) * tile;
  const tasks: Task[] = [];
  for (let from = 0; from < whole.trials; from += size)
    tasks.push({ from, share: trialShare(whole, from, Math.min(from + size, whole.trials)) });
  return tasks;
};

const splitRows = (whole: NetworkShare, threads: number): Task[] => {
  const units = programUnits(whole.program);
  const size = Math.ceil(units / threads / rowShareUnit) * rowShareUnit;
  const count = Math.ceil(units / size);
  const exchange = rowExchange(units, count);
  return Array.from({ length: count }, (_, thread) => ({
    from: 0,
    share: whole,
    rows: { exchange, thread, first: thread * size, end: Math.min((thread + 1) * size, units) },
  }));
};

/** The work of each worker; none where this thread does better alone, or must. */
const split = (whole: NetworkShare, threads: number): Task[] => {
  const { program, trials, steps } = whole;
  if (threads === 1 || typeof program.activation === "function") return [];
  if (steps * trials * weightCount(program) < inlineProducts) return [];
  if (trials > 1) return splitTrials(whole, threads);
  const byRows = !("left" in program.recurrentWeights) && programUnits(program) >= rowSplitUnits && canShare();
  return byRows ? splitRows(whole, threads) : [];
};

const firstDivergence = (all: readonly (Divergence | undefined)[]): Divergence | undefined =>
  all.filter((found) => found !== undefined).sort((a, b) => a.step - b.step || a.trial - b.trial || a.unit - b.unit)[0];

/** The whole on this thread. */
const runInline = async (
  whole: NetworkShare,
  states: Float64Array,
  { signal, onProgress }: NetworkRun,
): Promise<Divergence | undefined> => {
  const outcome = await runShare(whole, states, {
    onSteps: (done) => onProgress?.(done / whole.steps),
    stopped: () => new Promise((resolve) => setTimeout(() => resolve(signal?.aborted ?? false))),
  });
  if (outcome === "stopped") throw signal!.reason;
  return outcome;
};

const failure = ({ name, message }: Extract<FromWorker, { type: "failed" }>): Error =>
  name === "InputError" ? new InputError(message) : new InternalError(`worker: ${message}`);

/** A pool of up to `threads` workers, started when first needed. */
export const workerPool = (threads: number, spawn: () => TaskWorker): WorkerPool => {
  if (!Number.isInteger(threads) || threads < 1)
    throw new InputError(`threads: expected a positive integer, got ${threads}`);
  const idle: TaskWorker[] = [];
  const busy = new Map<TaskWorker, (reason: Error) => void>();

  /** Has a worker run a task; settles when the worker is free or gone. */
  const runOn = (worker: TaskWorker, message: ToWorker, onSteps: (done: number) => void) =>
    new Promise<Extract<FromWorker, { type: "done" | "stopped" }>>((resolve, reject) => {
      const release = (): void => {
        busy.delete(worker);
        worker.hold(false);
      };
      worker.onFailure((error) => {
        release();
        worker.terminate();
        reject(new InternalError(`worker: ${error.message}`));
      });
      worker.onMessage((answer) => {
        if (answer.type === "steps") return onSteps(answer.done);
        release();
        idle.push(worker);
        if (answer.type === "failed") reject(failure(answer));
        else resolve(answer);
      });
      busy.set(worker, reject);
      worker.hold(true);
      worker.post(message);
    });

  /** Runs all tasks; where one fails or the signal says so, stops the others. */
  const runTasks = async (
    tasks: readonly Task[],
    whole: NetworkShare,
    states: Float64Array,
    { signal, onProgress }: NetworkRun,
  ): Promise<Divergence | undefined> => {
    const shared = !(states.buffer instanceof ArrayBuffer);
    const trialNumbers = states.length / whole.trials;
    const stop = (): void => {
      for (const { rows } of tasks) if (rows) stopExchange(rows.exchange);
      for (const worker of busy.keys()) worker.post({ type: "stop" });
    };
    const done = tasks.map(() => 0);
    const total = tasks.reduce((sum, { share }) => sum + share.trials * share.steps, 0);
    signal?.addEventListener("abort", stop, { once: true });
    const outcomes = await Promise.allSettled(
      tasks.map(async ({ share, from, rows }, k) => {
        const part = states.subarray(from * trialNumbers, (from + share.trials) * trialNumbers);
        const message = { type: "run", share, ...(shared && { states: part }), ...(rows && { rows }) } as const;
        const onSteps = (steps: number): void => {
          done[k] = steps * share.trials;
          onProgress?.(done.reduce((sum, steps_) => sum + steps_) / total);
        };
        try {
          const answer = await runOn(idle.pop() ?? spawn(), message, onSteps);
          if (answer.type === "stopped") return undefined;
          if (answer.states) part.set(answer.states);
          return answer.divergence;
        } catch (error) {
          stop();
          throw error;
        }
      }),
    );
    signal?.removeEventListener("abort", stop);
    signal?.throwIfAborted();
    return firstDivergence(
      outcomes.map((outcome) => {
        if (outcome.status === "rejected") throw outcome.reason;
        return outcome.value;
      }),
    );
  };

  const run = async (program: NetworkProgram, settings: NetworkRun): Promise<NetworkResult> => {
    settings.signal?.throwIfAborted();
    const whole = wholeShare(program, settings);
    const tasks = split(whole, threads);
    const size = savedNumbers(whole);
    const states =
      tasks.length > 0 && canShare() ? new Float64Array(new SharedArrayBuffer(8 * size)) : new Float64Array(size);
    const found = await (tasks.length > 0
      ? runTasks(tasks, whole, states, settings)
      : runInline(whole, states, settings));
    return { states, slots: slotCount(whole), ...(found && { divergence: found }) };
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    threads,
    run: (program, settings) => {
      const result = last.then(() => run(program, settings));
      last = result.catch(() => {});
      return result;
    },
    close: () => {
      for (const worker of [...idle, ...busy.keys()]) worker.terminate();
      for (const reject of busy.values()) reject(new InputError("pool: closed while it was running"));
      idle.length = 0;
      busy.clear();
    },
  };
};
