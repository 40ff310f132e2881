/**
 * The WASM kernels, ready to call: chosen, compiled once, instantiated with a memory of their own.
 *
 * There are two builds. The relaxed one multiplies and adds in one instruction with one rounding; it is used wherever
 * the engine accepts relaxed SIMD (Node 22, Chrome 114 and later). Both come as bytes within the package, so that
 * nothing is fetched and nothing is awaited; no shared memory is needed.
 */
import { InputError } from "../../error.js";
import { bytes as plain } from "./plain.generated.js";
import { bytes as relaxed } from "./relaxed.generated.js";

/** Which instructions the kernels may use. */
export type KernelBuild = "plain" | "relaxed";

/** Numbers in double or in single precision. */
export type Precision = "f64" | "f32";

/** An exported kernel: pointers, counts and strides in, nothing out but small integers. */
export type Kernel = (...arguments_: number[]) => number;

/** One instance of the kernels with its memory. */
export interface KernelInstance {
  readonly build: KernelBuild;
  readonly memory: WebAssembly.Memory;
  /** The kernel `name` for a precision. */
  readonly kernel: (name: string, precision: Precision) => Kernel;
  /** The address of the first of `bytes` new bytes, all zero; grows the memory, so views must be made afterwards. */
  readonly allocate: (bytes: number) => number;
}

// (module (func (param v128) (result v128) (f64x2.relaxed_madd (local.get 0) (local.get 0) (local.get 0))))
const probe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b, 0x03, 0x02, 0x01],
  ...[0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x87, 0x02, 0x0b],
);

/** The fastest build that this engine accepts. */
export const bestBuild = (): KernelBuild => (WebAssembly.validate(probe) ? "relaxed" : "plain");

const modules = new Map<KernelBuild, WebAssembly.Module>();

const moduleOf = (build: KernelBuild): WebAssembly.Module => {
  let module = modules.get(build);
  if (module === undefined) {
    const text = atob(build === "plain" ? plain : relaxed);
    const code = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) code[i] = text.charCodeAt(i);
    try {
      module = new WebAssembly.Module(code);
    } catch {
      throw new InputError(
        `kernels: this engine refuses the ${build} build; it needs WebAssembly SIMD (2021 or later)`,
      );
    }
    modules.set(build, module);
  }
  return module;
};

const pageBytes = 65536;
/** Vectors are read across whole cache lines. */
const alignment = 64;

/** A new instance of the kernels. */
export const kernelInstance = (build: KernelBuild = bestBuild()): KernelInstance => {
  const { exports } = new WebAssembly.Instance(moduleOf(build));
  const memory = exports.memory as WebAssembly.Memory;
  let top = memory.buffer.byteLength;
  return {
    build,
    memory,
    kernel: (name, precision) => {
      const kernel = exports[`${name}${precision.toUpperCase()}`];
      if (typeof kernel !== "function") throw new InputError(`kernels: unknown kernel, got ${name} for ${precision}`);
      return kernel as Kernel;
    },
    allocate: (bytes) => {
      const address = top;
      top += Math.ceil(bytes / alignment) * alignment;
      const missing = Math.ceil((top - memory.buffer.byteLength) / pageBytes);
      if (missing > 0) {
        try {
          memory.grow(missing);
        } catch {
          throw new InputError(
            `kernels: not enough memory for another ${bytes} bytes; run fewer trials at a time or use single precision`,
          );
        }
      }
      return address;
    },
  };
};
