/** The fields of each form in a model file, as the settings of its maker. */
import {
  checkedMatrix,
  checkedVector,
  currentModel,
  equationsModel,
  type GateSettings,
  gruModel,
  type LstmSettings,
  type NetworkSettings,
  rateModel,
} from "../../model/build.js";
import { parsedEquations } from "../../model/forms/equations.js";
import type { CurrentModel, EquationsModel, GruModel, RateModel, Readout } from "../../model/model.js";
import { lowRank, signed, type Weights } from "../../model/weights.js";
import type { Matrix } from "../../numerics/matrix.js";
import { within } from "../subject.js";
import { type FindArray, listOf, matrixOf, vectorOf } from "./numbers.js";
import type { ModelData, ReadoutData, WeightsData } from "./schema.js";

/** What a file's data do not say by themselves. */
export interface Context {
  /** The name of models that have none. */
  readonly name: string;
  readonly find: FindArray;
}

type FormData<F extends ModelData["form"]> = Extract<ModelData, { form: F }>;

/** `read`, its messages starting with `field.`. */
export const inside = <T>(field: string, read: () => T): T => within(field, read, ".");

type Present<T, K extends keyof T, R> = { [key in K as undefined extends T[key] ? never : key]: R } & {
  [key in K as undefined extends T[key] ? key : never]?: R;
};

/** Fields of `data` after `read`; what is absent stays absent. */
export const picked = <T extends object, const K extends keyof T & string, R>(
  data: T,
  keys: readonly K[],
  read: (field: string, value: Exclude<T[K], undefined>, find: FindArray) => R,
  { find }: Context,
): Present<T, K, R> => {
  const entries = keys.flatMap((key) =>
    data[key] === undefined ? [] : [[key, read(key, data[key] as Exclude<T[K], undefined>, find)] as const],
  );
  return Object.fromEntries(entries) as Present<T, K, R>;
};

const weightsOf = (data: WeightsData, { find }: Context): Matrix | Weights => {
  if (Array.isArray(data) || "npz" in data) return matrixOf("recurrentWeights", data, find);
  if ("left" in data)
    return lowRank(
      matrixOf("recurrentWeights.left", data.left, find),
      matrixOf("recurrentWeights.right", data.right, find),
    );
  const magnitudes = matrixOf("recurrentWeights.magnitudes", data.magnitudes, find);
  const signs = listOf("recurrentWeights.signs", data.signs, find);
  return signed(magnitudes, checkedVector("recurrentWeights.signs", signs, magnitudes.cols));
};

/** A readout of `units` units. */
export const readoutFrom = (data: ReadoutData, units: number, context: Context): Readout =>
  inside("readout", () => {
    const { weights: C, bias } = {
      ...picked(data, ["weights"], matrixOf, context),
      ...picked(data, ["bias"], listOf, context),
    };
    return {
      weights: checkedMatrix("weights", C, C.rows, units),
      bias: checkedVector("bias", bias ?? 0, C.rows),
      of: data.of ?? "state",
    };
  });

const networkSettings = (data: FormData<"rate" | "current">, context: Context): NetworkSettings => ({
  recurrentWeights: weightsOf(data.recurrentWeights, context),
  ...picked(data, ["inputWeights"], matrixOf, context),
  ...picked(data, ["bias"], listOf, context),
  ...picked(data, ["timeConstants", "leak"], vectorOf, context),
  ...(data.activation === undefined
    ? {}
    : { activation: data.activation as NonNullable<NetworkSettings["activation"]> }),
});

const gateOf = (field: string, data: FormData<"gru">["updateGate"], context: Context): GateSettings =>
  inside(field, () => ({
    ...picked(data, ["input", "recurrent"], matrixOf, context),
    ...picked(data, ["bias"], listOf, context),
  }));

const gruOf = (data: FormData<"gru">, context: Context) =>
  gruModel({
    ...picked(data, ["timeConstants"], vectorOf, context),
    reset: data.reset,
    updateGate: gateOf("updateGate", data.updateGate, context),
    resetGate: gateOf("resetGate", data.resetGate, context),
    candidate: {
      ...gateOf("candidate", data.candidate, context),
      ...inside("candidate", () => picked(data.candidate, ["recurrentBias"], listOf, context)),
    },
  });

const equationsOf = (data: FormData<"equations">, context: Context) => {
  const model = equationsModel({
    variables: data.variables,
    equations: data.equations,
    inputNames: data.inputNames ?? [],
    parameters: data.parameters ?? {},
    ...picked(data, ["timeConstants"], vectorOf, context),
  });
  within("equations", () => parsedEquations(model));
  return model;
};

/** The settings of an affine flow or map. */
export const affineSettings = (data: FormData<"linear">, context: Context) => ({
  ...picked(data, ["stateMatrix", "inputMatrix"], matrixOf, context),
  ...picked(data, ["offset", "point", "inputPoint"], listOf, context),
});

/** The settings of a long short-term memory. */
export const lstmSettings = (data: FormData<"lstm">, context: Context): LstmSettings => ({
  inputGate: gateOf("inputGate", data.inputGate, context),
  forgetGate: gateOf("forgetGate", data.forgetGate, context),
  cellGate: gateOf("cellGate", data.cellGate, context),
  outputGate: gateOf("outputGate", data.outputGate, context),
});

/** The flow of a network, gated unit or system of equations, without what all models share. */
export const plainFlow = (
  data: FormData<"rate" | "current" | "gru" | "equations">,
  context: Context,
): RateModel | CurrentModel | GruModel | EquationsModel => {
  switch (data.form) {
    case "rate":
      return rateModel({ ...networkSettings(data, context), ...picked(data, ["gain"], vectorOf, context) });
    case "current":
      return currentModel(networkSettings(data, context));
    case "gru":
      return gruOf(data, context);
    case "equations":
      return equationsOf(data, context);
  }
};
