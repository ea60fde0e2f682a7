/**
 * HTTP headers on their way to the store, so that `http-header:name:value` is exact and costs little.
 *
 * Most headers have a handful of values (accept, user-agent, a tenant); a few have another one in every record
 * (dates, lengths, trace ids). So a record's headers are one text, in which a name with many values has null for
 * its value, and beside it stand 64 bits of each such value. A text is then shared by very many records.
 *
 * Which names have many values is learned as records come: another decoder may learn it later, so the same headers
 * can be written in two ways, and each says in itself how it is to be read. Answers do not depend on it.
 */

import type { Layer7 } from "@/lib/flow/flow";
import { headerHash } from "@/lib/flow/http";
import { storable } from "./entries";

type Header = NonNullable<NonNullable<Layer7["http"]>["headers"]>[number];

/** Values that a name may have before it counts as one with many. */
const FEW = 32;
/** A longer value is not kept as a text. */
const LONGEST = 200;
/** Names that are watched; a log with more has made-up ones. */
const NAMES = 500;
const NO_NAMES: readonly Buffer[] = [];

export interface PackedHeaders {
  /** JSON: `[name, value or null]` for each header, in their order. */
  readonly text: string;
  /** Which of them have null for their value. */
  readonly isVaried: readonly boolean[];
  /** 64 bits of each value that is null in the text, one behind the other; undefined when there is none. */
  readonly varied: Uint8Array | undefined;
}

export class HeaderPacker {
  /** Values seen of each name; "many" from a point on. */
  private readonly seen = new Map<string, Set<string> | "many">();
  /** Names with many values, by their length in bytes. */
  private readonly manyByLength = new Map<number, Buffer[]>();

  pack(headers: readonly Header[]): PackedHeaders {
    const hashes: bigint[] = [];
    const isVaried: boolean[] = [];
    const pairs = headers.map(({ key, value }): [string, string | null] => {
      const name = storable(key);
      const isKept = this.isOneOfFew(name, value) && value === storable(value);
      isVaried.push(!isKept);
      if (isKept) return [name, value];
      hashes.push(headerHash(name, value));
      return [name, null];
    });
    const varied = hashes.length === 0 ? undefined : packedHashes(hashes);
    return { text: JSON.stringify(pairs), isVaried, varied };
  }

  /** The same of a plain ASCII value of a header whose name is these bytes, without a text of them. */
  isVaried(bytes: Uint8Array, start: number, end: number, valueLength: number): boolean {
    if (valueLength > LONGEST) return true;
    for (const name of this.manyByLength.get(end - start) ?? NO_NAMES)
      if (isAt(name, bytes, start)) return true;
    return false;
  }

  private isOneOfFew(name: string, value: string): boolean {
    if (value.length > LONGEST) return false;
    let values = this.seen.get(name);
    if (values === undefined) {
      if (this.seen.size >= NAMES) return false;
      values = new Set();
      this.seen.set(name, values);
    }
    if (values === "many") return false;
    values.add(value);
    if (values.size <= FEW) return true;
    this.seen.set(name, "many");
    const bytes = Buffer.from(name);
    this.manyByLength.set(bytes.length, [...(this.manyByLength.get(bytes.length) ?? NO_NAMES), bytes]);
    return false;
  }
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}

/** 64 bits each, one behind the other. */
function packedHashes(hashes: readonly bigint[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(hashes.length * 8));
  for (const [at, hash] of hashes.entries()) bytes.setBigInt64(at * 8, hash);
  return new Uint8Array(bytes.buffer);
}
