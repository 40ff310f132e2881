// Builds dist/ from src/: kernels to WASM when there are any, then TypeScript, then the published JSON Schema.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const run = (script, ...args) => {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

if (existsSync(join(root, "scripts/build-kernels.mjs"))) run("scripts/build-kernels.mjs");
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
run("scripts/build-schema.mjs");
const command = join(root, "dist/cli/main.node.js");
if (existsSync(command)) chmodSync(command, 0o755);
