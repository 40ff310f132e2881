/**
 * NumPy's NPY format: a magic string, a header that is a Python dictionary, then the raw numbers.
 *
 * Versions 1 to 3, floats of 32 and 64 bits, integers of 8 to 64 bits, booleans, texts of fixed length, either byte order, C
 * or Fortran order. Arrays of Python objects are pickles and are refused. Format: NumPy Enhancement Proposal 1.
 */
import { InputError } from "../error.js";

/** An array in row-major order. Numbers are read as doubles. */
export interface NpyArray {
  /** Lengths of the axes; none for a single number. */
  readonly shape: readonly number[];
  readonly data: Float64Array<ArrayBuffer>;
  /** The texts, where the array holds texts; `data` is then empty. */
  readonly texts?: readonly string[];
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MAX_ENTRIES = 2 ** 27;
const MAX_AXES = 32;
const MAX_HEADER = 2 ** 16;

type ReadNumber = (view: DataView, offset: number, little: boolean) => number;

const NUMBERS: ReadonlyMap<string, ReadNumber> = new Map<string, ReadNumber>([
  ["f8", (view, offset, little) => view.getFloat64(offset, little)],
  ["f4", (view, offset, little) => view.getFloat32(offset, little)],
  ["i1", (view, offset) => view.getInt8(offset)],
  ["i2", (view, offset, little) => view.getInt16(offset, little)],
  ["i4", (view, offset, little) => view.getInt32(offset, little)],
  ["i8", (view, offset, little) => Number(view.getBigInt64(offset, little))],
  ["u1", (view, offset) => view.getUint8(offset)],
  ["u2", (view, offset, little) => view.getUint16(offset, little)],
  ["u4", (view, offset, little) => view.getUint32(offset, little)],
  ["u8", (view, offset, little) => Number(view.getBigUint64(offset, little))],
  ["b1", (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1)],
]);

/** Whether `bytes` start as an NPY file does. */
export const matchesNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, k) => bytes[k] === byte);

