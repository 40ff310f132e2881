/**
 * Results as JSON that every reader understands: matrices as rows, typed arrays as arrays, what is not finite as null.
 */
import { type Matrix, toRows } from "../numerics/matrix.js";

const isMatrix = (value: object): value is Matrix =>
  "rows" in value && "cols" in value && "data" in value && value.data instanceof Float64Array;

const plainValue = (_key: string, value: unknown): unknown => {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return isMatrix(value) ? toRows(value) : value;
};

/** One JSON document with a line break at its end. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, plainValue)}\n`;
