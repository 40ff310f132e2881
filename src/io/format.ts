/**
 * What every file format declares: a cheap test by content, and a way to open.
 *
 * A format that refers to other files asks for them by plain name; whoever calls decides where they come from.
 */
import type { Model } from "../model/model.js";

/** Returns the content of the file called `name` beside the one that is read; it may throw an `InputError`. */
export type Resolve = (name: string) => Uint8Array | Promise<Uint8Array>;

export interface OpenOptions {
  /** Name of the file, for messages and as the name of the model. */
  readonly name: string;
  /** Where other files come from that this one refers to; none by default. */
  readonly resolve?: Resolve;
}

export interface ModelFormat {
  /** As in running text: "Keras HDF5". */
  readonly title: string;
  /** Whether `bytes` look like this format; looks at the signature only. */
  readonly matches: (bytes: Uint8Array) => boolean;
  /** Reads a model. Throws an `InputError` that names the file, what was found and what was expected. */
  readonly open: (bytes: Uint8Array, options: OpenOptions) => Promise<Model>;
}
