/**
 * The command line as a function of its arguments: `run(argv, terminal)` gives the exit status.
 *
 * 0 done; 1 a fault of ours, one line that starts with `internal:`; 2 bad usage or input, one line that says what to do.
 */
import { readFileSync } from "node:fs";
import {
  type ApplicationText,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  run as dispatch,
  formatMessageForArgumentScannerError,
  type StricliIntegration,
  text_en,
  version,
} from "@stricli/core";
import { InputError } from "../error.js";
import { didYouMean } from "../suggestion.js";
import { generalHelp, verbHelp } from "./help.js";
import type { Terminal } from "./terminal.js";
import type { Context } from "./verb.js";
import { verbs } from "./verbs.js";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One line for whatever was thrown; a stack trace never. */
const complaint = (error: unknown): string => {
  const text = messageOf(error).replaceAll(/\s*\n\s*/g, " ");
  if (error instanceof InputError) return text;
  return `${text.startsWith("internal:") ? text : `internal: ${text}`}; this is a fault of Rubato, please report it with the command and the file`;
};

const subject = (name: string): string => (/^[A-Z]/.test(name) ? name : `--${name}`);

const alternatives = (corrections: readonly string[]): string =>
  corrections.length === 0 ? "" : `, did you mean ${corrections.map((name) => `--${name}`).join(" or ")}?`;

const usage = (error: ArgumentScannerError): string =>
  formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder, exception }) =>
      `${subject(externalFlagNameOrPlaceholder)}: ${messageOf(exception)}`,
    FlagNotFoundError: ({ input, corrections }) => `--${input}: unknown flag${alternatives(corrections)}`,
    AliasNotFoundError: ({ input }) => `-${input}: unknown flag`,
    UnsatisfiedFlagError: ({ externalFlagName }) => `--${externalFlagName}: expected a value, got none`,
    UnexpectedFlagError: ({ externalFlagName, input }) => `--${externalFlagName}: given twice, got ${input} as well`,
    UnexpectedPositionalError: ({ input, expectedCount }) =>
      `${input}: unexpected argument, expected ${expectedCount === 0 ? "none" : `only ${expectedCount}`}`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder}: missing`,
  });

const texts = (verb: string | undefined): ApplicationText => {
  const hint = verbs.some(({ name }) => name === verb) ? ` (see rubato ${verb} --help)` : "";
  return {
    ...text_en,
    noCommandRegisteredForInput: ({ input }) => {
      const names = verbs.map(({ name }) => name);
      return `${input}: unknown verb${didYouMean(input, names) || `, expected one of ${names.join(", ")}`}`;
    },
    exceptionWhileParsingArguments: (error) =>
      error instanceof ArgumentScannerError ? `${usage(error)}${hint}` : complaint(error),
    exceptionWhileRunningCommand: complaint,
    exceptionWhileLoadingCommandFunction: complaint,
    exceptionWhileLoadingCommandContext: complaint,
    commandErrorResult: complaint,
    exceptionWhileRunningIntegrationFlag: ({ exception }) => complaint(exception),
    exceptionWhileRunningIntegrationHook: ({ exception }) => complaint(exception),
  };
};

const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;

const help = (terminal: Terminal): StricliIntegration<Context> => ({
  flag: {
    brief: "Print help",
    aliases: ["h"],
    global: true,
    defaultForRouteMap: true,
    run: (_application, { result }) => {
      const named = verbs.find(({ name }) => name === result.prefix[1]);
      terminal.write(named ? verbHelp(named) : generalHelp(verbs));
    },
  },
});

/** Usage mistakes are negative in the parser and 2 here; a verb's own failure keeps its status. */
const statusOf = (code: number): number => {
  if (code >= 0) return code;
  return code === -4 || code === -5 ? 2 : 1;
};

/** Runs one command line. Never throws, never exits; writes to `terminal` only. */
export const run = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  const root = buildRouteMap({
    routes: Object.fromEntries(verbs.map(({ name, command }) => [name, command])),
    docs: { brief: "Rescale, discretize and linearize recurrent networks" },
  });
  const application = buildApplication<Context>(
    root,
    {
      name: "rubato",
      scanner: {
        caseStyle: "allow-kebab-for-camel",
        allowArgumentEscapeSequence: true,
        distanceOptions: { threshold: 3, weights: { insertion: 1, deletion: 1, substitution: 1, transposition: 1 } },
      },
      documentation: { disableAnsiColor: true },
      localization: { text: texts(argv[0]) },
      determineExitCode: (error) => (error instanceof InputError ? 2 : 1),
    },
    {
      help: help(terminal),
      version: version({ brief: "Print the version", info: { currentVersion: packageVersion() } }),
    },
  );
  const streams = {
    stdout: { write: terminal.write },
    stderr: { write: terminal.complain },
    exitCode: undefined as number | undefined,
  };
  const context = { process: streams, terminal };
  await dispatch(application, argv, context as never);
  return statusOf(streams.exitCode ?? 0);
};
