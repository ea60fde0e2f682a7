/**
 * Reads the flows of a neighbourhood once, and shows them to several steps in the order of time.
 *
 * Flows lie in the order of files and lines. They are read from their pages (table-pages.ts), parted by time into windows of
 * {@link WINDOW} flows, and each window is put in order. What is more than {@link HELD_ROWS} waits in a file without a name beside the capture,
 * so memory is that of a window and a bound, however large the capture is.
 */

import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import type { Sqlite } from "../driver";
import { eachRow, type RowReader } from "../table-pages";
import type { Beside, BesideFound } from "./beside";
import { FlowColumns, type FlowPlaces, FOR_ALL, placesOfFlow } from "./flow-columns";
import type { Neighbourhood } from "./neighbourhood";
import { edgesOf, pagesOf } from "./time-index";
import { timeOrder } from "./time-order";

/** A step that looks at flows in the order of time. */
export interface InTime {
  /** 1 for each kind, by its id, whose flows it takes. */
  readonly kinds: Uint8Array;
  /** True when it looks at nothing but addresses, ports, observer, policies, events and time. */
  readonly isPlain: boolean;
  /** Its bits of FOR: rows that are not for it are passed over. */
  readonly lookers: number;
  /** Order of flows of the same time; equal ranks go by hash and occurrence. */
  rankOf(flows: FlowColumns, row: number): number;
  /** Flows without a time come last. */
  take(flows: FlowColumns, row: number): void;
  /** No more flows. */
  end(): void;
}

export interface ReadSizes {
  /** Flows put in order at once. */
  readonly window: number;
  /** Flows that are parted and kept together. */
  readonly chunk: number;
  /** Flows held in memory beside the window. */
  readonly held: number;
}

/** 3 MiB a window, of which there are four (two beside, see settle-thread.ts), and 6 MiB held. */
const SIZES: ReadSizes = { window: 32_768, chunk: 512, held: 65_536 };

/** Which rows are looked at, where it is not all of them. */
export interface Chosen {
  /** Called for each row. Returns bits of FOR, 0 when nobody looks at it. */
  choose(row: RowReader, kind: number): number;
  /** No more rows. */
  chosen(): void;
  /** Takes back what turned out not to be wanted, window by window. */
  narrow(window: FlowColumns): void;
}

export interface ReadOptions {
  /** Is shown the same flows, by windows; what it found is returned. */
  readonly beside?: Beside | undefined;
  readonly sizes?: ReadSizes | undefined;
  readonly chosen?: Chosen | undefined;
}

const NOTHING: Beside = {
  wants: [],
  show: () => undefined,
  end: () => ({ attempts: undefined, rollUp: undefined }),
};

export function readInTime(
  database: Sqlite,
  neighbourhood: Neighbourhood,
  steps: readonly InTime[],
  { beside = NOTHING, sizes = SIZES, chosen }: ReadOptions = {},
): BesideFound {
  const parts = new Parts(database, neighbourhood, sizes, [...steps, ...beside.wants], chosen);
  try {
    eachRow(database, pagesOf(database, neighbourhood), (row) => parts.put(row));
    chosen?.chosen();
    for (const window of parts.windows()) {
      chosen?.narrow(window);
      const order = timeOrder(window);
      beside.show(window, order);
      for (const step of steps) show(step, window, order);
    }
    const untimed = parts.untimed();
    chosen?.narrow(untimed);
    for (const step of steps) showUntimed(step, untimed);
    const found = beside.end(untimed);
    // The first of them changes the database: no pages are read any more.
    for (const step of steps) step.end();
    return found;
  } finally {
    parts.close();
  }
}

export function showUntimed(step: InTime, untimed: FlowColumns): void {
  for (let row = 0; row < untimed.rows; row++) if (takes(step, untimed, row)) step.take(untimed, row);
}

function takes({ kinds, lookers }: InTime, flows: FlowColumns, row: number): boolean {
  return kinds[flows.at.kind[row] as number] === 1 && flows.isFor(row, lookers);
}

/** Flows of one time wait for each other; most have a time of their own. */
export function show(step: InTime, flows: FlowColumns, order: Uint32Array): void {
  const waiting: number[] = [];
  let first = -1;
  for (let at = 0; at < order.length; at++) {
    const row = order[at] as number;
    if (!takes(step, flows, row)) continue;
    if (first >= 0 && !flows.isSameTime(first, row)) {
      if (waiting.length > 0) takeTogether(step, flows, first, waiting);
      else step.take(flows, first);
      first = -1;
    }
    if (first < 0) first = row;
    else waiting.push(row);
  }
  if (first >= 0) takeTogether(step, flows, first, waiting);
}

function takeTogether(step: InTime, flows: FlowColumns, first: number, waiting: number[]): void {
  waiting.push(first);
  waiting.sort((a, b) => step.rankOf(flows, a) - step.rankOf(flows, b) || flows.compareRecords(a, b));
  for (const row of waiting) step.take(flows, row);
  waiting.length = 0;
}

/** A stretch of time as pairs of halves, for rows that are compared one by one. */
class Stretch {
  private readonly from: Half | undefined;
  private readonly to: Half | undefined;

  constructor({ fromNs, toNs }: Neighbourhood) {
    this.from = fromNs === null ? undefined : half(fromNs);
    this.to = toNs === null ? undefined : half(toNs);
  }

  holds(high: number, low: number): boolean {
    const { from, to } = this;
    return (
      (from === undefined || !isBefore(high, low, from)) && (to === undefined || isBefore(high, low, to))
    );
  }
}

interface Half {
  readonly high: number;
  readonly low: number;
}

function half(ns: bigint): Half {
  return { high: Number(ns >> 32n), low: Number(BigInt.asUintN(32, ns)) };
}

