/**
 * The memory of a stepper: packed weights, per-unit coefficients, the states of all trials, and working space for one
 * group of trials.
 *
 * Whatever a product reads holds its inputs u in the rows below its units (or below the rank, of low-rank weights),
 * so that one product with [W B] does both. Groups are sized for their states and working space to fit the cache.
 */
import { type Matrix, matrix, transpose } from "../matrix.js";
import type { KernelInstance, Precision } from "./instance.js";
import { numberBytes, numbersOf, type PackedWeights, packVector, packWeights, rowBytes } from "./packing.js";
import { coefficients, isLowRank, type NetworkProgram, perUnit, programInputs, programUnits } from "./program.js";

/** A group of trials. */
export interface Block {
  readonly firstTrial: number;
  readonly tiles: number;
  /** Address of the states. */
  readonly address: number;
  /** Where product inputs keep u: index of the first number. */
  readonly inputs: readonly InputTarget[];
}

export interface InputTarget {
  readonly at: number;
  /** Numbers of a tile. */
  readonly tileNumbers: number;
}

/** How xi enters: by one factor per unit, or by a matrix. */
export interface NoiseMemory {
  readonly sources: number;
  /** Address of xi. */
  readonly address: number;
  /** Bytes of a tile of xi. */
  readonly stride: number;
  /** Address of one factor per unit; 0 where `weights` is used. */
  readonly factors: number;
  readonly weights?: PackedWeights;
}

export interface NetworkMemory {
  readonly numbers: Float64Array | Float32Array;
  readonly precision: Precision;
  /** Trials of a tile; 1 where there are so few trials that a tile would be mostly empty. */
  readonly lanes: number;
  readonly groups: readonly Block[];
  /** Bytes of a tile of states and of working space. */
  readonly stride: number;
  readonly weights: PackedWeights;
  /** Nᵀ of low-rank weights. */
  readonly projection?: PackedWeights;
  /** Address of the projected state of low-rank weights. */
  readonly projected: number;
  readonly projectedStride: number;
  readonly bias: number;
  readonly zeros: number;
  readonly decay: number;
  readonly drive: number;
  readonly keep: number;
  readonly take: number;
  /** Working space of the size of a group's states. */
  readonly work: { readonly [name in "total" | "activity" | "stage" | "slope" | "sum" | "copy"]: number };
  readonly noise?: NoiseMemory;
}

/** Bytes that a group's states and working space may fill: half of a usual second-level cache. */
const groupBytes = 512 * 1024;

const upTo = (multiple: number, value: number): number => Math.ceil(value / multiple) * multiple;

const isDiagonal = (A: Matrix): boolean =>
  A.rows === A.cols && A.data.every((v, k) => v === 0 || Math.floor(k / A.cols) === k % A.cols);

/** [W, zero columns up to `inputRow`, B], the factors that multiply what a product reads. */
const blocksOf = (W: Matrix, inputRow: number, B: Matrix | undefined): Matrix[] =>
  B === undefined || B.cols === 0 ? [W] : [W, matrix(W.rows, inputRow - W.cols), B];

const noiseMemory = (
  instance: KernelInstance,
  precision: Precision,
  G: Matrix,
  lanes: number,
  tiles: number,
): NoiseMemory => {
  const sources = G.cols;
  const stride = lanes === 1 ? upTo(8, sources) * numberBytes(precision) : upTo(2, sources) * rowBytes;
  const address = instance.allocate(stride * tiles);
  if (!isDiagonal(G)) return { sources, address, stride, factors: 0, weights: packWeights(instance, precision, [G]) };
  const diagonal = Float64Array.from({ length: sources }, (_, i) => G.data[i * sources + i]!);
  return { sources, address, stride, factors: packVector(instance, precision, diagonal, lanes) };
};

/** Lays out the memory of a program. */
export const networkMemory = (
  instance: KernelInstance,
  precision: Precision,
  program: NetworkProgram,
  trials: number,
): NetworkMemory => {
  const n = programUnits(program);
  const m = programInputs(program);
  const size = numberBytes(precision);
  const lanes = trials <= (precision === "f64" ? 3 : 4) ? 1 : rowBytes / size;
  const W = program.recurrentWeights;
  const rank = isLowRank(W) ? W.left.cols : 0;
  const staged = ["heun", "explicit-midpoint", "rk4"].includes(program.scheme);

  const stateInputRow = lanes === 1 ? upTo(8, n) : n;
  const inputRow = isLowRank(W) ? upTo(4, rank) : stateInputRow;
  const rowSize = lanes * size;
  const stride = upTo(rowBytes, Math.max(stateInputRow + m, upTo(8, n)) * rowSize);
  const projectedStride = upTo(rowBytes, (inputRow + m) * rowSize);
  const totalTiles = Math.ceil(trials / lanes);
  const buffers = 2 + (staged ? 3 : 0) + (program.form === "current" ? 1 : 0);
  const groupTiles = Math.min(totalTiles, Math.max(1, Math.floor(groupBytes / (stride * buffers))));

  const weights = packWeights(instance, precision, blocksOf(isLowRank(W) ? W.left : W, inputRow, program.inputWeights));
  const projection = isLowRank(W) ? packWeights(instance, precision, [transpose(W.right)]) : undefined;
  const perLane = (values: ArrayLike<number>) => packVector(instance, precision, values, lanes);
  const { decay, drive, keep, take } = coefficients(program);
  const space = (needed: boolean) => (needed ? instance.allocate(stride * groupTiles) : 0);
  const states = instance.allocate(stride * totalTiles);
  const work = {
    total: space(true),
    activity: space(program.form === "current"),
    stage: space(staged),
    slope: space(staged),
    sum: space(staged),
    copy: space(true),
  };
  const projected = isLowRank(W) ? instance.allocate(projectedStride * groupTiles) : 0;
  const common = {
    precision,
    lanes,
    stride,
    weights,
    ...(projection && { projection }),
    projected,
    projectedStride,
    bias: packVector(instance, precision, perUnit("bias", program.bias, 0, n), 1),
    zeros: packVector(instance, precision, new Float64Array(upTo(8, rank)), 1),
    decay: perLane(decay),
    drive: perLane(drive),
    keep: perLane(keep),
    take: perLane(take),
    work,
    ...(program.noise && { noise: noiseMemory(instance, precision, program.noise, lanes, groupTiles) }),
  };

  const inputTargets = (address: number): InputTarget[] => {
    if (isLowRank(W)) return [{ at: projected / size + inputRow * lanes, tileNumbers: projectedStride / size }];
    const read = program.form === "current" ? [work.activity] : staged ? [address, work.stage] : [address];
    return read.map((base) => ({ at: base / size + inputRow * lanes, tileNumbers: stride / size }));
  };
  const groups = Array.from({ length: Math.ceil(totalTiles / groupTiles) }, (_, g): Block => {
    const address = states + g * groupTiles * stride;
    return {
      firstTrial: g * groupTiles * lanes,
      tiles: Math.min(groupTiles, totalTiles - g * groupTiles),
      address,
      inputs: inputTargets(address),
    };
  });
  return { ...common, groups, numbers: numbersOf(instance, precision) };
};
