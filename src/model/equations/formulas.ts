/** The equations of a model that was written as equations: one line per variable. */
import type { Expression } from "../../expression/expression.js";
import { expressionLatex, nameLatex } from "../../expression/latex.js";
import { expressionText } from "../../expression/print.js";
import type { EquationsModel } from "../model.js";
import type { FlowEquation } from "./flow-equation.js";
import { atom, call, differential, type Line, loose, times, type Written } from "./notation.js";
import type { Pen } from "./pen.js";

const named = (name: string): Written => atom(name, nameLatex(name));

/** The names as one vector; a single name stands for itself. */
const vectorOf = (names: readonly string[], letter: () => Written): { symbol: Written; lines: readonly Line[] } => {
  if (names.length === 1) return { symbol: named(names[0]!), lines: [] };
  const symbol = letter();
  const pieces = names.map(named);
  const right = atom(
    `(${pieces.map((piece) => piece.text).join(", ")})`,
    `(${pieces.map((piece) => piece.latex).join(", ")})`,
  );
  return { symbol, lines: [{ left: symbol, right }] };
};

/** The formula with the names that have a value replaced by it. */
const withNumbers = (e: Expression, numberOf: (name: string) => number | undefined): Expression => {
  const inside = (part: Expression): Expression => withNumbers(part, numberOf);
  switch (e.kind) {
    case "number":
    case "constant":
      return e;
    case "name": {
      const value = numberOf(e.name);
      return value === undefined ? e : { kind: "number", value };
    }
    case "negate":
      return { ...e, operand: inside(e.operand) };
    case "binary":
      return { ...e, left: inside(e.left), right: inside(e.right) };
    case "call":
      return { ...e, parameters: e.parameters.map(inside) };
    case "if":
      return {
        ...e,
        condition: { ...e.condition, left: inside(e.condition.left), right: inside(e.condition.right) },
        consequence: inside(e.consequence),
        alternative: inside(e.alternative),
      };
  }
};

/** `tau_i x_i' = expression_i`; as a vector, `tau x' = F(x, u)`. */
export const formulasEquation = (model: EquationsModel, expressions: readonly Expression[], pen: Pen): FlowEquation => {
  const { variables, inputNames, parameters, timeConstants } = model;
  const taken = new Set([...variables, ...inputNames, ...Object.keys(parameters)]);
  /** The first letter that the model's own names leave free. */
  const free = (...letters: readonly Written[]) => letters.find(({ text }) => !taken.has(text)) ?? letters.at(-1)!;
  const field = free(atom("f"), atom("𝑓", "\\mathsf{f}"));
  const F = free(atom("F"), atom("G"), atom("𝓕", "\\mathcal{F}"));
  const x = vectorOf(variables, () => free(atom("x"), atom("y"), atom("𝐱", "\\mathbf{x}")));
  const u = vectorOf(inputNames, () => free(atom("u"), atom("s"), atom("𝐮", "\\mathbf{u}")));
  const input = inputNames.length > 0 ? u.symbol : undefined;

  for (const name of variables) pen.symbol(named(name), "state variable");
  for (const name of inputNames) pen.symbol(named(name), "input");
  for (const [name, value] of Object.entries(parameters)) pen.symbol(named(name), "parameter", pen.number(value).text);

  const given = (name: string): number | undefined => (pen.numeric ? parameters[name] : undefined);
  const right = expressions.map((expression) => {
    const formula = withNumbers(expression, (name) => {
      const value = given(name);
      return value === undefined ? undefined : Number(pen.number(value).text);
    });
    return loose(expressionText(formula), expressionLatex(formula));
  });

  return {
    state: x.symbol,
    field,
    ...(input ? { input } : {}),
    timeConstants: { symbol: atom("τ", "\\tau"), meaning: "time constants", values: timeConstants },
    drive: (state, given) => call(F, state, given),
    where: () => [
      ...right.map((formula, i) => {
        const name = variables[i]!;
        const component = atom(`${F.text}_${name}`, `${F.latex}_{${nameLatex(name)}}`);
        return { left: call(variables.length === 1 ? F : component, x.symbol, input), right: formula };
      }),
      ...(variables.length === 1
        ? []
        : [
            {
              left: F,
              right: atom(
                `(${variables.map((name) => `${F.text}_${name}`).join(", ")})`,
                `(${variables.map((name) => `${F.latex}_{${nameLatex(name)}}`).join(", ")})`,
              ),
            },
          ]),
      ...x.lines,
      ...u.lines,
    ],
    lines: () =>
      right.map((formula, i) => {
        const rate = differential(named(variables[i]!), atom("t"));
        const tau = timeConstants[i]!;
        return { left: tau === 1 ? rate : times(pen.number(tau), rate), right: formula };
      }),
  };
};
