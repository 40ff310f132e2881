import fc from "fast-check";
import { evaluate as mathjs } from "mathjs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { compileExpression } from "../../src/expression/evaluate.js";
import { freeNames } from "../../src/expression/expression.js";
import { parseExpression } from "../../src/expression/parse.js";
import { expressionText } from "../../src/expression/print.js";
import { simplify } from "../../src/expression/simplify.js";
import { ordinaryValue, smoothFormula } from "./random-expression.js";

const at = (text: string, values: Record<string, number> = {}): number =>
  compileExpression(parseExpression(text, Object.keys(values)))(Object.values(values));

describe("formulas mean what mathematics says", () => {
  it.each([
    ["-2^2", -4],
    ["2^-1", 0.5],
    ["2^3^2", 512],
    ["2^-2^2", 2 ** -4],
    ["(2^3)^2", 64],
    ["8/4/2", 1],
    ["8-4-2", 2],
    ["-3*-2", 6],
    ["2*-3+1", -5],
    ["+4", 4],
    ["--4", 4],
    ["1e-3 + .5 + 2.", 2.501],
    ["pow(2, 10)", 1024],
    ["min(3, 1, 2) + max(3, 1, 2)", 4],
    ["if(1 < 2, 10, 20) + if(1 >= 2, 10, 20)", 30],
    ["if(2 <= 2, if(3 > 4, 1, 2), 3)", 2],
    ["step(0) + heaviside(-1) + relu(-3) + relu(3)", 4],
    ["sign(-2) + abs(-2)", 1],
    ["ln(e) + log(e) + arctan(0)", 2],
    ["erf(0.5) - 0.520499877813046537682746653892", 0],
    ["sigmoid(0) + softplus(0)", 0.5 + Math.LN2],
    [" \t1\n+\r\n1 ", 2],
  ])("%s = %f", (text, value) => {
    expect(at(text)).toBeCloseTo(value, 14);
  });

  it("values are taken from slots in the order of the names", () => {
    expect(at("a - b", { b: 1, a: 10 })).toBe(9);
  });

  it("a declared name hides a constant", () => {
    expect(at("e + pi", { e: 1, pi: 2 })).toBe(3);
  });

  it("the free names are listed once, in order of appearance", () => {
    expect(freeNames(parseExpression("tanh(w*v) + v^g - pi", ["v", "w", "g", "unused"]))).toEqual(["w", "v", "g"]);
  });
});

