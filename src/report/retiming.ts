/** A network at a safer step: what changed, and whether its trials end where they did. */
import type { Retiming, StepEffect } from "../commute/retimed.js";
import type { Model } from "../model/model.js";
import { searchWords } from "./fixed-points.js";
import { counted, short, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { facts, table } from "./table.js";

const row = (name: string, { scheme, dt, artefacts, lost, useOfLimit }: StepEffect, unit: string): string[] => [
  name,
  scheme,
  timed(dt, unit, 4),
  String(artefacts),
  String(lost),
  `${short(100 * useOfLimit, 3)} %`,
];

/** What retiming did as a table. */
export const retimingTable = (model: Model, result: Retiming, { width, paint }: Layout): string => {
  const { substeps, before, after, trials, search } = result;
  const unit = model.timeUnit;
  return [
    paint.bold(
      substeps === 1 && before.scheme === after.scheme
        ? `${model.name}: its step is safe as it is`
        : `${model.name}: ${substeps === 1 ? "the same step" : `${substeps} steps for one`}, ${after.scheme}`,
    ),
    ...facts([["search", `${counted(search.fixedPoints.length, "fixed point")}; ${searchWords(search)}`]], width),
    "",
    ...table(
      [
        ["", "scheme", "dt", "artefacts", "lost", "of the structural limit"].map(paint.dim),
        row("before", before, unit),
        row("after", after, unit),
      ],
      { align: ["left", "left", "right", "right", "right", "right"] },
    ),
    ...(trials === null
      ? []
      : [
          "",
          ...facts(
            [
              [
                "trials",
                `${trials.kept} of ${trials.trials} end at the same fixed point as before; ${trials.oldAsFlow} did as the flow does before, ${trials.newAsFlow} do now${trials.stopped > 0 ? `; ${trials.stopped} did not go to their end` : ""}`,
              ],
              ["apart", `last states differ by up to ${short(trials.largestDistance)}`],
            ],
            width,
          ),
        ]),
  ].join("\n");
};
