/** What one step of a scheme is written from, and the steps that take the field once, at the old state. */
import type { Matrix } from "../../numerics/matrix.js";
import { type FlowEquation, noiseSymbol, rightHandSide } from "./flow-equation.js";
import { applied, atom, difference, indexed, type Line, quotient, root, sum, times, type Written } from "./notation.js";
import { allAre, type Pen, type Quantity, uniform, weigh } from "./pen.js";

/** What a step is written from. */
export interface StepParts {
  readonly flow: FlowEquation;
  readonly pen: Pen;
  readonly dt: Quantity;
  /** State and input at step k, and the next state. */
  readonly x: Written;
  readonly u: Written | undefined;
  readonly next: Written;
  /** Sigma of the flow. */
  readonly noise: Matrix | undefined;
  /** `G` of one step from the leak rates, where all steps are alike. */
  readonly stepNoise: (leakRates: Float64Array | undefined) => Matrix | undefined;
  /** A network that was read as a map, not made by D: written with its alpha. */
  readonly asTrained: boolean;
}

/** The lines of one step. */
export type StepEquation = (parts: StepParts) => readonly Line[];

const one = atom("1");

/** `xi_k` with its entry in the legend. */
export const normals = (pen: Pen): Written =>
  pen.symbol(indexed(atom("ξ", "\\xi"), "k"), "independent standard normals");

/** `√dt Sigma xi`. */
export const rootNoise = ({ pen, dt, noise }: StepParts): Written | undefined => {
  if (!noise) return undefined;
  const length = uniform(dt.values);
  const kick = applied(noiseSymbol(pen, noise), normals(pen));
  return times(pen.numeric && length !== undefined ? pen.number(Math.sqrt(length)) : root(dt.symbol), kick);
};

/** `dt values / b`, unit by unit. */
const lengths = (
  dt: Quantity,
  over: Quantity | undefined,
  f: (dt: number, v: number) => number,
): Float64Array | undefined => {
  const length = uniform(dt.values);
  return length === undefined ? undefined : (over?.values ?? new Float64Array([1])).map((v) => f(length, v));
};

/** `(1 - alpha) x + alpha drive`, alpha made of `dt / tau` as the scheme has it. */
export const leaky = (
  parts: StepParts,
  formula: (ratio: Written) => Written,
  value: (ratio: number) => number,
): Line[] => {
  const { flow, pen, dt, x, u, next } = parts;
  const values = lengths(dt, flow.timeConstants, (length, tau) => value(length / tau));
  const ratio = quotient(dt.symbol, flow.timeConstants?.symbol ?? one);
  for (const quantity of [dt, flow.timeConstants]) if (quantity) pen.mention(quantity, false);
  const a = pen.coefficient({
    symbol: atom("α", "\\alpha"),
    meaning: "share of the new drive in one step",
    ...(values ? { values } : {}),
    formula: formula(ratio),
  });
  const rest =
    values && pen.numeric && uniform(values) !== undefined
      ? { written: pen.number(1 - values[0]!), each: false }
      : { ...a, written: difference(one, a.written) };
  return [
    { left: next, right: sum(weigh(rest, x), weigh(a, flow.drive(x, u)), rootNoise(parts)) },
    ...(flow.where?.(x, u) ?? []),
  ];
};

export const unitLeak = (flow: FlowEquation): boolean => flow.leak?.values !== undefined && allAre(flow.leak.values, 1);
export const sharedPace = (parts: StepParts): boolean =>
  uniform(parts.dt.values) !== undefined && uniform(parts.flow.timeConstants?.values) !== undefined;

export const forwardEuler: StepEquation = (parts) => {
  const { flow, pen, dt, x, u, next } = parts;
  const where = flow.where?.(x, u) ?? [];
  const ratios = lengths(dt, flow.timeConstants, (length, tau) => length / tau);
  if (ratios && allAre(ratios, 1)) {
    const whole = flow.unitStep?.(x, u) ?? (unitLeak(flow) ? flow.drive(x, u) : undefined);
    if (whole) return [{ left: next, right: sum(whole, rootNoise(parts)) }, ...where];
  }
  if (parts.asTrained && unitLeak(flow) && sharedPace(parts) && !parts.noise)
    return leaky(
      parts,
      (ratio) => ratio,
      (ratio) => ratio,
    );
  const weight = pen.ratio(dt, flow.timeConstants);
  return [{ left: next, right: sum(x, weigh(weight, rightHandSide(flow, pen, x, u)), rootNoise(parts)) }, ...where];
};
