/**
 * Loads batches into a capture: rows, dictionaries, raw blocks, refusals, counts, in one transaction per
 * group of batches, so that readers see whole batches and a crash leaves a whole prefix.
 */

import {
  type BatchRefusal,
  EXTRA_HAS,
  EXTRA_WORDS,
  type FlowBatch,
  NO_KEY,
  NO_LATENCY,
  NONE,
  PLACES_PER_BLOCK,
  UNTIMED,
} from "@/lib/flow/batch";
import { EXTRA_COLUMNS, FLOW_COLUMNS } from "./columns";
import { DictionaryStore, type IdMaps, translated, translatedOrNull } from "./dictionary-store";
import type { Sqlite } from "./driver";
import { RowCopier } from "./row-copier";
import { LONGEST_BLOB, type TableImage } from "./table-image";

const REFUSALS_LISTED = 1000;

/** What a file has come to so far. */
export interface FileCounts {
  read: number;
  flows: number;
  others: number;
  refused: number;
  unpackedBytes: number;
  formats: Record<string, number>;
  refusedBy: Record<string, number>;
  firstNs: bigint | undefined;
  lastNs: bigint | undefined;
}

export class FileLoader {
  readonly counts: FileCounts = {
    read: 0,
    flows: 0,
    others: 0,
    refused: 0,
    unpackedBytes: 0,
    formats: {},
    refusedBy: {},
    firstNs: undefined,
    lastNs: undefined,
  };
  private readonly dictionaries: DictionaryStore;
  private readonly flows: RowCopier;
  private readonly extras: RowCopier;
  private nextBlock: number;
  private listedRefusals = 0;

  constructor(
    private readonly database: Sqlite,
    private readonly fileId: number,
  ) {
    this.dictionaries = new DictionaryStore(database);
    const { flows, extras } = copiersOf(database);
    this.flows = flows;
    this.extras = extras;
    this.nextBlock = nextBlockId(database);
    database
      .prepare("UPDATE SourceFile SET firstBlock = ?, endBlock = ? WHERE id = ?")
      .run([this.nextBlock, this.nextBlock, fileId]);
  }

  /** Writes batches in the order of the file. `decoder` says whose dictionary ids they use. */
  load(batches: readonly { readonly decoder: number; readonly batch: FlowBatch }[]): void {
    // Rows of a transaction that was rolled back.
    this.flows.image.clear();
    this.extras.image.clear();
    this.database.transaction(() => {
      for (const { decoder, batch } of batches) this.loadOne(decoder, batch);
      this.flows.copy();
      this.extras.copy();
      this.saveCounts();
    }, "deferred");
  }

  private loadOne(decoder: number, batch: FlowBatch): void {
    const block = this.nextBlock++;
    // A write comes first in the transaction.
    this.insertBlock(block, batch);
    const maps = this.dictionaries.translate(decoder, batch);
    this.putRows(this.flows.image, block, batch, maps);
    this.widenSpan(batch);
    this.putExtras(block, batch, maps);
    this.insertOthers(block, batch, maps);
    this.addRefusals(batch.refusals);
    this.count(batch);
  }

