/** A course of numbers as a line of block characters. */

const BARS = [..."▁▂▃▄▅▆▇█"];

/** `values` between their extremes in at most `columns` characters; each stands for the mean of its share. */
export const sparkline = (values: ArrayLike<number>, columns: number): string => {
  const count = Math.min(columns, values.length);
  const means = Array.from({ length: count }, (_, k) => {
    const from = Math.floor((k * values.length) / count);
    const to = Math.floor(((k + 1) * values.length) / count);
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i]!;
    return sum / (to - from);
  });
  const low = Math.min(...means);
  const high = Math.max(...means);
  if (!(high > low)) return BARS[0]!.repeat(count);
  return means.map((mean) => BARS[Math.min(7, Math.floor((8 * (mean - low)) / (high - low)))]).join("");
};
