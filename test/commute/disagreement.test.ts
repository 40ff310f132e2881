/** `commute` says no where operators do not commute, by how much, and the number is the one that theory gives. */
import fc from "fast-check";
import { Matrix as Table } from "ml-matrix";
import { describe, expect, it } from "vitest";
import type { Certificate } from "../../src/commute/certificate.js";
import { commute } from "../../src/commute/commute.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { at } from "../../src/operators/linearize.js";
import { norm2, symmetricSpectrum } from "../oracles/equations.js";
import { evaluated, inputJacobianOf, jacobianOf, secondDerivativeOf } from "../oracles/fields.js";
import { exponential, eye, mat, tenNames } from "../oracles/schemes.js";
import {
  anyNetwork,
  anyNetworkAtRest,
  between,
  type Drawn,
  forAll,
  networks,
  networksAtRest,
  rowsOf,
  vectorOf,
} from "../random-networks.js";
import { pairs } from "./pairs.js";

const here = ({ state, input }: Drawn) => at.state(state, input);
const no = (certificate: Certificate | undefined): Certificate => {
  expect(certificate).toMatchObject({ verdict: "fails" });
  expect(certificate!.remedy).not.toBeNull();
  return certificate!;
};
const ratio = (a: number, b: number): number => Math.abs(a / b - 1);

/** max of |f|, |J| and |B| at the operating point. */
const sizeAt = ({ field, state, input }: Drawn): number =>
  Math.max(
    Math.hypot(...evaluated(field, state, input)),
    norm2(mat(jacobianOf(field, state, input))),
    norm2(mat(inputJacobianOf(field, state, input))),
  );

