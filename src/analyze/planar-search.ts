/**
 * The least value of a function of one complex number near a start: a compass search that walks to the best of four neighbors
 * and halves its stride where none is better. It needs no derivative, and its number of evaluations is bounded.
 *
 * Kolda, Lewis & Torczon, SIAM Review 45 (2003) 385.
 */
import type { Complex } from "../numerics/matrix.js";

/** A point and the value there. */
export interface PlanarMinimum {
  readonly at: Complex;
  readonly value: number;
  readonly evaluations: number;
}

/** How far to look and how long. */
export interface PlanarSearch {
  /** First stride, in both directions. */
  readonly stride: number;
  /** Stride below which the search ends. */
  readonly resolution: number;
  readonly evaluations: number;
}

/** Walks downhill from `start`; the value found is never above the one there. */
export const planarMinimum = (f: (z: Complex) => number, start: Complex, search: PlanarSearch): PlanarMinimum => {
  let at = start;
  let value = f(at);
  let evaluations = 1;
  let { stride } = search;
  while (stride > search.resolution && evaluations + 4 <= search.evaluations) {
    const [x, y] = at;
    const neighbors: Complex[] = [
      [x + stride, y],
      [x - stride, y],
      [x, y + stride],
      [x, y - stride],
    ];
    let moved = false;
    for (const neighbor of neighbors) {
      const there = f(neighbor);
      evaluations++;
      if (there < value) {
        at = neighbor;
        value = there;
        moved = true;
        break;
      }
    }
    if (!moved) stride /= 2;
  }
  return { at, value, evaluations };
};
