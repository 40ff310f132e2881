/**
 * Singular values of an upper bidiagonal matrix by implicit QR sweeps, shifted where a shift cannot spoil small singular
 * values and without shift where it could: each comes out with its own relative accuracy. A sweep runs from the large end of a
 * block to its small end. The rotations of a sweep are handed over together, so that the singular vectors can follow.
 *
 * Demmel & Kahan, SIAM J. Sci. Stat. Comput. 11 (1990) 873; Golub & Van Loan, Matrix Computations, 4th ed., §8.6.
 */
import { InternalError } from "../error.js";

/**
 * Rotations of rows `first + k step` and the one below, `(p, q) ← (c p + s q, c q − s p)`, for `k` from 0 up, the cosine and
 * sine of each in `turns`.
 */
export type RotateNeighbors = (first: number, step: 1 | -1, count: number) => void;

/** Where the rotations of a sweep go: into `turns`, then to `apply`. */
export interface Follower {
  readonly turns: Float64Array;
  readonly apply: RotateNeighbors;
}

const EPSILON = 2 ** -53;
/** Couplings below this, relative to what they couple, are nothing. */
const TOLERANCE = 64 * EPSILON;
const SWEEPS_PER_VALUE = 60;

/**
 * Reduces the bidiagonal matrix with diagonal `d` and superdiagonal `e` to diagonal form, in place: `d` then holds the singular
 * values in no particular order, some with a minus sign. `left` and `right` follow: rows of `Uᵀ` and of `Vᵀ`.
 */
export const bidiagonalQr = (d: Float64Array, e: Float64Array, left?: Follower, right?: Follower): void => {
  const n = d.length;
  const negligible = Math.max(TOLERANCE * smallestEstimate(d, e), n * n * 2 ** -1020);
  const silent: Follower = { turns: new Float64Array(2 * n), apply: () => {} };
  const sweep = { d, e, left: left ?? silent, right: right ?? { ...silent, turns: new Float64Array(2 * n) } };
  let budget = SWEEPS_PER_VALUE * n;
  let bottom = n - 1;
  let direction: 1 | -1 = 1;
  let [oldTop, oldBottom] = [-1, -1];
  while (bottom > 0) {
    let top = bottom;
    while (top > 0 && Math.abs(e[top - 1]) > negligible) top--;
    if (top > 0) e[top - 1] = 0;
    if (top === bottom) {
      bottom--;
      continue;
    }
    if (budget-- === 0)
      throw new InternalError(`svd: the QR iteration left rows ${top} to ${bottom} unreduced; perturb the matrix`);
    if (top > oldBottom || bottom < oldTop) direction = Math.abs(d[top]) >= Math.abs(d[bottom]) ? 1 : -1;
    [oldTop, oldBottom] = [top, bottom];
    const smallest = splitOrEstimate(d, e, top, bottom, direction);
    if (smallest === undefined) continue;
    const shift = chooseShift(d, e, top, bottom, direction, smallest, n);
    const last = direction === 1 ? bottom - 1 : top;
    if (shift === 0) sweepWithoutShift(sweep, top, bottom, direction);
    else sweepWithShift(sweep, top, bottom, direction, shift);
    if (Math.abs(e[last]) <= negligible) e[last] = 0;
    const first = direction === 1 ? top : bottom - 1;
    sweep.left.apply(first, direction, bottom - top);
    sweep.right.apply(first, direction, bottom - top);
  }
};

/** A lower bound on the smallest singular value, but for a factor of √n. */
const smallestEstimate = (d: Float64Array, e: Float64Array): number => {
  let mu = Math.abs(d[0] ?? 0);
  let smallest = mu;
  for (let i = 1; i < d.length && smallest > 0; i++) {
    mu = Math.abs(d[i]) * (mu / (mu + Math.abs(e[i - 1])));
    smallest = Math.min(smallest, mu);
  }
  return smallest / Math.sqrt(Math.max(1, d.length));
};

/** Drops the first negligible coupling and returns `undefined`, or else a bound on the smallest singular value of the block. */
const splitOrEstimate = (
  d: Float64Array,
  e: Float64Array,
  top: number,
  bottom: number,
  direction: 1 | -1,
): number | undefined => {
  const [start, end] = direction === 1 ? [top, bottom] : [bottom, top];
  const lastCoupling = direction === 1 ? bottom - 1 : top;
  if (Math.abs(e[lastCoupling]) <= TOLERANCE * Math.abs(d[end])) {
    e[lastCoupling] = 0;
    return undefined;
  }
  let mu = Math.abs(d[start]);
  let smallest = mu;
  for (let i = start; i !== end; i += direction) {
    const k = direction === 1 ? i : i - 1;
    const coupling = Math.abs(e[k]);
    if (coupling <= TOLERANCE * mu) {
      e[k] = 0;
      return undefined;
    }
    mu = Math.abs(d[i + direction]) * (mu / (mu + coupling));
    smallest = Math.min(smallest, mu);
  }
  return smallest;
};

