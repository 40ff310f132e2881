/**
 * The inverse of D: which flow is this map a discretization of?
 *
 * A leaky network has three parents, one per reading of its alpha. An affine map has one parent per scheme: its exact
 * one is the logarithm `log [Ad Bd; 0 I] / dt`, which need not exist. Where negative multipliers forbid a real
 * logarithm the outcome names them; on request each gets a second state, as a pair of complex rates
 * `(ln r ± i pi) / dt` that the sampled input never drives apart (raising the order, as control software does).
 */
import { InputError } from "../error.js";
import { mapOf } from "../model/bind.js";
import type { Reading } from "../model/build.js";
import type { LinearFlow, LinearMap, Network, NonlinearFlow, SchemeMap } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { symmetricFactor } from "../numerics/cholesky.js";
import { eigen } from "../numerics/eigen.js";
import { inverse, solve } from "../numerics/lu.js";
import {
  add,
  block,
  type Complex,
  identity,
  type Matrix,
  matrix,
  multiply,
  scale,
  scaleRows,
  submatrix,
  subtract,
  transpose,
} from "../numerics/matrix.js";
import { phi1 } from "../numerics/matrix-exponential.js";
import { logm } from "../numerics/matrix-logarithm.js";
import { phi1Scalar } from "../numerics/phi-scalar.js";
import { symmetricEigen } from "../numerics/symmetric-eigen.js";
import { derived } from "./provenance.js";

/** Schemes of which an affine map has at most one parent. */
export type InvertibleScheme = Extract<
  SchemeName,
  "euler" | "backward-euler" | "implicit-midpoint" | "trapezoid" | "zero-order-hold"
>;

/** The parent of an affine map, or why there is none. */
export type ParentSearch =
  | { readonly status: "found"; readonly model: LinearFlow }
  /** Only a flow with more states has this map. */
  | {
      readonly status: "raised";
      readonly model: LinearFlow;
      readonly eigenvalues: readonly Complex[];
      readonly message: string;
    }
  | { readonly status: "none"; readonly eigenvalues: readonly Complex[]; readonly message: string };

/** `alpha_i`: how much of its drive unit i takes up in one step. */
const alphasOf = (map: SchemeMap, network: Network): Float64Array => {
  const steps = network.timeConstants.map((tau) => map.dt / tau);
  const alphaOf: Partial<Record<SchemeName, (step: number) => number>> = {
    euler: (step) => step,
    "exponential-euler": (step) => -Math.expm1(-step),
    "imex-euler": (step) => step / (1 + step),
  };
  const formula = alphaOf[map.scheme];
  if (!formula)
    throw new InputError(`undiscretize: a map made by ${map.scheme} has no alpha; its parent is the flow it came from`);
  return steps.map(formula);
};

const timeConstantOf = (readAs: Reading, alpha: number, dt: number, unit: number): number => {
  if (readAs !== "euler" && !(alpha < 1))
    throw new InputError(
      `undiscretize: alpha of unit ${unit} must be below 1 to be read as ${readAs}, got ${alpha}; read it as euler instead`,
    );
  if (readAs === "euler") return dt / alpha;
  return readAs === "exponential-euler" ? -dt / Math.log1p(-alpha) : (dt * (1 - alpha)) / alpha;
};

/**
 * The flow of a map that a scheme made: its own parent, or with `readAs` the parent under another reading of alpha,
 * `tau = dt / alpha` (euler), `-dt / ln(1 - alpha)` (exponential-euler) or `dt (1 - alpha) / alpha` (imex-euler).
 *
 * @throws InputError for a reading of a model that has no alpha, or of alpha >= 1
 */
export const undiscretize =
  (settings: { readonly readAs?: Reading } = {}) =>
  (map: SchemeMap): NonlinearFlow => {
    const { parent } = map;
    const { readAs } = settings;
    const step = { operator: "undiscretize", settings: { ...settings } };
    if (!readAs) return { ...parent, provenance: [...map.provenance, step] };
    return { ...readFlow(map, readAs), provenance: [...map.provenance, step] };
  };

const readFlow = (map: SchemeMap, readAs: Reading): Network => {
  const { parent } = map;
  if (parent.form !== "rate" && parent.form !== "current")
    throw new InputError(`undiscretize: only rate and current networks have an alpha to read, got form ${parent.form}`);
  if (parent.leak.some((leak) => leak !== 1))
    throw new InputError(
      "undiscretize: alpha is defined for a leak of 1; bring the network to its canonical form first",
    );
  const timeConstants = alphasOf(map, parent).map((alpha, i) => timeConstantOf(readAs, alpha, map.dt, i));
  const increments = mapOf(map).noise?.();
  return {
    ...parent,
    timeConstants,
    ...(increments ? { noise: noiseBehind(increments, readAs, map.dt, timeConstants) } : {}),
  };
};

