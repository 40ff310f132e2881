/** NPZ: named NPY arrays in a ZIP archive, as `numpy.savez` and `numpy.savez_compressed` write them. */
import { InputError } from "../error.js";
import { type NpyArray, readNpy, writeNpy, writeNpyText } from "./npy.js";
import { within } from "./subject.js";
import { writeZip, zipContent, zipEntries } from "./zip.js";

/** An array to write: numbers with their shape, or one text. */
export type NpzValue = { readonly shape?: readonly number[]; readonly data: ArrayLike<number> } | string;

/**
 * The arrays of an NPZ file by name.
 *
 * @throws InputError for damage, pickles, and archives that are too large when unpacked
 */
export const readNpz = (bytes: Uint8Array): ReadonlyMap<string, NpyArray> => {
  const arrays = new Map<string, NpyArray>();
  for (const entry of zipEntries(bytes)) {
    if (!entry.name.endsWith(".npy")) continue;
    const name = entry.name.slice(0, -4);
    if (arrays.has(name)) throw new InputError(`${name}: stands in the file twice`);
    arrays.set(
      name,
      within(name, () => readNpy(zipContent(bytes, entry))),
    );
  }
  return arrays;
};

/**
 * An NPZ file of the given arrays; numbers are stored as 64-bit floats.
 *
 * @example writeNpz({ t: { data: times }, state: { data: states, shape: [steps, units] } })
 */
export const writeNpz = (arrays: Readonly<Record<string, NpzValue>>): Uint8Array =>
  writeZip(
    new Map(
      Object.entries(arrays).map(([name, value]) => [
        `${name}.npy`,
        typeof value === "string" ? writeNpyText(value) : writeNpy(value.data, value.shape),
      ]),
    ),
  );
