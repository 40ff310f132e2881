/** Model files on disk and standard input. Every message names the path; no file is ever left half written. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import { readModel, type WritableFormat, writeModel } from "./read-model.js";

/** Largest file that is read at all: 1 GiB. */
export const MAX_FILE_BYTES = 2 ** 30;

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such folder",
  EISDIR: "expected a file, got a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "no space left on the disk",
  ENAMETOOLONG: "the name is too long",
  ERR_INVALID_ARG_VALUE: "not a valid path",
};

/** What went wrong with a file, as an `InputError` that names it. */
export const fileError = (path: string, error: unknown): unknown => {
  if (error instanceof InputError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return code === undefined
    ? error
    : new InputError(`${path}: ${CAUSES[code] ?? `cannot be read or written, ${code}`}`, { cause: error });
};

/** All that `stream` gives; the size is checked while reading, since pipes and devices do not tell it beforehand. */
const drained = async (path: string, stream: AsyncIterable<Buffer>): Promise<Uint8Array> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > MAX_FILE_BYTES) throw new InputError(`${path}: expected at most ${MAX_FILE_BYTES} bytes, got more`);
    parts.push(part);
  }
  return Buffer.concat(parts);
};

/** The content of a file, or of standard input for `-`. Throws an `InputError` that names the path. */
export const readBytes = async (path: string): Promise<Uint8Array> => {
  try {
    return path === "-" ? await drained("stdin", process.stdin) : await drained(path, createReadStream(path));
  } catch (error) {
    throw fileError(path, error);
  }
};

/**
 * Reads a model of any known format.
 *
 * @param path a file, or `-` for standard input
 * @throws InputError naming the path and what is wrong
 */
export const openModel = async (path: string): Promise<Model> =>
  readModel(await readBytes(path), {
    name: path === "-" ? "stdin" : basename(path),
    resolve: (name) => readBytes(join(path === "-" ? "." : dirname(path), name)),
  });

/** Writes `bytes` to a temporary file in the same folder and renames it: readers see the old file or the new one. */
export const writeFileAtomically = async (path: string, bytes: Uint8Array): Promise<void> => {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw fileError(path, error);
  }
};

const formatOf = (path: string): WritableFormat => {
  if (/\.json$/i.test(path)) return "json";
  if (/\.npz$/i.test(path)) return "npz";
  throw new InputError(`${path}: expected a name that ends in .rubato.json, .json or .npz`);
};

/**
 * Writes a model in the format that the extension names: `.rubato.json`, `.json` or `.npz`.
 *
 * @throws InputError naming the path; an existing file is then unchanged
 */
export const saveModel = async (path: string, model: Model): Promise<void> => {
  await writeFileAtomically(path, writeModel(model, formatOf(path)));
};
