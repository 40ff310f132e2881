/** Lyapunov exponents against published values: Lorenz, Hénon, the logistic map, random networks and their mean-field theory. */
import { describe, expect, it } from "vitest";
import { kaplanYorke, type LyapunovSettings, lyapunov } from "../../src/analyze/lyapunov-exponents.js";
import { orthonormalize } from "../../src/analyze/orthonormal-frame.js";
import { tangentStep } from "../../src/analyze/tangent.js";
import { mapOf } from "../../src/model/bind.js";
import { currentModel, equationsModel, linearFlow, vanillaMap } from "../../src/model/build.js";
import type { CurrentModel, SchemeMap } from "../../src/model/model.js";
import { nonlinearSchemeNames } from "../../src/model/scheme/schemes.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import { fromRows, multiplyVector } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import { discretize, euler } from "../../src/operators/discretize.js";
import { rescale } from "../../src/operators/rescale.js";
import { expectClose } from "../close.js";
import meanField from "../fixtures/mean-field-chaos.json" with { type: "json" };

const lorenz = equationsModel({
  variables: ["x", "y", "z"],
  parameters: { s: 10, r: 28, b: 8 / 3 },
  equations: ["s * (y - x)", "x * (r - z) - y", "x * y - b * z"],
});

/** `x' = -x + J tanh(x)`, J normal with variance g² / n. */
const randomNetwork = (g: number, n: number, seed: number): CurrentModel => {
  const { normal } = randomSource(seed);
  const row = () => Array.from({ length: n }, () => (g * normal()) / Math.sqrt(n));
  return currentModel({ recurrentWeights: Array.from({ length: n }, row) });
};

describe("Lorenz", () => {
  const settings: LyapunovSettings = { time: 600, settle: 20, flowStep: 0.01 };
  const found = lyapunov(lorenz, settings).flow!;

  it("has exponents 0.9056, 0 and -14.572 and dimension 2.062 (Sprott 2003)", () => {
    [0.9056, 0, -14.5723].forEach((expected, i) => {
      expect(found.standardErrors[i]).toBeLessThan(0.02);
      expect(Math.abs(found.exponents[i]! - expected)).toBeLessThan(4 * found.standardErrors[i]!);
    });
    expect(Math.abs(found.dimension! - 2.0622)).toBeLessThan(0.005);
    expect(found.verdict).toBe("chaotic");
    expect(found.entropy).toBeCloseTo(found.exponents[0]!, 1);
  });

  it("loses volume at the rate of its divergence, -(s + 1 + b)", () => {
    const sum = found.exponents.reduce((total, exponent) => total + exponent, 0);
    expect(Math.abs(sum + 41 / 3)).toBeLessThan(1e-3);
  });

  it("keeps its exponents per unit of time under a scheme, up to the error of the scheme", () => {
    const { map, flow } = lyapunov(lorenz, { ...settings, scheme: "heun", dt: 0.005, only: "map" });
    expect(flow).toBeUndefined();
    for (let i = 0; i < 3; i++)
      expect(Math.abs(map!.exponents[i]! - found.exponents[i]!)).toBeLessThan(
        4 * Math.hypot(map!.standardErrors[i]!, found.standardErrors[i]!) + 0.02,
      );
    // Forward Euler loses volume at another rate: the sum differs by O(dt).
    const coarse = lyapunov(lorenz, { ...settings, time: 200, scheme: "euler", dt: 0.005, only: "map" }).map!;
    const sum = coarse.exponents.reduce((total, exponent) => total + exponent, 0);
    expect(Math.abs(sum + 41 / 3)).toBeGreaterThan(0.05);
  });

  it("at r = 0.5 has the rates of its fixed point", () => {
    const calm = { ...lorenz, parameters: { ...lorenz.parameters, r: 0.5 } };
    const { flow } = lyapunov(calm, { time: 200, settle: 60 });
    const rates = eigenvalues(
      fromRows([
        [-10, 10, 0],
        [0.5, -1, 0],
        [0, 0, -8 / 3],
      ]),
    ).map(([re]) => re);
    expectClose(flow!.exponents, rates, 1e-3);
    expect(flow).toMatchObject({ verdict: "stable", dimension: 0, entropy: 0 });
  });
});

describe("maps", () => {
  it("logistic at r = 4: ln 2", () => {
    // The Euler step of length one of x' = F(x) - x is F itself.
    const model = equationsModel({ variables: ["x"], equations: ["4 * x * (1 - x) - x"] });
    const { map } = lyapunov(model, { scheme: "euler", dt: 1, time: 20000, settle: 100, start: [0.3], only: "map" });
    expect(Math.abs(map!.exponents[0]! - Math.LN2)).toBeLessThan(Math.max(4 * map!.standardErrors[0]!, 1e-3));
  });

  it("Hénon: 0.4192 and ln 0.3 - 0.4192", () => {
    const model = equationsModel({ variables: ["x", "y"], equations: ["1 - 1.4 * x^2 + y - x", "0.3 * x - y"] });
    const { map } = lyapunov(model, {
      scheme: "euler",
      dt: 1,
      time: 20000,
      settle: 100,
      start: [0.1, 0.1],
      only: "map",
    });
    expect(Math.abs(map!.exponents[0]! - 0.41922)).toBeLessThan(4 * map!.standardErrors[0]!);
    expect(Math.abs(map!.exponents[0]! + map!.exponents[1]! - Math.log(0.3))).toBeLessThan(1e-9);
    expect(map!.dimension).toBeCloseTo(1.258, 1);
  });

  it("that leave every bound say so, and at which step", () => {
    const model = equationsModel({ variables: ["x"], equations: ["x^2 + 1"] });
    const { flow } = lyapunov(model, { time: 10, start: [0] });
    expect(flow?.status).toBe("stopped");
    expect(flow?.message).toMatch(/^step \d+: the state is not finite/);
  });
});

