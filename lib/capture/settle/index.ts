/**
 * Makes the next revision of a capture, after a file came or went: duplicates between files, then the steps that turn
 * records into settled facts (steps.ts), over the neighbourhood of what changed. Running it twice changes nothing.
 */

import type { Sqlite } from "../driver";
import { setFileState } from "../files";
import {
  markDuplicateOthers,
  rankAgain,
  rememberHashes,
  resolveDuplicates,
  spanOfRanked,
} from "./duplicates";
import { EVERYTHING, neighbourhoodOf, type Span, unitedSpan } from "./neighbourhood";
import { deleteRecords, hasRecords, recount, spanOfFile, sweepDictionaries } from "./records";
import { runSteps } from "./steps";

/** Raised whenever the rules give another answer for the same flows. */
export const RULES_VERSION = 2;

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
    if (Number(file?.accepted) + Number(file?.otherKinds) > 0) {
      settleAround(database, unitedSpan(spanOfFile(database, fileId), spanOfRanked(database)));
      addRevision(database, "added", fileId, nowMs);
    } else if (Number(file?.duplicate) > 0) {
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
    const span = spanOfFile(database, fileId);
    deleteRecords(database, fileId);
    database.prepare("DELETE FROM SourceFile WHERE id = ?").run([fileId]);
    rankAgain(database);
    markDuplicateOthers(database);
    sweepDictionaries(database);
    recount(database);
    if (!changes) return;
    settleAround(database, unitedSpan(span, spanOfRanked(database)));
    addRevision(database, "removed", fileId, nowMs);
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

/** Runs the steps where rows changed; everywhere when the revision before was settled by other rules. */
function settleAround(database: Sqlite, changed: Span | undefined): void {
  const before = database
    .prepare("SELECT rulesVersion FROM Revision ORDER BY number DESC LIMIT 1")
    .get([])?.rulesVersion;
  const isSettled = Number(before) === RULES_VERSION && changed !== undefined;
  runSteps(database, isSettled ? neighbourhoodOf(database, changed) : EVERYTHING);
}

function addRevision(database: Sqlite, change: "added" | "removed", fileId: number, nowMs: number): void {
  database
    .prepare(
      "INSERT INTO Revision (number, createdAtMs, change, fileId, rulesVersion) SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM Revision",
    )
    .run([nowMs, change, fileId, RULES_VERSION]);
}
