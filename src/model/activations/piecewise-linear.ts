/**
 * Piecewise-linear activations: identity, relu, leaky relu, saturating linear, hard sigmoid.
 *
 * All are one shape: slope `a` left of the first kink, `b` between, `c` right of the last. Curvature is zero away from
 * the kinks, so that a linearization is exact until a unit crosses one.
 */
import { type Activation, factor } from "./contract.js";

interface Pieces {
  readonly kinks: readonly number[];
  /** One slope more than there are kinks. */
  readonly slopes: readonly number[];
}

const zero = (): number => 0;

const piecewiseLinear = (
  { kinks, slopes }: Pieces,
  rest: Pick<Activation, "name" | "spec" | "definition" | "value" | "odd" | "text" | "latex"> &
    Partial<Pick<Activation, "saturating">>,
): Activation => ({
  ...rest,
  derivative: (v) => {
    let piece = 0;
    while (piece < kinks.length && v >= kinks[piece]!) piece++;
    return slopes[piece]!;
  },
  secondDerivative: zero,
  thirdDerivative: zero,
  maxDerivative: Math.max(...slopes.map(Math.abs)),
  maxSecondDerivative: 0,
  maxThirdDerivative: 0,
  maxSecondDerivativeOn: zero,
  estimated: false,
  kinks,
});

/** phi(v) = v. */
export const identity: Activation = piecewiseLinear(
  { kinks: [], slopes: [1] },
  { name: "identity", spec: "identity", definition: "v", value: (v) => v, odd: true, text: (v) => v, latex: (v) => v },
);

/** max(0, v). */
export const relu: Activation = piecewiseLinear(
  { kinks: [0], slopes: [0, 1] },
  {
    name: "relu",
    spec: "relu",
    definition: "relu(v)",
    value: (v) => Math.max(0, v),
    odd: false,
    text: (v) => `max(0, ${v})`,
    latex: (v) => `\\max(0, ${v})`,
  },
);

/** v for v >= 0, slope v below. */
export const leakyRelu = (slope: number): Activation =>
  piecewiseLinear(slope === 1 ? { kinks: [], slopes: [1] } : { kinks: [0], slopes: [slope, 1] }, {
    name: "leaky-relu",
    spec: { name: "leaky-relu", slope },
    definition: `if(v >= 0, v, ${slope}*v)`,
    value: (v) => (v >= 0 ? v : slope * v),
    odd: slope === 1,
    text: (v) => `leaky_relu(${v}, ${slope})`,
    latex: (v) => `\\operatorname{LReLU}_{${slope}}(${v})`,
  });

/** v clipped to [low, high]. */
export const saturatingLinear = (low: number, high: number): Activation =>
  piecewiseLinear(
    { kinks: [low, high], slopes: [0, 1, 0] },
    {
      name: "saturating-linear",
      spec: { name: "saturating-linear", low, high },
      definition: `min(max(v, ${low}), ${high})`,
      value: (v) => Math.min(Math.max(v, low), high),
      odd: low === -high,
      saturating: [low, high],
      text: (v) => `min(max(${v}, ${low}), ${high})`,
      latex: (v) => `\\min(\\max(${v}, ${low}), ${high})`,
    },
  );

/** slope v + 1/2 clipped to [0, 1]. */
export const hardSigmoid = (slope: number): Activation =>
  piecewiseLinear(
    { kinks: [-0.5 / slope, 0.5 / slope], slopes: [0, slope, 0] },
    {
      name: "hard-sigmoid",
      spec: { name: "hard-sigmoid", slope },
      definition: `min(max(${slope}*v + 0.5, 0), 1)`,
      value: (v) => Math.min(Math.max(slope * v + 0.5, 0), 1),
      odd: false,
      saturating: [0, 1],
      text: (v) => `min(max(${slope}*${factor(v)} + 0.5, 0), 1)`,
      latex: (v) => `\\min(\\max(${slope}\\,${factor(v)} + 0.5, 0), 1)`,
    },
  );
