/** What is measured decides: a certificate does not repeat theory where the numbers say otherwise. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { agreement, certify, type Defect, type Prediction } from "../../src/commute/certificate.js";
import { commute } from "../../src/commute/commute.js";
import { rateModel } from "../../src/model/build.js";
import { schemeOf } from "../../src/model/scheme/schemes.js";
import { at } from "../../src/operators/linearize.js";
import { pairs } from "./pairs.js";

const subject = { operators: ["L", "D"] as const, scheme: "heun" as const, claim: "L D = D L" };
const defectOf = (operator: number): Defect => ({ operator, state: operator, input: 0, offset: 0, trajectory: null });
const difference: Prediction = {
  verdict: "fails",
  condition: "off a fixed point",
  bound: { value: 1, kind: "leading-order" },
  leadingOrder: 1,
  order: 2,
  remedy: "linearize at a fixed point",
};

describe("a certificate", () => {
  it.each(["exact", "conditional"] as const)("predicted %s becomes a failure where a defect is measured", (verdict) => {
    const predicted: Prediction = { verdict, condition: "at every point", bound: agreement };
    expect(certify(subject, predicted, defectOf(1e-15), 1e-11)).toMatchObject({ verdict, remedy: null });
    for (const defect of [1e-9, 1, Number.POSITIVE_INFINITY, Number.NaN]) {
      const certificate = certify(subject, predicted, defectOf(defect), 1e-11);
      expect(certificate.verdict).toBe("fails");
      expect(certificate.condition).toMatch(/theory says: at every point; but the measured defect .* exceeds rounding/);
      expect(certificate.remedy).not.toBeNull();
    }
  });

  it("keeps a predicted failure whose defect is too small to be seen, unless its first term is zero", () => {
    expect(certify(subject, difference, defectOf(1e-16), 1e-11).verdict).toBe("fails");
    const vanishing = { ...difference, leadingOrder: 0 };
    expect(certify(subject, vanishing, defectOf(1e-16), 1e-11)).toMatchObject({ verdict: "conditional", remedy: null });
    expect(certify(subject, vanishing, defectOf(1e-9), 1e-11).verdict).toBe("fails");
  });
});

describe("a scheme with a fault", () => {
  const network = rateModel({
    recurrentWeights: [
      [0.8, -1.2],
      [1, 0.4],
    ],
    bias: [0.1, -0.2],
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Heun's scheme, its steps or derivatives altered. */
  const alter = (step: number, jacobian: number): void => {
    const heun = schemeOf("heun");
    const bind = heun.bind;
    vi.spyOn(heun, "bind").mockImplementation((flow) => {
      const bound = bind(flow);
      return {
        ...bound,
        step: (x, u, dt, out, t, increment) => {
          const solved = bound.step(x, u, dt, out, t, increment);
          for (let i = 0; i < out.length; i++) out[i]! += step * dt * dt;
          return solved;
        },
        stateJacobian: (x, u, dt, t) => {
          const M = bound.stateJacobian(x, u, dt, t)!;
          return { ...M, data: M.data.map((v) => v + jacobian) };
        },
      };
    });
  };
  const verdicts = () => {
    const result = commute(network, { dt: 0.1, at: at.fixedPoint(), schemes: ["heun"], steps: 5 });
    return [pairs(result, "R", "D"), pairs(result, "L", "D"), pairs(result, "R", "D", "L")].map(([c]) => c!.verdict);
  };

  it("is certified while it has none", () => {
    alter(0, 0);
    expect(verdicts()).toEqual(["exact", "conditional", "conditional"]);
  });

  it("is caught when a step sees dt apart from dt f", () => {
    alter(1e-6, 0);
    expect(verdicts()).toEqual(["fails", "fails", "fails"]);
  });

  it("is caught when its Jacobian is not the derivative of the linear scheme", () => {
    alter(0, 1e-8);
    expect(verdicts()).toEqual(["exact", "fails", "fails"]);
  });
});
