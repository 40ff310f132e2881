/**
 * Monotone time warps `t = s(theta)`, from functions or from a sampled table.
 *
 * A table is interpolated by the monotone piecewise cubic of Fritsch & Carlson (SIAM J. Numer. Anal. 17, 1980), which
 * is smooth and never turns back; beyond its ends the pace at the end goes on.
 */
import { InputError } from "../error.js";
import type { Warp } from "../model/model.js";

/** A warp as functions, or as samples: the parent's time `parent[k]` belongs to the own time `own[k]`. */
export type WarpSettings = Warp | { readonly own: ArrayLike<number>; readonly parent: ArrayLike<number> };

const requireIncreasing = (field: string, values: ArrayLike<number>): void => {
  for (let k = 0; k < values.length; k++) {
    if (!Number.isFinite(values[k])) throw new InputError(`warp: ${field}[${k}] is not finite, got ${values[k]}`);
    if (k > 0 && !(values[k]! > values[k - 1]!))
      throw new InputError(`warp: ${field} must increase, got ${values[k - 1]} then ${values[k]} at ${k}`);
  }
};

/** Slopes at the nodes that keep the cubic monotone. */
const nodeSlopes = (x: Float64Array, y: Float64Array): Float64Array => {
  const last = x.length - 1;
  const secant = (k: number) => (y[k + 1]! - y[k]!) / (x[k + 1]! - x[k]!);
  const slopes = new Float64Array(x.length);
  slopes[0] = secant(0);
  slopes[last] = secant(last - 1);
  for (let k = 1; k < last; k++) {
    const before = x[k]! - x[k - 1]!;
    const after = x[k + 1]! - x[k]!;
    const left = 2 * after + before;
    const right = after + 2 * before;
    slopes[k] = (left + right) / (left / secant(k - 1) + right / secant(k));
  }
  return slopes;
};

const tabulated = (own: Float64Array, parent: Float64Array): Warp => {
  const slopes = nodeSlopes(own, parent);
  const last = own.length - 1;
  const pieceOf = (theta: number): number => {
    let low = 0;
    let high = last - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (own[middle]! <= theta) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    name: `table of ${own.length} samples`,
    table: { own, parent },
    time: (theta) => {
      if (theta <= own[0]!) return parent[0]! + slopes[0]! * (theta - own[0]!);
      if (theta >= own[last]!) return parent[last]! + slopes[last]! * (theta - own[last]!);
      const k = pieceOf(theta);
      const h = own[k + 1]! - own[k]!;
      const s = (theta - own[k]!) / h;
      const r = 1 - s;
      return (
        parent[k]! * (1 + 2 * s) * r * r +
        h * slopes[k]! * s * r * r +
        parent[k + 1]! * s * s * (3 - 2 * s) -
        h * slopes[k + 1]! * s * s * r
      );
    },
    slope: (theta) => {
      if (theta <= own[0]!) return slopes[0]!;
      if (theta >= own[last]!) return slopes[last]!;
      const k = pieceOf(theta);
      const h = own[k + 1]! - own[k]!;
      const s = (theta - own[k]!) / h;
      const secant = (parent[k + 1]! - parent[k]!) / h;
      return 6 * s * (1 - s) * secant + slopes[k]! * (1 - s) * (1 - 3 * s) + slopes[k + 1]! * s * (3 * s - 2);
    },
  };
};

/** The warp that `settings` describe; a table must increase in both columns. */
export const warpOf = (settings: WarpSettings): Warp => {
  if ("time" in settings) return settings;
  const { own, parent } = settings;
  if (own.length < 2 || own.length !== parent.length)
    throw new InputError(`warp: expected two columns of at least 2 samples, got ${own.length} and ${parent.length}`);
  requireIncreasing("own", own);
  requireIncreasing("parent", parent);
  return tabulated(Float64Array.from(own), Float64Array.from(parent));
};
