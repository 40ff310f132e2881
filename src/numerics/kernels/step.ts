/**
 * One step of a network program as a sequence of kernel calls on one group of trials.
 *
 * Field: `f(x) = decay x + drive v`, v = phi(W x + B u + b) in the rate form, W phi(x) + B u + b in the current form.
 * One-stage schemes put `keep x + take v` in the place of x. Heun, explicit midpoint and RK4 are the classical
 * Runge-Kutta schemes on f. Noise is added at the end.
 */
import { processNoiseKey } from "../random.js";
import { activationKernel } from "./activation.js";
import type { KernelInstance } from "./instance.js";
import type { Block, NetworkMemory } from "./network-memory.js";
import { numberBytes, type PackedWeights, panelRows } from "./packing.js";
import { type NetworkProgram, programUnits } from "./program.js";
import type { RowShare } from "./row-share.js";

/** Takes step number `step` of a group. */
export type StepFunction = (block: Block, step: number) => void;

type InPlace = (source: number, target: number, block: Block) => void;

/** Calls of the elementwise kernels on the rows that are ours. */
interface RowRange {
  /** Bytes before the first row, within a tile. */
  readonly skip: number;
  /** Vectors of 16 bytes. */
  readonly vectors: number;
  readonly firstPanel: number;
  readonly panels: number;
}

const rowRange = ({ lanes, precision }: NetworkMemory, units: number, rows: RowShare | undefined): RowRange => {
  const [first, end] = rows ? [rows.first, rows.end] : [0, units];
  const rowSize = lanes * numberBytes(precision);
  return {
    skip: first * rowSize,
    vectors: Math.ceil(((end - first) * rowSize) / 16),
    firstPanel: first / panelRows,
    panels: Math.ceil(end / panelRows) - first / panelRows,
  };
};

/** `target = phi(source)` on the rows of the range. */
const activationStep = (
  instance: KernelInstance,
  memory: NetworkMemory,
  program: NetworkProgram,
  { skip, vectors }: RowRange,
  rowCount: number,
): InPlace => {
  const { precision, stride, lanes, numbers } = memory;
  const phi = program.activation;
  if (typeof phi !== "function") {
    const { kernel: name, a, b } = activationKernel(phi);
    const kernel = instance.kernel(name, precision);
    return (source, target, { tiles }) => {
      if (source !== target || phi.name !== "identity")
        kernel(source + skip, target + skip, vectors, tiles, stride, a, b);
    };
  }
  const size = numberBytes(precision);
  return (source, target, { tiles }) => {
    for (let tile = 0; tile < tiles; tile++) {
      const from = (source + skip + tile * stride) / size;
      const to = (target + skip + tile * stride) / size;
      if (from !== to) numbers.copyWithin(to, from, from + rowCount * lanes);
      phi(numbers.subarray(to, to + rowCount * lanes));
    }
  };
};

/** `target = bias + W source` (or `target + W source` where `bias` is undefined). */
const productStep = (instance: KernelInstance, { lanes, precision }: NetworkMemory) => {
  const vector = instance.kernel("matrixVector", precision);
  const batch = instance.kernel("product", precision);
  const size = numberBytes(precision);
  return (
    { address, depth, panelBytes }: PackedWeights,
    firstPanel: number,
    panels: number,
    bias: number | undefined,
    source: number,
    target: number,
    tiles: number,
    sourceStride: number,
    targetStride: number,
  ): void => {
    const w = address + firstPanel * panelBytes;
    if (lanes === 1) {
      const skip = firstPanel * panelRows * size;
      for (let trial = 0; trial < tiles; trial++) {
        const x = source + trial * sourceStride;
        const y = target + trial * targetStride + skip;
        vector(w, bias === undefined ? y : bias + skip, x, y, panels, depth, panelBytes);
      }
    } else batch(w, bias ?? 0, source, target, panels, depth, panelBytes, tiles, sourceStride, targetStride);
  };
};

