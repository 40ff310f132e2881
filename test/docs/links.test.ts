/**
 * Documents do not point at nothing: every link to a file, every anchor, and the name of every test that a link quotes
 * in its title.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(file, "utf8");

const markdownIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? markdownIn(join(folder, entry.name))
      : entry.name.endsWith(".md")
        ? [join(folder, entry.name)]
        : [],
  );

const documents = [...markdownIn(join(root, "docs")), ...["README.md"].map((f) => join(root, f)).filter(existsSync)];

/** Without code, whose brackets are no links. */
const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "code");

interface Link {
  readonly target: string;
  readonly title?: string;
}

const INLINE = /\]\(([^()\s]+)(?:\s+"([^"]*)")?\)/g;
const DEFINITION = /^\[([^\]]+)\]: (\S+)(?: (?:"([^"]*)"|'([^']*)'))?$/gm;

const definitionsIn = (text: string): ReadonlyMap<string, Link> =>
  new Map(
    [...text.matchAll(DEFINITION)].map(([, name, target, double, single]) => {
      const title = double ?? single;
      return [name!.toLowerCase(), { target: target!, ...(title === undefined ? {} : { title }) }];
    }),
  );

const linksIn = (text: string): Link[] => [
  ...[...withoutCode(text).matchAll(INLINE)].map(([, target, title]) => ({
    target: target!,
    ...(title === undefined ? {} : { title }),
  })),
  ...definitionsIn(text).values(),
];

/** The anchors of a document, as GitHub makes them from its headings. */
const anchorsIn = (text: string): Set<string> => {
  const found = new Set<string>();
  for (const [, heading] of text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.*)$/gm)) {
    const slug = heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replace(/ /g, "-");
    let anchor = slug;
    for (let n = 1; found.has(anchor); n++) anchor = `${slug}-${n}`;
    found.add(anchor);
  }
  return found;
};

const isElsewhere = (target: string): boolean => /^[a-z]+:/i.test(target);

/** What is wrong with a link, if anything. */
const fault = (document: string, { target, title }: Link): string | undefined => {
  if (isElsewhere(target)) return undefined;
  const [path, anchor] = target.split("#") as [string, string?];
  const file = path === "" ? document : resolve(dirname(document), decodeURIComponent(path));
  if (relative(root, file).startsWith("..")) return `${target} leaves the repository`;
  if (!existsSync(file)) return `${target}: no such file`;
  if (anchor !== undefined && file.endsWith(".md") && !anchorsIn(read(file)).has(anchor))
    return `${target}: no such heading`;
  if (file.endsWith(".test.ts") && title === undefined) return `${target}: names no test`;
  if (title !== undefined && statSync(file).isFile() && file.endsWith(".ts") && !read(file).includes(title))
    return `${target}: no test called "${title}"`;
  return undefined;
};

describe.each(documents.map((file) => [relative(root, file), file] as const))("%s", (_, file) => {
  it("has links that lead somewhere", () => {
    expect(linksIn(read(file)).flatMap((link) => fault(file, link) ?? [])).toEqual([]);
  });

  it("defines every reference that it uses, and uses every one that it defines", () => {
    const text = withoutCode(read(file));
    const defined = new Set(definitionsIn(read(file)).keys());
    const used = new Set([...text.matchAll(/\]\[([^\]]+)\]/g)].map(([, name]) => name!.toLowerCase()));
    expect([...used].filter((name) => !defined.has(name))).toEqual([]);
    expect([...defined].filter((name) => !used.has(name))).toEqual([]);
  });
});

describe("the check itself", () => {
  const theory = join(root, "docs/theory.md");

  it("sees the links of the theory", () => {
    expect(linksIn(read(theory)).length).toBeGreaterThan(80);
  });

  it.each([
    ["a missing file", { target: "missing.md" }],
    ["a missing heading", { target: "#no-such-heading" }],
    ["a test that does not exist", { target: "../test/docs/links.test.ts", title: ["no", "such", "name"].join(" ") }],
    ["a test file without a name", { target: "../test/docs/links.test.ts" }],
    ["a path out of the repository", { target: "../../elsewhere.md" }],
  ])("refuses %s", (_, link) => {
    expect(fault(theory, link)).toBeDefined();
  });
});
