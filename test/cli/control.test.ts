import { describe, expect, it } from "vitest";
import { flow, linear, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
const vanillaFile = written(file("vanilla.rubato.json"), vanilla);
const flowFile = written(file("flow.rubato.json"), flow);
const linearFile = written(file("linear.rubato.json"), linear);
const collision = written(file("collision.rubato.json"), {
  ...linear,
  name: "collision",
  stateMatrix: [
    [-0.5, 0],
    [0, -1.5],
  ],
});

describe("control", () => {
  it("gives ranks of flow and map and whether D preserved them", async () => {
    const euler = await json("control", vanillaFile);
    expect(euler).toMatchObject({ scheme: "euler", dt: 1, preserved: true, flow: { rank: 2 }, map: { rank: 2 } });
    const heun = await json("control", collision, "--scheme", "heun", "--dt", "1", "--up-to", "2");
    expect(heun).toMatchObject({ preserved: false, flow: { rank: 2 }, map: { rank: 1 } });
    expect(heun.losses.map(({ dt }: { dt: number }) => dt)).toEqual([1, 4 / 3]);
  });

  it("says why in a table", async () => {
    const { out, status } = await rubato("control", collision, "--scheme", "heun", "--dt", "1", "--up-to", "2");
    expect(status).toBe(0);
    expect(out).toMatch(/map +reached +1 of 2 +deficient/);
    expect(out).toMatch(/lost, by theorem: the modes -0\.5000 and -1\.500 share a multiplier/);
    expect(out).toContain("Heun loses a direction at 2 steps up to dt = 2, 2 of them stable");
  });

  it("refuses what it cannot do, in one sentence", async () => {
    await refused(/^rubato control: --scheme|scheme/, "control", vanillaFile, "--scheme", "heunn");
    await refused(
      /--input: the input is given in --at already/,
      "control",
      vanillaFile,
      "--at",
      "origin,input:1",
      "--input",
      "1",
    );
  });
});

describe("noise", () => {
  it("gives covariances, bias and what R does", async () => {
    const found = await json("noise", flowFile, "--dt", "0.1");
    expect(found).toMatchObject({
      channels: "readout",
      bias: { sign: "larger" },
      rescaling: { withRoot: 1, unscaled: 0.5 },
    });
    expect(found.flow.covariance.matrix).toHaveLength(2);
    const { out } = await rubato("noise", flowFile, "--dt", "0.1");
    expect(out).toContain("larger in every direction");
  });

  it("asks for a strength where the network has no noise", async () => {
    await refused(/vanilla has no noise; give sigma/, "noise", vanillaFile);
    expect(await json("noise", flowFile, "--sigma", "0.1", "--frequencies", "0,0.1")).toMatchObject({
      map: { spectrum: { frequencies: [0, 0.1] } },
    });
  });
});

describe("lyapunov", () => {
  it("gives exponents of map and flow with their errors", async () => {
    const found = await json("lyapunov", vanillaFile, "--time", "50");
    expect(found.map).toMatchObject({ status: "complete", scheme: "euler", dt: 1 });
    expect(found.flow.exponents).toHaveLength(2);
    const { out } = await rubato("lyapunov", flowFile, "--time", "50", "--exponents", "1");
    expect(out).toContain("stable: largest");
  });

  it("refuses linear models", async () => {
    await refused(/real parts of its eigenvalues/, "lyapunov", linearFile);
  });
});

describe("transients", () => {
  it("gives peaks and, asked for, pseudospectra", async () => {
    const found = await json("transients", linearFile, "--dt", "0.1", "--grid", "5");
    expect(found.flow.peak.status).toBe("decays");
    expect(found.pseudospectra.map.sigma).toHaveLength(5);
    const { out } = await rubato("transients", linearFile, "--dt", "0.1");
    expect(out).toContain("The flow amplifies nothing");
  });
});
