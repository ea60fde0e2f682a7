/** One row for each file on its way in: what this browser knows of sending it, and what the server does with it. */

import { addCounts, countsText, outcomeOf, stateText } from "@/components/frame/report-words";
import { formatBytes, formatCount, formatQuantity, formatSecondsLeft } from "@/components/ui/format";
import type { CaptureAnswer, Progress } from "@/lib/questions/answers";
import type { Upload } from "./uploads";

type Report = CaptureAnswer["fileReports"][number];

export interface FileRow {
  readonly key: string;
  readonly name: string;
  readonly upload?: Upload;
  readonly progress?: Progress;
  readonly report?: Report;
  readonly fileId?: number;
}

const ENDED = new Set<Progress["state"]>(["done", "nothing-new", "cancelled", "failed", "interrupted"]);

/** Files of this browser first, in the order they were given; then those that others send. */
export function toFileRows(
  uploads: readonly Upload[],
  progress: readonly Progress[],
  reports: readonly Report[],
): readonly FileRow[] {
  const left = new Map(progress.map((entry) => [entry.fileId, entry]));
  const byId = reportsById(reports);
  const own = uploads.map((upload): FileRow => {
    const entry = matching(upload, left);
    if (entry) left.delete(entry.fileId);
    const fileId = upload.fileId ?? entry?.fileId;
    const report = fileId === undefined ? undefined : byId.get(fileId);
    return { key: `upload ${upload.key}`, name: upload.name, upload, progress: entry, report, fileId };
  });
  const others = [...left.values()].filter(({ state }) => !ENDED.has(state));
  return [
    ...own,
    ...others.map(
      (entry): FileRow => ({
        key: `file ${entry.fileId}`,
        name: entry.file,
        progress: entry,
        fileId: entry.fileId,
      }),
    ),
  ];
}

/** The server gives a file its id with the first byte and tells this browser with the last one. */
function matching(upload: Upload, progress: ReadonlyMap<number, Progress>): Progress | undefined {
  if (upload.fileId !== undefined) return progress.get(upload.fileId);
  if (upload.state !== "sending") return undefined;
  return [...progress.values()].find(({ file, state }) => file === upload.name && state === "receiving");
}

export function reportsById(reports: readonly Report[]): ReadonlyMap<number, Report> {
  return new Map(reports.map((report) => [report.id, report]));
}

/** More rows than a person reads, and than a browser should draw four times a second. */
export const ROWS_SHOWN = 12;

/**
 * The rows to show, in their order: those that something is done with now or that need a look (not read, refused
 * records), then the newest of the others. `more` counts the rest by what became of them.
 */
export function rowsToShow(rows: readonly FileRow[]): {
  readonly shown: readonly FileRow[];
  readonly more: { readonly waiting: number; readonly ended: number };
} {
  if (rows.length <= ROWS_SHOWN) return { shown: rows, more: { waiting: 0, ended: 0 } };
  const urgent = rows.filter(needsALook).slice(0, ROWS_SHOWN);
  const others = rows.filter((row) => !needsALook(row));
  const ended = others.filter((row) => !isUnderway(row));
  const place = Math.max(0, ROWS_SHOWN - urgent.length);
  const chosen = new Set([...urgent, ...(place > 0 ? ended.slice(-place) : [])]);
  const left = rows.filter((row) => !chosen.has(row));
  const waiting = left.filter(isUnderway).length;
  return {
    shown: rows.filter((row) => chosen.has(row)),
    more: { waiting, ended: left.length - waiting },
  };
}

/** Of several files together: how many are at their end, and what became of the records of those. */
export function sumOf(rows: readonly FileRow[]): string {
  const ended = rows.filter((row) => !isUnderway(row));
  const files = formatQuantity(rows.length, "file");
  const counts = countsText(addCounts(ended.flatMap(({ report }) => report ?? [])));
  if (ended.length < rows.length)
    return `${files}, ${formatCount(ended.length)} at their end. Records of these: ${counts}.`;
  return `${files}. Records: ${counts}.`;
}

