import { describe, expect, it } from "vitest";
import { flow, leaky, linear, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
const vanillaFile = written(file("vanilla.rubato.json"), vanilla);
const leakyFile = written(file("leaky.rubato.json"), leaky);
const flowFile = written(file("flow.rubato.json"), flow);
const linearFile = written(file("linear.rubato.json"), linear);

describe("inspect", () => {
  it("says what is in a vanilla network and how it is read", async () => {
    const found = await json("inspect", vanillaFile);
    expect(found).toMatchObject({
      name: "vanilla",
      kind: "discrete",
      form: "rate",
      reading: "vanilla network, read as forward Euler at dt = tau of the rate form",
      units: 2,
      inputs: 1,
      outputs: 1,
      activation: "tanh",
      parameters: 4 + 2 + 2 + 2 + 1,
      scheme: "euler",
      dt: 1,
      tau: 1,
    });
    // Eigenvalues 0.6 ± i √(1.2 - 0.04).
    expect(found.spectralRadius).toBeCloseTo(Math.sqrt(0.36 + 1.16), 12);
    expect(found.departureFromNormality).toBeCloseTo(Math.sqrt(0.64 + 1.44 + 1 + 0.16 - 2 * 1.52), 12);
  });

  it("keeps one tau per unit, and knows that a flow has no step", async () => {
    expect(await json("inspect", flowFile)).toMatchObject({
      kind: "continuous",
      tau: [1, 0.5],
      dt: null,
      scheme: null,
      noiseSources: 1,
    });
  });

  it("reports the state matrix of a linear model", async () => {
    const found = await json("inspect", linearFile);
    expect(found).toMatchObject({ form: "linear", activation: null, tau: null, outputs: 0 });
    expect(found.spectralRadius).toBeCloseTo(3, 12);
    expect(found.departureFromNormality).toBeCloseTo(2, 12);
  });

  it("reads the alpha of a leaky network as another scheme", async () => {
    for (const [scheme, tau] of [
      ["euler", 1],
      ["exponential-euler", -0.2 / Math.log(0.8)],
      ["imex-euler", 0.8],
    ] as const) {
      const found = await json("inspect", leakyFile, "--read-as", scheme);
      expect(found.scheme).toBe(scheme);
      expect(found.dt).toBeCloseTo(0.2, 14);
      expect(found.tau).toBeCloseTo(tau, 12);
    }
  });

  it("gives units to time", async () => {
    expect(await json("inspect", leakyFile, "--tau", "10ms")).toMatchObject({ timeUnit: "ms", tau: 10, dt: 2 });
    expect((await rubato("inspect", leakyFile, "--tau", "10ms")).out).toMatch(/step +dt = 2 ms/);
  });

  it("prints a table that fits the page", async () => {
    const { out, err, status } = await rubato("inspect", vanillaFile);
    expect({ err, status }).toEqual({ err: "", status: 0 });
    expect(out).toMatch(/read as +vanilla network, read as forward Euler at dt = tau/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("knows the bundled network", async () => {
    expect(await json("inspect", "bundled:decision")).toMatchObject({ units: 64, rank: 2, timeUnit: "ms" });
  });
});

describe("inspect refuses", () => {
  it("files that cannot be read, by name", async () => {
    await refused(/^MODEL: expected the name of a file/, "inspect", "");
    await refused(/none\.json: no such file/, "inspect", file("none.json"));
    await refused(/expected a file, got a directory/, "inspect", file("."));
    await refused(/empty\.json: .*empty/, "inspect", written(file("empty.json"), ""));
    await refused(/broken\.json: .*JSON/, "inspect", written(file("broken.json"), '{"rubato": 1, '));
    await refused(/other\.bin: expected a model/, "inspect", written(file("other.bin"), "hello"));
    const holes = { ...vanilla, bias: [0, null] };
    await refused(/holes\.json: .*bias/, "inspect", written(file("holes.json"), holes));
    const huge = JSON.stringify(vanilla).replace("0.8", "1e999");
    await refused(/huge\.json: .*(finite|Infinity)/, "inspect", written(file("huge.json"), huge));
    await refused(/bundled:decison: unknown bundled network, did you mean "decision"/, "inspect", "bundled:decison");
  });

  it("flags that make no sense here", async () => {
    await refused(/--read-as: unknown, got euler2, did you mean "euler"/, "inspect", leakyFile, "--read-as", "euler2");
    await refused(/alpha.*must be below 1/, "inspect", vanillaFile, "--read-as", "imex-euler");
    await refused(/--read-as: needs a discrete network/, "inspect", flowFile, "--read-as", "euler");
    await refused(/--tau: expected a number with a unit/, "inspect", flowFile, "--tau", "10");
    await refused(/--tau: expected a positive number, got -1/, "inspect", flowFile, "--tau", "-1ms");
    await refused(/--tau: the times of decision network are in ms/, "inspect", "bundled:decision", "--tau", "1s");
  });
});
