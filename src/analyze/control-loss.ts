/**
 * The steps at which sampling loses control of a linear flow, mode by mode, for schemes whose map is a function of dt A.
 *
 * A pair of modes loses a direction where `R[dt z, dt w] = 0`: they share a multiplier, and m inputs can then tell apart no more
 * than m combinations of them. A single mode loses its input where `Q(dt z) = R[dt z, 0] = 0`; its readout is not affected.
 * Explicit Runge–Kutta schemes give a polynomial in dt for each pair; two real rates or a conjugate pair make it real, and a real
 * root is then a step that exists, while for other pairs both parts must vanish at once, which only special networks do.
 * Exact sampling loses a pair with equal real parts at `dt = 2 pi k / |Im(z - w)|`.
 *
 *     Heun    z + w = -2 / dt;   a conjugate pair at dt = -1 / Re z;   the input of a real mode at dt = -2 / z
 */
import type { Scheme } from "../model/scheme/scheme.js";
import { type ComplexMatrix, cabs, cscale } from "../numerics/complex.js";
import { type Eigen, eigen } from "../numerics/eigen.js";
import { type Complex, type Matrix, matrix, transpose } from "../numerics/matrix.js";
import { singularValues } from "../numerics/svd.js";
import type { FlowSystem } from "./linear-pair.js";
import { polynomialRoots } from "./polynomial-roots.js";
import { couplings } from "./reach.js";
import { differencePolynomial, stabilityDifference, stabilityPolynomial } from "./stability-difference.js";

/** What happens to the modes named in `rates` at one step. */
export interface Loss {
  readonly dt: number;
  /** "multiplier": two modes share one. "drive": the input no longer acts on a mode. */
  readonly kind: "multiplier" | "drive";
  readonly rates: readonly Complex[];
  /** The multiplier that they share, or that of the mode without a drive. */
  readonly multiplier: Complex;
  /** Directions that the input reached before and does not now. */
  readonly unreached: number;
  /** Directions that the readout saw before and does not now; absent without a readout. */
  readonly unseen?: number;
  /** Whether every mode that decays in the flow decays in the map at this step too, so that nothing else gives the step away. */
  readonly stable: boolean;
}

/** The modes of a flow, ready for questions about any step. */
export interface FlowModes {
  readonly eigen: Eigen;
  readonly B: Matrix;
  readonly C?: Matrix;
}

export const flowModes = ({ A, B, C }: FlowSystem): FlowModes => ({ eigen: eigen(A), B, ...(C ? { C } : {}) });

/** Relative size below which a coupling or a singular value of two of them counts as none. */
const NONE = 1e-9;
/** Relative distance of two rates that count as one. */
const EQUAL = 1e-7;

/** For each eigenvalue the index of its conjugate; its own where it is real. */
const conjugatesOf = (values: readonly Complex[]): Int32Array => {
  const partner = Int32Array.from(values, (_, j) => j);
  values.forEach(([re, im], j) => {
    if (im <= 0) return;
    const mate = values.findIndex((other, k) => other[0] === re && other[1] === -im && partner[k] === k);
    if (mate >= 0) [partner[j], partner[mate]] = [mate, j];
  });
  return partner;
};

/** How many independent combinations of the modes `group` the couplings hold: the rank of `Y_g^H B`. */
const independent = (Y: ComplexMatrix, group: readonly number[], B: Matrix): number => {
  const { rows, cols, re, im } = couplings(Y, group, B);
  const wide = matrix(2 * rows, 2 * cols);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < cols; k++) {
      const at = i * cols + k;
      wide.data[i * 2 * cols + k] = wide.data[(rows + i) * 2 * cols + cols + k] = re[at];
      wide.data[(rows + i) * 2 * cols + k] = im[at];
      wide.data[i * 2 * cols + cols + k] = -im[at];
    }
  }
  const values = singularValues(wide);
  // Each singular value of the complex matrix comes twice in its real form.
  return Math.round(values.filter((value) => value > NONE * (values[0] || 1)).length / 2);
};

const lostBy = (Y: ComplexMatrix, group: readonly number[], B: Matrix): number =>
  group.filter((j) => independent(Y, [j], B) === 1).length - independent(Y, group, B);

/** Directions that a group of modes loses when they come to share one multiplier. */
export const lostWhenShared = ({ eigen: { leftVectors, vectors }, B, C }: FlowModes, group: readonly number[]) => ({
  unreached: lostBy(leftVectors, group, B),
  ...(C ? { unseen: lostBy(vectors, group, transpose(C)) } : {}),
});

/** Pairs of modes, each complex pair of pairs once, with whether a real step can make them meet exactly. */
function* pairs(values: readonly Complex[]): Generator<readonly [number, number, real: boolean]> {
  const partner = conjugatesOf(values);
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      const [ci, cj] = [partner[i], partner[j]];
      const mirrored = Math.min(ci, cj) < i || (Math.min(ci, cj) === i && Math.max(ci, cj) < j);
      if (!mirrored) yield [i, j, ci === j || (ci === i && cj === j)];
    }
  }
}

