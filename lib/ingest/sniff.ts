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

const NO_LOGS: readonly (readonly [signature: readonly number[], sentence: string])[] = [
  [
    bytesOf("SQLite format 3\0"),
    "This is an SQLite database, not a log. A capture that Eyepiece made is opened by dropping it on the first page.",
  ],
  [
    bytesOf("PAR1"),
    "This is a Parquet file, which is not read: write its rows as JSON lines or CSV and add that.",
  ],
  [
    bytesOf("Obj\u0001"),
    "This is an Avro file, as Event Hubs Capture writes it, which is not read: write its records as JSON lines (avro-tools tojson) and add that.",
  ],
  ...[
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0x4d, 0x3c, 0xb2, 0xa1],
    [0x0a, 0x0d, 0x0d, 0x0a],
  ].map(
    (signature) =>
      [
        signature,
        "This is a packet capture (pcap): it holds packets and no verdicts. Export flows with hubble observe -o json.",
      ] as const,
  ),
  [bytesOf("%PDF"), "This is a PDF: add the log itself."],
  [[0x89, 0x50, 0x4e, 0x47], "This is a picture: add the log itself."],
  [[0xff, 0xd8, 0xff], "This is a picture: add the log itself."],
];

function bytesOf(text: string): number[] {
  return [...Buffer.from(text, "latin1")];
}

/** Refuses what is no text by the name of what it is. */
export function refuseUnreadable(head: Uint8Array): void {
  const packing = NOT_READ.find(([, , signature]) => begins(head, signature));
  if (packing !== undefined) {
    throw new FileRefusal(
      "packing_not_read",
      `This is ${packing[0]}, which is not read: unpack it (${packing[1]}) and add what is inside.`,
    );
  }
  const other = NO_LOGS.find(([signature]) => begins(head, signature));
  if (other !== undefined) throw new FileRefusal("not_text", other[1]);
  if (isBinary(head))
    throw new FileRefusal(
      "not_text",
      "This is not a text file: no flow log begins like this. Add the log itself.",
    );
}

/**
 * Text has few control characters. NUL is among them: a log that was cut short while it was written to begins with any number
 * of NULs, and one of a machine that lost power ends with some.
 */
/** True when nothing but zero bytes was looked at. */
export function isHole(head: Uint8Array): boolean {
  return head.length === HEAD_BYTES && head.every((byte) => byte === 0);
}

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
