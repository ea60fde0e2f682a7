/**
 * Which rows are duplicates of another file's (product.md, section 1).
 *
 * Same uuid = same record. Without uuid, the k-th occurrence of equal bytes in a file is a duplicate if another
 * file of the capture also has k; so the multiplicity of a record is its maximum over the files, whatever their
 * order. Rows that are duplicates move to DuplicateFlow and come back when the file that had them first is removed.
 */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import { PRESENT } from "@/lib/flow/presence";
import { FLOW_COLUMNS } from "../columns";
import type { Sqlite } from "../driver";
import { type Span, spanOf } from "./neighbourhood";
import { ownRows, type RowRange } from "./records";

/** Among rows that were loaded, and between them and what was there. */
export function resolveDuplicates(database: Sqlite, [from, to]: RowRange): void {
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
  newOthersTable(database);
  rememberOthers(database, [from, to]);
  rankAgain(database);
  markDuplicateOthers(database);
}

function newOthersTable(database: Sqlite): void {
  database.exec(
    "CREATE TEMP TABLE IF NOT EXISTS AffectedOther (hash INTEGER PRIMARY KEY); DELETE FROM temp.AffectedOther;",
  );
}

/** Hashes of other records within these rows, which are few. */
function rememberOthers(database: Sqlite, rows: RowRange): void {
  database
    .prepare("INSERT OR IGNORE INTO temp.AffectedOther SELECT hash FROM OtherRecord WHERE id >= ? AND id < ?")
    .run(rows);
}

function newHashTable(database: Sqlite): void {
  database.exec(
    "CREATE TEMP TABLE IF NOT EXISTS Affected (hash INTEGER PRIMARY KEY); DELETE FROM temp.Affected;",
  );
}

/** Hashes of a file that is about to go and that another file has too. */
export function rememberHashes(database: Sqlite, uploadId: number): void {
  newOthersTable(database);
  newHashTable(database);
  const remember = database.prepare(
    `INSERT OR IGNORE INTO temp.Affected SELECT f.hash FROM Flow f WHERE f.id >= ? AND f.id < ?
     AND EXISTS (SELECT 1 FROM DuplicateFlow d WHERE d.hash = f.hash)`,
  );
  for (const range of ownRows(database, uploadId)) {
    rememberOthers(database, range);
    remember.run(range);
  }
}

/** Decides for every record with an affected hash which row counts, and moves rows accordingly. */
export function rankAgain(database: Sqlite): void {
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

/** The time that the flows span which the last ranking looked at. */
export function spanOfRanked(database: Sqlite): Span | undefined {
  const rows = (table: string): string =>
    `SELECT timeNs FROM ${table} WHERE id IN (SELECT id FROM temp.Ranked)`;
  return spanOf(database, `${rows("Flow")} UNION ALL ${rows("DuplicateFlow")}`);
}

function move(database: Sqlite, from: string, to: string, which: string): void {
  const columns = FLOW_COLUMNS.join(", ");
  const ids = `SELECT id FROM temp.Ranked WHERE ${which}`;
  database.exec(`INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${from} WHERE id IN (${ids})`);
  database.exec(`DELETE FROM ${from} WHERE id IN (${ids})`);
}

/** The same rule for other records with the hashes that were remembered. */
export function markDuplicateOthers(database: Sqlite): void {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS RankedOther (id INTEGER PRIMARY KEY, occurrence INTEGER, duplicate INTEGER);
    DELETE FROM temp.RankedOther;
    INSERT INTO temp.RankedOther
    SELECT id, occurrence, id <> min(id) OVER (PARTITION BY hash, occurrence) FROM (
      SELECT o.id, o.hash, row_number() OVER (PARTITION BY o.hash, b.fileId ORDER BY o.id) - 1 AS occurrence
      FROM OtherRecord o JOIN RawBlock b ON b.id = o.id / ${PLACES_PER_BLOCK}
      WHERE o.hash IN (SELECT hash FROM temp.AffectedOther)
    );
    UPDATE OtherRecord SET occurrence = r.occurrence, duplicate = r.duplicate FROM temp.RankedOther r
    WHERE r.id = OtherRecord.id AND (r.occurrence <> OtherRecord.occurrence OR r.duplicate <> OtherRecord.duplicate)`);
}
