/** Lyapunov exponents as a table. */
import type { Exponents, Lyapunov } from "../analyze/lyapunov-exponents.js";
import type { Model } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { short, timed } from "./number.js";
import type { Layout, Paint } from "./paint.js";
import { facts, table } from "./table.js";

const SHOWN = 16;

const verdictWords = ({ verdict, exponents, standardErrors, dimension, entropy }: Exponents, paint: Paint): string => {
  const largest = `largest ${short(exponents[0], 4)} ± ${short(standardErrors[0], 2)}`;
  const size = dimension === undefined ? "dimension needs more exponents" : `dimension ${short(dimension, 4)}`;
  if (verdict === "chaotic") return `${paint.bad("chaotic")}: ${largest}; ${size}; entropy at most ${short(entropy)}`;
  if (verdict === "stable") return `${paint.good("stable")}: ${largest}`;
  return `${paint.fair("undecided")}: ${largest} cannot be told from 0, as on a cycle; try a longer --time`;
};

const entriesOf = (name: string, found: Exponents | undefined, unit: string, paint: Paint): [string, string][] => {
  if (!found) return [];
  const { scheme, dt, time, message } = found;
  const how = `${scheme ? `${schemeOf(scheme).title}, ` : ""}dt = ${timed(dt, unit)}, over ${timed(time, unit)}`;
  return [[name, message ? `${how}; stopped: ${message}` : `${how}; ${verdictWords(found, paint)}`]];
};

const cell = (found: Exponents | undefined, i: number): string[] =>
  found && i < found.exponents.length
    ? [short(found.exponents[i], 4), `± ${short(found.standardErrors[i], 2)}`]
    : ["", ""];

/** Exponents of flow and map side by side. */
export const lyapunovTable = (model: Model, { flow, map }: Lyapunov, { width, paint }: Layout): string => {
  const count = Math.max(flow?.exponents.length ?? 0, map?.exponents.length ?? 0);
  const shown = Math.min(SHOWN, count);
  return [
    paint.bold(`${model.name}: Lyapunov exponents, per ${model.timeUnit}`),
    ...facts(
      [...entriesOf("flow", flow, model.timeUnit, paint), ...entriesOf("map", map, model.timeUnit, paint)],
      width,
    ),
    "",
    ...table(
      [
        ["", ...(flow ? ["flow", ""] : []), ...(map ? ["map", ""] : [])].map(paint.dim),
        ...Array.from({ length: shown }, (_, i) => [
          String(i + 1),
          ...(flow ? cell(flow, i) : []),
          ...(map ? cell(map, i) : []),
        ]),
      ],
      { align: ["right", "right", "left", "right", "left"] },
    ),
    ...(count > shown ? [`  … and ${count - shown} more, all of them with --json`] : []),
  ].join("\n");
};
