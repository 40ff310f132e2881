import { describe, expect, test } from "vitest";
import { followFixedPoint } from "../../src/analyze/follow.js";
import { equationsModel, lstmMap, rateModel } from "../../src/model/build.js";

const bistable = rateModel({ recurrentWeights: [[2]], inputWeights: [[1]] });
/** `x = tanh(2 x + u)` folds where `1 = 2 (1 - x^2)`. */
const foldState = Math.SQRT1_2;
const foldInput = Math.atanh(foldState) - 2 * foldState;

describe("a fixed point followed along a path of inputs", () => {
  test("round two folds, from the upper state to the lower one", () => {
    const { status, folds, points, changes } = followFixedPoint(bistable, { state: [1], inputs: [[1], [-1]] });
    expect(status).toBe("complete");
    expect(folds).toHaveLength(2);
    expect(folds[0]!.state[0]).toBeCloseTo(foldState, 5);
    expect(folds[0]!.input[0]).toBeCloseTo(foldInput, 10);
    expect(folds[1]!.state[0]).toBeCloseTo(-foldState, 5);
    expect(folds[1]!.input[0]).toBeCloseTo(-foldInput, 10);
    expect(changes).toHaveLength(0);
    for (const { residual } of points) expect(residual).toBeLessThan(1e-8);
    expect(new Set(points.map(({ unstableRates }) => unstableRates))).toEqual(new Set([0, 1]));
    expect(points.at(-1)!.input[0]).toBeCloseTo(-1, 12);
  });

  test("back to where it came from, if the path ends before the second fold", () => {
    const pitchfork = equationsModel({ variables: ["x"], inputNames: ["u"], equations: ["1 - u - x^2"] });
    const { status, folds, points } = followFixedPoint(pitchfork, { state: [1], inputs: [[0], [2]] });
    expect(status).toBe("returned");
    expect(folds).toHaveLength(1);
    expect(folds[0]!.input[0]).toBeCloseTo(1, 10);
    expect(points.at(-1)!.state[0]).toBeCloseTo(-1, 10);
  });

  test("where a spiral loses stability the change is listed, and is no fold", () => {
    const oscillator = equationsModel({
      variables: ["x", "y"],
      inputNames: ["u"],
      equations: ["u * x - y - x * (x^2 + y^2)", "x + u * y - y * (x^2 + y^2)"],
    });
    const { status, folds, changes, points } = followFixedPoint(oscillator, { state: [0, 0], inputs: [[-1], [1]] });
    expect(status).toBe("complete");
    expect(folds).toHaveLength(0);
    expect(changes).toHaveLength(1);
    expect([changes[0]!.from, changes[0]!.to]).toEqual([0, 2]);
    const { index } = changes[0]!;
    expect(points[index - 1]!.input[0]! * points[index]!.input[0]!).toBeLessThanOrEqual(0);
  });

  test("round corners of a path in two inputs", () => {
    const model = rateModel({ recurrentWeights: [[0.5]], inputWeights: [[1, -1]] });
    const { status, points } = followFixedPoint(model, {
      state: [0],
      inputs: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    });
    expect(status).toBe("complete");
    expect(points.at(-1)!.s).toBeCloseTo(2, 12);
    expect(points.at(-1)!.state[0]).toBeCloseTo(0, 10);
  });

  test("what cannot be followed is refused", () => {
    const gate = { input: [[1]], recurrent: [[1]] };
    const memory = lstmMap({ inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate });
    expect(() => followFixedPoint(memory, { state: [0, 0], inputs: [[0], [1]] })).toThrow(/needs a flow/);
    expect(() => followFixedPoint(bistable, { state: [0], inputs: [[0]] })).toThrow(/at least two inputs, got 1/);
    const none = equationsModel({ variables: ["x"], inputNames: ["u"], equations: ["1 + x^2 + u^2"] });
    expect(() => followFixedPoint(none, { state: [0], inputs: [[0], [1]] })).toThrow(/no fixed point/);
  });
});
