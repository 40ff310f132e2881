/**
 * How far the input reaches into a linear system, and how sure that is. For `x' = A x + B u` or `x_{k+1} = A x_k + B u_k`:
 *
 *     rank       of the staircase of (A, B), or less where modes have no margin
 *     margin     sigma_min[lambda I - A, B] at each eigenvalue lambda (Popov, Belevitch, Hautus): zero iff its mode is not reached
 *     coupling   |y^H B| with the unit left eigenvector y: how strongly the input pushes the mode; never below the margin
 *     distance   min over all complex lambda of that singular value: the smallest change of (A, B) that loses a direction
 *
 * A and B are first divided by their norms, so that all numbers are relative. A rank is never reported alone: margins below
 * `tolerance` cannot be told from zero, margins within a thousand times that are "uncertain".
 * Observability of (A, C) is the same question for the transposes.
 *
 * Eising, Systems & Control Letters 4 (1984) 263 (distance); Hamdan & Nayfeh, AIAA J. Guidance 12 (1989) 421 (coupling).
 */
import { type ComplexMatrix, complexMatrix } from "../numerics/complex.js";
import { eigen } from "../numerics/eigen.js";
import { type Complex, euclideanNorm, type Matrix, matrix, scale } from "../numerics/matrix.js";
import { reachProbe } from "../numerics/shifted-singular-value.js";
import { norm2 } from "../numerics/svd.js";
import { planarMinimum } from "./planar-search.js";
import { type Staircase, staircase } from "./staircase.js";
import { unreachedDirections } from "./unreached.js";

/** A mode as the input (or the readout) sees it. */
export interface ModeReach {
  readonly value: Complex;
  /** `|y^H B| / |B|` with the unit left eigenvector. */
  readonly coupling: number;
  /** `sigma_min[(lambda I - A) / |A|, B / |B|]`; absent for modes beyond the number of `probes`. */
  readonly margin?: number;
}

/** What can be reached, with its evidence. */
export interface Reach {
  /** Dimension of the reachable subspace at `tolerance`. */
  readonly rank: number;
  readonly units: number;
  readonly verdict: "full" | "deficient" | "uncertain";
  readonly reason: string;
  readonly staircase: Staircase;
  /** One entry for each real mode and for each complex pair, the likeliest to be lost first. */
  readonly modes: readonly ModeReach[];
  /** The least margin of a mode; `Infinity` without modes. */
  readonly margin: number;
  /** The least value found over all lambda, an upper bound on the relative distance to a loss, and where. */
  readonly distance: { readonly value: number; readonly at: Complex };
  readonly tolerance: number;
}

export interface ReachSettings {
  /** Relative size below which a singular value counts as zero; 1e-12 where absent. */
  readonly tolerance?: number;
  /** Modes whose margin is computed, the likeliest to be lost first: weak coupling or a close neighbor; 100 where absent. */
  readonly probes?: number;
  /** Whether to look for a nearer loss than at the modes themselves; true where absent. */
  readonly search?: boolean;
}

const UNCERTAIN = 1000;
const STARTS = 2;
const SEARCH_STEPS = 40;

/** The word for what reaches or is seen, in reasons. */
type Direction = "reachable" | "observable";

/** Reachability of `(A, B)`, n × n and n × m. */
export const reach = (
  A: Matrix,
  B: Matrix,
  settings: ReachSettings = {},
  direction: Direction = "reachable",
): Reach => {
  const { tolerance = 1e-12, probes = 100, search = true } = settings;
  const [sizeA, sizeB] = [norm2(A) || 1, norm2(B) || 1];
  const unitA = scale(A, 1 / sizeA);
  const unitB = scale(B, 1 / sizeB);
  const stairs = staircase(unitA, unitB, tolerance);
  const probe = reachProbe(unitA, unitB);
  const marginAt = ([re, im]: Complex): number => probe([re / sizeA, im / sizeA]);
  const { values, leftVectors } = eigen(A);
  const modes = values
    .map((value, j) => {
      const coupling = couplingOf(leftVectors, j, unitB);
      return { mode: { value, coupling }, risk: Math.min(coupling, gapOf(values, j) / sizeA) };
    })
    .filter(({ mode }) => mode.value[1] >= 0)
    .sort((a, b) => a.risk - b.risk)
    .map(({ mode }, k): ModeReach => (k < probes ? { ...mode, margin: marginAt(mode.value) } : mode));
  const weakest = modes.filter((mode) => mode.margin !== undefined).sort((a, b) => marginOf(a) - marginOf(b));
  const margin = weakest.length === 0 ? Number.POSITIVE_INFINITY : marginOf(weakest[0]);
  const distance = nearestLoss(marginAt, weakest.slice(0, STARTS), sizeA, search && margin > tolerance);
  const lost = weakest.filter((mode) => marginOf(mode) <= tolerance);
  const scaled = lost.map(({ value: [re, im] }): Complex => [re / sizeA, im / sizeA]);
  const rank = Math.min(stairs.rank, A.rows - unreachedDirections(unitA, unitB, scaled, tolerance));
  const kept = weakest[lost.length];
  return {
    rank,
    units: A.rows,
    ...verdictOf({
      rank,
      units: A.rows,
      tolerance,
      direction,
      // Among blocks that do not show the loss, small ones mean nothing.
      smallestKept: Math.min(
        stairs.rank > rank ? Number.POSITIVE_INFINITY : stairs.smallestKept,
        kept ? marginOf(kept) : Number.POSITIVE_INFINITY,
      ),
      largestDropped: Math.max(stairs.largestDropped, ...lost.map(marginOf)),
      distance: Math.min(margin, distance.value),
    }),
    staircase: stairs,
    modes,
    margin,
    distance,
    tolerance,
  };
};

