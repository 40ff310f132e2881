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
    expect(err).toMatch(/stopped after 1 steps: step 1: unit 0 is not finite/);
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
