/**
 * A syntax tree to a function of an array of values: closures over closures, no text is ever run as code.
 */
import { InternalError } from "../error.js";
import type { Comparison, Expression } from "./expression.js";
import { binaryFunctions, constants, unaryFunctions } from "./vocabulary.js";

/** The value of a formula at an array of values, one for each declared name in order. */
export type Evaluate = (values: ArrayLike<number>) => number;

const compileComparison = ({ operator, left, right }: Comparison): ((values: ArrayLike<number>) => boolean) => {
  const a = compileExpression(left);
  const b = compileExpression(right);
  switch (operator) {
    case "<":
      return (x) => a(x) < b(x);
    case "<=":
      return (x) => a(x) <= b(x);
    case ">":
      return (x) => a(x) > b(x);
    case ">=":
      return (x) => a(x) >= b(x);
  }
};

const compileBinary = (expression: Expression & { readonly kind: "binary" }): Evaluate => {
  const a = compileExpression(expression.left);
  const b = compileExpression(expression.right);
  switch (expression.operator) {
    case "+":
      return (x) => a(x) + b(x);
    case "-":
      return (x) => a(x) - b(x);
    case "*":
      return (x) => a(x) * b(x);
    case "/":
      return (x) => a(x) / b(x);
    case "^":
      return (x) => a(x) ** b(x);
  }
};

const compileCall = ({ callee, parameters }: Expression & { readonly kind: "call" }): Evaluate => {
  const [a, b] = parameters.map(compileExpression);
  const unary = unaryFunctions.get(callee);
  if (unary !== undefined && a !== undefined) return (x) => unary(a(x));
  const binary = binaryFunctions.get(callee);
  if (binary !== undefined && a !== undefined && b !== undefined) return (x) => binary(a(x), b(x));
  throw new InternalError(`expression calls ${callee} with ${parameters.length} arguments`);
};

/**
 * A function that evaluates the formula at an array of values, one for each declared name in order.
 *
 * Arithmetic is that of IEEE doubles: 1/0 is Infinity, log(-1) is NaN. A comparison with NaN is false.
 */
export const compileExpression = (expression: Expression): Evaluate => {
  switch (expression.kind) {
    case "number": {
      const { value } = expression;
      return () => value;
    }
    case "constant": {
      const value = constants.get(expression.name)!;
      return () => value;
    }
    case "name": {
      const { slot } = expression;
      return (x) => x[slot]!;
    }
    case "negate": {
      const a = compileExpression(expression.operand);
      return (x) => -a(x);
    }
    case "binary":
      return compileBinary(expression);
    case "call":
      return compileCall(expression);
    case "if": {
      const holds = compileComparison(expression.condition);
      const consequence = compileExpression(expression.consequence);
      const alternative = compileExpression(expression.alternative);
      return (x) => (holds(x) ? consequence(x) : alternative(x));
    }
  }
};
