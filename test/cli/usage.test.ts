import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verbs } from "../../src/cli/verbs.js";
import { vanilla, written } from "./networks.js";
import { json, refused, rubato, rubatoOn, scratch } from "./rubato.js";

const file = scratch();
const model = written(file("vanilla.rubato.json"), vanilla);

describe("help", () => {
  it("opens with examples, for the whole and for every verb", async () => {
    for (const argv of [[], ["--help"], ["-h"], ...verbs.map(({ name }) => [name, "--help"])]) {
      const { status, out, err } = await rubato(...argv);
      expect({ argv, status, err }).toEqual({ argv, status: 0, err: "" });
      expect(out.split("\n\n")[1]).toMatch(/^ {2}rubato /);
      for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it("knows the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await rubato("--version")).toEqual({ status: 0, out: `${version}\n`, err: "" });
  });
});

describe("bad usage ends with status 2 and one sentence", () => {
  it.each([
    [/^comute: unknown verb, did you mean "commute"\?$/m, ["comute", "x"]],
    [/^xyzzy: unknown verb, expected one of inspect/m, ["xyzzy"]],
    [/^--jsn: unknown flag, did you mean --json\?/m, ["inspect", model, "--jsn"]],
    [/^-z: unknown flag/m, ["inspect", model, "-z"]],
    [/^MODEL: missing/m, ["inspect"]],
    [/unexpected argument, expected only 1/, ["inspect", model, "another"]],
    [/^--tau: expected a value, got none/m, ["inspect", model, "--tau"]],
    [/cannot write a file without extension/, ["inspect", model, "-o", file("plain")]],
  ])("%s", async (pattern, argv) => {
    await refused(pattern, ...argv);
  });
});

describe("colors", () => {
  const colorOn = String.fromCharCode(27);
  it("are for terminals only, and not where NO_COLOR is set", async () => {
    const tty = { isTTY: true, columns: 100 };
    expect((await rubatoOn(tty, "commute", model)).out).toContain(colorOn);
    expect((await rubatoOn({ ...tty, env: { NO_COLOR: "1" } }, "commute", model)).out).not.toContain(colorOn);
    expect((await rubato("commute", model)).out).not.toContain(colorOn);
    expect((await rubatoOn(tty, "commute", model, "--json")).out).not.toContain(colorOn);
  });
});

describe("demo", () => {
  it("fits one screen, and its certificates say yes and no", async () => {
    const { out, status } = await rubato("demo");
    expect(status).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    const { atRest, off, network, unprotected } = await json("demo");
    expect(unprotected.noise.sign).toBe("larger");
    expect(unprotected.control.losses.some(({ stable }: { stable: boolean }) => stable)).toBe(true);
    expect(network.units).toBeGreaterThanOrEqual(64);
    for (const { verdict } of atRest.certificates) expect(verdict).not.toBe("fails");
    for (const { certificates } of off) expect(certificates.length).toBeGreaterThan(0);
    const failing = off.flatMap(({ certificates }: { certificates: { verdict: string }[] }) => certificates);
    expect(failing.filter(({ verdict }: { verdict: string }) => verdict === "fails").length).toBeGreaterThanOrEqual(6);
  });

  it("decides for the choice with more evidence", async () => {
    const { decision } = await json("demo");
    const [chosen, other] = decision.output.at(-1);
    expect(chosen).toBeGreaterThan(0.8);
    expect(other).toBeLessThan(0.1);
  });
});
