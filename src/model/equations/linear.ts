/** The equations of affine flows and maps, at a point and along a trajectory. */
import { euclideanNorm, maxAbs } from "../../numerics/matrix.js";
import type { LinearAlongFlow, LinearAlongMap, LinearFlow, LinearMap } from "../model.js";
import { affine, type FlowEquation, type MapEquation, noiseSymbol } from "./flow-equation.js";
import { linearSteps, ofFlow } from "./linear-steps.js";
import { applied, atom, difference, dotted, indexed, type Line, sum, times, type Written } from "./notation.js";
import { allAre, type Pen } from "./pen.js";
import { normals } from "./step-parts.js";

const A = atom("A");
const B = atom("B");
const [c, p, q] = [atom("c"), atom("p"), atom("q")];

type Affine = LinearFlow | LinearMap;

/** Whether what is left at the point is rounding only: the point is then a fixed point. */
const isRounding = (model: Affine, offset: Float64Array): boolean =>
  maxAbs(offset) <= 2 ** -46 * euclideanNorm(model.stateMatrix.data) * euclideanNorm(model.point);

const symbols = (model: Affine, pen: Pen) => {
  const state = pen.symbol(atom("x"), `state, ${model.units} ${model.units === 1 ? "unit" : "units"}`);
  const u =
    model.inputs > 0
      ? pen.symbol(atom("u"), `input, ${model.inputs} ${model.inputs === 1 ? "channel" : "channels"}`)
      : undefined;
  return {
    state,
    u,
    A: pen.matrix(A, "state matrix: the Jacobian at the operating point", model.stateMatrix),
    B: u && pen.matrix(B, "input matrix", model.inputMatrix),
    point: allAre(model.point, 0) ? undefined : pen.vector(p, "operating point", model.point),
    inputPoint: allAre(model.inputPoint, 0)
      ? undefined
      : pen.vector(q, "input at the operating point", model.inputPoint),
  };
};

/** `x' = c + A (x - p) + B (u - q)`. */
export const linearEquation = (model: LinearFlow, pen: Pen): FlowEquation => {
  const { state, u, ...parts } = symbols(model, pen);
  const offset =
    allAre(model.offset, 0) || isRounding(model, model.offset)
      ? undefined
      : pen.vector(c, "velocity at the operating point", model.offset);
  return {
    state,
    ...(u ? { input: u } : {}),
    leakRates: { symbol: atom("r"), meaning: "leak rates λ/τ", values: model.leakRates },
    drive: (x, input) => affine({ ...parts, offset, x, u: input }),
  };
};

/** The lines that say how a scheme made the matrices, where the map comes straight from a linear flow. */
const made = (model: LinearMap, pen: Pen, hasOffset: boolean): readonly Line[] => {
  const { parent, scheme } = model;
  if (pen.numeric || !scheme || parent?.kind !== "continuous" || parent.form !== "linear") return [];
  const dt = pen.symbol(atom("Δ", "\\Delta"), "step", pen.number(model.dt).text);
  const drift = atom("f₀", "f_{0}");
  const [flowA, flowB] = [ofFlow(A), ofFlow(B)];
  const { transition, drive, slope, lines = [] } = linearSteps[scheme](dt, flowA, pen);
  pen.symbol(flowA, "state matrix of the flow");
  if (model.inputs > 0) pen.symbol(flowB, "input matrix of the flow");
  if (hasOffset) pen.symbol(drift, "velocity of the flow at the operating point");
  return [
    { left: A, right: transition },
    ...(model.inputs > 0 ? [{ left: B, right: applied(drive, flowB) }] : []),
    ...(hasOffset
      ? [{ left: c, right: sum(model.point.every((v) => v === 0) ? undefined : p, applied(drive, drift)) }]
      : []),
    ...(model.inputSlopeMatrix && slope ? [{ left: atom("S"), right: applied(slope, flowB) }] : []),
    ...lines,
  ];
};

