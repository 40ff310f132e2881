/**
 * Linear systems under sampling: stability, controllability and inverses; properties 24 to 29, 32, 36 and 38.
 *
 * Matrix equations are solved by Kronecker products, spectra by ml-matrix, so that nothing is its own witness.
 */
import fc from "fast-check";
import { determinant, inverse, Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { linearFlow } from "../../src/model/build.js";
import type { LinearFlow } from "../../src/model/model.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { eigenvalues, spectralRadius } from "../../src/numerics/eigen.js";
import { add, fromRows, identity, multiply, scale, subtract, transpose } from "../../src/numerics/matrix.js";
import { expm } from "../../src/numerics/matrix-exponential.js";
import { norm2 as libraryNorm2, singularValues } from "../../src/numerics/svd.js";
import { lyapunov, stein } from "../../src/numerics/sylvester.js";
import { rescale } from "../../src/operators/rescale.js";
import { undiscretizeLinear } from "../../src/operators/undiscretize.js";
import { relativelyApart, size } from "../close.js";
import { linearFlowAt, linearMapUnder } from "../maps.js";
import { kroneckerLyapunov, krylov, norm2, spectrum, symmetricSpectrum } from "../oracles/equations.js";
import { exponential, eye, mat } from "../oracles/schemes.js";
import { eulerLimit, gram, solved, stableFlows, table } from "../random-flows.js";
import { between, forAll, networks, rowsOf, vectorOf } from "../random-networks.js";

describe("stability", () => {
  it("at Euler's limit min(-2 Re / |lambda|^2) the largest multiplier is 1 (P24, S1)", () => {
    forAll(
      stableFlows,
      ({ flow, A }) => {
        const limit = eulerLimit(A);
        const radius = (step: number) => spectralRadius(linearMapUnder("euler", step, flow).stateMatrix);
        expect(Math.abs(radius(limit) - 1)).toBeLessThan(1e-12);
        expect(radius(0.99 * limit)).toBeLessThan(1);
        expect(radius(1.01 * limit)).toBeGreaterThan(1);
      },
      100,
    );
  });

  it("a leaky mode is stable just where |omega - (1 - 1/alpha)| < 1/alpha (P25, M20)", () => {
    const names = ["euler", "exponential-euler", "imex-euler"] as const;
    forAll(
      fc.tuple(between(-3, 3), between(-3, 3), between(0.05, 0.95), fc.constantFrom(...names)),
      ([re, im, alpha, name]) => {
        const distance = Math.hypot(re - (1 - 1 / alpha), im) - 1 / alpha;
        fc.pre(Math.abs(distance) > 1e-9);
        const dt = name === "euler" ? alpha : name === "imex-euler" ? alpha / (1 - alpha) : -Math.log(1 - alpha);
        const A = [
          [re - 1, -im],
          [im, re - 1],
        ];
        const map = linearMapUnder(name, dt, linearFlow({ stateMatrix: A, leakRates: [1, 1] }));
        expect(spectralRadius(map.stateMatrix) < 1).toBe(distance < 0);
        const [a, b] = schemeOf(name).stabilityFunction([dt * (re - 1), dt * im], dt);
        expect(Math.hypot(a, b) < 1).toBe(distance < 0);
      },
      300,
    );
  });

  it("trapezoid and implicit midpoint damp a mode just where the flow does (P26, S6)", () => {
    forAll(
      fc.tuple(between(-50, 50), between(-50, 50), fc.constantFrom("trapezoid" as const, "implicit-midpoint" as const)),
      ([re, im, name]) => {
        fc.pre(Math.abs(re) > 1e-6 && Math.hypot(re - 2, im) > 1e-3);
        expect(Math.hypot(...schemeOf(name).stabilityFunction([re, im])) < 1).toBe(re < 0);
      },
      300,
    );
    forAll(fc.tuple(stableFlows, between(0.1, 100)), ([{ flow }, dt]) => {
      expect(spectralRadius(linearMapUnder("trapezoid", dt, flow).stateMatrix)).toBeLessThan(1);
    });
  });

  it("|e^Z - I - Z| <= |Z^2| max(1, e^mu) / 2 and <= e^|Z| - 1 - |Z| (P36, LD9)", () => {
    forAll(
      fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(rowsOf(n, n, between(-1, 1)), between(0.05, 3))),
      ([rows, scaling]) => {
        const Z = mat(rows).mul(scaling);
        const remainder = subtract(subtract(expm(fromRows(Z.to2DArray())), identity(Z.rows)), fromRows(Z.to2DArray()));
        const oracle = Table.sub(Table.sub(exponential(Z).exp, eye(Z.rows)), Z);
        expect(relativelyApart(remainder, oracle)).toBeLessThan(1e-9);
        const mu = symmetricSpectrum(Z).at(-1)!;
        const measured = libraryNorm2(remainder);
        expect(measured).toBeLessThan((norm2(Z.mmul(Z)) * Math.max(1, Math.exp(mu))) / 2 + 1e-13);
        expect(measured).toBeLessThan(Math.expm1(norm2(Z)) - norm2(Z) + 1e-12 * Math.exp(norm2(Z)));
      },
      100,
    );
  });
});

