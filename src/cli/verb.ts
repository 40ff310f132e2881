/**
 * A verb of the command line: what it is called, what it takes, what comes out.
 *
 * A verb computes an outcome; where that goes (table or JSON on stdout, a file) is decided here, alike for all. To add
 * one: a file in `verbs/` and a line in `verbs.ts`.
 */
import { buildCommand, type Command, type CommandContext } from "@stricli/core";
import type { Layout } from "../report/paint.js";
import { type Flags, type SharedFlags, sharedFlags } from "./flags.js";
import { deliver, type Outcome } from "./outcome.js";
import { layoutOf, type Terminal } from "./terminal.js";

export interface Context extends CommandContext {
  readonly terminal: Terminal;
}

/** What a verb may know about the run besides its arguments. */
export interface Session {
  readonly layout: Layout;
  /** Says something on stderr, unless `--quiet`. */
  readonly say: (text: string) => void;
  /** Rewrites a line of stderr; absent where nobody looks on or `--quiet` is given. */
  readonly progress?: (text: string) => void;
}

/** A positional argument. */
export interface Argument {
  readonly placeholder: string;
  readonly brief: string;
  /** Whether it may be given any number of times; only the last one. */
  readonly many?: boolean;
  readonly optional?: boolean;
}

/** A command line and what it does. */
export type Example = readonly [line: string, does: string];

interface Settings<F> {
  readonly name: string;
  readonly brief: string;
  readonly examples: readonly Example[];
  /** Paragraphs after the flags. */
  readonly notes?: readonly string[];
  /** What an argument may look like, one row each. */
  readonly grammar?: readonly (readonly [grammar: string, does: string])[];
  readonly arguments: readonly Argument[];
  readonly flags: Flags<F>;
  readonly run: (flags: F & SharedFlags, given: readonly string[], session: Session) => Promise<Outcome>;
}

export interface Verb extends Omit<Settings<unknown>, "flags" | "run"> {
  readonly flags: Readonly<Record<string, { readonly brief: string; readonly placeholder?: string }>>;
  readonly command: Command<Context>;
}

const positional = (given: readonly Argument[]) => {
  const parameter = ({ placeholder, brief, optional = false }: Argument) => ({
    parse: (text: string) => text,
    placeholder,
    brief,
    optional,
  });
  const last = given.at(-1);
  if (last?.many) {
    const names = given.map(({ placeholder }) => placeholder);
    const minimum = given.filter(({ optional }) => !optional).length;
    return { kind: "array", parameter: { ...parameter(last), optional: false, placeholder: names.join(" ") }, minimum };
  }
  return { kind: "tuple", parameters: given.map(parameter) };
};

/** Declares a verb. `F` are its own flags; those that all verbs share are added. */
export const verb = <F>(settings: Settings<F>): Verb => {
  const { run, ...described } = settings;
  const func = async function (this: Context, flags: F & SharedFlags, ...given: string[]): Promise<void> {
    const session: Session = {
      layout: layoutOf(this.terminal),
      say: (text) => {
        if (!flags.quiet) this.terminal.complain(`${text}\n`);
      },
      ...(this.terminal.progress && !flags.quiet ? { progress: this.terminal.progress } : {}),
    };
    await deliver(
      await run(
        flags,
        given.filter((text) => text !== undefined),
        session,
      ),
      flags,
      this.terminal,
      session,
    );
  };
  const parameters = {
    flags: { ...settings.flags, ...sharedFlags },
    positional: positional(settings.arguments),
    aliases: { o: "output", q: "quiet" },
  };
  return {
    ...described,
    flags: settings.flags as Verb["flags"],
    command: buildCommand({ func, parameters, docs: { brief: settings.brief } } as never),
  };
};
