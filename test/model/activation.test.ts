import fc from "fast-check";
import { derivative as mathjsDerivative } from "mathjs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { differentiate } from "../../src/expression/derive.js";
import { compileExpression } from "../../src/expression/evaluate.js";
import { parseExpression } from "../../src/expression/parse.js";
import {
  type Activation,
  type ActivationSpec,
  activation,
  activationNames,
  activationSpec,
} from "../../src/model/activation.js";
import reference from "../fixtures/special-functions.json" with { type: "json" };

const specs: readonly ActivationSpec[] = [
  "identity",
  "tanh",
  "sigmoid",
  "relu",
  "leaky-relu",
  { name: "leaky-relu", slope: 0.3 },
  { name: "leaky-relu", slope: -0.5 },
  "elu",
  { name: "elu", scale: 1.7 },
  "selu",
  "softplus",
  "erf",
  "erf-unit-slope",
  "rectified-tanh",
  "saturating-linear",
  { name: "saturating-linear", low: -1.5, high: 0.25 },
  { name: "power-law", exponent: 1 },
  { name: "power-law", gain: 0.3, exponent: 1.5 },
  { name: "power-law", gain: 2, exponent: 2 },
  { name: "power-law", exponent: 3.5 },
  "atan",
  "softsign",
  "gelu",
  "silu",
  "hard-sigmoid",
  { name: "hard-sigmoid", slope: 0.2 },
];
const grid = specs.map((spec) => [typeof spec === "string" ? spec : JSON.stringify(spec), activation(spec)] as const);

const points = Array.from({ length: 81 }, (_, k) => -4.013 + 0.1 * k);
const derivatives = (phi: Activation) =>
  [phi.value, phi.derivative, phi.secondDerivative, phi.thirdDerivative] as const;

const central = (f: (v: number) => number, v: number, h: number): number => {
  const d = (s: number): number => (f(v + s) - f(v - s)) / (2 * s);
  return (4 * d(h / 2) - d(h)) / 3;
};

/** Corners of phi'', which are not kinks. */
const bends = (phi: Activation): readonly number[] => [...phi.kinks, 0];

