/** How far the linear picture holds, and what R leaves alone: properties 33 to 35 (V3–V5, R7). */
import fc from "fast-check";
import { inverse as inverseOf, Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { flowOf } from "../../src/model/bind.js";
import { currentModel, rateModel } from "../../src/model/build.js";
import type { SchemeMap } from "../../src/model/model.js";
import { solveFixedPoint } from "../../src/model/solve-fixed-point.js";
import { eigenvalues } from "../../src/numerics/eigen.js";
import { scale } from "../../src/numerics/matrix.js";
import { smallestSingularValueShifted } from "../../src/numerics/shifted-singular-value.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale } from "../../src/operators/rescale.js";
import { relativelyApart } from "../close.js";
import { linearFlowAt, linearMapUnder, mapUnder, stepped } from "../maps.js";
import { norm2, symmetricSpectrum } from "../oracles/equations.js";
import { evaluated, inputJacobianOf, jacobianOf } from "../oracles/fields.js";
import { exponential, mat } from "../oracles/schemes.js";
import { anyNetwork, between, forAll, networks, networksAtRest, rowsOf, vectorOf } from "../random-networks.js";

const add = (x: ArrayLike<number>, d: readonly number[], factor = 1): Float64Array =>
  Float64Array.from(x, (v, i) => v + factor * d[i]!);

/** f(p + d) - f(p) - J d, by the flow itself; its J is the derivative from the right at kinks. */
const remainder = (
  flow: ReturnType<typeof flowOf>,
  p: Float64Array,
  u: Float64Array,
  d: readonly number[],
): number[] => {
  const at = (x: Float64Array) => {
    const out = new Float64Array(x.length);
    flow.field(x, u, out);
    return out;
  };
  const J = flow.stateJacobian(p, u);
  const [here, there] = [at(p), at(add(p, d))];
  return d.map((_, i) => there[i]! - here[i]! - d.reduce((sum, v, j) => sum + J.data[i * d.length + j]! * v, 0));
};

/** Kinked, unbounded and curved activations that have no oracle over dual numbers. */
const others = [
  "relu",
  { name: "leaky-relu", slope: 0.2 },
  "rectified-tanh",
  "saturating-linear",
  "hard-sigmoid",
  "elu",
  "selu",
  "softsign",
  { name: "power-law", gain: 0.5, exponent: 2 },
  { name: "power-law", gain: 0.5, exponent: 3 },
] as const;

const otherNetworks = fc.integer({ min: 1, max: 5 }).chain((n) =>
  fc
    .record({
      W: rowsOf(n, n, between(-1.5, 1.5)),
      b: vectorOf(n, between(-0.7, 0.7)),
      tau: vectorOf(n, between(0.5, 2)),
      leak: vectorOf(n, between(0.5, 2)),
      phi: fc.constantFrom(...others),
      rate: fc.boolean(),
      state: vectorOf(n, between(-1, 1)),
    })
    .map(({ W, b, tau, leak, phi, rate, state }) => {
      const settings = { recurrentWeights: W, bias: b, timeConstants: tau, leak, activation: phi };
      return { model: rate ? rateModel(settings) : currentModel(settings), state: Float64Array.from(state) };
    }),
);

describe("the remainder of a linearization", () => {
  it("is within K |d|^2 and within the bound on each component, 400 draws, smooth activations (P33, V3)", () => {
    forAll(
      networks().chain((drawn) =>
        fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(-1, 1)), between(0.001, 2)),
      ),
      ([{ model, field, state, input }, direction, length]) => {
        const d = direction.map((v) => v * length);
        const f = evaluated(field, state, input);
        const J = jacobianOf(field, state, input);
        const moved = evaluated(field, add(state, d), input);
        const r = moved.map((v, i) => v - f[i]! - J[i]!.reduce((sum, w, j) => sum + w * d[j]!, 0));
        const { curvature } = flowOf(model);
        const componentwise = curvature!.componentwise(state, input, Float64Array.from(d));
        const squared = d.reduce((sum, v) => sum + v * v, 0);
        expect(Math.hypot(...r)).toBeLessThanOrEqual(curvature!.remainder * squared + 1e-14);
        r.forEach((v, i) => {
          expect(Math.abs(v)).toBeLessThanOrEqual(componentwise[i]! + 1e-14);
        });
      },
      400,
    );
  });

  it("is within the bound on each component for kinked and unbounded activations too (P33)", () => {
    forAll(
      otherNetworks.chain((drawn) =>
        fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(-1, 1)), between(0.001, 3)),
      ),
      ([{ model, state }, direction, length]) => {
        const d = direction.map((v) => v * length);
        const flow = flowOf(model);
        const u = new Float64Array(0);
        const bound = flow.curvature!.componentwise(state, u, Float64Array.from(d));
        remainder(flow, state, u, d).forEach((v, i) => {
          expect(Math.abs(v)).toBeLessThanOrEqual(bound[i]! * (1 + 1e-9) + 2e-14);
        });
      },
      400,
    );
  });

  it("comes with bounds on how J and B change on the way, all activations (LD14)", () => {
    const apart = (a: { data: Float64Array; rows: number; cols: number }, b: { data: Float64Array }) =>
      norm2(
        Table.from1DArray(
          a.rows,
          a.cols,
          Array.from(a.data, (v, i) => v - b.data[i]!),
        ),
      );
    forAll(
      fc
        .oneof(
          networks(),
          otherNetworks.map((drawn) => ({ ...drawn, input: new Float64Array(0) })),
        )
        .chain((drawn) => fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(-2, 2)), between(0, 1))),
      ([{ model, state, input }, d, share]) => {
        const flow = flowOf(model);
        const whole = Float64Array.from(d);
        const there = add(state, d, share);
        const J = apart(flow.stateJacobian(there, input), flow.stateJacobian(state, input));
        expect(J).toBeLessThanOrEqual(flow.curvature!.jacobianVariation(state, input, whole) * (1 + 1e-9) + 1e-13);
        if (model.inputs === 0) return;
        const B = apart(flow.inputJacobian(there, input), flow.inputJacobian(state, input));
        expect(B).toBeLessThanOrEqual(flow.curvature!.inputVariation(state, input, whole) * (1 + 1e-9) + 1e-13);
      },
      400,
    );
  });

  it("a rectified network is linear until a unit crosses its threshold (V7)", () => {
    forAll(otherNetworks, ({ model, state }) => {
      const relu = model.form === "rate" ? { ...model, activation: "relu" as const } : undefined;
      fc.pre(relu !== undefined);
      const flow = flowOf(relu!);
      const W = flow.stateJacobian;
      const rows = (relu!.recurrentWeights as { matrix: { data: Float64Array } }).matrix.data;
      const n = relu!.units;
      const u = new Float64Array(0);
      const distance = Math.min(
        ...relu!.bias.map((b, i) => {
          const w = rows.subarray(i * n, (i + 1) * n);
          const v = b + w.reduce((sum, value, j) => sum + value * state[j]!, 0);
          return Math.abs(v) / Math.hypot(...w);
        }),
      );
      const d = Array.from(state, () => (0.99 * distance) / Math.sqrt(n));
      expect(Math.hypot(...remainder(flow, state, u, d))).toBeLessThan(1e-13);
      expect(
        flow.curvature!.jacobianVariation(
          state,
          u,
          Float64Array.from(d, (v) => v / 2),
        ),
      ).toBeGreaterThanOrEqual(0);
      expect(W(add(state, d), u).data).toEqual(W(state, u).data);
    });
  });
});

