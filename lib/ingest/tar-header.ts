/** The header of a tar entry: POSIX.1-1988 (ustar), with the numbers of GNU tar and the records of pax. */

export const TAR_BLOCK = 512;

export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** The letter that says what the entry is. */
  readonly type: string;
}

const CHECKSUM_AT = 148;

/** True for a block whose checksum is right, which few other 512 bytes have. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK || block[0] === 0) return false;
  const wanted = octal(block.subarray(CHECKSUM_AT, CHECKSUM_AT + 8));
  if (wanted === undefined) return false;
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK; i++)
    sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + 8 ? 32 : (block[i] as number);
  return sum === wanted;
}

/** Undefined when the block is no header. */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (!isTarHeader(block)) return undefined;
  const size = numberOf(block.subarray(124, 136));
  if (size === undefined) return undefined;
  const isUstar = text(block.subarray(257, 262)) === "ustar";
  const prefix = isUstar && block[262] === 0 ? text(block.subarray(345, 500)) : "";
  const name = text(block.subarray(0, 100));
  const type = String.fromCharCode(block[156] as number);
  return { name: prefix === "" ? name : `${prefix}/${name}`, size, type: type === "\0" ? "0" : type };
}

/** Octal digits, or a binary number when the first bit is set (GNU tar, for entries of 8 GiB and more). */
function numberOf(field: Uint8Array): number | undefined {
  if (((field[0] as number) & 0x80) === 0) return octal(field) ?? (field.every(isFiller) ? 0 : undefined);
  let value = (field[0] as number) & 0x7f;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : undefined;
}

function octal(field: Uint8Array): number | undefined {
  const digits = text(field).trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

const isFiller = (byte: number): boolean => byte === 0 || byte === 32;

/** Up to the first NUL. */
function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decodeName(end < 0 ? field : field.subarray(0, end));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Names are UTF-8 mostly; in anything else each byte is one character, which is at least something to show. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}

/** The records `LENGTH KEY=VALUE\n` of a pax header; damaged ones end the list. */
export function paxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const blank = bytes.indexOf(32, at);
    const length = blank < 0 ? Number.NaN : Number(decodeName(bytes.subarray(at, blank)));
    if (!Number.isSafeInteger(length) || length <= blank - at + 1 || at + length > bytes.length) break;
    const record = decodeName(bytes.subarray(blank + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