describe.each(grid)("%s", (_, phi) => {
  it("each derivative is the slope of the one before", () => {
    const [f, d1, d2, d3] = derivatives(phi);
    for (const v of points) {
      if (bends(phi).some((kink) => Math.abs(v - kink) < (phi.name === "power-law" ? 0.2 : 0.01))) continue;
      for (const [below, above] of [
        [f, d1],
        [d1, d2],
        [d2, d3],
      ] as const) {
        const expected = central(below, v, 2e-3);
        expect(Math.abs(above(v) - expected), `at ${v}`).toBeLessThan(1e-9 * (1 + Math.abs(expected)));
      }
    }
  });

  it("agrees with its definition and the symbolic derivatives of it", () => {
    let e = parseExpression(phi.definition, ["v"]);
    for (const f of derivatives(phi)) {
      const symbolic = compileExpression(e);
      for (const v of points) {
        const y = symbolic([v]);
        expect(Math.abs(f(v) - y), `at ${v}`).toBeLessThanOrEqual(2e-14 * (1 + Math.abs(y)));
      }
      e = differentiate(e, "v");
    }
  });

  it("has suprema that hold and are attained or approached", () => {
    const sups = [phi.maxDerivative, phi.maxSecondDerivative, phi.maxThirdDerivative];
    const dense = Array.from({ length: 40001 }, (_, k) => -20 + k / 1000);
    [phi.derivative, phi.secondDerivative, phi.thirdDerivative].forEach((f, order) => {
      const largest = Math.max(...dense.map((v) => Math.abs(f(v))));
      const sup = sups[order]!;
      if (sup === Number.POSITIVE_INFINITY) {
        expect(Math.max(Math.abs(f(1e40)), Math.abs(f(1e-40)))).toBeGreaterThan(1e5);
      } else {
        expect(largest).toBeLessThanOrEqual(sup * (1 + 1e-13));
        expect(largest).toBeGreaterThanOrEqual(sup * 0.998);
      }
    });
  });

  it("has a sharp curvature bound on every interval", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        (low, width) => {
          const high = low + width;
          const bound = phi.maxSecondDerivativeOn(low, high);
          expect(bound).toBeLessThanOrEqual(phi.maxSecondDerivative * (1 + 1e-14));
          const samples = Array.from({ length: 400 }, (_, k) => Math.min(high, low + (width * k) / 400));
          const largest = Math.max(...[...samples, high].map((v) => Math.abs(phi.secondDerivative(v))));
          expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-13) + 1e-14);
          if (Number.isFinite(bound))
            expect(bound - largest).toBeLessThanOrEqual(
              0.02 * bound + ((3 * width) / 400) * Math.min(phi.maxThirdDerivative, 20),
            );
        },
      ),
      { numRuns: 200 },
    );
    expect(phi.maxSecondDerivativeOn(-Infinity, Infinity)).toBeCloseTo(phi.maxSecondDerivative, 14);
  });

  it("keeps the Taylor remainder within the curvature bound where no kink lies between", () => {
    const real = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(real, real, (v, w) => {
        const [low, high] = [Math.min(v, w), Math.max(v, w)];
        fc.pre(high - low > 1e-9 && !phi.kinks.some((kink) => kink >= low && kink <= high));
        const remainder = Math.abs(phi.value(w) - phi.value(v) - phi.derivative(v) * (w - v));
        const bound = (phi.maxSecondDerivativeOn(low, high) / 2) * (w - v) ** 2;
        expect(remainder).toBeLessThanOrEqual(bound * (1 + 1e-12) + 1e-13);
      }),
    );
  });

  it("jumps in slope at its kinks, and takes the slope from the right there", () => {
    for (const kink of phi.kinks) {
      expect(Math.abs(phi.derivative(kink + 1e-9) - phi.derivative(kink - 1e-9))).toBeGreaterThan(1e-3);
      expect(phi.derivative(kink)).toBeCloseTo(phi.derivative(kink + 1e-9), 6);
    }
    for (const v of [0, ...points])
      if (!phi.kinks.some((kink) => Math.abs(kink - v) < 1e-6))
        expect(Math.abs(phi.derivative(v + 1e-10) - phi.derivative(v - 1e-10))).toBeLessThan(1e-4);
  });

  it("says truly whether it is odd and bounded", () => {
    expect(points.every((v) => Math.abs(phi.value(v) + phi.value(-v)) < 1e-15)).toBe(phi.odd);
    const ends = [phi.value(-1e17), phi.value(1e17)];
    if (phi.saturating === undefined) expect(Math.max(...ends.map(Math.abs))).toBeGreaterThan(10);
    else expect(ends).toEqual(phi.saturating.map((end) => expect.closeTo(end, 14)));
  });

  it("is made again by its own data", () => {
    const again = activation(JSON.parse(JSON.stringify(phi.spec)) as ActivationSpec);
    expect(again.spec).toEqual(phi.spec);
    expect(again.value(0.3)).toBe(phi.value(0.3));
    expect(phi.estimated).toBe(false);
    expect(activationNames).toContain(phi.name);
  });

  it("keeps its head at the ends of the line", () => {
    for (const v of [-1e5, 1e5, -750, 750, -40, 40]) {
      for (const f of derivatives(phi)) expect(f(v), `at ${v}`).not.toBeNaN();
      expect(phi.value(v), `at ${v}`).toBeGreaterThan(-Infinity);
    }
  });
});

