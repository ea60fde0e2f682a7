/** The rows of a file, and the dictionary entries that rows use. */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { Sqlite } from "../driver";
import { type Span, spanOf } from "./neighbourhood";

/** Returns how many blocks of records there were. */
export function deleteRecords(database: Sqlite, fileId: number): number {
  const [from, to] = rowRange(database, fileId);
  for (const table of ["Flow", "DuplicateFlow", "FlowExtra", "OtherRecord"]) {
    database.prepare(`DELETE FROM ${table} WHERE id >= ? AND id < ?`).run([from, to]);
  }
  return database.prepare("DELETE FROM RawBlock WHERE fileId = ?").run([fileId]).changes;
}

/** True when the file has records of its own in this revision. */
export function hasRecords(database: Sqlite, fileId: number): boolean {
  const file = database
    .prepare("SELECT state, accepted + otherKinds AS records FROM SourceFile WHERE id = ?")
    .get([fileId]);
  return file?.state === "done" && Number(file.records) > 0;
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
 * whole table of flows once per use, so it is for the rare case that records go.
 */
export function sweepDictionaries(database: Sqlite): void {
  for (const [dictionary, places] of Object.entries(USES)) {
    const used = places.map(
      ([table, column]) => `SELECT ${column} FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    database.exec(`DELETE FROM ${dictionary} WHERE id NOT IN (${used.join(" UNION ")})`);
  }
}

/** Row ids of a file's records, half open. */
export function rowRange(database: Sqlite, fileId: number): [number, number] {
  const row = database
    .prepare(
      "SELECT coalesce(firstBlock, 0) AS first, coalesce(endBlock, 0) AS behind FROM SourceFile WHERE id = ?",
    )
    .get([fileId]);
  return [Number(row?.first ?? 0) * PLACES_PER_BLOCK, Number(row?.behind ?? 0) * PLACES_PER_BLOCK];
}

/** The time that a file's flows span, duplicates included. */
export function spanOfFile(database: Sqlite, fileId: number): Span | undefined {
  const [from, to] = rowRange(database, fileId);
  const rows = (table: string): string => `SELECT timeNs FROM ${table} WHERE id >= ? AND id < ?`;
  return spanOf(database, `${rows("Flow")} UNION ALL ${rows("DuplicateFlow")}`, [from, to, from, to]);
}

/** Counts of every file anew: a move in one file changes the counts of another. */
export function recount(database: Sqlite): void {
  const inFile = `id >= SourceFile.firstBlock * ${PLACES_PER_BLOCK} AND id < SourceFile.endBlock * ${PLACES_PER_BLOCK}`;
  database.exec(`
    UPDATE SourceFile SET
      accepted = (SELECT count(*) FROM Flow WHERE ${inFile}),
      events = (SELECT coalesce(sum(events), 0) FROM Flow WHERE ${inFile}),
      otherKinds = (SELECT count(*) FROM OtherRecord WHERE duplicate = 0 AND ${inFile}),
      duplicate = (SELECT count(*) FROM DuplicateFlow WHERE ${inFile})
        + (SELECT count(*) FROM OtherRecord WHERE duplicate = 1 AND ${inFile})
    WHERE state IN ('settling', 'done') AND firstBlock IS NOT NULL`);
}
