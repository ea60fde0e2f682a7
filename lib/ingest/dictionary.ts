import { hash64 } from "@/lib/base/hash";
import type { DictionaryEntry } from "@/lib/flow/batch";

/** How the values of one dictionary are told apart and written down. */
export interface Entries<Value> {
  /** A text or number that few values share. It only has to be quick: no joining of texts. */
  roughKey(value: Value): string | number;
  /** Decides: equal values, and only those, share an id. */
  same(a: Value, b: Value): boolean;
  /** The columns of the entry. */
  columns(value: Value): DictionaryEntry["values"];
}

interface Known<Value> {
  readonly value: Value;
  readonly id: number;
}

/** Values with one rough key that are compared one by one; beyond it they are found by all their columns. */
const COMPARED = 24;

/**
 * Ids of repeated values within one decoder, in the order of their first use, and the entries that
 * were not sent yet.
 *
 * A record's sides are hundreds of characters long: comparing them with the one known value that shares
 * their pod and address costs far less than making a key of everything.
 */
export class LocalDictionary<Value> {
  private readonly known = new Map<string | number, Known<Value>[]>();
  private readonly crowded = new Map<string, number>();
  private fresh: DictionaryEntry[] = [];
  private size = 0;
  /** Characters of the entries held. */
  chars = 0;

  constructor(private readonly entries: Entries<Value>) {}

  idOf(value: Value): number {
    const rough = this.entries.roughKey(value);
    const candidates = this.known.get(rough);
    if (candidates === undefined) {
      const id = this.add(value, JSON.stringify(this.entries.columns(value)));
      this.known.set(rough, [{ value, id }]);
      return id;
    }
    for (const candidate of candidates) if (this.entries.same(candidate.value, value)) return candidate.id;
    return this.addBeside(candidates, value);
  }

  private addBeside(candidates: Known<Value>[], value: Value): number {
    const text = JSON.stringify(this.entries.columns(value));
    if (candidates.length < COMPARED) {
      const id = this.add(value, text);
      candidates.push({ value, id });
      return id;
    }
    const crowded = this.crowded.get(text);
    if (crowded !== undefined) return crowded;
    const id = this.add(value, text);
    this.crowded.set(text, id);
    return id;
  }

  private add(value: Value, text: string): number {
    this.chars += text.length;
    this.fresh.push({ hash: hash64(text), values: this.entries.columns(value) });
    return this.size++;
  }

  takeFresh(): DictionaryEntry[] {
    const fresh = this.fresh;
    this.fresh = [];
    return fresh;
  }

  clear(): void {
    this.known.clear();
    this.crowded.clear();
    this.fresh = [];
    this.size = 0;
    this.chars = 0;
  }
}
