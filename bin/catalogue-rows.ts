/** Rows of the catalogue: made from what a capture's file says, and read into what the interface answers. */

import { formatTime } from "@/lib/base/time";
import type { CaptureSummary } from "@/lib/capture/summarise";
import type { CatalogueEntry, CatalogueUpdate } from "@/lib/catalogue/catalogue";
import type { FileProgress } from "@/lib/jobs/upload";
import type { CaptureInfo } from "@/lib/questions/answers";
import type { QuestionFailure } from "@/lib/questions/failure";

/** Files on their way that are listed, in the order in which they are read; all of them are under way. */
const PROGRESS_LISTED = 50;

export function readyRow(summary: CaptureSummary, sizeBytes: number): CatalogueUpdate {
  const { name, createdAtMs, revision, files, flows, events, drops, nodes, firstNs, lastNs } = summary;
  return {
    ...{ name, revision, files, nodes },
    createdAtMs: BigInt(createdAtMs),
    state: "ready",
    flows: BigInt(flows),
    events: BigInt(events),
    drops: drops === null ? null : BigInt(drops),
    first: timeOrNull(firstNs),
    last: timeOrNull(lastNs),
    sizeBytes: BigInt(sizeBytes),
    problem: null,
  };
}

/** Of a file that cannot be opened: what was known of it before stays. */
export function brokenRow(
  captureId: string,
  known: CatalogueEntry | null,
  failure: QuestionFailure,
  sizeBytes: number,
): CatalogueUpdate {
  return {
    name: known?.name ?? captureId,
    createdAtMs: known?.createdAtMs ?? 0n,
    state: failure.code === "capture_newer_than_program" ? "newer" : "damaged",
    revision: known?.revision ?? 0,
    files: known?.files ?? 0,
    flows: known?.flows ?? 0n,
    events: known?.events ?? 0n,
    drops: known?.drops ?? null,
    nodes: known?.nodes ?? 0,
    first: known?.first ?? null,
    last: known?.last ?? null,
    sizeBytes: BigInt(sizeBytes),
    problem: [failure.message, failure.hint].filter(Boolean).join(" "),
  };
}

export function toInfo(
  entry: CatalogueEntry,
  progress: readonly FileProgress[],
  { isSettlingAnew, keptUntil }: { readonly isSettlingAnew: boolean; readonly keptUntil: string | null },
): CaptureInfo {
  const { id, name, problem, revision, files, nodes, first, last } = entry;
  return {
    ...{ id, name, problem, revision, files, nodes, first, last },
    createdAt: new Date(Number(entry.createdAtMs)).toISOString(),
    // The catalogue does not keep what changes from moment to moment.
    state: progress.length > 0 ? "reading" : (entry.state as CaptureInfo["state"]),
    flows: Number(entry.flows),
    events: Number(entry.events),
    drops: entry.drops === null ? null : Number(entry.drops),
    sizeBytes: Number(entry.sizeBytes),
    isSettlingAnew,
    keptUntil: entry.state === "ready" ? keptUntil : null,
    progress: progress.slice(0, PROGRESS_LISTED).map((file) => ({ ...file })),
  };
}

function timeOrNull(ns: bigint | null): string | null {
  return ns === null ? null : formatTime(ns);
}
