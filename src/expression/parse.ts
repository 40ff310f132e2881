/**
 * Formula text to a syntax tree, by top-down operator precedence (V. R. Pratt, POPL 1973).
 *
 *     formula     a + b   a - b   a * b   a / b   a ^ b   -a   +a   (a)   f(a, …)   if(a < b, c, d)
 *     loosest     + -     then * /     then unary - +     then ^, which groups from the right
 *
 * so that -v^2 is -(v^2) and 2^-v is 2^(-v). Length, nesting and the height of the tree are bounded.
 */
import { InputError } from "../error.js";
import { didYouMean } from "../suggestion.js";
import type { BinaryOperator, Comparison, ComparisonOperator, Expression } from "./expression.js";
import { faultAt, type Token, tokenize } from "./tokenize.js";
import {
  binaryFunctions,
  type ConstantName,
  constants,
  type FunctionName,
  functionNames,
  synonyms,
  unaryFunctions,
} from "./vocabulary.js";

const MAX_NESTING = 200;
const MAX_HEIGHT = 1000;

const POWER = 30;
const SIGN = 25;

/** How strongly an operator holds its left and its right operand. */
const STRENGTH: ReadonlyMap<string, readonly [left: number, right: number]> = new Map([
  ["+", [10, 11]],
  ["-", [10, 11]],
  ["*", [20, 21]],
  ["/", [20, 21]],
  ["^", [POWER, POWER - 1]],
]);

const checkNames = (names: readonly string[]): ReadonlyMap<string, number> => {
  const slots = new Map<string, number>();
  names.forEach((name, slot) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new InputError(`expression: a name is letters, digits and _, got ${JSON.stringify(name)}`);
    if (slots.has(name)) throw new InputError(`expression: name declared twice, got ${JSON.stringify(name)}`);
    slots.set(name, slot);
  });
  return slots;
};

/**
 * Reads a formula in the given names.
 *
 * @param text for instance `"-v + w*tanh(v)^2"`
 * @param names the variables and parameters it may use, in the order of the values it will be evaluated at
 * @throws InputError with the place of the first fault
 * @example compileExpression(parseExpression("a*v^2", ["v", "a"]))([3, 0.5]) // 4.5
 */