describe("random formulas", () => {
  const close = (x: number, y: number): boolean => Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-9 * Math.abs(y);

  it("agree with mathjs wherever it stays real and finite", () => {
    let compared = 0;
    fc.assert(
      fc.property(smoothFormula, ordinaryValue, ordinaryValue, (text, a, b) => {
        const theirs: unknown = mathjs(text, { a, b });
        if (typeof theirs !== "number" || !Number.isFinite(theirs)) return;
        compared++;
        expect(
          close(at(text, { a, b }), theirs),
          `${text} at a=${a}, b=${b}: ${at(text, { a, b })} and ${theirs}`,
        ).toBe(true);
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(compared).toBeGreaterThan(800);
  });

  it("are read back from their printed text to the very same values", () => {
    fc.assert(
      fc.property(smoothFormula, ordinaryValue, ordinaryValue, (text, a, b) => {
        const parsed = parseExpression(text, ["a", "b"]);
        const again = parseExpression(expressionText(parsed), ["a", "b"]);
        expect(compileExpression(again)([a, b]), expressionText(parsed)).toBe(compileExpression(parsed)([a, b]));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("keep their value when simplified, and simplify once and for all", () => {
    fc.assert(
      fc.property(smoothFormula, ordinaryValue, ordinaryValue, (text, a, b) => {
        const parsed = parseExpression(text, ["a", "b"]);
        const simple = simplify(parsed);
        const [x, y] = [compileExpression(simple)([a, b]), compileExpression(parsed)([a, b])];
        if (Number.isFinite(y))
          expect(Math.abs(x - y), expressionText(simple)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(y)));
        expect(expressionText(simplify(simple))).toBe(expressionText(simple));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe("hostile and mistaken formulas are one clear error", () => {
  it.each([
    ["", 'expression: expected a formula such as "tanh(v)", got ""'],
    ["   ", "expected a formula"],
    ["(v", 'expression: unexpected end at character 3 in "(v"'],
    ["v)", 'expression: unexpected ")" at character 2 in "v)"'],
    ["v + * 2", 'unexpected "*" at character 5'],
    ["v ** 2", "write ^ for powers"],
    ["2v", "write * for products"],
    ["v (2)", 'expression: "v" is not a function at character 1 in "v (2)"; write * for products'],
    ["v 2", 'unexpected "2" at character 3'],
    ["v;", 'unexpected ";" at character 2'],
    ["tanh", 'function "tanh" without an argument'],
    ["tanh()", "tanh takes 1 argument, got 0, at character 1"],
    ["tanh(v, v)", "tanh takes 1 argument, got 2,"],
    ["max(v)", "max takes 2 or more arguments, got 1,"],
    ["pow(v)", "pow takes 2 arguments, got 1,"],
    ["tahn(v)", 'did you mean "tanh"?'],
    ["w", 'unknown name "w" at character 1'],
    ["NaN", 'unknown name "NaN"'],
    ["Infinity", 'unknown name "Infinity"'],
    ["1e999", "number too large, got 1e999"],
    ["1.2.3", 'unexpected ".3"'],
    ["v < 2", 'unexpected "<" at character 3'],
    ["if(v, 1, 2)", "expected a comparison"],
    ["if(v < 1, 2)", 'unexpected ")" at character 12'],
    ["if(0 < v < 1, 1, 2)", 'unexpected "<"'],
    ["if", 'function "if" without an argument'],
    ["__proto__", 'unknown name "__proto__"'],
    ["__proto__(v)", '"__proto__" is no known function'],
    ["constructor", 'unknown name "constructor"'],
    ["hasOwnProperty(v)", "is no known function"],
    ['constructor.constructor("x")()', 'unexpected "."'],
    ["v.constructor", 'unexpected "."'],
    ["v['x']", 'unexpected "["'],
    ["`v`", 'unexpected "`"'],
    ["globalThis", "unknown name"],
    ["v = 2", 'unexpected "="'],
    ["τ + v", 'unexpected "τ" at character 1'],
    ["v − 1", 'unexpected "−" at character 3'],
    ["𝕧", 'unexpected "𝕧"'],
    ["v\u0000", 'unexpected "\\u0000"'],
    ["v\u200b", "unexpected"],
  ])("%j", (text, message) => {
    expect(() => parseExpression(text, ["v"])).toThrow(InputError);
    expect(() => parseExpression(text, ["v"])).toThrow(message);
  });

  it.each([
    ["100 000 parentheses", "(".repeat(1e5), "too long, got 100000 characters of at most 10000"],
    ["4000 parentheses", `${"(".repeat(4000)}v${")".repeat(4000)}`, "nested more than 200 deep at character 201"],
    ["4000 signs", `${"-".repeat(4000)}v`, "nested more than 200 deep"],
    ["a tower of powers", `${"v^".repeat(4000)}v`, "nested more than 200 deep"],
    ["nested calls", `${"exp(".repeat(1500)}v${")".repeat(1500)}`, "nested more than 200 deep"],
    ["nested choices", `${"if(v<".repeat(1500)}`, "nested more than 200 deep"],
    ["a long chain", `v${"+v".repeat(4000)}`, "more than 1000 operations one upon another"],
  ])("%s", (_, text, message) => {
    expect(() => parseExpression(text, ["v"])).toThrow(InputError);
    expect(() => parseExpression(text, ["v"])).toThrow(message);
  });

  it("a long text is quoted around the fault only", () => {
    expect(() => parseExpression(`${"v + ".repeat(100)}$${" + v".repeat(100)}`, ["v"])).toThrow(
      /at character 401 in "….{60}…"$/,
    );
  });

  it("what is not text is refused", () => {
    expect(() => parseExpression(5 as unknown as string, [])).toThrow("expression: expected text, got 5");
    expect(() => parseExpression(undefined as unknown as string, [])).toThrow("expected text, got undefined");
  });

  it("declared names must be words, and distinct", () => {
    expect(() => parseExpression("v", ["v", "v"])).toThrow("name declared twice");
    expect(() => parseExpression("v", ["a b"])).toThrow("a name is letters, digits and _");
  });

  it("a declared name may be any word, and reaches nothing but its slot", () => {
    const names = ["__proto__", "constructor", "toString"];
    expect(compileExpression(parseExpression("__proto__ + 10*constructor + 100*toString", names))([1, 2, 3])).toBe(321);
  });

  it("any text at all is a formula or an InputError", () => {
    const soup = fc.string({ unit: fc.constantFrom(..."v1.e+-*/^()<>=, tanhifmx_".split("")), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        try {
          compileExpression(parseExpression(text, ["v"]))([1]);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^expression: [^\n]+$/);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
