/**
 * Rewrites formulas that overflow or cancel as commonly written to the functions made for them:
 * log(1 + exp(u)) to softplus(u), and a / (1 + exp(u)) to a * sigmoid(-u); e^u counts as exp(u).
 *
 * The values agree to rounding wherever the original is accurate; derivatives taken after the rewriting stay accurate
 * in the tails, where exp(u) / (1 + exp(u))^2 would overflow.
 */
import { type Expression, parts } from "./expression.js";
import { expressionText } from "./print.js";
import { call, multiply, negate, simplify } from "./simplify.js";

const isOne = (e: Expression): boolean => e.kind === "number" && e.value === 1;
const exponent = (e: Expression): Expression | undefined =>
  e.kind === "call" && e.callee === "exp" ? e.parameters[0] : undefined;

/** u, if `e` is 1 + exp(u) in either order. */
const oneAndExponential = (e: Expression): Expression | undefined => {
  if (e.kind !== "binary" || e.operator !== "+") return undefined;
  if (isOne(e.left)) return exponent(e.right);
  return isOne(e.right) ? exponent(e.left) : undefined;
};

const rewrite = (e: Expression): Expression => {
  if (e.kind === "call" && e.callee === "log") {
    const u = oneAndExponential(e.parameters[0]!);
    return u === undefined ? e : call("softplus", u);
  }
  if (e.kind !== "binary") return e;
  if (e.operator === "^" && e.left.kind === "constant" && e.left.name === "e") return call("exp", e.right);
  if (e.operator !== "/") return e;
  const u = oneAndExponential(e.right);
  if (u === undefined) return e;
  const w = exponent(e.left);
  if (w !== undefined && expressionText(w) === expressionText(u)) return call("sigmoid", u);
  return multiply(e.left, call("sigmoid", negate(u)));
};

/** The formula simplified and with its logistic and softplus parts made stable. */
export const stabilize = (expression: Expression): Expression => {
  const done = new Map<Expression, Expression>();
  const visit = (e: Expression): Expression => {
    if (parts(e).length === 0) return e;
    let result = done.get(e);
    if (result === undefined) {
      result = rewrite(withParts(e, visit));
      done.set(e, result);
    }
    return result;
  };
  return simplify(visit(simplify(expression)));
};

const withParts = (e: Expression, change: (part: Expression) => Expression): Expression => {
  switch (e.kind) {
    case "negate":
      return { ...e, operand: change(e.operand) };
    case "binary":
      return { ...e, left: change(e.left), right: change(e.right) };
    case "call":
      return { ...e, parameters: e.parameters.map(change) };
    case "if": {
      const { operator, left, right } = e.condition;
      return {
        kind: "if",
        condition: { operator, left: change(left), right: change(right) },
        consequence: change(e.consequence),
        alternative: change(e.alternative),
      };
    }
    default:
      return e;
  }
};
