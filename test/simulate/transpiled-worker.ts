/** Modules of src as plain JavaScript in a temporary folder, for threads and browsers, which cannot load TypeScript. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const source = join(import.meta.dirname, "../../src");

export interface TranspiledWorker {
  /** The first entry. */
  readonly url: URL;
  readonly folder: URL;
  readonly remove: () => void;
}

/** Transpiles `entries`, paths within src, and every file of the project that they import. */
export const transpiledWorker = (...entries: readonly [string, ...string[]]): TranspiledWorker => {
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
  entries.forEach(transpile);
  return {
    url: pathToFileURL(join(folder, entries[0].replace(/\.ts$/, ".js"))),
    folder: pathToFileURL(`${folder}/`),
    remove: () => rmSync(folder, { recursive: true }),
  };
};