const largestMultiplier = (scheme: Scheme, decaying: readonly Complex[], dt: number): number =>
  decaying.reduce((most, z) => Math.max(most, cabs(scheme.stabilityFunction(cscale(z, dt)))), 0);

/** Positive real roots up to `upTo`, of those that are real to `slack` relative to their modulus. */
const stepsAmong = (roots: readonly Complex[], upTo: number, slack: number): number[] =>
  roots.filter(([re, im]) => re > 0 && re <= upTo && Math.abs(im) <= slack * re).map(([re]) => re);

/** Whether the scheme's map is a function of dt A whose losses are known in closed form. */
export const hasLossSteps = (scheme: Scheme): boolean =>
  stabilityPolynomial(scheme) !== undefined || !Number.isFinite(scheme.order) || scheme.name === "rosenbrock-euler";

/**
 * Every step up to `upTo` at which the map of `scheme` loses a direction that the flow has, ascending.
 * Empty for schemes that never do (forward and backward Euler, midpoint, trapezoid).
 */
export const lossSteps = (modes: FlowModes, scheme: Scheme, upTo: number): Loss[] => {
  const { values } = modes.eigen;
  const { leftVectors } = modes.eigen;
  const c = stabilityPolynomial(scheme);
  const size = values.reduce((most, z) => Math.max(most, cabs(z)), 0) || 1;
  const decaying = values.filter(([re]) => re <= 0);
  const losses: Loss[] = [];
  const add = (dt: number, kind: Loss["kind"], group: readonly number[], lost: Pick<Loss, "unreached" | "unseen">) => {
    if (lost.unreached <= 0 && (lost.unseen ?? 0) <= 0) return;
    const rates = group.map((j) => values[j]);
    losses.push({
      dt,
      kind,
      rates,
      multiplier: scheme.stabilityFunction(cscale(rates[0], dt)),
      ...lost,
      stable: largestMultiplier(scheme, decaying, dt) <= 1 + 1e-12,
    });
  };

  for (const [i, j, real] of pairs(values)) {
    const [z, w] = [values[i], values[j]];
    if (Math.hypot(z[0] - w[0], z[1] - w[1]) <= EQUAL * size) continue;
    const steps = c
      ? stepsAmong(polynomialRoots(differencePolynomial(c, z, w)), upTo, real ? 1e-9 : 1e-12)
      : exactSteps(z, w, size, upTo);
    if (steps.length === 0) continue;
    const lost = lostWhenShared(modes, [i, j]);
    for (const dt of steps) add(dt, "multiplier", [i, j], lost);
  }
  values.forEach((z, j) => {
    if (z[1] < 0 || cabs(z) <= EQUAL * size) return;
    const steps = c
      ? stepsAmong(polynomialRoots(differencePolynomial(c, z, [0, 0])), upTo, z[1] === 0 ? 1e-9 : 1e-12)
      : exactSteps(z, [0, 0], size, upTo);
    const directions = z[1] === 0 ? 1 : 2;
    for (const dt of steps)
      add(dt, "drive", [j], {
        unreached: directions * independent(leftVectors, [j], modes.B),
        ...(modes.C ? { unseen: 0 } : {}),
      });
  });
  return losses.sort((a, b) => a.dt - b.dt);
};

/** `2 pi k / |Im(z - w)|` where the real parts agree. */
const exactSteps = (z: Complex, w: Complex, size: number, upTo: number): number[] => {
  const gap = Math.abs(z[1] - w[1]);
  if (Math.abs(z[0] - w[0]) > 1e-12 * size || gap <= EQUAL * size) return [];
  const first = (2 * Math.PI) / gap;
  return Array.from({ length: Math.min(1000, Math.floor(upTo / first)) }, (_, k) => (k + 1) * first);
};

/** How close the modes of a flow come to a loss at one step. */
export interface Separation {
  /** The least `|R[dt z, dt w]|` of two modes, and which; `Infinity` for a single mode. */
  readonly difference: { readonly value: number; readonly rates: readonly Complex[] };
  /** The least `|Q(dt z)|`, and whose. */
  readonly drive: { readonly value: number; readonly rates: readonly Complex[] };
}

/** The least of the numbers whose vanishing is a loss, at step `dt`; `leak` is the common leak rate of leak-aware schemes. */
export const separationAt = (values: readonly Complex[], scheme: Scheme, dt: number, leak = 0): Separation => {
  const difference = stabilityDifference(scheme, leak * dt);
  let closest: Separation["difference"] = { value: Number.POSITIVE_INFINITY, rates: [] };
  let weakest: Separation["drive"] = { value: Number.POSITIVE_INFINITY, rates: [] };
  const z = values.map((value) => cscale(value, dt));
  for (const [i, j] of pairs(values)) {
    const value = cabs(difference(z[i], z[j]));
    if (value < closest.value) closest = { value, rates: [values[i], values[j]] };
  }
  values.forEach((rate, j) => {
    const value = cabs(difference(z[j], [0, 0]));
    if (value < weakest.value) weakest = { value, rates: [rate] };
  });
  return { difference: closest, drive: weakest };
};
