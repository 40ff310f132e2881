/**
 * The functions and constants that a formula may name: a fixed table, and the only things a formula can reach.
 */
import { erf, heaviside, sigmoid, softplus } from "./functions.js";

const UNARY = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  atan: Math.atan,
  abs: Math.abs,
  sign: Math.sign,
  erf,
  sigmoid,
  softplus,
  relu: (x: number): number => Math.max(0, x),
  heaviside,
} as const;

const BINARY = {
  min: (a: number, b: number): number => Math.min(a, b),
  max: (a: number, b: number): number => Math.max(a, b),
} as const;

export type UnaryName = keyof typeof UNARY;
export type BinaryName = keyof typeof BINARY;
export type FunctionName = UnaryName | BinaryName;
export type ConstantName = "pi" | "e";

/** Functions of one argument. */
export const unaryFunctions: ReadonlyMap<string, (x: number) => number> = new Map(Object.entries(UNARY));

/** Functions of two arguments; in a formula they may be given more, and fold from the left. */
export const binaryFunctions: ReadonlyMap<string, (a: number, b: number) => number> = new Map(Object.entries(BINARY));

/** Constants. A declared name hides the constant of that name. */
export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** Second names. */
export const synonyms: ReadonlyMap<string, FunctionName> = new Map<string, FunctionName>([
  ["step", "heaviside"],
  ["ln", "log"],
  ["arctan", "atan"],
]);

/** Every name that may stand before an opening parenthesis. */
export const functionNames: readonly string[] = [
  ...unaryFunctions.keys(),
  ...binaryFunctions.keys(),
  ...synonyms.keys(),
  "pow",
  "if",
];
