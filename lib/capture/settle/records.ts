/** The rows of a file, and the dictionary entries that rows use. */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { Sqlite } from "../driver";
import type { Span } from "./neighbourhood";

/** Ids of uploads and of their entries; takes the uploads as a JSON list, twice. */
export const PARTS =
  "SELECT id FROM SourceFile WHERE id IN (SELECT value FROM json_each(?)) UNION SELECT id FROM SourceFile WHERE uploadId IN (SELECT value FROM json_each(?))";

/** What {@link PARTS} takes. */
export function asParts(uploadIds: readonly number[]): [string, string] {
  const list = JSON.stringify(uploadIds);
  return [list, list];
}

/** Row ids, half open. */
export type RowRange = readonly [from: number, to: number];

/** A row that holds records: an upload, or an entry of one. `fresh` counts those that were not there before. */
interface Part {
  readonly id: number;
  readonly fresh: number;
  readonly duplicate: number;
}

export function partsOf(database: Sqlite, uploadIds: readonly number[]): Part[] {
  return database
    .prepare(
      `SELECT id, accepted + otherKinds AS fresh, duplicate FROM SourceFile WHERE id IN (${PARTS}) ORDER BY id`,
    )
    .all(asParts(uploadIds))
    .map(({ id, fresh, duplicate }) => ({
      id: Number(id),
      fresh: Number(fresh),
      duplicate: Number(duplicate),
    }));
}

/** What was loaded of an entry that turned out to be no log goes, and the entry with it. */
export function dropEntry(database: Sqlite, entryId: number): void {
  database.transaction(() => {
    deleteRecords(database, entryId);
    database.prepare("DELETE FROM SourceFile WHERE id = ?").run([entryId]);
  });
}

/** Returns how many blocks of records there were. Blocks that are another file's, and only shared, stay. */
export function deleteRecords(database: Sqlite, fileId: number): number {
  for (const range of ownRows(database, fileId))
    for (const table of ["Flow", "DuplicateFlow", "FlowExtra", "OtherRecord"])
      database.prepare(`DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(range);
  return database.prepare(`DELETE FROM RawBlock WHERE fileId IN (${PARTS})`).run(asParts([fileId])).changes;
}

/** Row ids of the records that are of this upload alone. Blocks that were handed over lie apart from the others. */
export function ownRows(database: Sqlite, uploadId: number): RowRange[] {
  const ranges: [from: number, to: number][] = [];
  const blocks = database
    .prepare(
      `SELECT min(id) AS first, max(id) + 1 AS behind FROM RawBlock WHERE fileId IN (${PARTS}) GROUP BY fileId ORDER BY first`,
    )
    .all(asParts([uploadId]));
  for (const { first, behind } of blocks) {
    const [from, to] = [Number(first) * PLACES_PER_BLOCK, Number(behind) * PLACES_PER_BLOCK];
    const last = ranges.at(-1);
    if (last?.[1] === from) last[1] = to;
    else ranges.push([from, to]);
  }
  return ranges;
}

/** True when the upload has records of its own in this revision. */
export function hasRecords(database: Sqlite, uploadId: number): boolean {
  const file = database
    .prepare(
      `SELECT sum(accepted + otherKinds) AS records FROM SourceFile WHERE state = 'done' AND id IN (${PARTS})`,
    )
    .get(asParts([uploadId]));
  return Number(file?.records ?? 0) > 0;
}

/** Where the ids of each dictionary are used. */
const USES: Readonly<Record<string, readonly (readonly [table: string, column: string])[]>> = {
  Pair: uses("pairId"),
  Kind: uses("kindId"),
  Observer: [...uses("observerId"), ["OtherRecord", "observerId"]],
  Endpoint: uses("sourceId", "destinationId"),
  Text: [...uses("l7TextId", "dnsAnswerId", "policiesId"), ["FlowExtra", "headersId"]],
};

function uses(...columns: string[]): (readonly [table: string, column: string])[] {
  return columns.flatMap((column) => [["Flow", column] as const, ["DuplicateFlow", column] as const]);
}

/**
 * Entries that no record uses any more would be counted as nodes, or teach a workload that is gone. Reads the
 * whole table of flows once per use, so it is for the rare case that records go. Returns how many went.
 */
export function sweepDictionaries(database: Sqlite): number {
  let swept = 0;
  for (const [dictionary, places] of Object.entries(USES)) {
    const used = places.map(
      ([table, column]) => `SELECT ${column} FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    swept += database
      .prepare(`DELETE FROM ${dictionary} WHERE id NOT IN (${used.join(" UNION ")})`)
      .run([]).changes;
  }
  return swept;
}

/** Another one whenever a dictionary has got new entries. */
export function dictionaryMark(database: Sqlite): string {
  return Object.keys(USES)
    .map((table) => Number(database.prepare(`SELECT max(id) AS id FROM ${table}`).get([])?.id ?? 0))
    .join();
}

/**
 * Row ids of the records of uploads that were just loaded, half open. Entries of an archive lie one behind the other, and
 * so do uploads that are settled together.
 */
export function rowRange(database: Sqlite, uploadIds: readonly number[]): RowRange {
  const row = database
    .prepare(
      `SELECT coalesce(min(firstBlock), 0) AS first, coalesce(max(endBlock), 0) AS behind FROM SourceFile WHERE id IN (${PARTS})`,
    )
    .get(asParts(uploadIds));
  return [Number(row?.first ?? 0) * PLACES_PER_BLOCK, Number(row?.behind ?? 0) * PLACES_PER_BLOCK];
}

/** The time that the flows of uploads span, duplicates included: as it was noted when they were read. */
export function spanOfFiles(database: Sqlite, uploadIds: readonly number[]): Span | undefined {
  const row = database
    .prepareExact(
      `SELECT min(firstNs) AS firstNs, max(lastNs) AS lastNs FROM SourceFile WHERE id IN (${PARTS})`,
    )
    .get(asParts(uploadIds));
  if (typeof row?.firstNs !== "bigint" || typeof row.lastNs !== "bigint") return undefined;
  return { firstNs: row.firstNs, lastNs: row.lastNs };
}

/**
 * Counts anew of uploads and of every file that they share records with: a move in one changes the counts of
 * another. Other files stay unread, or a folder of n files would be counted n times; what shares the blocks of another
 * has only duplicates, as it was counted.
 */
export function recount(database: Sqlite, uploadIds: readonly number[]): void {
  const inFile = `id >= SourceFile.firstBlock * ${PLACES_PER_BLOCK} AND id < SourceFile.endBlock * ${PLACES_PER_BLOCK}`;
  const filesOf = (ranked: string): string =>
    `SELECT b.fileId FROM temp.${ranked} r JOIN RawBlock b ON b.id = r.id / ${PLACES_PER_BLOCK}`;
  database
    .prepare(`
    UPDATE SourceFile SET
      (accepted, events) = (SELECT count(*), coalesce(sum(events), 0) FROM Flow WHERE ${inFile}),
      otherKinds = (SELECT count(*) FROM OtherRecord WHERE duplicate = 0 AND ${inFile}),
      duplicate = (SELECT count(*) FROM DuplicateFlow WHERE ${inFile})
        + (SELECT count(*) FROM OtherRecord WHERE duplicate = 1 AND ${inFile})
    WHERE state IN ('settling', 'done', 'nothing-new') AND EXISTS (SELECT 1 FROM RawBlock WHERE fileId = SourceFile.id)
      AND id IN (${PARTS} UNION ${filesOf("Ranked")} UNION ${filesOf("RankedOther")})`)
    .run(asParts(uploadIds));
}