/** `Sigma` of the flow whose steps under the reading have the increments `G xi`. */
const noiseBehind = (G: Matrix, readAs: Reading, dt: number, timeConstants: Float64Array): Matrix => {
  if (readAs === "euler") return scale(G, 1 / Math.sqrt(dt));
  if (readAs === "imex-euler")
    return scaleRows(
      timeConstants.map((tau) => (1 + dt / tau) / Math.sqrt(dt)),
      G,
    );
  // Exponential Euler weighs the covariance of units i and j by dt phi_1(-dt (1/tau_i + 1/tau_j)).
  const weight = (i: number, j: number) => dt * phi1Scalar(-dt * (1 / timeConstants[i]! + 1 / timeConstants[j]!));
  if (timeConstants.every((tau) => tau === timeConstants[0])) return scale(G, 1 / Math.sqrt(weight(0, 0)));
  const covariance = multiply(G, transpose(G));
  for (let i = 0; i < G.rows; i++) for (let j = 0; j < G.rows; j++) covariance.data[i * G.rows + j]! /= weight(i, j);
  const { values } = symmetricEigen(covariance);
  if (values[0]! < -1e-12 * values.at(-1)!)
    throw new InputError(
      "undiscretize: no noise of the flow gives these units of different tau their shared increments under exponential-euler; read it as euler or imex-euler",
    );
  return symmetricFactor(covariance);
};

/**
 * The same discrete network, read as another scheme of another flow: weights, trajectories and the noise of a step stay,
 * tau and the noise of the flow change.
 *
 * @throws InputError as `undiscretize`, or where no noise of the flow gives that of the steps
 */
export const readAs =
  (reading: Reading) =>
  (map: SchemeMap): SchemeMap => {
    if (map.steps) throw new InputError("read-as: a map with steps of varying length has no single alpha");
    return derived({ ...map, scheme: reading, parent: readFlow(map, reading) }, map, {
      operator: "read-as",
      settings: { scheme: reading },
    });
  };

interface Parts {
  readonly stateMatrix: Matrix;
  readonly inputMatrix: Matrix;
  readonly offset: Matrix;
}

/** `x' = d + Ad (x - p) + Bd (u - q)` about the point: `d` is what the map adds to p there. */
const partsOf = (map: LinearMap): Parts => ({
  stateMatrix: map.stateMatrix,
  inputMatrix: map.inputMatrix,
  offset: matrix(
    map.units,
    1,
    map.offset.map((v, i) => v - map.point[i]!),
  ),
});

const flowFrom = (map: LinearMap, { stateMatrix, inputMatrix, offset }: Parts, scheme: SchemeName): LinearFlow => {
  const extra = stateMatrix.rows - map.units;
  const pad = (v: Float64Array) => Float64Array.from({ length: v.length + extra }, (_, i) => v[i] ?? 0);
  const { readout } = map;
  return derived(
    {
      name: map.name,
      units: stateMatrix.rows,
      inputs: map.inputs,
      timeUnit: map.timeUnit,
      provenance: map.provenance,
      ...(readout
        ? { readout: { ...readout, weights: block([[readout.weights, matrix(readout.weights.rows, extra)]]) } }
        : {}),
      ...(map.noise && scheme === "euler" ? { noise: scale(map.noise, 1 / Math.sqrt(map.dt)) } : {}),
      kind: "continuous",
      form: "linear",
      stateMatrix,
      inputMatrix,
      offset: offset.data,
      point: pad(map.point),
      inputPoint: map.inputPoint,
      leakRates: new Float64Array(stateMatrix.rows),
    },
    map,
    { operator: "undiscretize", settings: { scheme } },
  );
};

const near = (map: LinearMap, value: number): Complex[] => {
  const values = eigen(map.stateMatrix).values;
  return [values.reduce((a, b) => (Math.hypot(a[0] - value, a[1]) <= Math.hypot(b[0] - value, b[1]) ? a : b))];
};

const listed = (eigenvalues: readonly Complex[]): string =>
  eigenvalues
    .map(([re, im]) => (im === 0 ? re.toPrecision(6) : `${re.toPrecision(6)} + ${im.toPrecision(6)}i`))
    .join(", ");

/** `log [Ad Bd d; 0 I 0; 0 0 1] / dt`. */
const logarithmic = (map: LinearMap, raiseOrder: boolean): ParentSearch => {
  const { units: n, inputs: m, dt } = map;
  const { stateMatrix, inputMatrix, offset } = partsOf(map);
  const L = logm(
    block([
      [stateMatrix, inputMatrix, offset],
      [matrix(m, n), identity(m), matrix(m, 1)],
      [matrix(1, n), matrix(1, m), identity(1)],
    ]),
  );
  if (L.status === "principal") {
    const X = scale(L.X, 1 / dt);
    const part = (left: number, cols: number) => submatrix(X, 0, left, n, cols);
    const parts = { stateMatrix: part(0, n), inputMatrix: part(n, m), offset: part(n + m, 1) };
    return { status: "found", model: flowFrom(map, parts, "zero-order-hold") };
  }
  const blocked = L.eigenvalues.filter(([re, im]) => im === 0 && re < 0);
  if (L.status === "none" && raiseOrder && blocked.length === L.eigenvalues.length) {
    const raised = raisedParent(map, blocked);
    if (raised) return raised;
  }
  return {
    status: "none",
    eigenvalues: L.eigenvalues,
    message:
      L.status === "none"
        ? `no flow of this order is sampled by this map: ${L.reason}`
        : `no principal logarithm: ${L.reason}`,
  };
};

