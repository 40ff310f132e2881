/**
 * Where numbers lie in the kernels' memory: weights in panels of four rows, states in tiles of trials.
 *
 * A tile holds 32 bytes per row, four trials in double and eight in single precision; entry (row, lane) is number
 * `row * lanes + lane` of the tile. A single trial is a plain vector.
 */
import type { Matrix } from "../matrix.js";
import type { KernelInstance, Precision } from "./instance.js";

/** Rows of a panel. */
export const panelRows = 4;

/** Bytes of a row of a tile. */
export const rowBytes = 32;

export const numberBytes = (precision: Precision): number => (precision === "f64" ? 8 : 4);

/** The numbers of an instance's memory. Stale once the memory has grown. */
export const numbersOf = (instance: KernelInstance, precision: Precision): Float64Array | Float32Array =>
  precision === "f64" ? new Float64Array(instance.memory.buffer) : new Float32Array(instance.memory.buffer);

/** Packed weights. */
export interface PackedWeights {
  readonly address: number;
  readonly panels: number;
  /** Columns. */
  readonly depth: number;
  /** Bytes of a panel. */
  readonly panelBytes: number;
}

/** Copies matrices of the same number of rows, side by side, into panels; missing rows of the last panel are zero. */
export const packWeights = (
  instance: KernelInstance,
  precision: Precision,
  blocks: readonly Matrix[],
): PackedWeights => {
  const rows = blocks[0]!.rows;
  const depth = blocks.reduce((sum, block) => sum + block.cols, 0);
  const panels = Math.ceil(rows / panelRows);
  const size = numberBytes(precision);
  const panelBytes = panelRows * depth * size;
  const address = instance.allocate(panels * panelBytes);
  const numbers = numbersOf(instance, precision);
  let left = 0;
  for (const { cols, data } of blocks) {
    for (let i = 0; i < rows; i++) {
      const base = (address + Math.floor(i / panelRows) * panelBytes) / size + left * panelRows + (i % panelRows);
      for (let j = 0; j < cols; j++) numbers[base + j * panelRows] = data[i * cols + j]!;
    }
    left += cols;
  }
  return { address, panels, depth, panelBytes };
};

/** Copies `values` into new memory, each one `copies` times, with room for up to a row more. */
export const packVector = (
  instance: KernelInstance,
  precision: Precision,
  values: ArrayLike<number>,
  copies: number,
): number => {
  const size = numberBytes(precision);
  const address = instance.allocate(values.length * copies * size + 4 * rowBytes);
  const numbers = numbersOf(instance, precision);
  for (let i = 0; i < values.length; i++)
    numbers.fill(values[i]!, address / size + i * copies, address / size + (i + 1) * copies);
  return address;
};
