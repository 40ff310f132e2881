/** The demonstration on one screen: a network, which of R, D and L commute on it, and what breaks that. */
import type { Control } from "../analyze/control.js";
import type { Noise } from "../analyze/noise.js";
import type { Certificate } from "../commute/certificate.js";
import type { Commutation } from "../commute/commute.js";
import { schemeOf } from "../model/scheme/schemes.js";
import type { Simulation } from "../simulate/simulate.js";
import { boundWords, paintedVerdict } from "./commutation.js";
import type { Inspection } from "./inspection.js";
import { short, span, timed } from "./number.js";
import type { Layout } from "./paint.js";
import { sparkline } from "./sparkline.js";
import { facts, table, wrapped } from "./table.js";

/** What the demonstration computed. */
export interface Demonstration {
  readonly network: Inspection;
  /** From rest under evidence for the first choice. */
  readonly decision: Simulation;
  /** Every scheme at the resting state. */
  readonly atRest: Commutation;
  /** What commuting does not protect: control under Heun, the covariance under Euler–Maruyama. */
  readonly unprotected: { readonly control: Control; readonly noise: Noise };
  /** Ways to lose what holds at rest. */
  readonly off: readonly { readonly what: string; readonly certificates: readonly Certificate[] }[];
}

const course = ({ output = [], t }: Simulation, channel: number, unit: string): string => {
  const values = output.map((y) => y[channel]!);
  return `${sparkline(values, 40)}  ${short(values[0])} to ${short(values.at(-1))} in ${timed(t.at(-1)!, unit)}`;
};

const WHY: Readonly<Record<string, string>> = {
  "R,D": "a scheme sees f only as dt f, and 2 f dt / 2 is that",
  "L,R": "differentiation is linear, at every state",
  "L,D": "all stages of a scheme see one Jacobian here",
  "R,D,L": "all six orders give one map",
};

const restRows = ({ certificates }: Commutation, { paint }: Layout): string[][] =>
  Object.entries(WHY).map(([pair, why]) => {
    const members = certificates.filter(({ operators }) => operators.join() === pair);
    const good = members.filter(({ verdict }) => verdict !== "fails").length;
    const largest = members.reduce((most, { defect }) => Math.max(most, defect.operator), 0);
    const count = members.length === 1 ? "" : ` ${good} of ${members.length} schemes`;
    return [
      pair.replaceAll(",", "–"),
      good === members.length ? paint.good(`commute${count && ","}${count}`) : paint.bad(`commute,${count}`),
      short(largest, 2),
      why,
    ];
  });

const offRows = ({ off }: Demonstration, { paint }: Layout): string[][] =>
  off.flatMap(({ what, certificates }) =>
    certificates.map(({ operators, scheme, verdict, defect, bound }, k) => [
      k === 0 ? what : "",
      operators.join("–"),
      scheme === null ? "any" : schemeOf(scheme).title,
      paintedVerdict(verdict, paint),
      short(defect.operator),
      boundWords(bound),
    ]),
  );

const controlWords = ({ losses = [], dt, upTo, discretization }: Control, unit: string): string => {
  const first = losses.find(({ stable }) => stable);
  const now = `Heun ${discretization?.reachability.verdict === "preserved" ? "keeps" : "loses"} what the input reaches at ${timed(dt, unit)}`;
  return first
    ? `${now}; at ${timed(first.dt, unit, 5)}, still stable, ${first.kind === "drive" ? "it cuts a mode off from the input" : "two modes share a multiplier"}. Euler keeps it at every step`
    : `${now}, and at every stable step up to ${timed(upTo, unit)}. Euler keeps it at every step`;
};

const noiseWords = ({ bias, dt }: Noise, unit: string): string =>
  bias
    ? `Euler–Maruyama at ${timed(dt, unit)} makes the covariance at rest ${short(100 * bias.relative)} % ${bias.sign} than that of the flow`
    : "no stationary covariance";

const NEXT = [
  ["npx rubato inspect bundled:decision", "or any .h5, .npz, … of yours"],
  ["npx rubato commute bundled:decision --input 1,1 --at origin", "off a fixed point, with bounds"],
  ["npx rubato control bundled:decision --scheme heun", "steps that lose control"],
  ["npx rubato apply bundled:decision rescale=2 linearize=origin", "-o FILE keeps what comes out"],
];

/** The demonstration as text, for one screen. */
export const demonstrationTable = (shown: Demonstration, layout: Layout): string => {
  const { network, decision, atRest, off, unprotected } = shown;
  const { paint, width } = layout;
  const { timeUnit, tau, units, rank } = network;
  const fails = off.flatMap(({ certificates }) => certificates).some(({ verdict }) => verdict === "fails");
  return [
    paint.bold("Rubato on a network that makes decisions"),
    ...facts(
      [
        [
          "network",
          `two populations of ${units / 2} rate units that excite themselves and inhibit each other, weights of rank ${rank}, tau ${tau === null ? "" : span(typeof tau === "number" ? [tau] : tau)} ${timeUnit} (after Wong & Wang, J. Neurosci. 26:1314, 2006)`,
        ],
        ["for", course(decision, 0, timeUnit)],
        ["against", course(decision, 1, timeUnit)],
      ],
      width,
    ),
    "",
    paint.bold(`At rest, |f| = ${short(atRest.residual, 2)}, all three commute:`) +
      ` R ${atRest.speed} times as fast, D with dt = ${timed(atRest.dt, timeUnit)}, after R ${timed(atRest.stepAfterRescale, timeUnit)}, L`,
    ...table([["", "", "defect", "why"].map(paint.dim), ...restRows(atRest, layout)], {
      align: ["left", "left", "right"],
    }),
    "",
    paint.bold(fails ? "What loses that, and by how much:" : "Nothing that was tried loses that:"),
    ...table([["", "", "scheme", "verdict", "defect", "theory"].map(paint.dim), ...offRows(shown, layout)], {
      align: ["left", "left", "left", "left", "right"],
    }),
    ...wrapped(
      "theory: = the exact value, <= never exceeded, ~ first term in dt. Euler and the schemes that treat only the leak apart commute with L at every state; others only where f = 0, and elsewhere to order dt² f.",
      width - 2,
      2,
    ).map((line, k) => (k === 0 ? `  ${line}` : line)),
    "",
    paint.bold("What commuting does not protect:"),
    ...facts(
      [
        ["control", controlWords(unprotected.control, timeUnit)],
        ["noise", noiseWords(unprotected.noise, timeUnit)],
      ],
      width,
    ),
    "",
    paint.bold("Next:"),
    ...table(NEXT),
  ].join("\n");
};
