/**
 * R and D. A scheme sees f only through `dt f`, so `D[dt / a] R[a] = R[a] D[dt]` for every scheme, state and speed; with
 * noise, if it is multiplied by sqrt(a). Any other step after R gives another map, `M_{rho dt}` with
 * `rho = a dt' / dt`. Under a warp the same holds step by step with the secant speed.
 */
import { mapOf, withSpeed } from "../model/bind.js";
import type { StepMap } from "../model/dynamics.js";
import type { NonlinearFlow, SchemeMap } from "../model/model.js";
import type { Scheme, SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { euclideanNorm, multiply, scale, scaleRows, subtract, transpose } from "../numerics/matrix.js";
import { discretize } from "../operators/discretize.js";
import { rescale, rescaleUnits, warp } from "../operators/rescale.js";
import { spectralNorm } from "./bounds.js";
import {
  agreement,
  type Bound,
  type Certificate,
  certify,
  type Defect,
  noBound,
  type Prediction,
} from "./certificate.js";
import type { Context } from "./context.js";
import { affineDefect, affinePart, sizeOf, trajectoryDistance, unsolved, worst } from "./measure.js";

const ROUNDING = 1e-11;

const number = (value: number): string => String(Number(value.toPrecision(6)));

/** The flow after R, its noise treated as the settings say. */
const rescaledFlow = ({ model, settings, speed }: Context): NonlinearFlow => {
  const faster = rescale(speed)(model);
  if (!model.noise || !settings.noise || settings.noise === "sqrt") return faster;
  return { ...faster, noise: settings.noise === "unscaled" ? model.noise : scale(model.noise, speed) };
};

/**
 * How the increments differ in law: `|C_a - C_b| / (|C_a|^½ + |C_b|^½)` of their covariances, which is `|s - 1| |G|` where one
 * is s times the other. Factors G of one covariance are not unique and say less.
 */
const noiseDefect = (a: StepMap, b: StepMap): number => {
  if (!a.noise || !b.noise) return 0;
  const [G, H] = [a.noise(), b.noise()];
  const size = spectralNorm(G) + spectralNorm(H);
  return size === 0 ? 0 : spectralNorm(subtract(multiply(G, transpose(G)), multiply(H, transpose(H)))) / size;
};

/** Compares two maps at all samples and along a trajectory. */
const measure = (
  { site, samples, start, inputs }: Context,
  left: StepMap,
  right: StepMap,
): { defect: Defect; tolerance: number } => {
  const trajectory = trajectoryDistance(left, right, start, inputs);
  const noise = noiseDefect(left, right);
  let size = 1;
  const defects = samples.map((x) => {
    const a = affinePart(left, x, site.input);
    const b = affinePart(right, x, site.input);
    if (!a || !b) return unsolved;
    size = Math.max(size, sizeOf(a));
    return affineDefect(a, b, trajectory);
  });
  const apart = worst(defects);
  return {
    defect: { ...apart, offset: Math.max(apart.offset, noise), operator: Math.max(apart.operator, noise) },
    tolerance: ROUNDING * size,
  };
};

/** `(rho - 1) dt` times f, J and B at every sample: exact for forward Euler, the first term for the others. */
const misalignment = ({ site, samples, speed, dt, stepAfterRescale }: Context): number => {
  const excess = Math.abs(speed * stepAfterRescale - dt);
  const parts = samples.map((x) => {
    const f = new Float64Array(x.length);
    site.flow.field(x, site.input, f);
    return Math.max(
      euclideanNorm(f),
      spectralNorm(site.flow.stateJacobian(x, site.input)),
      spectralNorm(site.flow.inputJacobian(x, site.input)),
    );
  });
  return excess * Math.max(...parts);
};

/** How far the increments are apart: `|s sqrt(dt' / dt) - 1| |G|`, s what R does to the noise; undefined where they agree. */
const noiseApart = ({ model, settings, speed, dt, stepAfterRescale }: Context, scheme: Scheme): number | undefined => {
  if (!model.noise) return undefined;
  const factor = { sqrt: Math.sqrt(speed), unscaled: 1, linear: speed }[settings.noise ?? "sqrt"];
  const ratio = factor * Math.sqrt(stepAfterRescale / dt);
  if (Math.abs(ratio - 1) <= 1e-12) return undefined;
  return Math.abs(ratio - 1) * spectralNorm(scheme.noise(model.noise, dt, leakRatesOf(model)));
};

const leakRatesOf = (model: NonlinearFlow): Float64Array =>
  "leak" in model ? model.leak.map((l, i) => l / model.timeConstants[i]!) : new Float64Array(model.units);

const predict = (context: Context, scheme: Scheme): Prediction => {
  const { aligned, speed, dt, stepAfterRescale, settings } = context;
  const noise = noiseApart(context, scheme);
  if (!aligned) {
    const excess = misalignment(context);
    const larger = Math.max(excess, noise ?? 0);
    const exact = scheme.name === "euler";
    return {
      verdict: "fails",
      condition: `the step after R is ${number(stepAfterRescale)}, not dt / speed = ${number(dt / speed)}: the map is that of a step ${number((speed * stepAfterRescale) / dt)} times as long`,
      bound: exact ? { value: larger, kind: "identity" } : { value: larger, kind: "leading-order" },
      leadingOrder: larger,
      order: 1,
      remedy: `use dt' = ${number(dt / speed)} after R`,
    };
  }
  if (noise !== undefined)
    return {
      verdict: "fails",
      condition:
        settings.noise === "unscaled"
          ? `R left the noise as it was: the stationary covariance is divided by the speed, ${number(speed)}`
          : `R multiplied the noise by the speed: the stationary covariance is multiplied by ${number(speed)}`,
      bound: { value: noise, kind: "identity" },
      leadingOrder: noise,
      order: null,
      remedy: `multiply the noise by sqrt(speed) = ${number(Math.sqrt(speed))}`,
    };
  return {
    verdict: "exact",
    condition: `the step after R is dt / speed = ${number(dt / speed)}: ${scheme.title} sees the field only through dt f`,
    bound: agreement,
  };
};

/** R–D of one scheme at constant speed. */
export const certifyRescaleDiscretize = (context: Context, name: SchemeName): Certificate => {
  const { model, speed, dt, stepAfterRescale } = context;
  const scheme = schemeOf(name);
  const left = mapOf(discretize({ scheme: name, dt: stepAfterRescale })(rescaledFlow(context)) as SchemeMap);
  const right = mapOf(discretize({ scheme: name, dt })(model) as SchemeMap);
  const { defect, tolerance } = measure(context, left, right);
  return certify(
    {
      operators: ["R", "D"],
      scheme: name,
      claim: `D[${number(stepAfterRescale)}] R[${number(speed)}] = R[${number(speed)}] D[${number(dt)}]`,
    },
    predict(context, scheme),
    defect,
    tolerance,
  );
};

/** One speed per unit instead of R: no single step fits. */
export const certifyUnitSpeeds = (context: Context, name: SchemeName, speeds: ArrayLike<number>): Certificate => {
  const { model, dt, site, samples } = context;
  const mean = Array.from(speeds).reduce((sum, a) => sum + a, 0) / speeds.length;
  const step = dt / mean;
  const left = mapOf(discretize({ scheme: name, dt: step })(rescaleUnits(speeds)(model)) as SchemeMap);
  const right = mapOf(discretize({ scheme: name, dt })(model) as SchemeMap);
  const { defect, tolerance } = measure(context, left, right);
  const weights = Float64Array.from(speeds, (a) => step * a - dt);
  const excess = Math.max(
    ...samples.map((x) => {
      const f = new Float64Array(x.length);
      site.flow.field(x, site.input, f);
      return Math.max(
        euclideanNorm(f.map((v, i) => weights[i]! * v)),
        spectralNorm(scaleRows(weights, site.flow.stateJacobian(x, site.input))),
        spectralNorm(scaleRows(weights, site.flow.inputJacobian(x, site.input))),
      );
    }),
  );
  const uniform = weights.every((w) => Math.abs(w) <= 1e-15 * dt);
  return certify(
    { operators: ["R", "D"], scheme: name, claim: `D[${number(step)}] diag(speeds) = R D[${number(dt)}]` },
    uniform
      ? { verdict: "exact", condition: "all units have the same speed", bound: agreement }
      : {
          verdict: "fails",
          condition: "units run at different speeds, which is not a rescaling of time: no single step fits them all",
          bound: { value: excess, kind: name === "euler" ? "identity" : "leading-order" },
          leadingOrder: excess,
          order: 1,
          remedy: "give every unit the same speed",
        },
    defect,
    tolerance,
  );
};

/** A time warp instead of constant speed, over the first steps of the trajectory. */
export const certifyWarp = (context: Context, name: SchemeName): Certificate => {
  const { model, dt, settings, site, inputs, start } = context;
  const warped = warp(settings.warp!)(model as Parameters<ReturnType<typeof warp>>[0]);
  const held = settings.warpSpeed ?? "secant";
  const pace = warped.warp;
  const steps = Float64Array.from(inputs, (_, k) => pace.time((k + 1) * dt) - pace.time(k * dt));
  const left = mapOf(discretize({ scheme: name, dt, warpSpeed: held })(warped));
  const right = mapOf(discretize({ scheme: name, dt, steps })(model) as SchemeMap);
  const trajectory = trajectoryDistance(left, right, start, inputs);
  let size = 1;
  const defects = inputs.map((_, k) => {
    const a = affinePart(left, site.state, site.input, k);
    const b = affinePart(right, site.state, site.input, k);
    if (!a || !b) return unsolved;
    size = Math.max(size, sizeOf(a));
    return affineDefect(a, b, trajectory);
  });
  const slack = Math.max(...inputs.map((_, k) => Math.abs(pace.slope(k * dt) * dt - steps[k]!)));
  const excess = slack * Math.max(euclideanNorm(site.field), spectralNorm(site.J), spectralNorm(site.B));
  const bound: Bound = { value: excess, kind: name === "euler" ? "identity" : "leading-order" };
  return certify(
    { operators: ["R", "D"], scheme: name, claim: `D[${number(dt)}] warp = warp D[s(t + ${number(dt)}) - s(t)]` },
    held === "secant"
      ? {
          verdict: "exact",
          condition: "each step holds the secant speed of the warp, (s(t + dt) - s(t)) / dt",
          bound: agreement,
        }
      : {
          verdict: "fails",
          condition: "each step holds the slope of the warp at its start, which misses its curvature",
          bound,
          leadingOrder: excess,
          order: 2,
          remedy: "hold the secant speed of the warp over each step",
        },
    worst(defects),
    ROUNDING * size,
  );
};

/**
 * R that keeps the frame rate: one step of the faster flow against `speed` steps of the original, for whole speeds.
 * Only exact sampling agrees.
 */
export const certifyFrameRate = (context: Context, name: SchemeName): Certificate => {
  const { model, speed, dt, site, samples, atFixedPoint } = context;
  const scheme = schemeOf(name);
  const one = mapOf(discretize({ scheme: name, dt })(withSpeed(model, speed)) as SchemeMap);
  const each = mapOf(discretize({ scheme: name, dt })(model) as SchemeMap);
  // At a fixed point both stay where they are; the states around it tell.
  const measured = (atFixedPoint ? samples : [site.state]).map((x) => {
    const a = repeated(one, x, site.input, 1);
    const b = repeated(each, x, site.input, speed);
    return a && b ? { x, apart: distance(a, b) } : { x, apart: Number.POSITIVE_INFINITY };
  });
  const { x, apart } = measured.reduce((worse, next) => (next.apart > worse.apart ? next : worse));
  const error = euclideanNorm(flowError(context, each, x));
  const leading = Math.abs(speed - speed ** (scheme.order + 1)) * error;
  return certify(
    {
      operators: ["R", "D"],
      scheme: name,
      claim: `D[${number(dt)}] R[${number(speed)}] = (D[${number(dt)}])^${number(speed)}`,
    },
    {
      verdict: "fails",
      condition: "one long step is not several short ones, except for exact sampling of a linear flow",
      bound: Number.isFinite(leading) ? { value: leading, kind: "leading-order" } : noBound,
      leadingOrder: Number.isFinite(leading) ? leading : null,
      order: scheme.order + 1,
      remedy: `shorten the step to ${number(dt / speed)}, or linearize and hold the input`,
    },
    Number.isFinite(apart) ? { operator: apart, state: 0, input: 0, offset: apart, trajectory: null } : unsolved,
    ROUNDING,
  );
};

const distance = (a: Float64Array, b: Float64Array): number => euclideanNorm(a.map((v, i) => v - b[i]!));

const repeated = (map: StepMap, x: Float64Array, u: Float64Array, times: number): Float64Array | undefined => {
  let state = x;
  for (let k = 0; k < times; k++) {
    const next = new Float64Array(x.length);
    if (!map.step(state, u, next, k)) return undefined;
    state = next;
  }
  return state;
};

const FINE_STEPS = 64;

/** One step of the map from x minus the flow over the same time, the latter by many short steps of order four. */
const flowError = ({ model, dt, site }: Context, map: StepMap, x: Float64Array): Float64Array => {
  const stepped = repeated(map, x, site.input, 1);
  const fine = mapOf(discretize({ scheme: "rk4", dt: dt / FINE_STEPS })(model) as SchemeMap);
  const exact = repeated(fine, x, site.input, FINE_STEPS)!;
  return stepped ? stepped.map((v, i) => v - exact[i]!) : new Float64Array(model.units).fill(Number.NaN);
};
