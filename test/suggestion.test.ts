import { expect, it } from "vitest";
import { didYouMean, nearestName } from "../src/suggestion.js";

const known = ["identity", "tan", "tanh", "sigmoid", "softsign"];

it.each([
  ["tahn", "tanh"],
  ["TANH", "tanh"],
  ["sigmod", "sigmoid"],
  ["soft-sign", "softsign"],
  ["x", undefined],
  ["quadratic", undefined],
  ["", undefined],
  ["z".repeat(1e6), undefined],
])("the nearest name to %.20s is %s", (given, nearest) => {
  expect(nearestName(given, known)).toBe(nearest);
});

it("an error text asks, or says nothing", () => {
  expect(didYouMean("sigmod", known)).toBe(', did you mean "sigmoid"?');
  expect(didYouMean("quadratic", known)).toBe("");
});
