import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { flow, leaky, linear, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
const vanillaFile = written(file("vanilla.rubato.json"), vanilla);
const leakyFile = written(file("leaky.rubato.json"), leaky);
const flowFile = written(file("flow.rubato.json"), flow);
const linearFile = written(file("linear.rubato.json"), linear);

describe("apply", () => {
  it("composes operators in the order given", async () => {
    const made = await json("apply", flowFile, "rescale=2", "discretize=euler,dt=0.1", "linearize=origin");
    expect(made).toMatchObject({ rubato: 1, kind: "discrete", form: "linear", dt: 0.1 });
    expect(made.provenance.map(({ operator }: { operator: string }) => operator)).toEqual([
      "rescale",
      "discretize",
      "linearize",
    ]);
  });

  it("gives the same model in either order of R and D with an aligned step", async () => {
    const one = await json("apply", flowFile, "rescale=2", "discretize=heun,dt=0.05", "linearize=fixed-point");
    const other = await json("apply", flowFile, "discretize=heun,dt=0.1", "rescale=2", "linearize=fixed-point");
    expect(other.stateMatrix).toEqual(one.stateMatrix);
    expect(other.dt).toBe(one.dt);
  });

  it.each([
    ["speeds=1,3", flowFile, { timeConstants: [1, 0.5 / 3] }],
    ["retime=0.5", vanillaFile, { kind: "discrete", timeConstants: 2 }],
    ["undiscretize", vanillaFile, { kind: "continuous", form: "rate" }],
    ["undiscretize=imex-euler", leakyFile, { kind: "continuous", timeConstants: 0.8 }],
    ["linearize=state:0.1,0.2,input:0.5", flowFile, { form: "linear", point: [0.1, 0.2], inputPoint: 0.5 }],
    ["canonical", flowFile, { form: "rate", leak: 1 }],
  ])("%s", async (operator, model, expected) => {
    const made = await json("apply", model, operator);
    for (const [key, value] of Object.entries(expected)) {
      const got = Array.isArray(made[key]) && !Array.isArray(value) ? made[key][0] : made[key];
      if (Array.isArray(value)) expect(got).toEqual(value.map((v) => expect.closeTo(v, 12)));
      else if (typeof value === "number") expect(got).toBeCloseTo(value, 12);
      else expect(got).toBe(value);
    }
  });

  it("goes from rate to current and back where units share tau", async () => {
    const made = await json("apply", vanillaFile, "undiscretize", "rate-to-current", "current-to-rate");
    expect(made.form).toBe("rate");
    expect(made.recurrentWeights).toEqual(vanilla.recurrentWeights);
  });

  it("takes the logarithm of a sampled linear flow", async () => {
    const made = await json("apply", linearFile, "discretize=zero-order-hold,dt=0.3", "undiscretize=log");
    expect(made.stateMatrix).toEqual(linear.stateMatrix.map((row) => row.map((v) => expect.closeTo(v, 10))));
  });

  it("linearizes along what simulate wrote", async () => {
    const path = file("path.csv");
    await rubato("simulate", flowFile, "--steps", "5", "--dt", "0.1", "-o", path);
    const made = await json("apply", flowFile, `linearize=${path}`);
    expect(made).toMatchObject({ form: "linear-along", kind: "continuous" });
    expect(made.pieces).toHaveLength(5);
  });

  it("warps time by a table", async () => {
    const made = await rubato("apply", flowFile, `warp=${written(file("warp.csv"), "own,parent\n0,0\n1,2\n2,3\n")}`);
    expect(made.out).toMatch(/varying pace/);
  });

  it("writes what can be opened again, and nothing when it fails", async () => {
    const target = file("made.rubato.json");
    const { status, err } = await rubato("apply", flowFile, "rescale=2", "-o", target);
    expect({ status, err }).toEqual({ status: 0, err: `wrote ${target}\n` });
    expect((await json("inspect", target)).tau).toEqual([0.5, 0.25]);
    const before = readFileSync(target, "utf8");
    await refused(/expected a name that ends in/, "apply", flowFile, "rescale=2", "-o", file("made.xyz"));
    await refused(/no such f/, "apply", flowFile, "rescale=2", "-o", file("no/such/folder.json"));
    await refused(/unknown operator/, "apply", flowFile, "nothing", "-o", target);
    expect(readFileSync(target, "utf8")).toBe(before);
    expect(readdirSync(dirname(target)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(existsSync(file("made.xyz"))).toBe(false);
  });

  it("is quiet when asked, and writes a model file to stdout for -", async () => {
    expect((await rubato("apply", flowFile, "rescale=2", "-o", file("quiet.json"), "--quiet")).err).toBe("");
    const { out, err } = await rubato("apply", flowFile, "rescale=2", "-o", "-");
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({ rubato: 1, timeConstants: [0.5, 0.25] });
  });
});

describe("apply refuses, naming the argument and showing how it is written,", () => {
  it.each([
    ["rescal=2", /^rescal=2: unknown operator, did you mean "rescale"/],
    ["rescale", /^rescale: expected a value, got nothing; write rescale=SPEED/],
    ["rescale=0", /^rescale=0: expected a positive number, got 0; write rescale=SPEED/],
    ["rescale=NaN", /^rescale=NaN: expected a positive number/],
    ["discretize=euler", /^discretize=euler: expected a step, got none; write discretize=SCHEME,dt=STEP/],
    ["discretize=eulr,dt=1", /unknown, got eulr, did you mean "euler"\? write discretize=SCHEME,dt=STEP/],
    ["discretize=euler,dt=-1", /expected a positive number, got -1/],
    ["discretize=euler,td=1", /unknown, got td/],
    ["discretize=zero-order-hold,dt=1", /zero-order hold is defined on linear flows only/],
    ["linearize=orign", /did you mean "origin"\? write linearize=origin/],
    ["linearize=state:1", /linearize=state:1: state: expected 2 entries, got 1/],
    ["linearize=none.csv", /none\.csv: no such file/],
    ["canonical=1", /expected no value, got 1; write canonical/],
    ["undiscretize=foo", /unknown, got foo/],
    ["undiscretize", /needs a map that a scheme made.*got a flow/],
    ["retime=2", /needs a map that a scheme made/],
    ["speeds=1,2,3", /expected 2 speeds, one per unit, got 3/],
    ["rate-to-current", /connected units must share timeConstants/],
    ["current-to-rate", /needs a current network/],
  ])("%s", async (operator, pattern) => {
    await refused(pattern, "apply", flowFile, operator);
  });

  it("compositions that make no sense", async () => {
    await refused(/needs a flow, got a map/, "apply", vanillaFile, "discretize=euler,dt=0.1");
    await refused(/needs a nonlinear model, got a linear one/, "apply", linearFile, "linearize=origin");
    await refused(/needs a flow, got a map/, "apply", vanillaFile, "speeds=1,2");
    await refused(/a nonlinear map is read as one of.*got log/, "apply", vanillaFile, "undiscretize=log");
  });

  it("no operators at all", async () => {
    await refused(/OP|operator/, "apply", flowFile);
  });
});

describe("convert", () => {
  it("keeps the model in other formats", async () => {
    for (const name of ["same.rubato.json", "same.npz"]) {
      const { status } = await rubato("convert", leakyFile, "-o", file(name));
      expect(status).toBe(0);
      const { provenance: _, ...found } = await json("inspect", file(name));
      const { provenance: __, ...original } = await json("inspect", leakyFile);
      expect(found).toEqual(original);
    }
  });

  it("needs to know where to", async () => {
    await refused(/expected a file to write, give it as -o FILE/, "convert", leakyFile);
  });
});
