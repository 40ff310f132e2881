/** The equation of a flow under a scheme: the update that is computed, with its stages. */
import type { SchemeMap } from "../model.js";
import { schemeOf } from "../scheme/schemes.js";
import type { FlowEquationOf, MapEquation } from "./flow-equation.js";
import { atom, indexed } from "./notation.js";
import type { Pen, Quantity } from "./pen.js";
import { stepEquations } from "./schemes.js";

const delta = atom("Δ", "\\Delta");

/** `dt`, or the list of step lengths. */
const stepLength = (model: SchemeMap, pen: Pen): Quantity => {
  if (!model.steps) return { symbol: delta, meaning: "step", values: Float64Array.of(model.dt) };
  const symbol = indexed(delta, "k");
  const numbers = [...model.steps].map(pen.number);
  const short = numbers.length <= 12;
  const range = [Math.min(...model.steps), Math.max(...model.steps)].map((v) => pen.number(v));
  const listed = atom(
    short
      ? numbers.map((n) => n.text).join(", ")
      : `${numbers.length} steps from ${range[0]!.text} to ${range[1]!.text}`,
    short
      ? numbers.map((n) => n.latex).join(",\\ ")
      : `${numbers.length}\\text{ steps from }${range[0]!.latex}\\text{ to }${range[1]!.latex}`,
  );
  if (pen.numeric) pen.define({ left: symbol, relation: ":", right: listed });
  const meaning = "length of step k, the last one repeated";
  pen.symbol(symbol, meaning, listed.text);
  return { symbol, meaning };
};

/** The increment of one step as the scheme makes it, where all steps are alike. */
const noiseOfStep = ({ parent, scheme, steps, dt }: SchemeMap, leakRates: Float64Array | undefined) =>
  parent.noise && leakRates && !steps ? schemeOf(scheme).noise(parent.noise, dt, leakRates) : undefined;

export const schemeMapEquation = (
  model: SchemeMap,
  pen: Pen,
  equationOf: FlowEquationOf<SchemeMap["parent"]>,
): MapEquation => {
  const flow = equationOf(model.parent, pen);
  const own = stepLength(model, pen);
  const warped = flow.pace?.step(model.warpSpeed ?? "secant", own);
  const state = indexed(flow.state, "k");
  const lines = stepEquations[model.scheme]({
    flow,
    pen,
    dt: warped?.quantity ?? own,
    x: state,
    next: indexed(flow.state, "k+1"),
    u: flow.input && indexed(flow.input, "k"),
    noise: model.parent.noise,
    stepNoise: (leakRates) => (warped ? undefined : noiseOfStep(model, leakRates)),
    asTrained: !model.provenance.some((step) => step.operator === "discretize"),
  });
  return { lines: warped ? [...lines, warped.line] : lines, state };
};
