/** How the schemes that treat the leak apart from the drive are written: exponential Euler and IMEX Euler. */
import { noiseSymbol, rightHandSide } from "./flow-equation.js";
import { applied, atom, call, difference, negate, quotient, sum, times, type Written } from "./notation.js";
import { allAre, type Coefficient, type Pen, uniform, weigh } from "./pen.js";
import {
  forwardEuler,
  leaky,
  normals,
  rootNoise,
  type StepEquation,
  type StepParts,
  sharedPace,
  unitLeak,
} from "./step-parts.js";

const one = atom("1");

/** `dt phi_1(-dt r)` of one leak rate. */
const exponentialWeight = (dt: number, r: number): number => (r === 0 ? dt : -Math.expm1(-dt * r) / r);

/** `phi_1` with its entry in the legend. */
export const phi1 = (pen: Pen) => pen.symbol(atom("φ₁", "\\varphi_1"), "φ₁(z) = (exp(z) - 1)/z, with φ₁(0) = 1");
const exp = (z: Written): Written => atom(`exp(${z.text})`, `\\mathrm{e}^{${z.latex}}`);

/** `lambda dt / tau`, dt and tau as symbols. */
const decay = ({ flow, dt }: StepParts): Written => {
  const { leak, leakRates, timeConstants } = flow;
  if (leakRates) return times(dt.symbol, leakRates.symbol);
  const scaled = leak && !allAre(leak.values!, 1) ? times(dt.symbol, leak.symbol) : dt.symbol;
  return quotient(scaled, timeConstants?.symbol ?? one);
};

/** `lambda / tau`, one per unit; undefined where the form tells no leak apart. */
const rates = ({ flow }: StepParts): Float64Array | undefined => {
  if (flow.leakRates) return flow.leakRates.values;
  const tau = flow.timeConstants?.values;
  return flow.leak?.values?.map((l, i) => l / (tau?.[i] ?? 1));
};

/** `G xi`, G a factor of the covariance that the leak leaves of the noise. */
const leakNoise = (parts: StepParts): Written | undefined => {
  const { pen, noise } = parts;
  if (!noise) return undefined;
  const meaning = "noise of one step, exact for the leak";
  const G = pen.numeric ? parts.stepNoise(rates(parts)) : undefined;
  if (G) return applied(pen.matrix(atom("G"), meaning, G), normals(pen));
  pen.symbol(atom("r"), "leak rates λ/τ");
  const dt = parts.dt.symbol;
  noiseSymbol(pen, noise);
  pen.define({
    left: atom("(G Gᵀ)_ij", "(G G^{\\mathsf{T}})_{ij}"),
    right: atom(
      `(Σ Σᵀ)_ij (1 - exp(-${dt.text} (r_i + r_j)))/(r_i + r_j)`,
      `(\\Sigma \\Sigma^{\\mathsf{T}})_{ij} \\frac{1 - \\mathrm{e}^{-${dt.latex} (r_i + r_j)}}{r_i + r_j}`,
    ),
  });
  return applied(pen.symbol(atom("G"), meaning), normals(pen));
};

/** A coefficient made of dt and the leak, with the letters of its formula in the legend. */
const coefficientOf = (
  parts: StepParts,
  symbol: Written,
  meaning: string,
  f: (dt: number, rate: number, i: number) => number,
  formula: Written,
): Coefficient => {
  const length = uniform(parts.dt.values);
  const r = rates(parts)!;
  const values = length === undefined ? undefined : r.map((rate, i) => f(length, rate, i));
  const { leak, leakRates, timeConstants } = parts.flow;
  for (const quantity of [parts.dt, timeConstants, leak, leakRates])
    if (quantity && !(quantity === leak && unitLeak(parts.flow))) parts.pen.mention(quantity, !values);
  return parts.pen.coefficient({
    symbol,
    meaning,
    formula,
    ...(values ? { values } : { each: uniform(r) === undefined }),
  });
};

export const exponential: StepEquation = (parts) => {
  const { flow, pen, dt, x, u, next } = parts;
  const r = rates(parts);
  if (!r || allAre(r, 0)) return forwardEuler(parts);
  if (parts.asTrained && unitLeak(flow) && sharedPace(parts) && !parts.noise)
    return leaky(
      parts,
      (ratio) => difference(one, exp(negate(ratio))),
      (ratio) => -Math.expm1(-ratio),
    );
  const where = flow.where?.(x, u) ?? [];
  const decayed = decay(parts);
  const tau = flow.timeConstants;
  if (flow.leak) {
    const E = coefficientOf(
      parts,
      atom("E"),
      "what the leak leaves of the state after one step",
      (h, rate) => Math.exp(-h * rate),
      exp(negate(decayed)),
    );
    if (unitLeak(flow)) {
      const share = uniform(rates(parts));
      const length = uniform(dt.values);
      const rest: Coefficient =
        pen.numeric && share !== undefined && length !== undefined
          ? { written: pen.number(-Math.expm1(-length * share)), each: false }
          : { ...E, written: difference(one, E.written) };
      return [{ left: next, right: sum(weigh(E, x), weigh(rest, flow.drive(x, u)), leakNoise(parts)) }, ...where];
    }
    const Phi = coefficientOf(
      parts,
      atom("Φ", "\\Phi"),
      "weight of the drive in one step",
      (h, rate, i) => exponentialWeight(h, rate) / (tau?.values?.[i] ?? 1),
      times(quotient(dt.symbol, tau?.symbol ?? one), call(phi1(pen), negate(decayed))),
    );
    return [{ left: next, right: sum(weigh(E, x), weigh(Phi, flow.drive(x, u)), leakNoise(parts)) }, ...where];
  }
  const Phi = coefficientOf(
    parts,
    atom("Φ", "\\Phi"),
    "weight of the velocity in one step",
    exponentialWeight,
    times(dt.symbol, call(phi1(pen), negate(decayed))),
  );
  return [{ left: next, right: sum(x, weigh(Phi, rightHandSide(flow, pen, x, u)), leakNoise(parts)) }, ...where];
};

export const imex: StepEquation = (parts) => {
  const { flow, pen, dt, x, u, next } = parts;
  const r = rates(parts);
  if (!r || allAre(r, 0)) return forwardEuler(parts);
  if (parts.asTrained && unitLeak(flow) && sharedPace(parts) && !parts.noise)
    return leaky(
      parts,
      (ratio) => quotient(ratio, sum(one, ratio)),
      (ratio) => ratio / (1 + ratio),
    );
  const where = flow.where?.(x, u) ?? [];
  const P = coefficientOf(
    parts,
    atom("P"),
    "what the implicit leak leaves of a step",
    (h, rate) => 1 / (1 + h * rate),
    quotient(one, sum(one, decay(parts))),
  );
  const kick = rootNoise(parts);
  const noise = kick && weigh(P, kick);
  if (flow.leak) {
    const inner = sum(x, weigh(pen.ratio(dt, flow.timeConstants), flow.drive(x, u)));
    return [{ left: next, right: sum(weigh(P, inner), noise) }, ...where];
  }
  const inner = weigh(pen.ratio(dt, flow.timeConstants), rightHandSide(flow, pen, x, u));
  return [{ left: next, right: sum(x, weigh(P, inner), noise) }, ...where];
};
