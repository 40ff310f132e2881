import { describe, expect, it } from "vitest";
import { modelToJson, parseModel } from "../../src/io/index.js";
import { flowOf, mapOf } from "../../src/model/bind.js";
import { rateModel } from "../../src/model/build.js";
import type { SchemeMap, WarpedFlow } from "../../src/model/model.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale, warp } from "../../src/operators/rescale.js";

const network = rateModel({
  recurrentWeights: [
    [0.8, -1.2],
    [1, 0.4],
  ],
  noise: [[0.1], [0.2]],
});
const table = { own: [0, 1, 2.5, 4], parent: [0, 0.5, 2, 5] };
const written = <M>(model: M): M => parseModel(JSON.parse(JSON.stringify(modelToJson(model as never)))) as M;
const x = Float64Array.from([0.3, -0.2]);
const none = new Float64Array(0);

const fieldAt = (flow: WarpedFlow, theta: number): number[] => {
  const out = new Float64Array(2);
  flowOf(flow).field(x, none, out, theta);
  return Array.from(out);
};

describe("a warped flow in a model file", () => {
  it("comes back with the same pace everywhere, rescaled or not", () => {
    for (const flow of [warp(table)(network), rescale(2)(warp(table)(network))] as WarpedFlow[])
      for (const theta of [-1, 0, 0.3, 1, 1.7, 3.9, 6])
        fieldAt(written(flow), theta).forEach((value, i) => {
          expect(value).toBeCloseTo(fieldAt(flow, theta)[i]!, 14);
        });
  });

  it("comes back as a map with the same steps", () => {
    const map = discretize({ scheme: "heun", dt: 0.25, warpSpeed: "pointwise" })(warp(table)(network)) as SchemeMap;
    const step = (model: SchemeMap, k: number): number[] => {
      const out = new Float64Array(2);
      mapOf(model).step(x, none, out, k);
      return Array.from(out);
    };
    for (const k of [0, 3, 9]) expect(step(written(map), k)).toEqual(step(map, k));
  });

  it("is refused where the warp is made of functions", () => {
    const flow = warp({ name: "even", time: (theta) => theta, slope: () => 1 })(network);
    expect(() => modelToJson(flow)).toThrow(/a time warp made of functions cannot be written to a file/);
  });
});
