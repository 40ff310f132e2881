/**
 * The two ways in which Rubato fails on purpose.
 *
 * `InputError` is the user's to mend: a file, an argument, a setting. Its text reads
 * `subject: what is wrong, got VALUE`, followed by the remedy. Anything else that reaches the top is ours.
 */

/** Misuse or unreadable input; the command line ends with exit status 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A fault of Rubato itself; the command line ends with exit status 1. */
export class InternalError extends Error {
  override readonly name = "InternalError";
  constructor(message: string) {
    super(`internal: ${message}`);
  }
}