/** Gives each simple negative multiplier -r a second state, so that the pair has the rates `(ln r ± i pi) / dt`. */
const raisedParent = (map: LinearMap, blocked: readonly Complex[]): ParentSearch | undefined => {
  const { units: n, dt } = map;
  const { values, vectors, leftVectors } = eigen(map.stateMatrix);
  const k = blocked.length;
  let positive = map.stateMatrix;
  const toState = matrix(n, k);
  const fromState = matrix(k, n);
  const own = matrix(k, k);
  for (const [j, [target]] of blocked.entries()) {
    const index = values.reduce(
      (best, [re, im], i) => (im === 0 && Math.abs(re - target) < Math.abs(values[best]![0] - target) ? i : best),
      values.findIndex(([, im]) => im === 0),
    );
    const r = -values[index]![0];
    const right = matrix(n, 1);
    const left = matrix(1, n);
    for (let i = 0; i < n; i++) {
      right.data[i] = vectors.re[i * n + index]!;
      left.data[i] = leftVectors.re[i * n + index]!;
    }
    const overlap = multiply(left, right).data[0]!;
    if (!(Math.abs(overlap) > 1e-10)) return undefined;
    positive = add(positive, multiply(right, left), (2 * r) / overlap);
    for (let i = 0; i < n; i++) {
      toState.data[i * k + j] = Math.PI * right.data[i]!;
      fromState.data[j * n + i] = (-Math.PI * left.data[i]!) / overlap;
    }
    own.data[j * k + j] = Math.log(r);
  }
  const L = logm(positive);
  if (L.status !== "principal") return undefined;
  const Z = block([
    [L.X, toState],
    [fromState, own],
  ]);
  const padded = (A: Matrix) => block([[A], [matrix(k, A.cols)]]);
  const { inputMatrix, offset } = partsOf(map);
  const response = solve(scale(phi1(Z), dt), block([[padded(inputMatrix), padded(offset)]]));
  if (!response) return undefined;
  const parts = {
    stateMatrix: scale(Z, 1 / dt),
    inputMatrix: submatrix(response, 0, 0, n + k, map.inputs),
    offset: submatrix(response, 0, map.inputs, n + k, 1),
  };
  return {
    status: "raised",
    model: flowFrom(map, parts, "zero-order-hold"),
    eigenvalues: blocked,
    message: `the multipliers ${listed(blocked)} have no real logarithm; each got a second state (order ${n} became ${n + k})`,
  };
};

/**
 * The affine flow that `scheme` turns into this affine map. Process noise is carried over for forward Euler only.
 *
 * `zero-order-hold` takes the matrix logarithm, which is determined only up to rates that differ by 2 pi i / dt: the
 * principal one is given. With `raiseOrder`, simple negative multipliers get a second state each.
 */
export const undiscretizeLinear =
  (settings: { readonly scheme: InvertibleScheme; readonly raiseOrder?: boolean }) =>
  (map: LinearMap): ParentSearch => {
    const { scheme, raiseOrder = false } = settings;
    const { dt, units: n } = map;
    const { stateMatrix: Ad, inputMatrix, offset } = partsOf(map);
    const I = identity(n);
    if (map.inputSlopeMatrix)
      throw new InputError("undiscretize: a map made by first-order hold keeps its parent; take that instead");
    if (scheme === "zero-order-hold") return logarithmic(map, raiseOrder);

    const through = (stateMatrix: Matrix, undrive: Matrix): ParentSearch => ({
      status: "found",
      model: flowFrom(
        map,
        { stateMatrix, inputMatrix: multiply(undrive, inputMatrix), offset: multiply(undrive, offset) },
        scheme,
      ),
    });
    if (scheme === "euler") return through(scale(subtract(Ad, I), 1 / dt), scale(I, 1 / dt));
    if (scheme === "backward-euler") {
      const inverted = inverse(Ad);
      return inverted
        ? through(scale(subtract(I, inverted), 1 / dt), scale(inverted, 1 / dt))
        : { status: "none", eigenvalues: near(map, 0), message: "a multiplier is 0, which backward Euler never gives" };
    }
    const inverted = inverse(add(Ad, I));
    return inverted
      ? through(scale(multiply(subtract(Ad, I), inverted), 2 / dt), scale(inverted, 2 / dt))
      : { status: "none", eigenvalues: near(map, -1), message: `a multiplier is -1, which ${scheme} never gives` };
  };
