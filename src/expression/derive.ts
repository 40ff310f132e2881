/**
 * Symbolic derivatives by the chain rule, simplified as they are built.
 *
 * At a corner the derivative is one of the two one-sided ones: from the side where a condition holds for `if`, from the
 * right for `relu`, of the first argument for `max` and `min` on a tie; `abs` gives 0. Jumps of `sign`, `heaviside` and
 * `if` count as flat.
 */
import { type Expression, requireModestSize } from "./expression.js";
import { add, call, choose, divide, multiply, negate, number, power, subtract } from "./simplify.js";
import type { UnaryName } from "./vocabulary.js";

const square = (u: Expression): Expression => power(u, number(2));
const PI: Expression = { kind: "constant", name: "pi" };

/** f'(u) of each function of one argument. */
const SLOPE: Readonly<Record<UnaryName, (u: Expression) => Expression>> = {
  exp: (u) => call("exp", u),
  log: (u) => divide(number(1), u),
  sqrt: (u) => divide(number(1), multiply(number(2), call("sqrt", u))),
  sin: (u) => call("cos", u),
  cos: (u) => negate(call("sin", u)),
  tan: (u) => add(number(1), square(call("tan", u))),
  sinh: (u) => call("cosh", u),
  cosh: (u) => call("sinh", u),
  tanh: (u) => subtract(number(1), square(call("tanh", u))),
  atan: (u) => divide(number(1), add(number(1), square(u))),
  abs: (u) => call("sign", u),
  sign: () => number(0),
  erf: (u) => multiply(divide(number(2), call("sqrt", PI)), call("exp", negate(square(u)))),
  sigmoid: (u) => multiply(call("sigmoid", u), call("sigmoid", negate(u))),
  softplus: (u) => call("sigmoid", u),
  relu: (u) => choose({ operator: "<", left: u, right: number(0) }, number(0), number(1)),
  heaviside: () => number(0),
};

const isZero = (e: Expression): boolean => e.kind === "number" && e.value === 0;

/**
 * The derivative of a formula by one of its names.
 *
 * @throws InputError if it would have more than 20 000 operations
 * @example expressionText(differentiate(parseExpression("tanh(v)", ["v"]), "v")) // "1 - tanh(v)^2"
 */
export const differentiate = (expression: Expression, name: string): Expression => {
  const done = new Map<Expression, Expression>();
  const derive = (e: Expression): Expression => {
    let result = done.get(e);
    if (result === undefined) {
      result = rule(e);
      done.set(e, result);
    }
    return result;
  };

  const powerRule = (a: Expression, b: Expression): Expression => {
    const [da, db] = [derive(a), derive(b)];
    const byBase = isZero(da) ? number(0) : multiply(multiply(b, power(a, subtract(b, number(1)))), da);
    const byExponent = isZero(db) ? number(0) : multiply(multiply(power(a, b), call("log", a)), db);
    return add(byBase, byExponent);
  };

  const rule = (e: Expression): Expression => {
    switch (e.kind) {
      case "number":
      case "constant":
        return number(0);
      case "name":
        return number(e.name === name ? 1 : 0);
      case "negate":
        return negate(derive(e.operand));
      case "binary":
        return binaryRule(e.operator, e.left, e.right);
      case "if":
        return choose(e.condition, derive(e.consequence), derive(e.alternative));
      case "call": {
        const [u, w] = e.parameters;
        if (e.callee === "max" || e.callee === "min") {
          const condition = { operator: e.callee === "max" ? ">=" : "<=", left: u!, right: w! } as const;
          return choose(condition, derive(u!), derive(w!));
        }
        const du = derive(u!);
        return isZero(du) ? du : multiply(SLOPE[e.callee](u!), du);
      }
    }
  };

  const binaryRule = (operator: string, a: Expression, b: Expression): Expression => {
    switch (operator) {
      case "+":
        return add(derive(a), derive(b));
      case "-":
        return subtract(derive(a), derive(b));
      case "*":
        return add(multiply(derive(a), b), multiply(a, derive(b)));
      case "/": {
        const db = derive(b);
        if (isZero(db)) return divide(derive(a), b);
        return divide(subtract(multiply(derive(a), b), multiply(a, db)), square(b));
      }
      default:
        return powerRule(a, b);
    }
  };

  return requireModestSize(derive(expression));
};