/** `x = x + G xi`. */
const noiseStep = (
  instance: KernelInstance,
  memory: NetworkMemory,
  program: NetworkProgram,
  firstTrial: number,
  range: RowRange,
): StepFunction | undefined => {
  const { noise, precision, lanes, stride } = memory;
  if (noise === undefined) return undefined;
  const [key0, key1] = processNoiseKey(program.seed ?? 0);
  const tiles = instance.kernel("normalTiles", precision);
  const vector = instance.kernel("normalVector", precision);
  const addWeighted = instance.kernel("addWeighted", precision);
  const product = productStep(instance, memory);
  const pairs = Math.ceil(noise.sources / 2);
  const own = noise.weights === undefined;
  const size = numberBytes(precision);
  const firstPair = own ? range.skip / (2 * lanes * size) : 0;
  const ownPairs = own && lanes === 1 ? Math.ceil((range.vectors * 16) / (2 * size)) : pairs;
  return (block, step) => {
    const high = Math.floor(step / 2 ** 32);
    const xi = noise.address + (own ? range.skip : 0);
    const trial = firstTrial + block.firstTrial;
    const { address: x, tiles: count } = block;
    if (lanes === 1)
      for (let k = 0; k < count; k++)
        vector(xi + k * noise.stride, firstPair, ownPairs, key0, key1, step, high, trial + k);
    else tiles(noise.address, pairs, count, noise.stride, key0, key1, step, high, trial);
    if (noise.weights) {
      const { firstPanel, panels } = range;
      product(noise.weights, firstPanel, panels, undefined, noise.address, x, count, noise.stride, stride);
    } else {
      const { skip, vectors } = range;
      addWeighted(x + skip, xi, noise.factors + skip, vectors, count, stride, noise.stride);
    }
  };
};

/** Puts a step together. */
export const stepFunction = (
  instance: KernelInstance,
  memory: NetworkMemory,
  program: NetworkProgram,
  firstTrial: number,
  rows?: RowShare,
): StepFunction => {
  const { precision, stride, work, weights, projection, numbers } = memory;
  const { dt, form, scheme } = program;
  const units = programUnits(program);
  const range = rowRange(memory, units, rows);
  const { skip, vectors, firstPanel, panels } = range;
  const size = numberBytes(precision);
  const blend = instance.kernel("blend", precision);
  const addScaled = instance.kernel("addScaled", precision);
  const product = productStep(instance, memory);
  const phi = activationStep(instance, memory, program, range, rows ? rows.end - rows.first : units);
  const noise = noiseStep(instance, memory, program, firstTrial, range);

  const multiply = (source: number, target: number, { tiles }: Block): void => {
    if (projection) {
      const { projected: z, projectedStride: zStride, zeros, bias } = memory;
      product(projection, 0, projection.panels, zeros, source, z, tiles, stride, zStride);
      product(weights, 0, weights.panels, bias, z, target, tiles, zStride, stride);
      return;
    }
    rows?.exchange(numbers.subarray(source / size, source / size + units));
    product(weights, firstPanel, panels, memory.bias, source, target, tiles, stride, stride);
  };

  /** v of the state at `source`, into the working space `total`. */
  const total =
    form === "rate"
      ? (source: number, block: Block): void => {
          multiply(source, work.total, block);
          phi(work.total, work.total, block);
        }
      : (source: number, block: Block): void => {
          phi(source, work.activity, block);
          multiply(work.activity, work.total, block);
        };

  const combine = (target: number, source: number, a: number, b: number, { tiles }: Block): void => {
    blend(target + skip, source + skip, work.total + skip, a + skip, b + skip, vectors, tiles, stride);
  };
  const field = (source: number, target: number, block: Block): void => {
    total(source, block);
    combine(target, source, memory.decay, memory.drive, block);
  };
  const add = (target: number, source: number, slope: number, factor: number, { tiles }: Block): void => {
    addScaled(target + skip, source + skip, slope + skip, factor, vectors, tiles, stride);
  };

  const oneStage: StepFunction = (block) => {
    total(block.address, block);
    combine(block.address, block.address, memory.keep, memory.take, block);
  };
  const { stage, slope, sum } = work;
  const schemes: Readonly<Record<NetworkProgram["scheme"], StepFunction>> = {
    euler: oneStage,
    "exponential-euler": oneStage,
    "imex-euler": oneStage,
    heun: (block) => {
      const x = block.address;
      field(x, sum, block);
      add(stage, x, sum, dt, block);
      field(stage, slope, block);
      add(sum, sum, slope, 1, block);
      add(x, x, sum, dt / 2, block);
    },
    "explicit-midpoint": (block) => {
      const x = block.address;
      field(x, slope, block);
      add(stage, x, slope, dt / 2, block);
      field(stage, slope, block);
      add(x, x, slope, dt, block);
    },
    rk4: (block) => {
      const x = block.address;
      field(x, sum, block);
      add(stage, x, sum, dt / 2, block);
      field(stage, slope, block);
      add(sum, sum, slope, 2, block);
      add(stage, x, slope, dt / 2, block);
      field(stage, slope, block);
      add(sum, sum, slope, 2, block);
      add(stage, x, slope, dt, block);
      field(stage, slope, block);
      add(sum, sum, slope, 1, block);
      add(x, x, sum, dt / 6, block);
    },
  };
  const advance = schemes[scheme];
  if (noise === undefined) return advance;
  return (block, step) => {
    advance(block, step);
    noise(block, step);
  };
};
