/** Every operator signs its work: the derived model keeps its parent and a list of what was done to it. */
import type { Model, ProvenanceStep } from "../model/model.js";

/** `model` as derived from `parent` by one more operator. */
export const derived = <M extends Model>(model: M, parent: Model, step: ProvenanceStep): M => ({
  ...model,
  parent: model.kind === "discrete" && model.form === "scheme" ? model.parent : parent,
  provenance: [...parent.provenance, step],
});
