/** Models of every form, and everything that the operators make of them, for the tests of equations. */
import {
  currentModel,
  equationsModel,
  gruModel,
  leakyMap,
  linearFlow,
  linearMap,
  lstmMap,
  rateModel,
  vanillaMap,
} from "../../src/model/build.js";
import type { LinearFlow, Model, NonlinearFlow, NonlinearMap } from "../../src/model/model.js";
import { nonlinearSchemeNames, schemeNames } from "../../src/model/scheme/schemes.js";
import { lowRank, signed } from "../../src/model/weights.js";
import { fromRows } from "../../src/numerics/matrix.js";
import { discretize } from "../../src/operators/discretize.js";
import { at, linearize } from "../../src/operators/linearize.js";
import { rescale, warp } from "../../src/operators/rescale.js";

const W = fromRows([
  [0.5, -1.25],
  [0.375, 0.3],
]);
const B = [[1], [-0.5]];
const noise = [
  [0.1, 0],
  [0.05, 0.2],
];
const gate = (k: number) => ({
  input: [[0.3 * k], [-0.2]],
  recurrent: [
    [0.4, -0.7 * k],
    [0.9, 0.1],
  ],
  bias: [0.1, -0.3 * k],
});
const readout = { weights: [[1, -2]], bias: [0.5] };

/** Nonlinear flows, named. */
export const flows: Readonly<Record<string, NonlinearFlow>> = {
  "canonical rate": rateModel({ recurrentWeights: W }),
  "rate with input, bias and readout": rateModel({
    recurrentWeights: W,
    inputWeights: B,
    bias: [0.1, -0.2],
    timeConstants: 2,
    readout,
  }),
  "rate with everything per unit": rateModel({
    recurrentWeights: W,
    inputWeights: B,
    bias: [0.1, -0.2],
    timeConstants: [0.5, 2],
    leak: [1, 0.5],
    gain: [2, 0.75],
    activation: "softplus",
    noise,
  }),
  "rate with shared leak and gain": rateModel({ recurrentWeights: W, leak: 0.5, gain: 3, timeConstants: 4 }),
  "rate without leak": rateModel({ recurrentWeights: W, leak: 0, activation: "relu" }),
  "low-rank rate": rateModel({ recurrentWeights: lowRank(fromRows([[1], [0.5]]), fromRows([[0.25], [-2]])) }),
  "signed rate": rateModel({
    recurrentWeights: signed(
      fromRows([
        [1, 2],
        [0.5, 0],
      ]),
      Float64Array.of(1, -1),
    ),
  }),
  "rate with a formula": rateModel({
    recurrentWeights: W,
    activation: { name: "expression", expression: "v/(1 + v^2)" },
  }),
  "one unit": rateModel({ recurrentWeights: [[1.5]], inputWeights: [[2]], bias: [0.25] }),
  current: currentModel({
    recurrentWeights: W,
    inputWeights: B,
    bias: [0.1, -0.2],
    timeConstants: 0.5,
    activation: { name: "power-law", gain: 0.5, exponent: 2 },
    readout: { ...readout, of: "activity" },
  }),
  "current per unit": currentModel({ recurrentWeights: W, timeConstants: [0.5, 2], noise }),
  "gru, reset after": gruModel({
    reset: "after",
    updateGate: gate(1),
    resetGate: gate(-1),
    candidate: { ...gate(2), recurrentBias: [0.2, 0.4] },
    readout,
  }),
  "gru, reset before": gruModel({
    reset: "before",
    timeConstants: [1, 3],
    updateGate: gate(1),
    resetGate: gate(-1),
    candidate: gate(2),
  }),
  equations: equationsModel({
    variables: ["v", "w"],
    equations: ["v - v^3/3 - w + I", "v + a - b*w"],
    inputNames: ["I"],
    parameters: { a: 0.7, b: -0.8 },
    timeConstants: [1, 12.5],
  }),
  "one equation with awkward names": equationsModel({
    variables: ["f"],
    equations: ["if(f < x_max, tau_m*f, -sin(f))"],
    parameters: { x_max: 1.5, tau_m: 0.2 },
  }),
};

