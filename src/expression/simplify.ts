/**
 * Constructors that simplify as they build: zeros and ones vanish, numbers combine and move to the front, signs move out.
 *
 * The rules keep the value wherever the formula is finite; 0*a becomes 0 even where a is infinite. Quotients and powers
 * of numbers stay as written (1/3, 2^0.5) unless they are whole.
 */
import { type Comparison, type Expression, parts } from "./expression.js";
import { type FunctionName, unaryFunctions } from "./vocabulary.js";

export const number = (value: number): Expression => ({ kind: "number", value });

const numeral = (e: Expression): number | undefined => (e.kind === "number" ? e.value : undefined);
const raw = (operator: "+" | "-" | "*" | "/" | "^", left: Expression, right: Expression): Expression => ({
  kind: "binary",
  operator,
  left,
  right,
});

/** `e` without its sign, if it shows a minus in front. Products never do: their constructor moves the sign out. */
const positive = (e: Expression): Expression | undefined => {
  if (e.kind === "negate") return e.operand;
  return e.kind === "number" && e.value < 0 ? number(-e.value) : undefined;
};

/** A product as its number in front and the rest; both may be absent. */
const splitProduct = (e: Expression): readonly [coefficient: number, rest: Expression | undefined] => {
  if (e.kind === "number") return [e.value, undefined];
  if (e.kind !== "binary" || e.operator !== "*") return [1, e];
  const [coefficient, rest] = splitProduct(e.left);
  if (rest === e.left) return [1, e];
  return [coefficient, rest === undefined ? e.right : raw("*", rest, e.right)];
};

const isZero = (e: Expression): boolean => e.kind === "number" && e.value === 0;

/** a * if(c, 0, d) is if(c, 0, a*d): a zero branch stays zero even where a is infinite, as beside max(0, v)^1.5. */
const hoistZero = (a: Expression, b: Expression): Expression | undefined => {
  if (b.kind === "if" && (isZero(b.consequence) || isZero(b.alternative)))
    return choose(b.condition, multiply(a, b.consequence), multiply(a, b.alternative));
  return undefined;
};

/** a * b with the factors of b appended one by one, so that products group from the left. */
const joinProduct = (a: Expression, b: Expression): Expression =>
  b.kind === "binary" && b.operator === "*" ? raw("*", joinProduct(a, b.left), b.right) : raw("*", a, b);

export const negate = (a: Expression): Expression =>
  positive(a) ?? (a.kind === "number" ? number(-a.value) : { kind: "negate", operand: a });

export const add = (a: Expression, b: Expression): Expression => {
  const [x, y] = [numeral(a), numeral(b)];
  if (x === 0) return b;
  if (y === 0) return a;
  if (x !== undefined && y !== undefined) return number(x + y);
  const minusB = positive(b);
  if (minusB !== undefined) return subtract(a, minusB);
  const minusA = positive(a);
  return minusA === undefined ? raw("+", a, b) : subtract(b, minusA);
};

export const subtract = (a: Expression, b: Expression): Expression => {
  const [x, y] = [numeral(a), numeral(b)];
  if (y === 0) return a;
  if (x === 0) return negate(b);
  if (x !== undefined && y !== undefined) return number(x - y);
  const minusB = positive(b);
  if (minusB !== undefined) return add(a, minusB);
  const minusA = positive(a);
  return minusA === undefined ? raw("-", a, b) : negate(add(minusA, b));
};

export const multiply = (a: Expression, b: Expression): Expression => {
  const [x, y] = [numeral(a), numeral(b)];
  if (x === 0 || y === 0) return number(0);
  if (x === 1) return b;
  if (y === 1) return a;
  if (x !== undefined && y !== undefined) return number(x * y);
  const minusA = positive(a);
  if (minusA !== undefined) return negate(multiply(minusA, b));
  const minusB = positive(b);
  if (minusB !== undefined) return negate(multiply(a, minusB));
  const hoisted = hoistZero(a, b) ?? hoistZero(b, a);
  if (hoisted !== undefined) return hoisted;
  const [ca, ra] = splitProduct(a);
  const [cb, rb] = splitProduct(b);
  const rest = ra === undefined ? rb! : rb === undefined ? ra : joinProduct(ra, rb);
  return ca * cb === 1 ? rest : joinProduct(number(ca * cb), rest);
};

export const divide = (a: Expression, b: Expression): Expression => {
  const [x, y] = [numeral(a), numeral(b)];
  if (x === 0 && y !== 0) return number(0);
  if (y === 1) return a;
  if (x !== undefined && y !== undefined && Number.isInteger(x / y)) return number(x / y);
  const minusA = positive(a);
  if (minusA !== undefined) return negate(divide(minusA, b));
  const minusB = positive(b);
  return minusB === undefined ? raw("/", a, b) : negate(divide(a, minusB));
};

export const power = (a: Expression, b: Expression): Expression => {
  const [x, y] = [numeral(a), numeral(b)];
  if (y === 0) return number(1);
  if (y === 1) return a;
  if (x !== undefined && y !== undefined && Number.isSafeInteger(x ** y)) return number(x ** y);
  return raw("^", a, b);
};

export const call = (callee: FunctionName, ...parameters: readonly Expression[]): Expression => {
  const first = parameters[0];
  if (callee === "log" && first?.kind === "constant" && first.name === "e") return number(1);
  const x = parameters.length === 1 ? numeral(first!) : undefined;
  const value = x === undefined ? undefined : unaryFunctions.get(callee)?.(x);
  return value !== undefined && Number.isSafeInteger(value) ? number(value) : { kind: "call", callee, parameters };
};

export const choose = (condition: Comparison, consequence: Expression, alternative: Expression): Expression =>
  consequence === alternative || (consequence.kind === "number" && numeral(alternative) === consequence.value)
    ? consequence
    : { kind: "if", condition, consequence, alternative };

const BUILD = { "+": add, "-": subtract, "*": multiply, "/": divide, "^": power } as const;

/** The same formula with the obvious simplifications made; no expansion, no factoring, no collecting of terms. */
export const simplify = (expression: Expression): Expression => {
  const done = new Map<Expression, Expression>();
  const rebuild = (e: Expression): Expression => {
    if (parts(e).length === 0) return e;
    let result = done.get(e);
    if (result === undefined) {
      result = rebuildParts(e);
      done.set(e, result);
    }
    return result;
  };
  const rebuildParts = (e: Expression): Expression => {
    switch (e.kind) {
      case "negate":
        return negate(rebuild(e.operand));
      case "binary":
        return BUILD[e.operator](rebuild(e.left), rebuild(e.right));
      case "call":
        return call(e.callee, ...e.parameters.map(rebuild));
      case "if": {
        const { operator, left, right } = e.condition;
        return choose(
          { operator, left: rebuild(left), right: rebuild(right) },
          rebuild(e.consequence),
          rebuild(e.alternative),
        );
      }
      default:
        return e;
    }
  };
  return rebuild(expression);
};
