/**
 * Makes the next revision of a capture, after a file came or went: duplicates between files, then the steps that turn
 * records into settled facts (steps.ts), over the neighbourhood of what changed. Running it twice changes nothing.
 */

import type { Sqlite } from "../driver";
import { setFileState } from "../files";
import { isOutdated, RULES_VERSION, rulesOf } from "../rules-version";
import {
  markDuplicateOthers,
  rankAgain,
  rememberHashes,
  resolveDuplicates,
  spanOfRanked,
} from "./duplicates";
import { EVERYTHING, neighbourhoodOf, type Span, unitedSpan } from "./neighbourhood";
import {
  asParts,
  deleteRecords,
  dictionaryMark,
  hasRecords,
  PARTS,
  partsOf,
  type RowRange,
  recount,
  rowRange,
  spanOfFiles,
  sweepDictionaries,
} from "./records";
import { handOverBlocks, shareBlocks } from "./same-bytes";
import { isSmallAddition } from "./settle-addition";
import { isWorthThread, MANY_FLOWS } from "./settle-in-time";
import { SettleThread } from "./settle-thread";
import { detachSettledRows } from "./settled-rows";
import { addFlows, findSides, runSteps, settleFlows } from "./steps";

export { dictionaryMark, dropEntry } from "./records";

const SECONDARY_INDEXES: readonly (readonly [name: string, columns: string])[] = [
  ["Flow_hash_occurrence_idx", `"hash", "occurrence"`],
];

/** Before the first large load: building these afterwards costs a third of keeping them current. */
export function dropSecondaryIndexes(database: Sqlite): void {
  for (const [name] of SECONDARY_INDEXES) database.exec(`DROP INDEX IF EXISTS "${name}"`);
}

/**
 * SQLite sorts as many rows at once as the page cache could hold, and then merges: what fits into the processor's own cache is sorted in half
 * of the time.
 */
const SORTED_KIB = 2048;

/** Builds what is missing, as it is in the migrations. */
export function ensureSecondaryIndexes(database: Sqlite): void {
  const size = Number(database.prepare("PRAGMA cache_size").get([])?.cache_size);
  database.exec(`PRAGMA cache_size = -${SORTED_KIB}`);
  for (const [name, columns] of SECONDARY_INDEXES)
    database.exec(`CREATE INDEX IF NOT EXISTS "${name}" ON "Flow"(${columns})`);
  database.exec(`PRAGMA cache_size = ${size}`);
}

export function isEmptyOfFlows(database: Sqlite): boolean {
  return database.prepare("SELECT 1 FROM Flow LIMIT 1").get([]) === undefined;
}

/**
 * Settles after uploads were loaded, with all entries of archives: one revision for all of them, or none when every
 * record was there already. `before` is the mark of the dictionaries before they were loaded.
 *
 * The first upload of a capture, where it is large, is settled in two transactions: what is found out of sides and duplicates is committed first,
 * so that another thread can read it. There is no revision yet that it could change, and a crash between them leaves an upload that is read anew.
 */
export function settleAddedFiles(
  database: Sqlite,
  uploadIds: readonly number[],
  nowMs: number,
  before?: string,
  manyFlows = MANY_FLOWS,
): void {
  const isLarge = isFirstAndLarge(database, uploadIds, manyFlows);
  const settle = (thread?: SettleThread): void => {
    ensureSecondaryIndexes(database);
    const prepared = isLarge
      ? settling(database, () => prepare(database, uploadIds, { hasSides: true }))
      : undefined;
    settling(database, () => {
      const { rows, shared } = prepared ?? prepare(database, uploadIds, { hasSides: false });
      const parts = partsOf(database, uploadIds);
      const span = unitedSpan(spanOfFiles(database, uploadIds), spanOfRanked(database));
      const hasWords = endParts(database, parts, shared, before);
      const isNew = hasWords || parts.some(({ fresh }) => fresh > 0);
      if (isNew && isLarge) settleFlows(database, EVERYTHING, { isCommitted: true, manyFlows, thread });
      else if (isNew) settleAdded(database, span, rows);
      for (const uploadId of uploadIds) endUpload(database, uploadId);
      if (isNew) addRevision(database, "added", uploadIds[0] ?? null, nowMs);
    });
  };
  if (isLarge) withThread(database, settle);
  else settle();
}

/** The thread beside empties the log, from the beginning on: what was loaded lies there. */
function withThread(database: Sqlite, work: (thread: SettleThread) => void): void {
  const pages = Number(database.prepare("PRAGMA wal_autocheckpoint").get([])?.wal_autocheckpoint);
  const thread = new SettleThread();
  try {
    thread.emptyLog(database.file);
    database.exec("PRAGMA wal_autocheckpoint = 0");
    work(thread);
  } finally {
    database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
    thread.close();
  }
}

interface Prepared {
  readonly rows: RowRange;
  /** Uploads that share the blocks of another. */
  readonly shared: ReadonlySet<number>;
}

function prepare(
  database: Sqlite,
  uploadIds: readonly number[],
  { hasSides }: { readonly hasSides: boolean },
): Prepared {
  const rows = rowRange(database, uploadIds);
  // First: of a file that is there already nothing need be compared record by record.
  const shared = shareBlocks(database, uploadIds);
  resolveDuplicates(database, rows);
  recount(database, uploadIds);
  // A first upload that another program loaded was read anew: flows without pairs are only looked for behind a revision.
  if (hasSides) findSides(database, { areNew: true });
  return { rows, shared };
}

