/**
 * Attributes that hold texts, read without the library's own reader of texts of variable length: after a failed read
 * that one frees addresses that were never set, and with them the memory of everything that is read later.
 */
import type { Attribute, Dataset, Group, ready } from "h5wasm";
import { InputError } from "../../error.js";

type Module = Awaited<typeof ready>;

const STRING = 3;
const MAX_BYTES = 2 ** 25;
const POINTER_BYTES = 4;

const variableTexts = (module: Module, { file_id, path, name, metadata }: Attribute): readonly string[] => {
  const size = POINTER_BYTES * metadata.total_size;
  const start = module._malloc(size);
  try {
    module.HEAPU8.fill(0, start, start + size);
    module.get_attribute_data(file_id, path, name, BigInt(start));
    const pointers = new Uint32Array(module.HEAPU8.slice(start, start + size).buffer);
    const texts = Array.from(pointers, (pointer) => module.UTF8ToString(pointer));
    module.reclaim_vlen_memory(file_id, path, name, BigInt(start));
    return texts;
  } finally {
    module._free(start);
  }
};

/** The texts of an attribute, or `undefined` where there is none of that name. */
export const textsOf = (
  module: Module,
  subject: string,
  owner: Group | Dataset,
  attribute: string,
): readonly string[] | undefined => {
  const found = owner.attrs[attribute];
  if (found === undefined) return undefined;
  const { type, size, total_size, shape, vlen } = found.metadata;
  if (shape === null || total_size === 0) return [];
  if (type !== STRING) throw new InputError(`${subject}: expected texts, got HDF5 type ${type}`);
  if (!(size * total_size <= MAX_BYTES))
    throw new InputError(`${subject}: expected at most ${MAX_BYTES} bytes, got ${size * total_size}`);
  if (vlen) return variableTexts(module, found);
  const { value } = found;
  return (Array.isArray(value) ? value : [value]).map(String);
};
