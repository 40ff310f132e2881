/**
 * NPZ files that grow while a simulation runs: rows are appended to one temporary file per array, and the archive is put
 * together from them at the end, whether all rows came or not. Memory stays bounded, and the path holds the old file or
 * the whole new one.
 */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { InputError } from "../error.js";
import { fileError } from "./files.node.js";
import { npyHeader } from "./npy.js";

/** An archive in the making. */
export interface NpzStream {
  /** Appends rows of an array. */
  readonly append: (name: string, rows: Float64Array) => Promise<void>;
  /** Puts the archive together at its path. */
  readonly finish: () => Promise<void>;
  /** Removes what was written. */
  readonly discard: () => Promise<void>;
}

interface Part {
  readonly path: string;
  readonly file: FileHandle;
  readonly rowShape: readonly number[];
  numbers: number;
}

/** Sizes in the classic ZIP directory have 32 bits. */
const LARGEST = 2 ** 32 - 1;

const productOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const localHeader = (name: Buffer, size: number, crc: number): Buffer => {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(0x21, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(size, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
};

const directoryEntry = (name: Buffer, size: number, crc: number, offset: number): Buffer => {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 4);
  entry.writeUInt16LE(20, 6);
  entry.writeUInt16LE(0x21, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(size, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, name]);
};

const directoryEnd = (count: number, size: number, offset: number): Buffer => {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
};

const checksum = async (header: Uint8Array, path: string): Promise<number> => {
  let crc = crc32(header);
  for await (const chunk of createReadStream(path)) crc = crc32(chunk as Buffer, crc);
  return crc;
};

/**
 * Opens an NPZ file for appending rows.
 *
 * @param rowShapes the shape of one row of each array; a row of `[]` is a number
 */
export const streamNpz = async (
  path: string,
  rowShapes: Readonly<Record<string, readonly number[]>>,
): Promise<NpzStream> => {
  const token = randomBytes(6).toString("hex");
  const temporary = (name: string) => join(dirname(path), `.${basename(path)}.${token}.${name}.tmp`);
  const parts = new Map<string, Part>();
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await discard();
      throw fileError(path, error);
    }
  };
  const discard = async (): Promise<void> => {
    for (const { path: part, file } of parts.values()) {
      await file.close().catch(() => {});
      await unlink(part).catch(() => {});
    }
    await unlink(temporary("archive")).catch(() => {});
  };

  await guarded(async () => {
    for (const [name, rowShape] of Object.entries(rowShapes))
      parts.set(name, { path: temporary(name), file: await open(temporary(name), "wx"), rowShape, numbers: 0 });
  });

  return {
    append: (name, rows) =>
      guarded(async () => {
        const part = parts.get(name)!;
        part.numbers += rows.length;
        if (8 * part.numbers > LARGEST - 1024)
          throw new InputError(`${path}: ${name} grew past 4 GiB; save less often or save less`);
        await part.file.writeFile(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
      }),
    finish: () =>
      guarded(async () => {
        const archive = await open(temporary("archive"), "wx");
        try {
          const directory: Buffer[] = [];
          let offset = 0;
          const write = async (bytes: Uint8Array) => {
            await archive.writeFile(bytes);
            offset += bytes.length;
          };
          for (const [name, part] of parts) {
            const header = npyHeader([part.numbers / productOf(part.rowShape), ...part.rowShape]);
            const size = header.length + 8 * part.numbers;
            const crc = await checksum(header, part.path);
            const entryName = Buffer.from(`${name}.npy`);
            directory.push(directoryEntry(entryName, size, crc, offset));
            await write(localHeader(entryName, size, crc));
            await write(header);
            for await (const chunk of createReadStream(part.path)) await write(chunk as Buffer);
            if (offset > LARGEST)
              throw new InputError(`${path}: the archive grew past 4 GiB; save less often or save less`);
          }
          const start = offset;
          for (const entry of directory) await write(entry);
          await write(directoryEnd(directory.length, offset - start, start));
          await archive.sync();
        } finally {
          await archive.close();
        }
        await rename(temporary("archive"), path);
        await discard();
      }),
    discard,
  };
};
