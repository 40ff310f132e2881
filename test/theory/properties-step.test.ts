/** One step of each scheme against its textbook formula, and the identities between schemes (T8, SP2, M7–M10). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapOf } from "../../src/model/bind.js";
import { currentModel, leakyMap, rateModel, vanillaMap } from "../../src/model/build.js";
import { lowRank, signed } from "../../src/model/weights.js";
import { fromRows } from "../../src/numerics/matrix.js";
import { apart, relativelyApart } from "../close.js";
import { fieldAt, mapUnder, stepped } from "../maps.js";
import { smooth } from "../oracles/dual.js";
import { evaluated, inputJacobianOf, jacobianOf } from "../oracles/fields.js";
import {
  explicitNames,
  leakAwareNames,
  leakWeight,
  oracleStep,
  oracleStepJacobians,
  tenNames,
} from "../oracles/schemes.js";
import {
  anyNetwork,
  between,
  forAll,
  gruNetworks,
  networks,
  rateNetworks,
  rowsOf,
  vectorOf,
} from "../random-networks.js";

const short = between(0.01, 0.08);

describe("flows", () => {
  it("have the velocity and Jacobians of their equation, all forms", () => {
    forAll(
      anyNetwork(),
      ({ model, field, state, input }) => {
        const flow = mapUnder("euler", 1, model);
        const velocity = fieldAt(model, state, input);
        expect(relativelyApart(velocity, evaluated(field, state, input), 1)).toBeLessThan(1e-13);
        const J = flow.stateJacobian(state, input)!;
        const oracle = jacobianOf(field, state, input).map((row, i) => row.map((v, j) => v + (i === j ? 1 : 0)));
        expect(relativelyApart(J, oracle, 1)).toBeLessThan(1e-13);
        expect(apart(flow.inputJacobian(state, input)!, inputJacobianOf(field, state, input))).toBeLessThan(1e-13);
      },
      200,
    );
  });
});

describe("weights with structure", () => {
  it("act as the matrix they stand for: low rank, and one sign per sending unit", () => {
    const draws = fc.integer({ min: 3, max: 6 }).chain((n) =>
      fc.record({
        left: rowsOf(n, 1, between(-1, 1)),
        right: rowsOf(n, 1, between(-1, 1)),
        sizes: rowsOf(n, n, between(0, 1)),
        signs: vectorOf(n, fc.constantFrom(-1, 1)),
        state: vectorOf(n, between(-1, 1)),
        form: fc.constantFrom(rateModel, currentModel),
      }),
    );
    forAll(draws, ({ left, right, sizes, signs, state, form }) => {
      const product = left.map(([a]) => right.map(([b]) => a! * b!));
      const signedRows = sizes.map((row) => row.map((v, j) => v * signs[j]!));
      const [x, u] = [Float64Array.from(state), new Float64Array(0)];
      for (const [weights, rows] of [
        [lowRank(fromRows(left), fromRows(right)), product],
        [signed(fromRows(sizes), Float64Array.from(signs)), signedRows],
      ] as const) {
        const [structured, plain] = [form({ recurrentWeights: weights }), form({ recurrentWeights: rows })];
        expect(relativelyApart(fieldAt(structured, x, u), fieldAt(plain, x, u), 1)).toBeLessThan(1e-14);
        const J = (model: typeof plain) => mapUnder("rk4", 0.1, model).stateJacobian(x, u)!;
        expect(relativelyApart(J(structured), J(plain), 1)).toBeLessThan(1e-14);
      }
    });
  });
});

describe.each(tenNames)("a step of %s", (name) => {
  it("is the step of its textbook formula", () => {
    forAll(fc.tuple(anyNetwork({ weight: 1 }), short), ([{ model, field, rates, state, input }, dt]) => {
      const actual = stepped(mapUnder(name, dt, model), state, input);
      expect(relativelyApart(actual, oracleStep(name, field, rates, state, input, dt), 1)).toBeLessThan(1e-13);
    });
  });

  it("has the Jacobians that come from differentiating the formula, at any state", () => {
    const tolerance = name === "rosenbrock-euler" ? 1e-9 : 1e-12;
    forAll(fc.tuple(anyNetwork({ weight: 1 }), short), ([{ model, field, rates, state, input }, dt]) => {
      const map = mapUnder(name, dt, model);
      const oracle = oracleStepJacobians(name, field, rates, state, input, dt);
      expect(relativelyApart(map.stateJacobian(state, input)!, oracle.state, 1)).toBeLessThan(tolerance);
      expect(relativelyApart(map.inputJacobian(state, input)!, oracle.input, 1)).toBeLessThan(tolerance);
    });
  });

  it("may write over the state it starts from", () => {
    forAll(
      fc.tuple(anyNetwork({ weight: 1 }), short),
      ([{ model, state, input }, dt]) => {
        const map = mapUnder(name, dt, model);
        const x = state.slice();
        expect(map.step(x, input, x)).toBe(true);
        expect(Array.from(x)).toEqual(Array.from(stepped(map, state, input)));
      },
      10,
    );
  });
});

describe("schemes that are one another in disguise", () => {
  it("exponential and IMEX Euler with one leak rate are forward Euler with a shorter step (P18)", () => {
    for (const name of leakAwareNames)
      forAll(fc.tuple(networks({ uniform: true }), between(0.05, 3)), ([{ model, rates, state, input }, dt]) => {
        const effective = leakWeight(name, dt, rates[0]!);
        const expected = stepped(mapUnder("euler", effective, model), state, input);
        expect(relativelyApart(stepped(mapUnder(name, dt, model), state, input), expected, 1)).toBeLessThan(1e-14);
      });
  });

  it("exponential and IMEX Euler are x + Phi f(x) with a constant diagonal Phi, one tau and leak per unit (P18)", () => {
    for (const name of leakAwareNames)
      forAll(fc.tuple(networks(), between(0.05, 3)), ([{ model, field, rates, state, input }, dt]) => {
        const f = evaluated(field, state, input);
        const expected = f.map((v, i) => state[i]! + leakWeight(name, dt, rates[i]!) * v);
        // The oracle's field differs by rounding of its sums, which Phi multiplies.
        expect(relativelyApart(stepped(mapUnder(name, dt, model), state, input), expected, 1)).toBeLessThan(1e-14);
      });
  });

  it("the vanilla network is forward Euler at dt = tau of the rate form (P19)", () => {
    forAll(rateNetworks({ uniform: true }), ({ numbers, state, input }) => {
      const { W, B, b, phi } = numbers;
      const map = mapOf(vanillaMap({ recurrentWeights: W, inputWeights: B, bias: b, activation: phi }));
      const expected = W.map((row, i) => {
        let v = b[i]!;
        row.forEach((w, j) => {
          v += w * state[j]!;
        });
        B[i]!.forEach((w, j) => {
          v += w * input[j]!;
        });
        return smooth[phi]([v, 0])[0];
      });
      // Relative to the terms of the sum, whose order is not ours to choose.
      const terms = Math.max(...W.map((row, i) => [...row, ...B[i]!].reduce((sum, w) => sum + Math.abs(w), 1)));
      expect(relativelyApart(stepped(map, state, input), expected, terms)).toBeLessThan(1e-15);
    });
  });

  it("the leaky network has the same map under all three readings of its alpha (P19)", () => {
    forAll(fc.tuple(networks({ uniform: true }), between(0.05, 0.95)), ([{ model, numbers, state, input }, alpha]) => {
      const { W, B, b, phi } = numbers;
      const settings = { recurrentWeights: W, inputWeights: B, bias: b, activation: phi, form: model.form, alpha };
      const f = fieldAt(
        {
          ...model,
          leak: model.leak.map(() => 1),
          timeConstants: model.leak.map(() => 1),
          ...("gain" in model ? { gain: model.leak.map(() => 1) } : {}),
        },
        state,
        input,
      );
      const expected = f.map((v, i) => (1 - alpha) * state[i]! + alpha * (v + state[i]!));
      for (const readAs of ["euler", "exponential-euler", "imex-euler"] as const) {
        const actual = stepped(mapOf(leakyMap({ ...settings, readAs })), state, input);
        expect(relativelyApart(actual, expected, 1)).toBeLessThan(4e-15);
      }
    });
  });

  it("the gated recurrent unit is forward Euler at dt = tau of its flow (P19)", () => {
    forAll(gruNetworks(), ({ model, field, state, input }) => {
      const unit = { ...model, timeConstants: model.timeConstants.map(() => 1) };
      // h' = (1 - z) n + z h = h + (1 - z)(n - h), and the field is (1 - z)(n - h) / tau.
      const step = evaluated(field, state, input).map((f, i) => state[i]! + f * model.timeConstants[i]!);
      expect(relativelyApart(stepped(mapUnder("euler", 1, unit), state, input), step, 1)).toBeLessThan(1e-14);
    });
  });

  it("Heun moves by half of two Euler steps, so that its fixed points are Euler's of period 1 and 2 (P23)", () => {
    forAll(fc.tuple(anyNetwork(), between(0.05, 2)), ([{ model, state, input }, dt]) => {
      const euler = mapUnder("euler", dt, model);
      const twice = stepped(euler, stepped(euler, state, input), input);
      const heun = stepped(mapUnder("heun", dt, model), state, input);
      const moved = heun.map((v, i) => v - state[i]!);
      const half = twice.map((v, i) => (v - state[i]!) / 2);
      expect(apart(moved, half) / Math.max(1, ...Array.from(twice, Math.abs))).toBeLessThan(1e-13);
    });
  });

  it("explicit schemes reproduce the flow to their order", () => {
    const orders = { euler: 1, heun: 2, "explicit-midpoint": 2, rk4: 4 } as const;
    for (const name of explicitNames)
      forAll(
        networks({ weight: 1, units: 4 }),
        ({ model, state, input }) => {
          const exact = (t: number) => {
            const fine = mapUnder("rk4", t / 64, model);
            let x: Float64Array = state;
            for (let k = 0; k < 64; k++) x = stepped(fine, x, input);
            return x;
          };
          const error = (dt: number) => apart(stepped(mapUnder(name, dt, model), state, input), exact(dt));
          const dt = name === "rk4" ? 0.1 : 0.02;
          fc.pre(error(dt) > 1e-11);
          expect(error(dt) / error(dt / 2)).toBeGreaterThan(0.6 * 2 ** (orders[name] + 1));
        },
        20,
      );
  });
});