/** Observability of `(A, C)`, n × n and p × n: reachability of the transposes. */
export const sight = (A: Matrix, C: Matrix, settings: ReachSettings = {}): Reach =>
  reach(transposed(A), transposed(C), settings, "observable");

const transposed = (A: Matrix): Matrix => {
  const result = matrix(A.cols, A.rows);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) result.data[j * A.rows + i] = A.data[i * A.cols + j];
  return result;
};

const marginOf = ({ margin = Number.POSITIVE_INFINITY }: ModeReach): number => margin;

/** `|y_j^H B|`. */
const couplingOf = (Y: ComplexMatrix, j: number, B: Matrix): number => {
  const { re, im } = couplings(Y, [j], B);
  return Math.hypot(euclideanNorm(re), euclideanNorm(im));
};

/** `Y_g^H B` for the columns `g` of `Y`, |g| × m. */
export const couplings = (Y: ComplexMatrix, columns: readonly number[], B: Matrix): ComplexMatrix => {
  const m = B.cols;
  const product = complexMatrix(columns.length, m);
  columns.forEach((j, row) => {
    for (let i = 0; i < B.rows; i++) {
      const [re, im] = [Y.re[i * Y.cols + j], Y.im[i * Y.cols + j]];
      for (let k = 0; k < m; k++) {
        product.re[row * m + k] += re * B.data[i * m + k];
        product.im[row * m + k] -= im * B.data[i * m + k];
      }
    }
  });
  return product;
};

/** Distance of eigenvalue `j` to the nearest other one. */
const gapOf = (values: readonly Complex[], j: number): number =>
  values.reduce(
    (least, [re, im], k) => (k === j ? least : Math.min(least, Math.hypot(re - values[j][0], im - values[j][1]))),
    Number.POSITIVE_INFINITY,
  );

/** The least singular value near the weakest modes. */
const nearestLoss = (
  marginAt: (z: Complex) => number,
  starts: readonly ModeReach[],
  size: number,
  search: boolean,
): Reach["distance"] => {
  let best: Reach["distance"] = { value: Number.POSITIVE_INFINITY, at: [0, 0] };
  for (const { value: start, margin = Number.POSITIVE_INFINITY } of starts) {
    if (margin < best.value) best = { value: margin, at: start };
    if (!search) continue;
    const found = planarMinimum(marginAt, start, {
      stride: 0.05 * size,
      resolution: 1e-3 * size,
      evaluations: SEARCH_STEPS,
    });
    if (found.value < best.value) best = { value: found.value, at: found.at };
  }
  return best;
};

/** Numbers on which a verdict rests. */
interface Evidence {
  readonly rank: number;
  readonly units: number;
  readonly tolerance: number;
  readonly direction: Direction;
  /** The least of what counts, and the most of what does not. */
  readonly smallestKept: number;
  readonly largestDropped: number;
  readonly distance: number;
}

const verdictOf = ({ rank, units, tolerance, direction, smallestKept, largestDropped, distance }: Evidence) => {
  const number = (value: number): string => value.toExponential(1);
  const clear = UNCERTAIN * tolerance;
  if (rank < units) {
    const missing = `${units - rank} of ${units} directions not ${direction}: what reaches them is ${number(largestDropped)} of the size of the system or less, tolerance ${number(tolerance)}`;
    return smallestKept > clear
      ? { verdict: "deficient" as const, reason: missing }
      : {
          verdict: "uncertain" as const,
          reason: `${missing}; but others count by no more than ${number(smallestKept)}`,
        };
  }
  return distance > clear
    ? {
        verdict: "full" as const,
        reason: `all ${units} directions ${direction}; the nearest loss found is a change of relative size ${number(distance)}`,
      }
    : {
        verdict: "uncertain" as const,
        reason: `rank ${rank} at tolerance ${number(tolerance)}, but a change of relative size ${number(distance)} loses a direction`,
      };
};
