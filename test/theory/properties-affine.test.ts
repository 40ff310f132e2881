/** Schemes on linear flows and under changes of coordinates: properties 17 and 37 (D1, D2, D11). */
import fc from "fast-check";
import { inverse, Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { flowOf } from "../../src/model/bind.js";
import { linearFlow } from "../../src/model/build.js";
import type { Flow } from "../../src/model/dynamics.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { fromRows } from "../../src/numerics/matrix.js";
import { relativelyApart } from "../close.js";
import { linearMapUnder, mapUnder, stepped } from "../maps.js";
import { evaluated, jacobianOf } from "../oracles/fields.js";
import { driveMatrix, eye, mat, rungeKuttaNames, stabilityMatrix, tenNames } from "../oracles/schemes.js";
import { between, forAll, networks, rowsOf, vectorOf } from "../random-networks.js";

const withStabilityFunction = [...rungeKuttaNames, "rosenbrock-euler"] as const;
const short = between(0.01, 0.08);

describe("on linear flows", () => {
  const affine = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 })).chain(([n, m]) =>
    fc.record({
      A: fc
        .tuple(rowsOf(n, n, between(-1, 1)), fc.boolean())
        .map(([A, singular]) => (singular && n > 1 ? [...A.slice(1), A[1]!.map((v) => 2 * v)] : singular ? [[0]] : A)),
      B: rowsOf(n, m, between(-1, 1)),
      c: vectorOf(n, between(-1, 1)),
      rates: vectorOf(n, between(0, 1)),
    }),
  );

  it("every scheme is x' = R(dt A) x + dt Q(dt A)(B u + c) with I + Z Q(Z) = R(Z), singular A included (P17, D1, D2)", () => {
    for (const name of withStabilityFunction)
      forAll(fc.tuple(affine, between(0.05, 0.4)), ([{ A, B, c }, dt]) => {
        const Z = mat(A).mul(dt);
        const Q = driveMatrix(name, Z);
        const R = stabilityMatrix(name, Z);
        expect(relativelyApart(Table.add(eye(A.length), Z.mmul(Q)), R)).toBeLessThan(1e-12);
        const map = linearMapUnder(name, dt, linearFlow({ stateMatrix: A, inputMatrix: B, offset: c }));
        expect(relativelyApart(map.stateMatrix, R)).toBeLessThan(1e-12);
        expect(relativelyApart(map.inputMatrix, Table.mul(Q.mmul(mat(B)), dt))).toBeLessThan(1e-12);
        expect(relativelyApart(map.offset, Table.mul(Q.mmul(Table.columnVector(c)), dt))).toBeLessThan(1e-12);
      });
  });

  it("binding a scheme to a linear flow gives the same step as its matrices", () => {
    for (const name of tenNames)
      forAll(fc.tuple(affine, between(0.05, 0.4)), ([{ A, B, c, rates }, dt]) => {
        const flow = linearFlow({ stateMatrix: A, inputMatrix: B, offset: c, leakRates: rates });
        const map = linearMapUnder(name, dt, flow);
        const bound = schemeOf(name).bind(flowOf(flow));
        const [x, u] = [Float64Array.from(c, (v) => v + 0.3), new Float64Array(B[0]!.length).fill(0.7)];
        const out = new Float64Array(A.length);
        expect(bound.step(x, u, dt, out)).toBe(true);
        const row = (M: typeof map.stateMatrix, i: number, v: Float64Array) =>
          v.reduce((sum, value, j) => sum + M.data[i * M.cols + j]! * value, 0);
        const expected = map.offset.map((v, i) => v + row(map.stateMatrix, i, x) + row(map.inputMatrix, i, u));
        expect(relativelyApart(out, expected, 1)).toBeLessThan(1e-12);
      });
  });

  it("Runge–Kutta and Rosenbrock steps commute with a change of coordinates x = T y + s (P37, D11)", () => {
    for (const name of withStabilityFunction)
      forAll(
        networks({ weight: 0.8, units: 4 }).chain((drawn) =>
          fc.tuple(fc.constant(drawn), rowsOf(drawn.model.units, drawn.model.units, between(-0.4, 0.4)), short),
        ),
        ([{ model, field, state, input }, off, dt]) => {
          const T = Table.add(eye(model.units), mat(off));
          fc.pre(inverse(T).norm("frobenius") < 20);
          const back = inverse(T);
          const shift = state.map((v) => 0.5 * v);
          const x = (y: Float64Array) =>
            Float64Array.from(T.mmul(Table.columnVector(y)).to1DArray(), (v, i) => v + shift[i]!);
          const y0 = Float64Array.from(back.mmul(Table.columnVector(state.map((v, i) => v - shift[i]!))).to1DArray());
          const moved: Flow = {
            ...flowOf(model),
            field: (y, u, out) => out.set(back.mmul(Table.columnVector(evaluated(field, x(y), u))).to1DArray()),
            stateJacobian: (y, u) =>
              fromRows(
                back
                  .mmul(mat(jacobianOf(field, x(y), u)))
                  .mmul(T)
                  .to2DArray(),
              ),
          };
          const y1 = new Float64Array(model.units);
          expect(schemeOf(name).bind(moved).step(y0, input, dt, y1)).toBe(true);
          expect(relativelyApart(x(y1), stepped(mapUnder(name, dt, model), state, input), 1)).toBeLessThan(1e-11);
        },
        25,
      );
  });
});
