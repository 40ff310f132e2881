/**
 * The reduced two-population decision circuit of Wong & Wang (J. Neurosci. 26, 2006), in seconds and nA:
 * `S' = -S / tau + (1 - S) gamma H(x)`, `H(x) = (a x - b) / (1 - exp(-d (a x - b)))`,
 * `x_1 = J_11 S_1 - J_12 S_2 + I_0 + J_A mu_0 (1 + c / 100)`, here at coherence c = 0 and mu_0 = 30 Hz.
 */
import { equationsModel } from "../../src/model/build.js";

const rate = (own: string, other: string): string => {
  const drive = `(a * (J11 * ${own} - J12 * ${other} + I0 + JA * mu0) - b)`;
  return `-${own} / taus + (1 - ${own}) * gamma * ${drive} / (1 - exp(-d * ${drive}))`;
};

export const decisionCircuit = () =>
  equationsModel({
    name: "Wong & Wang (2006)",
    timeUnit: "s",
    variables: ["S1", "S2"],
    equations: [rate("S1", "S2"), rate("S2", "S1")],
    parameters: {
      a: 270,
      b: 108,
      d: 0.154,
      gamma: 0.641,
      taus: 0.1,
      J11: 0.2609,
      J12: 0.0497,
      I0: 0.3255,
      JA: 5.2e-4,
      mu0: 30,
    },
  });
