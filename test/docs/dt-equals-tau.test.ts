/** Every number in docs/dt-equals-tau.md, computed again. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type Fidelity, fidelity } from "../../src/analyze/fidelity.js";
import { retimed } from "../../src/commute/retimed.js";
import { vanillaMap } from "../../src/model/build.js";
import { decisionNetwork } from "../../src/model/bundled/decision.js";
import { rolledNetwork } from "../analyze/rolled-network.js";

const document = readFileSync(resolve(import.meta.dirname, "../../docs/dt-equals-tau.md"), "utf8").replace(/\s+/g, " ");

const says = (...fragments: string[]): void => {
  for (const fragment of fragments) expect(document).toContain(fragment);
};

const pair = () =>
  vanillaMap({
    recurrentWeights: [
      [0, 2],
      [2, 0],
    ],
  });

describe("the decision network", () => {
  const network = decisionNetwork();
  const at = (dt: number): Fidelity => fidelity(network, { scheme: "euler", dt, input: [1, 1], longestCycle: 1 });
  const results = new Map([10, 100, 120].map((dt) => [dt, at(dt)]));
  const { search, structuralStep, recommendedStep } = results.get(10)!;

  test("has two decisions and a saddle", () => {
    expect(search.fixedPoints.map(({ type }) => type)).toEqual(["stable node", "stable node", "saddle"]);
    expect(search.fixedPoints[2]!.unstableRates).toBe(1);
    const tau = Array.from(network.timeConstants).sort((a, b) => a - b);
    says(`${network.units / 2} units`, `from ${tau[0]!.toFixed(1)} to ${tau.at(-1)!.toFixed(0)} ms`);
    says("10 ms, less than a fifth of the shortest time constant");
    expect(10).toBeLessThan(tau[0]! / 5);
  });

  test("loses damping at 100 ms and stability at 120 ms", () => {
    const flow = -1 / search.fixedPoints[0]!.rates![0]![0];
    says(`${flow.toFixed(0)} ms in the flow`);
    for (const [dt, { points }] of results) {
      const { modes } = points[0]!;
      const settles = -1 / modes[0]!.effectiveRate[0];
      const artefacts = new Set(points.map((point) => point.artefacts));
      expect(artefacts.size).toBe(1);
      says(
        `| ${dt} ms | ${modes.at(-1)!.multiplier[0].toFixed(3)} | ${settles.toFixed(0)} ms | ${[...artefacts][0]} |`,
      );
    }
    const settlesAt = (dt: number) => -1 / results.get(dt)!.points[0]!.modes[0]!.effectiveRate[0];
    says(`relaxes ${(100 * (flow / settlesAt(10) - 1)).toFixed(0)} % too fast`);
    says(`settles in ${settlesAt(100).toFixed(0)} ms instead of ${flow.toFixed(0)} ms`, "off by a third");
    expect(settlesAt(100) / flow).toBeCloseTo(2 / 3, 1);
  });

  test("has a limit, and a step that is accurate", () => {
    says(`The limit is ${structuralStep.euler!.toFixed(1)} ms`);
    says(`right to 10 % the step must not exceed ${recommendedStep.euler!.toFixed(1)} ms`);
    const limits = results
      .get(10)!
      .search.fixedPoints.map(({ rates }) => Math.min(...rates!.filter(([re]) => re < 0).map(([re]) => -2 / re)));
    expect(Math.max(...limits) / Math.min(...limits)).toBeLessThan(1.01);
  });
});

describe("three and four units", () => {
  const analyzed = (n: number) => fidelity(rolledNetwork(n), { starts: 400 });
  const counts = ({ search }: Fidelity) => ({
    all: search.fixedPoints.length,
    ofFlow: search.fixedPoints.filter((p) => p.unstableRates === 0).length,
    ofMap: search.fixedPoints.filter((p) => p.unstableMultipliers === 0).length,
  });
  const lost = ({ search }: Fidelity) =>
    search.fixedPoints.find((p) => p.unstableRates === 0 && p.unstableMultipliers! > 0)!;
  const least = (result: Fidelity) => Math.min(...lost(result).multipliers!.map(([re]) => re)).toFixed(4);
  const limit = (result: Fidelity) => lost(result).maxStableStep!.euler!.toFixed(4);

  test("four units: attractors of the flow that the map does not have", () => {
    const four = analyzed(4);
    const { all, ofFlow, ofMap } = counts(four);
    says(`It has ${all} fixed points`, `flow ${ofFlow} of them are attractors`, `only ${ofMap} are`);
    says(`have the multiplier ${least(four)}`, `step of ${limit(four)} τ`);
    says(`too long by ${(100 * (1 / Number(limit(four)) - 1)).toFixed(1)} %`);
    const saddles = four.search.fixedPoints.filter(({ type }) => type === "saddle");
    says(`All ${saddles.length} saddles have one unstable direction more`);
    for (const { unstableRates, unstableMultipliers } of saddles) expect(unstableMultipliers).toBe(unstableRates! + 1);
    expect(four.cycles.some(({ attracting }) => attracting)).toBe(true);
  });

  test("three units: none is left", () => {
    const three = analyzed(3);
    expect(counts(three)).toEqual({ all: 3, ofFlow: 2, ofMap: 0 });
    says(`with the multiplier ${least(three)} and the limit ${limit(three)} τ`);
  });
});

describe("two units that excite each other", () => {
  const euler = fidelity(pair(), { starts: 64 });
  const [s] = euler.search.fixedPoints[0]!.state;
  const size = Math.abs(s!).toFixed(4);

  test("the saddle sets the step", () => {
    const { maxStableStep } = euler.search.fixedPoints[0]!;
    says(`attractors at ±(${size}, ${size})`, `step of ${maxStableStep!.euler!.toFixed(3)} τ`);
    says(`λ = ${euler.points[2]!.modes[1]!.rate[0].toFixed(0)}/τ`);
    says(`beyond ${euler.structuralStep.euler!.toFixed(3)} τ`, `(${size}, -${size}) and (-${size}, ${size})`);
    expect(euler.cycles.filter(({ attracting }) => attracting)).toHaveLength(1);
  });

  test("Heun has a ghost", () => {
    const { ghosts } = fidelity(pair(), { scheme: "heun", starts: 64, longestCycle: 1 });
    const ghost = ghosts.find(({ attracting }) => attracting)!;
    says(`at (${size}, -${size}) where the flow's speed is ${ghost.field.toFixed(3)} / τ`);
    expect(ghost.atHalfStep).toBeNull();
  });
});

test("retimed, all of them do as their flow does", () => {
  const three = retimed(rolledNetwork(3));
  const four = retimed(rolledNetwork(4));
  says(`of ${four.trials!.trials} trials on the four units ${four.trials!.oldAsFlow} end where the flow ends`);
  says(`on three units ${three.trials!.oldAsFlow}.`);
  for (const { substeps, after, trials } of [retimed(pair()), three, four]) {
    says(`it takes ${substeps} steps for one`, `${trials!.newAsFlow} of ${trials!.trials} trials end where`);
    expect(after.artefacts).toBe(0);
  }
});
