import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { rubato, scratch } from "../cli/rubato.js";
import { walkthroughFile } from "./walkthrough-network.js";

const document = readFileSync(resolve(import.meta.dirname, "../../docs/walkthrough.md"), "utf8");
const file = scratch();

/** The words of a command line, quotes taken off. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

/** Files of the walkthrough lie in a scratch folder. */
const located = (word: string): string => (/^[\w-]+\.(h5|csv|rubato\.json|npz)$/.test(word) ? file(word) : word);

const sessions = [...document.matchAll(/```console\n\$ rubato (.*)\n([\s\S]*?)```/g)].map(([, line, shown]) => ({
  line: line!,
  shown: shown!,
}));

describe("the walkthrough", () => {
  beforeAll(async () => {
    writeFileSync(file("decision.h5"), await walkthroughFile());
  });

  it("has commands to run", () => {
    expect(sessions.length).toBeGreaterThan(5);
  });

  for (const { line, shown } of sessions)
    it(`shows what rubato ${line} prints`, async () => {
      const { status, out } = await rubato(...wordsOf(line).map(located));
      expect(status).toBe(0);
      expect(out.replaceAll(file(""), "")).toBe(shown);
    });
});
