/** Objects that know all their fields: a field that is not among them is an error, and so is a list in their place. */
import * as v from "valibot";
import { didYouMean } from "../../suggestion.js";

/** `schema`, which takes any object, without lists. */
export const notArray = <S extends v.GenericSchema>(schema: S): S => ({
  ...schema,
  "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
    schema["~run"](Array.isArray(dataset.value) ? { value: null } : dataset, config),
});

const quoted = (name: string): string => JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name);

const complaint = (issue: v.StrictObjectIssue, known: readonly string[]): string => {
  const item = issue.path?.[0];
  if (item === undefined) return issue.message;
  const unknown = Object.keys(item.input as object).find((key) => !known.includes(key));
  if (unknown === undefined) return `missing field ${quoted(String(item.key))}`;
  return `unknown field ${quoted(unknown)}${didYouMean(unknown, known) || `; known fields: ${known.join(", ")}`}`;
};

/** An object with exactly these fields. */
export const closed = <const E extends v.ObjectEntries>(entries: E) =>
  notArray(v.strictObject(entries, (issue) => complaint(issue, Object.keys(entries))));
