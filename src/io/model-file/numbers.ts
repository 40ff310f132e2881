/** Matrices and vectors of a model file, written out as nested lists or lying in an NPZ file beside it. */
import { InputError } from "../../error.js";
import { type Matrix, matrix } from "../../numerics/matrix.js";
import type { NpyArray } from "../npy.js";
import type { ListData, MatrixData, VectorData } from "./schema.js";

/** Finds the array that a file refers to. */
export type FindArray = (file: string, key: string) => NpyArray;

const shapeOf = ({ shape }: NpyArray): string => (shape.length === 0 ? "a single number" : shape.join(" x "));

/** `value` as a matrix; all rows must have the same length. */
export const matrixOf = (field: string, value: MatrixData, find: FindArray): Matrix => {
  if (!Array.isArray(value)) {
    const array = find(value.npz, value.key);
    if (array.shape.length !== 2)
      throw new InputError(`${field}: expected a matrix in ${value.npz}[${value.key}], got ${shapeOf(array)}`);
    return matrix(array.shape[0]!, array.shape[1]!, array.data);
  }
  const cols = value[0]?.length ?? 0;
  const result = matrix(value.length, cols);
  value.forEach((row, i) => {
    if (row.length !== cols) throw new InputError(`${field}[${i}]: expected ${cols} numbers, got ${row.length}`);
    result.data.set(row, i * cols);
  });
  return result;
};

/** `value` as a vector, or as one number for all entries. */
export const vectorOf = (field: string, value: VectorData, find: FindArray): Float64Array | number => {
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return Float64Array.from(value);
  const array = find(value.npz, value.key);
  if (array.shape.length === 0) return array.data[0]!;
  if (array.shape.length !== 1)
    throw new InputError(`${field}: expected a vector in ${value.npz}[${value.key}], got ${shapeOf(array)}`);
  return array.data;
};

/** `value` as a list of numbers. */
export const listOf = (field: string, value: ListData, find: FindArray): Float64Array => {
  const list = vectorOf(field, value, find);
  if (typeof list === "number") throw new InputError(`${field}: expected a list of numbers, got ${list}`);
  return list;
};
