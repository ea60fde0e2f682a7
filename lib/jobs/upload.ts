/** One file on its way into a capture: what is told of it, and how it breaks before it is whole. */

import type { Readable } from "node:stream";
import type { FileReport } from "@/lib/capture/files";
import { type Abandoned, isDiskFull, type ReadProgress } from "./messages";

export interface Upload {
  readonly fileName: string;
  readonly expectedBytes: number | null;
  readonly body: Readable;
}

export interface FileProgress {
  readonly fileId: number;
  readonly file: string;
  state: "receiving" | "waiting" | "reading" | "settling" | FileReport["state"];
  receivedBytes: number;
  readonly expectedBytes: number | null;
  readBytes: number;
  read: number;
  flows: number;
  refused: number;
  recordsPerSecond: number;
  secondsLeft: number | null;
  failure: { readonly code: string; readonly message: string } | null;
}

type Beginning = Pick<FileProgress, "fileId" | "file" | "state" | "expectedBytes" | "receivedBytes">;

export function newProgress(beginning: Beginning): FileProgress {
  return {
    ...beginning,
    readBytes: 0,
    read: 0,
    flows: 0,
    refused: 0,
    recordsPerSecond: 0,
    secondsLeft: null,
    failure: null,
  };
}

/** What the writer thread tells while it reads. */
export function noteRead(progress: FileProgress, read: ReadProgress): void {
  progress.state = read.phase;
  progress.readBytes = read.packedBytes;
  progress.read = read.read;
  progress.flows = read.flows;
  progress.refused = read.refused;
  progress.recordsPerSecond = read.recordsPerSecond;
  progress.secondsLeft = secondsLeft(progress);
}

function secondsLeft({
  receivedBytes,
  expectedBytes,
  readBytes,
  read,
  recordsPerSecond,
}: FileProgress): number | null {
  const whole = expectedBytes ?? receivedBytes;
  if (readBytes === 0 || read === 0 || recordsPerSecond === 0 || whole < readBytes) return null;
  const recordsLeft = ((whole - readBytes) / readBytes) * read;
  return Math.round((recordsLeft / recordsPerSecond) * 10) / 10;
}

/** The connection broke, or the disk filled up, before the whole file was there. */
export class UploadBroken extends Error {
  readonly code: "disk_full" | "upload_incomplete";

  constructor(receivedBytes: number, cause: unknown) {
    const isFull = isDiskFull(cause);
    super(
      isFull ? "The disk of the data folder is full." : `The upload ended after ${receivedBytes} bytes.`,
      { cause },
    );
    this.code = isFull ? "disk_full" : "upload_incomplete";
  }

  get why(): Abandoned {
    return {
      state: this.code === "disk_full" ? "failed" : "interrupted",
      code: this.code,
      message: this.message,
    };
  }
}
