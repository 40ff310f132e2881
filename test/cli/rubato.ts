/** The command line in this process: what a run wrote, and its exit status. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { run } from "../../src/cli/run.js";
import type { Terminal } from "../../src/cli/terminal.js";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export const rubatoOn = async (terminal: Partial<Terminal>, ...argv: string[]): Promise<Ran> => {
  let out = "";
  let err = "";
  const status = await run(argv, {
    write: (content) => {
      out += typeof content === "string" ? content : new TextDecoder().decode(content);
    },
    complain: (text) => {
      err += text;
    },
    env: {},
    isTTY: false,
    ...terminal,
  });
  return { status, out, err };
};

export const rubato = (...argv: string[]): Promise<Ran> => rubatoOn({}, ...argv);

/** A run that must succeed without a word on stderr, and its one JSON document. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every verb
export const json = async (...argv: string[]): Promise<any> => {
  const { status, out, err } = await rubato(...argv, "--json");
  expect(err).toBe("");
  expect(status).toBe(0);
  expect(out.trim().split("\n")).toHaveLength(1);
  expect(out).not.toMatch(/NaN|Infinity/);
  return JSON.parse(out);
};

/** A run that must be refused with one sentence that matches, without output or a stack trace. */
export const refused = async (pattern: RegExp, ...argv: string[]): Promise<void> => {
  const { status, out, err } = await rubato(...argv);
  expect(err).toMatch(pattern);
  expect({ argv, status, out }).toEqual({ argv, status: 2, out: "" });
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at |internal:/);
};

/** A folder for the files of one test file, removed when its tests are done. */
export const scratch = (): ((name: string) => string) => {
  const folder = mkdtempSync(join(tmpdir(), "rubato-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
};
