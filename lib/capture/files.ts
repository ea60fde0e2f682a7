/** The files of a capture, and what happened to each. */

import { z } from "zod";
import { formatTime } from "@/lib/base/time";
import type { Sqlite, SqlRow } from "./driver";

/**
 * receiving: bytes arrive. reading: records are taken in. settling: duplicates are found. done. nothing-new:
 * every record was there already. cancelled, failed, interrupted: nothing of the file was kept.
 */
const FILE_STATES = [
  "receiving",
  "reading",
  "settling",
  "done",
  "nothing-new",
  "cancelled",
  "failed",
  "interrupted",
] as const;
export type FileState = (typeof FILE_STATES)[number];

const refusalSchema = z.object({
  /** The entry of the archive in which it stands; null for what stands in the upload itself. */
  entry: z.string().nullable(),
  line: z.number().int(),
  /** Byte offset in the unpacked file. */
  offset: z.number().int(),
  code: z.string(),
  reason: z.string(),
  excerpt: z.string(),
});

/** What was read of a file. read = accepted + duplicate + otherKinds + refused. */
const entryReportSchema = z.object({
  /** Name as uploaded; of an entry the way to it: `logs.zip › node-1/events.log`. */
  file: z.string(),
  state: z.enum(FILE_STATES),
  /** Packings around its text: plain, gzip, zstd+tar, zip, ... */
  packing: z.string(),
  unpackedBytes: z.number(),
  read: z.number().int(),
  accepted: z.number().int(),
  duplicate: z.number().int(),
  otherKinds: z.number().int(),
  refused: z.number().int(),
  /** Events that the accepted flows stand for. */
  events: z.number().int(),
  refusedBy: z.record(z.string(), z.number().int()),
  formats: z.record(z.string(), z.number().int()),
  first: z.string().nullable(),
  last: z.string().nullable(),
});

/** An upload as a whole: of an archive the counts are the sums over its entries. */
export const fileReportSchema = entryReportSchema.extend({
  id: z.number().int(),
  /** Milliseconds since the epoch. */
  addedAtMs: z.number(),
  receivedBytes: z.number(),
  /** The first refused records. */
  refusals: z.array(refusalSchema),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Entries of an archive that were read, and the first of them. */
  entryCount: z.number().int(),
  entries: z.array(entryReportSchema),
  /** Entries that were not kept, because they are no logs, and the first of them with the reason. */
  aside: z.object({
    entries: z.number().int(),
    first: z.array(z.object({ entry: z.string(), why: z.string() })),
  }),
});

type EntryReport = z.infer<typeof entryReportSchema>;
export type FileReport = z.infer<typeof fileReportSchema>;

/** How much of a report is listed; everything is counted. */
interface Listed {
  readonly refusals: number;
  readonly entries: number;
}

const LISTED: Listed = { refusals: 100, entries: 1000 };
/** Over all files of a capture, so that a folder of thousands makes no answer of a hundred MiB. */
const LISTED_IN_ALL: Listed = { refusals: 2000, entries: 10_000 };

const counts = z.record(z.string(), z.number().int());
const asideList = z.array(z.object({ entry: z.string(), why: z.string() }));

/** All uploads of a capture in the order of their arrival, each with its first refusals and entries. */
export function readFiles(database: Sqlite, refusalsEach = LISTED.refusals): FileReport[] {
  const uploads: SqlRow[] = [];
  const entries = new Map<number, SqlRow[]>();
  for (const row of database.prepareExact("SELECT * FROM SourceFile ORDER BY id").all([])) {
    if (row.uploadId === null) uploads.push(row);
    else groupOf(entries, Number(row.uploadId)).push(row);
  }
  const listed = {
    refusals: share(refusalsEach, LISTED_IN_ALL.refusals, uploads.length),
    entries: share(LISTED.entries, LISTED_IN_ALL.entries, entries.size),
  };
  return uploads.map((row) => toReport(database, row, entries.get(Number(row.id)) ?? [], listed));
}

function share(each: number, inAll: number, among: number): number {
  return Math.min(each, Math.max(3, Math.floor(inAll / Math.max(1, among))));
}

function groupOf(groups: Map<number, SqlRow[]>, key: number): SqlRow[] {
  const group = groups.get(key) ?? [];
  groups.set(key, group);
  return group;
}

/** One upload; undefined when there is none with this id, or it is the entry of one. */
export function readFile(database: Sqlite, fileId: number): FileReport | undefined {
  const row = database
    .prepareExact("SELECT * FROM SourceFile WHERE id = ? AND uploadId IS NULL")
    .get([fileId]);
  if (row === undefined) return undefined;
  const entries = database
    .prepareExact("SELECT * FROM SourceFile WHERE uploadId = ? ORDER BY id")
    .all([fileId]);
  return toReport(database, row, entries, LISTED);
}

function toReport(database: Sqlite, row: SqlRow, entryRows: readonly SqlRow[], listed: Listed): FileReport {
  const own = toEntryReport(row);
  const entries = entryRows.map(toEntryReport);
  return {
    ...(entries.length === 0 ? own : summed(own, entries)),
    id: Number(row.id),
    addedAtMs: Number(row.addedAtMs),
    receivedBytes: Number(row.receivedBytes),
    refusals: firstRefusals(database, [row, ...entryRows], listed.refusals),
    failure:
      row.failureCode === null ? null : { code: String(row.failureCode), message: String(row.failure) },
    entryCount: entries.length,
    entries: entries.slice(0, listed.entries),
    aside: { entries: Number(row.aside), first: asideList.parse(JSON.parse(String(row.firstAside))) },
  };
}

