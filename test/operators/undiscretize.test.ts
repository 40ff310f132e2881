import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapOf } from "../../src/model/bind.js";
import { leakyMap, linearFlow, linearMap, vanillaMap } from "../../src/model/build.js";
import type { LinearFlow } from "../../src/model/model.js";
import { cadd, cdiv, cmul, complexMatrix, shifted } from "../../src/numerics/complex.js";
import { complexSolve } from "../../src/numerics/complex-lu.js";
import { type Complex, fromRows, identity, type Matrix, subtract } from "../../src/numerics/matrix.js";
import { discretize } from "../../src/operators/discretize.js";
import { type InvertibleScheme, readAs, undiscretize, undiscretizeLinear } from "../../src/operators/undiscretize.js";

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

const stable = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 })
  .map((entries) => subtract({ rows: 3, cols: 3, data: Float64Array.from(entries) }, identity(3)));

/** `C (s I - A)^{-1} B` of one input and one output. */
const transfer = (flow: LinearFlow, C: Matrix, s: Complex): Complex => {
  const column = complexMatrix(flow.units, 1, flow.inputMatrix.data.slice());
  const x = complexSolve(shifted(flow.stateMatrix, s), column)!;
  let sum: Complex = [0, 0];
  for (let i = 0; i < flow.units; i++) sum = cadd(sum, [C.data[i]! * x.re[i]!, C.data[i]! * x.im[i]!]);
  return sum;
};

describe("the parent of an affine map", () => {
  const schemes: readonly InvertibleScheme[] = [
    "euler",
    "backward-euler",
    "implicit-midpoint",
    "trapezoid",
    "zero-order-hold",
  ];
  for (const scheme of schemes)
    it(`is found again after ${scheme}, offset and operating point included`, () => {
      fc.assert(
        fc.property(stable, fc.double({ min: 0.05, max: 0.5, noNaN: true }), (A, dt) => {
          const flow = linearFlow({
            stateMatrix: A,
            inputMatrix: [[1], [0.5], [-0.3]],
            offset: [0.2, -0.1, 0.4],
            point: [1, 2, 3],
            inputPoint: [0.7],
          });
          const found = undiscretizeLinear({ scheme })(discretize({ scheme, dt })(flow));
          if (found.status !== "found") throw new Error(found.message);
          expect(largestDifference(found.model.stateMatrix.data, A.data)).toBeLessThan(1e-11);
          expect(largestDifference(found.model.inputMatrix.data, flow.inputMatrix.data)).toBeLessThan(1e-11);
          expect(largestDifference(found.model.offset, flow.offset)).toBeLessThan(1e-11);
        }),
        { numRuns: 50 },
      );
    });

  it("does not exist where a negative multiplier occurs once, and the multiplier is named", () => {
    const found = undiscretizeLinear({ scheme: "zero-order-hold" })(
      linearMap({
        stateMatrix: [
          [-0.6, 0],
          [0, 0.5],
        ],
      }),
    );
    expect(found.status).toBe("none");
    if (found.status !== "none") return;
    expect(found.eigenvalues).toHaveLength(1);
    expect(found.eigenvalues[0]![0]).toBeCloseTo(-0.6, 12);
    expect(found.message).toContain("-0.6");
  });

  it("does not exist where a multiplier is zero", () => {
    const found = undiscretizeLinear({ scheme: "zero-order-hold" })(
      linearMap({
        stateMatrix: [
          [0, 0],
          [0, 0.5],
        ],
      }),
    );
    expect(found.status).toBe("none");
  });

  it("under backward Euler does not exist for a multiplier of 0, under the trapezoid for one of -1", () => {
    const zero = linearMap({ stateMatrix: [[0]] });
    const flip = linearMap({ stateMatrix: [[-1]] });
    expect(undiscretizeLinear({ scheme: "backward-euler" })(zero).status).toBe("none");
    expect(undiscretizeLinear({ scheme: "trapezoid" })(flip).status).toBe("none");
  });

  // (z + 0.5) / ((z + 2) (z - 5)) sampled at 0.1, an example documented with MATLAB's d2c.
  it("of higher order answers (z + 0.5) / ((z + 2) (z - 5)) as control software documents it", () => {
    const C = fromRows([[1.5 / 7, 5.5 / 7, 0]]);
    const map = linearMap({
      stateMatrix: [
        [-2, 0],
        [0, 5],
      ],
      inputMatrix: [[1], [1]],
      dt: 0.1,
    });
    const found = undiscretizeLinear({ scheme: "zero-order-hold", raiseOrder: true })(map);
    expect(found.status).toBe("raised");
    if (found.status !== "raised") return;
    expect(found.model.units).toBe(3);
    const documented = (s: Complex): Complex => {
      const numerator = cadd(cadd(cmul(s, s), [14.28 * s[0], 14.28 * s[1]]), [780.9, 0]);
      const quadratic = cadd(cadd(cmul(s, s), [-13.86 * s[0], -13.86 * s[1]]), [1035, 0]);
      return cdiv([2.6663 * numerator[0], 2.6663 * numerator[1]], cmul(cadd(s, [-16.09, 0]), quadratic));
    };
    for (const s of [
      [1, 0],
      [0, 2],
      [30, 0],
      [0, 40],
      [-20, 10],
    ] as const) {
      const [re, im] = transfer(found.model, C, s);
      const [wantedRe, wantedIm] = documented(s);
      const size = Math.hypot(wantedRe, wantedIm);
      expect(Math.hypot(re - wantedRe, im - wantedIm) / size).toBeLessThan(2e-3);
    }
  });

  it("of higher order samples back to the map, its extra state never seen", () => {
    const map = linearMap({
      stateMatrix: [
        [-0.7, 0.3, 0.1],
        [0, 0.5, -0.2],
        [0, 0.2, 0.5],
      ],
      inputMatrix: [[1], [0.4], [-1]],
      offset: [0.1, 0, -0.2],
      dt: 0.25,
    });
    const found = undiscretizeLinear({ scheme: "zero-order-hold", raiseOrder: true })(map);
    if (found.status !== "raised") throw new Error(found.status);
    const again = discretize({ scheme: "zero-order-hold", dt: 0.25 })(found.model);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 4; j++)
        expect(again.stateMatrix.data[i * 4 + j]).toBeCloseTo(j < 3 ? map.stateMatrix.data[i * 3 + j]! : 0, 11);
      expect(again.inputMatrix.data[i]).toBeCloseTo(map.inputMatrix.data[i]!, 11);
      expect(again.offset[i]).toBeCloseTo(map.offset[i]!, 11);
    }
  });
});

