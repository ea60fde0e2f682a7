/** The pairs of one decoder: who talked to whom, numbered in the order of their first use. */

import type { BatchPair } from "@/lib/flow/batch";
import { storable } from "./entries";

/** Characters that a pair weighs in the bound of the dictionaries. */
const PAIR_CHARS = 100;

export class PairDictionary {
  /** By source and destination; pairs of the same two sides are compared one by one. */
  private readonly known = new Map<number, Map<number, { pair: BatchPair; id: number }[]>>();
  private fresh: BatchPair[] = [];
  private size = 0;

  /** Of the same weight as the characters of the other dictionaries. */
  get chars(): number {
    return this.size * PAIR_CHARS;
  }

  idOf(pair: BatchPair): number {
    const siblings = this.siblingsOf(pair);
    for (const known of siblings) if (samePair(known.pair, pair)) return known.id;
    const id = this.size++;
    siblings.push({ pair, id });
    this.fresh.push({ ...pair, protocol: pair.protocol === undefined ? undefined : storable(pair.protocol) });
    return id;
  }

  /** Told apart by server port too, so that a scan of many ports stays quick. */
  private siblingsOf({ source, destination, serverPort }: BatchPair): { pair: BatchPair; id: number }[] {
    const ofSource = getOrAdd(this.known, source, () => new Map());
    return getOrAdd(ofSource, destination * 65_537 + ((serverPort ?? -1) % 65_536) + 1, () => []);
  }

  takeFresh(): BatchPair[] {
    const fresh = this.fresh;
    this.fresh = [];
    return fresh;
  }

  clear(): void {
    this.known.clear();
    this.fresh = [];
    this.size = 0;
  }
}

function samePair(a: BatchPair, b: BatchPair): boolean {
  return (
    a.destination === b.destination &&
    a.serverPort === b.serverPort &&
    a.side === b.side &&
    a.by === b.by &&
    a.protocol === b.protocol
  );
}

function getOrAdd<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
