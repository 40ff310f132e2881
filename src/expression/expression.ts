/**
 * The syntax tree of a formula: plain immutable data, made by `parseExpression`.
 *
 * A name refers to a declared variable by its slot, a call to an entry of the fixed table in `vocabulary.ts`; nothing
 * else can be named. Equal subtrees may be shared, so that derivatives stay small in memory.
 */
import { InputError } from "../error.js";
import type { ConstantName, FunctionName } from "./vocabulary.js";

export type BinaryOperator = "+" | "-" | "*" | "/" | "^";
export type ComparisonOperator = "<" | "<=" | ">" | ">=";

/** A comparison, the condition of `if(condition, then, otherwise)`. */
export interface Comparison {
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** A formula as a syntax tree. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "constant"; readonly name: ConstantName }
  /** A declared name; `slot` is its place in the array of values. */
  | { readonly kind: "name"; readonly name: string; readonly slot: number }
  | { readonly kind: "negate"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly callee: FunctionName; readonly parameters: readonly Expression[] }
  | {
      readonly kind: "if";
      readonly condition: Comparison;
      readonly consequence: Expression;
      readonly alternative: Expression;
    };

/** The parts of a formula, in reading order. */
export const parts = (expression: Expression): readonly Expression[] => {
  switch (expression.kind) {
    case "number":
    case "constant":
    case "name":
      return [];
    case "negate":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "call":
      return expression.parameters;
    case "if":
      return [expression.condition.left, expression.condition.right, expression.consequence, expression.alternative];
  }
};

/** The declared names that a formula uses, in order of first appearance. */
export const freeNames = (expression: Expression): readonly string[] => {
  const found = new Set<string>();
  const seen = new Set<Expression>();
  const visit = (e: Expression): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.kind === "name") found.add(e.name);
    for (const part of parts(e)) visit(part);
  };
  visit(expression);
  return [...found];
};

const MAX_SIZE = 20_000;

/** Refuses a formula that, written out, has more than 20 000 operations; shared parts count each time. */
export const requireModestSize = (expression: Expression): Expression => {
  const sizes = new Map<Expression, number>();
  const size = (e: Expression): number => {
    let total = sizes.get(e);
    if (total === undefined) {
      total = 1;
      for (const part of parts(e)) total += size(part);
      sizes.set(e, total);
    }
    return total;
  };
  if (size(expression) > MAX_SIZE)
    throw new InputError(
      `expression: its derivative is too long, got more than ${MAX_SIZE} operations; nest and multiply less`,
    );
  return expression;
};
