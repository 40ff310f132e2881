import { describe, expect, it } from "vitest";
import { parseExpression } from "../../src/expression/parse.js";
import { expressionText } from "../../src/expression/print.js";
import { stabilize } from "../../src/expression/stabilize.js";

describe("formulas that overflow as written become those made for the purpose", () => {
  it.each([
    ["log(1 + exp(2*v))", "softplus(2*v)"],
    ["log(exp(v) + 1)", "softplus(v)"],
    ["1/(1 + exp(-v))", "sigmoid(v)"],
    ["1/(1 + exp(v))", "sigmoid(-v)"],
    ["1/(1 + e^(-v))", "sigmoid(v)"],
    ["exp(a*v)/(1 + exp(a*v))", "sigmoid(a*v)"],
    ["exp(v)/(1 + exp(a))", "exp(v)*sigmoid(-a)"],
    ["v/(exp(-(v - a)/2) + 1)", "v*sigmoid((v - a)/2)"],
    ["if(v < 0, -log(1 + exp(v)), tanh(v))", "if(v < 0, -softplus(v), tanh(v))"],
    ["log(2 + exp(v)) + 1/(1 - exp(v))", "log(2 + exp(v)) + 1/(1 - exp(v))"],
  ])("%s is %s", (written, stable) => {
    expect(expressionText(stabilize(parseExpression(written, ["v", "a"])))).toBe(stable);
  });
});
