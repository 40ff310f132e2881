/**
 * HDF5 files as groups, texts and arrays of doubles, read through h5wasm from memory only.
 *
 * The library is loaded when the first file is opened. Its file system is in memory, so that no path inside a file
 * ever leads to a disk; links to other files are refused. Sizes are checked before anything is allocated.
 */
import type { Dataset, Entity, File, Group } from "h5wasm";
import { InputError, InternalError } from "../error.js";
import { requireReadable, superblockAt } from "./hdf5/preflight.js";
import { textsOf } from "./hdf5/texts.js";
import { named, within } from "./subject.js";

/** An array as it is stored, row-major. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly data: Float64Array<ArrayBuffer>;
}

/** What a reader sees of an open file. Paths are absolute: `/model_weights/dense`. */
export interface Hdf5Reader {
  /** Names of the members of a group, or `undefined` where there is no group. */
  readonly members: (path: string) => readonly string[] | undefined;
  /** An attribute that holds texts, or `undefined` where there is none. */
  readonly texts: (path: string, attribute: string) => readonly string[] | undefined;
  /** A dataset of numbers, or `undefined` where there is no dataset. */
  readonly array: (path: string) => StoredArray | undefined;
}

type Library = typeof import("h5wasm");
type Module = Awaited<Library["ready"]>;

const MAX_ENTRIES = 2 ** 26;
const LARGEST_COMPRESSION = 1100;
const INTEGER = 0;
const FLOAT = 1;

/** Whether `bytes` start as an HDF5 file does. */
export const matchesHdf5 = (bytes: Uint8Array): boolean => superblockAt(bytes) >= 0;

const asDoubles = (path: string, value: unknown): Float64Array<ArrayBuffer> => {
  if (typeof value === "number" || typeof value === "bigint") return Float64Array.of(Number(value));
  if (!ArrayBuffer.isView(value)) throw new InputError(`${path}: expected numbers, got ${typeof value}`);
  return Float64Array.from(value as unknown as ArrayLike<number | bigint>, Number);
};

const datasetOf = (path: string, dataset: Dataset, fileBytes: number): StoredArray => {
  const { type, size, shape, chunks, virtual_sources } = dataset.metadata;
  if (type !== INTEGER && type !== FLOAT) throw new InputError(`${path}: expected numbers, got HDF5 type ${type}`);
  if (type === FLOAT && size !== 4 && size !== 8)
    throw new InputError(`${path}: expected floats of 32 or 64 bits, got ${8 * size}; convert the weights to float32`);
  if (virtual_sources && virtual_sources.length > 0)
    throw new InputError(
      `${path}: data that lie in another file are not followed, got ${virtual_sources[0]!.file_name}`,
    );
  if (shape === null) throw new InputError(`${path}: expected an array, got an empty dataspace`);
  const entries = shape.reduce((product, n) => product * n, 1);
  const chunk = (chunks ?? []).reduce((product, n) => product * n, 1);
  const most = Math.min(MAX_ENTRIES, LARGEST_COMPRESSION * fileBytes);
  if (!(entries <= most && chunk <= most))
    throw new InputError(`${path}: expected at most ${most} numbers, got shape ${shape.join(" x ")}`);
  if (entries === 0) return { shape, data: new Float64Array(0) };
  const data = asDoubles(path, dataset.value);
  if (data.length !== entries) throw new InputError(`${path}: expected ${entries} numbers, got ${data.length}`);
  return { shape, data };
};

/** The first sentence of what the library reports, without its places in C. */
const reason = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  const causes = [...text.matchAll(/\(\): (.+)/g)].map(([, cause]) => cause);
  return (causes.at(-1) ?? text.split("\n", 1)[0] ?? "").trim().slice(0, 160);
};

/** Whether the library has stopped for good: every damage that it reports leaves a little of its stack unusable. */
let stopped = false;

const requireRunning = (activate: () => unknown): void => {
  try {
    if (!stopped) activate();
  } catch {
    stopped = true;
  }
  if (stopped)
    throw new InternalError("the HDF5 library has stopped after too many damaged files; start again to read more");
};

/** Runs `read`; whatever the library throws becomes an `InputError` about `path`, or about the file. */
const guarded = <T>(path: string | undefined, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof WebAssembly.RuntimeError) stopped = true;
    const subject = path === undefined ? "" : `${path}: `;
    throw new InputError(`${subject}damaged or truncated HDF5 file, ${reason(error)}`, { cause: error });
  }
};

const readerOf = (library: Library, module: Module, file: File, fileBytes: number): Hdf5Reader => {
  const at = (path: string): Group | Dataset | undefined => {
    let found: Group | Dataset = file;
    for (const part of path.split("/").filter((name) => name !== "")) {
      if (!(found instanceof library.Group) || !found.keys().includes(part)) return undefined;
      const member: Entity | null = found.get(part);
      if (member instanceof library.ExternalLink || member instanceof library.BrokenSoftLink)
        throw new InputError(`${path}: links to elsewhere are not followed`);
      if (!(member instanceof library.Group || member instanceof library.Dataset)) return undefined;
      found = member;
    }
    return found;
  };
  return {
    members: (path) =>
      guarded(path, () => {
        const group = at(path);
        return group instanceof library.Group ? group.keys() : undefined;
      }),
    texts: (path, attribute) =>
      guarded(path, () => {
        const owner = at(path);
        return owner && textsOf(module, `${path === "/" ? "" : path}@${attribute}`, owner, attribute);
      }),
    array: (path) =>
      guarded(path, () => {
        const dataset = at(path);
        return dataset instanceof library.Dataset ? datasetOf(path, dataset, fileBytes) : undefined;
      }),
  };
};

/** A file that was only read loses nothing when closing it fails, as it may after damage. */
const closeQuietly = (file: File | undefined): void => {
  try {
    file?.close();
  } catch {}
};

let opened = 0;

/**
 * Opens `bytes` as HDF5, lets `read` look at it and closes it again.
 *
 * @throws InputError whatever is wrong with the file, with `name` in front
 */
export const withHdf5 = async <T>(bytes: Uint8Array, name: string, read: (file: Hdf5Reader) => T): Promise<T> => {
  if (!matchesHdf5(bytes)) throw new InputError(`${name}: expected an HDF5 file, got other content`);
  within(name, () => requireReadable(bytes));
  const library = await import("h5wasm");
  const module = await library.ready;
  const { FS } = module;
  requireRunning(() => module.activate_throwing_error_handler());
  const path = `/input-${opened++}.h5`;
  FS.writeFile(path, bytes);
  let file: File | undefined;
  try {
    file = guarded(undefined, () => new library.File(path, "r"));
    return read(readerOf(library, module, file, bytes.length));
  } catch (error) {
    throw named(name, error);
  } finally {
    closeQuietly(file);
    FS.unlink(path);
  }
};
