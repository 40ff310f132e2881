import { describe, expect, it } from "vitest";
import { rateModel } from "../../src/model/build.js";
import { discretize, euler, heun, zeroOrderHold } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { pipe } from "../../src/operators/pipe.js";
import { rescale, rescaleUnits } from "../../src/operators/rescale.js";

const network = rateModel({
  recurrentWeights: [
    [0.8, -1.2],
    [1, 0.4],
  ],
  timeConstants: [1, 0.5],
});

describe("operators compose", () => {
  it("in reading order, each signing its work", () => {
    const model = pipe(network, rescale(2), discretize(euler({ dt: 0.1 })), linearize(at.origin));
    expect(model.form).toBe("linear");
    expect(model.dt).toBe(0.1);
    expect(model.provenance.map((step) => step.operator)).toEqual(["rescale", "discretize", "linearize"]);
    // I + dt 2 T^{-1} (-I + W) by hand.
    expect(Array.from(model.stateMatrix.data)).toEqual([
      expect.closeTo(1 + 0.2 * (-1 + 0.8), 15),
      expect.closeTo(0.2 * -1.2, 15),
      expect.closeTo(0.4 * 1, 15),
      expect.closeTo(1 + 0.4 * (-1 + 0.4), 15),
    ]);
  });

  it("and keep the parent of each step", () => {
    const map = discretize(heun({ dt: 0.1 }))(network);
    expect(map.parent).toBe(network);
    expect(linearize(at.origin)(map).parent).toBe(map);
  });
});

describe("a composition that makes no sense does not compile, and is refused when forced", () => {
  const map = discretize(euler({ dt: 0.1 }))(network);
  const linear = linearize(at.origin)(network);

  it("discretizing a map", () => {
    // @ts-expect-error a map cannot be discretized again
    const wrong = () => discretize(euler({ dt: 0.1 }))(map);
    expect(wrong).toThrow(/discretize: needs a flow, got a map/);
  });

  it("linearizing a linear model", () => {
    // @ts-expect-error a linear model cannot be linearized again
    const wrong = () => linearize(at.origin)(linear);
    expect(wrong).toThrow(/linearize: needs a nonlinear model, got a linear one/);
  });

  it("giving each unit of a map its own speed", () => {
    // @ts-expect-error per-unit speeds are for flows
    const wrong = () => rescaleUnits([1, 2])(map);
    expect(wrong).toThrow(/rescaleUnits: needs a flow, got a map/);
  });

  it("holding the input exactly over a nonlinear flow", () => {
    expect(() => discretize(zeroOrderHold({ dt: 0.1 }))(network)).toThrow(/linear flows only/);
  });

  it("steps and speeds that are not positive", () => {
    expect(() => discretize(euler({ dt: 0 }))(network)).toThrow(/dt: must be positive and finite, got 0/);
    expect(() => rescale(-1)(network)).toThrow(/speed must be positive and finite, got -1/);
    expect(() => rescaleUnits([1])(network)).toThrow(/expected 2 speeds/);
  });
});