export const parseExpression = (text: string, names: readonly string[]): Expression => {
  const slots = checkNames(names);
  const tokens = tokenize(text);
  const heights = new Map<Expression, number>();
  let next = 0;
  let nesting = 0;

  const peek = (): Token => tokens[next]!;
  const isSymbol = (symbol: string): boolean => peek().kind === "symbol" && peek().text === symbol;

  const unexpected = (token: Token, afterOperand = false): InputError => {
    if (token.kind === "end") return faultAt(text, token.at, "unexpected end");
    const operand = token.kind === "name" || token.kind === "number" || token.text === "(";
    const starred = token.text === "*" && tokens[next - 1]?.text === "*";
    const remedy = starred ? "; write ^ for powers" : afterOperand && operand ? "; write * for products" : "";
    return faultAt(text, token.at, `unexpected ${JSON.stringify(token.text)}`, remedy);
  };

  const expect = (symbol: string): void => {
    if (!isSymbol(symbol)) throw unexpected(peek(), true);
    next++;
  };

  const grow = (node: Expression, at: number, ...children: readonly Expression[]): Expression => {
    const height = 1 + Math.max(...children.map((child) => heights.get(child) ?? 0));
    if (height > MAX_HEIGHT)
      throw faultAt(
        text,
        at,
        `more than ${MAX_HEIGHT} operations one upon another`,
        "; group the terms with parentheses",
      );
    heights.set(node, height);
    return node;
  };

  const binary = (operator: BinaryOperator, left: Expression, right: Expression, at: number): Expression =>
    grow({ kind: "binary", operator, left, right }, at, left, right);

  const formula = (strength: number): Expression => {
    if (++nesting > MAX_NESTING) throw faultAt(text, peek().at, `nested more than ${MAX_NESTING} deep`);
    let left = operand();
    for (;;) {
      const token = peek();
      const pull = token.kind === "symbol" ? STRENGTH.get(token.text) : undefined;
      if (pull === undefined || pull[0] < strength) break;
      next++;
      left = binary(token.text as BinaryOperator, left, formula(pull[1]), token.at);
    }
    nesting--;
    return left;
  };

  const operand = (): Expression => {
    const token = peek();
    if (token.kind === "end") throw unexpected(token);
    next++;
    if (token.kind === "number") return { kind: "number", value: Number(token.text) };
    if (token.kind === "name") return isSymbol("(") ? call(token) : named(token);
    if (token.text === "-") {
      const inner = formula(SIGN);
      return grow({ kind: "negate", operand: inner }, token.at, inner);
    }
    if (token.text === "+") return formula(SIGN);
    if (token.text === "(") {
      const inner = formula(0);
      expect(")");
      return inner;
    }
    next--;
    throw unexpected(token);
  };

  const named = (token: Token): Expression => {
    const slot = slots.get(token.text);
    if (slot !== undefined) return { kind: "name", name: token.text, slot };
    if (constants.has(token.text)) return { kind: "constant", name: token.text as ConstantName };
    const quoted = JSON.stringify(token.text);
    if (functionNames.includes(token.text))
      throw faultAt(text, token.at, `function ${quoted} without an argument`, `; write ${token.text}(…)`);
    const known = [...slots.keys(), ...constants.keys()];
    const remedy = `${didYouMean(token.text, known)}; known names: ${known.join(", ")}`;
    throw faultAt(text, token.at, `unknown name ${quoted}`, remedy);
  };

  const comparison = (): Comparison => {
    const left = formula(0);
    const operator = peek().text;
    if (!["<", "<=", ">", ">="].includes(operator))
      throw faultAt(text, peek().at, "expected a comparison (<, <=, >, >=)", "; write if(a < b, c, d)");
    next++;
    return { operator: operator as ComparisonOperator, left, right: formula(0) };
  };

  const call = (token: Token): Expression => {
    const name = token.text;
    if (!functionNames.includes(name)) {
      const complaint = slots.has(name) || constants.has(name) ? "is not a function" : "is no known function";
      const remedy = slots.has(name)
        ? "; write * for products"
        : `${didYouMean(name, functionNames)}; known functions: ${functionNames.join(", ")}`;
      throw faultAt(text, token.at, `${JSON.stringify(name)} ${complaint}`, remedy);
    }
    expect("(");
    if (name === "if") {
      const condition = comparison();
      expect(",");
      const consequence = formula(0);
      expect(",");
      const alternative = formula(0);
      expect(")");
      return grow(
        { kind: "if", condition, consequence, alternative },
        token.at,
        condition.left,
        condition.right,
        consequence,
        alternative,
      );
    }
    const given: Expression[] = [];
    if (!isSymbol(")")) given.push(formula(0));
    while (isSymbol(",")) {
      next++;
      given.push(formula(0));
    }
    expect(")");
    return applied(token, synonyms.get(name) ?? name, given);
  };

  const applied = (token: Token, name: string, given: readonly Expression[]): Expression => {
    const arity = unaryFunctions.has(name) ? 1 : 2;
    if (binaryFunctions.has(name) ? given.length < arity : given.length !== arity) {
      const wanted = `${arity}${binaryFunctions.has(name) ? " or more" : ""} argument${arity === 1 ? "" : "s"}`;
      throw faultAt(text, token.at, `${token.text} takes ${wanted}, got ${given.length},`);
    }
    if (name === "pow") return binary("^", given[0]!, given[1]!, token.at);
    const callee = name as FunctionName;
    if (arity === 1) return grow({ kind: "call", callee, parameters: given }, token.at, given[0]!);
    return given.reduce((a, b) => grow({ kind: "call", callee, parameters: [a, b] }, token.at, a, b));
  };

  const result = formula(0);
  if (peek().kind !== "end") throw unexpected(peek(), true);
  return result;
};
