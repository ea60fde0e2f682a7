/**
 * Makes the next revision of a capture. In this version: finds duplicates between files and counts.
 *
 * Duplicates (product.md, section 1). Same uuid = same record. Without uuid, the k-th occurrence of equal
 * bytes in a file is a duplicate if another file of the capture also has k; so the multiplicity of a
 * record is its maximum over the files, whatever their order. Rows that are duplicates move to
 * DuplicateFlow and come back when the file that had them first is removed. Running it twice changes
 * nothing.
 */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import { PRESENT } from "@/lib/flow/presence";
import { FLOW_COLUMNS } from "./columns";
import type { Sqlite } from "./driver";
import { setFileState } from "./files";

/** Raised whenever the rules give another answer for the same flows. */
export const RULES_VERSION = 1;

const SECONDARY_INDEXES: readonly (readonly [name: string, columns: string])[] = [
  ["Flow_hash_occurrence_idx", `"hash", "occurrence"`],
];

/** Before the first large load: building these afterwards costs a third of keeping them current. */
export function dropSecondaryIndexes(database: Sqlite): void {
  for (const [name] of SECONDARY_INDEXES) database.exec(`DROP INDEX IF EXISTS "${name}"`);
}

/** Builds what is missing, as it is in the migrations. */
export function ensureSecondaryIndexes(database: Sqlite): void {
  for (const [name, columns] of SECONDARY_INDEXES)
    database.exec(`CREATE INDEX IF NOT EXISTS "${name}" ON "Flow"(${columns})`);
}

export function isEmptyOfFlows(database: Sqlite): boolean {
  return database.prepare("SELECT 1 FROM Flow LIMIT 1").get([]) === undefined;
}

/** Settles after a file was loaded. Returns "nothing-new" when every record was there already. */
export function settleAddedFile(database: Sqlite, fileId: number, nowMs: number): "done" | "nothing-new" {
  ensureSecondaryIndexes(database);
  return database.transaction(() => {
    resolveDuplicates(database, fileId);
    recount(database);
    const file = database
      .prepare("SELECT accepted, otherKinds, duplicate FROM SourceFile WHERE id = ?")
      .get([fileId]);
    if (Number(file?.accepted) + Number(file?.otherKinds) > 0) addRevision(database, "added", fileId, nowMs);
    else if (Number(file?.duplicate) > 0) {
      // Its rows would only be copies: the counts stay, the copies go.
      deleteRecords(database, fileId);
      sweepDictionaries(database);
      setFileState(database, fileId, "nothing-new");
      return "nothing-new";
    }
    setFileState(database, fileId, "done");
    return "done";
  });
}

/** Takes a finished file out again. What other files had as duplicates of its records comes back. */
export function removeFile(database: Sqlite, fileId: number, nowMs: number): void {
  database.transaction(() => {
    rememberHashes(database, fileId);
    const changes = hasRecords(database, fileId);
    deleteRecords(database, fileId);
    database.prepare("DELETE FROM SourceFile WHERE id = ?").run([fileId]);
    rankAgain(database);
    markDuplicateOthers(database);
    sweepDictionaries(database);
    recount(database);
    if (changes) addRevision(database, "removed", fileId, nowMs);
  });
}

/** What was loaded of a file that did not come to its end goes, with its counts. */
export function dropHalfReadFile(database: Sqlite, fileId: number): void {
  ensureSecondaryIndexes(database);
  database.transaction(() => {
    if (deleteRecords(database, fileId) > 0) sweepDictionaries(database);
    database.prepare("DELETE FROM Refusal WHERE fileId = ?").run([fileId]);
    database
      .prepare(
        `UPDATE SourceFile SET read = 0, accepted = 0, duplicate = 0, otherKinds = 0, refused = 0, events = 0, unpackedBytes = 0,
         formats = '{}', refusedBy = '{}', firstNs = NULL, lastNs = NULL WHERE id = ?`,
      )
      .run([fileId]);
  });
}

/** Returns how many blocks of records there were. */
function deleteRecords(database: Sqlite, fileId: number): number {
  const [from, to] = rowRange(database, fileId);
  for (const table of ["Flow", "DuplicateFlow", "FlowExtra", "OtherRecord"]) {
    database.prepare(`DELETE FROM ${table} WHERE id >= ? AND id < ?`).run([from, to]);
  }
  return database.prepare("DELETE FROM RawBlock WHERE fileId = ?").run([fileId]).changes;
}

/** True when the file has records of its own in this revision. */
function hasRecords(database: Sqlite, fileId: number): boolean {
  const file = database
    .prepare("SELECT state, accepted + otherKinds AS records FROM SourceFile WHERE id = ?")
    .get([fileId]);
  return file?.state === "done" && Number(file.records) > 0;
}

