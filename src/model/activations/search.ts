/**
 * What a function of one variable does, found by looking: the supremum of its magnitude, its changes of sign, its jumps.
 *
 * It looks at 9400 points from -10⁶ to 10⁶, dense near 0, and refines the largest values by golden section. A value
 * still growing in the outermost decade or next to a singularity counts as Infinity. A spike narrower than the grid is
 * missed, so the results are estimates. NaN, outside the domain, is skipped.
 */

export type Curve = (v: number) => number;

/** The points looked at, in increasing order. */
export const GRID: readonly number[] = (() => {
  const right: number[] = [];
  for (let k = 1; k <= 2000; k++) right.push(k / 200);
  for (let k = 1; k <= 2500; k++) right.push(10 ** (1 + k / 500));
  for (let k = 1; k <= 200; k++) right.push(0.005 * 10 ** (-k / 100));
  right.sort((a, b) => a - b);
  return [...right.map((v) => -v).reverse(), 0, ...right];
})();

const RIM = 1e5;
const MIDDLE = GRID.filter((v) => Math.abs(v) <= RIM);
const LEFT_RIM = GRID.filter((v) => v <= -RIM);
const RIGHT_RIM = GRID.filter((v) => v >= RIM);

/** The largest value of f in [a, b], by golden section. */
const refine = (f: Curve, a: number, b: number): number => {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [a, b];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atLeft, atRight] = [f(left), f(right)];
  let largest = Math.max(atLeft, atRight);
  for (let step = 0; step < 80 && high - low > 1e-14 * (Math.abs(low) + Math.abs(high)); step++) {
    if (atLeft >= atRight) {
      high = right;
      [right, atRight] = [left, atLeft];
      left = high - ratio * (high - low);
      atLeft = f(left);
    } else {
      low = left;
      [left, atLeft] = [right, atRight];
      right = low + ratio * (high - low);
      atRight = f(right);
    }
    largest = Math.max(largest, atLeft, atRight);
  }
  return largest;
};

const isPeak = (sizes: readonly number[], i: number): boolean => {
  const [before, here, after] = [sizes[i - 1]!, sizes[i]!, sizes[i + 1]!];
  return here >= before && here >= after && (here > before || here > after);
};

/** An estimate of sup |f| from the first of the given points to the last; they are in increasing order. */
const supremumOn = (f: Curve, points: readonly number[]): number => {
  const size: Curve = (v) => {
    const y = Math.abs(f(v));
    return Number.isNaN(y) ? 0 : y;
  };
  const sizes = points.map(size);
  const coarse = Math.max(...sizes);
  if (coarse === Number.POSITIVE_INFINITY) return coarse;
  let largest = coarse;
  for (let i = 1; i + 1 < points.length; i++)
    if (isPeak(sizes, i) && sizes[i]! > 0.9 * coarse)
      largest = Math.max(largest, refine(size, points[i - 1]!, points[i + 1]!));
  return largest > 1e3 * coarse ? Number.POSITIVE_INFINITY : largest;
};

/** An estimate of sup |f| over the line. */
export const estimateSupremum = (f: Curve): number => {
  const inner = supremumOn(f, MIDDLE);
  const outer = Math.max(supremumOn(f, LEFT_RIM), supremumOn(f, RIGHT_RIM));
  return outer > inner * (1 + 1e-3) || inner > 1e8 ? Number.POSITIVE_INFINITY : Math.max(inner, outer);
};

/** An estimate of sup |f| over [low, high]; f is looked at on both sides of the given corners. */
export const estimateSupremumOn = (f: Curve, low: number, high: number, corners: readonly number[]): number => {
  const [a, b] = [Math.max(low, GRID[0]!), Math.min(high, GRID.at(-1)!)];
  const points = Array.from({ length: 65 }, (_, k) => a + ((b - a) * k) / 64);
  if (b - a > 0.5) points.push(...GRID.filter((v) => v > a && v < b));
  for (const v of corners) if (v > a && v < b) points.push(v - stepAt(v), v + stepAt(v));
  points.sort((p, q) => p - q);
  return supremumOn(f, points);
};

/** Where g changes sign between neighbors of the grid, to the last bit, or is zero at a point of it. */
export const crossings = (g: Curve): readonly number[] => {
  const found: number[] = [];
  const values = GRID.map(g);
  for (let i = 0; i < GRID.length; i++) {
    if (values[i] === 0 && (values[i - 1] !== 0 || values[i + 1] !== 0)) found.push(GRID[i]!);
    if (i === 0 || !(values[i - 1]! * values[i]! < 0)) continue;
    let [a, b] = [GRID[i - 1]!, GRID[i]!];
    for (let step = 0; step < 100; step++) {
      const middle = (a + b) / 2;
      if (middle <= a || middle >= b) break;
      if (values[i - 1]! * g(middle) > 0) a = middle;
      else b = middle;
    }
    found.push(b);
  }
  return found;
};

/** A small step beside v, larger than the rounding of v. */
export const stepAt = (v: number): number => 1e-9 * (1 + Math.abs(v));

/** Whether f differs across v, and goes on differing as the two sides draw near. */
export const jumps = (f: Curve, v: number): boolean => {
  const gap = (h: number): number => Math.abs(f(v + h) - f(v - h));
  const wide = gap(stepAt(v));
  return !(wide <= 1e-6 * (1 + Math.abs(f(v)))) && !(gap(stepAt(v) / 64) < wide / 4);
};
