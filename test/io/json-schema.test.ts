import { readFileSync } from "node:fs";
import fc from "fast-check";
import { safeParse } from "valibot";
import { describe, expect, it } from "vitest";
import { modelJsonSchema, modelToJson } from "../../src/io/index.js";
import { modelSchema } from "../../src/io/model-file/schema.js";
import { anyModel } from "./arbitrary-models.js";

type Schema = { readonly [keyword: string]: unknown };

const published = JSON.parse(
  readFileSync(new URL("../../schema/rubato-1.schema.json", import.meta.url), "utf8"),
) as Schema;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Each keyword that the published schema uses, by the JSON Schema standard. */
const keywords: Readonly<Record<string, (setting: never, value: unknown, schema: Schema) => boolean>> = {
  $schema: () => true,
  $defs: () => true,
  title: () => true,
  $ref: (reference: string, value) =>
    holds((published.$defs as Record<string, Schema>)[reference.replace("#/$defs/", "")]!, value),
  type: (type: string, value) =>
    type === "array"
      ? Array.isArray(value)
      : type === "object"
        ? isRecord(value)
        : type === "null"
          ? value === null
          : typeof value === type,
  const: (constant: unknown, value) => value === constant,
  enum: (values: unknown[], value) => values.includes(value),
  anyOf: (options: Schema[], value) => options.some((option) => holds(option, value)),
  oneOf: (options: Schema[], value) => options.filter((option) => holds(option, value)).length === 1,
  items: (item: Schema, value) => !Array.isArray(value) || value.every((entry) => holds(item, entry)),
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  minLength: (least: number, value) => typeof value !== "string" || value.length >= least,
  maxLength: (most: number, value) => typeof value !== "string" || value.length <= most,
  pattern: (pattern: string, value) => typeof value !== "string" || new RegExp(pattern).test(value),
  exclusiveMinimum: (bound: number, value) => typeof value !== "number" || value > bound,
  required: (names: string[], value) => !isRecord(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (properties: Record<string, Schema>, value) =>
    !isRecord(value) ||
    Object.entries(properties).every(([name, schema]) => !Object.hasOwn(value, name) || holds(schema, value[name])),
  propertyNames: (names: Schema, value) => !isRecord(value) || Object.keys(value).every((name) => holds(names, name)),
  additionalProperties: (others: Schema | false, value, schema) => {
    const known = (schema.properties ?? {}) as Record<string, Schema>;
    return (
      !isRecord(value) ||
      Object.keys(value).every((name) => Object.hasOwn(known, name) || (others !== false && holds(others, value[name])))
    );
  },
};

const holds = (schema: Schema, value: unknown): boolean =>
  Object.entries(schema).every(([keyword, setting]) => {
    const check = keywords[keyword];
    if (check === undefined) throw new Error(`the test does not know the keyword ${keyword}`);
    return check(setting as never, value, schema);
  });

const agrees = (data: unknown): boolean => {
  const accepted = holds(published, data);
  expect(safeParse(modelSchema, data).success, JSON.stringify(data)).toBe(accepted);
  return accepted;
};

/** Every place in `data`, as the keys that lead there. */
const places = (data: unknown, above: readonly string[] = []): (readonly string[])[] => [
  above,
  ...(typeof data === "object" && data !== null
    ? Object.entries(data).flatMap(([key, value]) => places(value, [...above, key]))
    : []),
];

const replaced = (data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  if (rest.length === 0 && value === undefined)
    return Array.isArray(data)
      ? data.filter((_, k) => String(k) !== key)
      : Object.fromEntries(Object.entries(data as object).filter(([name]) => name !== key));
  const entry = replaced((data as Record<string, unknown>)[key], rest, value);
  return Array.isArray(data)
    ? data.map((old: unknown, k) => (String(k) === key ? entry : old))
    : { ...(data as object), [key]: entry };
};

describe("the published JSON Schema", () => {
  it("is the one that model files are read with; run node scripts/build-schema.mjs where it is not", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(modelJsonSchema())));
  });

  it("takes every model that is written", () => {
    fc.assert(fc.property(anyModel, (model) => agrees(modelToJson(model))));
  });

  it("takes and refuses the same files as the reader", () => {
    const intruder = fc.constantFrom<unknown>(
      undefined,
      null,
      [],
      {},
      0,
      -1,
      "x",
      "",
      [[1]],
      [["x"]],
      { npz: "a.npz", key: "W" },
      { npz: "../a.npz", key: "W" },
      true,
    );
    let refused = 0;
    fc.assert(
      fc.property(anyModel, fc.nat(), intruder, (model, where, value) => {
        const data = modelToJson(model);
        const all = places(data);
        if (!agrees(replaced(data, all[where % all.length]!, value))) refused++;
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it("refuses fields that it does not know, at every level", () => {
    fc.assert(
      fc.property(anyModel, fc.constantFrom("extra", "__proto__x", "constructor"), (model, name) => {
        expect(agrees({ ...modelToJson(model), [name]: 1 })).toBe(false);
      }),
    );
  });
});
