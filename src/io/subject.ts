/**
 * Whose fault it is: puts the name of the file in front of what is wrong with it.
 *
 * Readers throw `InputError`s that start inside the file (`recurrentWeights: …`); the name is added once, at the border.
 */
import { InputError } from "../error.js";

/** `error` with `subject` in front if it is an `InputError`, unchanged otherwise. */
export const named = (subject: string, error: unknown, separator = ": "): unknown =>
  error instanceof InputError ? new InputError(`${subject}${separator}${error.message}`, { cause: error }) : error;

/** Runs `read`; an `InputError` from it is thrown again with `subject` in front. */
export const within = <T>(subject: string, read: () => T, separator = ": "): T => {
  try {
    return read();
  } catch (error) {
    throw named(subject, error, separator);
  }
};

/** The last part of a path, without the extensions that model files have. */
export const stem = (path: string): string => {
  const file = path.split(/[\\/]/).at(-1) ?? "";
  return file.replace(/(\.rubato)?\.(json|npz|h5|hdf5|keras)$/i, "").replace(/\.weights$/i, "") || "network";
};

/** `items` in a message: at most `limit` of them, each shortened. */
export const listed = (items: readonly string[], limit = 8): string => {
  const shown = items.slice(0, limit).map((item) => (item.length > 80 ? `${item.slice(0, 77)}...` : item));
  if (items.length === 0) return "nothing";
  return items.length > limit ? `${shown.join(", ")} and ${items.length - limit} more` : shown.join(", ");
};
