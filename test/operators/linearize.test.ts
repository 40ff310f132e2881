/** What L does to readouts and noise, and along trajectories. */
import fc from "fast-check";
import { Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { mapOf } from "../../src/model/bind.js";
import { lstmMap } from "../../src/model/build.js";
import type { LinearAlongMap, LinearMap, SchemeMap, WarpedFlow } from "../../src/model/model.js";
import { readoutOf } from "../../src/model/readout.js";
import { type Matrix, multiply, transpose } from "../../src/numerics/matrix.js";
import { stein } from "../../src/numerics/sylvester.js";
import { discretize } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { warp } from "../../src/operators/rescale.js";
import { simulate } from "../../src/simulate/simulate.js";
import { apart, relativelyApart } from "../close.js";
import { linearFlowAt, linearMapAt, linearMapUnder, stepped } from "../maps.js";
import { smooth } from "../oracles/dual.js";
import { kroneckerLyapunov, spectrum } from "../oracles/equations.js";
import { jacobianOf } from "../oracles/fields.js";
import { mat, tenNames } from "../oracles/schemes.js";
import { between, type DrawnNetwork, forAll, networks, networksAtRest, rowsOf } from "../random-networks.js";

const gram = (G: Matrix): Matrix => multiply(G, transpose(G));

const withNoise = <D extends DrawnNetwork>(draws: fc.Arbitrary<D>) =>
  draws.chain((drawn) =>
    rowsOf(drawn.model.units, drawn.model.units, between(-0.5, 0.5)).map((rows) => ({
      ...drawn,
      rows,
      model: { ...drawn.model, noise: { rows: rows.length, cols: rows.length, data: Float64Array.from(rows.flat()) } },
    })),
  );

/** Schemes whose noise does not need the flow to be linear. Rosenbrock–Euler samples it exactly once it is. */
const sameNoise = tenNames.filter((name) => name !== "rosenbrock-euler");

describe("linearizing a noisy map", () => {
  it.each(sameNoise)(
    "gives the noise that %s gives the linear flow: implicit steps pass it through their stage",
    (name) => {
      forAll(
        fc.tuple(withNoise(networksAtRest({ weight: 1 })), between(0.01, 0.08)),
        ([{ model, state, input }, dt]) => {
          const last = linearMapAt(discretize({ scheme: name, dt })(model) as SchemeMap, state, input);
          const first = linearMapUnder(name, dt, linearFlowAt(model, state, input));
          expect(relativelyApart(gram(last.noise!), gram(first.noise!))).toBeLessThan(1e-11);
        },
        20,
      );
    },
  );

  it("keeps the stationary covariance of the flow under trapezoid and midpoint (N3)", () => {
    forAll(
      fc.tuple(withNoise(networksAtRest({ weight: 0.5, units: 4 })), between(0.02, 0.2)),
      ([{ model, field, state, input, rows }, dt]) => {
        const J = mat(jacobianOf(field, state, input));
        fc.pre(Math.max(...spectrum(J).map(([re]) => re)) < -0.1);
        const P = kroneckerLyapunov(J, mat(rows).mmul(mat(rows).transpose()));
        for (const scheme of ["trapezoid", "implicit-midpoint"] as const) {
          const map = linearMapAt(discretize({ scheme, dt })(model) as SchemeMap, state, input);
          const solution = stein(map.stateMatrix, gram(map.noise!));
          expect(solution.status === "solved" && relativelyApart(solution.X, P)).toBeLessThan(1e-9);
        }
      },
    );
  });

  it("gives the derivative of a step by its random increment", () => {
    const schemes = ["backward-euler", "implicit-midpoint", "trapezoid"] as const;
    forAll(
      fc.tuple(networks({ weight: 1 }), between(0.01, 0.08), fc.constantFrom(...schemes)),
      ([drawn, dt, scheme]) => {
        const { model, state, input } = drawn;
        const map = mapOf(discretize({ scheme, dt })(model) as SchemeMap);
        const derivative = map.incrementJacobian!(state, input)!;
        const h = 1e-5;
        for (let j = 0; j < model.units; j++) {
          const moved = (sign: number) => {
            const increment = new Float64Array(model.units);
            increment[j] = sign * h;
            const out = new Float64Array(model.units);
            expect(map.step(state, input, out, 0, { increment })).toBe(true);
            return out;
          };
          const [plus, minus] = [moved(1), moved(-1)];
          const column = plus.map((v, i) => (v - minus[i]!) / (2 * h));
          expect(
            apart(
              column,
              column.map((_, i) => derivative.data[i * model.units + j]!),
            ),
          ).toBeLessThan(1e-8);
        }
      },
    );
  });

  it("samples noise along a trajectory with the Jacobian of each step", () => {
    forAll(
      withNoise(networks({ weight: 1, units: 3 })),
      ({ model, state, input }) => {
        const map = discretize({ scheme: "trapezoid", dt: 0.05 })(model) as SchemeMap;
        const path = at.trajectory({ times: [0, 0.05], states: [state, state.map((v) => -v)], inputs: [input, input] });
        const along = linearize(path)(map) as LinearAlongMap;
        const single = linearMapAt(
          map,
          state.map((v) => -v),
          input,
        );
        expect(relativelyApart(along.pieces[1]!.noise!, single.noise!)).toBeLessThan(1e-14);
      },
      10,
    );
  });
});

describe("linearizing a readout of the activity", () => {
  const read = (drawn: DrawnNetwork, C: number[][]) => {
    const readout = {
      weights: { rows: 1, cols: drawn.model.units, data: Float64Array.from(C[0]!) },
      bias: Float64Array.of(0.3),
      of: "activity" as const,
    };
    return { ...drawn.model, readout };
  };
  const draws = networks({ form: "current" }).chain((drawn) =>
    fc.tuple(fc.constant(drawn), rowsOf(1, drawn.model.units, between(-1, 1))),
  );

  it("gives C phi'(x) and the value at the point, for flows, maps and warped flows", () => {
    forAll(draws, ([drawn, C]) => {
      const model = read(drawn, C);
      const { state, input, numbers } = drawn;
      const pairs = Array.from(state, (v) => smooth[numbers.phi]([v, 1]));
      const there = pairs.reduce((sum, [value], j) => sum + C[0]![j]! * value, 0.3);
      const gains = pairs.map(([, slope], j) => C[0]![j]! * slope);
      const pace = { name: "steady", time: (t: number) => t, slope: () => 1 };
      for (const linear of [
        linearFlowAt(model, state, input),
        linearMapAt(discretize({ scheme: "heun", dt: 0.1 })(model) as SchemeMap, state, input),
        linearize(at.state(state, input))(warp(pace)(model)) as WarpedFlow,
      ]) {
        expect(linear.readout!.of).toBe("state");
        expect(relativelyApart(readoutOf(linear)!(state), [there], 1)).toBeLessThan(1e-13);
        expect(apart(linear.readout!.weights, gains)).toBeLessThan(1e-13);
      }
    });
  });
});

describe("noise of a map that has no flow", () => {
  it("reaches the state of long short-term memory", () => {
    const gate = { input: [[0.4]], recurrent: [[0.3]], bias: [0.1] };
    const gates = { inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate };
    const settings = { steps: 1, start: [0.3, -0.2] };
    const quiet = simulate(lstmMap(gates), settings).state[0]!;
    const noise = [[0.5], [0]];
    const noisy = simulate(lstmMap({ ...gates, noise }), settings).state[0]!;
    expect(Math.abs(noisy[0]! - quiet[0]!)).toBeGreaterThan(1e-3);
    expect(noisy[1]).toBe(quiet[1]);
    const linear = linearize(at.origin)(lstmMap({ ...gates, noise })) as LinearMap;
    expect(apart(linear.noise!, noise)).toBe(0);
  });
});

describe("linearizing along a trajectory", () => {
  it("follows the map to first order from a displaced start", () => {
    forAll(fc.tuple(networks({ weight: 1, units: 4 }), between(0.02, 0.1)), ([{ model, state, input }, dt]) => {
      const map = discretize({ scheme: "rk4", dt })(model) as SchemeMap;
      const bound = mapOf(map);
      const states = [state];
      for (let k = 0; k < 5; k++) states.push(stepped(bound, states[k]!, input, k));
      const along = mapOf(
        linearize(at.trajectory({ times: states.map((_, k) => k * dt), states, inputs: states.map(() => input) }))(map),
      );
      const h = 1e-6;
      let [x, y]: [Float64Array, Float64Array] = [state.map((v) => v + h), state.map((v) => v + h)];
      for (let k = 0; k < 5; k++) [x, y] = [stepped(bound, x, input, k), stepped(along, y, input, k)];
      const displacement = Table.columnVector(Array.from(x, (v, i) => v - states[5]![i]!)).norm("frobenius");
      expect(apart(x, y)).toBeLessThan(1e-4 * displacement + 1e-14);
    });
  });
});
