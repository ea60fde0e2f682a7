/** Archives for tests, written from the formats' descriptions and not by the code that reads them. */

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly isStored?: boolean;
  /** Sizes and checksum stand behind the content. */
  readonly hasDescriptor?: boolean;
  /** The descriptor has no signature. */
  readonly bareDescriptor?: boolean;
  /** Sizes and offset stand in the 64-bit field. */
  readonly isLong?: boolean;
  readonly isEncrypted?: boolean;
  readonly isLink?: boolean;
  readonly method?: number;
  /** What it claims to unpack to. */
  readonly claims?: number;
  readonly crc?: number;
}

/** Local headers with contents, list of contents, end. `long` writes the end in the 64-bit form too. */
export function zip(members: readonly ZipMember[], { long = false } = {}): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const entry = zipEntry(member, at);
    parts.push(entry.local);
    list.push(entry.central);
    at += entry.local.length;
  }
  const directory = Buffer.concat(list);
  return Buffer.concat([...parts, directory, ...zipEnd(members.length, directory.length, at, long)]);
}

function zipEntry(member: ZipMember, offset: number): { local: Buffer; central: Buffer } {
  const plain = Buffer.from(member.content);
  const packed = member.isStored ? plain : deflateRawSync(plain);
  const name = Buffer.from(member.name);
  const crc = member.crc ?? crc32(plain);
  const size = member.claims ?? plain.length;
  const flags = (member.isEncrypted ? 1 : 0) | (member.hasDescriptor ? 8 : 0) | 0x800;
  const method = member.method ?? (member.isStored ? 0 : 8);
  const sizes = (isHere: boolean): number[] =>
    !isHere ? [0, 0] : member.isLong ? [0xffffffff, 0xffffffff] : [packed.length, size];
  const extra = member.isLong ? longExtra(size, packed.length, offset) : Buffer.alloc(0);
  const local = numbers(
    [0x04034b50, 4],
    [20, 2],
    [flags, 2],
    [method, 2],
    [0, 4],
    [member.hasDescriptor ? 0 : crc, 4],
    ...sizes(!member.hasDescriptor).map((n) => [n, 4] as const),
    [name.length, 2],
    [extra.length, 2],
  );
  const descriptor = !member.hasDescriptor
    ? Buffer.alloc(0)
    : numbers(
        ...(member.bareDescriptor ? [] : [[0x08074b50, 4] as const]),
        [crc, 4],
        [packed.length, 4],
        [size, 4],
      );
  const mode = member.isLink ? 0o120777 : 0o100644;
  const central = numbers(
    [0x02014b50, 4],
    [(3 << 8) | 20, 2],
    [20, 2],
    [flags, 2],
    [method, 2],
    [0, 4],
    [crc, 4],
    ...sizes(true).map((n) => [n, 4] as const),
    [name.length, 2],
    [extra.length, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [mode * 65536, 4],
    [member.isLong ? 0xffffffff : offset, 4],
  );
  return {
    local: Buffer.concat([local, name, extra, packed, descriptor]),
    central: Buffer.concat([central, name, extra]),
  };
}

function longExtra(size: number, packed: number, offset: number): Buffer {
  return numbers([1, 2], [24, 2], [size, 8], [packed, 8], [offset, 8]);
}

function zipEnd(entries: number, bytes: number, offset: number, long: boolean): Buffer[] {
  const short = long
    ? numbers(
        [0x06054b50, 4],
        [0, 2],
        [0, 2],
        [0xffff, 2],
        [0xffff, 2],
        [0xffffffff, 4],
        [0xffffffff, 4],
        [0, 2],
      )
    : numbers(
        [0x06054b50, 4],
        [0, 2],
        [0, 2],
        [entries & 0xffff, 2],
        [entries & 0xffff, 2],
        [bytes, 4],
        [offset, 4],
        [0, 2],
      );
  if (!long) return [short];
  const end = numbers(
    [0x06064b50, 4],
    [44, 8],
    [45, 2],
    [45, 2],
    [0, 4],
    [0, 4],
    [entries, 8],
    [entries, 8],
    [bytes, 8],
    [offset, 8],
  );
  return [end, numbers([0x07064b50, 4], [0, 4], [offset + bytes, 8], [1, 4]), short];
}

/** Little-endian numbers, each with its length in bytes. */
function numbers(...values: readonly (readonly [value: number, bytes: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      if (bytes === 8) field.writeBigUInt64LE(BigInt(value));
      else field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

export interface TarMember {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** "0" when it is left out: an ordinary file. */
  readonly type?: string;
  /** What its header claims, in octal digits or as it stands. */
  readonly size?: number | Buffer;
  /** The old form, before ustar. */
  readonly isOld?: boolean;
  readonly prefix?: string;
}

/** Two blocks of zeros end it. */
export function tar(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.map(tarMember), Buffer.alloc(1024)]);
}

function tarMember({ name, content = "", type = "0", size, isOld, prefix }: TarMember): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write("0000644\0", 100);
  const given = size ?? bytes.length;
  if (typeof given === "number") header.write(`${given.toString(8).padStart(11, "0")}\0`, 124);
  else given.copy(header, 124);
  header.write("        ", 148);
  header.write(type, 156);
  if (!isOld) header.write("ustar\u000000", 257);
  if (prefix !== undefined) header.write(prefix, 345);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A header of pax that says something about the member behind it. */
export function pax(records: Readonly<Record<string, string>>): TarMember {
  const content = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    return `${length} ${key}=${value}\n`;
  });
  return { name: "PaxHeader", type: "x", content: content.join("") };
}

/** A zstd frame of raw blocks and of repeated bytes (`[byte, times]`). */
export function zstdFrame(
  blocks: readonly (Uint8Array | string | readonly [byte: number, times: number])[],
  {
    window = 0x50,
    checksum = false,
    contentBytes,
  }: { window?: number; checksum?: boolean; contentBytes?: number } = {},
): Buffer {
  const descriptor = (checksum ? 4 : 0) | (contentBytes === undefined ? 0 : 0x80);
  const content = contentBytes === undefined ? Buffer.alloc(0) : numbers([contentBytes, 4]);
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, window]), content];
  for (const [index, block] of blocks.entries()) {
    const isLast = index === blocks.length - 1 ? 1 : 0;
    if (isRepeated(block)) parts.push(numbers([(block[1] << 3) | 2 | isLast, 3]), Buffer.from([block[0]]));
    else {
      const bytes = Buffer.from(block);
      parts.push(numbers([(bytes.length << 3) | isLast, 3]), bytes);
    }
  }
  if (checksum) parts.push(Buffer.from([1, 2, 3, 4]));
  return Buffer.concat(parts);
}

function isRepeated(
  block: Uint8Array | string | readonly [number, number],
): block is readonly [number, number] {
  return Array.isArray(block);
}