const linearFlowOf = (flow: NonlinearFlow) => linearize(at.state(point(flow), inputOf(flow)))(flow) as LinearFlow;
const point = (model: Model) => Float64Array.from({ length: model.units }, (_, i) => 0.3 - 0.5 * i);
const inputOf = (model: Model) => Float64Array.from({ length: model.inputs }, () => 0.4);
const path = (model: Model) =>
  at.trajectory({
    times: [0, 0.5],
    states: [point(model), point(model)],
    inputs: [inputOf(model), inputOf(model)],
  });

const table = { own: [0, 1, 2], parent: [0, 2, 3] };
const warpable = (flow: NonlinearFlow) => flow as Exclude<NonlinearFlow, { form: "warped" }>;

const ofFlow = (name: string, flow: NonlinearFlow): [string, Model][] => {
  const found: [string, Model][] = [
    [name, flow],
    [`${name}, rescaled`, rescale(3)(flow)],
    [`${name}, warped`, warp(table)(warpable(flow))],
    [`${name}, linearized along a path`, linearize(path(flow))(flow)],
  ];
  const linear = linearFlowOf(flow);
  found.push([`${name}, linearized`, linear], [`${name}, linearized, rescaled`, rescale(2)(linear)]);
  for (const scheme of nonlinearSchemeNames) {
    const map = discretize({ scheme, dt: 0.25 })(flow) as NonlinearMap;
    found.push(
      [`${name}, ${scheme}`, map],
      [`${name}, ${scheme}, rescaled`, rescale(2)(map)],
      [`${name}, ${scheme}, linearized`, linearize(at.state(point(flow), inputOf(flow)))(map)],
      [`${name}, ${scheme}, linearized along a path`, linearize(path(flow))(map)],
      [`${name}, ${scheme}, steps of two lengths`, discretize({ scheme, dt: 0.25, steps: [0.25, 0.5] })(flow) as Model],
      [`${name}, warped, ${scheme}`, discretize({ scheme, dt: 0.25 })(warp(table)(warpable(flow))) as Model],
    );
  }
  for (const scheme of schemeNames)
    found.push(
      [`${name}, linearized, ${scheme}`, discretize({ scheme, dt: 0.25 })(linear)],
      [`${name}, linearized, ${scheme}, rescaled`, rescale(2)(discretize({ scheme, dt: 0.25 })(linear))],
    );
  return found;
};

const gates = { inputGate: gate(1), forgetGate: gate(-1), cellGate: gate(2), outputGate: gate(0.5) };

/** Maps that were not made by D, and linear models without a parent. */
export const others: Readonly<Record<string, Model>> = {
  vanilla: vanillaMap({ recurrentWeights: W, inputWeights: B, bias: [0.1, -0.2], readout }),
  leaky: leakyMap({ recurrentWeights: W, inputWeights: B, alpha: 0.2 }),
  "leaky, read as exponential": leakyMap({ recurrentWeights: W, alpha: 0.2, readAs: "exponential-euler" }),
  "leaky current, read as imex": leakyMap({ recurrentWeights: W, alpha: 0.2, form: "current", readAs: "imex-euler" }),
  lstm: lstmMap({ ...gates, readout: { weights: [[1, -2, 0.5, 0]] } }),
  "linear flow": linearFlow({
    stateMatrix: [
      [-1, 2],
      [0, -3],
    ],
    inputMatrix: B,
    noise,
    readout,
  }),
  "linear map": linearMap({
    stateMatrix: [
      [0.5, 2],
      [0, -0.3],
    ],
    offset: [1, 2],
    point: [0.5, 0.25],
    noise,
  }),
};

/** Every model that the tests of equations look at. */
export const models: readonly (readonly [string, Model])[] = [
  ...Object.entries(flows).flatMap(([name, flow]) => ofFlow(name, flow)),
  ...Object.entries(others),
];
