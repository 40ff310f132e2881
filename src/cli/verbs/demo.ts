/** `rubato demo`: the main job on the bundled network, in one screen. */
import { control } from "../../analyze/control.js";
import { noise } from "../../analyze/noise.js";
import { commute } from "../../commute/commute.js";
import { saveModel } from "../../io/files.node.js";
import { decisionNetwork } from "../../model/bundled/decision.js";
import type { RateModel } from "../../model/model.js";
import { solveFixedPoint } from "../../model/solve-fixed-point.js";
import { discretize, rk4 } from "../../operators/discretize.js";
import { at } from "../../operators/linearize.js";
import { type Demonstration, demonstrationTable } from "../../report/demonstration.js";
import { inspection } from "../../report/inspection.js";
import { type Simulation, simulate } from "../../simulate/simulate.js";
import { verb } from "../verb.js";

const SPEED = 2;
const DT = 5;
/** Longest step at which a loss of control is looked for. */
const LONGEST_STEP = 200;
const EVIDENCE = [1.2, 0.8];
const STEPS = 400;
/** Step of the decision at which it is looked at: undecided no more, decided not yet. */
const UNDERWAY = 80;

/** From rest, evidence for the first choice. */
const decide = (model: RateModel): Simulation => {
  const rest = solveFixedPoint(model).state;
  return simulate(discretize(rk4({ dt: DT }))(model), {
    start: rest,
    input: Array.from({ length: STEPS }, () => EVIDENCE),
  });
};

const demonstrate = (): Demonstration & { model: RateModel } => {
  const model = decisionNetwork();
  const decision = decide(model);
  const underway = at.state(decision.state[UNDERWAY - 1]!, EVIDENCE);
  const same = { speed: SPEED, dt: DT };
  const only = (operators: string, settings: Parameters<typeof commute>[1]) =>
    commute(model, { ...same, ...settings }).certificates.filter((one) => one.operators.join("") === operators);
  return {
    model,
    network: inspection(model),
    decision,
    atRest: commute(model, same),
    unprotected: {
      control: control(model, { scheme: "heun", dt: DT, upTo: LONGEST_STEP }),
      noise: noise(model, { scheme: "euler", dt: DT }),
    },
    off: [
      {
        what: "the step stays 5 ms after R",
        certificates: only("RD", { stepAfterRescale: DT, schemes: ["euler"] }).slice(0, 1),
      },
      {
        what: "R leaves the noise as it was",
        certificates: only("RD", { noise: "unscaled", schemes: ["euler"] }),
      },
      {
        what: "L halfway through a decision",
        certificates: only("LD", { at: underway, schemes: ["euler", "heun", "rk4"] }),
      },
      {
        what: "exact sampling after L, not before",
        certificates: only("LD", { schemes: ["euler", "heun", "rk4"], schemeAfterLinearize: "zero-order-hold" }),
      },
    ],
  };
};

export const demo = verb<object>({
  name: "demo",
  brief: "The main job on a bundled network that makes decisions",
  examples: [
    ["demo", "which of R, D and L commute, why, and by how much they differ where they do not"],
    ["demo -o decision.rubato.json", "the network as a file besides"],
  ],
  arguments: [],
  flags: {},
  run: async () => {
    const { model, ...shown } = demonstrate();
    const { network, decision, atRest, unprotected, off } = shown;
    const { separation, losses } = unprotected.control;
    const { bias } = unprotected.noise;
    return {
      json: {
        network,
        decision: { t: decision.t, output: decision.output },
        atRest,
        off,
        unprotected: { control: { separation, losses }, noise: { relativeBias: bias?.relative, sign: bias?.sign } },
      },
      text: (layout) => demonstrationTable(shown, layout),
      save: (path) => saveModel(path, model),
    };
  },
});
