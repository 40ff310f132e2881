import { all, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../src/expression/evaluate.js";
import { parseExpression } from "../../src/expression/parse.js";
import { flowOf, isContinuous, mapOf } from "../../src/model/bind.js";
import { rateModel, vanillaMap } from "../../src/model/build.js";
import { equationOf } from "../../src/model/equation.js";
import type { ContinuousModel, DiscreteModel, EquationsModel, Model } from "../../src/model/model.js";
import { readoutOf } from "../../src/model/readout.js";
import { fromRows } from "../../src/numerics/matrix.js";
import { discretize } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { warp } from "../../src/operators/rescale.js";
import { flows, models, others } from "./equation-models.js";

const styles = ["symbolic", "numeric"] as const;

describe("every equation, of every form under every operator", () => {
  it.each(styles)("in %s style is text of fewer than 100 columns without holes", (style) => {
    expect(models.length).toBeGreaterThan(900);
    for (const [name, model] of models) {
      const { text } = equationOf(model, { style, digits: 17 });
      expect(text, name).not.toBe("");
      expect(text, name).not.toMatch(/NaN|undefined|null|\[object|Infinity/);
      for (const line of text.split("\n")) expect([...line].length, `${name}: ${line}`).toBeLessThan(100);
      expect(unbalanced(text), name).toBe(false);
    }
  });

  it.each(styles)("in %s style is LaTeX with balanced braces, left and right", (style) => {
    for (const [name, model] of models) {
      const { latex } = equationOf(model, { style });
      expect(latex, name).not.toMatch(/NaN|undefined|null|\[object|Infinity/);
      expect(unbalanced(latex.replace(/\\[{}]/g, "")), name).toBe(false);
      for (const [open, close] of [
        ["\\left(", "\\right)"],
        ["\\begin{", "\\end{"],
        ["\\lVert", "\\rVert"],
      ] as const)
        expect(latex.split(open).length, name).toBe(latex.split(close).length);
      expect(latex, name).toMatch(/^[\x20-\x7e\n]*$/);
    }
  });

  it.each(styles)("in %s style explains each letter once", (style) => {
    for (const [name, model] of models) {
      const { legend, text } = equationOf(model, { style });
      const symbols = legend.map((entry) => entry.symbol);
      expect(new Set(symbols).size, name).toBe(symbols.length);
      for (const { meaning } of legend) expect(meaning, name).not.toBe("");
      const bare = text.replace(/[ₖⱼ₊₁₂₃₄]/g, "");
      for (const letter of ["τ", "λ", "Σ", "W", "Δ", "α", "E", "φ"])
        if (new RegExp(`(?<![A-Za-z_])${letter}(?![A-Za-z_])`).test(bare))
          expect(
            symbols.some((s) => s.startsWith(letter)),
            `${name}: ${letter} in ${text}`,
          ).toBe(true);
    }
  });
});

const unbalanced = (written: string): boolean => {
  const open: string[] = [];
  for (const character of written) {
    if ("([{".includes(character)) open.push(character);
    const at = ")]}".indexOf(character);
    if (at >= 0 && open.pop() !== "([{"[at]) return true;
  }
  return open.length > 0;
};

/** The text of an equation as mathjs reads it: elementwise operators spelled, letters of ASCII, products explicit. */
const forMathjs = (text: string): string =>
  text
    .replace(/ₖ₊₁/g, "_next")
    .replace(/ₖ/g, "_now")
    .replace(/[₁₂₃₄]/g, (digit) => `_${"₁₂₃₄".indexOf(digit) + 1}`)
    .replace(/Nᵀ/g, "transpose(N)")
    .replace(/\|W\|/g, "absW")
    .replace(/ẋ/g, "rate")
    .replace(/ḣ/g, "rate")
    .replace(/(?<=[A-Za-zα-ωΑ-Ω0-9_\]]) (?=[A-Za-zα-ωΑ-Ω(])/g, " * ")
    .replace(/\) (?=[A-Za-zα-ωΑ-Ω(])/g, ") * ")
    .replace(/⊙/g, ".*")
    .replace(/\//g, "./")
    .replace(/\^/g, ".^");

const math = create(all!, {});

/** Unit by unit on columns and on numbers. */
const each = (f: (v: number) => number) => (x: unknown) =>
  math.isMatrix(x) ? math.map(x, (v: number) => f(v)) : f(x as number);

const functions = {
  tanh: each(Math.tanh),
  sigmoid: each((v) => 1 / (1 + Math.exp(-v))),
  softplus: each((v) => Math.log1p(Math.exp(v))),
  exp: each(Math.exp),
  max: (low: number, x: unknown) => each((v) => Math.max(low, v))(x),
  diag: (x: unknown) => math.diag(numbers(x)),
};

/** The names that a line needs: letters such as W and h are units of measure to mathjs unless they are known. */
const needs = (line: string): string[] => {
  const [left, right] = line.split(" = ") as [string, string];
  const own = /\((.*)\)$/.exec(left)?.[1]?.split(", ") ?? [];
  const found: string[] = [];
  math.parse(right).traverse((node) => {
    if (node.type === "SymbolNode") found.push((node as unknown as { name: string }).name);
  });
  return found.filter((name) => !own.includes(name) && !["transpose"].includes(name));
};

/** Gates are functions of what `f` is given: their lines are put into its body. */
const withGates = (lines: readonly string[]): string[] => {
  if (!lines.some((line) => line.startsWith("f(h"))) return [...lines];
  const gates = lines.filter((line) => /^[zrn] = /.test(line)).reverse();
  const into = (line: string): string =>
    [...gates, ...gates].reduce((all, gate) => {
      const [name, body] = gate.split(" = ") as [string, string];
      return all.replace(new RegExp(`\\b${name}\\b`, "g"), `(${body})`);
    }, line);
  return lines.filter((line) => !gates.includes(line)).map((line) => (line.startsWith("f(h") ? into(line) : line));
};

/**
 * What a numeric equation says, line after line: every line is computed as soon as all that it names is known. A line
 * broken to fit the page is joined again first.
 */
const computed = (text: string, known: Record<string, unknown>): Record<string, unknown> => {
  const lines = text
    .replace(/\n +/g, " ")
    .split("\n")
    .map((line) => line.replace(/^(Δₖ): ([^,]*),.*/, "$1 = $2"));
  const scope = new Map<string, unknown>(Object.entries({ ...functions, ...known }));
  let waiting = withGates(lines.map(forMathjs));
  while (waiting.length > 0) {
    const left = waiting.filter((line) => !needs(line).every((name) => scope.has(name)));
    if (left.length === waiting.length) throw new Error(`cannot evaluate: ${left.join(" | ")}`);
    for (const line of waiting) if (!left.includes(line)) math.evaluate(line, scope);
    waiting = left;
  }
  return Object.fromEntries(scope);
};

const column = (x: ArrayLike<number>): unknown => (x.length === 1 ? x[0] : math.matrix(Array.from(x, (v) => [v])));
const numbers = (value: unknown): number[] =>
  typeof value === "number" ? [value] : (math.flatten(value as never) as unknown as { toArray(): number[] }).toArray();

const expectClose = (actual: readonly number[], wanted: ArrayLike<number>, name: string): void => {
  expect(actual.length, name).toBe(wanted.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!), `${name}: ${value} for ${wanted[i]}`).toBeLessThan(
      1e-12 * (1 + Math.abs(value)),
    );
  });
};

const stateOf = (model: Model) => Float64Array.from({ length: model.units }, (_, i) => 0.7 - 0.9 * i);
const inputOf = (model: Model) => Float64Array.from({ length: model.inputs }, (_, i) => 0.35 + i);
/** Letters of the state and the input of a form. */
const stateLetter = (text: string): string =>
  /[hx]ₖ₊₁|[hx](?= =)|ḣ|ẋ/.exec(text)?.[0].replace("ḣ", "h").replace("ẋ", "x")[0] ?? "x";

const numeric = (model: Model): string => equationOf(model, { style: "numeric", digits: 17 }).text;

/** Noise has no value, and neither mathjs nor this file knows derivatives or φ₁ of a matrix. */
const readable = (name: string, model: Model): boolean => {
  const warpedFlow = isContinuous(model) && model.form === "warped";
  return !/ξ|dβ|φ₁|[ⱼ∂]|Aₖ/.test(numeric(model)) && !/lstm|equation/.test(name) && !warpedFlow;
};

describe("the numbers printed say what is computed", () => {
  const maps = models.filter(([name, model]) => !isContinuous(model) && readable(name, model));
  const continuous = models.filter(([name, model]) => isContinuous(model) && readable(name, model));

  it("covers every form and every scheme that can be read off", () => {
    expect(maps.length).toBeGreaterThan(300);
    expect(continuous.length).toBeGreaterThan(25);
    const schemes = new Set(maps.flatMap(([, model]) => ("scheme" in model && model.scheme ? [model.scheme] : [])));
    expect(schemes.size).toBe(12);
  });

  it.each(maps)("%s: next state", (name, model) => {
    const map = mapOf(model as DiscreteModel);
    const [x, u] = [stateOf(model), inputOf(model)];
    const next = new Float64Array(model.units);
    expect(map.step(x, u, next)).toBe(true);
    const text = numeric(model);
    const letter = stateLetter(text);
    // An implicit scheme names the next state on both sides: it must then reproduce what it is given.
    const warped = model.form === "scheme" && model.parent.form === "warped" ? model.parent.warp : undefined;
    const ofWarp = warped ? { s: warped.time, θ_now: 0, θ_next: 0.25 } : {};
    const given = {
      ...ofWarp,
      [`${letter}_now`]: column(x),
      u_now: column(u),
      u_next: column(u),
      [`${letter}_next`]: column(next),
    };
    const scope = computed(text, given);
    expectClose(numbers(scope[`${letter}_next`]), next, name);
    const readout = readoutOf(model);
    if (readout) expectClose(numbers(scope.y_now), readout(x), name);
  });

  it.each(continuous)("%s: velocity", (name, model) => {
    const [x, u] = [stateOf(model), inputOf(model)];
    const f = new Float64Array(model.units);
    flowOf(model as ContinuousModel).field(x, u, f);
    const text = numeric(model);
    // tau x' stands on the left: what the right side gives is tau times the velocity.
    const [first, ...rest] = text.split("\n");
    const [left, right] = first!.split(" = ");
    const scope = computed([`right = ${right}`, ...rest].join("\n"), { [stateLetter(text)]: column(x), u: column(u) });
    const tau = left!.startsWith("τ ") ? numbers(scope.τ) : [Number(/^[\d.]+/.exec(left!)?.[0] ?? 1)];
    const velocity = numbers(scope.right).map((v, i) => v / (tau[i] ?? tau[0]!));
    expectClose(velocity, f, name);
  });

  it("long short-term memory", () => {
    const model = others.lstm!;
    const [x, u] = [stateOf(model), inputOf(model)];
    const next = new Float64Array(4);
    mapOf(model as DiscreteModel).step(x, u, next);
    const text = numeric(model).replace(/^yₖ.*\n/m, "");
    const scope = computed(text, { c_now: column(x.slice(0, 2)), h_now: column(x.slice(2)), u_now: column(u) });
    expectClose([...numbers(scope.c_next), ...numbers(scope.h_next)], next, "lstm");
  });

  it.each(["equations", "one equation with awkward names"])("%s: velocity", (name) => {
    const model = flows[name] as EquationsModel;
    const [x, u] = [stateOf(model), inputOf(model)];
    const f = new Float64Array(model.units);
    flowOf(model).field(x, u, f);
    const lines = numeric(model).split("\n");
    expect(lines.length).toBe(model.units);
    const velocity = lines.map((line) => {
      const [, tau, right] = /^([\d.]*) ?d\w+\/dt = (.*)$/.exec(line)!;
      const formula = parseExpression(right!, [...model.variables, ...model.inputNames]);
      return compileExpression(formula)([...x, ...u]) / Number(tau || 1);
    });
    expectClose(velocity, f, name);
  });

  it("notices a wrong number", () => {
    const model = flows["canonical rate"]!;
    const map = discretize({ scheme: "euler", dt: 0.25 })(model);
    const wrong = numeric(map).replace("0.375", "0.376");
    const scope = computed(wrong, { h_now: column([0.7, -0.2]) });
    const next = new Float64Array(2);
    mapOf(map).step(Float64Array.of(0.7, -0.2), new Float64Array(0), next);
    expect(() => expectClose(numbers(scope.h_next), next, "")).toThrow();
  });
});

describe("an equation reads as one would write it", () => {
  const W = fromRows([
    [0.5, -1],
    [2, 0],
  ]);
  const symbolic = (model: Model) => equationOf(model, { style: "symbolic" }).text;
  const rate = rateModel({ recurrentWeights: W, inputWeights: [[1], [0]], bias: [0, 1] });

  it("rate form", () => {
    expect(symbolic(rate)).toBe("τ ḣ = -h + φ(W h + B u + b)");
    expect(equationOf(rate, { style: "symbolic" }).latex).toBe("\\tau \\dot{h} = -h + \\phi(W h + B u + b)");
    expect(symbolic(rateModel({ recurrentWeights: W }))).toBe("τ ḣ = -h + φ(W h)");
    expect(symbolic(flows["rate with everything per unit"]!)).toBe(
      "dh = ((-λ ⊙ h + g ⊙ φ(W h + B u + b))/τ) dt + Σ dβ",
    );
  });

  it("vanilla network and forward Euler", () => {
    expect(symbolic(vanillaMap({ recurrentWeights: W }))).toBe("hₖ₊₁ = φ(W hₖ)");
    expect(symbolic(discretize({ scheme: "euler", dt: 1 })(rate))).toBe("hₖ₊₁ = φ(W hₖ + B uₖ + b)");
    expect(symbolic(discretize({ scheme: "euler", dt: 0.1 })(rate))).toBe(
      "hₖ₊₁ = hₖ + (Δ/τ) (-hₖ + φ(W hₖ + B uₖ + b))",
    );
    expect(numeric(discretize({ scheme: "euler", dt: 0.1 })(rate))).toBe(
      "hₖ₊₁ = hₖ + 0.1 (-hₖ + tanh(W hₖ + B uₖ + b))\nW = [0.5, -1; 2, 0]\nB = [1; 0]\nb = [0; 1]",
    );
  });

  it("structured weights", () => {
    expect(symbolic(flows["low-rank rate"]!)).toBe("τ ḣ = -h + φ(W h)\nW = M Nᵀ");
    expect(symbolic(flows["signed rate"]!)).toBe("τ ḣ = -h + φ(W h)\nW = |W| diag(s)");
  });

  it("gated unit at a whole step", () => {
    const first = symbolic(discretize({ scheme: "euler", dt: 1 })(flows["gru, reset after"]!)).split("\n")[0];
    expect(first).toBe("hₖ₊₁ = (1 - z) ⊙ n + z ⊙ hₖ");
  });

  it("linearization at a state keeps its offset, at a fixed point has none", () => {
    expect(symbolic(linearize(at.state([1, 2], [3]))(rate))).toBe("ẋ = c + A (x - p) + B (u - q)");
    expect(symbolic(linearize(at.fixedPoint())(rate))).toBe("ẋ = A (x - p) + B u");
    expect(symbolic(linearize(at.fixedPoint())(discretize({ scheme: "heun", dt: 0.1 })(rate)))).toBe(
      "xₖ₊₁ = p + A (xₖ - p) + B uₖ",
    );
  });

  it("warp, and the secant that a step of it holds", () => {
    const warped = warp({ own: [0, 1], parent: [0, 2] })(rate);
    expect(symbolic(warped)).toBe("τ dh/dθ = s'(θ) (-h + φ(W h + B u + b))");
    expect(symbolic(discretize({ scheme: "euler", dt: 0.1 })(warped))).toBe(
      "hₖ₊₁ = hₖ + (Δₖ/τ) (-hₖ + φ(W hₖ + B uₖ + b))\nΔₖ = s(θₖ₊₁) - s(θₖ)",
    );
  });

  it("a large network is given by shape and norm", () => {
    const large = rateModel({
      recurrentWeights: fromRows(
        Array.from({ length: 40 }, (_, i) => Array.from({ length: 40 }, (_, j) => (i === j ? 0.5 : 0))),
      ),
    });
    const { text, legend } = equationOf(large, { style: "numeric" });
    expect(text).toBe("ḣ = -h + tanh(W h)\nW: 40 × 40, ‖W‖_F = 3.162");
    expect(legend.find((entry) => entry.symbol === "W")?.value).toBe("40 × 40, ‖W‖_F = 3.162");
    expect(equationOf(large, { style: "numeric", maxUnits: 40, digits: 17 }).text.split("\n").length).toBeGreaterThan(
      40,
    );
  });
});
