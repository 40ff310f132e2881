/**
 * All six orders of R, D and L. With one scheme and an aligned step they coincide at fixed points, and everywhere for
 * schemes of the form `x + Phi f(x)`; otherwise they fall into two classes, L before D and D before L. A misaligned step
 * splits each class by R before or after D.
 */
import type { LinearMap, Model } from "../model/model.js";
import type { SchemeName } from "../model/scheme/scheme.js";
import { discretize } from "../operators/discretize.js";
import { at, linearize } from "../operators/linearize.js";
import { rescale } from "../operators/rescale.js";
import { agreement, type Certificate, certify, type Defect, type Operator, type Prediction } from "./certificate.js";
import type { Context } from "./context.js";
import { certifyLinearizeDiscretize } from "./linearize-discretize.js";
import { affineDefect, sizeOf, unsolved, worst } from "./measure.js";
import { certifyRescaleDiscretize } from "./rescale-discretize.js";

const ROUNDING = 1e-11;

/** Orders of application: "LRD" linearizes, then rescales, then discretizes. */
export const orders = ["LRD", "RLD", "LDR", "RDL", "DRL", "DLR"] as const;
export type Order = (typeof orders)[number];

const applied = (
  { model, site, speed, dt, stepAfterRescale }: Context,
  scheme: SchemeName,
  order: Order,
): LinearMap => {
  const point = at.state(site.state, site.input);
  let current: Model = model;
  let rescaled = false;
  for (const operator of order as Iterable<string>) {
    if (operator === "R") {
      current = rescale(speed)(current);
      rescaled = true;
    } else if (operator === "D") {
      current = discretize({ scheme, dt: rescaled ? stepAfterRescale : dt })(current as Context["model"]);
    } else current = linearize(point)(current as Context["model"]);
  }
  return current as Model as LinearMap;
};

/** Groups of orders that agree to rounding. */
const classesOf = (maps: ReadonlyMap<Order, LinearMap>, tolerance: number): Order[][] => {
  const classes: Order[][] = [];
  for (const order of orders) {
    const home = classes.find(
      (group) => affineDefect(maps.get(group[0]!)!, maps.get(order)!, null).operator <= tolerance,
    );
    if (home) home.push(order);
    else classes.push([order]);
  }
  return classes;
};

const predict = (pairs: readonly Certificate[]): Prediction => {
  const failing = pairs.filter((pair) => pair.verdict === "fails");
  if (failing.length > 0) {
    const values = failing.map((pair) => pair.bound.value);
    const known = values.every((value) => value !== null);
    return {
      verdict: "fails",
      condition: failing.map((pair) => `${pair.operators.join("–")}: ${pair.condition}`).join("; "),
      bound: known
        ? {
            value: values.reduce<number>((sum, value) => sum + value!, 0),
            kind: failing.every((pair) => pair.bound.kind === "rigorous") ? "rigorous" : "leading-order",
          }
        : { value: null, kind: "none" },
      order: Math.min(...failing.map((pair) => pair.order ?? Number.POSITIVE_INFINITY)),
      remedy: failing.map((pair) => pair.remedy).join("; "),
    };
  }
  const conditional = pairs.filter((pair) => pair.verdict === "conditional");
  return conditional.length === 0
    ? { verdict: "exact", condition: "at every point, as all pairs commute", bound: agreement }
    : { verdict: "conditional", condition: conditional.map((pair) => pair.condition).join("; "), bound: agreement };
};

const all: readonly Operator[] = ["R", "D", "L"];

/** The certificate of all six orders under one scheme. */
export const certifyCube = (context: Context, scheme: SchemeName): Certificate => {
  const pairs = [certifyRescaleDiscretize(context, scheme), certifyLinearizeDiscretize(context, scheme)];
  const subject = { operators: all, scheme, claim: orders.join(" = ") };
  if (pairs.some((pair) => pair.defect.operator === Number.POSITIVE_INFINITY))
    return certify(subject, predict(pairs), unsolved, ROUNDING);
  const maps = new Map(orders.map((order) => [order, applied(context, scheme, order)]));
  const reference = maps.get("LRD")!;
  const tolerance = ROUNDING * sizeOf(reference);
  const defects: Defect[] = [];
  for (const [i, a] of orders.entries())
    for (const b of orders.slice(i + 1)) defects.push(affineDefect(maps.get(a)!, maps.get(b)!, null));
  return {
    ...certify(subject, predict(pairs), worst(defects), tolerance),
    classes: classesOf(maps, tolerance),
  };
};
