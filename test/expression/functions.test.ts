import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erf, erfc, heaviside, sigmoid, softplus } from "../../src/expression/functions.js";
import reference from "../fixtures/special-functions.json" with { type: "json" };

const EPSILON = 2 ** -52;

describe("special functions against 50-digit references", () => {
  const grid = [
    ["erf", erf, 2],
    ["erfc", erfc, 4],
    ["sigmoid", sigmoid, 2],
    ["softplus", softplus, 2],
  ] as const;
  it.each(grid)("%s is right to %3$s units in the last place", (name, f, ulps) => {
    const { x, y } = reference.functions[name];
    x.forEach((v, i) => {
      expect(Math.abs(f(v) - y[i]!), `${name}(${v})`).toBeLessThanOrEqual(ulps * EPSILON * Math.abs(y[i]!));
    });
  });
});

describe("laws of the special functions", () => {
  const real = fc.double({ min: -40, max: 40, noNaN: true });
  it("erf is odd and increasing, erf + erfc = 1", () => {
    fc.assert(
      fc.property(real, real, (x, y) => {
        expect(erf(-x)).toBe(-erf(x));
        expect(erf(x) + erfc(x)).toBeCloseTo(1, 15);
        if (x < y) expect(erf(x)).toBeLessThanOrEqual(erf(y) + EPSILON);
      }),
    );
  });
  it("sigmoid(x) + sigmoid(-x) = 1 and softplus(x) - softplus(-x) = x", () => {
    fc.assert(
      fc.property(real, (x) => {
        expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 15);
        expect(softplus(x) - softplus(-x)).toBeCloseTo(x, 13);
      }),
    );
  });
  it("the limits are exact and NaN passes through", () => {
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([sigmoid(Infinity), sigmoid(-Infinity), softplus(-Infinity), softplus(Infinity)]).toEqual([
      1,
      0,
      0,
      Infinity,
    ]);
    expect([heaviside(0), heaviside(-1e-300), heaviside(-0)]).toEqual([1, 0, 1]);
    for (const f of [erf, erfc, sigmoid, softplus, heaviside]) expect(f(Number.NaN)).toBeNaN();
  });
});