function isBefore(high: number, low: number, edge: Half): boolean {
  return high < edge.high || (high === edge.high && low < edge.low);
}

/** A chunk in the file. */
interface Spilled {
  readonly place: number;
  readonly rows: number;
}

interface Part {
  open: FlowColumns | undefined;
  readonly chunks: (FlowColumns | Spilled)[];
  rows: number;
}

const newPart = (): Part => ({ open: undefined, chunks: [], rows: 0 });

const PLAIN = 1;
const FULL = 2;

function wantedKinds(steps: Beside["wants"]): Uint8Array {
  const wanted = new Uint8Array(Math.max(...steps.map(({ kinds }) => kinds.length)));
  for (const { kinds, isPlain } of steps)
    kinds.forEach((takes, kind) => {
      if (takes === 1) wanted[kind] = Math.max(wanted[kind] as number, isPlain ? PLAIN : FULL);
    });
  return wanted;
}

/** Flows by the window that they belong to. */
class Parts {
  private readonly parts: Part[];
  private readonly withoutTime = newPart();
  private readonly edges: readonly Half[];
  private readonly stretch: Stretch;
  private readonly places: FlowPlaces;
  /** By kind: 0 nobody takes it, {@link PLAIN} or {@link FULL}. */
  private readonly wanted: Uint8Array;
  private readonly free: FlowColumns[] = [];
  /** Where the flow before went: the next one mostly goes there, too. */
  private latest = 0;
  private held = 0;
  private file: number | undefined;
  private fileEnd = 0;
  /** Used for each window again: left to the garbage collector, several would be held at once. */
  private gathered = new FlowColumns(0);

  constructor(
    private readonly database: Sqlite,
    neighbourhood: Neighbourhood,
    private readonly sizes: ReadSizes,
    steps: Beside["wants"],
    private readonly chosen: Chosen | undefined,
  ) {
    this.places = placesOfFlow(database);
    this.wanted = wantedKinds(steps);
    this.edges = edgesOf(database, neighbourhood, sizes.window).map(half);
    this.stretch = new Stretch(neighbourhood);
    this.parts = Array.from({ length: this.edges.length + 1 }, newPart);
  }

  put(row: RowReader): void {
    const { time, kind } = this.places;
    const kindId = row.number(kind, 0);
    const wanted = this.wanted[kindId];
    if (wanted !== PLAIN && wanted !== FULL) return;
    const lookers = this.chosen === undefined ? FOR_ALL : this.chosen.choose(row, kindId);
    if (lookers === 0) return;
    const isPlain = wanted === PLAIN;
    if (row.isNull(time)) {
      this.putInto(this.withoutTime, row, kindId, isPlain, lookers);
      return;
    }
    const [high, low] = [row.high(time), row.low(time) >>> 0];
    if (!this.stretch.holds(high, low)) return;
    if (!this.isIn(this.latest, high, low)) this.latest = this.partOf(high, low);
    this.putInto(this.parts[this.latest] as Part, row, kindId, isPlain, lookers);
  }

  private isIn(part: number, high: number, low: number): boolean {
    const [from, to] = [this.edges[part - 1], this.edges[part]];
    return (
      (from === undefined || !isBefore(high, low, from)) && (to === undefined || isBefore(high, low, to))
    );
  }

  /** So many edges lie at or before the time. */
  private partOf(high: number, low: number): number {
    let [from, to] = [0, this.edges.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBefore(high, low, this.edges[middle] as Half)) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  private putInto(part: Part, row: RowReader, kindId: number, isPlain: boolean, lookers: number): void {
    part.open ??= this.free.pop() ?? new FlowColumns(this.sizes.chunk);
    part.open.put(row, this.places, kindId, isPlain, lookers);
    part.rows++;
    if (part.open.rows === this.sizes.chunk) this.closeChunk(part, part.open);
  }

  private closeChunk(part: Part, chunk: FlowColumns): void {
    part.open = undefined;
    if (this.held < this.sizes.held) {
      this.held += chunk.rows;
      part.chunks.push(chunk);
      return;
    }
    part.chunks.push({ place: this.spill(chunk), rows: chunk.rows });
    chunk.rows = 0;
    this.free.push(chunk);
  }

  private spill({ bytes }: FlowColumns): number {
    if (this.file === undefined) {
      const name = `${this.database.file}-flows`;
      this.file = openSync(name, "w+");
      // It lives on while it is open, and is gone when the program is, however that ends.
      rmSync(name, { force: true });
    }
    const place = this.fileEnd;
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.file, bytes, at, bytes.length - at, place + at);
    this.fileEnd += bytes.length;
    return place;
  }

  /** Each is good until the next. */
  *windows(): Generator<FlowColumns> {
    for (const part of this.parts) if (part.rows > 0) yield this.gather(part);
  }

  untimed(): FlowColumns {
    return this.gather(this.withoutTime);
  }

  private gather(part: Part): FlowColumns {
    if (this.gathered.capacity < part.rows) this.gathered = new FlowColumns(part.rows);
    const { gathered } = this;
    gathered.rows = 0;
    for (const chunk of part.chunks.splice(0)) {
      gathered.append(chunk instanceof FlowColumns ? chunk : this.readBack(chunk));
    }
    if (part.open !== undefined) gathered.append(part.open);
    part.open = undefined;
    return gathered;
  }

  private readBack({ place, rows }: Spilled): FlowColumns {
    const chunk = this.free[0] ?? new FlowColumns(this.sizes.chunk);
    const { bytes } = chunk;
    for (let at = 0; at < bytes.length; )
      at += readSync(this.file as number, bytes, at, bytes.length - at, place + at);
    chunk.rows = rows;
    return chunk;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }
}
