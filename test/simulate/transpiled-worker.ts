/** The worker of a pool as plain JavaScript in a temporary folder, since threads of Node cannot load TypeScript. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const source = join(import.meta.dirname, "../../src");

export interface TranspiledWorker {
  readonly url: URL;
  readonly remove: () => void;
}

/** Transpiles `entry`, a path within src, and every file of the project that it imports. */
export const transpiledWorker = (entry = "simulate/worker.node.ts"): TranspiledWorker => {
  const folder = mkdtempSync(join(tmpdir(), "rubato-worker-"));
  const done = new Set<string>();
  const transpile = (path: string): void => {
    if (done.has(path)) return;
    done.add(path);
    const text = readFileSync(join(source, path), "utf8");
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
    });
    const target = join(folder, path.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    for (const [, name] of outputText.matchAll(/from "(\.[^"]+)\.js"/g)) transpile(join(dirname(path), `${name}.ts`));
  };
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  transpile(entry);
  return {
    url: pathToFileURL(join(folder, entry.replace(/\.ts$/, ".js"))),
    remove: () => rmSync(folder, { recursive: true }),
  };
};
