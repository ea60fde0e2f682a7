/** What the server's main thread and a capture's writer thread say to each other. */

import type { FileReport } from "@/lib/capture/files";
import type { CaptureSummary } from "@/lib/capture/summarise";

/** Why a file did not come to its end. */
export interface Abandoned {
  readonly state: "cancelled" | "interrupted" | "failed";
  readonly code: string;
  readonly message: string;
}

/** How much of an upload is in the spool. */
export interface Received {
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** Asked by the main thread; each gets one answer. */
export interface WriterCalls {
  addFile: { ask: { name: string; spool: string; addedAtMs: number }; answer: number };
  /**
   * Reads a file that is arriving or has arrived; answers when it is done, settled, cancelled or failed. With
   * `settleLater` it answers in the state `settling`, and waits for `settleFiles`.
   */
  readFile: {
    ask: { fileId: number; spool: string; settleLater?: boolean } & Received;
    answer: FileReport;
  };
  /** Settles files that were read one after the other, in one revision. */
  settleFiles: { ask: { fileIds: readonly number[] }; answer: readonly FileReport[] };
  /** Works out anew what older rules settled; answers whether there was anything to do. */
  settleAnew: { ask: Record<string, never>; answer: boolean };
  /** Copies the capture as it is now, when its revision is one of these. */
  keepRevision: { ask: { pinned: readonly number[] }; answer: null };
  /** Copies the capture as it is now into one file. */
  copyTo: { ask: { target: string }; answer: null };
  removeFile: { ask: { fileId: number }; answer: null };
  /** Marks a file whose upload did not come to its end, and drops what was read of it. */
  abandonFile: { ask: Abandoned & { fileId: number }; answer: FileReport };
  rename: { ask: { name: string }; answer: null };
  summarise: { ask: Record<string, never>; answer: CaptureSummary };
  close: { ask: Record<string, never>; answer: null };
}

export type WriterCall = keyof WriterCalls;

export type ToWriter =
  | {
      [Call in WriterCall]: {
        readonly id: number;
        readonly call: Call;
        readonly ask: WriterCalls[Call]["ask"];
      };
    }[WriterCall]
  | ({ readonly tell: "received"; readonly fileId: number } & Received)
  | { readonly tell: "cancel"; readonly fileId: number; readonly why: Abandoned }
  /** The server stops: what is under way stays as it is, to be taken up again. */
  | { readonly tell: "stop" };

export type FromWriter =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly progress: ReadProgress };

/** How far a file is. */
export interface ReadProgress {
  readonly fileId: number;
  readonly phase: "reading" | "settling";
  /** Of the file as it lies in the spool. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly read: number;
  readonly flows: number;
  readonly refused: number;
  readonly recordsPerSecond: number;
}

/** True for what the system, or SQLite, says when there is no room; between threads only the words remain. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ("code" in error && error.code === "ENOSPC") || /ENOSPC|disk is full|SQLITE_FULL/i.test(error.message)
  );
}

/** What a reader is told of a bug, or of a thread that ran out of memory. */
function brokenDown(reason: string): string {
  return `Reading the file broke down (${reason}). Nothing of it was kept and the rest of the capture is as it was. Add the file again.`;
}

/** Why a file failed, as its report says it. */
export function describeFailure(error: unknown): { readonly code: string; readonly message: string } {
  if (isDiskFull(error)) {
    return {
      code: "disk_full",
      message:
        "The disk is full. Free space in the data folder and add the file again; nothing else was lost.",
    };
  }
  return { code: "internal", message: brokenDown(error instanceof Error ? error.message : String(error)) };
}
