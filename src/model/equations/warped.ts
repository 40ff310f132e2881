/** The equation of a warped flow, `dy/dtheta = s'(theta) f(y, u)`: its original's, at another pace. */
import type { WarpedFlow } from "../model.js";
import type { FlowEquation, FlowEquationOf } from "./flow-equation.js";
import { atom, call, difference, indexed, times } from "./notation.js";
import type { Pen } from "./pen.js";

const theta = atom("θ", "\\theta");
const s = atom("s");
const slope = atom("s'", "s'");

export const warpedEquation = (
  model: WarpedFlow,
  pen: Pen,
  equationOf: FlowEquationOf<WarpedFlow["original"]>,
): FlowEquation => {
  const { lines: _lines, ...original } = equationOf(model.original, pen);
  pen.symbol(s, `warp, t = s(θ) is the time of the original: ${model.warp.name}`);
  pen.symbol(theta, "own time; the input is given in it");
  return {
    ...original,
    pace: {
      speed: call(slope, theta),
      time: theta,
      step: (held, dt) => {
        const own = indexed(theta, "k");
        pen.symbol(own, `own time at step k, k times ${pen.number(dt.values?.[0] ?? Number.NaN).text}`);
        const symbol = indexed(atom("Δ", "\\Delta"), "k");
        return {
          quantity: { symbol, meaning: "step in the time of the original" },
          line: {
            left: symbol,
            right:
              held === "secant"
                ? difference(call(s, indexed(theta, "k+1")), call(s, own))
                : times(pen.number(dt.values?.[0] ?? Number.NaN), call(slope, own)),
          },
        };
      },
    },
  };
};
