/** Opening anybody's file: the format is told by its content, never by its name. */
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import type { ModelFormat, OpenOptions } from "./format.js";
import { kerasFormat } from "./keras.js";

const formats: readonly ModelFormat[] = [kerasFormat];

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
