/** L against D, and all six orders: properties 10 to 16 (T7–T9, CUBE1, CUBE2). */
import fc from "fast-check";
import { inverse, Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import type { linearFlow } from "../../src/model/build.js";
import type { LinearMap, Model, NonlinearFlow, SchemeMap } from "../../src/model/model.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { discretize } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { rescale } from "../../src/operators/rescale.js";
import { apart, relativelyApart, size } from "../close.js";
import { linearFlowAt, linearMapAt, linearMapUnder, mapUnder, stepped } from "../maps.js";
import { evaluated, inputJacobianOf, jacobianOf, secondDerivativeOf } from "../oracles/fields.js";
import {
  driveMatrix,
  eye,
  leakAwareNames,
  leakWeight,
  mat,
  rungeKuttaNames,
  stabilityMatrix,
  type TenName,
  tenNames,
} from "../oracles/schemes.js";
import { anyNetwork, anyNetworkAtRest, between, type Drawn, forAll, networks } from "../random-networks.js";

const short = between(0.01, 0.08);
const withStabilityFunction = [...rungeKuttaNames, "rosenbrock-euler"] as const;
const everywhere = ["euler", ...leakAwareNames] as const;

/** b . c and b . c^2 / 2, as the theory tabulates them. */
const momentsOf: Record<TenName, readonly [number, number]> = {
  euler: [0, 0],
  "backward-euler": [1, 1 / 2],
  "implicit-midpoint": [1 / 2, 1 / 8],
  trapezoid: [1 / 2, 1 / 4],
  heun: [1 / 2, 1 / 4],
  "explicit-midpoint": [1 / 2, 1 / 8],
  rk4: [1 / 2, 1 / 6],
  "rosenbrock-euler": [1 / 2, 0],
  "exponential-euler": [0, 0],
  "imex-euler": [0, 0],
};

const discretized = (name: TenName, dt: number, model: NonlinearFlow) =>
  discretize({ scheme: name, dt })(model) as SchemeMap;

describe.each(withStabilityFunction)("at a fixed point, %s", (name) => {
  it("has the Jacobian R(dt J) (P10, T7)", () => {
    forAll(fc.tuple(anyNetworkAtRest({ weight: 1 }), short), ([{ model, field, state, input }, dt]) => {
      const Z = mat(jacobianOf(field, state, input)).mul(dt);
      const actual = mapUnder(name, dt, model).stateJacobian(state, input)!;
      expect(relativelyApart(actual, stabilityMatrix(name, Z))).toBeLessThan(1e-11);
    });
  });

  it("answers an input by dt Q(dt J) B (P11, T7)", () => {
    forAll(fc.tuple(anyNetworkAtRest({ weight: 1 }), short), ([{ model, field, state, input }, dt]) => {
      const Z = mat(jacobianOf(field, state, input)).mul(dt);
      const expected = driveMatrix(name, Z)
        .mmul(mat(inputJacobianOf(field, state, input)))
        .mul(dt);
      const actual = mapUnder(name, dt, model).inputJacobian(state, input)!;
      expect(apart(actual, expected)).toBeLessThan(1e-11);
    });
  });
});

describe("at every point", () => {
  it.each(everywhere)("linearizing commutes with %s as affine maps (P12, T8)", (name) => {
    forAll(fc.tuple(anyNetwork(), between(0.05, 2)), ([{ model, field, rates, state, input }, dt]) => {
      const first = linearMapUnder(name, dt, linearFlowAt(model, state, input));
      const last = linearMapAt(discretized(name, dt, model), state, input);
      const Phi = rates.map((rate) => (name === "euler" ? dt : leakWeight(name, dt, rate)));
      const f = evaluated(field, state, input);
      const expected = jacobianOf(field, state, input).map((row, i) =>
        row.map((v, j) => Phi[i]! * v + (i === j ? 1 : 0)),
      );
      for (const map of [first, last]) {
        expect(relativelyApart(map.stateMatrix, expected, 1)).toBeLessThan(1e-12);
        expect(
          relativelyApart(
            map.offset,
            f.map((v, i) => state[i]! + Phi[i]! * v),
            1,
          ),
        ).toBeLessThan(1e-12);
        const B = inputJacobianOf(field, state, input).map((row, i) => row.map((v) => Phi[i]! * v));
        expect(relativelyApart(map.inputMatrix, B, 1)).toBeLessThan(1e-12);
      }
    });
  });

  it("exponential Euler commutes only if the linear flow keeps the leak of its parent (T8, LD8)", () => {
    forAll(networks(), ({ model, state, input }) => {
      const last = linearMapAt(discretized("exponential-euler", 0.3, model), state, input);
      const linear = linearFlowAt(model, state, input);
      const n = model.units;
      const resplit = {
        ...linear,
        leakRates: Float64Array.from({ length: n }, (_, i) => -linear.stateMatrix.data[i * n + i]!),
      };
      const first = linearMapUnder("exponential-euler", 0.3, resplit);
      fc.pre(apart(resplit.leakRates, linear.leakRates) > 0.1 && size(last.stateMatrix) < 10);
      expect(apart(first.stateMatrix, last.stateMatrix)).toBeGreaterThan(1e-4);
    });
  });
});

describe("off a fixed point", () => {
  const dt = 2e-3;

  it.each(tenNames)("the Jacobian of %s differs by (b . c) dt^2 f''[f, .], within 3 percent (P13, T9)", (name) => {
    const [weight, valueWeight] = momentsOf[name];
    expect(schemeOf(name).weightedNodes).toBeCloseTo(weight, 15);
    expect(schemeOf(name).halfWeightedSquaredNodes).toBeCloseTo(valueWeight, 15);
    forAll(anyNetwork({ weight: 1, units: 4 }), ({ model, field, state, input }) => {
      const f = evaluated(field, state, input);
      const second = secondDerivativeOf((x) => jacobianOf(field, x, input), state, f);
      const J = jacobianOf(field, state, input);
      fc.pre(size(f) < 2 && size(J) < 3 && size(second) > 0.3);
      const map = linearMapAt(discretized(name, dt, model), state, input);
      const linear = linearMapUnder(name, dt, linearFlowAt(model, state, input));
      const defect = (part: "stateMatrix" | "offset") =>
        part === "stateMatrix"
          ? map.stateMatrix.data.map((v, i) => v - linear.stateMatrix.data[i]!)
          : map.offset.map((v, i) => v - linear.offset[i]!);
      const leading = second.flat().map((v) => weight * dt * dt * v);
      expect(apart(defect("stateMatrix"), leading)).toBeLessThan(0.03 * dt * dt * size(second));

      const bent = second.map((row) => row.reduce((sum, v, j) => sum + v * f[j]!, 0));
      const expected = bent.map((v) => valueWeight * dt ** 3 * v);
      expect(apart(defect("offset"), expected)).toBeLessThan(0.05 * dt ** 3 * size(second) * size(f) + 1e-15);
    });
  });

  it("Heun's Jacobian is off by dt/2 (J(p + dt f) - J)(I + dt J), backward Euler's by the like (P14, LD13)", () => {
    forAll(fc.tuple(anyNetwork({ weight: 1 }), short), ([{ model, field, state, input }, h]) => {
      const f = evaluated(field, state, input);
      const J = mat(jacobianOf(field, state, input));
      const I = eye(J.rows);
      const ahead = mat(
        jacobianOf(
          field,
          f.map((v, i) => state[i]! + h * v),
          input,
        ),
      );
      const heun = Table.sub(ahead, J)
        .mmul(Table.add(I, Table.mul(J, h)))
        .mul(h / 2);
      const actual = mapUnder("heun", h, model).stateJacobian(state, input)!;
      expect(relativelyApart(actual, Table.add(stabilityMatrix("heun", Table.mul(J, h)), heun), 1)).toBeLessThan(1e-12);

      const backward = mapUnder("backward-euler", h, model);
      const next = mat(jacobianOf(field, stepped(backward, state, input), input));
      const resolvent = (A: Table) => inverse(Table.sub(I, Table.mul(A, h)));
      const defect = resolvent(next).mmul(Table.sub(next, J)).mmul(resolvent(J)).mul(h);
      const expected = Table.add(resolvent(J), defect);
      expect(relativelyApart(backward.stateJacobian(state, input)!, expected, 1)).toBeLessThan(1e-12);
    });
  });
});

/** All six orders of R, D and L, by hand from the operators. */
const sixOrders = (name: TenName, dt: number, a: number, { model, state, input }: Drawn) => {
  const R = <M extends Model>(m: M) => rescale(a)(m);
  const L = linearize(at.state(state, input));
  const D = (step: number) => discretize({ scheme: name, dt: step });
  const before: LinearMap[] = [
    D(dt / a)(R(L(model as NonlinearFlow) as ReturnType<typeof linearFlow>)),
    D(dt / a)(L(R(model) as NonlinearFlow) as ReturnType<typeof linearFlow>),
    R(D(dt)(L(model as NonlinearFlow) as ReturnType<typeof linearFlow>)),
  ];
  const after: LinearMap[] = [
    L(D(dt / a)(R(model) as NonlinearFlow) as SchemeMap) as LinearMap,
    L(R(D(dt)(model as NonlinearFlow) as SchemeMap)) as LinearMap,
    R(L(D(dt)(model as NonlinearFlow) as SchemeMap) as LinearMap),
  ];
  return { before, after };
};

const affineApart = (a: LinearMap, b: LinearMap): number =>
  Math.max(
    apart(a.stateMatrix, b.stateMatrix),
    apart(a.inputMatrix, b.inputMatrix),
    apart(a.offset, b.offset),
    Math.abs(a.dt - b.dt),
  );

describe("all six orders of R, D and L", () => {
  it.each(tenNames)("give one map at a fixed point under %s (P15, CUBE1)", (name) => {
    forAll(
      fc.tuple(anyNetworkAtRest({ weight: 1 }), short, between(0.3, 4)),
      ([drawn, dt, a]) => {
        const { before, after } = sixOrders(name, dt, a, drawn);
        const reference = before[0]!;
        for (const map of [...before, ...after])
          expect(affineApart(map, reference) / Math.max(1, size(reference.stateMatrix))).toBeLessThan(1e-11);
      },
      20,
    );
  });

  it("fall into two classes off a fixed point under RK4: L before D, and D before L (P16, CUBE2)", () => {
    forAll(fc.tuple(networks({ weight: 1, phi: ["tanh", "sigmoid", "atan"] }), between(0.3, 4)), ([drawn, a]) => {
      const { before, after } = sixOrders("rk4", 0.1, a, drawn);
      for (const group of [before, after])
        for (const map of group) expect(affineApart(map, group[0]!)).toBeLessThan(1e-12);
      const f = evaluated(drawn.field, drawn.state, drawn.input);
      const second = secondDerivativeOf((x) => jacobianOf(drawn.field, x, drawn.input), drawn.state, f);
      fc.pre(size(second) > 0.1);
      expect(affineApart(before[0]!, after[0]!)).toBeGreaterThan(1e-5);
    });
  });
});