  private insertBlock(block: number, batch: FlowBatch): void {
    const { offset, rawBytes, records, firstLine, places, notes, packing, data } = batch.block;
    this.database
      .prepare(
        "INSERT INTO RawBlock (id, fileId, offset, rawBytes, records, firstLine, places, notes, packing, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run([
        block,
        this.fileId,
        offset,
        rawBytes,
        records,
        firstLine,
        places,
        notes === undefined ? null : JSON.stringify(notes),
        packing,
        data,
      ]);
  }

  /** In the order of FLOW_COLUMNS; the test of this module holds both against each other. */
  private putRows(image: TableImage, block: number, { columns, flows }: FlowBatch, maps: IdMaps): void {
    const timeNs = new Int64s(columns.timeNs, UNTIMED);
    const latencyNs = new Int64s(columns.latencyNs, NO_LATENCY);
    const hash = new Int64s(columns.hash, undefined);
    const exchangeKey = new Int64s(columns.exchangeKey, NO_KEY);
    for (let row = 0; row < flows; row++) {
      image.begin(block * PLACES_PER_BLOCK + (columns.place[row] as number));
      timeNs.put(image, row);
      image.integer(translated(maps.kind, columns.kind[row]));
      image.integer(translated(maps.observer, columns.observer[row]));
      image.integer(translated(maps.endpoint, columns.source[row]));
      image.integer(translated(maps.endpoint, columns.destination[row]));
      putOrNone(image, numberOrNull(columns.sourcePort[row]));
      putOrNone(image, numberOrNull(columns.destinationPort[row]));
      putOrNone(image, translatedOrNull(maps.text, columns.l7Text[row]));
      putOrNone(image, translatedOrNull(maps.text, columns.dnsAnswer[row]));
      putOrNone(image, translatedOrNull(maps.text, columns.policies[row]));
      latencyNs.put(image, row);
      image.integer(columns.events[row] as number);
      hash.put(image, row);
      image.integer(0);
      exchangeKey.put(image, row);
      image.integer(translated(maps.pair, columns.pair[row]));
      image.end();
    }
  }

  private widenSpan({ columns, flows }: FlowBatch): void {
    const { counts } = this;
    for (let row = 0; row < flows; row++) {
      const time = columns.timeNs[row] as bigint;
      if (time === UNTIMED) continue;
      if (counts.firstNs === undefined || time < counts.firstNs) counts.firstNs = time;
      if (counts.lastNs === undefined || time > counts.lastNs) counts.lastNs = time;
    }
  }

  private putExtras(block: number, { extras: { words, varied } }: FlowBatch, maps: IdMaps): void {
    let end = 0;
    for (let row = 0; row < words.length; row += EXTRA_WORDS) {
      const start = end;
      end += words[row + 7] as number;
      const id = block * PLACES_PER_BLOCK + (words[row] as number);
      const headers = translatedOrNull(maps.text, words[row + 2]);
      if (end - start > LONGEST_BLOB) this.insertExtra(id, words, row, headers, varied.subarray(start, end));
      else this.putExtra(id, words, row, headers, varied, start, end);
    }
  }

  /** In the order of EXTRA_COLUMNS. */
  private putExtra(
    id: number,
    words: Int32Array,
    row: number,
    headers: number | null,
    varied: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { image } = this.extras;
    const has = words[row + 1] as number;
    image.begin(id, end - start);
    putInt64(image, words, row + 3, (has & EXTRA_HAS.trace) !== 0);
    putInt64(image, words, row + 5, (has & EXTRA_HAS.ipTrace) !== 0);
    putOrNone(image, headers);
    image.blob(varied, start, end, (has & EXTRA_HAS.headers) === 0);
    image.end();
  }

  /** One with more headers than a row of the image holds. */
  private insertExtra(
    id: number,
    words: Int32Array,
    row: number,
    headers: number | null,
    varied: Uint8Array,
  ): void {
    const has = words[row + 1] as number;
    const int64 = (what: number, at: number): bigint | null =>
      (has & what) === 0
        ? null
        : (BigInt(words[at] as number) << 32n) | BigInt((words[at + 1] as number) >>> 0);
    this.database
      .prepare(`INSERT INTO FlowExtra (${EXTRA_COLUMNS.join(", ")}) VALUES (?, ?, ?, ?, ?)`)
      .run([id, int64(EXTRA_HAS.trace, row + 3), int64(EXTRA_HAS.ipTrace, row + 5), headers, varied]);
  }

  private insertOthers(block: number, batch: FlowBatch, maps: IdMaps): void {
    const insert = this.database.prepare(
      "INSERT INTO OtherRecord (id, kind, timeNs, observerId, lostEvents, lostFromNs, lostToNs, detail, hash, occurrence, duplicate) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
    );
    for (const other of batch.others) {
      insert.run([
        block * PLACES_PER_BLOCK + other.place,
        other.kind,
        other.timeNs === UNTIMED ? null : other.timeNs,
        translated(maps.observer, other.observer),
        other.lostEvents,
        other.lostFromNs,
        other.lostToNs,
        other.detail,
        other.hash,
      ]);
    }
  }

  /** Lists refusals up to a bound; they are counted elsewhere. */
  private addRefusals(refusals: readonly BatchRefusal[]): void {
    for (const refusal of refusals) {
      if (this.listedRefusals++ >= REFUSALS_LISTED) return;
      this.insertRefusal(refusal);
    }
  }

  private insertRefusal({ line, offset, code, reason, excerpt }: BatchRefusal): void {
    this.database
      .prepare("INSERT INTO Refusal (fileId, line, offset, code, reason, excerpt) VALUES (?, ?, ?, ?, ?, ?)")
      .run([this.fileId, line, offset, code, reason, excerpt]);
  }

  /** A refusal of the file as such, such as a broken packing: it counts as one record and is always listed. */
  refuseFile(refusal: BatchRefusal): void {
    this.database.transaction(() => {
      this.insertRefusal(refusal);
      this.counts.read++;
      this.counts.refused++;
      this.counts.refusedBy[refusal.code] = (this.counts.refusedBy[refusal.code] ?? 0) + 1;
      this.saveCounts();
    });
  }

  private count(batch: FlowBatch): void {
    const { counts } = this;
    counts.read += batch.read;
    counts.flows += batch.flows;
    counts.others += batch.others.length;
    counts.unpackedBytes = batch.block.offset + batch.block.rawBytes;
    for (const [code, records] of Object.entries(batch.refusedBy)) {
      counts.refused += records;
      counts.refusedBy[code] = (counts.refusedBy[code] ?? 0) + records;
    }
    for (const [format, records] of Object.entries(batch.formats)) {
      counts.formats[format] = (counts.formats[format] ?? 0) + records;
    }
  }

  private saveCounts(): void {
    const { counts } = this;
    this.database
      .prepare(
        `UPDATE SourceFile SET read = ?, accepted = ?, otherKinds = ?, refused = ?, unpackedBytes = ?, formats = ?, refusedBy = ?,
         firstNs = ?, lastNs = ?, endBlock = ? WHERE id = ?`,
      )
      .run([
        counts.read,
        counts.flows,
        counts.others,
        counts.refused,
        counts.unpackedBytes,
        JSON.stringify(counts.formats),
        JSON.stringify(counts.refusedBy),
        counts.firstNs ?? null,
        counts.lastNs ?? null,
        this.nextBlock,
        this.fileId,
      ]);
  }
}

