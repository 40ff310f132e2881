/**
 * JSON that people can read: one line for every list of numbers, one for every field.
 *
 * Numbers are printed with the fewest digits that read back as the same double; -0 keeps its sign, which JSON allows.
 */

const number = (value: number): string => (Object.is(value, -0) ? "-0" : JSON.stringify(value));

const isFlat = (list: readonly unknown[]): boolean => list.every((item) => typeof item !== "object" || item === null);

const printed = (value: unknown, indent: string): string => {
  if (typeof value === "number") return number(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (isFlat(value)) return `[${value.map((item) => printed(item, deeper)).join(", ")}]`;
    return `[\n${value.map((item) => deeper + printed(item, deeper)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value).map(
    ([key, item]) => `${deeper}${JSON.stringify(key)}: ${printed(item, deeper)}`,
  );
  return fields.length === 0 ? "{}" : `{\n${fields.join(",\n")}\n${indent}}`;
};

/** Plain data as JSON text, with a line break at the end. */
export const printJson = (value: unknown): string => `${printed(value, "")}\n`;
