/** The files of a capture, and what happened to each. */

import { z } from "zod";
import { formatTime } from "@/lib/base/time";
import type { Sqlite, SqlRow } from "./driver";

/**
 * receiving: bytes arrive. reading: records are taken in. settling: duplicates are found. done. nothing-new:
 * every record was there already. cancelled, failed, interrupted: nothing of the file was kept.
 */
export const FILE_STATES = [
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

export const refusalSchema = z.object({
  line: z.number().int(),
  /** Byte offset in the unpacked file. */
  offset: z.number().int(),
  code: z.string(),
  reason: z.string(),
  excerpt: z.string(),
});

export const fileReportSchema = z.object({
  id: z.number().int(),
  /** Name of the file as uploaded. */
  file: z.string(),
  state: z.enum(FILE_STATES),
  /** Milliseconds since the epoch. */
  addedAtMs: z.number(),
  packing: z.string(),
  receivedBytes: z.number(),
  unpackedBytes: z.number(),
  /** read = accepted + duplicate + otherKinds + refused. */
  read: z.number().int(),
  accepted: z.number().int(),
  duplicate: z.number().int(),
  otherKinds: z.number().int(),
  refused: z.number().int(),
  /** Events that the accepted flows stand for. */
  events: z.number().int(),
  refusedBy: z.record(z.string(), z.number().int()),
  /** The first refused records. */
  refusals: z.array(refusalSchema),
  formats: z.record(z.string(), z.number().int()),
  first: z.string().nullable(),
  last: z.string().nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export type FileReport = z.infer<typeof fileReportSchema>;

const counts = z.record(z.string(), z.number().int());

/** All files of a capture in the order of their arrival, each with its first refusals. */
export function readFiles(database: Sqlite, refusalsEach = 100): FileReport[] {
  return database
    .prepareExact("SELECT * FROM SourceFile ORDER BY id")
    .all([])
    .map((row) => toReport(database, row, refusalsEach));
}

export function readFile(database: Sqlite, fileId: number, refusals = 100): FileReport | undefined {
  const row = database.prepareExact("SELECT * FROM SourceFile WHERE id = ?").get([fileId]);
  return row === undefined ? undefined : toReport(database, row, refusals);
}

function toReport(database: Sqlite, row: SqlRow, refusals: number): FileReport {
  const time = (value: unknown): string | null => (typeof value === "bigint" ? formatTime(value) : null);
  return {
    id: Number(row.id),
    file: String(row.name),
    state: z.enum(FILE_STATES).parse(row.state),
    addedAtMs: Number(row.addedAtMs),
    packing: String(row.packing),
    receivedBytes: Number(row.receivedBytes),
    unpackedBytes: Number(row.unpackedBytes),
    read: Number(row.read),
    accepted: Number(row.accepted),
    duplicate: Number(row.duplicate),
    otherKinds: Number(row.otherKinds),
    refused: Number(row.refused),
    events: Number(row.events),
    refusedBy: counts.parse(JSON.parse(String(row.refusedBy))),
    refusals: database
      // Line 0 is the file as such: why it ended early comes before what its lines were refused for.
      .prepare(
        "SELECT line, offset, code, reason, excerpt FROM Refusal WHERE fileId = ? ORDER BY line <> 0, id LIMIT ?",
      )
      .all([Number(row.id), refusals])
      .map((refusal) => refusalSchema.parse(refusal)),
    formats: counts.parse(JSON.parse(String(row.formats))),
    first: time(row.firstNs),
    last: time(row.lastNs),
    failure:
      row.failureCode === null ? null : { code: String(row.failureCode), message: String(row.failure) },
  };
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

export function setReceived(database: Sqlite, fileId: number, receivedBytes: number, packing: string): void {
  database
    .prepare("UPDATE SourceFile SET receivedBytes = ?, packing = ? WHERE id = ?")
    .run([receivedBytes, packing, fileId]);
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
      "SELECT id, name, spool FROM SourceFile WHERE state IN ('receiving', 'reading', 'settling') ORDER BY id",
    )
    .all([])
    .map((row) => ({
      id: Number(row.id),
      name: String(row.name),
      spool: row.spool === null ? null : String(row.spool),
    }));
}
