import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNpz } from "../../src/io/npz.js";
import { flow, linear, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
const vanillaFile = written(file("vanilla.rubato.json"), vanilla);
const flowFile = written(file("flow.rubato.json"), flow);
const linearFile = written(file("linear.rubato.json"), linear);
const input = written(file("input.csv"), "1\n0\n0\n0.5\n");

const byHand = (inputs: readonly number[]): number[][] => {
  let h = [0, 0];
  return inputs.map((u) => {
    h = h.map((_, i) =>
      Math.tanh(
        vanilla.recurrentWeights[i]![0]! * h[0]! +
          vanilla.recurrentWeights[i]![1]! * h[1]! +
          vanilla.inputWeights[i]![0]! * u +
          vanilla.bias[i]!,
      ),
    );
    return h;
  });
};

describe("simulate", () => {
  it("steps a vanilla network as its equation says", async () => {
    const { t, state, output } = await json("simulate", vanillaFile, "--input", input);
    expect(t).toEqual([1, 2, 3, 4]);
    byHand([1, 0, 0, 0.5]).forEach((h, k) => {
      expect(state[k]).toEqual(h.map((v) => expect.closeTo(v, 14)));
      expect(output[k][0]).toBeCloseTo(h[0]! + 2 * h[1]! + 0.5, 14);
    });
  });

  it("takes headers, comments, semicolons and more rows than steps", async () => {
    const other = written(file("other.csv"), "# a pulse\nu1\n1\n\n0\n0\n0.5\n");
    const { state } = await json("simulate", vanillaFile, "--input", other, "--steps", "2");
    expect(state).toHaveLength(2);
    expect(state).toEqual((await json("simulate", vanillaFile, "--input", input, "--steps", "2")).state);
  });

  it("discretizes a flow with a scheme and step of one's choice", async () => {
    const { t, state } = await json(
      "simulate",
      flowFile,
      "--scheme",
      "euler",
      "--dt",
      "0.5",
      "--steps",
      "1",
      "--start",
      "1,0",
    );
    expect(t).toEqual([0.5]);
    // The process noise of the model enters too; its scale is 0.1 √dt.
    expect(Math.abs(state[0][0] - (1 + 0.5 * (-1 + Math.tanh(0.9))))).toBeLessThan(0.5);
    expect((await json("simulate", linearFile, "--steps", "3", "--dt", "1", "--start", "0,1")).state[2][1]).toBeCloseTo(
      Math.exp(-9),
      14,
    );
  });

  it("draws the same noise from the same seed", async () => {
    const once = await json("simulate", flowFile, "--steps", "5", "--seed", "3");
    expect(await json("simulate", flowFile, "--steps", "5", "--seed", "3")).toEqual(once);
    expect((await json("simulate", flowFile, "--steps", "5", "--seed", "4")).state).not.toEqual(once.state);
  });

  it("starts at a fixed point and stays there", async () => {
    const { state } = await json("simulate", vanillaFile, "--start", "fixed-point", "--steps", "3");
    expect(state[2]).toEqual(state[0].map((v: number) => expect.closeTo(v, 12)));
  });

  it("says null where there is no readout", async () => {
    expect((await json("simulate", linearFile, "--steps", "1")).output).toBeNull();
  });

  it("reports dynamics that leave every bound as an outcome", async () => {
    const wild = written(file("wild.json"), {
      ...linear,
      stateMatrix: [
        [400, 0],
        [0, 1],
      ],
    });
    const { status, out, err } = await rubato("simulate", wild, "--dt", "1", "--start", "1,1", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: "stopped" });
    expect(err).toMatch(/stopped after 1 steps: step 1: unit 0 of trial 0 is not finite/);
  });

  it("writes CSV, NPZ and JSON", async () => {
    for (const name of ["path.csv", "path.npz", "path.json"])
      expect((await rubato("simulate", vanillaFile, "--input", input, "-o", file(name))).status).toBe(0);
    const { state, output } = JSON.parse(readFileSync(file("path.json"), "utf8"));
    const lines = readFileSync(file("path.csv"), "utf8").trim().split("\n");
    expect(lines[0]).toBe("t,x1,x2,y1");
    expect(lines[4]!.split(",").map(Number)).toEqual([4, ...state[3], ...output[3]]);
    const arrays = readNpz(readFileSync(file("path.npz")));
    expect(arrays.get("state")!.shape).toEqual([4, 2]);
    expect(Array.from(arrays.get("state")!.data as Float64Array)).toEqual(state.flat());
  });

  it("prints a course of each readout", async () => {
    const { out } = await rubato("simulate", vanillaFile, "--input", input);
    expect(out).toMatch(/y1 .*[▁▂▃▄▅▆▇█]{4}/);
  });
});