function isFirstAndLarge(database: Sqlite, uploadIds: readonly number[], manyFlows: number): boolean {
  if (uploadIds.length !== 1 || database.prepare("SELECT 1 FROM Revision LIMIT 1").get([]) !== undefined)
    return false;
  const isAlone =
    database
      .prepare(`SELECT 1 FROM RawBlock WHERE fileId NOT IN (${PARTS}) LIMIT 1`)
      .get(asParts(uploadIds)) === undefined;
  return isAlone && isWorthThread(database, manyFlows);
}

/** Works a capture out anew that older rules settled. False when today's did, or nothing is in it. */
export function settleAnew(database: Sqlite, nowMs: number): boolean {
  if (!isOutdated(database)) return false;
  ensureSecondaryIndexes(database);
  settling(database, () => {
    runSteps(database, EVERYTHING);
    addRevision(database, "settled", null, nowMs);
  });
  return true;
}

/** One transaction. */
function settling<T>(database: Sqlite, work: () => T): T {
  try {
    return database.transaction(work);
  } finally {
    detachSettledRows(database);
  }
}

/**
 * Of a file whose records were all there already the rows stay as duplicates, to come back when the others go; one with the
 * same bytes as another shares that one's. True when duplicates brought words of their own: something is spelled in another way.
 */
function endParts(
  database: Sqlite,
  parts: ReturnType<typeof partsOf>,
  shared: ReadonlySet<number>,
  before: string | undefined,
): boolean {
  const copies = parts.filter(({ fresh, duplicate }) => fresh === 0 && duplicate > 0);
  for (const part of parts) setFileState(database, part.id, copies.includes(part) ? "nothing-new" : "done");
  const hasWords = (): boolean => dictionaryMark(database) !== before;
  if (shared.size > 0 && hasWords()) sweepDictionaries(database);
  return copies.some(({ id }) => !shared.has(id)) && hasWords();
}

/** An archive is nothing new when none of its entries is. */
function endUpload(database: Sqlite, uploadId: number): void {
  const parts = partsOf(database, [uploadId]);
  const isCopy = parts.every(({ fresh }) => fresh === 0) && parts.some(({ duplicate }) => duplicate > 0);
  setFileState(database, uploadId, isCopy ? "nothing-new" : "done");
}

/**
 * Takes a finished file out again. What other files had as duplicates of its records comes back, and what it shared with a
 * file of the same bytes becomes that one's.
 */
export function removeFile(database: Sqlite, fileId: number, nowMs: number): void {
  settling(database, () => {
    const had = hasRecords(database, fileId);
    const span = spanOfFiles(database, [fileId]);
    const heirs = handOverBlocks(database, fileId);
    rememberHashes(database, fileId);
    const blocks = deleteRecords(database, fileId);
    // Its entries go with it.
    database.prepare("DELETE FROM SourceFile WHERE id = ?").run([fileId]);
    rankAgain(database);
    markDuplicateOthers(database);
    const words = blocks > 0 ? sweepDictionaries(database) : 0;
    recount(database, heirs);
    renewStates(database);
    if (!had && words === 0) return;
    // What was handed over is settled already.
    if (blocks > 0 || rulesOf(database) !== RULES_VERSION)
      settleAround(database, unitedSpan(span, spanOfRanked(database)));
    addRevision(database, "removed", fileId, nowMs);
  });
}

/** Records of these count now, because the file is gone that had them first. */
function renewStates(database: Sqlite): void {
  database.exec(
    `UPDATE SourceFile SET state = 'done' WHERE state = 'nothing-new' AND (accepted + otherKinds > 0
       OR id IN (SELECT uploadId FROM SourceFile WHERE uploadId IS NOT NULL AND accepted + otherKinds > 0))`,
  );
}

/** What was loaded of a file that did not come to its end goes, with its counts. */
export function dropHalfReadFile(database: Sqlite, fileId: number): void {
  ensureSecondaryIndexes(database);
  database.transaction(() => {
    if (deleteRecords(database, fileId) > 0) sweepDictionaries(database);
    database.prepare("DELETE FROM SourceFile WHERE uploadId = ?").run([fileId]);
    database.prepare("DELETE FROM Refusal WHERE fileId = ?").run([fileId]);
    database
      .prepare(
        `UPDATE SourceFile SET read = 0, accepted = 0, duplicate = 0, otherKinds = 0, refused = 0, events = 0, unpackedBytes = 0,
         formats = '{}', refusedBy = '{}', firstNs = NULL, lastNs = NULL, aside = 0, firstAside = '[]' WHERE id = ?`,
      )
      .run([fileId]);
  });
}

function settleAdded(database: Sqlite, span: Span | undefined, rows: RowRange): void {
  if (rulesOf(database) === RULES_VERSION && isSmallAddition(database, rows)) addFlows(database, rows);
  else settleAround(database, span);
}

/** Runs the steps where rows changed; everywhere when the revision before was settled by other rules. */
function settleAround(database: Sqlite, changed: Span | undefined): void {
  const isSettled = rulesOf(database) === RULES_VERSION && changed !== undefined;
  runSteps(database, isSettled ? neighbourhoodOf(database, changed) : EVERYTHING);
}

function addRevision(
  database: Sqlite,
  change: "added" | "removed" | "settled",
  fileId: number | null,
  nowMs: number,
): void {
  database
    .prepare(
      "INSERT INTO Revision (number, createdAtMs, change, fileId, rulesVersion) SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM Revision",
    )
    .run([nowMs, change, fileId, RULES_VERSION]);
}
