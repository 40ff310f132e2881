/**
 * Formula text to tokens: numbers, names, operators and punctuation, each with its place in the text.
 */
import { InputError } from "../error.js";

export interface Token {
  readonly kind: "number" | "name" | "symbol" | "end";
  readonly text: string;
  /** Place in the text, from 0. */
  readonly at: number;
}

const MAX_LENGTH = 10_000;
const SPACE = /[ \t\r\n]+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SYMBOL = /<=|>=|[-+*/^(),<>]/y;

const excerpt = (text: string, at: number): string => {
  const width = 60;
  if (text.length <= width) return JSON.stringify(text);
  const start = Math.max(0, Math.min(at - width / 2, text.length - width));
  const piece = text.slice(start, start + width);
  return JSON.stringify(`${start > 0 ? "…" : ""}${piece}${start + width < text.length ? "…" : ""}`);
};

/** An error at a place of the text; characters are counted from 1. */
export const faultAt = (text: string, at: number, complaint: string, remedy = ""): InputError =>
  new InputError(`expression: ${complaint} at character ${at + 1} in ${excerpt(text, at)}${remedy}`);

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/** The tokens of a formula, ending with one of kind `end`. */
export const tokenize = (text: string): readonly Token[] => {
  if (typeof text !== "string") throw new InputError(`expression: expected text, got ${String(text)}`);
  if (text.length > MAX_LENGTH)
    throw new InputError(`expression: too long, got ${text.length} characters of at most ${MAX_LENGTH}`);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const number = match(NUMBER, text, at);
    const name = number === undefined ? match(NAME, text, at) : undefined;
    const found = number ?? name ?? match(SYMBOL, text, at);
    if (found === undefined)
      throw faultAt(text, at, `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`);
    if (number !== undefined && !Number.isFinite(Number(number)))
      throw faultAt(text, at, `number too large, got ${number},`);
    tokens.push({ kind: number !== undefined ? "number" : name !== undefined ? "name" : "symbol", text: found, at });
    at += found.length;
  }
  if (tokens.length === 0)
    throw new InputError(`expression: expected a formula such as "tanh(v)", got ${JSON.stringify(text)}`);
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
};
