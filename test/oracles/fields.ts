/** The vector fields of the model forms, written out term by term over dual numbers. */
import {
  constant,
  type Dual,
  minus,
  plus,
  type SmoothName,
  scaled,
  sigmoid,
  slopes,
  smooth,
  tanh,
  times,
} from "./dual.js";

export type DualField = (x: readonly Dual[], u: readonly Dual[]) => Dual[];
export type Rows = readonly (readonly number[])[];

export interface Numbers {
  readonly W: Rows;
  readonly B: Rows;
  readonly b: readonly number[];
  readonly tau: readonly number[];
  readonly leak: readonly number[];
  readonly gain: readonly number[];
  readonly phi: SmoothName;
}

const weighted = (row: readonly number[], x: readonly Dual[]): Dual =>
  x.reduce((sum, v, j) => plus(sum, scaled(row[j]!, v)), constant(0));

/** `tau h' = -lambda h + g phi(W h + B u + b)`. */
export const rateField =
  ({ W, B, b, tau, leak, gain, phi }: Numbers): DualField =>
  (h, u) =>
    h.map((own, i) => {
      const v = plus(plus(weighted(W[i]!, h), weighted(B[i]!, u)), constant(b[i]!));
      return scaled(1 / tau[i]!, plus(scaled(-leak[i]!, own), scaled(gain[i]!, smooth[phi](v))));
    });

/** `tau x' = -lambda x + W phi(x) + B u + b`. */
export const currentField =
  ({ W, B, b, tau, leak, phi }: Numbers): DualField =>
  (x, u) => {
    const activity = x.map(smooth[phi]);
    return x.map((own, i) => {
      const drive = plus(plus(weighted(W[i]!, activity), weighted(B[i]!, u)), constant(b[i]!));
      return scaled(1 / tau[i]!, plus(scaled(-leak[i]!, own), drive));
    });
  };

export interface Gate {
  readonly input: Rows;
  readonly recurrent: Rows;
  readonly bias: readonly number[];
}

export interface GruNumbers {
  readonly reset: "after" | "before";
  readonly tau: readonly number[];
  readonly z: Gate;
  readonly r: Gate;
  readonly n: Gate;
  readonly recurrentBias: readonly number[];
}

/** `tau h' = (1 - z) (n - h)`. */
export const gruField =
  ({ reset, tau, z, r, n, recurrentBias }: GruNumbers): DualField =>
  (h, u) => {
    const gate = ({ input, recurrent, bias }: Gate, i: number): Dual =>
      sigmoid(plus(plus(weighted(input[i]!, u), weighted(recurrent[i]!, h)), constant(bias[i]!)));
    const update = h.map((_, i) => gate(z, i));
    const open = h.map((_, i) => gate(r, i));
    const candidate = h.map((_, i) => {
      const drive = plus(weighted(n.input[i]!, u), constant(n.bias[i]!));
      const recurrent =
        reset === "after"
          ? times(open[i]!, plus(weighted(n.recurrent[i]!, h), constant(recurrentBias[i]!)))
          : weighted(
              n.recurrent[i]!,
              h.map((v, j) => times(open[j]!, v)),
            );
      return tanh(plus(drive, recurrent));
    });
    return h.map((own, i) => scaled(1 / tau[i]!, times(minus(constant(1), update[i]!), minus(candidate[i]!, own))));
  };

export const constants = (x: ArrayLike<number>): Dual[] => Array.from(x, constant);

/** f(x, u) in plain numbers. */
export const evaluated = (field: DualField, x: ArrayLike<number>, u: ArrayLike<number>): number[] =>
  field(constants(x), constants(u)).map((v) => v[0]);

/** J at (x, u). */
export const jacobianOf = (field: DualField, x: ArrayLike<number>, u: ArrayLike<number>): number[][] =>
  slopes((dual) => field(dual, constants(u)), x);

/** B at (x, u). */
export const inputJacobianOf = (field: DualField, x: ArrayLike<number>, u: ArrayLike<number>): number[][] =>
  u.length === 0 ? Array.from(x, () => []) : slopes((dual) => field(constants(x), dual), u);

/** `f''[a, .]` of state or input, by central differences of order six of the exact Jacobian. */
export const secondDerivativeOf = (
  jacobian: (x: number[]) => number[][],
  x: ArrayLike<number>,
  a: ArrayLike<number>,
): number[][] => {
  const size = Math.max(...Array.from(a, Math.abs), 1e-300);
  const h = 0.004 / size;
  const at = (k: number) => jacobian(Array.from(x, (v, i) => v + k * h * a[i]!));
  const sides = [1, 2, 3].map((k) => [at(k), at(-k)] as const);
  const weights = [45, -9, 1];
  return sides[0]![0].map((row, i) =>
    row.map((_, j) => sides.reduce((sum, [p, m], k) => sum + weights[k]! * (p[i]![j]! - m[i]![j]!), 0) / (60 * h)),
  );
};