describe("R and D", () => {
  it("differ with a misaligned step: Euler by (rho - 1) dt max(|f|, |J|, |B|), measured and predicted alike", () => {
    forAll(fc.tuple(anyNetwork(), between(0.01, 0.2), between(0.3, 4), between(1.05, 3)), ([drawn, dt, speed, rho]) => {
      const settings = { dt, speed, stepAfterRescale: (rho * dt) / speed, at: here(drawn), steps: 5 };
      const result = commute(drawn.model, { ...settings, schemes: ["euler"] });
      const certificate = no(pairs(result, "R", "D")[0]);
      expect(certificate.bound.kind).toBe("identity");
      expect(ratio(certificate.defect.operator, certificate.bound.value!)).toBeLessThan(1e-9);
      // The worst of several states: at least what the operating point alone gives.
      expect(certificate.defect.operator).toBeGreaterThan((rho - 1) * dt * sizeAt(drawn) * (1 - 1e-9));
      const offset = (rho - 1) * dt * Math.hypot(...evaluated(drawn.field, drawn.state, drawn.input));
      expect(certificate.defect.offset).toBeGreaterThan(offset * (1 - 1e-9));
      expect(no(pairs(result, "R", "D", "L")[0]).classes!.length).toBeGreaterThan(1);
    });
  });

  it.each(tenNames)("differ with a misaligned step under %s, to first order in dt as predicted", (name) => {
    forAll(anyNetwork({ weight: 1, units: 4 }), (drawn) => {
      const dt = 1e-4;
      const settings = { dt, speed: 2, stepAfterRescale: dt, at: here(drawn), schemes: [name], steps: 2 };
      const certificate = no(pairs(commute(drawn.model, settings), "R", "D")[0]);
      expect(ratio(certificate.defect.operator, certificate.leadingOrder!)).toBeLessThan(0.02);
    });
  });

  it("differ where R leaves the noise or multiplies it by a: by |s / sqrt(a) - 1| of its size, under every scheme", () => {
    const noisy = networks({ weight: 1 }).chain((drawn) =>
      fc.tuple(fc.constant(drawn), rowsOf(drawn.model.units, 2, between(-0.5, 0.5)), between(1.2, 5)),
    );
    forAll(
      noisy,
      ([drawn, rows, speed]) => {
        const model = { ...drawn.model, noise: { rows: rows.length, cols: 2, data: Float64Array.from(rows.flat()) } };
        for (const noise of ["unscaled", "linear"] as const) {
          const settings = { dt: 0.05, speed, noise, at: here(drawn), steps: 2 };
          const factor = noise === "unscaled" ? 1 / Math.sqrt(speed) : Math.sqrt(speed);
          for (const certificate of pairs(commute(model, settings), "R", "D")) {
            no(certificate);
            expect(ratio(certificate.defect.operator, certificate.bound.value!)).toBeLessThan(1e-8);
            if (certificate.scheme === "imex-euler" || certificate.scheme === "exponential-euler") continue;
            const expected = Math.abs(factor - 1) * Math.sqrt(0.05) * norm2(mat(rows));
            expect(ratio(certificate.defect.operator, expected)).toBeLessThan(1e-8);
          }
        }
      },
      15,
    );
  });

  it("differ in noise too with a misaligned step, which Euler's identity counts", () => {
    forAll(fc.tuple(networks({ weight: 0.3 }), between(1.5, 4)), ([drawn, rho]) => {
      const n = drawn.model.units;
      const noise = { rows: n, cols: n, data: Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) ? 0 : 20)) };
      const settings = {
        dt: 0.01,
        speed: 2,
        stepAfterRescale: rho * 0.005,
        at: here(drawn),
        schemes: ["euler" as const],
      };
      const certificate = no(pairs(commute({ ...drawn.model, noise }, settings), "R", "D")[0]);
      const expected = (Math.sqrt(rho) - 1) * Math.sqrt(0.01) * 20;
      expect(certificate.bound).toMatchObject({ kind: "identity" });
      expect(ratio(certificate.defect.operator, expected)).toBeLessThan(1e-9);
      expect(ratio(certificate.bound.value!, expected)).toBeLessThan(1e-9);
    });
  });

  it("differ with one speed per unit, unless all are equal", () => {
    const draws = networks().chain((drawn) =>
      fc.tuple(fc.constant(drawn), vectorOf(drawn.model.units, between(0.3, 3))),
    );
    forAll(draws, ([drawn, speeds]) => {
      fc.pre(Math.max(...speeds) - Math.min(...speeds) > 0.01);
      const settings = { dt: 0.05, at: here(drawn), schemes: ["euler" as const], steps: 5 };
      const certificate = no(pairs(commute(drawn.model, { ...settings, speeds }), "R", "D")[0]);
      expect(certificate.bound.kind).toBe("identity");
      expect(ratio(certificate.defect.operator, certificate.bound.value!)).toBeLessThan(1e-9);
      const equal = commute(drawn.model, { ...settings, speeds: speeds.map(() => 1.7) });
      expect(pairs(equal, "R", "D")[0]!.verdict).toBe("exact");
    });
  });

  it("differ under a warp that holds the slope at the start: Euler by s'' dt^2 / 2 of f, J or B", () => {
    forAll(fc.tuple(networks(), between(0.02, 0.2), between(0.3, 0.9)), ([drawn, dt, bend]) => {
      const warp = { name: "bent", time: (t: number) => t + (bend * t * t) / 2, slope: (t: number) => 1 + bend * t };
      const settings = { dt, warp, warpSpeed: "pointwise" as const, at: here(drawn), steps: 5 };
      const result = commute(drawn.model, { ...settings, schemes: ["euler", "heun"] });
      const [euler, heun] = pairs(result, "R", "D");
      expect(ratio(no(euler).defect.operator, 0.5 * bend * dt * dt * sizeAt(drawn))).toBeLessThan(1e-6);
      expect(ratio(euler!.bound.value!, euler!.defect.operator)).toBeLessThan(1e-6);
      no(heun);
    });
  });

  it("differ at one frame rate, by (a - a^(p+1)) of the step's error", () => {
    for (const [name, dt] of [
      ["euler", 1e-3],
      ["backward-euler", 1e-3],
      ["heun", 5e-3],
      ["rosenbrock-euler", 5e-3],
    ] as const)
      forAll(networks({ weight: 1, units: 3, phi: ["tanh", "sigmoid"] }), (drawn) => {
        const settings = { dt, speed: 3, stepAfterRescale: dt, at: here(drawn), schemes: [name], steps: 2 };
        const certificate = no(pairs(commute(drawn.model, settings), "R", "D")[1]);
        fc.pre(certificate.leadingOrder! > 1e-9);
        expect(ratio(certificate.defect.operator, certificate.leadingOrder!)).toBeLessThan(0.2);
      });
  });
});

