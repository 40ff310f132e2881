/** States of a stepper: in and out of tiles, kept, restored, and searched for numbers that are not finite. */
import type { KernelInstance } from "./instance.js";
import type { Block, NetworkMemory } from "./network-memory.js";
import { numberBytes } from "./packing.js";

/** Where saved states go: `[trial][slot][unit]`. */
interface Slots {
  readonly states: Float64Array | Float32Array;
  readonly slots: number;
}

export interface NetworkStates {
  /** Sets the states from `[trial][unit]`, or from one state for all trials. */
  readonly load: (block: Block, values: ArrayLike<number>) => void;
  readonly save: (block: Block, target: Slots, slot: number) => void;
  /** Remembers the states of a group. */
  readonly keep: (block: Block) => void;
  readonly restore: (block: Block) => void;
  /** The first trial and unit that is not finite. */
  readonly notFinite: (block: Block) => readonly [trial: number, unit: number] | undefined;
}

/** Access to the states of units `first` to `end` of `units`. */
export const networkStates = (
  instance: KernelInstance,
  memory: NetworkMemory,
  trials: number,
  [first, end]: readonly [number, number],
  units: number,
): NetworkStates => {
  const { lanes, numbers, precision, stride, work } = memory;
  const size = numberBytes(precision);
  const tileNumbers = stride / size;
  const allFinite = instance.kernel("finite", precision);
  const skip = first * lanes * size;
  const vectors = Math.ceil(((end - first) * lanes * size) / 16);

  /** Index of unit 0 of a trial of the group. */
  const start = (block: Block, trial: number): number => {
    const lane = (trial - block.firstTrial) % lanes;
    return block.address / size + ((trial - block.firstTrial - lane) / lanes) * tileNumbers + lane;
  };
  const endTrial = (block: Block): number => Math.min(block.firstTrial + block.tiles * lanes, trials);

  /** Lanes without a trial restart at zero, lest they diverge on their own. */
  const clearSpareLanes = (block: Block): void => {
    const spare = block.firstTrial + block.tiles * lanes;
    for (let trial = endTrial(block); trial < spare; trial++) {
      const at = start(block, trial);
      for (let i = 0; i < units; i++) numbers[at + i * lanes] = 0;
    }
  };

  return {
    load: (block, values) => {
      for (let trial = block.firstTrial; trial < endTrial(block); trial++) {
        const at = start(block, trial);
        const from = values.length === units ? 0 : trial * units;
        for (let i = 0; i < units; i++) numbers[at + i * lanes] = values[from + i]!;
      }
    },
    save: (block, { states, slots }, slot) => {
      if (slot >= slots) return;
      for (let trial = block.firstTrial; trial < endTrial(block); trial++) {
        const at = start(block, trial);
        const to = (trial * slots + slot) * units;
        for (let i = first; i < end; i++) states[to + i] = numbers[at + i * lanes]!;
      }
    },
    keep: (block) => {
      clearSpareLanes(block);
      const at = block.address / size;
      numbers.copyWithin(work.copy / size, at, at + block.tiles * tileNumbers);
    },
    restore: (block) => {
      const at = work.copy / size;
      numbers.copyWithin(block.address / size, at, at + block.tiles * tileNumbers);
    },
    notFinite: (block) => {
      if (allFinite(block.address + skip, vectors, block.tiles, stride)) return undefined;
      for (let trial = block.firstTrial; trial < endTrial(block); trial++) {
        const at = start(block, trial);
        for (let i = first; i < end; i++) if (!Number.isFinite(numbers[at + i * lanes]!)) return [trial, i];
      }
      return undefined;
    },
  };
};
