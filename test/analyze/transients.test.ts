/** Transient growth, pseudospectra and Kreiss constants of flow and map. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flowPeak, mapPeak, numericalAbscissa } from "../../src/analyze/peak.js";
import { flowKreiss, mapKreiss, pseudospectrum } from "../../src/analyze/pseudospectrum.js";
import { contractiveStep, flowTransients, mapTransients, transients } from "../../src/analyze/transients.js";
import { linearFlow } from "../../src/model/build.js";
import { add, euclideanNorm, fromRows, identity, multiply, multiplyVector, scale } from "../../src/numerics/matrix.js";
import { expm } from "../../src/numerics/matrix-exponential.js";
import { norm2 } from "../../src/numerics/svd.js";
import { rescale } from "../../src/operators/rescale.js";
import { expectClose } from "../close.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { between, forAll } from "../random-networks.js";
import { stableFlows } from "./linear-systems.js";

describe("a non-normal pair of units (worked example G13)", () => {
  const expected = reference.nonNormal;
  const A = fromRows([
    [-1, 8],
    [0, -1.2],
  ]);
  const found = flowTransients(A);

  it("has the abscissa, departure and peak of the reference", () => {
    expectClose([found.numericalAbscissa], [expected.numericalAbscissa]);
    expectClose([found.departureFromNormality], [expected.departure]);
    expectClose([found.peak.value], [expected.peakNorm], 1e-12);
    expect(Math.abs(found.peak.time - expected.peakTime)).toBeLessThan(1e-7);
    expect(found.spectralAbscissa).toBe(-1);
  });

  it("is amplified that much from the direction it names, and no more from others", () => {
    const { time, direction, response, value } = found.peak;
    const moved = multiplyVector(expm(scale(A, time)), direction);
    expectClose([euclideanNorm(moved)], [value]);
    expectClose(
      moved,
      response.map((v) => value * v),
      1e-9,
    );
    for (let angle = 0; angle < 3; angle += 0.2)
      expect(euclideanNorm(multiplyVector(expm(scale(A, time)), [Math.cos(angle), Math.sin(angle)]))).toBeLessThan(
        value + 1e-12,
      );
  });

  it("contracts under Euler up to the step of the reference", () => {
    const B = fromRows([
      [-2, 1],
      [0, -1],
    ]);
    expectClose([contractiveStep(B) ?? 0], [expected.eulerContractionLimit]);
    const norm = (dt: number) => norm2(add(identity(2), B, dt));
    expect(norm(expected.eulerContractionLimit - 1e-6)).toBeLessThan(1);
    expect(norm(expected.eulerContractionLimit + 1e-6)).toBeGreaterThan(1);
    expect(contractiveStep(A)).toBeUndefined();
  });
});

describe("of any stable flow", () => {
  it("the Kreiss constant is at most the peak, which is at most e n times that", () => {
    forAll(
      stableFlows(),
      ({ stateMatrix: A }) => {
        const [K, peak] = [flowKreiss(A).value, flowPeak(A).value];
        expect(K).toBeLessThan(peak * (1 + 1e-9));
        expect(peak).toBeLessThan(Math.E * A.rows * K * 1.02);
        const M = expm(scale(A, 0.3));
        const [Kd, peakd] = [mapKreiss(M).value, mapPeak(M).value];
        expect(Kd).toBeLessThan(peakd * (1 + 1e-9));
        expect(peakd).toBeLessThan(Math.E * A.rows * Kd * 1.02);
        expect(peakd).toBeLessThan(peak * (1 + 1e-9));
      },
      15,
    );
  });

  it("R keeps Kreiss constant and peak, and brings the peak forward by a (P35)", () => {
    forAll(
      fc.tuple(stableFlows(), between(0.3, 4)),
      ([flow, a]) => {
        const slow = flowTransients(flow.stateMatrix);
        const fast = flowTransients(rescale(a)(flow).stateMatrix);
        expectClose([fast.peak.value], [slow.peak.value], 1e-9);
        expectClose([fast.kreiss.value], [slow.kreiss.value], 1e-2);
        expectClose([fast.numericalAbscissa], [a * slow.numericalAbscissa], 1e-12);
        if (slow.peak.value > 1.01) expectClose([fast.peak.time * a], [slow.peak.time], 1e-3);
      },
      15,
    );
  });

  it("the numerical abscissa is the slope of the norm at zero, and of nothing grows more", () => {
    forAll(
      stableFlows(),
      ({ stateMatrix: A }) => {
        const { value, direction } = numericalAbscissa(A);
        const h = 1e-6;
        const slope = (euclideanNorm(multiplyVector(expm(scale(A, h)), direction)) - 1) / h;
        expect(Math.abs(slope - value)).toBeLessThan(1e-4);
        expect((norm2(expm(scale(A, h))) - 1) / h).toBeLessThan(value + 1e-4);
      },
      15,
    );
  });

  it("the peak of the map is found among its powers", () => {
    forAll(
      stableFlows(),
      ({ stateMatrix: A }) => {
        const M = add(identity(A.rows), A, 0.2);
        const { status, value, time } = mapPeak(M);
        if (status !== "amplifies") return;
        let [power, best, at] = [identity(A.rows), 1, 0];
        for (let k = 1; k < 400; k++) {
          power = multiply(power, M);
          const norm = norm2(power);
          if (norm > best) [best, at] = [norm, k];
        }
        expectClose([value], [best], 1e-12);
        expect(time).toBe(at);
      },
      15,
    );
  });
});

describe("special cases", () => {
  it("a normal matrix does not amplify", () => {
    const A = fromRows([
      [-0.5, 2],
      [-2, -0.5],
    ]);
    expect(flowTransients(A)).toMatchObject({ peak: { status: "decays", value: 1 }, kreiss: { value: 1 } });
    expect(mapTransients(scale(A, 0.3)).kreiss.value).toBeLessThan(1 + 1e-9);
    // Euler beyond its contractive step does what the flow never does.
    expect(mapTransients(add(identity(2), A, 0.24)).peak.status).toBe("grows");
  });

  it("a growing mode has no peak", () => {
    const found = transients(linearFlow({ stateMatrix: [[0.1]] }), { dt: 0.1 });
    expect(found.flow?.peak).toMatchObject({ status: "grows", value: Number.POSITIVE_INFINITY });
    expect(found.map.kreiss.value).toBe(Number.POSITIVE_INFINITY);
  });

  it("a shift register of n units holds a displacement for n - 1 steps", () => {
    const shift = fromRows([
      [0, 3, 0],
      [0, 0, 3],
      [0, 0, 0],
    ]);
    expect(mapPeak(shift)).toMatchObject({ status: "amplifies", value: 9, time: 2 });
  });

  it("the pseudospectrum of a normal matrix is the distance to its eigenvalues", () => {
    const A = fromRows([
      [-1, 2],
      [-2, -1],
    ]);
    const { re, im, sigma } = pseudospectrum(A, { re: [-3, 1], im: [-3, 3], count: 7 });
    sigma.forEach((row, i) => {
      row.forEach((value, j) => {
        const distance = Math.min(Math.hypot(re[j]! + 1, im[i]! - 2), Math.hypot(re[j]! + 1, im[i]! + 2));
        expect(Math.abs(value - distance)).toBeLessThan(1e-12);
      });
    });
    expect(pseudospectrum(A).sigma).toHaveLength(41);
  });
});