describe("L and D", () => {
  it("differ where Euler comes before and exact sampling after, never by more than the bound", () => {
    forAll(
      fc.tuple(fc.oneof(anyNetwork(), anyNetworkAtRest()), between(0.01, 0.5)),
      ([drawn, dt]) => {
        const settings = { dt, at: here(drawn), schemes: ["euler" as const], steps: 2 };
        const result = commute(drawn.model, { ...settings, schemeAfterLinearize: "zero-order-hold" });
        const certificate = no(pairs(result, "L", "D")[0]);
        const Z = mat(jacobianOf(drawn.field, drawn.state, drawn.input)).mul(dt);
        const state = norm2(Table.sub(Table.sub(exponential(Z).exp, eye(Z.rows)), Z));
        expect(Math.abs(certificate.defect.state - state)).toBeLessThan(1e-11 * Math.max(1, norm2(exponential(Z).exp)));
        const mu = symmetricSpectrum(Z).at(-1)!;
        expect(certificate.bound.kind).toBe("rigorous");
        expect(certificate.defect.operator).toBeLessThanOrEqual(certificate.bound.value! * (1 + 1e-9) + 1e-13);
        expect(certificate.bound.value!).toBeGreaterThanOrEqual(
          (norm2(Z.mmul(Z)) * Math.max(1, Math.exp(mu)) * (1 - 1e-9)) / 2,
        );
        expect(pairs(result, "R", "D", "L")).toHaveLength(0);
      },
      100,
    );
  });

  const afterL = ["zero-order-hold", "euler", "trapezoid", "rk4", "exponential-euler"] as const;
  it.each(tenNames)("differ between %s before and another scheme after, by the first terms of both", (before) => {
    for (const after of afterL) {
      const onLinear = (name: SchemeName) => (name === "rosenbrock-euler" ? Infinity : schemeOf(name).order);
      const order = Math.min(onLinear(before), onLinear(after));
      const dt = order >= 4 ? 0.05 : order === 2 ? 0.01 : 2e-3;
      forAll(
        networksAtRest({ weight: 0.8, units: 4 }),
        (drawn) => {
          const settings = { dt, at: here(drawn), schemes: [before], schemeAfterLinearize: after, steps: 2 };
          const certificate = pairs(commute(drawn.model, settings), "L", "D")[0]!;
          const sameOnLinear =
            before === after ||
            (before === "rosenbrock-euler" && after === "zero-order-hold") ||
            (before === "implicit-midpoint" && after === "trapezoid");
          if (sameOnLinear) {
            expect(certificate.verdict).not.toBe("fails");
            return;
          }
          expect(certificate.order).toBe(order + 1);
          const Z = dt * norm2(mat(jacobianOf(drawn.field, drawn.state, drawn.input)));
          // A first term that is small beside the next ones is no prediction.
          fc.pre(certificate.leadingOrder! > 0.002 * Z ** (order + 1));
          expect(ratio(no(certificate).defect.state, certificate.leadingOrder!)).toBeLessThan(Math.max(0.02, 20 * Z));
        },
        8,
      );
    }
  });

  it("differ for Rosenbrock–Euler and exact sampling off a fixed point, by dt^2 f''[f, .] / 2", () => {
    forAll(anyNetwork({ weight: 1, units: 4 }), (drawn) => {
      const { field, state, input } = drawn;
      const f = evaluated(field, state, input);
      const second = secondDerivativeOf((x) => jacobianOf(field, x, input), state, f);
      fc.pre(norm2(mat(second)) > 0.5 && Math.hypot(...f) < 3);
      const settings = { dt: 1e-3, at: here(drawn), schemes: ["rosenbrock-euler" as const], steps: 2 };
      const result = commute(drawn.model, { ...settings, schemeAfterLinearize: "zero-order-hold" });
      const certificate = no(pairs(result, "L", "D")[0]);
      expect(certificate.order).toBe(2);
      expect(certificate.condition).toMatch(/are different maps/);
      expect(ratio(certificate.defect.state, 0.5e-6 * norm2(mat(second)))).toBeLessThan(0.05);
      expect(certificate.leadingOrder!).toBeGreaterThanOrEqual(0.5e-6 * norm2(mat(second)) * (1 - 1e-6));
    });
  });

  it("differ by Phi c where L drops the offset", () => {
    forAll(fc.tuple(networks({ weight: 1 }), between(0.02, 0.3)), ([drawn, dt]) => {
      const settings = { dt, at: here(drawn), keepOffset: false, steps: 2 };
      const schemes = ["euler", "exponential-euler", "imex-euler", "heun"] as const;
      const certificates = pairs(commute(drawn.model, { ...settings, schemes }), "L", "D");
      const f = evaluated(drawn.field, drawn.state, drawn.input);
      fc.pre(Math.hypot(...f) > 0.05);
      for (const certificate of certificates) no(certificate);
      expect(ratio(certificates[0]!.defect.offset, dt * Math.hypot(...f))).toBeLessThan(1e-9);
      for (const certificate of certificates.slice(0, 3)) {
        expect(certificate.bound.kind).toBe("identity");
        expect(ratio(certificate.defect.operator, certificate.bound.value!)).toBeLessThan(1e-9);
      }
    });
  });
});
