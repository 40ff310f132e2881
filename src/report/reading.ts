/** How a model is read, in words: a discrete network as a step of a flow under a scheme. */
import type { Model, SchemeMap } from "../model/model.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { short } from "./number.js";

const sharedRatio = (map: SchemeMap): number | undefined => {
  if (!("timeConstants" in map.parent)) return undefined;
  const ratios = map.parent.timeConstants.map((tau) => map.dt / tau);
  return ratios.every((r) => r === ratios[0]) ? ratios[0] : undefined;
};

/** `alpha` of a leaky network under a leak-aware scheme or forward Euler. */
const alphaOf = (map: SchemeMap, ratio: number): number | undefined => {
  if (map.scheme === "euler") return ratio;
  if (map.scheme === "exponential-euler") return -Math.expm1(-ratio);
  return map.scheme === "imex-euler" ? ratio / (1 + ratio) : undefined;
};

const schemeReading = (map: SchemeMap): string => {
  const { title } = schemeOf(map.scheme);
  const ratio = sharedRatio(map);
  const step = `${title} at dt = ${ratio === undefined ? `${short(map.dt)} ${map.timeUnit}` : ratio === 1 ? "tau" : `${short(ratio, 6)} tau`}`;
  const { parent } = map;
  if (parent.form === "gru")
    return ratio === 1 ? `gated recurrent unit, read as ${step}` : `gated network under ${step}`;
  if (parent.form !== "rate" && parent.form !== "current") return `flow under ${step}`;
  const alpha = parent.leak.every((l) => l === 1) && ratio !== undefined ? alphaOf(map, ratio) : undefined;
  if (alpha === undefined) return `${parent.form} network under ${step}`;
  if (alpha === 1) return `vanilla network, read as ${step} of the ${parent.form} form`;
  return `leaky network with alpha = ${short(alpha, 6)}, read as ${step} of the ${parent.form} form`;
};

/** How a model is read: "vanilla network, read as forward Euler at dt = tau of the rate form". */
export const readingOf = (model: Model): string => {
  switch (model.form) {
    case "scheme":
      return schemeReading(model);
    case "rate":
    case "current":
      return `continuous network in ${model.form} form`;
    case "gru":
      return "continuous gated network";
    case "equations":
      return "flow given by equations";
    case "warped":
      return `flow at a varying pace: ${model.warp.name}`;
    case "lstm":
      return "long short-term memory, a map that is no scheme of a flow of leak form";
    case "linear":
    case "linear-along": {
      const where = model.form === "linear" ? "" : " along a trajectory";
      if (model.kind === "continuous") return `linear flow${where}`;
      const scheme = model.form === "linear" && model.scheme ? `, by ${schemeOf(model.scheme).title}` : "";
      return `linear map${where}${scheme}`;
    }
  }
};
