/**
 * A fixed point followed as the constant input moves along a path: `f(x, u(s)) = 0` as a curve in (x, s).
 *
 * Steps go along the tangent of the curve and are corrected perpendicular to it (pseudo-arclength continuation), so that
 * the curve is followed round folds, where two fixed points meet and vanish as the input goes on. A fold is where the
 * tangent turns back in s; it is located by bisection. Other changes in the number of unstable rates are listed too.
 * Keller, in Applications of Bifurcation Theory (1977); Kuznetsov, Elements of Applied Bifurcation Theory, §10.2.
 */
import { InputError } from "../error.js";
import { checkedVector } from "../model/build.js";
import type { Flow } from "../model/dynamics.js";
import type { Model } from "../model/model.js";
import { eigenvalues } from "../numerics/eigen.js";
import { solveVector } from "../numerics/lu.js";
import { euclideanNorm, type Matrix, matrix, multiplyVector } from "../numerics/matrix.js";
import { countUnstable } from "./classify.js";
import { subjectOf } from "./subject.js";

export interface FollowOptions {
  /** A fixed point at the first input, or a state near one. */
  readonly state: ArrayLike<number>;
  /** The path: straight between these inputs, at least two. s counts them from 0. */
  readonly inputs: readonly ArrayLike<number>[];
  /** Longest step along the curve, in units of (x, s); 0.1 where absent. */
  readonly longestStep?: number;
  /** Most points on the curve; 2000 where absent. */
  readonly points?: number;
}

export interface FollowedPoint {
  /** Position on the path of inputs. */
  readonly s: number;
  readonly input: Float64Array;
  readonly state: Float64Array;
  readonly residual: number;
  readonly unstableRates: number;
}

/** A fold: two fixed points with one unstable rate between them meet here. */
export interface Fold {
  readonly s: number;
  readonly input: Float64Array;
  readonly state: Float64Array;
}

export interface Followed {
  /**
   * "complete": the end of the path was reached; "returned": folds led back to its beginning; "stopped": the curve could
   * not be followed farther, or has more points than allowed.
   */
  readonly status: "complete" | "returned" | "stopped";
  readonly points: readonly FollowedPoint[];
  readonly folds: readonly Fold[];
  /** Between `points[index - 1]` and `points[index]` the number of unstable rates changes without a fold. */
  readonly changes: readonly { readonly index: number; readonly from: number; readonly to: number }[];
}

const CORRECTIONS = 12;
const TOLERANCE = 1e-11;
const SHORTEST = 1e-9;
const BISECTIONS = 50;

/** A point of the curve, (x, s) in one vector, with its unit tangent. */
interface CurvePoint {
  readonly z: Float64Array;
  readonly tangent: Float64Array;
}

const pathOf = (inputs: readonly Float64Array[]) => {
  const last = inputs.length - 1;
  const piece = (s: number) => Math.max(0, Math.min(last - 1, Math.floor(s)));
  return {
    last,
    at: (s: number): Float64Array => {
      const k = piece(s);
      return inputs[k]!.map((a, i) => a + (s - k) * (inputs[k + 1]![i]! - a));
    },
    slope: (s: number): Float64Array => {
      const k = piece(s);
      return inputs[k]!.map((a, i) => inputs[k + 1]![i]! - a);
    },
  };
};

const curveOf = (flow: Flow, path: ReturnType<typeof pathOf>) => {
  const n = flow.units;
  const field = (z: Float64Array): Float64Array => {
    const out = new Float64Array(n);
    flow.field(z.subarray(0, n), path.at(z[n]!), out);
    return out;
  };
  /** `[J  B u'; row]`. */
  const bordered = (z: Float64Array, row: Float64Array): Matrix => {
    const u = path.at(z[n]!);
    const J = flow.stateJacobian(z.subarray(0, n), u);
    const along = multiplyVector(flow.inputJacobian(z.subarray(0, n), u), path.slope(z[n]!));
    const A = matrix(n + 1, n + 1);
    for (let i = 0; i < n; i++) {
      A.data.set(J.data.subarray(i * n, (i + 1) * n), i * (n + 1));
      A.data[i * (n + 1) + n] = along[i]!;
    }
    A.data.set(row, n * (n + 1));
    return A;
  };
  const last = Float64Array.from({ length: n + 1 }, (_, i) => (i === n ? 1 : 0));

  /** The unit tangent at `z` that goes the way of `previous`. */
  const tangentAt = (z: Float64Array, previous: Float64Array): Float64Array | undefined => {
    const t = solveVector(bordered(z, previous), last);
    if (!t) return undefined;
    const size = euclideanNorm(t);
    return Number.isFinite(size) ? t.map((v) => v / size) : undefined;
  };

  /** The point of the curve in the hyperplane through `guess` perpendicular to `row`. */
  const correct = (guess: Float64Array, row: Float64Array): Float64Array | undefined => {
    let z = guess;
    for (let k = 0; k < CORRECTIONS; k++) {
      const f = field(z);
      const offset = row.reduce((sum, v, i) => sum + v * (z[i]! - guess[i]!), 0);
      const size = Math.max(euclideanNorm(f), Math.abs(offset));
      if (!Number.isFinite(size)) return undefined;
      if (size <= TOLERANCE) return z;
      const step = solveVector(bordered(z, row), [...f, offset]);
      if (!step) return undefined;
      const next = z;
      z = next.map((v, i) => v - step[i]!);
    }
    return euclideanNorm(field(z)) <= 1e2 * TOLERANCE ? z : undefined;
  };

  /** The next point, `length` along the tangent; undefined where it is not found, or is not near. */
  const advance = ({ z, tangent }: CurvePoint, length: number): CurvePoint | undefined => {
    const guess = z.map((v, i) => v + length * tangent[i]!);
    const found = correct(guess, tangent);
    if (!found || euclideanNorm(found.map((v, i) => v - guess[i]!)) > length) return undefined;
    const next = tangentAt(found, tangent);
    return next && { z: found, tangent: next };
  };
  return { n, last, field, correct, tangentAt, advance };
};

