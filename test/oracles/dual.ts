/**
 * Dual numbers `value + slope epsilon`, epsilon^2 = 0: derivatives to the last bit, by rules that owe nothing to the
 * library. `slopes` turns any function of dual vectors into its Jacobian.
 */
export type Dual = readonly [value: number, slope: number];

export const constant = (value: number): Dual => [value, 0];
export const plus = (a: Dual, b: Dual): Dual => [a[0] + b[0], a[1] + b[1]];
export const minus = (a: Dual, b: Dual): Dual => [a[0] - b[0], a[1] - b[1]];
export const times = (a: Dual, b: Dual): Dual => [a[0] * b[0], a[0] * b[1] + a[1] * b[0]];
export const scaled = (factor: number, a: Dual): Dual => [factor * a[0], factor * a[1]];

/** `f(a)` by the chain rule. */
const chain =
  (f: (v: number) => number, slope: (v: number) => number) =>
  (a: Dual): Dual => [f(a[0]), slope(a[0]) * a[1]];

/** erf by Kummer's series, all of whose terms have one sign. */
const erf = (v: number): number => {
  let term = v;
  let sum = v;
  for (let k = 1; k < 400 && Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
    term *= (2 * v * v) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v) * sum;
};

const logistic = (v: number): number => 1 / (1 + Math.exp(-v));

export const tanh = chain(Math.tanh, (v) => 1 / Math.cosh(v) ** 2);
export const sigmoid = chain(logistic, (v) => 1 / (2 + Math.exp(v) + Math.exp(-v)));

/** Smooth activations by the names that the library gives them. */
export const smooth = {
  tanh,
  sigmoid,
  softplus: chain((v) => Math.log(1 + Math.exp(v)), logistic),
  erf: chain(erf, (v) => (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v)),
  atan: chain(Math.atan, (v) => 1 / (1 + v * v)),
  gelu: (a: Dual): Dual => times(a, scaled(0.5, plus(constant(1), smooth.erf(scaled(Math.SQRT1_2, a))))),
  silu: (a: Dual): Dual => times(a, sigmoid(a)),
  identity: (a: Dual): Dual => a,
} as const;

export type SmoothName = keyof typeof smooth;
export const smoothNames = Object.keys(smooth) as SmoothName[];

export const values = (a: readonly Dual[]): number[] => a.map((v) => v[0]);

/** The Jacobian of `f` at `x`, row by row. */
export const slopes = (f: (x: Dual[]) => readonly Dual[], x: ArrayLike<number>): number[][] => {
  const columns = Array.from({ length: x.length }, (_, j) =>
    f(Array.from(x, (v, i): Dual => [v, i === j ? 1 : 0])).map((v) => v[1]),
  );
  const rows = columns[0]?.length ?? f([]).length;
  return Array.from({ length: rows }, (_, i) => columns.map((column) => column[i]!));
};