describe("the parents of a leaky network", () => {
  const W = [
    [0.5, -1],
    [1.2, 0.3],
  ];

  it("have tau = dt / alpha, -dt / ln(1 - alpha) and dt (1 - alpha) / alpha", () => {
    const map = leakyMap({ recurrentWeights: W, alpha: 0.2 });
    const scaled = {
      ...map,
      dt: 0.1,
      parent: { ...map.parent, timeConstants: new Float64Array(2).fill(0.5) },
    } as typeof map;
    const tau = (reading: "euler" | "exponential-euler" | "imex-euler") => {
      const parent = undiscretize({ readAs: reading })(scaled);
      return "timeConstants" in parent ? parent.timeConstants[0] : undefined;
    };
    expect(tau("euler")).toBeCloseTo(0.5, 13);
    expect(tau("exponential-euler")).toBeCloseTo(0.448142011772455, 13);
    expect(tau("imex-euler")).toBeCloseTo(0.4, 13);
  });

  it("all have the same map", () => {
    const map = leakyMap({ recurrentWeights: W, bias: [0.1, -0.3], alpha: 0.35 });
    const x = Float64Array.from([0.4, -0.7]);
    const next = (model: typeof map) => {
      const out = new Float64Array(2);
      mapOf(model).step(x, new Float64Array(0), out);
      return out;
    };
    for (const reading of ["euler", "exponential-euler", "imex-euler"] as const)
      expect(largestDifference(next(readAs(reading)(map)), next(map))).toBeLessThan(1e-15);
  });

  it("are refused for alpha = 1 under the exponential reading", () => {
    expect(() => undiscretize({ readAs: "exponential-euler" })(vanillaMap({ recurrentWeights: W }))).toThrow(
      /alpha of unit 0 must be below 1/,
    );
  });

  it("have rates that multiply to the map's multipliers in the matrix sense", () => {
    const map = linearMap({
      stateMatrix: [
        [0.3, 0.6],
        [-0.6, 0.3],
      ],
    });
    const found = undiscretizeLinear({ scheme: "zero-order-hold" })(map);
    if (found.status !== "found") throw new Error(found.message);
    // ln(0.3 + 0.6 i), by hand.
    expect(found.model.stateMatrix.data[0]).toBeCloseTo(Math.log(Math.hypot(0.3, 0.6)), 13);
    expect(found.model.stateMatrix.data[1]).toBeCloseTo(Math.atan2(0.6, 0.3), 13);
  });
});
