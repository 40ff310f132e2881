/**
 * Memory for dense linear algebra in the kernels: one private instance per thread and build, whose memory is used again from
 * call to call.
 *
 * A routine asks for all its regions at once, copies its arguments in and its results out, and keeps nothing: the next
 * call of any routine overwrites the regions, and its views may be detached. So no routine calls another in between.
 */
import { bestBuild, type Kernel, type KernelBuild, type KernelInstance, kernelInstance } from "./instance.js";

/** A part of the memory, aligned to a cache line. */
export interface Region {
  readonly address: number;
  readonly numbers: Float64Array;
}

/** The regions of one call, and the kernels that work on them. */
export interface Workspace {
  readonly kernel: (name: string) => Kernel;
  readonly regions: readonly Region[];
}

interface Holding {
  readonly instance: KernelInstance;
  readonly base: number;
  bytes: number;
}

const lineBytes = 64;
/** A memory of more than this is given back when it is eight times as large as what is asked for. */
const keptBytes = 2 ** 27;
/** What the kernels may hold: larger problems stay with the plain routines. */
const mostNumbers = 2 ** 27;

const holdings = new Map<KernelBuild, Holding>();

/** Whether regions of so many numbers fit. */
export const fitsWorkspace = (numbers: number): boolean => numbers <= mostNumbers;

const holdingFor = (build: KernelBuild, bytes: number): Holding => {
  let holding = holdings.get(build);
  if (holding === undefined || (holding.bytes > keptBytes && holding.bytes > 8 * bytes)) {
    const instance = kernelInstance(build);
    holding = { instance, base: instance.allocate(0), bytes: 0 };
    holdings.set(build, holding);
  }
  if (holding.bytes < bytes) {
    holding.instance.allocate(bytes - holding.bytes);
    holding.bytes = bytes;
  }
  return holding;
};

/** Regions for so many numbers each; they hold whatever the last call left there. */
export const workspace = (lengths: readonly number[], build: KernelBuild = bestBuild()): Workspace => {
  // One line more than needed: passes over rows may read beyond the end.
  const sizes = lengths.map((length) => (Math.ceil((length * 8) / lineBytes) + 1) * lineBytes);
  const { instance, base } = holdingFor(
    build,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let address = base;
  const regions = lengths.map((length, k): Region => {
    const region = { address, numbers: new Float64Array(instance.memory.buffer, address, length) };
    address += sizes[k];
    return region;
  });
  return { kernel: (name) => instance.kernel(name, "f64"), regions };
};

/** The numbers of work space that products need. */
export const productWork = 128 * 256 + 256 * 512 + 16;
