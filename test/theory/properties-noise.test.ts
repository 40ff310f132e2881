/** Stationary noise of linear flows and maps: properties 30 and 31 (N1–N8), against Kronecker products. */
import fc from "fast-check";
import { Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { linearFlow } from "../../src/model/build.js";
import type { LinearMap } from "../../src/model/model.js";
import { type Matrix, scale } from "../../src/numerics/matrix.js";
import { lyapunov, stein } from "../../src/numerics/sylvester.js";
import { rescale } from "../../src/operators/rescale.js";
import { relativelyApart } from "../close.js";
import { linearMapUnder, mapUnder } from "../maps.js";
import { kroneckerLyapunov, kroneckerStein, symmetricSpectrum } from "../oracles/equations.js";
import { mat, tenNames } from "../oracles/schemes.js";
import { eulerLimit, gram, solved, stableFlows, table } from "../random-flows.js";
import { between, forAll, networks, rowsOf } from "../random-networks.js";

/** Stationary covariance of `x' = A x + G xi`, by the library and checked against Kronecker products. */
const covarianceOfMap = (map: LinearMap): Matrix => {
  const P = solved(stein(map.stateMatrix, gram(map.noise!)));
  expect(relativelyApart(P, kroneckerStein(table(map.stateMatrix), table(gram(map.noise!))))).toBeLessThan(1e-9);
  return P;
};

describe("noise", () => {
  it("enters a step with the covariance of its scheme: dt, through the implicit leak, or as the leak collects it", () => {
    const draws = networks().chain((drawn) =>
      fc.tuple(fc.constant(drawn), rowsOf(drawn.model.units, 3, between(-1, 1)), between(0.05, 2)),
    );
    forAll(draws, ([{ model, rates }, rows, dt]) => {
      const noisy = { ...model, noise: { rows: rows.length, cols: 3, data: Float64Array.from(rows.flat()) } };
      const Q = mat(rows).mmul(mat(rows).transpose()).to2DArray();
      const weights = {
        "exponential-euler": (i: number, j: number) =>
          -Math.expm1(-dt * (rates[i]! + rates[j]!)) / (rates[i]! + rates[j]!),
        "imex-euler": (i: number, j: number) => dt / ((1 + dt * rates[i]!) * (1 + dt * rates[j]!)),
      };
      for (const name of tenNames) {
        const weight = (weights as Record<string, (i: number, j: number) => number>)[name] ?? (() => dt);
        const expected = Q.map((row, i) => row.map((v, j) => v * weight(i, j)));
        expect(relativelyApart(gram(mapUnder(name, dt, noisy).noise!()), expected)).toBeLessThan(1e-12);
      }
    });
  });

  it("implicit midpoint and trapezoid keep the stationary covariance at every dt (P30, N3)", () => {
    forAll(fc.tuple(stableFlows, between(0.1, 10)), ([{ flow, A, Sigma }, dt]) => {
      const P = kroneckerLyapunov(A, Sigma.mmul(Sigma.transpose()));
      for (const name of ["implicit-midpoint", "trapezoid", "zero-order-hold"] as const)
        expect(relativelyApart(covarianceOfMap(linearMapUnder(name, dt, flow)), P)).toBeLessThan(1e-9);
    });
  });

  it("exact sampling collects P - e^{dt A} P e^{dt A^T} over a step, rates of very different size included (N4)", () => {
    forAll(fc.tuple(between(20, 400), between(-1, 1), between(0.5, 2)), ([fast, mix, dt]) => {
      const flow = linearFlow({
        stateMatrix: [
          [-0.1, mix],
          [0, -fast],
        ],
        noise: [
          [0.4, 0],
          [0.3, 2],
        ],
      });
      const map = linearMapUnder("zero-order-hold", dt, flow);
      const A = table(flow.stateMatrix);
      const P = kroneckerLyapunov(A, table(gram(flow.noise!)));
      const E = mat([
        [Math.exp(-0.1 * dt), (mix * (Math.exp(-0.1 * dt) - Math.exp(-fast * dt))) / (fast - 0.1)],
        [0, Math.exp(-fast * dt)],
      ]);
      expect(relativelyApart(gram(map.noise!), Table.sub(P, E.mmul(P).mmul(E.transpose())))).toBeLessThan(1e-11);
    });
  });

  it("Euler–Maruyama inflates it, drift-implicit Euler deflates it (P30, N1, N2)", () => {
    forAll(fc.tuple(stableFlows, between(0.05, 0.9)), ([{ flow, A, Sigma }, share]) => {
      const P = kroneckerLyapunov(A, Sigma.mmul(Sigma.transpose()));
      const dt = share * eulerLimit(A);
      const excess = (name: "euler" | "backward-euler", step: number) =>
        Table.sub(table(covarianceOfMap(linearMapUnder(name, step, flow))), P);
      expect(symmetricSpectrum(excess("euler", dt))[0]!).toBeGreaterThan((-1e-10 * P.norm("frobenius")) / (1 - share));
      expect(symmetricSpectrum(excess("backward-euler", 3 * dt)).at(-1)!).toBeLessThan(1e-10 * P.norm("frobenius"));
    });
  });

  it("the bias of Euler–Maruyama starts with dt P1, A P1 + P1 A^T = -A P A^T (N5)", () => {
    forAll(stableFlows, ({ flow, A, Sigma }) => {
      const P = kroneckerLyapunov(A, Sigma.mmul(Sigma.transpose()));
      const P1 = kroneckerLyapunov(A, A.mmul(P).mmul(A.transpose()));
      const dt = 1e-4 * eulerLimit(A);
      const bias = Table.sub(table(covarianceOfMap(linearMapUnder("euler", dt, flow))), P).mul(1 / dt);
      expect(relativelyApart(bias, P1)).toBeLessThan(1e-2);
    });
  });

  it("exponential Euler with the leak's own noise has the variance ratio (2 - alpha)/(2 - alpha (1 - omega)) (N8)", () => {
    forAll(fc.tuple(between(-0.9, 0.9), between(0.05, 3), between(0.3, 3)), ([omega, dt, tau]) => {
      const flow = linearFlow({ stateMatrix: [[(omega - 1) / tau]], leakRates: [1 / tau], noise: [[0.7]] });
      const P = 0.49 / ((2 * (1 - omega)) / tau);
      const alpha = -Math.expm1(-dt / tau);
      const ratio = covarianceOfMap(linearMapUnder("exponential-euler", dt, flow)).data[0]! / P;
      expect(ratio / ((2 - alpha) / (2 - alpha * (1 - omega)))).toBeCloseTo(1, 12);
    });
  });

  it("R with noise times sqrt(a) leaves the stationary covariance of flow and map (P31, R5)", () => {
    forAll(fc.tuple(stableFlows, between(0.2, 5), between(0.1, 0.8)), ([{ flow, A }, a, share]) => {
      const fast = rescale(a)(flow);
      const P = solved(lyapunov(flow.stateMatrix, gram(flow.noise!)));
      expect(relativelyApart(solved(lyapunov(fast.stateMatrix, gram(fast.noise!))), P)).toBeLessThan(1e-12);
      const unscaled = solved(lyapunov(fast.stateMatrix, gram(flow.noise!)));
      expect(relativelyApart(unscaled, scale(P, 1 / a))).toBeLessThan(1e-12);
      const dt = share * eulerLimit(A);
      const slow = covarianceOfMap(linearMapUnder("euler", dt, flow));
      expect(relativelyApart(covarianceOfMap(linearMapUnder("euler", dt / a, fast)), slow)).toBeLessThan(
        1e-12 / (1 - share) ** 2,
      );
    });
  });
});
