/** R against D and R against L: properties 1 to 9 (T1–T6). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapOf } from "../../src/model/bind.js";
import { equationsModel } from "../../src/model/build.js";
import type { SchemeMap } from "../../src/model/model.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale, rescaleUnits, warp } from "../../src/operators/rescale.js";
import { simulate } from "../../src/simulate/simulate.js";
import { apart, relativelyApart } from "../close.js";
import { fieldAt, linearFlowAt, mapUnder, stepped } from "../maps.js";
import { evaluated, inputJacobianOf, jacobianOf } from "../oracles/fields.js";
import { explicitNames, leakAwareNames, oracleStep, tenNames } from "../oracles/schemes.js";
import { gram } from "../random-flows.js";
import { anyNetwork, between, forAll, networks, rateNetworks, rowsOf, vectorOf } from "../random-networks.js";

const short = between(0.01, 0.08);
const speeds = between(0.2, 5);

describe("R and D", () => {
  it.each(tenNames)("a step of %s is the same after speeding up by a and shortening dt by a (P1, T1)", (name) => {
    forAll(
      fc.tuple(anyNetwork({ weight: 1 }), short, speeds),
      ([{ model, field, rates, state, input }, dt, a]) => {
        const fast = stepped(mapUnder(name, dt / a, rescale(a)(model)), state, input);
        expect(relativelyApart(fast, stepped(mapUnder(name, dt, model), state, input))).toBeLessThan(1e-13);
        expect(relativelyApart(fast, oracleStep(name, field, rates, state, input, dt), 1)).toBeLessThan(1e-13);
      },
      60,
    );
  });

  it.each([...explicitNames, ...leakAwareNames])("%s gives the same bits when a is 2, 1/2 or 8 (P2, T1)", (name) => {
    forAll(
      fc.tuple(anyNetwork(), between(0.01, 1), fc.constantFrom(2, 0.5, 8)),
      ([{ model, state, input }, dt, a]) => {
        const fast = stepped(mapUnder(name, dt / a, rescale(a)(model)), state, input);
        expect(Array.from(fast)).toEqual(Array.from(stepped(mapUnder(name, dt, model), state, input)));
      },
      60,
    );
  });

  it("relabelling a map is the map of the faster flow at the shorter step (P1, T1)", () => {
    forAll(fc.tuple(anyNetwork({ weight: 1 }), short, speeds), ([{ model, state, input }, dt, a]) => {
      const map = discretize({ scheme: "rk4", dt })(model) as SchemeMap;
      const relabelled = rescale(a)(map);
      expect(relabelled.dt).toBeCloseTo(dt / a, 15);
      const before = stepped(mapOf(map), state, input);
      expect(relativelyApart(stepped(mapOf(relabelled), state, input), before)).toBeLessThan(1e-13);
      const parent = fieldAt(relabelled.parent, state, input);
      expect(
        relativelyApart(
          parent,
          fieldAt(model, state, input).map((f) => a * f),
        ),
      ).toBeLessThan(1e-13);
    });
  });

  it("Euler–Maruyama follows the same path with the same normals, the noise multiplied by sqrt(a) (P3, T1)", () => {
    const draws = networks().chain((drawn) =>
      fc.tuple(fc.constant(drawn), rowsOf(drawn.model.units, 3, between(-0.3, 0.3)), between(0.01, 0.2), speeds),
    );
    forAll(draws, ([{ model, input, state }, noise, dt, a]) => {
      const noisy = { ...model, noise: { rows: model.units, cols: 3, data: Float64Array.from(noise.flat()) } };
      const settings = { steps: 20, start: state, input: Array.from({ length: 20 }, () => input), seed: 7, trial: 3 };
      const run = (step: number, flow: typeof noisy) =>
        simulate(discretize({ scheme: "euler", dt: step })(flow) as SchemeMap, settings).state;
      const slow = run(dt, noisy);
      const fast = run(dt / a, rescale(a)(noisy));
      const still = run(dt, { ...noisy, noise: { ...noisy.noise, data: noisy.noise.data.map(() => 0) } });
      slow.forEach((x, k) => {
        // Rounding grows along the path with the dynamics; one step is exact to 1e-14.
        expect(relativelyApart(fast[k]!, x, 1)).toBeLessThan(k === 0 ? 1e-14 : 1e-11);
      });
      expect(apart(slow[0]!, still[0]!)).toBeGreaterThan(0);
      const mistaken = run(dt / a, { ...rescale(a)(noisy), noise: noisy.noise });
      fc.pre(Math.abs(a - 1) > 0.1);
      expect(apart(mistaken[0]!, slow[0]!)).toBeGreaterThan(1e-6 * apart(slow[0]!, still[0]!));
    });
  });

  it("slowing down by a undoes speeding up by a (P4)", () => {
    forAll(fc.tuple(anyNetwork(), speeds), ([{ model, state, input }, a]) => {
      const back = rescale(1 / a)(rescale(a)(model));
      expect(relativelyApart(fieldAt(back, state, input), fieldAt(model, state, input))).toBeLessThan(1e-13);
    });
  });

  it("a faster flow has the velocity a f, and two rescalings are one by the product (R1, R3)", () => {
    forAll(fc.tuple(anyNetwork(), speeds, speeds), ([{ model, field, state, input }, a, b]) => {
      const expected = evaluated(field, state, input).map((f) => a * b * f);
      expect(relativelyApart(fieldAt(rescale(a)(rescale(b)(model)), state, input), expected, 1)).toBeLessThan(1e-13);
      expect(relativelyApart(fieldAt(rescale(a * b)(model), state, input), expected, 1)).toBeLessThan(1e-13);
    });
  });

  it("forward Euler with a step rho times too long misses by (rho - 1) dt f(x) (P5, T2)", () => {
    forAll(fc.tuple(anyNetwork(), short, speeds, speeds), ([{ model, field, state, input }, dt, a, rho]) => {
      const misaligned = stepped(mapUnder("euler", (rho * dt) / a, rescale(a)(model)), state, input);
      const aligned = stepped(mapUnder("euler", dt, model), state, input);
      const expected = evaluated(field, state, input).map((f) => (rho - 1) * dt * f);
      expect(
        relativelyApart(
          misaligned.map((v, i) => v - aligned[i]!),
          expected,
          1,
        ),
      ).toBeLessThan(1e-13);
    });
  });

  it("two Euler steps differ from a double step by dt^2 J f (P6, T3)", () => {
    const dt = 1e-4;
    forAll(networks({ weight: 1, units: 4 }), ({ model, field, state, input }) => {
      const euler = mapUnder("euler", dt, model);
      const two = stepped(euler, stepped(euler, state, input), input);
      const double = stepped(mapUnder("euler", 2 * dt, model), state, input);
      const f = evaluated(field, state, input);
      const Jf = jacobianOf(field, state, input).map((row) => row.reduce((sum, v, j) => sum + v * f[j]!, 0));
      fc.pre(Math.hypot(...Jf) > 0.1 * Math.hypot(...f) && Math.hypot(...f) < 5);
      const ratio = Jf.reduce((sum, v, i) => sum + v * (two[i]! - double[i]!), 0) / dt ** 2 / Math.hypot(...Jf) ** 2;
      expect(Math.abs(ratio - 1)).toBeLessThan(1e-3);
    });
  });

  it.each(tenNames)("under a warp, %s agrees step by step with the secant speed (P7, T4)", (name) => {
    forAll(
      fc.tuple(anyNetwork({ weight: 1 }), short, between(0.1, 0.9), between(0.5, 3)),
      ([{ model, state, input }, dt, depth, pulse]) => {
        const pace = {
          name: "a wave",
          time: (theta: number) => theta + (depth / pulse) * Math.sin(pulse * theta),
          slope: (theta: number) => 1 + depth * Math.cos(pulse * theta),
        };
        const warped = mapUnder(name, dt, warp(pace)(model));
        const steps = Array.from({ length: 5 }, (_, k) => pace.time((k + 1) * dt) - pace.time(k * dt));
        const uneven = mapUnder(name, dt, model, { steps });
        let [x, y] = [state, state];
        for (let k = 0; k < 5; k++) {
          expect(relativelyApart(warped.stateJacobian(x, input, k)!, uneven.stateJacobian(x, input, k)!)).toBeLessThan(
            1e-13,
          );
          [x, y] = [stepped(warped, x, input, k), stepped(uneven, y, input, k)];
          expect(relativelyApart(x, y, 1)).toBeLessThan(1e-13);
        }
      },
      20,
    );
  });

  it("a warped flow is sped up like any other: R of its map is the map of the faster warp (T1, R9)", () => {
    const wave = {
      name: "wave",
      time: (t: number) => t + 0.4 * Math.sin(t),
      slope: (t: number) => 1 + 0.4 * Math.cos(t),
    };
    const draws = fc.tuple(networks({ weight: 1 }), between(0.05, 0.3), speeds, fc.constantFrom(...tenNames));
    forAll(draws, ([{ model, state, input }, dt, a, name]) => {
      const noise = { rows: model.units, cols: 1, data: new Float64Array(model.units).fill(0.2) };
      const warped = warp(wave)({ ...model, noise });
      const relabelled = mapOf(rescale(a)(discretize({ scheme: name, dt: 0.2 * dt })(warped) as SchemeMap));
      const fast = mapUnder(name, (0.2 * dt) / a, rescale(a)(warped));
      const slow = mapUnder(name, 0.2 * dt, warped);
      for (const k of [0, 3, 11]) {
        const expected = stepped(slow, state, input, k);
        expect(relativelyApart(stepped(relabelled, state, input, k), expected, 1)).toBeLessThan(1e-13);
        expect(relativelyApart(stepped(fast, state, input, k), expected, 1)).toBeLessThan(1e-13);
        const G = slow.noise!(k);
        for (const map of [relabelled, fast]) expect(relativelyApart(gram(map.noise!(k)), gram(G))).toBeLessThan(1e-12);
      }
    });
  });

  it("under a warp, Euler with the slope at the start of the step misses by at most s'' dt^2 |f| / 2 (T4, RD7)", () => {
    forAll(fc.tuple(networks(), between(0.05, 0.5), between(-1, 1)), ([{ model, field, state, input }, dt, bend]) => {
      const pace = {
        name: "bent",
        time: (t: number) => 2 * t + (bend * t * t) / 2,
        slope: (t: number) => 2 + bend * t,
      };
      const pointwise = stepped(mapUnder("euler", dt, warp(pace)(model), { warpSpeed: "pointwise" }), state, input);
      const secant = stepped(mapUnder("euler", dt, warp(pace)(model), { warpSpeed: "secant" }), state, input);
      const expected = evaluated(field, state, input).map((f) => -0.5 * bend * dt * dt * f);
      expect(
        relativelyApart(
          pointwise.map((v, i) => v - secant[i]!),
          expected,
          1,
        ),
      ).toBeLessThan(1e-13);
    });
  });
});

describe("L and R", () => {
  it("commute at every state, fixed point or not, at every speed (P8, T5)", () => {
    forAll(fc.tuple(anyNetwork(), speeds), ([{ model, field, state, input }, a]) => {
      const first = linearFlowAt(rescale(a)(model), state, input);
      const last = rescale(a)(linearFlowAt(model, state, input));
      for (const part of ["stateMatrix", "inputMatrix", "offset", "leakRates"] as const)
        expect(apart(first[part], last[part])).toBeLessThan(1e-13 * (1 + a) * 10);
      const J = jacobianOf(field, state, input).map((row) => row.map((v) => a * v));
      const B = inputJacobianOf(field, state, input).map((row) => row.map((v) => a * v));
      expect(relativelyApart(first.stateMatrix, J, 1)).toBeLessThan(1e-13);
      expect(relativelyApart(first.inputMatrix, B, 1)).toBeLessThan(1e-13);
    });
  });

  it("commute for one speed per unit too, although that is not R (T5)", () => {
    const draws = networks().chain((drawn) => fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, speeds)));
    forAll(draws, ([{ model, state, input }, each]) => {
      const first = linearFlowAt(rescaleUnits(each)(model), state, input);
      const last = rescaleUnits(each)(linearFlowAt(model, state, input));
      for (const part of ["stateMatrix", "inputMatrix", "offset", "leakRates"] as const)
        expect(relativelyApart(first[part], last[part], 1)).toBeLessThan(1e-13);
    });
  });

  it("a speed g(x) that depends on the state adds f grad(g)^T to the Jacobian (P9, T6)", () => {
    const draws = rateNetworks({ phi: ["tanh"], units: 3 }).chain((drawn) =>
      fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(-1, 1))),
    );
    forAll(draws, ([{ field, numbers, state, input }, c]) => {
      const names = c.map((_, i) => `x${i}`);
      const inputNames = Array.from(input, (_, j) => `u${j}`);
      const sum = (row: readonly number[], of: readonly string[]) => row.map((w, j) => `(${w})*${of[j]}`).join(" + ");
      const speed = `(2 + tanh(${sum(c, names)}))`;
      const paced = equationsModel({
        variables: names,
        inputNames,
        timeConstants: numbers.tau,
        equations: numbers.W.map(
          (row, i) =>
            `${speed}*((${-numbers.leak[i]!})*x${i} + (${numbers.gain[i]})*tanh(${sum(row, names)} + ${sum(numbers.B[i]!, inputNames)} + (${numbers.b[i]})))`,
        ),
      });
      const inner = c.reduce((total, w, j) => total + w * state[j]!, 0);
      const g = 2 + Math.tanh(inner);
      const gradient = c.map((w) => w / Math.cosh(inner) ** 2);
      const f = evaluated(field, state, input);
      const expected = jacobianOf(field, state, input).map((row, i) => row.map((v, j) => g * v + f[i]! * gradient[j]!));
      expect(relativelyApart(linearFlowAt(paced, state, input).stateMatrix, expected, 1)).toBeLessThan(1e-12);
    });
  });
});
