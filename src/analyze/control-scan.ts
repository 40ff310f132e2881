/**
 * How close a map comes to losing control as its step varies, measured on the map itself and not from theory.
 *
 * At each step the pair `((M - I) / dt, N / dt)` is compared with the flow: its staircase gives the rank, and the least PBH margin of
 * its weakest modes the distance to a loss. Between grid points every dip of the margin is followed down, so that losses at isolated
 * steps are found too. This is what remains for schemes whose map is no function of dt A: leak-aware ones with unequal leak rates, which
 * can lose control and also create it.
 */
import type { Scheme } from "../model/scheme/scheme.js";
import { scale } from "../numerics/matrix.js";
import { type FlowSystem, schemeSystem } from "./linear-pair.js";
import { reach } from "./reach.js";

/** What one step does. */
export interface ScannedStep {
  readonly dt: number;
  readonly rank: number;
  /** Least PBH margin of the weakest modes, relative to the size of the pair. */
  readonly margin: number;
}

/** A scan over steps. */
export interface ControlScan {
  readonly steps: readonly ScannedStep[];
  /** Isolated steps at which the rank falls below that of their neighbors. */
  readonly losses: readonly ScannedStep[];
}

export interface ScanSettings {
  readonly from: number;
  readonly to: number;
  /** Number of steps looked at; 40 where absent. */
  readonly count?: number;
  readonly tolerance?: number;
}

const WEAKEST = 6;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const REFINEMENTS = 70;
const DIP = 0.5;

/** Rank and margin of the map that a scheme makes of a linear flow, at one step. */
export const scannedStep = (flow: FlowSystem, scheme: Scheme, dt: number, tolerance = 1e-10): ScannedStep => {
  const map = schemeSystem(flow, scheme, dt, true);
  const found = reach(map.increment, scale(map.N, 1 / dt), { tolerance, probes: WEAKEST, search: false });
  return { dt, rank: found.rank, margin: found.margin };
};

/** Scans steps evenly in their logarithm, and follows every dip of the margin to its bottom. */
export const scanControl = (flow: FlowSystem, scheme: Scheme, settings: ScanSettings): ControlScan => {
  const { from, to, count = 40, tolerance = 1e-10 } = settings;
  const look = (dt: number): ScannedStep => scannedStep(flow, scheme, dt, tolerance);
  const steps = Array.from({ length: count }, (_, k) => look(from * (to / from) ** (k / Math.max(1, count - 1))));
  const losses: ScannedStep[] = [];
  for (let k = 1; k + 1 < steps.length; k++) {
    const [before, here, after] = [steps[k - 1], steps[k], steps[k + 1]];
    if (here.margin > before.margin || here.margin > after.margin) continue;
    const bottom = dipBetween(look, before.dt, after.dt);
    if (bottom.rank < Math.max(before.rank, after.rank)) losses.push(bottom);
  }
  return { steps, losses };
};

/** The bottom of a dip, by golden section; a loss is a corner of the margin, so the step is found to rounding. */
const dipBetween = (look: (dt: number) => ScannedStep, from: number, to: number): ScannedStep => {
  let [a, b] = [from, to];
  let left = look(b - GOLDEN * (b - a));
  let right = look(a + GOLDEN * (b - a));
  for (let k = 0; k < REFINEMENTS && b - a > 4e-16 * b; k++) {
    if (left.margin < right.margin) {
      b = right.dt;
      right = left;
      left = look(b - GOLDEN * (b - a));
    } else {
      a = left.dt;
      left = right;
      right = look(a + GOLDEN * (b - a));
    }
    if (k === 12 && Math.min(left.margin, right.margin) > DIP * Math.min(look(from).margin, look(to).margin)) break;
  }
  return left.margin < right.margin ? left : right;
};
