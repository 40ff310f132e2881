/**
 * What a validation says, in one line: `recurrentWeights[1][2]: expected a number, got "x"`.
 *
 * Where several shapes may stand in one place, the shape that the data came nearest to is the one that complains.
 */
import type * as v from "valibot";
import { didYouMean } from "../../suggestion.js";

type Issue = v.BaseIssue<unknown>;

interface Complaint {
  readonly path: readonly v.IssuePathItem[];
  readonly issue: Issue;
}

const WORDS: Readonly<Record<string, string>> = {
  Array: "a list",
  Object: "an object",
  number: "a number",
  string: "a text",
  null: "null",
};

const short = (text: string, limit = 60): string => (text.length > limit ? `${text.slice(0, limit - 3)}...` : text);

/** A value as it is named in a message. */
const shown = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null)
    return `an object with ${short(Object.keys(value).join(", ") || "no fields")}`;
  return typeof value === "string" ? JSON.stringify(short(value)) : String(value);
};

/** A place in the file: `candidate.bias[3]`. */
const place = (path: readonly v.IssuePathItem[]): string =>
  path
    .map(({ key }, i) => (typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${short(String(key))}`))
    .join("");

const nearness = ({ path, issue }: Complaint): number =>
  4 * path.length + (issue.message.includes("did you mean") ? 2 : 0) + (issue.message.startsWith("missing") ? 1 : 0);

const deepest = (issue: Issue, above: readonly v.IssuePathItem[]): Complaint => {
  const path = [...above, ...((issue.path ?? []) as readonly v.IssuePathItem[])];
  const inner = issue.issues?.map((sub) => deepest(sub, path)) ?? [];
  const best = inner.reduce<Complaint | undefined>(
    (near, next) => (near === undefined || nearness(next) > nearness(near) ? next : near),
    undefined,
  );
  return best !== undefined && best.path.length > path.length ? best : { path, issue };
};

const expectation = (issue: Issue): string => {
  const options = [...new Set((issue.expected ?? "").replace(/^\(|\)$/g, "").split(/ [|&] /))];
  const known = options.filter((option) => option.startsWith('"')).map((option) => option.slice(1, -1));
  const words = options.map((option) => WORDS[option] ?? option);
  const list = words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : words[0];
  const hint = typeof issue.input === "string" && known.length > 0 ? didYouMean(issue.input, known) : "";
  return `expected ${list}, got ${shown(issue.input)}${hint}`;
};

/** One line for the first thing that is wrong. */
export const describeIssue = (first: Issue): string => {
  const { path, issue } = deepest(first, []);
  const aboutField = issue.type === "strict_object" && issue.path !== undefined;
  const subject = place(aboutField ? path.slice(0, -1) : path);
  const own = !issue.message.startsWith("Invalid ");
  const text = aboutField ? issue.message : own ? `${issue.message}, got ${shown(issue.input)}` : expectation(issue);
  return subject === "" ? text : `${subject}: ${text}`;
};
