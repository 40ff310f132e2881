// Writes schema/rubato-1.schema.json from the built schema of model files.
// Usage: node scripts/build-schema.mjs [DIST]
import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = resolve(process.argv[2] ?? join(root, "dist"));
const { modelJsonSchema } = await import(pathToFileURL(join(dist, "io/model-file/json-schema.js")).href);
writeFileSync(join(root, "schema/rubato-1.schema.json"), `${JSON.stringify(modelJsonSchema(), null, 2)}\n`);
