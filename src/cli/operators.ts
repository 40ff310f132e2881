/**
 * Operators as the command line writes them: `rescale=2 discretize=euler,dt=0.1 linearize=origin`. The whole grammar is here.
 *
 * All arguments are read before the first operator runs. A message names the argument and shows how it is written.
 */
import { InputError } from "../error.js";
import { isContinuous } from "../model/bind.js";
import type { Reading } from "../model/build.js";
import type { LinearFlow, LinearMap, Model, NonlinearModel } from "../model/model.js";
import { canonicalForm, currentToRate, rateToCurrent } from "../operators/change-form.js";
import { discretize } from "../operators/discretize.js";
import { linearize } from "../operators/linearize.js";
import { rescale, rescaleUnits, retime, warp } from "../operators/rescale.js";
import { type InvertibleScheme, undiscretize, undiscretizeLinear } from "../operators/undiscretize.js";
import { didYouMean } from "../suggestion.js";
import { readNumberTable } from "./csv.js";
import { operatingPoint, pointGrammar } from "./points.js";
import { readTrajectory } from "./trajectory.js";
import { oneOf, positiveList, positiveNumber, schemeName } from "./values.js";

type Say = (text: string) => void;
type Applied = (model: Model, say: Say) => Model | Promise<Model>;

interface Syntax {
  readonly grammar: string;
  readonly does: string;
  /** Reads what stands behind `=`; throws an `InputError` without the argument's name. */
  readonly parse: (value: string | undefined) => Applied;
}

const READINGS: readonly Reading[] = ["euler", "exponential-euler", "imex-euler"];
const INVERTIBLE: readonly InvertibleScheme[] = [
  "euler",
  "backward-euler",
  "implicit-midpoint",
  "trapezoid",
  "zero-order-hold",
];

const required = (value: string | undefined): string => {
  if (value === undefined || value === "") throw new InputError("expected a value, got nothing");
  return value;
};

const without = (value: string | undefined): void => {
  if (value !== undefined) throw new InputError(`expected no value, got ${value}`);
};

const isCsv = (text: string): boolean => /\.(csv|tsv|txt)$/i.test(text);

const wordsFor = (model: Model): string => `a ${model.kind === "continuous" ? "flow" : "map"} of form ${model.form}`;

const parseDiscretize = (value: string | undefined): Applied => {
  const [name = "", ...rest] = required(value).split(",");
  const scheme = schemeName(name);
  const settings = new Map(
    rest.map((part): [string, string] => {
      const [key = "", ...setting] = part.split("=");
      return [key, setting.join("=")];
    }),
  );
  for (const key of settings.keys()) oneOf(["dt", "warp-speed"], key);
  const dt = settings.get("dt");
  if (dt === undefined) throw new InputError("expected a step, got none");
  const held = settings.get("warp-speed");
  const step = {
    scheme,
    dt: positiveNumber(dt),
    ...(held === undefined ? {} : { warpSpeed: oneOf(["secant", "pointwise"] as const, held) }),
  };
  return (model) => discretize(step)(model as LinearFlow);
};

const parseLinearize = (value: string | undefined): Applied => {
  const where = required(value);
  if (isCsv(where))
    return async (model) => linearize(await readTrajectory(where, model))(model as NonlinearModel) as Model;
  const point = operatingPoint(where);
  return (model) => linearize(point)(model as NonlinearModel) as Model;
};

const parentOfLinear = (map: LinearMap, given: string | undefined, raiseOrder: boolean, say: Say): Model => {
  const made = INVERTIBLE.find((name) => name === map.scheme);
  const scheme = given === undefined ? (made ?? "zero-order-hold") : oneOf(INVERTIBLE, given);
  const found = undiscretizeLinear({ scheme, raiseOrder })(map);
  if (found.status === "none")
    throw new InputError(
      `${found.message}${raiseOrder || scheme !== "zero-order-hold" ? "" : "; try undiscretize=log,raise-order"}`,
    );
  if (found.status === "raised") say(`undiscretize: ${found.message}`);
  return found.model;
};

const parseUndiscretize = (value: string | undefined): Applied => {
  const [name, ...rest] = value === undefined ? [] : required(value).split(",");
  for (const word of rest) oneOf(["raise-order"], word);
  const scheme = name === "log" ? "zero-order-hold" : name;
  if (scheme !== undefined) oneOf(["log", ...new Set([...READINGS, ...INVERTIBLE])], scheme);
  return (model, say) => {
    if (model.kind === "discrete" && model.form === "linear")
      return parentOfLinear(model, scheme, rest.length > 0, say);
    if (model.form !== "scheme")
      throw new InputError(`needs a map that a scheme made, or a linear map, got ${wordsFor(model)}`);
    const readAs = READINGS.find((reading) => reading === scheme);
    if (scheme !== undefined && !readAs)
      throw new InputError(
        `a nonlinear map is read as one of ${READINGS.join(", ")}, got ${name}; linearize it first, or leave ${name} out`,
      );
    return undiscretize(readAs ? { readAs } : {})(model);
  };
};

