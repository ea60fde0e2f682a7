/** One row for each file on its way in: what this browser knows of sending it, and what the server does with it. */

import { outcomeOf, stateText } from "@/components/frame/report-words";
import { formatBytes, formatCount, formatSecondsLeft } from "@/components/ui/format";
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
  const own = uploads.map((upload): FileRow => {
    const entry = matching(upload, [...left.values()]);
    if (entry) left.delete(entry.fileId);
    const fileId = upload.fileId ?? entry?.fileId;
    const report = reports.find(({ id }) => id === fileId);
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
function matching(upload: Upload, progress: readonly Progress[]): Progress | undefined {
  if (upload.fileId !== undefined) return progress.find(({ fileId }) => fileId === upload.fileId);
  if (upload.state !== "sending") return undefined;
  return progress.find(({ file, state }) => file === upload.name && state === "receiving");
}

/** True until this browser knows what became of a file that it sends. */
export function isAwaited({ state, fileId }: Upload, reports: readonly Report[]): boolean {
  if (state === "cancelled" || state === "refused") return false;
  const report = fileId === undefined ? undefined : reports.find(({ id }) => id === fileId);
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
