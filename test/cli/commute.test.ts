import { describe, expect, it } from "vitest";
import { flow, linear, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
const vanillaFile = written(file("vanilla.rubato.json"), vanilla);
const flowFile = written(file("flow.rubato.json"), flow);
const linearFile = written(file("linear.rubato.json"), linear);

interface Row {
  operators: string[];
  scheme: string | null;
  verdict: string;
  defect: { operator: number };
  bound: { value: number | null; kind: string };
}

const pick = (rows: Row[], operators: string, scheme: string | null): Row =>
  rows.find((row) => row.operators.join("") === operators && row.scheme === scheme)!;

describe("commute", () => {
  it("certifies every pair of a vanilla network exact under forward Euler", async () => {
    const { certificates, dt, speed } = await json("commute", vanillaFile);
    expect({ dt, speed }).toEqual({ dt: 1, speed: 2 });
    for (const [operators, scheme] of [
      ["RD", "euler"],
      ["LR", null],
      ["LD", "euler"],
      ["RDL", "euler"],
    ] as const)
      expect(pick(certificates, operators, scheme)).toMatchObject({ verdict: "exact", bound: { value: 0 } });
  });

  it("measures what a step that was not shortened does, and knows it beforehand", async () => {
    const { certificates } = await json(
      "commute",
      flowFile,
      "--dt",
      "0.1",
      "--step-after-rescale",
      "0.1",
      "--scheme",
      "euler",
    );
    const { verdict, defect, bound } = pick(certificates, "RD", "euler");
    expect({ verdict, kind: bound.kind }).toEqual({ verdict: "fails", kind: "identity" });
    expect(defect.operator / bound.value!).toBeCloseTo(1, 9);
  });

  it("sees at a fixed point too that one long step is not two short ones", async () => {
    const { certificates } = await json(
      "commute",
      flowFile,
      "--dt",
      "0.1",
      "--step-after-rescale",
      "0.1",
      "--scheme",
      "euler,rk4",
    );
    for (const scheme of ["euler", "rk4"]) {
      const frames = certificates.find(
        (row: Row & { claim: string }) => row.claim.includes("^") && row.scheme === scheme,
      );
      expect(frames.verdict).toBe("fails");
      expect(frames.defect.operator / frames.bound.value).toBeGreaterThan(0.7);
      expect(frames.defect.operator / frames.bound.value).toBeLessThan(1.4);
    }
  });

  it("bounds what Heun does off a fixed point", async () => {
    const argv = [
      "commute",
      flowFile,
      "--dt",
      "0.1",
      "--at",
      "state:0.3,-0.2",
      "--scheme",
      "heun,euler",
      "--input",
      "0.5",
    ];
    const { certificates, atFixedPoint, input } = await json(...argv);
    expect({ atFixedPoint, input }).toEqual({ atFixedPoint: false, input: [0.5] });
    const { verdict, defect, bound } = pick(certificates, "LD", "heun");
    expect({ verdict, kind: bound.kind }).toEqual({ verdict: "fails", kind: "rigorous" });
    expect(defect.operator).toBeGreaterThan(0);
    expect(defect.operator).toBeLessThanOrEqual(bound.value!);
    expect(pick(certificates, "LD", "euler").verdict).toBe("exact");
  });

  it("takes the other settings of the library", async () => {
    const after = await json("commute", flowFile, "--after-linearize", "zero-order-hold", "--scheme", "euler");
    expect(pick(after.certificates, "LD", "euler").verdict).toBe("fails");
    const noise = await json("commute", flowFile, "--noise", "unscaled", "--scheme", "euler", "--speed", "3");
    expect(pick(noise.certificates, "RD", "euler").verdict).toBe("fails");
    const dropped = await json("commute", flowFile, "--drop-offset", "--at", "origin", "--scheme", "euler");
    expect(pick(dropped.certificates, "LD", "euler").verdict).toBe("fails");
    const speeds = await json("commute", flowFile, "--speeds", "1,2", "--scheme", "euler");
    expect(pick(speeds.certificates, "RD", "euler").verdict).toBe("fails");
    expect(pick(speeds.certificates, "LR", null).verdict).toBe("exact");
  });

  it("certifies exponential Euler with low-rank noise, whose factors rounding turns about", async () => {
    const { certificates } = await json("commute", "bundled:decision", "--scheme", "exponential-euler");
    expect(pick(certificates, "RD", "exponential-euler").verdict).toBe("exact");
  });

  it.each([
    [[]],
    [["--at", "origin", "--input", "0.5"]],
    [["--step-after-rescale", "0.05", "--at", "origin"]],
    [["--after-linearize", "first-order-hold"]],
  ])("fits one screen with %j", async (flags) => {
    const { out, status } = await rubato("commute", flowFile, ...flags);
    expect(status).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    // No sentence twice.
    const sentences = out.replace(/\s+/g, " ").match(/[A-Za-z][^.:]{40,}/g) ?? [];
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});

describe("commute refuses", () => {
  it("models without a nonlinear flow", async () => {
    await refused(/needs a nonlinear flow.*linear/, "commute", linearFile);
  });

  it.each([
    [/--speed: expected a positive number, got 0/, ["--speed", "0"]],
    [/--dt: expected a positive number, got NaN/, ["--dt", "NaN"]],
    [/--dt: expected a positive number, got 1e999/, ["--dt", "1e999"]],
    [/--scheme: unknown, got eulr, did you mean "euler"/, ["--scheme", "eulr"]],
    [/--scheme: unknown, got zero-order-hold/, ["--scheme", "zero-order-hold"]],
    [/--at: unknown, got orign, did you mean "origin"/, ["--at", "orign"]],
    [/--at: state: expected a number, got nothing/, ["--at", "state:"]],
    [/state: expected 2 entries, got 1/, ["--at", "state:1"]],
    [/input: expected 1 entries, got 2/, ["--input", "1,2"]],
    [/--input: the input is given in --at already/, ["--at", "origin,input:1", "--input", "2"]],
    [/--noise: unknown, got sqrt/, ["--noise", "sqrt"]],
    [/--speeds: expected 2 numbers, one per unit, got 1/, ["--speeds", "1"]],
    [/--speeds: takes the place of --speed/, ["--speeds", "1,2", "--speed", "2"]],
    [/--steps: expected a whole number/, ["--steps", "1.5"]],
    [/--seed: expected a whole number/, ["--seed", "-1"]],
    [/--sped: unknown flag, did you mean --seed or --speed/, ["--sped", "2"]],
  ])("%s", async (pattern, flags) => {
    await refused(pattern, "commute", flowFile, ...flags);
  });

  it("noise settings for a network without noise", async () => {
    await refused(/--noise: vanilla has no noise/, "commute", vanillaFile, "--noise", "linear");
  });
});