describe("controllability", () => {
  const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k);

  it("Euler's matrix is the flow's times an upper triangle of binomials: rank kept at every dt (P27, C2)", () => {
    forAll(fc.tuple(stableFlows, between(0.1, 3)), ([{ flow, A, B }, dt]) => {
      const map = linearMapUnder("euler", dt, flow);
      const n = A.rows;
      const S = Table.zeros(n, n);
      for (let i = 0; i < n; i++) for (let j = i; j < n; j++) S.set(i, j, dt * binomial(j, i) * dt ** i);
      const expected = krylov(A, B).mmul(S.kroneckerProduct(eye(B.columns)));
      expect(relativelyApart(krylov(table(map.stateMatrix), table(map.inputMatrix)), expected)).toBeLessThan(1e-12);
    });
  });

  it("with one input Euler's determinant is dt^(n + n(n-1)/2) times the flow's (P38, C1)", () => {
    forAll(fc.tuple(stableFlows, between(0.2, 1)), ([{ flow, A, B }, dt]) => {
      const b = B.subMatrix(0, A.rows - 1, 0, 0);
      const n = A.rows;
      const C = krylov(A, b);
      // The determinants are only as good as the matrices are well conditioned.
      fc.pre(n <= 4 && Math.abs(determinant(C)) > 1e-2 * norm2(C) ** n * 1e-2);
      const map = linearMapUnder("euler", dt, { ...flow, inputMatrix: fromRows(b.to2DArray()), inputs: 1 });
      const ratio = determinant(krylov(table(map.stateMatrix), table(map.inputMatrix))) / determinant(C);
      expect(Math.abs(ratio / dt ** (n + (n * (n - 1)) / 2) - 1)).toBeLessThan(1e-9);
    });
  });

  it("the Gramian of the trapezoid map is dt times the flow's, at every dt (P28, C11)", () => {
    forAll(fc.tuple(stableFlows, between(0.1, 10)), ([{ flow, A, B }, dt]) => {
      const map = linearMapUnder("trapezoid", dt, flow);
      const continuous = kroneckerLyapunov(A, B.mmul(B.transpose()));
      const discrete = solved(stein(map.stateMatrix, gram(map.inputMatrix)));
      expect(relativelyApart(discrete, Table.mul(continuous, dt))).toBeLessThan(1e-10);
    });
  });

  it("R multiplies W_c by a, divides W_o by a and leaves the Hankel values (P29, R4)", () => {
    forAll(fc.tuple(stableFlows, between(0.2, 5)), ([{ flow, C }, a]) => {
      const Q = fromRows(C.transpose().mmul(C).to2DArray());
      const gramians = (f: LinearFlow) => ({
        c: solved(lyapunov(f.stateMatrix, gram(f.inputMatrix))),
        o: solved(lyapunov(transpose(f.stateMatrix), Q)),
      });
      const [slow, fast] = [gramians(flow), gramians(rescale(a)(flow))];
      expect(relativelyApart(fast.c, scale(slow.c, a))).toBeLessThan(1e-11);
      expect(relativelyApart(fast.o, scale(slow.o, 1 / a))).toBeLessThan(1e-11);
      // The squares of the Hankel values are the eigenvalues of W_c W_o.
      const hankel = (g: typeof slow) => singularValues(multiply(g.c, g.o));
      expect(relativelyApart(hankel(fast), hankel(slow))).toBeLessThan(1e-11);
    });
  });
});

describe("inverses of D", () => {
  const inverses = ["zero-order-hold", "euler", "backward-euler", "trapezoid", "implicit-midpoint"] as const;

  it.each(inverses)("the flow found behind a map of %s is the one it came from, below Nyquist (P32, M17)", (name) => {
    const draws = stableFlows.chain((drawn) =>
      fc.tuple(fc.constant(drawn), between(0.05, 0.9), vectorOf(drawn.A.rows, between(-1, 1))),
    );
    forAll(draws, ([{ flow, A }, share, offset]) => {
      const nyquist = Math.PI / Math.max(1, ...spectrum(A).map(([, im]) => Math.abs(im)));
      const dt = share * Math.min(nyquist, name === "zero-order-hold" ? 2 : 1);
      const displaced = { ...flow, offset: Float64Array.from(offset), point: Float64Array.from(offset, (v) => v * v) };
      const map = linearMapUnder(name, dt, displaced);
      const found = undiscretizeLinear({ scheme: name })(map);
      if (found.status !== "found") throw new Error(found.message);
      const condition = norm2(table(map.stateMatrix)) * norm2(inverse(table(map.stateMatrix)));
      fc.pre(condition < 100);
      const tolerance = 1e-11;
      expect(relativelyApart(found.model.stateMatrix, flow.stateMatrix)).toBeLessThan(tolerance);
      expect(relativelyApart(found.model.inputMatrix, flow.inputMatrix)).toBeLessThan(tolerance);
      expect(relativelyApart(found.model.offset, displaced.offset)).toBeLessThan(tolerance);
    });
  });

  it("a sampled flow never has a negative determinant, so some vanilla networks sample none (M19)", () => {
    forAll(fc.tuple(stableFlows, between(0.1, 3)), ([{ flow }, dt]) => {
      expect(determinant(table(linearMapUnder("zero-order-hold", dt, flow).stateMatrix))).toBeGreaterThan(0);
    });
  });
});

describe("linearized networks", () => {
  it("have the spectrum that ml-matrix finds", () => {
    forAll(networks(), ({ model, state, input }) => {
      const { stateMatrix } = linearFlowAt(model, state, input);
      const order = (values: readonly (readonly [number, number])[]) =>
        values.map(([re, im]) => [Math.round(re * 1e6) / 1e6, im] as const).sort((a, b) => b[0] - a[0] || b[1] - a[1]);
      const [ours, theirs] = [order(eigenvalues(stateMatrix)), order(spectrum(table(stateMatrix)))];
      expect(relativelyApart(ours.flat(), theirs.flat(), 1)).toBeLessThan(1e-5);
      expect(size(add(stateMatrix, stateMatrix, -1))).toBe(0);
    });
  });
});
