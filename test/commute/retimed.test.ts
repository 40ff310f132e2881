import { describe, expect, test } from "vitest";
import { retimed } from "../../src/commute/retimed.js";
import { leakyMap, rateModel, vanillaMap } from "../../src/model/build.js";
import { rolledWeights } from "../analyze/rolled-network.js";

const pair = () =>
  vanillaMap({
    recurrentWeights: [
      [0, 2],
      [2, 0],
    ],
    inputWeights: [[1], [-1]],
  });

describe("a network at a safer step", () => {
  test("a vanilla network becomes a leaky one with alpha = 1 / m and loses its artefacts", () => {
    const { model, substeps, before, after } = retimed(pair(), { starts: 64 });
    // The structural limit is 2/3 (the mode -3 of the saddle); half of it takes three steps for one.
    expect(substeps).toBe(3);
    expect(model.dt).toBeCloseTo(1 / 3, 14);
    expect(model.scheme).toBe("euler");
    expect(before.artefacts).toBe(1);
    expect(before.useOfLimit).toBeCloseTo(1.5, 10);
    expect(after.artefacts).toBe(0);
    expect(after.useOfLimit).toBeCloseTo(0.5, 10);
    expect(model.provenance.at(-1)!.operator).toBe("discretize");
  });

  test("trials that the old map sent round a cycle settle where the flow does", () => {
    const { trials } = retimed(pair(), { starts: 64, trials: 24 });
    expect(trials!.stopped).toBe(0);
    expect(trials!.newAsFlow).toBe(24);
    expect(trials!.oldAsFlow).toBeLessThan(24);
    expect(trials!.kept).toBe(trials!.oldAsFlow);
  });

  test("artefacts of the rolled networks go", () => {
    for (const n of [3, 4]) {
      const { before, after } = retimed(vanillaMap({ recurrentWeights: rolledWeights(n) }), { trials: 0 });
      expect(before.artefacts).toBeGreaterThan(0);
      expect(after.artefacts).toBe(0);
    }
  });

  test("another scheme, a step of one's own, or a wanted accuracy", () => {
    expect(retimed(pair(), { scheme: "backward-euler", trials: 0 }).substeps).toBe(1);
    expect(retimed(pair(), { dt: 0.25, trials: 0 }).substeps).toBe(4);
    const accurate = retimed(pair(), { accuracy: { damping: 0.05, frequency: 0.05 }, trials: 0 });
    expect(accurate.substeps).toBeGreaterThan(20);
    const gentle = leakyMap({ recurrentWeights: [[0.5]], alpha: 0.1 });
    expect(retimed(gentle, { trials: 0 }).substeps).toBe(1);
  });

  test("what cannot be retimed is refused", () => {
    expect(() => retimed(rateModel({ recurrentWeights: [[1]] }))).toThrow(/needs a network with a step/);
    expect(() => retimed(pair(), { dt: 0.3 })).toThrow(
      "dt: the old step 1 must be a whole number of new ones, got 0.3; try 0.25",
    );
    expect(() => retimed(pair(), { margin: 2 })).toThrow("margin: must be above 0 and at most 1, got 2");
  });
});