/** Of the rows that are not shown. */
export function moreText({ waiting, ended }: { readonly waiting: number; readonly ended: number }): string {
  const parts = [
    ...(waiting > 0 ? [`${formatQuantity(waiting, "file")} that ${waiting === 1 ? "waits" : "wait"}`] : []),
    ...(ended > 0 ? [`${formatQuantity(ended, "file")} at ${ended === 1 ? "its" : "their"} end`] : []),
  ];
  return `And ${parts.join(", ")}.`;
}

function needsALook(row: FileRow): boolean {
  const { upload, progress, report } = row;
  if (upload?.state === "refused" || upload?.state === "sending") return true;
  if (report !== undefined && ENDED.has(report.state))
    return report.refused > 0 || (report.state !== "done" && report.state !== "nothing-new");
  return progress !== undefined && progress.state !== "waiting" && !ENDED.has(progress.state);
}

/** True until this browser knows what became of a file that it sends. */
export function isAwaited({ state, fileId }: Upload, reports: ReadonlyMap<number, Report>): boolean {
  if (state === "cancelled" || state === "refused") return false;
  const report = fileId === undefined ? undefined : reports.get(fileId);
  return report === undefined || !ENDED.has(report.state);
}

export function isUnderway({ upload, progress, report }: FileRow): boolean {
  if (upload?.state === "cancelled" || upload?.state === "refused") return false;
  if (upload?.state === "queued" || upload?.state === "sending") return true;
  if (progress !== undefined) return !ENDED.has(progress.state);
  return report === undefined || !ENDED.has(report.state);
}

/** Part of the work that is done, 0 to 1; sending and reading count half each. */
export function partDone({ upload, progress }: FileRow): number | undefined {
  const size = upload?.size ?? progress?.expectedBytes ?? undefined;
  if (size === undefined) return undefined;
  if (size === 0) return 1;
  const sent =
    upload === undefined || upload.state === "sent" ? (progress?.receivedBytes ?? size) : upload.sent;
  const read = progress?.readBytes ?? 0;
  return Math.min(1, (Math.min(sent, size) + Math.min(read, size)) / (2 * size));
}

/** The numbers beside the bar, each with its unit. */
export function numbersOf({ upload, progress }: FileRow): readonly string[] {
  const size = upload?.size ?? progress?.expectedBytes ?? undefined;
  const sent = upload?.state === "sending" ? upload.sent : (progress?.receivedBytes ?? upload?.sent ?? 0);
  const numbers = [size === undefined ? formatBytes(sent) : `${formatBytes(sent)} of ${formatBytes(size)}`];
  if (progress !== undefined && progress.read > 0) {
    numbers.push(
      `${formatCount(progress.flows)} flows`,
      `${formatCount(progress.recordsPerSecond)} records/s`,
    );
    numbers.push(`${formatCount(progress.refused)} refused so far`);
  }
  const left = secondsLeft(upload, progress);
  if (left !== undefined) numbers.push(formatSecondsLeft(left));
  return numbers;
}

function secondsLeft(upload: Upload | undefined, progress: Progress | undefined): number | undefined {
  const reading = progress?.secondsLeft ?? undefined;
  if (upload?.state !== "sending" || upload.speed <= 0) return reading;
  return Math.max((upload.size - upload.sent) / upload.speed, reading ?? 0);
}

/** What is happening, or what became of it. */
export function sentenceOf(row: FileRow): string {
  const { upload, progress, report } = row;
  if (upload?.error) return `${upload.error.message} ${upload.error.hint}`;
  if (upload?.state === "cancelled") return "Cancelled. Nothing of this file was kept.";
  if (upload?.state === "queued") return "Waits for the files before it.";
  if (report !== undefined && ENDED.has(report.state)) return outcomeOf(report);
  if (progress?.failure) return progress.failure.message;
  if (upload?.state === "sending") return (progress?.read ?? 0) > 0 ? "Being sent and read." : "Being sent.";
  return progress === undefined ? "Has arrived." : stateText(progress.state);
}
