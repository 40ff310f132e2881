/** Operating points in text: `origin`, `fixed-point`, `state:0.1,0.2`, each with `,input:0.5` behind it or not. */
import { InputError } from "../error.js";
import type { OperatingPoint } from "../operators/linearize.js";
import { numberList, oneOf } from "./values.js";

/** How an operating point is written. */
export const pointGrammar = "origin | fixed-point | state:X1,X2,… [,input:U1,…]";

const INPUT = ",input:";

const numbersAfter = (name: string, text: string): number[] => {
  try {
    return numberList(text);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${name}: ${error.message}`) : error;
  }
};

/** The operating point that `text` names. */
export const operatingPoint = (text: string): OperatingPoint => {
  const [place = "", ...rest] = text.split(INPUT);
  if (rest.length > 1) throw new InputError(`expected one input, got ${text}`);
  const input = rest[0] === undefined ? {} : { input: numbersAfter("input", rest[0]) };
  if (place.startsWith("state:")) return { at: "state", state: numbersAfter("state", place.slice(6)), ...input };
  if (place === "state") throw new InputError("expected numbers behind state, as in state:0.1,0.2");
  return { at: oneOf(["origin", "fixed-point"], place), ...input };
};
