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

export interface PackedHeaders {
  /** JSON: `[name, value or null]` for each header, in their order. */
  readonly text: string;
  /** 64 bits of each value that is null in the text, one behind the other; undefined when there is none. */
  readonly varied: Uint8Array | undefined;
}

export class HeaderPacker {
  /** Values seen of each name; "many" from a point on. */
  private readonly seen = new Map<string, Set<string> | "many">();

  pack(headers: readonly Header[]): PackedHeaders {
    const hashes: bigint[] = [];
    const pairs = headers.map(({ key, value }): [string, string | null] => {
      const name = storable(key);
      if (this.isOneOfFew(name, value) && value === storable(value)) return [name, value];
      hashes.push(headerHash(name, value));
      return [name, null];
    });
    return { text: JSON.stringify(pairs), varied: hashes.length === 0 ? undefined : toBytes(hashes) };
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
    return false;
  }
}

function toBytes(hashes: readonly bigint[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(hashes.length * 8));
  for (const [at, hash] of hashes.entries()) bytes.setBigInt64(at * 8, hash);
  return new Uint8Array(bytes.buffer);
}
