import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { openModel, saveModel, writeFileAtomically } from "../../src/io/files.node.js";
import { writeNpz } from "../../src/io/index.js";
import { leakyMap } from "../../src/model/build.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rubato-files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const model = leakyMap({
  name: "net",
  alpha: 0.3,
  recurrentWeights: [
    [0.1, -0.7],
    [1.3, -0],
  ],
  inputWeights: [[1], [2]],
});

const refused = async (promise: Promise<unknown>, message: string): Promise<void> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toContain(message);
};

describe("a model on disk", () => {
  it.each(["net.rubato.json", "net.json", "net.npz"])("is the same when it comes back from %s", async (name) => {
    await saveModel(join(folder, name), model);
    expect(await openModel(join(folder, name))).toStrictEqual(model);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it("may have its arrays in a file beside it", async () => {
    writeFileSync(join(folder, "w.npz"), writeNpz({ W: { data: [0.5], shape: [1, 1] } }));
    const path = join(folder, "net.json");
    const text = '{"rubato":1,"kind":"continuous","form":"rate","recurrentWeights":{"npz":"w.npz","key":"W"}}';
    writeFileSync(path, text);
    expect(await openModel(path)).toMatchObject({ units: 1 });
    rmSync(join(folder, "w.npz"));
    await refused(openModel(path), "w.npz: no such file");
  });

  it("is refused by path where it cannot be read", async () => {
    await refused(openModel(join(folder, "none.json")), "none.json: no such file");
    await refused(openModel(folder), `${folder}: expected a file, got a directory`);
    writeFileSync(join(folder, "plain"), "x");
    await refused(openModel(join(folder, "plain", "net.json")), "net.json: no such folder");
    await refused(openModel("a\0b"), "not a valid path");
  });

  it("is refused by path where it cannot be written, and what was there stays", async () => {
    await refused(saveModel(join(folder, "net.h5"), model), "expected a name that ends in .rubato.json, .json or .npz");
    await refused(saveModel(join(folder, "none", "net.json"), model), "no such file");
    mkdirSync(join(folder, "taken.json"));
    await refused(saveModel(join(folder, "taken.json"), model), "taken.json: ");
    expect(readdirSync(folder)).toEqual(["taken.json"]);
  });

  it("is replaced as a whole", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "old");
    await writeFileAtomically(path, new TextEncoder().encode("new"));
    expect(readFileSync(path, "utf8")).toBe("new");
  });
});
