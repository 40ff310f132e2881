/** Off a fixed point L and D differ: by the leading term at small steps, and never by more than the rigorous bound. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commute } from "../../src/commute/commute.js";
import { currentModel, rateModel } from "../../src/model/build.js";
import { at } from "../../src/operators/linearize.js";
import { size } from "../close.js";
import { norm2 } from "../oracles/equations.js";
import { evaluated, jacobianOf, secondDerivativeOf } from "../oracles/fields.js";
import { mat, type TenName } from "../oracles/schemes.js";
import { anyNetwork, between, forAll, networks, rowsOf, vectorOf } from "../random-networks.js";
import { pairs } from "./pairs.js";

const weights = {
  "backward-euler": 1,
  "implicit-midpoint": 1 / 2,
  trapezoid: 1 / 2,
  heun: 1 / 2,
  "explicit-midpoint": 1 / 2,
  rk4: 1 / 2,
} as const;
const names = Object.keys(weights) as (keyof typeof weights)[];

/** Networks of any activation, curved, kinked, bounded or not. */
const rough = fc.integer({ min: 1, max: 5 }).chain((n) =>
  fc
    .record({
      W: rowsOf(n, n, between(-1.5, 1.5)),
      B: rowsOf(n, 1, between(-1, 1)),
      b: vectorOf(n, between(-0.5, 0.5)),
      tau: vectorOf(n, between(0.5, 2)),
      leak: vectorOf(n, between(0.5, 1.5)),
      phi: fc.constantFrom(
        "relu",
        { name: "leaky-relu", slope: 0.3 },
        "rectified-tanh",
        "saturating-linear",
        "hard-sigmoid",
        "elu",
        "selu",
        "softsign",
        { name: "power-law", gain: 0.6, exponent: 2 },
        { name: "power-law", gain: 0.4, exponent: 3 },
      ),
      rate: fc.boolean(),
      // Also at and close to kinks.
      state: vectorOf(
        n,
        fc.oneof({ arbitrary: between(-1, 1), weight: 4 }, { arbitrary: between(-0.01, 0.01), weight: 1 }),
      ),
    })
    .map(({ W, B, b, tau, leak, phi, rate, state }) => {
      const settings = {
        recurrentWeights: W,
        inputWeights: B,
        bias: b,
        timeConstants: tau,
        leak,
        activation: phi as "relu",
      };
      const model = rate ? rateModel({ ...settings, gain: leak }) : currentModel(settings);
      return { model, state: Float64Array.from(state), input: Float64Array.of(0.4) };
    }),
);

describe("the certificate of L–D off a fixed point", () => {
  it.each([...names, "rosenbrock-euler" as const])(
    "gives the leading term (b . c) dt^2 |f''[f, .]| of %s, measured within 3 percent at dt = 0.002",
    (name) => {
      const dt = 2e-3;
      const weight = (weights as Partial<Record<TenName, number>>)[name] ?? 1 / 2;
      forAll(anyNetwork({ weight: 1, units: 4 }), ({ model, field, state, input }) => {
        const f = evaluated(field, state, input);
        const J = jacobianOf(field, state, input);
        const second = secondDerivativeOf((x) => jacobianOf(field, x, input), state, f);
        fc.pre(size(f) < 2 && size(J) < 3 && size(second) > 0.5);
        const result = commute(model, { dt, at: at.state(state, input), schemes: [name], steps: 2 });
        const [certificate] = pairs(result, "L", "D");
        expect(certificate).toMatchObject({ verdict: "fails", order: 2 });
        const expected = weight * dt * dt * norm2(mat(second));
        expect(Math.abs(certificate!.defect.state / expected - 1)).toBeLessThan(0.03);
        expect(certificate!.leadingOrder!).toBeGreaterThan(expected * (1 - 1e-6));
        expect(Math.abs(certificate!.defect.operator / certificate!.leadingOrder! - 1)).toBeLessThan(0.05);

        const [cube] = pairs(result, "R", "D", "L");
        expect(cube!.verdict).toBe("fails");
        expect(cube!.classes).toEqual([
          ["LRD", "RLD", "LDR"],
          ["RDL", "DRL", "DLR"],
        ]);
      });
    },
  );

  const never = (
    drawn: { model: Parameters<typeof commute>[0]; state: Float64Array; input: Float64Array },
    dt: number,
  ): void => {
    const result = commute(drawn.model, { dt, at: at.state(drawn.state, drawn.input), schemes: names, steps: 2 });
    for (const { defect, bound, verdict } of [...pairs(result, "L", "D"), ...pairs(result, "R", "D", "L")]) {
      if (bound.kind !== "rigorous") continue;
      expect(defect.operator).toBeLessThanOrEqual(bound.value! * (1 + 1e-9) + 1e-13);
      expect(bound.value!).toBeLessThan(Number.POSITIVE_INFINITY);
      if (verdict === "fails") expect(bound.value!).toBeGreaterThan(0);
    }
  };

  it("is never exceeded by the defect where it says rigorous: smooth activations, short and long steps", () => {
    forAll(fc.tuple(networks(), between(0.005, 1.5)), ([drawn, dt]) => never(drawn, dt), 100);
  });

  it("is never exceeded by the defect where it says rigorous: kinked and unbounded activations", () => {
    forAll(fc.tuple(rough, between(0.005, 1)), ([drawn, dt]) => never(drawn, dt), 100);
  });

  it("has a rigorous bound at ordinary steps, within a factor of 20 of the defect for smooth networks", () => {
    forAll(networks({ weight: 0.7, units: 4, phi: ["tanh", "sigmoid", "atan"] }), ({ model, field, state, input }) => {
      const f = evaluated(field, state, input);
      fc.pre(size(secondDerivativeOf((x) => jacobianOf(field, x, input), state, f)) > 0.3);
      const result = commute(model, { dt: 0.02, at: at.state(state, input), schemes: names, steps: 2 });
      for (const { bound, defect } of pairs(result, "L", "D")) {
        expect(bound.kind).toBe("rigorous");
        expect(bound.value! / defect.operator).toBeLessThan(20);
      }
    });
  });
});
