/**
 * The equation of any model, derived ones included, as text and LaTeX, in letters or with its numbers.
 *
 * Each form says how it is written (`equations/`), beside what it computes; here its lines are joined by those of the
 * readout and of the matrices, and by the legend.
 */
import { flowEquationOf, isContinuous, mapEquationOf } from "./bind.js";
import { documentLatex, documentText } from "./equations/document.js";
import { type FlowEquation, flowLines } from "./equations/flow-equation.js";
import { applied, atom, indexed, type Line, sum, type Written } from "./equations/notation.js";
import { allAre, type EquationSettings, type LegendEntry, makePen, type Pen } from "./equations/pen.js";
import type { Model } from "./model.js";
import { activationOf } from "./readout.js";

export type { EquationSettings, LegendEntry } from "./equations/pen.js";

/** An equation, written. */
export interface Equation {
  /** Lines of fewer than 100 columns. */
  readonly text: string;
  /** One formula for display mathematics; needs amsmath only. */
  readonly latex: string;
  /** Every symbol that occurs, in order of appearance. */
  readonly legend: readonly LegendEntry[];
}

/** `y = C h + d`, of a map at step k. */
const readoutLine = (model: Model, state: Written, pen: Pen): Line | undefined => {
  const { readout } = model;
  if (!readout) return undefined;
  const y = pen.symbol(
    atom("y"),
    `readout, ${readout.weights.rows} ${readout.weights.rows === 1 ? "channel" : "channels"}`,
  );
  const C = pen.matrix(atom("C"), "readout weights", readout.weights);
  const seen = readout.of === "state" ? state : pen.activation(activationOf(model))(state);
  const d = allAre(readout.bias, 0) ? undefined : pen.vector(atom("d"), "readout bias", readout.bias);
  return {
    left: isContinuous(model) ? y : indexed(y, "k"),
    right: sum(applied(C, seen), d),
  };
};

/**
 * The equation of a model.
 *
 * @param settings `style`: `"symbolic"` or `"numeric"`; `digits` (4) and `maxUnits` (6) of numbers and matrices
 * @example equationOf(model, { style: "symbolic" }).text // "τ ḣ = -h + φ(W h + B u + b)"
 */
export const equationOf = (model: Model, settings: EquationSettings): Equation => {
  const pen = makePen(settings);
  const { lines, state } = isContinuous(model)
    ? written(flowEquationOf(model, pen), model, pen)
    : mapEquationOf(model, pen);
  const readout = readoutLine(model, state, pen);
  const all = [...lines, ...(readout ? [readout] : []), ...pen.definitions()];
  return { text: documentText(all), latex: documentLatex(all), legend: pen.legend() };
};

const written = (flow: FlowEquation, model: Model, pen: Pen) => ({
  lines: flowLines(flow, pen, model.noise),
  state: flow.state,
});
