/** `rubato equations`: the equation of a model, or of what operators make of it, as text, LaTeX and MathML. */
import { type Equation, equationOf, type LegendEntry } from "../../model/equation.js";
import { mathmlOf } from "../../report/mathml.js";
import type { Layout } from "../../report/paint.js";
import { facts } from "../../report/table.js";
import { type ModelFlags, modelFlags, optional, toggle } from "../flags.js";
import { modelArgument, openGiven } from "../open.js";
import { applyOperators, operatorGrammar } from "../operators.js";
import { countNumber, digitCount } from "../values.js";
import { verb } from "../verb.js";

interface EquationsFlags extends ModelFlags {
  readonly numeric: boolean;
  readonly digits?: number;
  readonly maxUnits?: number;
}

const legendRow = ({ symbol, meaning, value }: LegendEntry): [string, string] => [
  symbol,
  value === undefined ? meaning : `${meaning}: ${value}`,
];

const equationTable = ({ text, legend }: Equation, { width }: Layout): string =>
  [...text.split("\n"), "", ...facts(legend.map(legendRow), width)].join("\n");

export const equations = verb<EquationsFlags>({
  name: "equations",
  brief: "The equation of a model, or of what operators make of it, as text, LaTeX and MathML",
  examples: [
    ["equations network.h5", "in letters, with what each one means"],
    ["equations bundled:decision rescale=2 discretize=heun,dt=5", "of a derived model"],
    ["equations network.h5 linearize=origin --numeric -o equation.tex", "with its numbers, for a paper"],
  ],
  arguments: [modelArgument, { placeholder: "OP", brief: "An operator, see below", many: true, optional: true }],
  grammar: operatorGrammar,
  flags: {
    numeric: toggle("Write the numbers of the model instead of letters"),
    digits: optional(digitCount, "N", "Significant digits of numbers; 4 where absent"),
    maxUnits: optional(countNumber, "N", "Matrices larger than this are given by shape and norm; 6 where absent"),
    ...modelFlags,
  },
  run: async ({ numeric, digits, maxUnits, ...flags }, [path = "", ...operators], { say }) => {
    const model = await applyOperators(await openGiven(path, flags), operators, say);
    const equation = equationOf(model, {
      style: numeric ? "numeric" : "symbolic",
      ...(digits === undefined ? {} : { digits }),
      ...(maxUnits === undefined ? {} : { maxUnits }),
    });
    const mathml = await mathmlOf(equation.latex);
    return {
      json: { ...equation, mathml },
      text: (layout) => equationTable(equation, layout),
      files: { ".tex": () => `\\[\n${equation.latex}\n\\]\n`, ".mml": () => `${mathml}\n` },
    };
  },
});
