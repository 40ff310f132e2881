/** Where theory says that operators commute, `commute` says so, on random networks and with its own measurement. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commute } from "../../src/commute/commute.js";
import { nonlinearSchemeNames, schemeOf } from "../../src/model/scheme/schemes.js";
import { solveFixedPoint } from "../../src/model/solve-fixed-point.js";
import { at } from "../../src/operators/linearize.js";
import { rescale } from "../../src/operators/rescale.js";
import { evaluated } from "../oracles/fields.js";
import { tenNames } from "../oracles/schemes.js";
import {
  anyNetwork,
  anyNetworkAtRest,
  between,
  type Drawn,
  forAll,
  networks,
  rowsOf,
  vectorOf,
} from "../random-networks.js";
import { pairs } from "./pairs.js";

const everywhere = ["euler", "exponential-euler", "imex-euler"] as const;
const here = ({ state, input }: Drawn) => at.state(state, input);

describe("commute", () => {
  it("looks at every scheme that is defined on nonlinear flows", () => {
    expect([...nonlinearSchemeNames].sort()).toEqual([...tenNames].sort());
  });

  it("certifies R–D of every scheme, with the step aligned, at every state and speed", () => {
    forAll(
      fc.tuple(anyNetwork({ weight: 1 }), between(0.01, 0.08), between(0.2, 5)),
      ([drawn, dt, speed]) => {
        for (const certificate of pairs(commute(drawn.model, { dt, speed, at: here(drawn), steps: 20 }), "R", "D")) {
          expect(certificate).toMatchObject({ verdict: "exact", bound: { kind: "zero" }, remedy: null });
          expect(certificate.defect.operator).toBeLessThanOrEqual(certificate.tolerance);
          expect(certificate.defect.trajectory).toBeLessThan(1e-9);
        }
      },
      20,
    );
  });

  it("certifies R–D of a noisy network when R multiplies the noise by sqrt(a), under every scheme", () => {
    const noisy = networks({ weight: 1 }).chain((drawn) =>
      fc.tuple(fc.constant(drawn), rowsOf(drawn.model.units, 2, between(-0.5, 0.5)), between(0.2, 5)),
    );
    forAll(
      noisy,
      ([drawn, noise, speed]) => {
        const model = { ...drawn.model, noise: { rows: noise.length, cols: 2, data: Float64Array.from(noise.flat()) } };
        for (const { verdict } of pairs(commute(model, { dt: 0.05, speed, at: here(drawn), steps: 5 }), "R", "D"))
          expect(verdict).toBe("exact");
      },
      20,
    );
  });

  it("certifies L–R at every state, also with one speed per unit", () => {
    const draws = networks().chain((drawn) =>
      fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(0.3, 3)), between(0.2, 5)),
    );
    forAll(draws, ([drawn, speeds, speed]) => {
      const settings = { at: here(drawn), schemes: ["euler"] as const, steps: 5 };
      for (const rest of [{ speed }, { speeds }]) {
        const [certificate] = pairs(commute(drawn.model, { ...settings, ...rest }), "L", "R");
        expect(certificate!.verdict).toBe("exact");
        expect(certificate!.defect.operator).toBeLessThanOrEqual(certificate!.tolerance);
      }
    });
  });

  it.each(everywhere)("certifies L–D of %s at every state, and all six orders", (name) => {
    forAll(fc.tuple(anyNetwork(), between(0.05, 1), between(0.2, 5)), ([drawn, dt, speed]) => {
      const result = commute(drawn.model, { dt, speed, at: here(drawn), schemes: [name], steps: 5 });
      const [certificate] = pairs(result, "L", "D");
      expect(certificate).toMatchObject({ verdict: "exact", bound: { value: 0, kind: "zero" } });
      const [cube] = pairs(result, "R", "D", "L");
      expect(cube!.verdict).toBe("exact");
      expect(cube!.classes).toEqual([["LRD", "RLD", "LDR", "RDL", "DRL", "DLR"]]);
    });
  });

  it.each(tenNames)("certifies L–D of %s at a fixed point, and all six orders", (name) => {
    forAll(
      fc.tuple(anyNetworkAtRest({ weight: 1 }), between(0.01, 0.08), between(0.2, 5)),
      ([drawn, dt, speed]) => {
        const result = commute(drawn.model, { dt, speed, at: here(drawn), schemes: [name], steps: 5 });
        const verdict = schemeOf(name).affineInField ? "exact" : "conditional";
        expect(result.atFixedPoint).toBe(true);
        const [certificate] = pairs(result, "L", "D");
        expect(certificate!.verdict).toBe(verdict);
        expect(certificate!.defect.operator).toBeLessThanOrEqual(certificate!.tolerance);
        const [cube] = pairs(result, "R", "D", "L");
        expect(cube!.verdict).toBe(verdict);
        expect(cube!.classes).toHaveLength(1);
      },
      15,
    );
  });

  it.each(tenNames)("certifies R–D of %s under a warp whose secant speed is held", (name) => {
    const wave = {
      name: "wave",
      time: (t: number) => t + 0.3 * Math.sin(t),
      slope: (t: number) => 1 + 0.3 * Math.cos(t),
    };
    forAll(
      fc.tuple(anyNetwork({ weight: 1 }), between(0.01, 0.08)),
      ([drawn, dt]) => {
        const settings = { dt, warp: wave, at: here(drawn), schemes: [name], steps: 10 };
        const [certificate] = pairs(commute(drawn.model, settings), "R", "D");
        expect(certificate!.verdict).toBe("exact");
        expect(certificate!.defect.operator).toBeLessThanOrEqual(certificate!.tolerance);
      },
      15,
    );
  });

  it("finds a fixed point by itself, and says how far from one it is", () => {
    forAll(networks({ phi: ["tanh", "sigmoid"], weight: 0.5 }), ({ model, field }) => {
      const result = commute(model, { schemes: ["heun"], steps: 5 });
      const velocity = Math.hypot(...evaluated(field, result.point, result.input));
      expect(Math.abs(result.residual - velocity)).toBeLessThan(1e-12);
      // From the origin Newton may end in a dip of |f|; the certificate then says so and is about the origin.
      expect(result.atFixedPoint).toBe(velocity < 1e-10);
      expect(pairs(result, "L", "D")[0]!.verdict).toBe(result.atFixedPoint ? "conditional" : "fails");
    });
  });

  it("knows a fixed point whatever the unit of time", () => {
    forAll(fc.tuple(anyNetworkAtRest({ weight: 1 }), fc.constantFrom(1e-6, 1e3, 1e9)), ([drawn, speed]) => {
      const model = rescale(speed)(drawn.model);
      const found = solveFixedPoint(model, { start: drawn.state, input: drawn.input });
      expect(found.status).toBe("converged");
      const result = commute(model, { at: here(drawn), schemes: ["heun"], steps: 5 });
      expect(result.atFixedPoint).toBe(true);
      expect(pairs(result, "L", "D")[0]!.verdict).toBe("conditional");
    });
  });

  it("certifies Rosenbrock–Euler before L against exact sampling after it, at a fixed point", () => {
    forAll(fc.tuple(anyNetworkAtRest(), between(0.05, 0.3)), ([drawn, dt]) => {
      const settings = { dt, at: here(drawn), schemes: ["rosenbrock-euler"] as const, steps: 5 };
      const [certificate] = pairs(
        commute(drawn.model, { ...settings, schemeAfterLinearize: "zero-order-hold" }),
        "L",
        "D",
      );
      expect(certificate!.verdict).toBe("conditional");
    });
  });

  it("certifies two schemes that are one on linear flows, at a fixed point: trapezoid and implicit midpoint", () => {
    const twins = [
      ["trapezoid", "implicit-midpoint"],
      ["heun", "explicit-midpoint"],
    ] as const;
    for (const [before, after] of twins)
      forAll(fc.tuple(anyNetworkAtRest({ weight: 1 }), between(0.01, 0.08)), ([drawn, dt]) => {
        const settings = { dt, at: here(drawn), schemes: [before], schemeAfterLinearize: after, steps: 5 };
        const [certificate] = pairs(commute(drawn.model, settings), "L", "D");
        expect(certificate!.verdict).toBe("conditional");
        expect(certificate!.defect.operator).toBeLessThanOrEqual(certificate!.tolerance);
      });
  });

  it("certifies piecewise-linear activations at any state, as long as no stage crosses a kink", () => {
    forAll(
      fc.tuple(networks({ form: "current", weight: 0.5 }), between(0.001, 0.002)),
      ([drawn, dt]) => {
        // A step of 0.002 does not reach the kink at 0 from a current of 0.2 or more.
        const state = drawn.state.map((v) => v + 0.2 * Math.sign(v));
        const relu = { ...drawn.model, activation: "relu" as const };
        for (const name of tenNames) {
          const result = commute(relu, { dt, at: at.state(state, drawn.input), schemes: [name], steps: 2 });
          const [certificate] = pairs(result, "L", "D");
          expect(certificate!.verdict).toBe(schemeOf(name).affineInField ? "exact" : "conditional");
          expect(certificate!.defect.operator).toBeLessThanOrEqual(certificate!.tolerance);
          expect(pairs(result, "R", "D", "L")[0]!.verdict).not.toBe("fails");
        }
      },
      15,
    );
  });
});
