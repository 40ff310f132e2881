import fc from "fast-check";
import temml from "temml";
import { describe, expect, it } from "vitest";
import { expressionLatex, nameLatex, numberLatex } from "../../src/expression/latex.js";
import { parseExpression } from "../../src/expression/parse.js";
import { expressionText } from "../../src/expression/print.js";
import { smoothFormula } from "./random-expression.js";

const names = ["v", "w_1", "tau_m", "gain"];
const text = (formula: string): string => expressionText(parseExpression(formula, names));
const latex = (formula: string): string => expressionLatex(parseExpression(formula, names));

describe("text has the parentheses it needs and no more", () => {
  it.each([
    ["((v))", "v"],
    ["(v*2)+(1)", "v*2 + 1"],
    ["v-(1-2)", "v - (1 - 2)"],
    ["(v-1)-2", "v - 1 - 2"],
    ["v/(2*v)", "v/(2*v)"],
    ["(-v)^2", "(-v)^2"],
    ["-v^2", "-v^2"],
    ["(v^2)^3", "(v^2)^3"],
    ["v^2^3", "v^2^3"],
    ["v^-1", "v^(-1)"],
    ["v*-2", "v*(-2)"],
    ["-(v + 1)", "-(v + 1)"],
    ["step(v)", "heaviside(v)"],
    ["min(v, 1, 2)", "min(min(v, 1), 2)"],
    ["if((v) < 1, (2), 3)", "if(v < 1, 2, 3)"],
  ])("%s is printed %s", (given, printed) => {
    expect(text(given)).toBe(printed);
  });

  it("a longer argument put for a name is set in parentheses where it must be", () => {
    const e = parseExpression("tanh(v) + v^2", ["v"]);
    expect(expressionText(e, () => "W h + b")).toBe("tanh(W h + b) + (W h + b)^2");
    expect(expressionLatex(e, () => "W h + b")).toBe("\\tanh(W h + b) + \\left(W h + b\\right)^{2}");
  });
});

describe("LaTeX", () => {
  it.each([
    ["v/(1 + v^2)", "\\frac{v}{1 + v^{2}}"],
    ["gain*tanh(v)", "\\mathrm{gain}\\,\\tanh(v)"],
    ["2*3*v", "2 \\cdot 3\\,v"],
    ["-(v/tau_m)", "-\\frac{v}{\\tau_{m}}"],
    ["(v/w_1)^2", "\\left(\\frac{v}{w_{1}}\\right)^{2}"],
    ["sqrt(abs(v))", "\\sqrt{\\left|v\\right|}"],
    ["2.5e-7*v", "2.5 \\cdot 10^{-7}\\,v"],
    ["relu(pi - e)", "\\max(0, \\pi - \\mathrm{e})"],
    ["if(v <= 0, 0, v)", "\\begin{cases} 0 & v \\le 0 \\\\ v & \\text{otherwise} \\end{cases}"],
    ["min(v, erf(v))", "\\min(v, \\operatorname{erf}(v))"],
  ])("of %s is %s", (given, printed) => {
    expect(latex(given)).toBe(printed);
  });

  it("of names and numbers", () => {
    expect(["v", "tau", "w12", "h_in", "a_b_c", "x_1"].map(nameLatex)).toEqual([
      "v",
      "\\tau",
      "w_{12}",
      "h_{\\mathrm{in}}",
      "\\mathrm{a\\_b\\_c}",
      "x_{1}",
    ]);
    expect([0.5, -2, 1e-7, 1e21].map(numberLatex)).toEqual(["0.5", "-2", "10^{-7}", "10^{21}"]);
  });

  it("of any formula becomes MathML", () => {
    fc.assert(
      fc.property(smoothFormula, (formula) => {
        const mathml = temml.renderToString(expressionLatex(parseExpression(formula, ["a", "b"])), {
          throwOnError: true,
        });
        expect(mathml).toContain("<math");
      }),
    );
    expect(
      temml.renderToString(latex("if(v < 0, step(v), sign(v)*softplus(v) + sigmoid(v))"), { throwOnError: true }),
    ).toContain("<math");
  });
});
