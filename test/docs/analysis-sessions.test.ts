/** The documents on controllability and noise: model files that they show are written, commands run, output compared. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { rubato, scratch } from "../cli/rubato.js";
import meanField from "../fixtures/mean-field-chaos.json" with { type: "json" };

const file = scratch();
const read = (name: string): string => readFileSync(resolve(import.meta.dirname, "../../docs", name), "utf8");

const located = (word: string): string => (word.endsWith(".rubato.json") ? file(word) : word);

describe.each(["controllability.md", "noise.md"])("%s", (name) => {
  const document = read(name);
  const sessions = [...document.matchAll(/```console\n\$ rubato (.*)\n([\s\S]*?)```/g)];

  beforeAll(() => {
    for (const [, path, content] of document.matchAll(/```json (\S+)\n([\s\S]*?)```/g))
      writeFileSync(file(path!), content!);
  });

  it("has commands to run", () => {
    expect(sessions.length).toBeGreaterThan(1);
  });

  it.each(sessions.map(([, line, shown]) => [line!, shown!]))("shows what rubato %s prints", async (line, shown) => {
    const { status, out } = await rubato(...line.split(" ").map(located));
    expect(status).toBe(0);
    expect(out).toBe(shown);
  });
});

describe("numbers in prose", () => {
  it("of mean-field theory are those of the reference", () => {
    const text = read("noise.md").replace(/\s+/g, " ");
    const of = (g: number) => meanField.networks.find((network) => network.g === g)!.exponent.toFixed(4);
    expect(text).toContain(`with ${of(1.5)}, ${of(2)} and ${of(3)} as largest exponents`);
  });
});
