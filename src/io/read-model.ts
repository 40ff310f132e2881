/** Opening anybody's file, whose format is told by its content and never by its name; and writing one. */
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import type { ModelFormat, OpenOptions } from "./format.js";
import { kerasArchiveFormat, kerasFormat } from "./keras.js";
import { modelFileFormat, modelToText } from "./model-file.js";
import { modelToNpz, npzFormat } from "./model-npz.js";

/** In the order in which they are tried. */
const formats: readonly ModelFormat[] = [modelFileFormat, kerasFormat, kerasArchiveFormat, npzFormat];

/** Formats that models are written in. */
export type WritableFormat = "json" | "npz";

const beginning = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? "an empty file"
    : `a file that starts with the bytes ${Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;

/**
 * Reads a model from the content of a file.
 *
 * @param bytes the whole file
 * @param options main: `name`; other: `resolve`, for files that refer to others
 * @throws InputError naming the file, what was found and what was expected
 * @example const model = await readModel(new Uint8Array(await file.arrayBuffer()), { name: file.name });
 */
export const readModel = async (bytes: Uint8Array, options: OpenOptions): Promise<Model> => {
  const format = formats.find(({ matches }) => matches(bytes));
  if (format === undefined)
    throw new InputError(
      `${options.name}: expected a model (${formats.map(({ title }) => title).join(", ")}), got ${beginning(bytes)}`,
    );
  return format.open(bytes, options);
};

/**
 * The content of a file that holds the model.
 *
 * @throws InputError for time warps, which are functions
 */
export const writeModel = (model: Model, format: WritableFormat): Uint8Array =>
  format === "npz" ? modelToNpz(model) : new TextEncoder().encode(modelToText(model));
