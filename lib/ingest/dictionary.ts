import { hash } from "node:crypto";
import type { DictionaryEntry } from "@/lib/flow/batch";

/**
 * Ids of repeated values within one decoder, in the order of their first use, and the entries that
 * were not sent yet.
 */
export class LocalDictionary {
  private readonly ids = new Map<string, number>();
  private fresh: DictionaryEntry[] = [];
  /** Characters of the keys held. */
  chars = 0;

  /** `values` is asked only for a key that is new. */
  idOf(key: string, values: () => DictionaryEntry["values"]): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(key, id);
    this.chars += key.length;
    this.fresh.push({ hash: hash64(key), values: values() });
    return id;
  }

  takeFresh(): DictionaryEntry[] {
    const fresh = this.fresh;
    this.fresh = [];
    return fresh;
  }

  clear(): void {
    this.ids.clear();
    this.fresh = [];
    this.chars = 0;
  }
}

/** First 64 bits of the SHA-256, signed as SQLite keeps them. Not a mere checksum: log content is hostile. */
export function hash64(data: string | Uint8Array): bigint {
  return hash("sha256", data, "buffer").readBigInt64BE(0);
}
