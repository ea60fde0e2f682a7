/**
 * Adds flows up by kind, observer, pair and policies in narrow buckets of time (lib/capture/flow-buckets.ts), and lists their ports (lib/capture/port-lists.ts).
 * Both are bytes, a list for each bucket: as rows of a table they would be as many as a quarter of the flows.
 */

import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { alignDown } from "@/lib/base/bucket-width";
import { ListWriter } from "../byte-lists";
import type { Sqlite } from "../driver";
import type { Combinations } from "./combinations";
import { Counts } from "./counts";
import { type FlowColumns, NO_PORT, NO_TEXT } from "./flow-columns";
import type { PairView } from "./pair-view";

const LARGEST_PORT = 65_535;
const HELD_BYTES = 262_144;
/** In place of a port of `ports`: the flow stands among the odd ones. */
const NONE = -1;

/** Where the list of a bucket stands in the file. */
interface Bucket {
  readonly startNs: bigint | null;
  /** Sums, then times, then ports. */
  readonly at: number;
  readonly sums: number;
  readonly times: number;
  readonly ports: number;
}

/** What was found, as data that another thread can give. */
export interface FoundBuckets {
  readonly widthNs: bigint;
  readonly file: string;
  readonly buckets: readonly Bucket[];
  /** By the number that lists name them by. */
  readonly combinations: {
    readonly kinds: readonly number[];
    readonly observers: readonly number[];
    readonly pairs: readonly number[];
    /** 0: none. */
    readonly policies: readonly number[];
  };
}

interface Odd {
  readonly combination: number;
  readonly source: number;
  readonly destination: number;
  readonly events: number;
}

export class BucketsInTime {
  /** Flows of the bucket: the other port, their events, and the flow of the same combination before. */
  private ports = new Int32Array(16_384);
  private events = new Float64Array(16_384);
  private before = new Int32Array(16_384);
  private rows = 0;
  /** By combination: the last of its flows. */
  private last = new Int32Array(1024).fill(NONE);
  private readonly counts = new Counts();
  private readonly touched: number[] = [];
  private readonly odd = new Map<number, Odd[]>();
  private endHigh = -(2 ** 31);
  private endLow = 0;
  private startNs: bigint | null = null;
  private readonly name: string;
  /** Open from the first bytes on. */
  private descriptor: number | undefined;
  private written = 0;
  private readonly buckets: Bucket[] = [];
  /** On its way into the file. */
  private readonly found = new ListWriter();
  private readonly sums = new ListWriter();
  private readonly times = new ListWriter();
  private readonly list = new ListWriter();
  private readonly rest = new ListWriter();

  constructor(
    capture: string,
    readonly widthNs: bigint,
    private readonly pairs: PairView,
  ) {
    this.name = `${capture}-settledBuckets`;
  }

  /** Flows come in the order of time, and those without a time last. */
  add(combination: number, flows: FlowColumns, row: number): void {
    if (!this.isIn(flows, row)) this.nextBucket(flows.timeNs(row));
    const { at } = flows;
    const port = this.otherPort(
      at.pair[row] as number,
      at.sourcePort[row] as number,
      at.destinationPort[row] as number,
    );
    if (combination >= this.last.length) this.growCombinations(combination);
    this.counts.add(combination, flows, row);
    if (this.last[combination] === NONE) this.touched.push(combination);
    const place = this.rows++;
    if (place >= this.ports.length) this.growRows();
    this.ports[place] = port;
    this.events[place] = at.events[row] as number;
    // The first of a combination names itself.
    this.before[place] = this.last[combination] === NONE ? place : (this.last[combination] as number);
    this.last[combination] = place;
    if (port === NONE) this.addOdd(combination, flows, row);
  }

  /** Where the other one is the server's port of the pair, as a filter finds it. */
  private otherPort(pair: number, source: number, destination: number): number {
    const side = this.pairs.sideOf(pair);
    if (side === 0) return NONE;
    const [other, server] = side === 1 ? [source, destination] : [destination, source];
    const isListed = other >= 0 && other <= LARGEST_PORT && server !== NO_PORT;
    return isListed && server === this.pairs.serverPortOf(pair) ? other : NONE;
  }

  private addOdd(combination: number, { at }: FlowColumns, row: number): void {
    const [source, destination] = [at.sourcePort[row] as number, at.destinationPort[row] as number];
    const found = this.odd.get(combination) ?? [];
    if (found.length === 0) this.odd.set(combination, found);
    const same = found.findIndex((one) => one.source === source && one.destination === destination);
    const events = at.events[row] as number;
    if (same < 0 || found.length > MANY) found.push({ combination, source, destination, events });
    else found[same] = { combination, source, destination, events: (found[same]?.events ?? 0) + events };
  }

  private isIn(flows: FlowColumns, row: number): boolean {
    if (!flows.isTimed(row)) return this.startNs === null && this.endHigh === 2 ** 31;
    const high = flows.at.timeHigh[row] as number;
    return (
      high < this.endHigh || (high === this.endHigh && (flows.at.timeLow[row] as number) >>> 0 < this.endLow)
    );
  }

