import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "dist/cli/main.node.js");
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = (language: string): string[] =>
  [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, name, text]) => (name === language ? [text!] : []));

describe("the README", () => {
  const folder = mkdtempSync(join(tmpdir(), "rubato-readme-"));
  beforeAll(() => {
    if (!existsSync(command)) spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has a program that runs and says what the text says", () => {
    const [program] = blocks("ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program!], {
      cwd: root,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^true\n/);
    expect(stdout).toMatch(/R–D heun exact/);
    expect(stdout).toMatch(/L–D euler exact/);
    expect(stdout).toMatch(/L–D heun fails/);
  });

  const lines = blocks("sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.startsWith("npx rubato "));
  it.each(lines)("%s", (line) => {
    const [, , ...argv] = line.split(" ");
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], {
      cwd: folder,
      encoding: "utf8",
    });
    expect({ status, trace: /internal|\n\s+at /.test(stderr) }).toEqual({ status: 0, trace: false });
    expect(stdout).not.toBe("");
  });

  it("links to files that exist", () => {
    for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect({ target, exists: existsSync(join(dirname(join(root, "README.md")), target!)) }).toEqual({
        target,
        exists: true,
      });
  });
});
