/**
 * Vanilla tanh networks whose fixed points can be found exhaustively: row i of the weights is
 * `-roll(linspace(-1, 1, n), -i)`. Exhaustive means interval bisection: boxes that cannot hold a zero are discarded, and
 * Newton's method, written out here, is started from the center of every small box that is left.
 */
import { vanillaMap } from "../../src/model/build.js";

/** The weights for n units. */
export const rolledWeights = (n: number): number[][] => {
  const values = Array.from({ length: n }, (_, k) => -1 + (2 * k) / (n - 1));
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => -values[(j + i) % n]!));
};

export const rolledNetwork = (n: number) => vanillaMap({ recurrentWeights: rolledWeights(n) });

type Box = readonly (readonly [low: number, high: number])[];

/** Gaussian elimination of a small system. */
const solved = (A: number[][], b: number[]): number[] => {
  const n = b.length;
  const M = A.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < n; k++) {
    const p = M.slice(k).reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(M[best]![k]!) ? i + k : best), k);
    [M[k], M[p]] = [M[p]!, M[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = M[i]![k]! / M[k]![k]!;
      for (let j = k; j <= n; j++) M[i]![j]! -= factor * M[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = M[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= M[i]![j]! * x[j]!;
    x[i] = sum / M[i]![i]!;
  }
  return x;
};

/** Newton on `tanh(W h) = h`. */
const refined = (W: number[][], start: number[]): number[] | undefined => {
  let h = start;
  for (let k = 0; k < 60; k++) {
    const values = W.map((row) => Math.tanh(row.reduce((sum, w, j) => sum + w * h[j]!, 0)));
    const f = values.map((v, i) => v - h[i]!);
    if (Math.hypot(...f) < 1e-14) return h;
    const J = W.map((row, i) => row.map((w, j) => (1 - values[i]! ** 2) * w - (i === j ? 1 : 0)));
    const step = solved(J, f);
    h = h.map((v, i) => v - step[i]!);
    if (h.some((v) => !Number.isFinite(v))) return undefined;
  }
  return undefined;
};

/** All fixed points of `h' = tanh(W h)`; they lie in `[-1, 1]^n`. */
export const exhaustiveFixedPoints = (W: number[][], width = 0.03): number[][] => {
  const n = W.length;
  const found: number[][] = [];
  const boxes: Box[] = [Array.from({ length: n }, () => [-1, 1] as const)];
  while (boxes.length > 0) {
    let box = boxes.pop()!;
    let empty = false;
    for (let pass = 0; pass < 3 && !empty; pass++)
      box = box.map(([low, high], i) => {
        let least = 0;
        let most = 0;
        W[i]!.forEach((w, j) => {
          const [a, b] = box[j]!;
          least += Math.min(w * a, w * b);
          most += Math.max(w * a, w * b);
        });
        const narrowed = [Math.max(low, Math.tanh(least) - 1e-15), Math.min(high, Math.tanh(most) + 1e-15)] as const;
        empty ||= narrowed[0] > narrowed[1];
        return narrowed;
      });
    if (empty) continue;
    const widths = box.map(([low, high]) => high - low);
    const widest = widths.indexOf(Math.max(...widths));
    const [low, high] = box[widest]!;
    const middle = (low + high) / 2;
    if (high - low > width) {
      boxes.push(
        box.map((side, i) => (i === widest ? ([low, middle] as const) : side)),
        box.map((side, i) => (i === widest ? ([middle, high] as const) : side)),
      );
      continue;
    }
    const point = refined(
      W,
      box.map(([a, b]) => (a + b) / 2),
    );
    if (point && !found.some((other) => Math.hypot(...other.map((v, i) => v - point[i]!)) < 1e-8)) found.push(point);
  }
  return found;
};
