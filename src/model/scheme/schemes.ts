/** The schemes by name. */
import { InputError } from "../../error.js";
import { firstOrderHold, rosenbrockEuler, zeroOrderHold } from "./exponential.js";
import { exponentialEuler, imexEuler } from "./leak-aware.js";
import { backwardEuler, euler, explicitMidpoint, heun, implicitMidpoint, rk4, trapezoid } from "./runge-kutta.js";
import type { Scheme, SchemeName } from "./scheme.js";

const table: Readonly<Record<SchemeName, Scheme>> = {
  euler,
  "backward-euler": backwardEuler,
  "implicit-midpoint": implicitMidpoint,
  trapezoid,
  heun,
  "explicit-midpoint": explicitMidpoint,
  rk4,
  "exponential-euler": exponentialEuler,
  "imex-euler": imexEuler,
  "rosenbrock-euler": rosenbrockEuler,
  "zero-order-hold": zeroOrderHold,
  "first-order-hold": firstOrderHold,
};

export const schemeNames = Object.keys(table) as readonly SchemeName[];

/** Schemes that are defined on nonlinear flows too. */
export const nonlinearSchemeNames = schemeNames.filter((name) => !table[name].linearOnly);

/** The scheme called `name`; throws an `InputError` for an unknown one. */
export const schemeOf = (name: string): Scheme => {
  if (!Object.hasOwn(table, name))
    throw new InputError(`scheme: unknown, got ${name}; expected one of ${schemeNames.join(", ")}`);
  return table[name as SchemeName];
};
