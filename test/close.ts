/** Distances between numbers, vectors and matrices, relative to the largest entry, for `expect(...).toBeLessThan`. */
import type { Matrix as Table } from "ml-matrix";
import { expect } from "vitest";
import type { Matrix } from "../src/numerics/matrix.js";

type Numbers = ArrayLike<number> | readonly (readonly number[])[] | Matrix | Table;

const flat = (value: Numbers): number[] => {
  if ("data" in value && value.data instanceof Float64Array) return Array.from(value.data);
  if ("to1DArray" in value) return value.to1DArray();
  return Array.from(value as ArrayLike<number | readonly number[]>).flat() as number[];
};

const largest = (entries: readonly number[]): number =>
  entries.reduce((max, v) => (Number.isNaN(v) ? Number.NaN : Math.max(max, Math.abs(v))), 0);

/** Largest difference of two arrays of equal shape; NaN where a number is missing. */
export const apart = (actual: Numbers, expected: Numbers): number => {
  const [a, b] = [flat(actual), flat(expected)];
  if (a.length !== b.length) return Number.NaN;
  return largest(a.map((v, i) => v - b[i]!));
};

/** The same, relative to the largest entry of either, but at least to `floor`. */
export const relativelyApart = (actual: Numbers, expected: Numbers, floor = 1e-300): number =>
  apart(actual, expected) / Math.max(largest(flat(actual)), largest(flat(expected)), floor);

export const size = (value: Numbers): number => largest(flat(value));

/** Expects `actual` to be `expected` up to `tolerance`, relative to the largest entry. */
export const expectClose = (actual: Numbers, expected: Numbers, tolerance = 1e-12): void => {
  expect(relativelyApart(actual, expected)).toBeLessThan(tolerance);
};
