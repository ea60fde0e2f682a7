/**
 * What the first bytes of a file say about its packing; the name says nothing.
 *
 * Signatures: RFC 1952 (gzip), RFC 8878 (zstd), PKWARE's APPNOTE 6.3.10 (zip), POSIX.1-1988 and pax (tar), the
 * xz and bzip2 file formats.
 */

import { FileRefusal } from "./file-refusal";
import { isTarHeader } from "./tar-header";

export type Packing = "plain" | "gzip" | "zstd" | "zip" | "tar" | "utf-16";

/** So many bytes are enough to tell. */
export const HEAD_BYTES = 4096;
/** So many zero bytes behind each other are no text of anyone, and none of a picture's head. */
export const SHORTEST_HOLE = 64;

const SIGNATURES: readonly (readonly [packing: Packing, signature: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  // A zip without entries.
  ["zip", [0x50, 0x4b, 0x05, 0x06]],
];

/** A frame that zstd decoders skip; `pzstd` begins files with one. The last digit is free. */
function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
}

export function sniffPacking(head: Uint8Array): Packing {
  const known = SIGNATURES.find(([, signature]) => begins(head, signature));
  if (known !== undefined) return known[0];
  if (isSkippableFrame(head)) return "zstd";
  if (isTarHeader(head)) return "tar";
  return byteOrderOf(head) === undefined ? "plain" : "utf-16";
}

const BYTE_ORDER_MARK = { big: [0xfe, 0xff], little: [0xff, 0xfe] } as const;

/**
 * Which half of a character comes first in UTF-16; undefined when the bytes are none. Without a mark it is told by zero bytes:
 * a log is nearly all ASCII, so every other byte is zero and those between are text. Zero bytes beside each other are a hole.
 */
export function byteOrderOf(head: Uint8Array): "big" | "little" | undefined {
  if (begins(head, BYTE_ORDER_MARK.big)) return "big";
  if (begins(head, BYTE_ORDER_MARK.little)) return "little";
  const pairs = Math.floor(head.length / 2);
  if (pairs < FEWEST_PAIRS) return undefined;
  let [big, little] = [0, 0];
  for (let at = 0; at < pairs * 2; at += 2) {
    const [first, second] = [head[at] as number, head[at + 1] as number];
    if (first === 0 && isAsciiText(second)) big++;
    else if (second === 0 && isAsciiText(first)) little++;
  }
  if (little >= pairs * MOSTLY) return "little";
  return big >= pairs * MOSTLY ? "big" : undefined;
}

/** Fewer are no record: `{}`. */
const FEWEST_PAIRS = 2;
const MOSTLY = 0.75;

function isAsciiText(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13;
}

const NOT_READ: readonly (readonly [name: string, command: string, signature: readonly number[]])[] = [
  ["bzip2", "bunzip2", [0x42, 0x5a, 0x68]],
  ["xz", "unxz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["a 7z archive", "7z x", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ["a rar archive", "unrar x", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ["lz4", "unlz4", [0x04, 0x22, 0x4d, 0x18]],
];

/** Refuses what is no text by the name of what it is. */
export function refuseUnreadable(head: Uint8Array): void {
  const packing = NOT_READ.find(([, , signature]) => begins(head, signature));
  if (packing !== undefined) {
    throw new FileRefusal(
      "packing_not_read",
      `This is ${packing[0]}, which is not read: unpack it (${packing[1]}) and add what is inside.`,
    );
  }
  if (isBinary(head))
    throw new FileRefusal("not_text", "This is not a text file: no flow log begins like this.");
}

/**
 * Text has few control characters. NUL is among them: a log that was cut short while it was written to begins with any number
 * of NULs, and one of a machine that lost power ends with some.
 */
function isBinary(head: Uint8Array): boolean {
  const first = head.findIndex((byte) => byte !== 0);
  if (first < 0) return head.length > 0 && head.length < HEAD_BYTES;
  const last = head.findLastIndex((byte) => byte !== 0);
  const text = head.subarray(first, head.length - last > SHORTEST_HOLE ? last + 1 : head.length);
  const controls = text.filter(
    (byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27,
  );
  return controls.length * 20 > text.length;
}

function begins(head: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, i) => head[i] === byte);
}
