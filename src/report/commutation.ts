/**
 * Certificates on one screen: where and with what they were made, one row for each pair and scheme, and every reason once.
 *
 * Schemes with the same verdict for the same reason share a row where they agree; where they differ each has its own,
 * with the measured defect beside what theory says about it.
 */
import type { Bound, Certificate, Verdict } from "../commute/certificate.js";
import type { Commutation } from "../commute/commute.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { short, timed } from "./number.js";
import type { Layout, Paint } from "./paint.js";
import { facts, table, wrapped } from "./table.js";

/** A verdict in its color. */
export const paintedVerdict = (verdict: Verdict, paint: Paint): string =>
  verdict === "exact" ? paint.good(verdict) : verdict === "conditional" ? paint.fair(verdict) : paint.bad(verdict);

/** The pair, and whether both sides keep the frame rate rather than the step in units of the dynamics. */
const subjectOf = ({ operators, claim }: Certificate): string =>
  operators.length === 3 ? "R–D–L" : `${operators.join("–")}${claim.includes("^") ? ", same frames" : ""}`;

/** The reason without the name of the scheme, so that schemes with the same reason meet. */
const reasonOf = ({ condition, scheme }: Certificate): string =>
  scheme === null ? condition : condition.replaceAll(schemeOf(scheme).title, "the scheme");

interface Group {
  readonly subject: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly remedy: string | null;
  readonly members: readonly Certificate[];
}

const remedyOf = ({ remedy, scheme }: Certificate): string | null =>
  remedy === null || scheme === null ? remedy : remedy.replace(` ${scheme} on both`, " the same scheme on both");

const grouped = (certificates: readonly Certificate[]): Group[] => {
  const groups = new Map<string, Group>();
  for (const certificate of certificates) {
    const subject = subjectOf(certificate);
    const reason = reasonOf(certificate);
    const key = [subject, certificate.verdict, reason].join("\n");
    const members = [...(groups.get(key)?.members ?? []), certificate];
    groups.set(key, { subject, verdict: certificate.verdict, reason, remedy: remedyOf(certificate), members });
  }
  return [...groups.values()];
};

/** A bound in a few characters: = exactly, <= never more, ~ to first order. */
export const boundWords = ({ value, kind }: Bound): string => {
  if (kind === "zero") return "0";
  if (kind === "none" || value === null) return "none";
  const sign = { identity: "=", rigorous: "<=", "leading-order": "~" }[kind];
  return `${sign} ${short(value)}`;
};

const range = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return short(low) === short(high) ? short(high) : `${short(low, 2)} … ${short(high, 2)}`;
};

const schemeList = (members: readonly Certificate[], all: number): string => {
  const names = members.map(({ scheme }) => scheme ?? "any");
  if (names.length === 1) return names[0]!;
  return names.length === all ? `all ${all} schemes` : names.join(", ");
};

/** Schemes in a cell, several lines where they are many. */
const rowsOf = ({ subject, verdict, members }: Group, all: number, { paint, width }: Layout): string[][] => {
  const trajectory = members.flatMap(({ defect }) => (defect.trajectory === null ? [] : [defect.trajectory]));
  const defects = members.map(({ defect }) => defect.operator);
  const apart = verdict === "fails" && members.length > 1 && subject.length === "R–D".length;
  if (apart)
    return members.map(({ scheme, defect, bound }) => [
      subject,
      scheme ?? "any",
      paintedVerdict(verdict, paint),
      short(defect.operator),
      boundWords(bound),
      defect.trajectory === null ? "" : short(defect.trajectory, 2),
    ]);
  const [first = "", ...rest] = wrapped(schemeList(members, all), Math.max(24, width - 68));
  return [
    [
      subject,
      first,
      paintedVerdict(verdict, paint),
      verdict === "fails" ? range(defects) : short(Math.max(...defects), 2),
      members.length === 1 || verdict !== "fails" ? boundWords(members[0]!.bound) : "",
      trajectory.length > 0 ? short(Math.max(...trajectory), 2) : "",
    ],
    ...rest.map((line) => ["", line]),
  ];
};

/** What each pair's verdicts rest on, every sentence once. */
const reasons = (groups: readonly Group[], { width, paint }: Layout): string[] => {
  const said = new Set<string>();
  return groups.flatMap(({ subject, verdict, reason, remedy }) => {
    if (subject === "R–D–L") return [];
    const sentence = `${reason}${remedy === null ? "" : `. To mend it: ${remedy}`}`;
    if (said.has(sentence)) return [];
    said.add(sentence);
    return wrapped(`${subject} ${paintedVerdict(verdict, paint)}: ${sentence}.`, width - 4, 4).map(
      (line) => `  ${line}`,
    );
  });
};

/** Which of the six orders agree, schemes with the same classes together. */
const classLines = (certificates: readonly Certificate[], all: number, { width }: Layout): string[] => {
  const byClasses = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    if (!certificate.classes) continue;
    const key =
      certificate.classes.length === 1
        ? "all six orders of R, D and L give the same model"
        : `the six orders give ${certificate.classes.length} models, ${certificate.classes.map((group) => group.join(" = ")).join(" | ")}`;
    byClasses.set(key, [...(byClasses.get(key) ?? []), certificate]);
  }
  return [...byClasses].flatMap(([words, members], k) => {
    const others = k > 0 && k === byClasses.size - 1 && members.length > 1;
    const names = others ? `the other ${members.length} schemes` : schemeList(members, all);
    return wrapped(`R–D–L: ${words} (${names}).`, width - 4, 4).map((line) => `  ${line}`);
  });
};

/** Facts about the comparison: operating point, speed, steps. */
const commutationFacts = (model: Model, result: Commutation): [string, string][] => {
  const { residual, atFixedPoint, speed, dt, stepAfterRescale } = result;
  const aligned = Math.abs(stepAfterRescale * speed - dt) <= 1e-12 * dt;
  const size = Math.hypot(...result.point);
  const input = result.input.some((u) => u !== 0)
    ? `, input ${Array.from(result.input, (u) => short(u)).join(", ")}`
    : "";
  return [
    [
      "point",
      `${atFixedPoint ? "a fixed point" : "no fixed point"}, |f| = ${short(residual)}, |p| = ${short(size)}${input}`,
    ],
    ["R", `speed ${short(speed, 6)}`],
    [
      "D",
      `dt = ${timed(dt, model.timeUnit)}, after R ${timed(stepAfterRescale, model.timeUnit)}${aligned ? " = dt / speed" : `, not dt / speed = ${timed(dt / speed, model.timeUnit)}`}`,
    ],
  ];
};

/** The certificates of a model as a table. */
export const commutationTable = (model: Model, result: Commutation, layout: Layout): string => {
  const { width, paint } = layout;
  const { certificates } = result;
  const all = new Set(certificates.flatMap(({ scheme }) => (scheme === null ? [] : [scheme]))).size;
  const groups = grouped(certificates);
  const header = ["pair", "scheme", "verdict", "defect", "theory", "trajectory"].map(paint.dim);
  const rows = groups.filter(({ subject }) => subject !== "R–D–L").flatMap((group) => rowsOf(group, all, layout));
  return [
    paint.bold(`${model.name}: do R, D and L commute?`),
    ...facts(commutationFacts(model, result), width),
    "",
    ...table([header, ...rows], { align: ["left", "left", "left", "right", "left", "right"] }),
    "",
    ...reasons(groups, layout),
    ...classLines(certificates, all, layout),
  ].join("\n");
};