  private nextBucket(timeNs: bigint | undefined): void {
    this.flush();
    this.startNs = timeNs === undefined ? null : alignDown(timeNs, this.widthNs);
    const end = this.startNs === null ? null : this.startNs + this.widthNs;
    this.endHigh = end === null ? 2 ** 31 : Number(end >> 32n);
    this.endLow = end === null ? 0 : Number(BigInt.asUintN(32, end));
  }

  private flush(): void {
    if (this.rows === 0) return;
    for (const list of [this.sums, this.times, this.list]) list.clear();
    const startNs = this.startNs !== null && this.startNs < LEAST ? LEAST : this.startNs;
    let before = 0;
    for (const combination of this.touched) {
      this.counts.write(this.sums, this.times, combination, { startNs, before });
      this.write(combination);
      before = combination;
    }
    this.counts.clear();
    const [sums, times, ports] = [this.sums.length, this.times.length, this.list.length];
    this.buckets.push({ startNs, at: this.written, sums, times, ports });
    for (const list of [this.sums, this.times, this.list]) this.found.append(list);
    this.written += sums + times + ports;
    if (this.found.length > HELD_BYTES) this.spill();
    this.rows = 0;
    this.touched.length = 0;
    this.odd.clear();
  }

  private spill(): void {
    const bytes = this.found.written();
    this.descriptor ??= openSync(this.name, "w");
    for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at);
    this.found.clear();
  }

  private write(combination: number): void {
    const { rest, list } = this;
    const places = this.placesOf(combination);
    const plain = places.filter((place) => this.events[place] === 1);
    const counted = places.filter((place) => this.events[place] !== 1);
    rest.clear();
    rest.varint(counted.length);
    for (const place of counted) {
      rest.two(this.ports[place] as number);
      rest.varint(this.events[place] as number);
    }
    for (const { source, destination, events } of this.odd.get(combination) ?? []) {
      rest.varint(source + 1);
      rest.varint(destination + 1);
      rest.varint(events);
    }
    list.varint(combination);
    list.varint(plain.length);
    list.varint(rest.length);
    for (const place of plain) list.two(this.ports[place] as number);
    list.append(rest);
  }

  /** Of those that are not odd. */
  private placesOf(combination: number): number[] {
    const places: number[] = [];
    for (let place = this.last[combination] as number; ; place = this.before[place] as number) {
      if (this.ports[place] !== NONE) places.push(place);
      if (this.before[place] === place) break;
    }
    this.last[combination] = NONE;
    return places;
  }

  end({ kinds, observers, pairs, policies }: Combinations): FoundBuckets {
    this.flush();
    if (this.found.length > 0) this.spill();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    return {
      ...{ widthNs: this.widthNs, file: this.name, buckets: this.buckets },
      combinations: { kinds, observers, pairs, policies },
    };
  }

  private growCombinations(combination: number): void {
    const larger = new Int32Array(Math.max(this.last.length * 2, combination + 1)).fill(NONE);
    larger.set(this.last);
    this.last = larger;
  }

  private growRows(): void {
    const [ports, events, before] = [this.ports, this.events, this.before];
    this.ports = new Int32Array(ports.length * 2);
    this.events = new Float64Array(ports.length * 2);
    this.before = new Int32Array(ports.length * 2);
    this.ports.set(ports);
    this.events.set(events);
    this.before.set(before);
  }
}

const LEAST = -(2n ** 63n);
/** Odd ports of a combination that are compared with each other: beyond it they stand as they come. */
const MANY = 64;

/** Adds to what is there. Combinations may be there already: rows with the same key count together. */
export function addBuckets(database: Sqlite, { file, buckets, combinations }: FoundBuckets): void {
  const first =
    1 + Number(database.prepare("SELECT coalesce(max(id), 0) AS id FROM Combination").get([])?.id);
  database
    .prepare(
      `INSERT INTO Combination (id, kindId, observerId, pairId, policiesId, sourceId, destinationId)
       SELECT ? + c.key, c.value ->> 0, c.value ->> 1, c.value ->> 2, nullif(c.value ->> 3, ${NO_TEXT}), coalesce(p.sourceId, 0), coalesce(p.destinationId, 0)
       FROM json_each(?) c LEFT JOIN Pair p ON p.id = c.value ->> 2`,
    )
    .run([
      first,
      JSON.stringify(
        combinations.kinds.map((kind, at) => [
          kind,
          combinations.observers[at],
          combinations.pairs[at],
          combinations.policies[at],
        ]),
      ),
    ]);
  if (buckets.length === 0) return;
  const addFlows = database.prepare(
    "INSERT INTO FlowBucket (bucketNs, firstCombination, sums, times) VALUES (?, ?, ?, ?)",
  );
  const addPorts = database.prepare(
    "INSERT INTO PortBucket (bucketNs, firstCombination, lists) VALUES (?, ?, ?)",
  );
  const descriptor = openSync(file, "r");
  for (const { startNs, at, sums, times, ports } of buckets) {
    const bytes = Buffer.alloc(sums + times + ports);
    readSync(descriptor, bytes, 0, bytes.length, at);
    addFlows.run([startNs, first, bytes.subarray(0, sums), bytes.subarray(sums, sums + times)]);
    addPorts.run([startNs, first, bytes.subarray(sums + times)]);
  }
  closeSync(descriptor);
  rmSync(file, { force: true });
}
