/**
 * L and D. `x + Phi f(x)` (Euler and the leak-aware schemes) commutes with L at every point; other schemes at fixed
 * points, where all stages coincide; elsewhere they differ by `(b . c) dt^2 f''[f, .]`. With one scheme before and
 * another after L they never agree.
 */
import { InputError } from "../error.js";
import { mapOf } from "../model/bind.js";
import type { LinearFlow, LinearMap, SchemeMap } from "../model/model.js";
import type { Scheme, SchemeName } from "../model/scheme/scheme.js";
import { schemeOf } from "../model/scheme/schemes.js";
import { add, euclideanNorm, multiply, multiplyVector, scale, subtract, transpose } from "../numerics/matrix.js";
import { symmetricEigenvalues } from "../numerics/symmetric-eigen.js";
import { discretize } from "../operators/discretize.js";
import { at, linearize } from "../operators/linearize.js";
import { largestPart, leadingDefect, leadingSchemeError, rigorousDefect, spectralNorm } from "./bounds.js";
import { agreement, type Bound, type Certificate, certify, type Prediction } from "./certificate.js";
import { type Context, residualText } from "./context.js";
import { affineDefect, sizeOf, trajectoryDistance, unsolved } from "./measure.js";

const ROUNDING = 1e-11;
/** Two first terms that agree to this are one. */
const SAME = 1e-12;

const sameScheme = ({ site, residual, atFixedPoint, dt }: Context, scheme: Scheme): Prediction => {
  if (scheme.affineInField)
    return {
      verdict: "exact",
      condition: `at every point: ${scheme.title} is x + Phi f(x) with a constant Phi`,
      bound: agreement,
    };
  if (atFixedPoint)
    return {
      verdict: "conditional",
      condition: `at this fixed point, |f| = ${residualText(residual)}: all stages of ${scheme.title} see the same Jacobian`,
      bound: agreement,
    };
  const leading = largestPart(leadingDefect(scheme, site, dt));
  const rigorous = rigorousDefect(scheme, site, dt);
  return {
    verdict: "fails",
    condition: `off a fixed point, |f| = ${residual.toPrecision(3)}: the stages of ${scheme.title} see different Jacobians`,
    bound: rigorous ? { value: largestPart(rigorous), kind: "rigorous" } : { value: leading, kind: "leading-order" },
    leadingOrder: leading,
    order: 2,
    remedy: "linearize at a fixed point, or use euler, exponential-euler or imex-euler, which commute everywhere",
  };
};

/** `|e^Z - I - Z| <= |Z^2| max(1, e^{mu_2(Z)}) / 2`. */
const eulerAgainstExact = ({ site, dt }: Context): Bound => {
  const Z = scale(site.J, dt);
  const growth = symmetricEigenvalues(scale(add(Z, transpose(Z)), 1 / 2)).at(-1)!;
  const factor = Math.max(1, Math.exp(growth)) / 2;
  const half = multiply(Z, Z);
  return {
    value: Math.max(
      factor * spectralNorm(half),
      dt * factor * spectralNorm(Z) * spectralNorm(site.B),
      dt * factor * spectralNorm(Z) * euclideanNorm(site.field),
    ),
    kind: "rigorous",
  };
};

/** Order on linear flows, where Rosenbrock–Euler is exact. */
const linearOrder = ({ order, errorConstant }: Scheme): number =>
  errorConstant === undefined && order > 1 ? Number.POSITIVE_INFINITY : order;

const differentSchemes = (context: Context, before: Scheme, after: Scheme): Prediction => {
  const { site, dt, atFixedPoint } = context;
  if (before.name === "rosenbrock-euler" && after.linearOnly && atFixedPoint)
    return {
      verdict: "conditional",
      condition: `at this fixed point, |f| = ${residualText(context.residual)}: ${before.title} linearizes to exact sampling`,
      bound: agreement,
    };
  const ofBefore = leadingSchemeError(before, site.J, site.flow.leakRates, dt);
  const ofAfter = leadingSchemeError(after, site.J, site.flow.leakRates, dt);
  const apart = spectralNorm(subtract(ofBefore, ofAfter));
  // Some pairs are one on linear flows: trapezoid and midpoint, Heun and explicit midpoint, Euler and a leak of zero.
  const gap = apart <= SAME * (spectralNorm(ofBefore) + spectralNorm(ofAfter)) ? 0 : apart;
  const bentAway = !atFixedPoint && before.weightedNodes !== 0;
  const leading = Math.max(gap, atFixedPoint ? 0 : largestPart(leadingDefect(before, site, dt)));
  const exactAfter = after.order === Number.POSITIVE_INFINITY;
  return {
    verdict: "fails",
    condition: `${before.title} before L and ${after.title} after it are different maps`,
    bound:
      before.name === "euler" && exactAfter ? eulerAgainstExact(context) : { value: leading, kind: "leading-order" },
    leadingOrder: leading,
    order: Math.min(linearOrder(before) + 1, linearOrder(after) + 1, bentAway ? 2 : Number.POSITIVE_INFINITY),
    remedy: `use ${before.linearOnly ? after.name : before.name} on both sides`,
  };
};

/** Without c the linearization is moved by `Phi c`. */
const droppedOffset = ({ site, dt }: Context, before: Scheme, after: Scheme): Prediction | undefined => {
  if (euclideanNorm(site.field) === 0) return undefined;
  const step = after.affine(site.J, dt, site.flow.leakRates);
  const moved = step ? euclideanNorm(multiplyVector(step.drive, site.field)) : Number.POSITIVE_INFINITY;
  return {
    verdict: "fails",
    condition: "L dropped the affine term c = f(p), which is not zero here",
    bound: { value: moved, kind: after.affineInField && before.name === after.name ? "identity" : "leading-order" },
    leadingOrder: moved,
    order: 1,
    remedy: "keep the affine term",
  };
};

export const certifyLinearizeDiscretize = (context: Context, name: SchemeName): Certificate => {
  const { model, dt, settings, site, start, inputs, atFixedPoint } = context;
  const before = schemeOf(name);
  const after = schemeOf(settings.schemeAfterLinearize ?? name);
  const point = at.state(site.state, site.input);

  const linear = linearize(point)(model) as LinearFlow;
  const kept = settings.keepOffset === false ? { ...linear, offset: new Float64Array(model.units) } : linear;
  const right = discretize({ scheme: after.name, dt })(kept);
  const map = discretize({ scheme: name, dt })(model) as SchemeMap;
  const left = linearizedMap(map, point);

  const dropped = settings.keepOffset === false && !atFixedPoint ? droppedOffset(context, before, after) : undefined;
  const predicted =
    dropped ?? (before.name === after.name ? sameScheme(context, before) : differentSchemes(context, before, after));
  return certify(
    {
      operators: ["L", "D"],
      scheme: name,
      claim: before.name === after.name ? "L D = D L" : `L D[${before.name}] = D[${after.name}] L`,
    },
    predicted,
    left ? affineDefect(left, right, trajectoryDistance(mapOf(left), mapOf(right), start, inputs)) : unsolved,
    ROUNDING * (left ? sizeOf(left) : 1),
  );
};

/** L of a map, or undefined where its implicit step could not be solved at the point. */
const linearizedMap = (map: SchemeMap, point: ReturnType<typeof at.state>): LinearMap | undefined => {
  try {
    return linearize(point)(map);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
};
