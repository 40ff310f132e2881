/**
 * One step of each scheme from its textbook formula, over dual numbers, and the closed forms of `R(Z)` and `Q(Z)`.
 * Linear algebra is ml-matrix; the exponential is a Taylor series with squaring.
 */
import { inverse, Matrix } from "ml-matrix";
import { type Dual, minus, plus, scaled, slopes, values } from "./dual.js";
import { constants, type DualField, evaluated, jacobianOf, type Rows } from "./fields.js";

export const rungeKuttaNames = [
  "euler",
  "backward-euler",
  "implicit-midpoint",
  "trapezoid",
  "heun",
  "explicit-midpoint",
  "rk4",
] as const;
export const leakAwareNames = ["exponential-euler", "imex-euler"] as const;
export const tenNames = [...rungeKuttaNames, ...leakAwareNames, "rosenbrock-euler"] as const;
export type TenName = (typeof tenNames)[number];
export const explicitNames = ["euler", "heun", "explicit-midpoint", "rk4"] as const;

export const mat = (rows: Rows): Matrix => new Matrix(rows.map((row) => [...row]));
export const eye = (n: number): Matrix => Matrix.eye(n, n);

/** `e^Z` and `phi_1(Z)`: Taylor series of the augmented matrix [[Z, I], [0, 0]], scaled and squared. */
export const exponential = (Z: Matrix): { exp: Matrix; phi1: Matrix } => {
  const n = Z.rows;
  const big = Matrix.zeros(2 * n, 2 * n);
  big.setSubMatrix(Z, 0, 0);
  big.setSubMatrix(eye(n), 0, n);
  const halvings = Math.max(0, Math.ceil(Math.log2(Math.max(1e-300, big.norm("frobenius")) / 0.25)));
  const small = Matrix.mul(big, 2 ** -halvings);
  let power = eye(2 * n);
  let sum = eye(2 * n);
  for (let k = 1; k < 24; k++) {
    power = power.mmul(small).mul(1 / k);
    sum = Matrix.add(sum, power);
  }
  for (let k = 0; k < halvings; k++) sum = sum.mmul(sum);
  return { exp: sum.subMatrix(0, n - 1, 0, n - 1), phi1: sum.subMatrix(0, n - 1, n, 2 * n - 1) };
};

const polynomial = (Z: Matrix, coefficients: readonly number[]): Matrix => {
  let sum = Matrix.zeros(Z.rows, Z.rows);
  for (const c of coefficients.toReversed()) sum = Matrix.add(sum.mmul(Z), Matrix.mul(eye(Z.rows), c));
  return sum;
};

/** `R(Z)` of the schemes that have one. */
export const stabilityMatrix = (name: TenName, Z: Matrix): Matrix => {
  const I = eye(Z.rows);
  switch (name) {
    case "euler":
      return polynomial(Z, [1, 1]);
    case "backward-euler":
      return inverse(Matrix.sub(I, Z));
    case "implicit-midpoint":
    case "trapezoid":
      return inverse(Matrix.sub(I, Matrix.mul(Z, 0.5))).mmul(Matrix.add(I, Matrix.mul(Z, 0.5)));
    case "heun":
    case "explicit-midpoint":
      return polynomial(Z, [1, 1, 1 / 2]);
    case "rk4":
      return polynomial(Z, [1, 1, 1 / 2, 1 / 6, 1 / 24]);
    case "rosenbrock-euler":
      return exponential(Z).exp;
    default:
      throw new Error(`${name} has no R(Z) without its leak`);
  }
};

/** `Q(Z) = (R(Z) - I) / Z`, without dividing. */
export const driveMatrix = (name: TenName, Z: Matrix): Matrix => {
  const I = eye(Z.rows);
  switch (name) {
    case "euler":
      return I;
    case "backward-euler":
      return inverse(Matrix.sub(I, Z));
    case "implicit-midpoint":
    case "trapezoid":
      return inverse(Matrix.sub(I, Matrix.mul(Z, 0.5)));
    case "heun":
    case "explicit-midpoint":
      return polynomial(Z, [1, 1 / 2]);
    case "rk4":
      return polynomial(Z, [1, 1 / 2, 1 / 6, 1 / 24]);
    case "rosenbrock-euler":
      return exponential(Z).phi1;
    default:
      throw new Error(`${name} has no Q(Z) without its leak`);
  }
};

/** `Phi` of the leak-aware schemes. */
export const leakWeight = (name: (typeof leakAwareNames)[number], dt: number, rate: number): number => {
  if (name === "imex-euler") return dt / (1 + dt * rate);
  return rate === 0 ? dt : -Math.expm1(-dt * rate) / rate;
};

const along = (x: readonly Dual[], h: number, k: readonly Dual[]): Dual[] => x.map((v, i) => plus(v, scaled(h, k[i]!)));

