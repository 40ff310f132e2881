/** What the time step does, on one screen: modes that it changes, the steps that would not, and orbits of the step alone. */
import type { Fidelity, PointFidelity } from "../analyze/fidelity.js";
import type { ModeFidelity } from "../analyze/mode-fidelity.js";
import type { Model } from "../model/model.js";
import { complexWords, searchWords, typeWords } from "./fixed-points.js";
import { counted, short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { facts, table, wrapped } from "./table.js";

const SHOWN = 16;

const worst = (modes: readonly ModeFidelity[], error: (mode: ModeFidelity) => number): number =>
  modes.reduce((largest, mode) => Math.max(largest, Math.abs(error(mode)) / Math.hypot(...mode.rate)), 0);

const percent = (value: number): string => (value > 9.995 ? "> 999 %" : `${short(100 * value, 3)} %`);

const pointRow = (
  { search }: Fidelity,
  { index, artefacts, lost, modes }: PointFidelity,
  { paint }: Layout,
): string[] => {
  const point = search.fixedPoints[index]!;
  const [slowest] = modes;
  return [
    String(index),
    typeWords(point, paint),
    artefacts > 0 ? paint.bad(String(artefacts)) : "0",
    lost > 0 ? paint.bad(String(lost)) : "0",
    slowest ? complexWords(slowest.rate) : "",
    slowest ? complexWords(slowest.multiplier) : "",
    slowest ? percent(worst([slowest], ({ dampingError }) => dampingError)) : "",
    percent(worst(modes, ({ dampingError }) => dampingError)),
    percent(worst(modes, ({ frequencyError }) => frequencyError)),
  ];
};

const verdict = ({ points, step }: Fidelity, unit: string): string => {
  const artefacts = points.reduce((sum, point) => sum + point.artefacts, 0);
  const lost = points.reduce((sum, point) => sum + point.lost, 0);
  const by = `${step.scheme} with dt = ${timed(step.dt, unit)}`;
  if (artefacts === 0 && lost === 0) return `${by} keeps the stability of every mode of every fixed point.`;
  const where = points.filter((point) => point.artefacts + point.lost > 0).length;
  return `${by} changes the stability of ${counted(artefacts + lost, "mode")} at ${counted(where, "fixed point")}: ${artefacts} unstable in the map only (artefacts), ${lost} unstable in the flow only (lost).`;
};

const spuriousLines = ({ cycles, ghosts, points }: Fidelity, { paint }: Layout): string[] => {
  const branching = points.filter(({ implicit }) => implicit && implicit.next.length > 1);
  return [
    ...cycles.map(
      ({ period, attracting, states }) =>
        `  ${paint.bad("cycle")} of period ${period}, ${attracting ? "attracting" : "not attracting"}, states ${short(Math.hypot(...states[0]!.map((v, i) => v - states[1]![i]!)))} apart`,
    ),
    ...ghosts.map(
      ({ field, attracting, atHalfStep }) =>
        `  ${paint.bad("ghost")} where |f| = ${short(field)}, ${attracting ? "attracting" : "not attracting"}, ${atHalfStep ? `at half the step |f| = ${short(atHalfStep.field)}` : "gone at half the step"}`,
    ),
    ...branching.map(
      ({ index, implicit }) =>
        `  ${paint.bad("implicit step")} from point ${index} has ${implicit!.next.length} solutions (h nu = ${short(implicit!.stiffness)})`,
    ),
  ];
};

/** Fidelity of a map to its flow as a table. */
export const fidelityTable = (model: Model, result: Fidelity, layout: Layout): string => {
  const { width, paint } = layout;
  const { points, structuralStep, recommendedStep, search } = result;
  const unit = model.timeUnit;
  const spurious = spuriousLines(result, layout);
  const header = [
    "",
    "type",
    "artefacts",
    "lost",
    "slowest rate",
    "multiplier",
    "damping",
    "worst damping",
    "frequency",
  ];
  return [
    paint.bold(`${model.name}: what the time step does`),
    ...wrapped(verdict(result, unit), width - 2, 2).map((line, k) => (k === 0 ? `  ${line}` : line)),
    ...facts([["search", searchWords(search)]], width),
    "",
    ...table([header.map(paint.dim), ...points.slice(0, SHOWN).map((point) => pointRow(result, point, layout))], {
      align: ["right", "left", "right", "right", "right", "right", "right", "right", "right"],
    }),
    ...(points.length > SHOWN ? [`  … and ${points.length - SHOWN} more, all of them with --json`] : []),
    "",
    ...table([
      ["scheme", "every stable mode stays stable up to", "wanted accuracy up to"].map(paint.dim),
      ...Object.entries(structuralStep).map(([scheme, limit]) => [
        scheme,
        Number.isFinite(limit) ? `dt = ${timed(limit, unit, 4)}` : "any dt",
        recommendedStep[scheme as keyof typeof recommendedStep] === null
          ? "not known"
          : `dt = ${timed(recommendedStep[scheme as keyof typeof recommendedStep]!, unit, 4)}`,
      ]),
    ]),
    "",
    ...(spurious.length > 0
      ? spurious
      : ["  no cycles of short period, ghosts or ambiguous implicit steps were found"]),
    ...wrapped(
      "Errors are of ln(multiplier) / dt against the rate, relative to |rate|. All of this holds near fixed points and protects no basin and no trajectory far from them.",
      width - 2,
      2,
    ).map((line, k) => (k === 0 ? `  ${line}` : line)),
  ].join("\n");
};
