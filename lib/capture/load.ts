/**
 * Loads batches into a capture: rows, dictionaries, raw blocks, refusals, counts, in one transaction per
 * group of batches, so that readers see whole batches and a crash leaves a whole prefix.
 */

import {
  type BatchRefusal,
  type FlowBatch,
  NO_KEY,
  NO_LATENCY,
  NONE,
  PLACES_PER_BLOCK,
  UNTIMED,
} from "@/lib/flow/batch";
import { FLOW_COLUMNS } from "./columns";
import { DictionaryStore, type IdMaps, translated, translatedOrNull } from "./dictionary-store";
import type { Sqlite, SqlValue } from "./driver";

/** Rows per INSERT: measured best between 20 and 50 with this driver. */
const ROWS_PER_INSERT = 32;
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
  private readonly inserts = new Map<number, string>();
  private readonly parameters: SqlValue[] = [];
  private nextBlock: number;
  private listedRefusals = 0;

  constructor(
    private readonly database: Sqlite,
    private readonly fileId: number,
  ) {
    this.dictionaries = new DictionaryStore(database);
    this.nextBlock = nextBlockId(database);
    database
      .prepare("UPDATE SourceFile SET firstBlock = ?, endBlock = ? WHERE id = ?")
      .run([this.nextBlock, this.nextBlock, fileId]);
  }

  /** Writes batches in the order of the file. `decoder` says whose dictionary ids they use. */
  load(batches: readonly { readonly decoder: number; readonly batch: FlowBatch }[]): void {
    this.database.transaction(() => {
      for (const { decoder, batch } of batches) this.loadOne(decoder, batch);
      this.saveCounts();
    });
  }

  private loadOne(decoder: number, batch: FlowBatch): void {
    const block = this.nextBlock++;
    const maps = this.dictionaries.translate(decoder, batch);
    this.insertBlock(block, batch);
    this.insertFlows(block, batch, maps);
    this.insertExtras(block, batch, maps);
    this.insertOthers(block, batch, maps);
    this.addRefusals(batch.refusals);
    this.count(batch);
  }

  private insertBlock(block: number, batch: FlowBatch): void {
    const { offset, rawBytes, records, firstLine, places, data } = batch.block;
    this.database
      .prepare(
        "INSERT INTO RawBlock (id, fileId, offset, rawBytes, records, firstLine, places, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run([block, this.fileId, offset, rawBytes, records, firstLine, places, data]);
  }

  private insertFlows(block: number, batch: FlowBatch, maps: IdMaps): void {
    for (let row = 0; row < batch.flows; row += ROWS_PER_INSERT) {
      const rows = Math.min(ROWS_PER_INSERT, batch.flows - row);
      this.parameters.length = rows * FLOW_COLUMNS.length;
      for (let i = 0; i < rows; i++) this.fillRow(i * FLOW_COLUMNS.length, block, batch, row + i, maps);
      this.database.prepare(this.insertOf(rows)).run(this.parameters);
    }
  }

  private insertOf(rows: number): string {
    let sql = this.inserts.get(rows);
    if (sql === undefined) {
      const row = `(${FLOW_COLUMNS.map(() => "?").join(", ")})`;
      sql = `INSERT INTO Flow (${FLOW_COLUMNS.join(", ")}) VALUES ${Array(rows).fill(row).join(", ")}`;
      this.inserts.set(rows, sql);
    }
    return sql;
  }

  /** In the order of FLOW_COLUMNS; the test of this module holds both against each other. */
  private fillRow(at: number, block: number, batch: FlowBatch, row: number, maps: IdMaps): void {
    const { columns } = batch;
    const into = this.parameters;
    const time = columns.timeNs[row] as bigint;
    const latency = columns.latencyNs[row] as bigint;
    into[at] = block * PLACES_PER_BLOCK + (columns.place[row] as number);
    into[at + 1] = time === UNTIMED ? null : time;
    into[at + 2] = translated(maps.kind, columns.kind[row]);
    into[at + 3] = translated(maps.observer, columns.observer[row]);
    into[at + 4] = translated(maps.endpoint, columns.source[row]);
    into[at + 5] = translated(maps.endpoint, columns.destination[row]);
    into[at + 6] = numberOrNull(columns.sourcePort[row]);
    into[at + 7] = numberOrNull(columns.destinationPort[row]);
    into[at + 8] = translatedOrNull(maps.text, columns.l7Text[row]);
    into[at + 9] = translatedOrNull(maps.text, columns.dnsAnswer[row]);
    into[at + 10] = translatedOrNull(maps.text, columns.policies[row]);
    into[at + 11] = latency === NO_LATENCY ? null : latency;
    into[at + 12] = columns.events[row] as number;
    into[at + 13] = columns.hash[row] as bigint;
    into[at + 14] = 0;
    const key = columns.exchangeKey[row] as bigint;
    into[at + 15] = key === NO_KEY ? null : key;
    into[at + 16] = translated(maps.pair, columns.pair[row]);
    if (time !== UNTIMED) this.widenSpan(time);
  }

  private widenSpan(time: bigint): void {
    const { counts } = this;
    if (counts.firstNs === undefined || time < counts.firstNs) counts.firstNs = time;
    if (counts.lastNs === undefined || time > counts.lastNs) counts.lastNs = time;
  }

  private insertExtras(block: number, batch: FlowBatch, maps: IdMaps): void {
    const insert = this.database.prepare(
      "INSERT INTO FlowExtra (id, traceHash, ipTraceId, headersId, variedHeaders) VALUES (?, ?, ?, ?, ?)",
    );
    for (const extra of batch.extras) {
      insert.run([
        block * PLACES_PER_BLOCK + extra.place,
        extra.traceHash,
        extra.ipTraceId,
        translatedOrNull(maps.text, extra.headers),
        extra.variedHeaders,
      ]);
    }
  }

  private insertOthers(block: number, batch: FlowBatch, maps: IdMaps): void {
    const insert = this.database.prepare(
      "INSERT INTO OtherRecord (id, kind, timeNs, observerId, lostEvents, detail, hash, occurrence, duplicate) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
    );
    for (const other of batch.others) {
      insert.run([
        block * PLACES_PER_BLOCK + other.place,
        other.kind,
        other.timeNs === UNTIMED ? null : other.timeNs,
        translated(maps.observer, other.observer),
        other.lostEvents,
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