describe("trajectories near a fixed point", () => {
  it("stay within D(t), and within D(t) - d0 e^{mu t} of the linear ones (P34, V5)", () => {
    forAll(
      networksAtRest({ phi: ["tanh", "sigmoid", "atan", "softplus"], weight: 0.8, units: 4 }).chain((drawn) =>
        fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(-1, 1)), between(0.01, 0.3)),
      ),
      ([{ model, field, state, input }, direction, length]) => {
        const J = mat(jacobianOf(field, state, input));
        const mu = symmetricSpectrum(J).at(-1)!;
        const K = flowOf(model).curvature!.remainder;
        const delta0 = direction.map((v) => v * length);
        const d0 = Math.hypot(...delta0);
        const dt = 0.01;
        const fine = mapUnder("rk4", dt, model);
        let x = add(state, delta0);
        for (let k = 1; k <= 200; k++) {
          x = stepped(fine, x, input);
          const t = k * dt;
          const grown = Math.abs(mu) < 1e-9 ? t : Math.expm1(mu * t) / mu;
          const denominator = 1 - K * d0 * grown;
          if (denominator <= 0) break;
          const bound = (d0 * Math.exp(mu * t)) / denominator;
          const delta = Array.from(x, (v, i) => v - state[i]!);
          expect(Math.hypot(...delta)).toBeLessThanOrEqual(bound * (1 + 1e-6));
          if (k % 20 !== 0) continue;
          const linear = exponential(Table.mul(J, t)).exp.mmul(Table.columnVector(delta0)).to1DArray();
          const miss = Math.hypot(...delta.map((v, i) => v - linear[i]!));
          expect(miss).toBeLessThanOrEqual((bound - d0 * Math.exp(mu * t)) * (1 + 1e-6) + 1e-7 * d0);
        }
      },
    );
  });
});

