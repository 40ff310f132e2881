export type { ModelFormat, OpenOptions, Resolve } from "./format.js";
export { readModel } from "./read-model.js";
