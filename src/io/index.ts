export type { ModelFormat, OpenOptions, Resolve } from "./format.js";
export { modelJsonSchema } from "./model-file/json-schema.js";
export type { ModelData } from "./model-file/schema.js";
export { modelToJson, modelToText, type ParseOptions, parseModel } from "./model-file.js";
export { type NpyArray, readNpy, writeNpy, writeNpyText } from "./npy.js";
export { type NpzValue, readNpz, writeNpz } from "./npz.js";
export { readModel, type WritableFormat, writeModel } from "./read-model.js";
