/** The JSON Schema of model files, derived from the schema that reads them. */
import { toJsonSchema } from "@valibot/to-json-schema";
import {
  activationSchema,
  gateSchema,
  listSchema,
  matrixSchema,
  modelSchema,
  provenanceSchema,
  readoutSchema,
  referenceSchema,
  vectorSchema,
  weightsSchema,
} from "./schema.js";

/** The schema that is published as `schema/rubato-1.schema.json`. */
export const modelJsonSchema = (): Readonly<Record<string, unknown>> => ({
  title: "Rubato model file, version 1",
  ...toJsonSchema(modelSchema, {
    target: "draft-2020-12",
    definitions: {
      model: modelSchema,
      reference: referenceSchema,
      matrix: matrixSchema,
      vector: vectorSchema,
      list: listSchema,
      weights: weightsSchema,
      readout: readoutSchema,
      activation: activationSchema,
      gate: gateSchema,
      provenance: provenanceSchema,
    },
  }),
});
