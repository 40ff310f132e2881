/**
 * One trial on several threads: each computes some rows of every product and gets the others' through shared memory.
 *
 * Two buffers are used in turn, so that one barrier per product is enough: a thread that is a step ahead writes to the
 * buffer that nobody reads. The barrier spins, since a product takes microseconds, and sleeps only after a long wait.
 */
import type { RowShare } from "../numerics/kernels/index.js";

/** Shared memory of the threads that split the rows of one trial. */
export interface RowExchange {
  readonly units: number;
  readonly threads: number;
  /** Two buffers of `units` numbers. */
  readonly values: SharedArrayBuffer;
  /** The number of exchanges of each thread, and a flag that stops them all. */
  readonly counts: SharedArrayBuffer;
}

/** Thrown out of an exchange that was stopped. */
export class ExchangeStopped extends Error {
  override readonly name = "ExchangeStopped";
}

export const rowExchange = (units: number, threads: number): RowExchange => ({
  units,
  threads,
  values: new SharedArrayBuffer(2 * units * 8),
  counts: new SharedArrayBuffer(4 * (threads + 1)),
});

/** Makes all threads leave their next wait with `ExchangeStopped`. */
export const stopExchange = ({ counts, threads }: RowExchange): void => {
  Atomics.store(new Int32Array(counts), threads, 1);
};

/** Waits of so many looks before sleeping between looks, and for how many milliseconds. */
const patience = 3000;
const nap = 0.05;

/** The share of one thread: rows `first` to `end`. */
export const exchangedRows = (
  { units, threads, values, counts }: RowExchange,
  thread: number,
  first: number,
  end: number,
): RowShare => {
  const buffers = [0, 1].map((half) => new Float64Array(values, half * units * 8, units));
  const done = new Int32Array(counts);
  let exchanges = 0;

  const wait = (other: number): void => {
    for (let looks = 1; Atomics.load(done, other) - exchanges < 0; looks++) {
      if (looks < patience) continue;
      if (Atomics.load(done, threads) !== 0) throw new ExchangeStopped("stopped");
      Atomics.wait(done, other, Atomics.load(done, other), nap);
    }
  };

  return {
    first,
    end,
    exchange: (own) => {
      const buffer = buffers[exchanges & 1]!;
      buffer.set(own.subarray(first, end), first);
      exchanges++;
      Atomics.store(done, thread, exchanges);
      for (let other = 0; other < threads; other++) if (other !== thread) wait(other);
      if (first > 0) own.set(buffer.subarray(0, first));
      if (end < units) own.set(buffer.subarray(end), end);
    },
  };
};