const syntaxes: Readonly<Record<string, Syntax>> = {
  rescale: {
    grammar: "rescale=SPEED",
    does: "R: everything SPEED times as fast; rescale=2",
    parse: (value) => {
      const speed = positiveNumber(required(value));
      return (model) => rescale(speed)(model);
    },
  },
  speeds: {
    grammar: "speeds=A1,A2,…",
    does: "a speed for each unit of a flow, which is no R",
    parse: (value) => {
      const speeds = positiveList(required(value));
      return (model) => rescaleUnits(speeds)(model as LinearFlow);
    },
  },
  warp: {
    grammar: "warp=FILE.csv",
    does: "a time warp from two columns: own time, time of the flow",
    parse: (value) => {
      const path = required(value);
      return async (model) => {
        const { rows } = await readNumberTable(path);
        if (rows[0]!.length !== 2) throw new InputError(`${path}: expected 2 columns, got ${rows[0]!.length}`);
        if (!isContinuous(model) || model.form === "linear" || model.form === "linear-along" || model.form === "warped")
          throw new InputError(`needs a nonlinear flow that is not warped yet, got ${wordsFor(model)}`);
        return warp({ own: rows.map((row) => row[0]!), parent: rows.map((row) => row[1]!) })(model);
      };
    },
  },
  retime: {
    grammar: "retime=SPEED",
    does: "a discrete network SPEED times as fast at the same frame rate",
    parse: (value) => {
      const speed = positiveNumber(required(value));
      return (model) => {
        if (model.form !== "scheme")
          throw new InputError(`needs a map that a scheme made, got ${wordsFor(model)}; rescale works on any`);
        return retime(speed)(model);
      };
    },
  },
  discretize: {
    grammar: "discretize=SCHEME,dt=STEP",
    does: "D: the map that a scheme makes of a flow; discretize=euler,dt=0.1",
    parse: parseDiscretize,
  },
  undiscretize: {
    grammar: "undiscretize[=SCHEME|log[,raise-order]]",
    does: "the flow of which a map is the step, under a reading of it",
    parse: parseUndiscretize,
  },
  linearize: {
    grammar: `linearize=${pointGrammar} | FILE.csv`,
    does: "L: at a point, or along a trajectory (columns t, x1, x2, …, u1, …)",
    parse: parseLinearize,
  },
  "rate-to-current": {
    grammar: "rate-to-current",
    does: "the current form of a rate network",
    parse: (value) => {
      without(value);
      return (model) => {
        if (model.form !== "rate") throw new InputError(`needs a rate network, got ${wordsFor(model)}`);
        return rateToCurrent(model);
      };
    },
  },
  "current-to-rate": {
    grammar: "current-to-rate",
    does: "the rate form of a current network",
    parse: (value) => {
      without(value);
      return (model) => {
        if (model.form !== "current") throw new InputError(`needs a current network, got ${wordsFor(model)}`);
        return currentToRate(model);
      };
    },
  },
  canonical: {
    grammar: "canonical",
    does: "the same rate network with leak and gain 1",
    parse: (value) => {
      without(value);
      return (model) => {
        if (model.form !== "rate") throw new InputError(`needs a rate network, got ${wordsFor(model)}`);
        return canonicalForm(model);
      };
    },
  },
};

/** Every operator with its grammar, for help. */
export const operatorGrammar: readonly (readonly [grammar: string, does: string])[] = Object.values(syntaxes).map(
  ({ grammar, does }) => [grammar, does],
);

const parseOperator = (argument: string): Applied => {
  const equals = argument.indexOf("=");
  const name = equals < 0 ? argument : argument.slice(0, equals);
  const syntax = Object.hasOwn(syntaxes, name) ? syntaxes[name] : undefined;
  if (!syntax) {
    const names = Object.keys(syntaxes);
    throw new InputError(
      `${argument}: unknown operator${didYouMean(name, names) || `, expected one of ${names.join(", ")}`}`,
    );
  }
  try {
    return syntax.parse(equals < 0 ? undefined : argument.slice(equals + 1));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${shown(argument)}: ${joined(error.message)}write ${syntax.grammar}`, { cause: error });
  }
};

const joined = (message: string): string => (message.endsWith("?") ? `${message} ` : `${message}; `);

const LONGEST = 48;

const shown = (argument: string): string =>
  argument.length > LONGEST ? `${argument.slice(0, LONGEST - 1)}…` : argument;

/** Names the argument in place of the library's function: "speeds=1,2: needs a flow, got a map". */
const blamed = (argument: string, error: unknown): unknown =>
  error instanceof InputError
    ? new InputError(`${shown(argument)}: ${error.message.replace(/^[a-z][A-Za-z-]*: /, "")}`, { cause: error })
    : error;

/** The model that the operators in `given` make of one, in their order. */
export const applyOperators = async (model: Model, given: readonly string[], say: Say): Promise<Model> => {
  const operators = given.map(parseOperator);
  let current = model;
  for (const [k, operator] of operators.entries()) {
    try {
      current = await operator(current, say);
    } catch (error) {
      throw blamed(given[k]!, error);
    }
  }
  return current;
};
