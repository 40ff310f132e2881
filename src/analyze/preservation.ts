/**
 * Whether sampling preserved what an input reaches and a readout sees: by theorem where one applies, by measurement where none does.
 *
 * Discrete rank is at most continuous rank for a map that is a function of dt A. It is the same if the stability function separates the modes
 * (`R[dt z, dt w] ≠ 0`) and, for the input, if every mode keeps its drive (`Q(dt z) ≠ 0`): A is then a polynomial in `R(dt A)` and the Krylov
 * spaces coincide. With one input the conditions are necessary too; with several, modes may share a multiplier and still be told apart.
 *
 * Kalman, Ho & Narendra, Contrib. Diff. Equations 1 (1963) 189.
 */
import type { Scheme, SchemeName } from "../model/scheme/scheme.js";
import type { Complex } from "../numerics/matrix.js";
import type { Separation } from "./control-loss.js";
import type { FlowSystem, LinearPair } from "./linear-pair.js";
import type { Reach } from "./reach.js";

/** Whether an operator kept a rank. */
export interface Preservation {
  readonly verdict: "preserved" | "lost" | "created" | "uncertain";
  readonly by: "theorem" | "measurement";
  readonly reason: string;
}

/** The leak rate that all units share, if they do. */
export const sharedLeak = ({ leakRates }: FlowSystem): number | undefined => {
  const first = leakRates[0] ?? 0;
  return leakRates.every((rate) => Math.abs(rate - first) <= 1e-12 * Math.abs(first)) ? first : undefined;
};

/** Whether a scheme treats the leak apart from the drive. */
export const isLeakAware = (scheme: Scheme): boolean =>
  scheme.name === "exponential-euler" || scheme.name === "imex-euler";

const ALWAYS: Partial<Readonly<Record<SchemeName, string>>> = {
  euler: "M = I + dt A and N = dt B span the same subspaces as A and B for every dt, stable or not",
  "backward-euler": "R is a Möbius function: it never gives two modes one multiplier and its drive never vanishes",
  "implicit-midpoint": "R is a Möbius function: it never gives two modes one multiplier and its drive never vanishes",
  trapezoid: "R is a Möbius function: it never gives two modes one multiplier and its drive never vanishes",
};

/** The theorem that covers a scheme on this flow without a look at its modes. */
const unconditional = (scheme: Scheme, flow: FlowSystem): string | undefined =>
  isLeakAware(scheme)
    ? sharedLeak(flow) === undefined
      ? undefined
      : "all units share one leak rate, so the scheme is forward Euler with another step"
    : ALWAYS[scheme.name];

const CLEAR = 1e-6;
const ZERO = 1e-10;

const rate = ([re, im]: Complex): string =>
  im === 0 ? re.toPrecision(4) : `${re.toPrecision(4)} ${im < 0 ? "-" : "+"} ${Math.abs(im).toPrecision(4)}i`;
const rates = (values: readonly Complex[]): string => values.map(rate).join(" and ");

/** What the ranks of flow and map say where no theorem does. */
const measured = (flow: Reach, map: Reach, because: string): Preservation => {
  const verdict =
    flow.verdict === "uncertain" || map.verdict === "uncertain"
      ? "uncertain"
      : map.rank < flow.rank
        ? "lost"
        : map.rank > flow.rank
          ? "created"
          : "preserved";
  return { verdict, by: "measurement", reason: `${because}; rank ${flow.rank} of the flow, ${map.rank} of the map` };
};

/** What a scheme did to reachability (`ofInput`) or observability. */
export const preservation = (
  pair: LinearPair & { readonly flow: FlowSystem; readonly scheme: Scheme },
  separation: Separation | undefined,
  flow: Reach,
  map: Reach,
  ofInput: boolean,
): Preservation => {
  const { scheme, closedForm } = pair;
  if (!closedForm) return measured(flow, map, `not at a fixed point, where ${scheme.title} is no function of dt A`);
  const always = unconditional(scheme, pair.flow);
  if (always) return { verdict: "preserved", by: "theorem", reason: always };
  if (!separation) return measured(flow, map, "units leak at unequal rates, so the map is no function of dt A");
  const { difference, drive } = separation;
  const numbers = `|R[z, w]| >= ${difference.value.toExponential(2)}${ofInput ? `, |Q(z)| >= ${drive.value.toExponential(2)}` : ""}`;
  if (difference.value > CLEAR && (!ofInput || drive.value > CLEAR))
    return {
      verdict: "preserved",
      by: "theorem",
      reason: `no two modes share a multiplier and every mode keeps its drive: ${numbers}`,
    };
  const cause =
    ofInput && drive.value < difference.value
      ? `the input no longer acts on the mode ${rates(drive.rates)}`
      : `the modes ${rates(difference.rates)} share a multiplier`;
  const sure = Math.min(difference.value, ofInput ? drive.value : Number.POSITIVE_INFINITY) <= ZERO;
  const found = measured(flow, map, `${cause}${sure ? "" : " to a few digits"}: ${numbers}`);
  const channels = ofInput ? pair.flow.B.cols : (pair.flow.C?.rows ?? 0);
  return sure && found.verdict === "lost" && channels === 1 ? { ...found, by: "theorem" } : found;
};

/** Both verdicts in one: null where one of them is uncertain and none is against. */
export const kept = (verdicts: readonly Preservation[]): boolean | null => {
  if (verdicts.some(({ verdict }) => verdict === "lost" || verdict === "created")) return false;
  return verdicts.some(({ verdict }) => verdict === "uncertain") ? null : true;
};

/** R keeps both, always. */
export const RESCALING: Preservation = {
  verdict: "preserved",
  by: "theorem",
  reason:
    "R multiplies A and B by a, so [B, AB, …] by an invertible diagonal; W_c becomes a W_c, W_o becomes W_o / a, Hankel values stay",
};
