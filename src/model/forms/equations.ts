/**
 * Models written as equations, one expression per state variable: `tau_i x_i' = expression_i(x, u, parameters)`.
 *
 * Jacobian and second derivatives are symbolic. For systems that no network form covers: mean-field circuits, textbook
 * oscillators.
 */
import { differentiate } from "../../expression/derive.js";
import { compileExpression, type Evaluate } from "../../expression/evaluate.js";
import type { Expression } from "../../expression/expression.js";
import { parseExpression } from "../../expression/parse.js";
import { matrix } from "../../numerics/matrix.js";
import type { Flow } from "../dynamics.js";
import { formulasEquation } from "../equations/formulas.js";
import type { EquationsModel } from "../model.js";
import { type FlowForm, noiseAtSpeeds } from "./form.js";

/** The expressions of a model, parsed; names are its variables, inputs and parameters. */
export const parsedEquations = (model: EquationsModel): readonly Expression[] => {
  const names = [...model.variables, ...model.inputNames, ...Object.keys(model.parameters)];
  return model.equations.map((text) => parseExpression(text, names));
};

const flow = (model: EquationsModel): Flow => {
  const { units, inputs, variables, inputNames, timeConstants: tau } = model;
  const expressions = parsedEquations(model);
  const arguments_ = [...variables, ...inputNames];
  const slots = new Float64Array(arguments_.length + Object.keys(model.parameters).length);
  slots.set(Object.values(model.parameters), arguments_.length);
  const values = expressions.map(compileExpression);

  /** `first[i][a]`: expression i differentiated by argument a (states, then inputs). */
  const firstExpressions = expressions.map((expression) => arguments_.map((name) => differentiate(expression, name)));
  const first = firstExpressions.map((row) => row.map(compileExpression));
  let second: Evaluate[][][] | undefined;
  const secondDerivatives = () => {
    second ??= firstExpressions.map((row) =>
      row.map((expression) => variables.map((name) => compileExpression(differentiate(expression, name)))),
    );
    return second;
  };

  const load = (x: Float64Array, u: Float64Array): void => {
    slots.set(x);
    slots.set(u, units);
  };

  const jacobian = (x: Float64Array, u: Float64Array, from: number, count: number) => {
    load(x, u);
    const J = matrix(units, count);
    for (let i = 0; i < units; i++)
      for (let a = 0; a < count; a++) J.data[i * count + a] = first[i]![from + a]!(slots) / tau[i]!;
    return J;
  };

  return {
    units,
    inputs,
    leakRates: new Float64Array(units),
    field: (x, u, out) => {
      load(x, u);
      for (let i = 0; i < units; i++) out[i] = values[i]!(slots) / tau[i]!;
    },
    stateJacobian: (x, u) => jacobian(x, u, 0, units),
    inputJacobian: (x, u) => jacobian(x, u, units, inputs),
    secondDerivative: (x, u, a) => {
      load(x, u);
      const derivatives = secondDerivatives();
      const contract = (from: number, count: number) => {
        const result = matrix(units, count);
        for (let i = 0; i < units; i++)
          for (let j = 0; j < count; j++) {
            let sum = 0;
            for (let k = 0; k < units; k++) if (a[k] !== 0) sum += derivatives[i]![from + j]![k]!(slots) * a[k]!;
            result.data[i * count + j] = sum / tau[i]!;
          }
        return result;
      };
      return { state: contract(0, units), input: contract(units, inputs) };
    },
  };
};

export const equationsForm: FlowForm<EquationsModel> = {
  flow,
  equation: (model, pen) => formulasEquation(model, parsedEquations(model), pen),
  rescaled: (model, speeds) => ({
    ...model,
    ...noiseAtSpeeds(model, speeds),
    timeConstants: model.timeConstants.map((tau, i) => tau / speeds[i]!),
  }),
};
