/** Help texts, examples first. */
import { facts, table, visibleWidth, wrapped } from "../report/table.js";
import { sharedFlags } from "./flags.js";
import type { Argument, Verb } from "./verb.js";

const WIDTH = 96;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const argumentWords = ({ placeholder, many, optional }: Argument): string => {
  const name = many ? `${placeholder}…` : placeholder;
  return optional ? `[${name}]` : name;
};

const flagRows = (flags: Verb["flags"]): [string, string][] =>
  Object.entries(flags).map(([name, { brief, placeholder }]) => [
    `${name === "output" ? "-o, " : name === "quiet" ? "-q, " : ""}--${kebab(name)}${placeholder ? ` ${placeholder}` : ""}`,
    brief,
  ]);

/** What is written beside what it does, or above it where both do not fit in one line. */
const explained = (rows: readonly (readonly [written: string, does: string])[]): string[] => {
  const widest = (cell: 0 | 1) => Math.max(...rows.map((row) => visibleWidth(row[cell])));
  return widest(0) + widest(1) + 4 <= WIDTH
    ? table(rows)
    : rows.flatMap(([written, does]) => [`  ${written}`, ...wrapped(does, WIDTH - 6).map((line) => `      ${line}`)]);
};

const examples = (verb: Verb): string[] => explained(verb.examples.map(([line, does]) => [`rubato ${line}`, does]));

/** Help of one verb. */
export const verbHelp = (verb: Verb): string =>
  [
    ...wrapped(`rubato ${verb.name}: ${verb.brief}`, WIDTH, 2),
    "",
    ...examples(verb),
    "",
    `Usage: rubato ${[verb.name, ...verb.arguments.map(argumentWords)].join(" ")} [FLAGS]`,
    "",
    ...facts(
      [
        ...verb.arguments.map(({ placeholder, brief }): [string, string] => [placeholder, brief]),
        ...flagRows(verb.flags),
        ...flagRows(sharedFlags as unknown as Verb["flags"]),
      ],
      WIDTH,
    ),
    ...(verb.grammar ? ["", ...explained(verb.grammar)] : []),
    ...(verb.notes ?? []).flatMap((note) => ["", ...wrapped(note, WIDTH)]),
    "",
  ].join("\n");

/** Help of the whole command. */
export const generalHelp = (verbs: readonly Verb[]): string =>
  [
    "rubato: rescale, discretize and linearize recurrent networks, and see when the order matters",
    "",
    ...explained(verbs.flatMap(({ examples: [first] }) => (first ? [[`rubato ${first[0]}`, first[1]] as const] : []))),
    "",
    "Verbs:",
    ...facts(
      verbs.map(({ name, brief }): [string, string] => [name, brief]),
      WIDTH,
    ),
    "",
    "rubato VERB --help says more. MODEL is a file, - for stdin, or bundled:decision.",
    "",
  ].join("\n");