describe("closed forms of the constants", () => {
  const curvature = 4 / (3 * Math.sqrt(3));
  it.each([
    ["tanh", 1, curvature, 2],
    ["sigmoid", 1 / 4, 1 / (6 * Math.sqrt(3)), 1 / 8],
    ["softplus", 1, 1 / 4, 1 / (6 * Math.sqrt(3))],
    ["erf", 2 / Math.sqrt(Math.PI), (2 * Math.SQRT2) / Math.sqrt(Math.PI * Math.E), 4 / Math.sqrt(Math.PI)],
    ["erf-unit-slope", 1, Math.sqrt(Math.PI / (2 * Math.E)), Math.PI / 2],
    ["atan", 1, (3 * Math.sqrt(3)) / 8, 2],
    ["softsign", 1, 2, 6],
    ["gelu", 1.128904145185, Math.sqrt(2 / Math.PI), 0.778769635056],
    ["silu", 1.099839320129, 1 / 2, 0.308181515796],
    ["elu", 1, 1, 1],
    ["rectified-tanh", 1, curvature, 2],
    ["relu", 1, 0, 0],
    ["identity", 1, 0, 0],
  ] as const)("%s: sup of phi' is %f, of phi'' %f, of phi''' %f", (name, first, second, third) => {
    const phi = activation(name);
    expect(phi.maxDerivative).toBeCloseTo(first, 12);
    expect(phi.maxSecondDerivative).toBeCloseTo(second, 12);
    expect(phi.maxThirdDerivative).toBeCloseTo(third, 12);
  });

  it.each([
    ["tanh", 0.658478948462],
    ["sigmoid", 1.316957896925],
    ["erf", Math.SQRT1_2],
    ["erf-unit-slope", Math.sqrt(2 / Math.PI)],
    ["atan", 1 / Math.sqrt(3)],
  ] as const)("%s is most curved at %f", (name, v) => {
    const phi = activation(name);
    expect(Math.abs(phi.secondDerivative(v))).toBeCloseTo(phi.maxSecondDerivative, 12);
    expect(phi.maxSecondDerivativeOn(v - 0.1, v + 0.1)).toBeCloseTo(phi.maxSecondDerivative, 14);
    expect(phi.maxSecondDerivativeOn(v + 0.1, v + 0.2)).toBe(Math.abs(phi.secondDerivative(v + 0.1)));
  });
});

describe("values and derivatives against 50-digit references", () => {
  it.each(Object.keys(reference.activations) as (keyof typeof reference.activations)[])("%s", (name) => {
    const phi = activation(name);
    const { v, derivatives: expected } = reference.activations[name];
    derivatives(phi).forEach((f, order) => {
      v.forEach((at, i) => {
        const y = expected[order]![i]!;
        expect(Math.abs(f(at) - y), `order ${order} at ${at}`).toBeLessThanOrEqual(4e-14 * Math.abs(y) + 1e-16);
      });
    });
  });

  it("the gain of a saturated unit keeps its digits", () => {
    const e = Math.exp(-40);
    expect(activation("tanh").derivative(20) / (4 * e)).toBeCloseTo(1, 14);
    expect(activation("sigmoid").derivative(-40) / e).toBeCloseTo(1, 14);
  });
});

describe("derivatives against mathjs", () => {
  it.each(["tanh(v)", "atan(v)", "v/(1 + v^2)", "log(1 + exp(v))", "exp(-v^2)*sin(3*v)"])(
    "%s, three orders",
    (text) => {
      const phi = activation({ name: "expression", expression: text });
      let theirs = mathjsDerivative(text, "v");
      for (const f of [phi.derivative, phi.secondDerivative, phi.thirdDerivative]) {
        for (const v of [-2, -0.7, 0.1, 1.3]) expect(f(v)).toBeCloseTo(theirs.evaluate({ v }) as number, 10);
        theirs = mathjsDerivative(theirs, "v");
      }
    },
  );
});

const custom = (expression: string): Activation => activation({ name: "expression", expression });

