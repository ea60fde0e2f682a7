/**
 * Loads batches into a capture: rows, dictionaries, raw blocks, refusals, counts, in one transaction per
 * group of batches, so that readers see whole batches and a crash leaves a whole prefix.
 */

import { type BatchRefusal, type FlowBatch, PLACES_PER_BLOCK, UNTIMED } from "@/lib/flow/batch";
import { putExtras, putFlows } from "./batch-rows";
import { EXTRA_COLUMNS, FLOW_COLUMNS } from "./columns";
import { DictionaryStore, type IdMaps, translated } from "./dictionary-store";
import type { Sqlite } from "./driver";
import { RowCopier } from "./row-copier";

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
    putFlows(this.flows.image, block, batch, maps);
    this.widenSpan(batch);
    putExtras(this.database, this.extras.image, block, batch, maps);
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

  private widenSpan({ columns, flows }: FlowBatch): void {
    const { counts } = this;
    for (let row = 0; row < flows; row++) {
      const time = columns.timeNs[row] as bigint;
      if (time === UNTIMED) continue;
      if (counts.firstNs === undefined || time < counts.firstNs) counts.firstNs = time;
      if (counts.lastNs === undefined || time > counts.lastNs) counts.lastNs = time;
    }
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

/** Block ids are never used twice, so that ids of removed flows do not come back as others. */
function nextBlockId(database: Sqlite): number {
  const row = database
    .prepare(
      "SELECT max(coalesce((SELECT max(endBlock) FROM SourceFile), 1), coalesce((SELECT max(id) + 1 FROM RawBlock), 1)) AS next",
    )
    .get([]);
  return Number(row?.next ?? 1);
}
