/**
 * A syntax tree as text that `parseExpression` reads back to the same values, with no more parentheses than needed.
 */
import type { Expression } from "./expression.js";

/** How tightly a piece of printed formula holds together, from a bare sum to a single symbol. */
export const Level = { choice: 0, sum: 1, product: 2, sign: 3, power: 4, atom: 5 } as const;

/** A printed piece: its text and its level. */
export type Printed = readonly [text: string, level: number];

const wrap = ([text, level]: Printed, least: number): string => (level < least ? `(${text})` : text);

/** Wrapped also when it opens with a sign, which must not follow another operator. */
const operand = (printed: Printed, least: number): string =>
  printed[0].startsWith("-") && printed[1] < Level.atom ? `(${printed[0]})` : wrap(printed, least);

const print = (e: Expression, write: (name: string) => string): Printed => {
  switch (e.kind) {
    case "number":
      return [String(e.value), e.value < 0 ? Level.sign : Level.atom];
    case "constant":
      return [e.name, Level.atom];
    case "name": {
      const text = write(e.name);
      return [text, /^[\w.]+$/.test(text) ? Level.atom : Level.choice];
    }
    case "negate": {
      const inner = print(e.operand, write);
      return [`-${operand(inner, Level.product)}`, inner[1] === Level.product ? Level.product : Level.sign];
    }
    case "call":
      return [`${e.callee}(${e.parameters.map((p) => print(p, write)[0]).join(", ")})`, Level.atom];
    case "if": {
      const { operator, left, right } = e.condition;
      const [a, b, c, d] = [left, right, e.consequence, e.alternative].map((part) => print(part, write)[0]);
      return [`if(${a} ${operator} ${b}, ${c}, ${d})`, Level.atom];
    }
    case "binary": {
      const [a, b] = [print(e.left, write), print(e.right, write)];
      if (e.operator === "^") return [`${operand(a, Level.atom)}^${operand(b, Level.power)}`, Level.power];
      if (e.operator === "*" || e.operator === "/")
        return [`${wrap(a, Level.product)}${e.operator}${operand(b, Level.sign)}`, Level.product];
      return [`${wrap(a, Level.sum)} ${e.operator} ${operand(b, Level.product)}`, Level.sum];
    }
  }
};

/**
 * A formula as text.
 *
 * @param write what to put for a name; text other than a single word is set in parentheses where it must be
 * @example expressionText(parseExpression("v^2", ["v"]), () => "W h + b") // "(W h + b)^2"
 */
export const expressionText = (expression: Expression, write: (name: string) => string = (name) => name): string =>
  print(expression, write)[0];