interface Header {
  readonly order: string;
  readonly code: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

const headerText = (bytes: Uint8Array): { text: string; start: number } => {
  if (!matchesNpy(bytes)) throw new InputError("expected an NPY array, got other content");
  const major = bytes[6]!;
  if (bytes.length < 12 || !(major >= 1 && major <= 3))
    throw new InputError(`expected NPY version 1 to 3, got ${bytes.length < 12 ? "a truncated header" : major}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const first = major === 1 ? 10 : 12;
  if (length > MAX_HEADER || first + length > bytes.length)
    throw new InputError(`expected an NPY header of ${length} bytes, got a file that ends after ${bytes.length}`);
  return { text: new TextDecoder().decode(bytes.subarray(first, first + length)), start: first + length };
};

const headerOf = (bytes: Uint8Array): Header => {
  const { text, start } = headerText(bytes);
  const described = /'descr':\s*(?:'([<>|=]?)([a-zA-Z]\d*)'|(\[))/.exec(text);
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (described === null || fortran === undefined || shape === undefined)
    throw new InputError(
      `expected an NPY header with descr, fortran_order and shape, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  if (described[3] !== undefined) throw new InputError("records are not supported, expected an array of numbers");
  const axes = shape.split(",").map((axis) => axis.trim().replace(/L$/, ""));
  return {
    order: described[1]!,
    code: described[2]!,
    fortran: fortran === "True",
    shape: axes.filter((axis) => axis !== "").map(Number),
    start,
  };
};

/** Position in Fortran order → position in C order, by counting through the axes. */
const inRowMajor = <T>(values: ArrayLike<T>, shape: readonly number[], set: (k: number, value: T) => void): void => {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const index = shape.map(() => 0);
  let target = 0;
  for (let k = 0; k < values.length; k++) {
    set(target, values[k]!);
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis]!++;
      target += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      target -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
};

const decodedText = (bytes: Uint8Array, code: string, little: boolean): string => {
  if (code === "S") return new TextDecoder("latin1").decode(bytes).replace(/\0+$/, "");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    const point = view.getUint32(offset, little);
    if (point > 0x10ffff) throw new InputError(`expected text, got the code point ${point}`);
    text += String.fromCodePoint(point);
  }
  return text.replace(/\0+$/, "");
};

/**
 * Reads an NPY array.
 *
 * @throws InputError for damage, arrays of objects, unknown types, and sizes that do not fit the content
 */
export const readNpy = (bytes: Uint8Array): NpyArray => {
  const { order, code, fortran, shape, start } = headerOf(bytes);
  if (code.startsWith("O")) throw new InputError("arrays of Python objects are pickles and are not read, got descr O");
  const read = NUMBERS.get(code);
  const textual = /^[SU]\d+$/.test(code);
  if (!read && !textual)
    throw new InputError(`unknown NPY type, got ${order}${code}; expected ${[...NUMBERS.keys()].join(", ")}`);
  const count = shape.reduce((product, n) => product * n, 1);
  if (shape.length > MAX_AXES || !(count <= MAX_ENTRIES))
    throw new InputError(`expected at most ${MAX_ENTRIES} entries, got shape ${shape.join(" x ")}`);
  const length = Number(code.slice(1)) * (code.startsWith("U") ? 4 : 1);
  if (start + count * length !== bytes.length)
    throw new InputError(
      `expected ${count * length} bytes for shape (${shape.join(", ")}) of ${code}, got ${bytes.length - start}`,
    );
  const little = order !== ">";
  const turned = fortran && shape.length > 1 && count > 1;
  if (read) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const stored = new Float64Array(count);
    for (let k = 0; k < count; k++) stored[k] = read(view, start + k * length, little);
    if (!turned) return { shape, data: stored };
    const data = new Float64Array(count);
    inRowMajor(stored, shape, (k, value) => {
      data[k] = value;
    });
    return { shape, data };
  }
  const stored = Array.from({ length: count }, (_, k) =>
    decodedText(bytes.subarray(start + k * length, start + (k + 1) * length), code[0]!, little),
  );
  const texts = stored.slice();
  if (turned)
    inRowMajor(stored, shape, (k, value) => {
      texts[k] = value;
    });
  return { shape, data: new Float64Array(0), texts };
};

/** Magic string and header of an array of 64-bit floats, little-endian, to be followed by its numbers. */
export const npyHeader = (shape: readonly number[]): Uint8Array => withHeader("<f8", shape, new Uint8Array(0));

const withHeader = (descr: string, shape: readonly number[], content: Uint8Array): Uint8Array => {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const padding = (64 - ((10 + dictionary.length + 1) % 64)) % 64;
  const header = `${dictionary}${" ".repeat(padding)}\n`;
  const bytes = new Uint8Array(10 + header.length + content.length);
  bytes.set(MAGIC);
  bytes.set([1, 0, header.length & 0xff, header.length >> 8], 6);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(content, 10 + header.length);
  return bytes;
};

/** Writes numbers as an NPY array of 64-bit floats, little-endian. */
export const writeNpy = (data: ArrayLike<number>, shape: readonly number[] = [data.length]): Uint8Array => {
  const count = shape.reduce((product, n) => product * n, 1);
  if (data.length !== count)
    throw new InputError(`npy: expected ${count} numbers for shape (${shape.join(", ")}), got ${data.length}`);
  const content = new Uint8Array(8 * count);
  const view = new DataView(content.buffer);
  for (let k = 0; k < count; k++) view.setFloat64(8 * k, data[k]!, true);
  return withHeader("<f8", shape, content);
};

/** Writes one text as an NPY array of unicode without axes, as `numpy.array("text")` is. */
export const writeNpyText = (text: string): Uint8Array => {
  const points = Array.from(text, (letter) => letter.codePointAt(0)!);
  const content = new Uint8Array(4 * Math.max(1, points.length));
  const view = new DataView(content.buffer);
  points.forEach((point, k) => {
    view.setUint32(4 * k, point, true);
  });
  return withHeader(`<U${Math.max(1, points.length)}`, [], content);
};
