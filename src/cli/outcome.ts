/** What a verb comes to, and where it goes: a table or one JSON document on stdout, and a file if one was asked for. */
import { extname } from "node:path";
import { InputError } from "../error.js";
import { writeFileAtomically } from "../io/files.node.js";
import type { Layout } from "../report/paint.js";
import type { SharedFlags } from "./flags.js";
import { jsonText } from "./json.js";
import type { Terminal } from "./terminal.js";
import type { Session } from "./verb.js";

/** Content of a file. */
export type Content = string | Uint8Array;

/** The result of a verb. */
export interface Outcome {
  /** The JSON document, as data; see `jsonText` for what becomes of matrices and numbers. */
  readonly json: unknown;
  /** The table that a person reads. */
  readonly text: (layout: Layout) => string;
  /** What else `-o` can write, by extension: `{ ".csv": () => … }`. JSON and TXT go without saying. */
  readonly files?: Readonly<Record<string, () => Content | Promise<Content>>>;
  /** Writes to a path in its own way, as models do; instead of `files`. */
  readonly save?: (path: string) => Promise<void>;
}

const PLAIN_WIDTH = 100;

/** Lets a file be finished before an interrupt ends the process, so that none is left half written. */
const uninterrupted = async (write: () => Promise<void>): Promise<void> => {
  let interrupted = false;
  const note = () => {
    interrupted = true;
  };
  process.once("SIGINT", note);
  try {
    await write();
  } finally {
    process.off("SIGINT", note);
  }
  if (interrupted) process.exit(130);
};

const contentFor = async (path: string, outcome: Outcome, layout: Layout): Promise<Content> => {
  const makers: Record<string, () => Content | Promise<Content>> = {
    ".json": () => jsonText(outcome.json),
    ".txt": () => `${outcome.text(layout)}\n`,
    ...outcome.files,
  };
  const extension = extname(path).toLowerCase();
  const make = makers[extension];
  if (!make)
    throw new InputError(
      `${path}: cannot write ${extension === "" ? "a file without extension" : extension}; expected one of ${Object.keys(makers).join(", ")}`,
    );
  return make();
};

/** Prints and writes an outcome as the flags ask. */
export const deliver = async (
  outcome: Outcome,
  { json, output }: SharedFlags,
  terminal: Terminal,
  session: Session,
): Promise<void> => {
  if (output === "-") {
    terminal.write(jsonText(outcome.json));
    return;
  }
  if (output !== undefined) {
    await uninterrupted(async () => {
      if (outcome.save) return outcome.save(output);
      const content = await contentFor(output, outcome, { ...session.layout, width: PLAIN_WIDTH });
      return writeFileAtomically(output, typeof content === "string" ? new TextEncoder().encode(content) : content);
    });
    session.say(`wrote ${output}`);
  }
  terminal.write(json ? jsonText(outcome.json) : `${outcome.text(session.layout)}\n`);
};
