/** Control, noise and transients of twelve systems against SciPy; `scripts/references/control.py` names its version. */
import { describe, expect, it } from "vitest";
import { type ControlSettings, control } from "../../src/analyze/control.js";
import type { Covariance } from "../../src/analyze/covariance.js";
import { flowGramian, type Gramian, minimumEnergy, readoutEnergy } from "../../src/analyze/gramians.js";
import { type NoiseSettings, noise } from "../../src/analyze/noise.js";
import { flowTransients, mapTransients } from "../../src/analyze/transients.js";
import { linearFlow } from "../../src/model/build.js";
import { fromRows, type Matrix } from "../../src/numerics/matrix.js";
import { expectClose } from "../close.js";
import reference from "../fixtures/control.json" with { type: "json" };
import { linearMapUnder } from "../maps.js";

const TOLERANCE = 1e-9;
const schemes = ["euler", "trapezoid", "rk4", "zero-order-hold"] as const;
const stochastic = ["euler", "backward-euler", "trapezoid", "heun", "zero-order-hold"] as const;

const gramian = (found: Gramian | undefined): Matrix => {
  if (found?.status !== "solved") throw new Error(found?.reason ?? "no Gramian");
  return found.matrix;
};
const covariance = (found: Covariance | undefined): Matrix => {
  if (found?.status !== "stationary") throw new Error(found?.reason ?? "no covariance");
  return found.matrix;
};

describe.each(reference.systems)("$name", (system) => {
  const flow = linearFlow({
    stateMatrix: system.A,
    inputMatrix: system.B,
    noise: system.Sigma,
    readout: { weights: system.C },
  });
  const stateNoise = { ...flow };
  delete (stateNoise as { readout?: unknown }).readout;
  const { dt } = system;
  const controlled = (settings: ControlSettings) => control(flow, { dt, ...settings });
  const noisy = (settings: NoiseSettings) => noise(stateNoise, { dt, ...settings });

  it("has the Gramians, Hankel values and energies", () => {
    const { flow: found } = controlled({});
    const Wc = gramian(found?.gramian);
    expectClose(Wc, system.controllability, TOLERANCE);
    expectClose(gramian(found?.observabilityGramian), system.observability, TOLERANCE);
    expectClose(found?.hankel ?? [], system.hankel, TOLERANCE);
    expectClose(
      gramian(flowGramian(flow.stateMatrix, flow.inputMatrix, system.horizon)),
      system.finiteHorizon,
      TOLERANCE,
    );
    // An inverse is only as good as its matrix is well conditioned.
    const reachable = TOLERANCE * Math.max(1, system.conditionOfGramian * 1e-6);
    const target = system.A.map((_, i) => (i + 1) / system.A.length);
    expectClose([minimumEnergy(Wc, target).value], [system.energy], reachable);
    expectClose(
      [
        readoutEnergy(
          Wc,
          fromRows(system.C),
          system.C.map(() => 1),
        ).value,
      ],
      [system.readoutEnergy],
      reachable,
    );
  });

  it.each(schemes)("has the Gramian of its map under %s", (scheme) => {
    const { map } = controlled({ scheme });
    expectClose(gramian(map.gramian), system.maps[scheme].controllability, TOLERANCE);
    if (scheme === "zero-order-hold")
      expectClose(gramian(map.observabilityGramian), system.maps[scheme].observability, TOLERANCE);
  });

  it("has the margins of its modes, and is as far from a loss as general minimization finds", () => {
    const { reachability } = controlled({}).flow!;
    const margins = reachability.modes.map(({ margin = 0 }) => margin).sort((a, b) => a - b);
    expectClose(margins, system.reach.margins, TOLERANCE);
    // The search is bounded, so it may stop a little above the minimum, and only there.
    expect(reachability.distance.value).toBeGreaterThan(system.reach.distance * (1 - 1e-6));
    expect(reachability.distance.value).toBeLessThan(system.reach.distance * 1.05 + 1e-12);
    expect(reachability.rank).toBe(system.A.length);
  });

  it("has the stationary covariance, spectrum and correlation times", () => {
    const { flow: found } = noisy({ frequencies: system.frequencies });
    expectClose(covariance(found?.covariance), system.covariance, TOLERANCE);
    system.spectrum.forEach((power, k) => {
      expectClose(found?.spectrum?.power.map((channel) => channel[k]!) ?? [], power, TOLERANCE);
    });
    expectClose(found?.correlationTimes ?? [], system.correlationTimes, TOLERANCE);
  });

  it.each(stochastic)("has the stationary covariance of its map under %s", (scheme) => {
    expectClose(covariance(noisy({ scheme }).map.covariance), system.covariances[scheme], TOLERANCE);
  });

  it("has the numerical abscissa, peak and Kreiss constant", () => {
    const found = flowTransients(flow.stateMatrix);
    expectClose([found.numericalAbscissa], [system.numericalAbscissa], TOLERANCE);
    expectClose([found.peak.value], [system.peak.value], TOLERANCE);
    if (system.peak.time > 0) expectClose([found.peak.time], [system.peak.time], 1e-4);
    expect(found.kreiss.value).toBeLessThan(system.kreiss * (1 + 1e-6));
    expect(found.kreiss.value).toBeGreaterThan(system.kreiss * 0.99);
    for (const scheme of schemes)
      expectClose(
        [mapTransients(linearMapUnder(scheme, dt, flow).stateMatrix).norm],
        [system.maps[scheme].norm],
        TOLERANCE,
      );
  });
});
