import { describe, expect, it } from "vitest";
import { rolledWeights } from "../analyze/rolled-network.js";
import { flow, linear, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
/** A vanilla tanh network with these weights and nothing else. */
const autonomous = (recurrentWeights: number[][]) => {
  const { kind, form, rubato: version, activation, alpha } = vanilla;
  return { rubato: version, name: "autonomous", kind, form, alpha, activation, recurrentWeights };
};
const rolled = written(file("rolled.rubato.json"), autonomous(rolledWeights(4)));
const pair = written(
  file("pair.rubato.json"),
  autonomous([
    [0, 2],
    [2, 0],
  ]),
);
const flowFile = written(file("flow.rubato.json"), flow);
const linearFile = written(file("linear.rubato.json"), linear);
describe("fixed-points", () => {
  it("says what others rely on", async () => {
    const found = await json("fixed-points", rolled, "--starts", "200", "--seed", "1");
    expect(found.starts).toBe(200);
    expect(found.converged).toBeGreaterThan(0);
    for (const point of found.fixedPoints) {
      expect(point.state).toHaveLength(4);
      expect(point.input).toEqual([]);
      expect(point.residual).toBeLessThan(1e-9);
      expect(point.rates).toHaveLength(4);
      expect(point.multipliers).toHaveLength(4);
      expect(point.type).toMatch(/node|spiral|saddle/);
      if (point.unstableRates === 0) expect(point.maxStableStep.euler).toBeGreaterThan(0);
      else expect(point.maxStableStep).toBeNull();
    }
    const artefact = found.fixedPoints.find(
      (p: { unstableRates: number; unstableMultipliers: number }) => p.unstableRates === 0 && p.unstableMultipliers > 0,
    );
    expect(artefact.maxStableStep.euler).toBeCloseTo(0.9768, 4);
  });

  it("shows a row for each point, and how the searches ended", async () => {
    const { out, status } = await rubato("fixed-points", rolled);
    expect(status).toBe(0);
    expect(out).toMatch(/saddle of index \d/);
    expect(out).toMatch(/256 of 256 starts reached one/);
  });

  it("refuses what it cannot use", async () => {
    await refused(/--box.*expected LOW,HIGH/, "fixed-points", rolled, "--box", "1,0");
    await refused(/input: expected 0 entries, got 1/, "fixed-points", rolled, "--input", "1");
  });
});

describe("fidelity", () => {
  it("counts artefacts and lists every mode", async () => {
    const { points, step, structuralStep, cycles } = await json("fidelity", pair, "--starts", "64");
    expect(step).toEqual({ scheme: "euler", dt: 1 });
    expect(structuralStep.euler).toBeCloseTo(2 / 3, 10);
    expect(points.map((p: { artefacts: number }) => p.artefacts)).toEqual([0, 0, 1]);
    const [mode] = points[2].modes;
    expect(mode).toMatchObject({ rate: [1, 0], multiplier: [2, 0] });
    expect(mode.dampingError).toBeCloseTo(Math.log(2) - 1, 10);
    expect(mode.frequencyError).toBe(0);
    expect(cycles.length).toBeGreaterThan(0);
  });

  it("shows what the step changed, and steps that would not", async () => {
    const { out } = await rubato("fidelity", pair);
    expect(out).toMatch(/1 unstable in the map only\s+\(artefacts\)/);
    expect(out).toMatch(/euler +dt = 0.6667/);
    expect(out).toMatch(/cycle of period 2, attracting/);
  });

  it("wants a step where there is none", async () => {
    await refused(/needs a scheme and a step dt/, "fidelity", flowFile);
    await refused(/needs a nonlinear flow/, "fidelity", linearFile);
  });
});

describe("validity and retime", () => {
  it("validity puts guaranteed beside measured", async () => {
    const { radius, time, curvature } = await json("validity", rolled);
    expect(curvature).toBeGreaterThan(0);
    expect(radius.measured).toBeGreaterThanOrEqual(radius.bound);
    expect(time.measured === null || time.measured >= time.bound).toBe(true);
    expect((await rubato("validity", rolled)).out).toMatch(/guaranteed +measured/);
  });

  it("retime writes the network at its safer step", async () => {
    const safer = file("safer.rubato.json");
    const { before, after, substeps } = await json("retime", pair, "--quiet", "-o", safer, "--trials", "4");
    expect(substeps).toBe(3);
    expect([before.artefacts, after.artefacts]).toEqual([1, 0]);
    const inspected = await json("inspect", safer);
    expect(inspected.dt).toBeCloseTo(1 / 3, 12);
    expect((await rubato("retime", pair)).out).toMatch(/3 steps for one, euler/);
    await refused(/must be a whole number of new ones/, "retime", pair, "--dt", "0.4");
  });
});
