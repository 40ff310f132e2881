import fc from "fast-check";
import { derivative as mathjsDerivative } from "mathjs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { differentiate } from "../../src/expression/derive.js";
import { compileExpression } from "../../src/expression/evaluate.js";
import { parseExpression } from "../../src/expression/parse.js";
import { expressionText } from "../../src/expression/print.js";
import { ordinaryValue, smoothFormula } from "./random-expression.js";

const slopeText = (text: string, name = "v"): string =>
  expressionText(differentiate(parseExpression(text, ["v", "a"]), name));

describe("derivatives read as one would write them", () => {
  it.each([
    ["3", "0"],
    ["pi*v", "pi"],
    ["v^2", "2*v"],
    ["v^3/3", "3*v^2/3"],
    ["-v", "-1"],
    ["a*v", "a"],
    ["tanh(v)", "1 - tanh(v)^2"],
    ["tanh(a*v)", "(1 - tanh(a*v)^2)*a"],
    ["sigmoid(v)", "sigmoid(v)*sigmoid(-v)"],
    ["softplus(v)", "sigmoid(v)"],
    ["erf(v)", "2/sqrt(pi)*exp(-v^2)"],
    ["exp(-v^2)", "-2*exp(-v^2)*v"],
    ["relu(v)", "if(v < 0, 0, 1)"],
    ["relu(v)^2", "if(v < 0, 0, 2*relu(v))"],
    ["abs(v)", "sign(v)"],
    ["sign(v) + heaviside(v)", "0"],
    ["max(0, v)", "if(0 >= v, 0, 1)"],
    ["if(v < 0, v^2, v)", "if(v < 0, 2*v, 1)"],
    ["log(v)", "1/v"],
    ["1/v", "-1/v^2"],
    ["sqrt(v)", "1/(2*sqrt(v))"],
    ["v^a", "a*v^(a - 1)"],
    ["a^v", "a^v*log(a)"],
    ["e^v", "e^v"],
  ])("(%s)' = %s", (text, slope) => {
    expect(slopeText(text)).toBe(slope);
  });

  it("is by the name asked for", () => {
    expect(slopeText("a^2*v", "a")).toBe("2*a*v");
    expect(slopeText("v", "a")).toBe("0");
  });
});

describe("derivatives agree with", () => {
  it("mathjs on random formulas", () => {
    let compared = 0;
    fc.assert(
      fc.property(smoothFormula, ordinaryValue, ordinaryValue, (text, a, b) => {
        const mine = compileExpression(differentiate(parseExpression(text, ["a", "b"]), "a"))([a, b]);
        const slope = mathjsDerivative(text, "a", { simplify: false });
        const theirs: unknown = slope.evaluate({ a, b });
        const nearby: unknown = slope.evaluate({ a: a * (1 + 1e-11), b: b * (1 - 1e-11) });
        if (typeof theirs !== "number" || typeof nearby !== "number" || !Number.isFinite(theirs)) return;
        compared++;
        const tolerance = 1e-9 * (1 + Math.abs(theirs)) + 10 * Math.abs(nearby - theirs);
        expect(Math.abs(mine - theirs), `${text} at ${a}, ${b}: ${mine} and ${theirs}`).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 1500, seed: 1 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  const central = (f: (v: number) => number, v: number, h: number): number => {
    const d = (s: number): number => (f(v + s) - f(v - s)) / (2 * s);
    return (4 * d(h / 2) - d(h)) / 3;
  };

  it.each([
    "erf(v)",
    "sigmoid(2*v)",
    "softplus(v^2 - v)",
    "relu(v + 0.1)^2",
    "abs(v - 0.05)*v",
    "min(v, v^2, 0.3) + max(sin(v), cos(v))",
    "if(v^2 > 0.5, exp(v), v^3)",
    "sqrt(v^2 + 1)^v",
    "pow(1.5, v)/(1 + cosh(v))",
    "atan(v)*tan(v/2) - sinh(v)",
  ])("central differences: %s, three orders", (text) => {
    let expression = parseExpression(text, ["v"]);
    for (let order = 1; order <= 3; order++) {
      const below = compileExpression(expression);
      expression = differentiate(expression, "v");
      const slope = compileExpression(expression);
      for (const v of [-1.3, -0.6, -0.2, 0.17, 0.45, 1.1]) {
        const expected = central((x) => below([x]), v, 1e-3);
        expect(slope([v]), `order ${order} at ${v}`).toBeCloseTo(expected, 7);
      }
    }
  });

  it("zero, also of high order, where a rectified power is flat", () => {
    for (const text of ["relu(v)^1.5", "max(0, v)^1.5", "relu(sin(v))^0.5", "3*v*relu(v)^1.2"]) {
      let e = parseExpression(text, ["v"]);
      for (let order = 1; order <= 3; order++) {
        e = differentiate(e, "v");
        expect(compileExpression(e)([-1]), `${text}, order ${order}`).toBeCloseTo(0, 15);
      }
    }
  });

  it("tanh to full accuracy at the third order, against the closed form", () => {
    let e = parseExpression("tanh(v)", ["v"]);
    for (let k = 0; k < 3; k++) e = differentiate(e, "v");
    const third = compileExpression(e);
    for (const v of [-2, -0.5, 0, 0.3, 1.7]) {
      const t = Math.tanh(v);
      expect(third([v])).toBeCloseTo((1 - t * t) * (6 * t * t - 2), 13);
    }
  });
});

describe("derivatives that grow beyond reason are refused, quickly", () => {
  it.each([
    ["a product of a thousand factors", Array(900).fill("v").join("*")],
    ["a deep composition", `${"tanh(".repeat(150)}v${")".repeat(150)}`],
  ])("%s", (_, text) => {
    const thrice = (): void => {
      let e = parseExpression(text, ["v"]);
      for (let k = 0; k < 3; k++) e = differentiate(e, "v");
    };
    expect(thrice).toThrow(InputError);
    expect(thrice).toThrow("expression: its derivative is too long, got more than 20000 operations");
  });

  it("a long sum is no trouble", () => {
    const e = differentiate(parseExpression(Array(900).fill("v").join(" + "), ["v"]), "v");
    expect(compileExpression(e)([1])).toBe(900);
  });
});
