import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { equationOf } from "../../src/model/equation.js";
import { mathmlOf } from "../../src/report/mathml.js";
import { models } from "../model/equation-models.js";

describe("LaTeX to MathML", () => {
  it.each(["symbolic", "numeric"] as const)("sets every equation in %s style without a fault", async (style) => {
    for (const [name, model] of models) {
      const mathml = await mathmlOf(equationOf(model, { style }).latex);
      expect(mathml, name).toMatch(/^<math xmlns="http:\/\/www.w3.org\/1998\/Math\/MathML" display="block"/);
      expect(mathml, name).not.toMatch(/merror|b22222|color:/);
    }
  });

  it("sets every symbol of the legends", async () => {
    const letters = new Set(
      models.flatMap(([, model]) => equationOf(model, { style: "symbolic" }).legend.map(({ latex }) => latex)),
    );
    expect(letters.size).toBeGreaterThan(40);
    for (const letter of letters) expect(await mathmlOf(letter), letter).not.toMatch(/merror|color:/);
  });

  it("makes a fraction a fraction and a matrix a table", async () => {
    expect(await mathmlOf("\\frac{\\Delta}{\\tau}")).toContain("<mfrac>");
    expect(await mathmlOf("\\begin{pmatrix} 1 & 2 \\end{pmatrix}")).toContain("<mtable");
  });

  it.each([
    ["an unknown command", "\\notacommand x"],
    ["a command that reaches outside", "\\href{https://example.org}{x}"],
    ["an open brace", "\\frac{1}{2"],
    ["an endless macro", "\\def\\a{\\a\\a} \\a"],
  ])("refuses %s", async (_, latex) => {
    await expect(mathmlOf(latex)).rejects.toThrow(InputError);
    await expect(mathmlOf(latex)).rejects.toThrow(/^mathml: /);
  });
});