/**
 * Follows a fixed point of a flow, or of the flow behind a map, along a path of inputs.
 *
 * @throws InputError where there is no flow, fewer than two inputs, or no fixed point near the state
 * @example followFixedPoint(model, { state, inputs: [[0], [1]] }).folds
 */
export const followFixedPoint = (model: Model, options: FollowOptions): Followed => {
  const { flow } = subjectOf(model);
  if (!flow) throw new InputError(`follow: needs a flow, got a ${model.kind} model of form ${model.form} without one`);
  if (options.inputs.length < 2)
    throw new InputError(`inputs: a path needs at least two inputs, got ${options.inputs.length}`);
  const inputs = options.inputs.map((u, k) => checkedVector(`inputs[${k}]`, u, model.inputs));
  const path = pathOf(inputs);
  const { n, last, field, correct, tangentAt, advance } = curveOf(flow, path);
  const { longestStep = 0.1, points: most = 2000 } = options;

  const start = correct(Float64Array.from([...checkedVector("state", options.state, n), 0]), last);
  const direction = start && tangentAt(start, last);
  if (!start || !direction)
    throw new InputError("follow: no fixed point at the first input near this state; search for one with fixedPoints");
  const described = (z: Float64Array): FollowedPoint => {
    const state = z.slice(0, n);
    const input = path.at(z[n]!);
    const rates = eigenvalues(flow.stateJacobian(state, input));
    return {
      s: z[n]!,
      input,
      state,
      residual: euclideanNorm(field(z)),
      unstableRates: countUnstable(rates, "rates"),
    };
  };

  const foldBetween = (from: CurvePoint, length: number): Fold => {
    let low = 0;
    let high = length;
    let z = from.z;
    for (let k = 0; k < BISECTIONS && high - low > 1e-13; k++) {
      const middle = (low + high) / 2;
      const there = advance(from, middle);
      if (!there) break;
      z = there.z;
      if (there.tangent[n]! * from.tangent[n]! > 0) low = middle;
      else high = middle;
    }
    return { s: z[n]!, input: path.at(z[n]!), state: z.slice(0, n) };
  };

  const points = [described(start)];
  const folds: Fold[] = [];
  const changes: { index: number; from: number; to: number }[] = [];
  let here: CurvePoint = { z: start, tangent: direction };
  let length = longestStep / 8;
  let status: Followed["status"] = "stopped";
  while (points.length < most) {
    const next = advance(here, length);
    if (!next) {
      length /= 2;
      if (length < SHORTEST) break;
      continue;
    }
    const s = next.z[n]!;
    const ended = s >= path.last ? path.last : s <= 0 ? 0 : undefined;
    const folded = next.tangent[n]! * here.tangent[n]! < 0;
    if (folded) folds.push(foldBetween(here, length));
    // Past an end of the path the curve is met with the plane of that end instead.
    const target = next.z.slice();
    if (ended !== undefined) target[n] = ended;
    const z = ended === undefined ? next.z : correct(target, last);
    if (!z) break;
    points.push(described(z));
    const [before, after] = [points.at(-2)!.unstableRates, points.at(-1)!.unstableRates];
    if (!folded && before !== after) changes.push({ index: points.length - 1, from: before, to: after });
    if (ended !== undefined) {
      status = ended === 0 ? "returned" : "complete";
      break;
    }
    here = next;
    length = Math.min(longestStep, 1.5 * length);
  }
  return { status, points, folds, changes };
};