/** Where the ids of each dictionary are used. */
const USES: Readonly<Record<string, readonly (readonly [table: string, column: string])[]>> = {
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
function sweepDictionaries(database: Sqlite): void {
  for (const [dictionary, places] of Object.entries(USES)) {
    const used = places.map(
      ([table, column]) => `SELECT ${column} FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    database.exec(`DELETE FROM ${dictionary} WHERE id NOT IN (${used.join(" UNION ")})`);
  }
}

/** Row ids of a file's records, half open. */
function rowRange(database: Sqlite, fileId: number): [number, number] {
  const row = database
    .prepare(
      "SELECT coalesce(firstBlock, 0) AS first, coalesce(endBlock, 0) AS behind FROM SourceFile WHERE id = ?",
    )
    .get([fileId]);
  return [Number(row?.first ?? 0) * PLACES_PER_BLOCK, Number(row?.behind ?? 0) * PLACES_PER_BLOCK];
}

function resolveDuplicates(database: Sqlite, fileId: number): void {
  const [from, to] = rowRange(database, fileId);
  const isOnlyFile =
    database.prepare("SELECT 1 FROM Flow WHERE id < ? OR id >= ? LIMIT 1").get([from, to]) === undefined;
  newHashTable(database);
  if (isOnlyFile) {
    database.exec("INSERT INTO temp.Affected SELECT hash FROM Flow GROUP BY hash HAVING count(*) > 1");
  } else {
    database
      .prepare(
        `INSERT OR IGNORE INTO temp.Affected SELECT f.hash FROM Flow f WHERE f.id >= ? AND f.id < ?
         AND EXISTS (SELECT 1 FROM Flow o WHERE o.hash = f.hash AND o.id <> f.id)`,
      )
      .run([from, to]);
  }
  rankAgain(database);
  markDuplicateOthers(database);
}

function newHashTable(database: Sqlite): void {
  database.exec(
    "CREATE TEMP TABLE IF NOT EXISTS Affected (hash INTEGER PRIMARY KEY); DELETE FROM temp.Affected;",
  );
}

/** Hashes of a file that is about to go and that another file has too. */
function rememberHashes(database: Sqlite, fileId: number): void {
  const [from, to] = rowRange(database, fileId);
  newHashTable(database);
  database
    .prepare(
      `INSERT OR IGNORE INTO temp.Affected SELECT f.hash FROM Flow f WHERE f.id >= ? AND f.id < ?
       AND EXISTS (SELECT 1 FROM DuplicateFlow d WHERE d.hash = f.hash)`,
    )
    .run([from, to]);
}

/** Decides for every record with an affected hash which row counts, and moves rows accordingly. */
function rankAgain(database: Sqlite): void {
  const isUuid = `(SELECT k.present & ${PRESENT.uuid} FROM Kind k WHERE k.id = r.kindId)`;
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS Ranked (id INTEGER PRIMARY KEY, isDuplicate INTEGER, wasDuplicate INTEGER, occurrence INTEGER);
    DELETE FROM temp.Ranked;
    INSERT INTO temp.Ranked
    SELECT id, id <> min(id) OVER (PARTITION BY hash, occurrence), wasDuplicate, occurrence FROM (
      SELECT id, hash, wasDuplicate,
        CASE WHEN isUuid THEN 0 ELSE row_number() OVER (PARTITION BY hash, fileId ORDER BY id) - 1 END AS occurrence
      FROM (
        SELECT r.id, r.hash, r.wasDuplicate, b.fileId, ${isUuid} <> 0 AS isUuid FROM (
          SELECT id, hash, kindId, 0 AS wasDuplicate FROM Flow WHERE hash IN (SELECT hash FROM temp.Affected)
          UNION ALL
          SELECT id, hash, kindId, 1 FROM DuplicateFlow WHERE hash IN (SELECT hash FROM temp.Affected)
        ) r JOIN RawBlock b ON b.id = r.id / ${PLACES_PER_BLOCK}
      )
    );`);
  move(database, "Flow", "DuplicateFlow", "isDuplicate AND NOT wasDuplicate");
  move(database, "DuplicateFlow", "Flow", "wasDuplicate AND NOT isDuplicate");
  for (const table of ["Flow", "DuplicateFlow"]) {
    database.exec(
      `UPDATE ${table} SET occurrence = r.occurrence FROM temp.Ranked r WHERE r.id = ${table}.id AND r.occurrence <> ${table}.occurrence`,
    );
  }
}

function move(database: Sqlite, from: string, to: string, which: string): void {
  const columns = FLOW_COLUMNS.join(", ");
  const ids = `SELECT id FROM temp.Ranked WHERE ${which}`;
  database.exec(`INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${from} WHERE id IN (${ids})`);
  database.exec(`DELETE FROM ${from} WHERE id IN (${ids})`);
}

/** Other records are few: the same rule, worked out over all of them. */
function markDuplicateOthers(database: Sqlite): void {
  database.exec(`
    UPDATE OtherRecord SET occurrence = r.occurrence, duplicate = r.duplicate FROM (
      SELECT id, occurrence, id <> min(id) OVER (PARTITION BY hash, occurrence) AS duplicate FROM (
        SELECT o.id, o.hash, row_number() OVER (PARTITION BY o.hash, b.fileId ORDER BY o.id) - 1 AS occurrence
        FROM OtherRecord o JOIN RawBlock b ON b.id = o.id / ${PLACES_PER_BLOCK}
      )
    ) r WHERE r.id = OtherRecord.id AND (r.occurrence <> OtherRecord.occurrence OR r.duplicate <> OtherRecord.duplicate)`);
}

/** Counts of every file anew: a move in one file changes the counts of another. */
function recount(database: Sqlite): void {
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

function addRevision(database: Sqlite, change: "added" | "removed", fileId: number, nowMs: number): void {
  database
    .prepare(
      "INSERT INTO Revision (number, createdAtMs, change, fileId, rulesVersion) SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM Revision",
    )
    .run([nowMs, change, fileId, RULES_VERSION]);
}
