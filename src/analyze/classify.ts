/**
 * Which kind of fixed point a spectrum belongs to: node, spiral, saddle, center, or something that tolerance leaves open.
 *
 * Rates of a flow and multipliers of a map are told apart by what counts as decay: `Re lambda < 0`, `|mu| < 1`. Within
 * the tolerance of neutral a mode is marginal, never "stable". Modes much slower than the rest, all others decaying,
 * make a candidate for a line (one mode) or plane (several) of fixed points; a closed line is a ring.
 */
import type { Complex } from "../numerics/matrix.js";

export type PointType =
  | "stable node"
  | "stable spiral"
  | "unstable node"
  | "unstable spiral"
  | "saddle"
  | "center"
  | "marginal";

/** A fixed point in words and counts. */
export interface Classification {
  readonly type: PointType;
  /** Number of unstable modes: the index of a saddle. */
  readonly unstable: number;
  /** Number of modes that neither grow nor decay within tolerance. */
  readonly marginal: number;
  /** Number of modes much slower than the others, marginal ones included. */
  readonly slow: number;
  /** What the slow modes may belong to, where all others decay: one mode to a line or ring, more to a plane. */
  readonly candidate?: "line or ring attractor" | "plane attractor";
}

const MARGINAL = 1e-9;
/** Modes slower than this share of the median decay count as near zero. */
const SLOW_SHARE = 0.02;

/** Growth per unit of time (flow) or per step (map) of each mode: `Re lambda`, `ln |mu|`. */
const growths = (values: readonly Complex[], of: "rates" | "multipliers"): number[] =>
  values.map(([re, im]) => (of === "rates" ? re : Math.log(Math.hypot(re, im))));

/** Number of unstable values: `Re lambda > tolerance`, or `|mu| > 1 + tolerance`. */
export const countUnstable = (values: readonly Complex[], of: "rates" | "multipliers"): number => {
  const tolerance = marginalLevel(values, of);
  return growths(values, of).filter((g) => g > tolerance).length;
};

/** Growth below which a mode counts as marginal: 1e-9 of the fastest rate, or 1e-9 per step. */
export const marginalLevel = (values: readonly Complex[], of: "rates" | "multipliers"): number =>
  of === "multipliers"
    ? MARGINAL
    : MARGINAL * values.reduce((largest, [re, im]) => Math.max(largest, Math.hypot(re, im)), 0);

/** The type of a fixed point from its rates or multipliers. */
export const classify = (values: readonly Complex[], of: "rates" | "multipliers"): Classification => {
  const tolerance = marginalLevel(values, of);
  const growth = growths(values, of);
  const unstable = growth.filter((g) => g > tolerance).length;
  const marginal = growth.filter((g) => Math.abs(g) <= tolerance).length;
  const decays = growth.map(Math.abs).sort((a, b) => a - b);
  const median = decays[Math.floor(decays.length / 2)] ?? 0;
  const isSlow = (k: number) => Math.abs(growth[k]!) <= SLOW_SHARE * median && !(Math.abs(values[k]![1]) > tolerance);
  const slow = growth.filter((_, k) => isSlow(k)).length;
  const turning = values.some(([, im]) => Math.abs(im) > tolerance);
  const othersDecay = growth.every((g, k) => isSlow(k) || g < -tolerance);
  const counts = {
    unstable,
    marginal,
    slow,
    ...(slow > 0 && slow < values.length && othersDecay
      ? { candidate: slow === 1 ? ("line or ring attractor" as const) : ("plane attractor" as const) }
      : {}),
  };
  if (marginal > 0) {
    const center = growth.every((g, k) => Math.abs(g) > tolerance || Math.abs(values[k]![1]) > tolerance);
    return { type: center && unstable === 0 ? "center" : "marginal", ...counts };
  }
  if (unstable > 0 && unstable < values.length) return { type: "saddle", ...counts };
  const stability = unstable === 0 ? "stable" : "unstable";
  return { type: `${stability} ${turning ? "spiral" : "node"}`, ...counts };
};
