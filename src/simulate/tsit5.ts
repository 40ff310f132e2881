/**
 * Reference solutions of a flow: the embedded pair of order 5(4) of Tsitouras with step control and dense output.
 *
 * Ch. Tsitouras, Computers & Mathematics with Applications 62 (2011) 770; step control by a PI controller, Hairer,
 * Nørsett & Wanner, Solving Ordinary Differential Equations I, II.4 and IV.2.
 */
import { InputError } from "../error.js";
import type { Flow } from "../model/dynamics.js";

const A: readonly (readonly number[])[] = [
  [],
  [0.161],
  [-0.008480655492356989, 0.335480655492357],
  [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
  [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
  [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
  [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
];
const NODES = [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1];
const ERROR = [
  0.001780011052225777, 0.0008164344596567469, -0.007880878010261995, 0.1447110071732629, -0.5823571654525552,
  0.45808210592918697, -0.015151515151515152,
];

/** Weights of the stages at the fraction `s` of a step. */
export const denseOutput = (s: number): readonly number[] => [
  -1.0530884977290216 * s * (s - 1.329989018975141) * (s * s - 1.4364028541716352 * s + 0.7139816917074209),
  0.1017 * s * s * (s * s - 2.1966568338249752 * s + 1.294985250737463),
  2.490627285651253 * s * s * (s * s - 2.3853564547206165 * s + 1.5780346820809248),
  -16.548102889244902 * (s - 1.2171292729553325) * (s - 0.6162040603780009) * s * s,
  47.37952196281928 * (s - 1.2030712083723627) * (s - 0.6580472926535473) * s * s,
  -34.87065786149661 * (s - 1.2) * (s - 0.6666666666666666) * s * s,
  2.5 * (s - 1) * (s - 0.6) * s * s,
];

export interface AdaptiveSettings {
  /** Times at which the state is wanted, increasing. */
  readonly times: ArrayLike<number>;
  readonly start: Float64Array;
  /** Input as a function of time; zero where absent. It may jump only at `breaks`. */
  readonly input?: (t: number, out: Float64Array) => void;
  /** Times at which the input jumps: steps end there. */
  readonly breaks?: ArrayLike<number>;
  /** Time of the start; the first of `times` where absent. */
  readonly from?: number;
  readonly relativeTolerance?: number;
  readonly absoluteTolerance?: number;
  /** Largest number of steps, 1e6 where absent. */
  readonly stepBudget?: number;
}

export interface AdaptiveSolution {
  readonly status: "complete" | "stopped";
  readonly message?: string;
  readonly t: Float64Array;
  /** The state at each time reached. */
  readonly state: readonly Float64Array[];
  readonly steps: number;
  readonly rejected: number;
}

const SAFETY = 0.9;
const GROWTH = 5;
const SHRINKAGE = 0.2;

/**
 * Solves `x' = f(x, u(t), t)` from `start`, the local error of each step below
 * `absoluteTolerance + relativeTolerance |x|` in the root mean square.
 */
export const solveAdaptive = (flow: Flow, settings: AdaptiveSettings): AdaptiveSolution => {
  const { times, start, input, relativeTolerance = 1e-9, absoluteTolerance = 1e-12, stepBudget = 1e6 } = settings;
  if (!(relativeTolerance > 0) || !(absoluteTolerance > 0))
    throw new InputError(`tolerance: must be positive, got ${relativeTolerance} and ${absoluteTolerance}`);
  for (let k = 1; k < times.length; k++)
    if (!(times[k]! > times[k - 1]!))
      throw new InputError(`times: must increase, got ${times[k - 1]} then ${times[k]}`);
  const n = flow.units;
  const u = new Float64Array(flow.inputs);
  const evaluate = (t: number, x: Float64Array, out: Float64Array): void => {
    input?.(t, u);
    flow.field(x, u, out, t);
  };

  const K = Array.from({ length: 7 }, () => new Float64Array(n));
  const stage = new Float64Array(n);
  const saved: Float64Array[] = [];
  const breaks = Array.from(settings.breaks ?? []).sort((a, b) => a - b);
  const last = times.length > 0 ? times[times.length - 1]! : 0;
  let x = start.slice();
  let next = new Float64Array(n);
  let t = settings.from ?? times[0] ?? 0;
  let steps = 0;
  let rejected = 0;
  let wanted = 0;
  let previousError = 1e-4;
  const done = (message?: string): AdaptiveSolution => ({
    status: message ? "stopped" : "complete",
    ...(message ? { message } : {}),
    t: Float64Array.from({ length: saved.length }, (_, k) => times[k]!),
    state: saved,
    steps,
    rejected,
  });
  const scaleOf = (i: number, a: Float64Array, b: Float64Array) =>
    absoluteTolerance + relativeTolerance * Math.max(Math.abs(a[i]!), Math.abs(b[i]!));

  while (wanted < times.length && times[wanted]! <= t) {
    saved.push(x.slice());
    wanted++;
  }
  evaluate(t, x, K[0]!);
  let h = firstStep(x, K[0]!, absoluteTolerance, relativeTolerance, last - t);
  let nextBreak = breaks.findIndex((b) => b > t);
  while (wanted < times.length) {
    if (steps + rejected >= stepBudget)
      return done(`step budget of ${stepBudget} exhausted at t = ${t}: try a larger tolerance`);
    const limit = nextBreak >= 0 ? Math.min(breaks[nextBreak]!, last) : last;
    const clipped = t + h >= limit;
    const length = clipped ? limit - t : h;
    if (!(length > 0) || t + length === t)
      return done(`step size underflow at t = ${t}: the field is not smooth or not finite there`);
    for (let s = 1; s < 7; s++) {
      const row = A[s]!;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < s; j++) sum += row[j]! * K[j]![i]!;
        stage[i] = x[i]! + length * sum;
      }
      // The last stages end a step before a jump of the input, not after it.
      const at = NODES[s]! === 1 && clipped ? t + length * (1 - 2 ** -40) : t + NODES[s]! * length;
      evaluate(at, stage, K[s]!);
      if (s === 6) next.set(stage);
    }
    let squares = 0;
    for (let i = 0; i < n; i++) {
      let e = 0;
      for (let j = 0; j < 7; j++) e += ERROR[j]! * K[j]![i]!;
      squares += ((length * e) / scaleOf(i, x, next)) ** 2;
    }
    const error = Math.sqrt(squares / n);
    if (!(error <= 1)) {
      rejected++;
      h = length * (Number.isFinite(error) ? Math.max(SHRINKAGE, SAFETY * error ** -0.2) : SHRINKAGE);
      continue;
    }
    steps++;
    const reached = clipped ? limit : t + length;
    while (wanted < times.length && times[wanted]! <= reached) {
      const weights = denseOutput((times[wanted]! - t) / length);
      saved.push(
        times[wanted] === reached
          ? next.slice()
          : x.map((v, i) => v + length * K.reduce((sum, k, j) => sum + weights[j]! * k[i]!, 0)),
      );
      wanted++;
    }
    t = reached;
    [x, next] = [next, x];
    if (nextBreak >= 0 && t >= breaks[nextBreak]!) {
      nextBreak = nextBreak + 1 < breaks.length ? nextBreak + 1 : -1;
      evaluate(t, x, K[0]!);
    } else K[0]!.set(K[6]!);
    const bounded = Math.max(error, 1e-10);
    const factor = SAFETY * bounded ** -0.14 * previousError ** 0.08;
    previousError = bounded;
    if (!clipped || factor < 1) h = length * Math.min(GROWTH, Math.max(SHRINKAGE, factor));
  }
  return done();
};

/** A first step at which the change of the state is a hundredth of its scale. */
const firstStep = (x: Float64Array, f: Float64Array, absolute: number, relative: number, span: number): number => {
  let size = 0;
  let slope = 0;
  for (let i = 0; i < x.length; i++) {
    const scale = absolute + relative * Math.abs(x[i]!);
    size += (x[i]! / scale) ** 2;
    slope += (f[i]! / scale) ** 2;
  }
  const guess = size < 1e-10 || slope < 1e-10 ? 1e-6 : 0.01 * Math.sqrt(size / slope);
  return Math.min(guess, span > 0 ? span : guess);
};