describe("a custom formula", () => {
  it.each(grid.filter(([, phi]) => phi.name !== "power-law"))(
    "for %s finds the constants of the built-in",
    (_, phi) => {
      const mine = custom(phi.definition);
      expect(mine.estimated).toBe(true);
      expect(mine.odd).toBe(phi.odd);
      expect(mine.kinks.length).toBe(phi.kinks.length);
      mine.kinks.forEach((kink, i) => {
        expect(kink).toBeCloseTo(phi.kinks[i]!, 12);
        expect(mine.derivative(kink)).toBeCloseTo(phi.derivative(phi.kinks[i]!), 8);
      });
      for (const key of ["maxDerivative", "maxSecondDerivative", "maxThirdDerivative"] as const)
        expect(Math.abs(mine[key] - phi[key]), key).toBeLessThanOrEqual(5e-3 * phi[key]);
      for (const [low, high] of [
        [-2, -1],
        [-0.5, 0.7],
        [0.2, 3],
        [-Infinity, Infinity],
      ] as const)
        expect(
          Math.abs(mine.maxSecondDerivativeOn(low, high) - phi.maxSecondDerivativeOn(low, high)),
        ).toBeLessThanOrEqual(5e-3 * (phi.maxSecondDerivative + 1e-9));
    },
  );

  it.each([
    ["log(1 + exp(v))", 1, 0.25, 0.096225],
    ["1/(1 + exp(-v))", 0.25, 0.096225, 0.125],
    ["exp(v)/(1 + exp(v))", 0.25, 0.096225, 0.125],
    ["2/(1 + exp(-2*v)) - 1", 1, 0.7698004, 2],
    ["v/cosh(v)", 1, 1.1233819, 3],
    ["relu(sin(v))", 1, 1, 1],
    ["v^2", Infinity, 2, 0],
    ["v^3", Infinity, Infinity, 6],
    ["exp(v)", Infinity, Infinity, Infinity],
    ["sin(3*v)", 3, 9, 27],
    ["sin(v^2)", Infinity, Infinity, Infinity],
    ["1/v", Infinity, Infinity, Infinity],
    ["1/(v - 0.3337)", Infinity, Infinity, Infinity],
    ["tan(v)", Infinity, Infinity, Infinity],
    ["sqrt(abs(v))", Infinity, Infinity, Infinity],
    ["sqrt(1 + v^2)", 1, 1, 0.8586501],
    ["heaviside(v - 1)", Infinity, 0, 0],
    ["3", 0, 0, 0],
    ["v/(1 + v^2)", 1, 1.4571068, 6],
  ] as const)("%s has suprema %f, %f, %f", (text, first, second, third) => {
    const phi = custom(text);
    expect(phi.maxDerivative).toBeCloseTo(first, 5);
    expect(phi.maxSecondDerivative).toBeCloseTo(second, 5);
    expect(phi.maxThirdDerivative).toBeCloseTo(third, 5);
  });

  it("finds kinks off the grid, and not where pieces join smoothly", () => {
    expect(custom("abs(v - 0.123456789) + relu(-v - pi)").kinks).toEqual([
      expect.closeTo(-Math.PI, 12),
      expect.closeTo(0.123456789, 12),
    ]);
    expect(custom("relu(v)^2").kinks).toEqual([]);
    expect(custom("heaviside(v - 1)").kinks).toEqual([1]);
    expect(custom("abs(v)").derivative(0)).toBeCloseTo(1, 12);
  });

  it("prints itself with any argument", () => {
    const phi = custom("max(0, v)^2/(1 + v^2)");
    expect(phi.text("W h + b")).toBe("max(0, W h + b)^2/(1 + (W h + b)^2)");
    expect(phi.latex("x")).toBe("\\frac{\\max(0, x)^{2}}{1 + x^{2}}");
  });

  it("is accurate in the tails, as the built-in is, however it is written", () => {
    for (const [text, name] of [
      ["log(1 + exp(v))", "softplus"],
      ["exp(v)/(exp(v) + 1)", "sigmoid"],
      ["v/(1 + exp(-v))", "silu"],
    ] as const)
      for (const v of [-800, -300, -40, -1, 0, 40, 300, 800]) {
        const [mine, theirs] = [derivatives(custom(text)), derivatives(activation(name))];
        mine.forEach((f, order) => {
          const y = theirs[order]!(v);
          expect(Math.abs(f(v) - y), `${text}, order ${order} at ${v}`).toBeLessThanOrEqual(1e-13 * Math.abs(y));
        });
      }
    expect(custom("log(1 + exp(v))").text("x")).toBe("log(1 + exp(x))");
  });

  it("may use v alone", () => {
    expect(() => custom("tanh(x)")).toThrow('expression: unknown name "x" at character 6 in "tanh(x)"');
    expect(() => custom("tanh(v")).toThrow(InputError);
  });
});

