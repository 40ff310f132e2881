/** The outcome of verbs that make a model: a model file as JSON, and in whatever format a file's name asks for. */
import { saveModel } from "../io/files.node.js";
import { modelToJson } from "../io/model-file.js";
import type { Model } from "../model/model.js";
import { inspection, inspectionTable } from "../report/inspection.js";
import type { Outcome } from "./outcome.js";

export const modelOutcome = (model: Model): Outcome => ({
  get json() {
    return modelToJson(model);
  },
  text: (layout) => inspectionTable(model, inspection(model), layout),
  save: (path) => saveModel(path, model),
});
