import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpz } from "../../src/io/npz.js";
import { vanilla } from "./networks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const command = fileURLToPath(new URL("../../dist/cli/main.node.js", import.meta.url));

const program = (argv: readonly string[], input = "") =>
  spawnSync(process.execPath, [command, ...argv], { encoding: "utf8", input, env: { ...process.env, NO_COLOR: "1" } });

describe("the built program", () => {
  beforeAll(() => {
    if (!existsSync(command)) spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
  }, 120_000);

  it("reads a model from stdin and writes one to stdout", () => {
    const made = program(["apply", "-", "retime=0.5", "-o", "-"], JSON.stringify(vanilla));
    expect({ status: made.status, err: made.stderr }).toEqual({ status: 0, err: "" });
    const inspected = program(["inspect", "-", "--json"], made.stdout);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ tau: 2, dt: 1 });
  });

  it("ends with status 2 and one sentence on bad input", () => {
    const { status, stdout, stderr } = program(["inspect", "-"], "nothing of use");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^stdin: .*\n$/);
  });

  it("is quiet when the reader leaves early", () => {
    const line = `"${process.execPath}" "${command}" simulate bundled:decision --steps 3000 --json | head -c 1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "{", stderr: "" });
  });

  it("keeps what it has when it is interrupted, in a file that can be read", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rubato-"));
    const path = join(folder, "long.npz");
    const child = spawn(process.execPath, [
      ...[command, "simulate", "bundled:decision", "--steps", "100000000", "--dt", "5", "--scheme", "euler"],
      ...["--every", "1000", "-o", path],
    ]);
    let err = "";
    child.stderr.on("data", (text) => {
      err += text;
    });
    setTimeout(() => child.kill("SIGINT"), 3000);
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(status).toBe(130);
    expect(err).toMatch(/interrupted; what was computed until then is kept/);
    const [times, units] = readNpz(readFileSync(path)).get("state")!.shape;
    expect(times).toBeGreaterThan(10);
    expect(units).toBe(64);
    expect(readdirSync(folder)).toEqual(["long.npz"]);
    rmSync(folder, { recursive: true });
  }, 60_000);
});
