/**
 * The equation of a flow in the parts that others need: `tau x' = -lambda x + drive(x, u)`.
 *
 * The flow itself, its noisy version and every map that a scheme makes of it are written from these parts.
 */
import type { Matrix } from "../../numerics/matrix.js";
import {
  applied,
  atom,
  call,
  difference,
  differential,
  dotted,
  type Line,
  quotient,
  sum,
  times,
  type Written,
} from "./notation.js";
import { leakTerm, type Pen, type Quantity, uniform, weigh } from "./pen.js";

/** A flow, ready to be written at any state and input. */
export interface FlowEquation {
  readonly state: Written;
  /** The letter of the velocity, `f` unless given. */
  readonly field?: Written;
  /** The input; absent where there is none. */
  readonly input?: Written;
  /** tau; absent where the form has none. */
  readonly timeConstants?: Quantity;
  /** lambda, where the drive is written without it. */
  readonly leak?: Quantity;
  /** lambda / tau, where the drive contains the leak. */
  readonly leakRates?: Quantity;
  /** The right-hand side without the leak. */
  readonly drive: (x: Written, u: Written | undefined) => Written;
  /** Lines that the drive refers to at that state and input. */
  readonly where?: (x: Written, u: Written | undefined) => readonly Line[];
  /** `x + drive`, where that simplifies. */
  readonly unitStep?: (x: Written, u: Written | undefined) => Written;
  /** Lines of the flow without noise, where they are not `tau x' = -lambda x + drive`. */
  readonly lines?: () => readonly Line[];
  /** phi, for a readout of the activity. */
  readonly activation?: (v: Written) => Written;
  /** Of a warped flow: what multiplies the velocity, its time, and the parent's time in a step. */
  readonly pace?: {
    readonly speed: Written;
    readonly time: Written;
    readonly step: (held: "secant" | "pointwise", dt: Quantity) => { readonly quantity: Quantity; readonly line: Line };
  };
}

/** A map, written. */
export interface MapEquation {
  readonly lines: readonly Line[];
  /** What a readout sees at step k. */
  readonly state: Written;
}

/** Writes the parts of any flow; given to forms that wrap another model. */
export type FlowEquationOf<M> = (model: M, pen: Pen) => FlowEquation;

/** `-lambda x + drive`. */
export const rightHandSide = (flow: FlowEquation, pen: Pen, x: Written, u: Written | undefined): Written =>
  sum(flow.leak && leakTerm(pen, flow.leak, x), flow.drive(x, u));

/** The velocity `(-lambda x + drive) / tau`. */
const velocity = (flow: FlowEquation, pen: Pen, x: Written, u: Written | undefined): Written => {
  const right = rightHandSide(flow, pen, x, u);
  if (!flow.timeConstants) return right;
  return quotient(right, pen.coefficient(flow.timeConstants).written);
};

const f = atom("f");

/** `f(x, u)` as a symbol, defined by `velocityLines`. */
export const velocityAt = (flow: FlowEquation, x: Written, u: Written | undefined): Written =>
  call(flow.field ?? f, x, u);

/** The lines that define `f`. */
export const velocityLines = (flow: FlowEquation, pen: Pen): readonly Line[] => {
  pen.symbol(flow.field ?? f, "velocity of the flow");
  return [
    { left: velocityAt(flow, flow.state, flow.input), right: velocity(flow, pen, flow.state, flow.input) },
    ...(flow.where?.(flow.state, flow.input) ?? []),
  ];
};

/** `Sigma` with its entry in the legend. */
export const noiseSymbol = (pen: Pen, Sigma: Matrix): Written =>
  pen.matrix(atom("Σ", "\\Sigma"), "noise, units × sources", Sigma);

/** The lines of a flow: an ordinary differential equation, or `dx = f dt + Sigma dbeta` with noise. */
export const flowLines = (flow: FlowEquation, pen: Pen, noise: Matrix | undefined): readonly Line[] => {
  const { state, input, pace, timeConstants } = flow;
  const where = flow.where?.(state, input) ?? [];
  if (!noise) {
    if (flow.lines) return flow.lines();
    const right = rightHandSide(flow, pen, state, input);
    const rate = pace ? differential(state, pace.time) : dotted(state);
    const tau = timeConstants && uniform(timeConstants.values) === 1 && pen.numeric ? undefined : timeConstants;
    return [
      {
        left: weigh(tau && pen.coefficient(tau), rate),
        right: pace ? times(pace.speed, right) : right,
      },
      ...where,
    ];
  }
  const Sigma = noiseSymbol(pen, noise);
  const drift = velocity(flow, pen, state, input);
  const beta = differential(pen.symbol(atom("β", "\\beta"), "independent Wiener processes, one per source"));
  const kick = applied(Sigma, beta);
  return [
    {
      left: differential(state),
      right: sum(
        times(pace ? times(pace.speed, drift) : drift, differential(pace?.time ?? atom("t"))),
        pace ? times(atom(`√${pace.speed.text}`, `\\sqrt{${pace.speed.latex}}`), kick) : kick,
      ),
    },
    ...where,
  ];
};

/** `c + A (x - p) + B (u - q)`, what is zero left out. */
export const affine = (parts: {
  readonly offset?: Written | undefined;
  readonly A: Written;
  readonly x: Written;
  readonly point?: Written | undefined;
  readonly B?: Written | undefined;
  readonly u?: Written | undefined;
  readonly inputPoint?: Written | undefined;
}): Written =>
  sum(
    parts.offset,
    applied(parts.A, difference(parts.x, parts.point)),
    parts.B && parts.u && applied(parts.B, difference(parts.u, parts.inputPoint)),
  );