describe("random networks", () => {
  const settings: LyapunovSettings = { exponents: 1, settle: 40, flowStep: 0.1, only: "flow" };

  it("below g = 1 are stable: every exponent is the real part of a rate", () => {
    const network = randomNetwork(0.7, 12, 4);
    const { flow } = lyapunov(network, { time: 600, settle: 300, flowStep: 0.05, only: "flow" });
    const W = (network.recurrentWeights as { matrix: Parameters<typeof eigenvalues>[0] }).matrix;
    const rates = eigenvalues(W).map(([re]) => re - 1);
    expectClose(flow!.exponents, rates, 5e-3);
    expect(flow?.verdict).toBe("stable");
  });

  it("above it are chaotic, and approach the mean-field exponent from below as they grow", () => {
    const infinite = meanField.networks.find(({ g }) => g === 3)!.exponent;
    const mean = (n: number, time: number, seeds: readonly number[]) =>
      seeds.reduce(
        (sum, seed) => sum + lyapunov(randomNetwork(3, n, seed), { ...settings, time }).flow!.exponents[0]!,
        0,
      ) / seeds.length;
    const [small, large] = [mean(60, 150, [1, 2, 3]), mean(240, 120, [1, 2])];
    expect(large).toBeGreaterThan(small);
    expect(large).toBeGreaterThan(0.4 * infinite);
    expect(large).toBeLessThan(infinite);
  });

  it("have more chaos with stronger coupling", () => {
    const at = (g: number) => lyapunov(randomNetwork(g, 120, 3), { ...settings, time: 200 }).flow!.exponents[0]!;
    const [calm, weak, strong] = [at(0.7), at(2), at(4)];
    expect(calm).toBeLessThan(0);
    expect(weak).toBeGreaterThan(calm);
    expect(strong).toBeGreaterThan(weak);
    expect(strong).toBeGreaterThan(0);
  });

  it("read as vanilla networks give exponents of the map and of the flow behind it", () => {
    const { normal } = randomSource(8);
    const W = Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => (2.5 * normal()) / Math.sqrt(20)));
    const found = lyapunov(vanillaMap({ recurrentWeights: W }), { exponents: 2, time: 300 });
    expect(found.map).toMatchObject({ scheme: "euler", dt: 1, status: "complete" });
    expect(found.flow).toMatchObject({ scheme: "rk4", dt: 0.05, status: "complete" });
  });
});

describe("R", () => {
  it("multiplies exponents by a, to the last bit for a power of two with the step aligned", () => {
    const network = randomNetwork(3, 20, 6);
    const settings = { exponents: 4, settle: 10, scheme: "euler", only: "map", seed: 2 } as const;
    const slow = lyapunov(network, { ...settings, time: 100, dt: 0.1 }).map!;
    const fast = lyapunov(rescale(4)(network), { ...settings, time: 25, settle: 2.5, dt: 0.025 }).map!;
    expect(Array.from(fast.exponents)).toEqual(Array.from(slow.exponents, (exponent) => 4 * exponent));
    expect(fast.dimension).toBe(slow.dimension);
    const third = lyapunov(rescale(4)(discretize(euler({ dt: 0.1 }))(network) as SchemeMap), {
      ...settings,
      time: 25,
      settle: 2.5,
      scheme: "euler",
    }).map!;
    expect(Array.from(third.exponents)).toEqual(Array.from(fast.exponents));
  });
});

describe("parts", () => {
  it.each(nonlinearSchemeNames)("the tangent step of %s is its Jacobian times the frame", (scheme) => {
    const map = discretize({ scheme, dt: 0.2 })(randomNetwork(1.5, 5, 3)) as SchemeMap;
    const x = Float64Array.from([0.3, -0.2, 0.5, 1, -0.7]);
    const u = new Float64Array(0);
    const data = Float64Array.from({ length: 10 }, (_, i) => Math.sin(i + 1));
    const expected = [0, 5].flatMap((at) =>
      Array.from(multiplyVector(mapOf(map).stateJacobian(x, u)!, data.slice(at, at + 5))),
    );
    const next = new Float64Array(5);
    mapOf(map).step(x, u, next);
    expect(tangentStep(map)(x, u, { count: 2, n: 5, data }, 0)).toBe(true);
    expectClose(data, expected, 1e-13);
    expectClose(x, next, 1e-15);
  });

  it("a frame is made orthonormal and its lengths are kept as logarithms", () => {
    const logs = new Float64Array(2);
    const frame = { count: 2, n: 2, data: Float64Array.from([3, 4, 1, 0]) };
    orthonormalize(frame, logs);
    expectClose(frame.data, [0.6, 0.8, 0.8, -0.6]);
    expectClose(logs, [Math.log(5), Math.log(0.8)]);
  });

  it("the dimension interpolates where the sum of exponents turns negative", () => {
    expect(kaplanYorke([0.5, 0, -2], 3)).toBe(2.25);
    expect(kaplanYorke([-1, -2], 2)).toBe(0);
    expect(kaplanYorke([1, -0.5], 2)).toBe(2);
    expect(kaplanYorke([1, -0.5], 5)).toBeUndefined();
  });

  it("linear models are refused: their exponents are their rates", () => {
    expect(() => lyapunov(linearFlow({ stateMatrix: [[-1]] }))).toThrow("real parts of its eigenvalues");
    expect(() => lyapunov(lorenz, { time: -1 })).toThrow("lyapunov: time must be positive");
  });
});