function toEntryReport(row: SqlRow): EntryReport {
  const time = (value: unknown): string | null => (typeof value === "bigint" ? formatTime(value) : null);
  return {
    file: String(row.name),
    state: z.enum(FILE_STATES).parse(row.state),
    packing: String(row.packing),
    unpackedBytes: Number(row.unpackedBytes),
    read: Number(row.read),
    accepted: Number(row.accepted),
    duplicate: Number(row.duplicate),
    otherKinds: Number(row.otherKinds),
    refused: Number(row.refused),
    events: Number(row.events),
    refusedBy: counts.parse(JSON.parse(String(row.refusedBy))),
    formats: counts.parse(JSON.parse(String(row.formats))),
    first: time(row.firstNs),
    last: time(row.lastNs),
  };
}

function summed(own: EntryReport, entries: readonly EntryReport[]): EntryReport {
  const all = [own, ...entries];
  const sum = (
    of: "read" | "accepted" | "duplicate" | "otherKinds" | "refused" | "events" | "unpackedBytes",
  ) => all.reduce((total, report) => total + report[of], 0);
  // Times have one form, so their texts are in the order of time; a year has four digits.
  const times = (of: "first" | "last") => all.flatMap((report) => report[of] ?? []).sort();
  return {
    ...own,
    unpackedBytes: sum("unpackedBytes"),
    read: sum("read"),
    accepted: sum("accepted"),
    duplicate: sum("duplicate"),
    otherKinds: sum("otherKinds"),
    refused: sum("refused"),
    events: sum("events"),
    refusedBy: merged(all.map(({ refusedBy }) => refusedBy)),
    formats: merged(all.map(({ formats }) => formats)),
    first: times("first").at(0) ?? null,
    last: times("last").at(-1) ?? null,
  };
}

function merged(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const record of records)
    for (const [key, count] of Object.entries(record)) sums.set(key, (sums.get(key) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** Of the upload itself first, then of its entries in their order. */
function firstRefusals(database: Sqlite, rows: readonly SqlRow[], most: number): FileReport["refusals"] {
  const refusals: FileReport["refusals"] = [];
  for (const row of rows) {
    if (refusals.length >= most) break;
    if (Number(row.refused) === 0) continue;
    const entry = row.uploadId === null ? null : String(row.name);
    refusals.push(
      ...database
        // Line 0 is the file as such: why it ended early comes before what its lines were refused for.
        .prepare(
          "SELECT line, offset, code, reason, excerpt FROM Refusal WHERE fileId = ? ORDER BY line <> 0, id LIMIT ?",
        )
        .all([Number(row.id), most - refusals.length])
        .map((refusal) => refusalSchema.parse({ entry, ...refusal })),
    );
  }
  return refusals;
}

/** A new file, before its first byte. Returns its id. */
export function addFile(database: Sqlite, file: { name: string; spool: string; addedAtMs: number }): number {
  const row = database
    .prepare(
      "INSERT INTO SourceFile (name, state, addedAtMs, spool) VALUES (?, 'receiving', ?, ?) RETURNING id",
    )
    .get([file.name, file.addedAtMs, file.spool]);
  return Number(row?.id);
}

/** An entry of an archive, when its reading begins. Returns its id. */
export function addEntry(
  database: Sqlite,
  entry: { uploadId: number; name: string; packing: string },
): number {
  const row = database
    .prepare(
      `INSERT INTO SourceFile (uploadId, name, packing, state, addedAtMs)
       SELECT id, ?, ?, 'reading', addedAtMs FROM SourceFile WHERE id = ? RETURNING id`,
    )
    .get([entry.name, entry.packing, entry.uploadId]);
  return Number(row?.id);
}

export function setFileState(
  database: Sqlite,
  fileId: number,
  state: FileState,
  failure?: { code: string; message: string },
): void {
  database
    .prepare("UPDATE SourceFile SET state = ?, failureCode = ?, failure = ? WHERE id = ?")
    .run([state, failure?.code ?? null, failure?.message ?? null, fileId]);
}

export function markPacking(database: Sqlite, fileId: number, packing: string): void {
  database.prepare("UPDATE SourceFile SET packing = ? WHERE id = ?").run([packing, fileId]);
}

/** Entries of an archive that were not kept: how many, and the first of them. */
export function setAside(
  database: Sqlite,
  fileId: number,
  entries: number,
  first: FileReport["aside"]["first"],
): void {
  database
    .prepare("UPDATE SourceFile SET aside = ?, firstAside = ? WHERE id = ?")
    .run([entries, JSON.stringify(first), fileId]);
}

export interface UnfinishedFile {
  readonly id: number;
  readonly name: string;
  readonly spool: string | null;
}

/** Files that were on their way when the program stopped, in the order of their arrival. */
export function unfinishedFiles(database: Sqlite): UnfinishedFile[] {
  return database
    .prepare(
      "SELECT id, name, spool FROM SourceFile WHERE uploadId IS NULL AND state IN ('receiving', 'reading', 'settling') ORDER BY id",
    )
    .all([])
    .map((row) => ({
      id: Number(row.id),
      name: String(row.name),
      spool: row.spool === null ? null : String(row.spool),
    }));
}