describe("printing", () => {
  it.each([
    ["tanh", "tanh(W h)", "\\tanh(W h)"],
    ["identity", "W h", "W h"],
    ["relu", "max(0, W h)", "\\max(0, W h)"],
    ["erf-unit-slope", "erf(sqrt(pi)/2*(W h))", "\\operatorname{erf}(\\tfrac{\\sqrt{\\pi}}{2}(W h))"],
    [{ name: "power-law", gain: 2, exponent: 1.5 }, "2*max(0, W h)^1.5", "2\\,\\max(0, W h)^{1.5}"],
  ] as const)("%j is %s", (spec, text, latex) => {
    expect(activation(spec).text("W h")).toBe(text);
    expect(activation(spec).latex("W h")).toBe(latex);
  });
});

describe("reading specifications", () => {
  it.each([
    ["linear", "identity"],
    ["Tanh", "tanh"],
    ["ReLU", "relu"],
    ["swish", "silu"],
    ["SiLU", "silu"],
    ["retanh", "rectified-tanh"],
    ["LeakyReLU", { name: "leaky-relu", slope: 0.01 }],
    ["leaky_relu", { name: "leaky-relu", slope: 0.01 }],
    ["Hardtanh", { name: "saturating-linear", low: -1, high: 1 }],
    ["saturating-linear", { name: "saturating-linear", low: 0, high: 1 }],
    ["relu6", { name: "saturating-linear", low: 0, high: 6 }],
    [
      { name: "hardtanh", high: 2 },
      { name: "saturating-linear", low: -1, high: 2 },
    ],
    ["hard_sigmoid", { name: "hard-sigmoid", slope: 1 / 6 }],
    [{ name: "elu" }, { name: "elu", scale: 1 }],
    [{ name: "tanh" }, "tanh"],
    [
      { name: "power-law", exponent: 2 },
      { name: "power-law", gain: 1, exponent: 2 },
    ],
  ])("%j is %j", (given, spec) => {
    expect(activationSpec(given)).toEqual(spec);
    expect(activation(activationSpec(given)).spec).toEqual(spec);
  });

  it.each([
    ["tahn", 'activation: unknown name, got "tahn", did you mean "tanh"?; known names: identity, tanh,'],
    ["softmax", 'activation: unknown name, got "softmax"'],
    ["__proto__", "activation: unknown name"],
    ["constructor", "activation: unknown name"],
    ["", 'activation: unknown name, got ""'],
    [3, "activation: expected a name or an object with a name, got 3"],
    [null, "activation: expected a name or an object with a name, got null"],
    [undefined, "expected a name or an object with a name, got undefined"],
    [["tanh"], 'expected a name or an object with a name, got ["tanh"]'],
    [{ slope: 1 }, "expected a name or an object with a name"],
    ["power-law", "activation power-law: exponent must be a finite number, got undefined"],
    [{ name: "power-law", exponent: -1 }, "activation power-law: exponent must be positive, got -1"],
    [{ name: "leaky-relu", slope: "0.1" }, 'activation leaky-relu: slope must be a finite number, got "0.1"'],
    [{ name: "leaky-relu", slope: Number.NaN }, "activation leaky-relu: slope must be a finite number, got NaN"],
    [{ name: "leaky-relu", alpha: 1 }, 'activation leaky-relu: unknown parameter, got "alpha"; it has slope'],
    [{ name: "tanh", slope: 1 }, 'activation tanh: unknown parameter, got "slope"; it has none'],
    [
      { name: "saturating-linear", low: 1, high: 1 },
      "activation saturating-linear: low must be below high, got low 1 and high 1",
    ],
    [{ name: "expression" }, "activation expression: expected a formula in v as text, got undefined"],
    [JSON.parse('{"name":"tanh","__proto__":{"x":1}}'), 'unknown parameter, got "__proto__"'],
  ])("%j is refused", (given, message) => {
    expect(() => activation(given as ActivationSpec)).toThrow(InputError);
    expect(() => activation(given as ActivationSpec)).toThrow(message);
  });
});
