/** Controllability on one screen: ranks with their margins, what D and R did to them, and the steps that lose a direction. */
import type { Control, SystemControl } from "../analyze/control.js";
import type { Loss } from "../analyze/control-loss.js";
import type { Preservation } from "../analyze/preservation.js";
import type { Reach } from "../analyze/reach.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import type { Complex } from "../numerics/matrix.js";
import { euclideanNorm } from "../numerics/matrix.js";
import { counted, short, timed } from "./number.js";
import type { Layout, Paint } from "./paint.js";
import { facts, table, wrapped } from "./table.js";

const SHOWN = 12;

const rate = ([re, im]: Complex): string =>
  im === 0 ? short(re, 4) : `${short(re, 4)} ${im < 0 ? "-" : "+"} ${short(Math.abs(im), 4)}i`;

/** One rate, a pair of conjugates, or two of them. */
const group = (rates: readonly Complex[]): string => {
  const [first, second] = rates;
  if (first && second && first[1] !== 0 && first[0] === second[0] && first[1] === -second[1])
    return `${short(first[0], 4)} ± ${short(Math.abs(first[1]), 4)}i`;
  return rates.map(rate).join(" and ");
};

const ROUNDING = 1e-9;

/** A multiplier, without an imaginary part that is rounding. */
const multiplierWords = ([re, im]: Complex): string => rate([re, Math.abs(im) <= ROUNDING * Math.abs(re) ? 0 : im]);

const energyWords = (value: number): string => (Number.isFinite(value) ? short(value) : "more than rounding shows");

const reachRow = (
  name: string,
  of: string,
  { rank, units, verdict, margin, distance }: Reach,
  paint: Paint,
): string[] => [
  name,
  of,
  `${rank} of ${units}`,
  verdict === "full" ? paint.good(verdict) : verdict === "deficient" ? paint.bad(verdict) : paint.fair(verdict),
  short(margin, 2),
  short(distance.value, 2),
];

const systemRows = (name: string, system: SystemControl | undefined, paint: Paint): string[][] => {
  if (!system) return [];
  const rows = [reachRow(name, "reached", system.reachability, paint)];
  if (system.observability) rows.push(reachRow("", "seen", system.observability, paint));
  return rows;
};

const painted = (verdict: Preservation["verdict"], paint: Paint): string =>
  verdict === "preserved" ? paint.good(verdict) : verdict === "uncertain" ? paint.fair(verdict) : paint.bad(verdict);

const preservationFact = (what: string, { verdict, by, reason }: Preservation, paint: Paint): [string, string] => [
  what,
  `${painted(verdict, paint)}, by ${by}: ${reason}`,
];

const energyFacts = (name: string, { energy, hankel, gramian }: SystemControl): [string, string][] => {
  if (gramian.status === "unstable") return [[`energy, ${name}`, gramian.reason]];
  if (!energy) return [];
  const { easiest, hardest, readouts } = energy;
  const words = [`${short(easiest)} to the easiest unit displacement, ${energyWords(hardest)} to the hardest`];
  if (readouts)
    words.push(
      `${Array.from(readouts.subarray(0, 3), (value) => short(value)).join(", ")}${readouts.length > 3 ? ", …" : ""} to a readout of 1`,
    );
  const entries: [string, string][] = [[`energy, ${name}`, words.join("; ")]];
  if (hankel)
    entries.push([
      `Hankel, ${name}`,
      `${Array.from(hankel.subarray(0, 5), (value) => short(value)).join(", ")}${hankel.length > 5 ? ", …" : ""}`,
    ]);
  return entries;
};

const lossRow = (
  { dt, kind, rates, unreached, unseen, stable, multiplier }: Loss,
  unit: string,
  paint: Paint,
): string[] => [
  timed(dt, unit, 6),
  kind === "drive" ? "no drive" : "one multiplier",
  group(rates),
  multiplierWords(multiplier),
  unreached > 0 ? paint.bad(String(unreached)) : "0",
  unseen === undefined ? "" : unseen > 0 ? paint.bad(String(unseen)) : "0",
  stable ? "stable" : "unstable anyway",
];

const lossLines = ({ losses, scan, upTo, scheme }: Control, unit: string, { paint }: Layout): string[] => {
  const title = scheme ? schemeOf(scheme).title : "";
  if (scan) {
    const found = scan.losses.map(({ dt, rank }) => `dt = ${timed(dt, unit, 8)} (rank ${rank})`);
    return [
      `  ${title} up to dt = ${timed(upTo, unit, 4)}: ${found.length === 0 ? "no isolated step at which the rank falls was found" : `the rank falls at ${found.join(", ")}`}`,
    ];
  }
  if (!losses) return [];
  if (losses.length === 0) return [`  ${title} loses no direction at any step up to dt = ${timed(upTo, unit, 4)}`];
  const rows = [...losses].sort((a, b) => Number(b.stable) - Number(a.stable) || a.dt - b.dt).slice(0, SHOWN);
  const steady = losses.filter(({ stable }) => stable).length;
  return [
    paint.bold(
      `${title} loses a direction at ${counted(losses.length, "step")} up to dt = ${timed(upTo, unit, 4)}, ${steady} of them stable:`,
    ),
    ...table(
      [
        ["dt", "", "rates", "multiplier", "unreached", "unseen", ""].map(paint.dim),
        ...rows.map((loss) => lossRow(loss, unit, paint)),
      ],
      {
        align: ["right", "left", "left", "right", "right", "right"],
      },
    ),
    ...(losses.length > rows.length ? [`  … and ${losses.length - rows.length} more, all of them with --json`] : []),
  ];
};

/** Controllability and observability as a table. */
export const controlTable = (model: Model, result: Control, layout: Layout): string => {
  const { paint, width } = layout;
  const { flow, map, discretization, rescaling, scheme, dt, residual, atFixedPoint, point } = result;
  const unit = model.timeUnit;
  const entries: [string, string][] = [
    [
      "point",
      `${atFixedPoint ? "a fixed point" : "not a fixed point"}, |f| = ${short(residual, 2)}, |p| = ${short(euclideanNorm(point))}`,
    ],
    ["map", `${scheme ? `${schemeOf(scheme).title}, ` : ""}dt = ${timed(dt, unit)}`],
  ];
  const after: [string, string][] = [];
  if (discretization) {
    after.push(preservationFact("D, reached", discretization.reachability, paint));
    if (discretization.observability) after.push(preservationFact("D, seen", discretization.observability, paint));
  }
  after.push(preservationFact("R", rescaling, paint));
  const losses = lossLines(result, unit, layout);
  return [
    paint.bold(`${model.name}: what the input reaches and the readout sees`),
    ...facts(entries, width),
    "",
    ...table(
      [
        ["", "", "directions", "", "least margin", "distance to a loss"].map(paint.dim),
        ...systemRows("flow", flow, paint),
        ...systemRows("map", map, paint),
      ],
      { align: ["left", "left", "left", "left", "right", "right"] },
    ),
    "",
    ...facts([...after, ...(flow ? energyFacts("flow", flow) : []), ...energyFacts("map", map)], width),
    ...(losses.length > 0 ? ["", ...losses] : []),
    "",
    ...wrapped(
      "Margins and distances are relative to the size of the linear system: the least change that loses a direction. A linearization speaks of small displacements; saturating units never leave their range.",
      width - 2,
      2,
    ).map((line, k) => (k === 0 ? `  ${line}` : line)),
  ].join("\n");
};