/** `x_{k+1} = c + A (x_k - p) + B (u_k - q) + S (u_{k+1} - u_k) + G xi_k`. */
export const linearMapEquation = (model: LinearMap, pen: Pen): MapEquation => {
  const { state, u, ...parts } = symbols(model, pen);
  const drift = model.offset.map((v, i) => v - model.point[i]!);
  const atFixedPoint = allAre(drift, 0) || isRounding(model, drift);
  const offset = atFixedPoint ? parts.point : pen.vector(c, "where the operating point goes", model.offset);
  const S =
    model.inputSlopeMatrix &&
    u &&
    pen.matrix(atom("S"), "weight of the input's change over the step", model.inputSlopeMatrix);
  const update = {
    left: indexed(state, "k+1"),
    right: sum(
      affine({ ...parts, offset, x: indexed(state, "k"), u: u && indexed(u, "k") }),
      S && u && applied(S, difference(indexed(u, "k+1"), indexed(u, "k"))),
      model.noise && applied(pen.matrix(atom("G"), "noise of one step", model.noise), normals(pen)),
    ),
  };
  return { lines: [update, ...made(model, pen, !atFixedPoint)], state: indexed(state, "k") };
};

/** Affine pieces as symbols with an index; their legend says how many there are. */
const pieces = (models: readonly Affine[], index: string, pen: Pen) => {
  const of = `${models.length} of them, ${models[0]!.units} × ${models[0]!.units}`;
  const noisy = models.some((piece) => piece.noise);
  const inputs = models[0]!.inputs > 0;
  return {
    A: pen.symbol(indexed(A, index), `state matrix of piece ${index}`, of),
    B: inputs ? pen.symbol(indexed(B, index), `input matrix of piece ${index}`) : undefined,
    offset: pen.symbol(indexed(c, index), `value of piece ${index} at its operating point`),
    point: pen.symbol(indexed(p, index), `state ${index} of the trajectory`),
    inputPoint: models.some((piece) => !allAre(piece.inputPoint, 0))
      ? pen.symbol(indexed(q, index), `input ${index} of the trajectory`)
      : undefined,
    noise: noisy ? models[0]!.noise : undefined,
    x: pen.symbol(atom("x"), `state, ${models[0]!.units} units`),
    u: inputs ? pen.symbol(atom("u"), `input, ${models[0]!.inputs} channels`) : undefined,
  };
};

/** `x' = c_j + A_j (x - p_j) + B_j (u - q_j)` from t_j until t_{j+1}. */
export const alongFlowEquation = (model: LinearAlongFlow, pen: Pen): FlowEquation => {
  const { x: state, u, noise, ...parts } = pieces(model.pieces, "j", pen);
  const t = atom("t");
  const drive = (x: Written, input: Written | undefined) => affine({ ...parts, x, u: input });
  const remark = atom("tⱼ ≤ t < tⱼ₊₁", `${indexed(t, "j").latex} \\le t < ${indexed(t, "j+1").latex}`);
  const last = model.times[model.times.length - 1]!;
  pen.symbol(
    indexed(t, "j"),
    "when piece j begins; the last one goes on",
    `${model.times.length} from ${pen.number(model.times[0]!).text} to ${pen.number(last).text}`,
  );
  return {
    state,
    ...(u ? { input: u } : {}),
    drive,
    lines: () => {
      const right = drive(state, u);
      if (!noise) return [{ left: dotted(state), right, remark }];
      const dBeta = atom("dβ", "\\mathrm{d}\\beta");
      pen.symbol(atom("β", "\\beta"), "independent Wiener processes, one per source");
      return [
        {
          left: atom(`d${state.text}`, `\\mathrm{d}${state.latex}`),
          right: sum(times(right, atom("dt", "\\mathrm{d}t")), applied(noiseSymbol(pen, noise), dBeta)),
          remark,
        },
      ];
    },
  };
};

/** `x_{k+1} = c_k + A_k (x_k - p_k) + B_k (u_k - q_k)`. */
export const alongMapEquation = (model: LinearAlongMap, pen: Pen): MapEquation => {
  const { x, u, noise, ...parts } = pieces(model.pieces, "k", pen);
  const right = sum(
    affine({ ...parts, x: indexed(x, "k"), u: u && indexed(u, "k") }),
    noise && applied(pen.symbol(indexed(atom("G"), "k"), "noise of step k"), normals(pen)),
  );
  return { lines: [{ left: indexed(x, "k+1"), right }], state: indexed(x, "k") };
};