describe("simulate of many trials", () => {
  const many = ["--trials", "3", "--steps", "8", "--seed", "2", "--dt", "0.1", "--scheme", "euler"];

  it("nests trials within times, each trial the same alone and among others", async () => {
    const { trials, state } = await json("simulate", flowFile, ...many);
    expect(trials).toBe(3);
    expect([state.length, state[0].length]).toEqual([8, 3]);
    const [first] = await Promise.all([json("simulate", flowFile, ...many.slice(2))]);
    expect(state.map((row: number[][]) => row[0])).toEqual(first.state);
  });

  it("keeps every K-th state, and of state and output what is asked for", async () => {
    const whole = await json("simulate", vanillaFile, "--steps", "6");
    const thinned = await json("simulate", vanillaFile, "--steps", "6", "--every", "3", "--save", "output");
    expect(thinned.t).toEqual([3, 6]);
    expect(thinned.state).toBeNull();
    expect(thinned.output).toEqual([whole.output[2], whole.output[5]]);
    expect((await json("simulate", vanillaFile, "--steps", "6", "--save", "state")).output).toBeNull();
  });

  it("writes the same numbers to NPZ while it runs as JSON shows at the end", async () => {
    const { state, t } = await json("simulate", flowFile, ...many);
    const { status, err } = await rubato("simulate", flowFile, ...many, "-o", file("trials.npz"));
    expect({ status, err }).toEqual({ status: 0, err: `wrote ${file("trials.npz")}\n` });
    const arrays = readNpz(readFileSync(file("trials.npz")));
    expect(arrays.get("state")!.shape).toEqual([8, 3, flow.recurrentWeights.length]);
    expect(Array.from(arrays.get("state")!.data as Float64Array)).toEqual(state.flat(2));
    expect(Array.from(arrays.get("t")!.data as Float64Array)).toEqual(t);
  });

  it("summarizes the trials in its table", async () => {
    const { out } = await rubato("simulate", flowFile, ...many);
    expect(out).toMatch(/trials +3/);
    expect(out).toMatch(/spread/);
  });
});

describe("simulate with an input in words", () => {
  it("gives what the same samples in a file give", async () => {
    const words = await json("simulate", vanillaFile, "--input", "pulse(amplitude=0.5, from=1, to=3)", "--steps", "4");
    const samples = written(file("samples.csv"), "0\n0.5\n0.5\n0\n");
    expect(words.state).toEqual((await json("simulate", vanillaFile, "--input", samples)).state);
  });

  it("refuses words that make no sense", async () => {
    await refused(/unknown signal, got puls, did you mean/, "simulate", vanillaFile, "--input", "puls(from=1)");
    await refused(
      /channel of constant must be at most 1, got 2/,
      "simulate",
      vanillaFile,
      "--input",
      "constant(channel=2)",
    );
  });
});

describe("simulate with a step chosen by tolerance", () => {
  it("agrees with exact sampling of a linear flow", async () => {
    const given = ["--steps", "5", "--dt", "0.5", "--start", "1,-1"];
    const exact = await json("simulate", linearFile, ...given, "--scheme", "zero-order-hold");
    const adaptive = await json("simulate", linearFile, ...given, "--scheme", "tsit5", "--tolerance", "1e-11");
    exact.state.flat().forEach((value: number, k: number) => {
      expect(adaptive.state.flat()[k]).toBeCloseTo(value, 9);
    });
    expect(adaptive.t).toEqual(exact.t);
  });

  it("refuses maps, trials and tolerances without it", async () => {
    await refused(/is a map and has its step already/, "simulate", vanillaFile, "--scheme", "tsit5");
    await refused(/tsit5 runs one trial/, "simulate", linearFile, "--scheme", "tsit5", "--trials", "2");
    await refused(/--tolerance: is for --scheme tsit5/, "simulate", linearFile, "--tolerance", "1e-9");
  });
});

describe("simulate refuses", () => {
  it("inputs that do not fit", async () => {
    await refused(
      /two\.csv: expected 1 columns, one per input of vanilla, got 2/,
      "simulate",
      vanillaFile,
      "--input",
      written(file("two.csv"), "1,2\n"),
    );
    await refused(
      /nan\.csv: line 2, column 1: expected a number, got NaN/,
      "simulate",
      vanillaFile,
      "--input",
      written(file("nan.csv"), "1\nNaN\n"),
    );
    await refused(
      /ragged\.csv: line 2: expected 1 numbers, got 2/,
      "simulate",
      vanillaFile,
      "--input",
      written(file("ragged.csv"), "1\n1,2\n"),
    );
    await refused(
      /void\.csv: expected rows of numbers, got none/,
      "simulate",
      vanillaFile,
      "--input",
      written(file("void.csv"), "\n# nothing\n"),
    );
    await refused(/gone\.csv: no such file/, "simulate", vanillaFile, "--input", file("gone.csv"));
    await refused(/input has 4 rows, expected at least 9/, "simulate", vanillaFile, "--input", input, "--steps", "9");
    await refused(/stdin is taken by the model/, "simulate", "-", "--input", "-");
  });

  it("starts and steps that do not fit", async () => {
    await refused(/--start: expected 2 numbers, one per unit, got 3/, "simulate", vanillaFile, "--start", "1,2,3");
    await refused(/--start: expected a number, got x; write origin/, "simulate", vanillaFile, "--start", "x");
    await refused(/--dt: vanilla is a map and has its step already/, "simulate", vanillaFile, "--dt", "0.1");
    await refused(
      /zero-order hold is defined on linear flows only/,
      "simulate",
      flowFile,
      "--scheme",
      "zero-order-hold",
    );
    await refused(/path\.xyz: cannot write \.xyz; expected one of/, "simulate", vanillaFile, "-o", file("path.xyz"));
  });
});
