/** Numbers as a person reads them aloud: few digits, no noise, powers of ten where they help. */

const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

const scientific = (value: number, digits: number): string => {
  const [mantissa = "", exponent = ""] = value.toExponential(digits - 1).split("e");
  return `${trimmed(mantissa)}e${exponent.replace("+", "")}`;
};

/** `value` to some significant digits: 0.0123, 1.5, 2.3e-7; "none" for null, "∞" for infinity. */
export const short = (value: number | null | undefined, digits = 3): string => {
  if (value === null || value === undefined) return "none";
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return scientific(value, digits);
  return size >= 10 ** digits ? String(Math.round(value)) : trimmed(value.toPrecision(digits));
};

/** The span of some numbers, "0.1 … 2", or the one number that they all are. */
export const span = (values: ArrayLike<number>, digits = 3): string => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < values.length; k++) {
    low = Math.min(low, values[k]!);
    high = Math.max(high, values[k]!);
  }
  return low === high ? short(low, digits) : `${short(low, digits)} … ${short(high, digits)}`;
};

/** "1 unit", "2 units". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A time with its unit; without one where times are in units of tau. */
export const timed = (value: number, unit: string, digits = 6): string =>
  unit === "tau" ? short(value, digits) : `${short(value, digits)} ${unit}`;
