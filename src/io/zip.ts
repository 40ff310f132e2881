/**
 * ZIP archives with limits: own reader of the directory, fflate for inflating.
 *
 * Sizes are taken from the central directory and capped before anything is inflated, and every entry must have the size and
 * the CRC-32 that the directory states, so that neither bombs nor flipped bits get through.
 */
import { inflateSync, type Zippable, zipSync } from "fflate";
import { InputError } from "../error.js";

const MAX_ENTRIES = 4096;
const MAX_INFLATED = 2 ** 30;
const END = 0x06054b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/** One file in an archive, not yet inflated. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

export const matchesZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) crc = CRC_TABLE[(crc ^ bytes[k]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

const damaged = (what: string): InputError => new InputError(`damaged or truncated ZIP archive, ${what}`);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The files that an archive lists, in its order. */
export const zipEntries = (bytes: Uint8Array): readonly ZipEntry[] => {
  const view = viewOf(bytes);
  let end = bytes.length - 22;
  const first = Math.max(0, end - 0xffff);
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) throw damaged("its directory is missing");
  const count = view.getUint16(end + 10, true);
  if (count > MAX_ENTRIES) throw new InputError(`expected at most ${MAX_ENTRIES} files in the archive, got ${count}`);
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  let total = 0;
  for (let k = 0; k < count; k++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY)
      throw damaged(`entry ${k} of its directory is missing`);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw damaged(`entry ${k} of its directory is cut off`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const size = view.getUint32(at + 24, true);
    if (view.getUint16(at + 8, true) & 1) throw new InputError(`${name}: encrypted files are not read`);
    total += size;
    if (total > MAX_INFLATED) throw new InputError(`expected at most ${MAX_INFLATED} bytes when unpacked, got more`);
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size,
      offset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
};

/** The content of one file of an archive. */
export const zipContent = (bytes: Uint8Array, entry: ZipEntry): Uint8Array => {
  const { name, method, packed, size, offset, crc } = entry;
  const view = viewOf(bytes);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL) throw damaged(`${name} is missing`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw damaged(`${name} is cut off`);
  const content = bytes.subarray(start, start + packed);
  if (method !== STORED && method !== DEFLATED)
    throw new InputError(`${name}: expected a stored or deflated file, got compression method ${method}`);
  let unpacked = content;
  if (method === DEFLATED) {
    try {
      unpacked = inflateSync(content, { out: new Uint8Array(size) });
    } catch (error) {
      throw new InputError(`damaged or truncated ZIP archive, ${name} cannot be inflated`, { cause: error });
    }
  }
  if (unpacked.length !== size || crc32(unpacked) !== crc) throw damaged(`${name} does not have its checksum`);
  return unpacked;
};

/** An archive of the given files. The same files give the same bytes. */
export const writeZip = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => {
  const zippable: Zippable = {};
  for (const [name, content] of files) zippable[name] = [content, { level: 1, mtime: new Date(1980, 0, 1) }];
  return zipSync(zippable);
};