/** The smaller singular value of the last 2 x 2 block, or 0 where shifting would cost relative accuracy. */
const chooseShift = (
  d: Float64Array,
  e: Float64Array,
  top: number,
  bottom: number,
  direction: 1 | -1,
  smallest: number,
  n: number,
): number => {
  let largest = 0;
  for (let i = top; i <= bottom; i++) largest = Math.max(largest, Math.abs(d[i]), i < bottom ? Math.abs(e[i]) : 0);
  if (n * TOLERANCE * (smallest / largest) <= EPSILON) return 0;
  const k = direction === 1 ? bottom - 1 : top;
  const shift = smallerSingularValue(d[k], e[k], d[k + 1]);
  const first = Math.abs(d[direction === 1 ? top : bottom]);
  return first > 0 && (shift / first) ** 2 < EPSILON ? 0 : shift;
};

/** The smaller singular value of `[f g; 0 h]`, with nearly full relative accuracy. */
const smallerSingularValue = (f: number, g: number, h: number): number => {
  const large = Math.max(Math.abs(f), Math.abs(h));
  const small = Math.min(Math.abs(f), Math.abs(h));
  const across = Math.abs(g);
  if (small === 0) return 0;
  const ratio = small / large;
  if (across <= large) {
    const q = (across / large) ** 2;
    return small * (2 / (Math.sqrt((1 + ratio) ** 2 + q) + Math.sqrt((1 - ratio) ** 2 + q)));
  }
  const q = large / across;
  return 2 * (small * (1 / (Math.sqrt(1 + ((1 + ratio) * q) ** 2) + Math.sqrt(1 + ((1 - ratio) * q) ** 2))) * q);
};

interface Sweep {
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly left: Follower;
  readonly right: Follower;
}

/** `[c s; −s c] (f, g)ᵀ = (r, 0)ᵀ`. */
const rotation = { c: 1, s: 0, r: 0 };

const rotate = (f: number, g: number): void => {
  if (g === 0) {
    [rotation.c, rotation.s, rotation.r] = [1, 0, f];
    return;
  }
  const squares = f * f + g * g;
  const r = squares > 1e-280 && squares < 1e280 ? Math.sqrt(squares) : Math.hypot(f, g);
  rotation.r = f < 0 ? -r : r;
  rotation.c = f / rotation.r;
  rotation.s = g / rotation.r;
};

/**
 * Keeps the k-th rotations from the two sides. Going up, the sides change roles and the sines their signs: the matrix read
 * from its end is the transpose of a matrix of the same kind.
 */
const keep = (
  { left, right }: Sweep,
  direction: 1 | -1,
  k: number,
  cosine: number,
  sine: number,
  side: 0 | 1,
): void => {
  const { turns } = (side === 0) === (direction === 1) ? right : left;
  turns[2 * k] = cosine;
  turns[2 * k + 1] = direction * sine;
};

const sweepWithoutShift = (sweep: Sweep, top: number, bottom: number, direction: 1 | -1): void => {
  const { d, e } = sweep;
  const [start, end] = direction === 1 ? [top, bottom] : [bottom, top];
  const offset = direction === 1 ? 0 : -1;
  let c = 1;
  let [oldC, oldS] = [1, 0];
  for (let i = start, k = 0; i !== end; i += direction, k++) {
    rotate(d[i] * c, e[i + offset]);
    c = rotation.c;
    const s = rotation.s;
    if (k > 0) e[i - direction + offset] = oldS * rotation.r;
    keep(sweep, direction, k, c, s, 0);
    rotate(oldC * rotation.r, d[i + direction] * s);
    [oldC, oldS] = [rotation.c, rotation.s];
    d[i] = rotation.r;
    keep(sweep, direction, k, oldC, oldS, 1);
  }
  const h = d[end] * c;
  d[end] = h * oldC;
  e[end - direction + offset] = h * oldS;
};

const sweepWithShift = (sweep: Sweep, top: number, bottom: number, direction: 1 | -1, shift: number): void => {
  const { d, e } = sweep;
  const [start, end] = direction === 1 ? [top, bottom] : [bottom, top];
  const offset = direction === 1 ? 0 : -1;
  let f = (Math.abs(d[start]) - shift) * ((d[start] < 0 ? -1 : 1) + shift / d[start]);
  let g = e[start + offset];
  for (let i = start, k = 0; i !== end; i += direction, k++) {
    const next = i + direction;
    const at = i + offset;
    rotate(f, g);
    let { c, s } = rotation;
    if (k > 0) e[at - direction] = rotation.r;
    keep(sweep, direction, k, c, s, 0);
    f = c * d[i] + s * e[at];
    e[at] = c * e[at] - s * d[i];
    g = s * d[next];
    d[next] *= c;
    rotate(f, g);
    ({ c, s } = rotation);
    d[i] = rotation.r;
    keep(sweep, direction, k, c, s, 1);
    f = c * e[at] + s * d[next];
    d[next] = c * d[next] - s * e[at];
    if (next !== end) {
      g = s * e[at + direction];
      e[at + direction] *= c;
    }
  }
  e[end - direction + offset] = f;
};