/** Solves `y = r + h f(y)` by Newton's method; the last, dual step carries the slopes. */
const solved = (field: DualField, r: readonly Dual[], u: readonly Dual[], h: number): Dual[] => {
  const uValues = values(u);
  let y = values(r);
  const inverseOf = (at: number[]) => inverse(Matrix.sub(eye(at.length), mat(jacobianOf(field, at, uValues)).mul(h)));
  for (let k = 0; k < 40; k++) {
    const residual = evaluated(field, y, uValues).map((f, i) => y[i]! - r[i]![0] - h * f);
    const update = inverseOf(y).mmul(Matrix.columnVector(residual)).to1DArray();
    y = y.map((v, i) => v - update[i]!);
    if (Math.max(...update.map(Math.abs)) < 1e-15) break;
  }
  const N = inverseOf(y);
  const dual = constants(y);
  const residual = field(dual, u).map((f, i) => minus(minus(dual[i]!, r[i]!), scaled(h, f)));
  const update = N.mmul(new Matrix(residual.map((v) => [v[0], v[1]])));
  return y.map((v, i): Dual => [v - update.get(i, 0), -update.get(i, 1)]);
};

/** One step; `rates` are the leak rates lambda / tau. Not for rosenbrock-euler, see `rosenbrockStep`. */
export const dualStep = (
  name: Exclude<TenName, "rosenbrock-euler">,
  field: DualField,
  rates: readonly number[],
  x: readonly Dual[],
  u: readonly Dual[],
  dt: number,
): Dual[] => {
  const f = (at: readonly Dual[]) => field(at, u);
  switch (name) {
    case "euler":
      return along(x, dt, f(x));
    case "backward-euler":
      return solved(field, x, u, dt);
    case "implicit-midpoint":
      return solved(field, x, u, dt / 2).map((m, i) => minus(scaled(2, m), x[i]!));
    case "trapezoid":
      return solved(field, along(x, dt / 2, f(x)), u, dt / 2);
    case "heun": {
      const k1 = f(x);
      const k2 = f(along(x, dt, k1));
      return along(along(x, dt / 2, k1), dt / 2, k2);
    }
    case "explicit-midpoint":
      return along(x, dt, f(along(x, dt / 2, f(x))));
    case "rk4": {
      const k1 = f(x);
      const k2 = f(along(x, dt / 2, k1));
      const k3 = f(along(x, dt / 2, k2));
      const k4 = f(along(x, dt, k3));
      return along(along(along(along(x, dt / 6, k1), dt / 3, k2), dt / 3, k3), dt / 6, k4);
    }
    default: {
      // With the drive N = f + rate x: E x + weight N, or (x + dt N) / (1 + dt rate).
      const drive = f(x).map((v, i) => plus(v, scaled(rates[i]!, x[i]!)));
      return name === "imex-euler"
        ? x.map((v, i) => scaled(1 / (1 + dt * rates[i]!), plus(v, scaled(dt, drive[i]!))))
        : x.map((v, i) =>
            plus(scaled(Math.exp(-dt * rates[i]!), v), scaled(leakWeight(name, dt, rates[i]!), drive[i]!)),
          );
    }
  }
};

/** `x + dt phi_1(dt J) f`. */
export const rosenbrockStep = (field: DualField, x: ArrayLike<number>, u: ArrayLike<number>, dt: number): number[] => {
  const Z = mat(jacobianOf(field, x, u)).mul(dt);
  const change = exponential(Z).phi1.mmul(Matrix.columnVector(evaluated(field, x, u)));
  return Array.from(x, (v, i) => v + dt * change.get(i, 0));
};

export const oracleStep = (
  name: TenName,
  field: DualField,
  rates: readonly number[],
  x: ArrayLike<number>,
  u: ArrayLike<number>,
  dt: number,
): number[] =>
  name === "rosenbrock-euler"
    ? rosenbrockStep(field, x, u, dt)
    : values(dualStep(name, field, rates, constants(x), constants(u), dt));

/** Derivatives of a step by the state and by the input; of rosenbrock-euler by differences of order six. */
export const oracleStepJacobians = (
  name: TenName,
  field: DualField,
  rates: readonly number[],
  x: ArrayLike<number>,
  u: ArrayLike<number>,
  dt: number,
): { state: number[][]; input: number[][] } => {
  if (name === "rosenbrock-euler")
    return {
      state: differences((at) => rosenbrockStep(field, at, u, dt), x),
      input: differences((at) => rosenbrockStep(field, x, at, dt), u),
    };
  return {
    state: slopes((at) => dualStep(name, field, rates, at, constants(u), dt), x),
    input:
      u.length === 0 ? Array.from(x, () => []) : slopes((at) => dualStep(name, field, rates, constants(x), at, dt), u),
  };
};

const differences = (f: (x: number[]) => number[], x: ArrayLike<number>): number[][] => {
  const h = 0.004;
  const columns = Array.from({ length: x.length }, (_, j) => {
    const at = (k: number) => f(Array.from(x, (v, i) => (i === j ? v + k * h : v)));
    const [p1, m1, p2, m2, p3, m3] = [at(1), at(-1), at(2), at(-2), at(3), at(-3)];
    return p1.map((_v, i) => (45 * (p1[i]! - m1[i]!) - 9 * (p2[i]! - m2[i]!) + (p3[i]! - m3[i]!)) / (60 * h));
  });
  return f(Array.from(x)).map((_, i) => columns.map((column) => column[i]!));
};