describe("R leaves alone", () => {
  it("fixed points and, with the step aligned, the multipliers there (P35)", () => {
    forAll(fc.tuple(networks({ phi: ["tanh", "sigmoid"], weight: 1 }), between(0.1, 8)), ([{ model, input }, a]) => {
      const slow = solveFixedPoint(model, { input });
      const fast = solveFixedPoint(rescale(a)(model), { input });
      fc.pre(slow.status === "converged");
      expect(fast.status).toBe("converged");
      expect(relativelyApart(fast.state, slow.state, 1)).toBeLessThan(1e-10);
      const multipliers = (m: SchemeMap) =>
        eigenvalues(mapUnder(m.scheme, m.dt, m.parent).stateJacobian(slow.state, input)!).map(([re, im]) =>
          Math.hypot(re, im),
        );
      const map = discretize({ scheme: "rk4", dt: 0.2 })(model) as SchemeMap;
      const radius = Math.max(...multipliers(map));
      expect(Math.max(...multipliers(rescale(a)(map))) / radius).toBeCloseTo(1, 11);
    });
  });

  it("the Kreiss constant, sup Re z |(z - J)^{-1}|, whose z moves with a (P35, R7)", () => {
    forAll(fc.tuple(networks({ weight: 1 }), between(0.1, 8)), ([{ model, state, input }, a]) => {
      const { stateMatrix: J } = linearFlowAt(model, state, input);
      const faster = linearFlowAt(rescale(a)(model), state, input).stateMatrix;
      const kreiss = (A: typeof J, unit: number) => {
        let largest = 0;
        for (let re = 0.05; re < 4; re += 0.4)
          for (let im = 0; im < 4; im += 0.4) {
            const z = [unit * re, unit * im] as const;
            largest = Math.max(largest, z[0] / smallestSingularValueShifted(A, z));
          }
        return largest;
      };
      expect(kreiss(faster, a) / kreiss(J, 1)).toBeCloseTo(1, 9);
      expect(relativelyApart(faster, scale(J, a))).toBeLessThan(1e-13);
      const z = 0.7;
      const shifted = Table.sub(Table.eye(J.rows).mul(z), Table.from1DArray(J.rows, J.cols, Array.from(J.data)));
      expect(norm2(Table.eye(J.rows)) / smallestSingularValueShifted(J, [z, 0])).toBeCloseTo(
        norm2(inverseOf(shifted)),
        6,
      );
    });
  });

  it("the DC gain, while the transfer function is that of s / a (R6)", () => {
    forAll(fc.tuple(anyNetwork({ weight: 1 }), between(0.2, 5)), ([{ model, field, state, input }, a]) => {
      const fast = linearFlowAt(rescale(a)(model), state, input);
      const J = mat(jacobianOf(field, state, input));
      const B = mat(inputJacobianOf(field, state, input));
      fc.pre(Math.abs(symmetricSpectrum(J.mmul(J.transpose()))[0]!) > 1e-3);
      const gain = inverseOf(J).mmul(B);
      const fastGain = inverseOf(Table.from1DArray(J.rows, J.rows, Array.from(fast.stateMatrix.data))).mmul(
        Table.from1DArray(J.rows, B.columns, Array.from(fast.inputMatrix.data)),
      );
      expect(relativelyApart(fastGain, gain)).toBeLessThan(1e-10);
      const dt = 0.05;
      const linear = linearFlowAt(model, state, input);
      const slow = linearMapUnder("trapezoid", dt, linear);
      expect(relativelyApart(linearMapUnder("trapezoid", dt / a, fast).stateMatrix, slow.stateMatrix)).toBeLessThan(
        1e-12,
      );
    });
  });
});
