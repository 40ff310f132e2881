/**
 * What must hold of an HDF5 file before the library may look at it.
 *
 * The library walks a global heap, where texts of variable length lie, object by object; one that states the size 0 keeps
 * it walking forever. Layout: HDF5 File Format Specification 3.0, II.A (superblock) and III.E (global heap).
 */
import { InputError } from "../../error.js";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const HEAP = 0x4c4f4347;
const HEAP_VERSION = 1;
const HEADER = 16;
const ADDRESS_BYTES = 8;

/** Where the superblock starts, at 0 or behind a user block of 512, 1024, 2048, … bytes; -1 where there is none. */
export const superblockAt = (bytes: Uint8Array): number => {
  for (let start = 0; start + 16 <= bytes.length; start = start === 0 ? 512 : 2 * start)
    if (SIGNATURE.every((byte, k) => bytes[start + k] === byte)) return start;
  return -1;
};

const requireHeapEnds = (view: DataView, start: number): void => {
  const end = start + Number(view.getBigUint64(start + 8, true));
  let at = start + HEADER;
  while (at + HEADER <= end && end <= view.byteLength) {
    const size = Number(view.getBigUint64(at + 8, true));
    const step = view.getUint16(at, true) === 0 ? size : HEADER + 8 * Math.ceil(size / 8);
    if (!(step >= HEADER && at + step <= end))
      throw new InputError(`damaged HDF5 file, the heap at byte ${start} has an object of impossible size ${size}`);
    at += step;
  }
};

const requireComplete = (bytes: Uint8Array, view: DataView, start: number): void => {
  const version = bytes[start + 8]!;
  const modern = version >= 2;
  const widths = modern ? [bytes[start + 9], bytes[start + 10]] : [bytes[start + 13], bytes[start + 14]];
  if (version > 3 || widths.some((width) => width !== ADDRESS_BYTES))
    throw new InputError(
      `expected an HDF5 superblock of version 0 to 3 with addresses of ${ADDRESS_BYTES} bytes, got version ${version} and ${widths.join(", ")}`,
    );
  const place = start + (modern ? 28 : version === 1 ? 44 : 40);
  if (place + 8 > bytes.length) throw new InputError(`truncated HDF5 file, got ${bytes.length} bytes`);
  const stated = view.getBigUint64(place, true);
  if (stated > BigInt(bytes.length))
    throw new InputError(`truncated HDF5 file, expected ${stated} bytes, got ${bytes.length}`);
};

/** Throws an `InputError` for a file that is cut off, and for one whose reading would not end. */
export const requireReadable = (bytes: Uint8Array): void => {
  const start = superblockAt(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  requireComplete(bytes, view, start);
  for (let at = bytes.indexOf(0x47, start); at >= 0 && at + HEADER <= bytes.length; at = bytes.indexOf(0x47, at + 1))
    if (view.getUint32(at, true) === HEAP && view.getUint32(at + 4, true) === HEAP_VERSION) requireHeapEnds(view, at);
};
