import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { flow, vanilla, written } from "./networks.js";
import { json, refused, rubato, scratch } from "./rubato.js";

const file = scratch();
const vanillaFile = written(file("vanilla.rubato.json"), vanilla);
const flowFile = written(file("flow.rubato.json"), flow);

describe("equations", () => {
  it("writes a network as text, LaTeX and MathML", async () => {
    const { text, latex, mathml } = await json("equations", vanillaFile);
    expect(text).toContain("φ(W h");
    expect(latex).toContain("\\phi");
    expect(mathml).toMatch(/^<math[\s\S]*<\/math>$/);
  });

  it("writes what operators make of it, with numbers if asked", async () => {
    const { text } = await json("equations", flowFile, "rescale=2", "discretize=heun,dt=0.1", "--numeric");
    expect(text).toMatch(/h.* = /);
    expect(text).toContain("0.05");
    expect(text).not.toBe((await json("equations", flowFile, "--numeric")).text);
  });

  it("prints the meaning of every letter and writes LaTeX files", async () => {
    const { out } = await rubato("equations", flowFile, "-o", file("equation.tex"), "-q");
    expect(out).toMatch(/W +recurrent weights/);
    expect(readFileSync(file("equation.tex"), "utf8")).toMatch(/^\\\[\n[\s\S]*\\\]\n$/);
  });

  it("refuses digits that a number does not have, and operators that are unknown", async () => {
    await refused(/--digits: expected at most 17 digits, got 400/, "equations", flowFile, "--digits", "400");
    await refused(/--digits: expected a whole number above 0, got 0/, "equations", flowFile, "--digits", "0");
    await refused(/rescal=2: unknown operator/, "equations", flowFile, "rescal=2");
  });
});