interface Copiers {
  readonly flows: RowCopier;
  readonly extras: RowCopier;
}

/** The copiers of a connection: files are loaded one after the other through them. */
const copiers = new WeakMap<Sqlite, Copiers>();

function copiersOf(database: Sqlite): Copiers {
  let known = copiers.get(database);
  if (known === undefined) {
    known = {
      flows: new RowCopier(database, "Flow", FLOW_COLUMNS),
      extras: new RowCopier(database, "FlowExtra", EXTRA_COLUMNS, true),
    };
    copiers.set(database, known);
  }
  return known;
}

/** Which of two neighbouring 32-bit words is the high half of a 64-bit one on this machine. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** A column of 64-bit numbers, read in halves: a bigint for each value would cost more than writing it. */
class Int64s {
  private readonly words: Int32Array;
  private readonly none: Int32Array | undefined;

  constructor(column: BigInt64Array, none: bigint | undefined) {
    this.words = new Int32Array(column.buffer, column.byteOffset, column.length * 2);
    if (none !== undefined) this.none = new Int32Array(BigInt64Array.of(none).buffer);
  }

  put(image: TableImage, row: number): void {
    const high = this.words[row * 2 + HIGH] as number;
    const low = this.words[row * 2 + 1 - HIGH] as number;
    if (this.none !== undefined && high === this.none[HIGH] && low === this.none[1 - HIGH]) image.none();
    else image.int64(high, low);
  }
}

function putInt64(image: TableImage, words: Int32Array, at: number, isThere: boolean): void {
  if (isThere) image.int64(words[at] as number, words[at + 1] as number);
  else image.none();
}

function putOrNone(image: TableImage, value: number | null): void {
  if (value === null) image.none();
  else image.integer(value);
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || value === NONE ? null : value;
}

/** Block ids are never used twice, so that ids of removed flows do not come back as others. */
function nextBlockId(database: Sqlite): number {
  const row = database
    .prepare(
      "SELECT max(coalesce((SELECT max(endBlock) FROM SourceFile), 1), coalesce((SELECT max(id) + 1 FROM RawBlock), 1)) AS next",
    )
    .get([]);
  return Number(row?.next ?? 1);
}
