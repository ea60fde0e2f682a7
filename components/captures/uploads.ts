/**
 * Files on their way from this browser to the server. They belong to the page, not to a component: going
 * from the list to the first flows must not end them.
 *
 * What the server does with a file afterwards comes from the capture's progress, which any browser can see.
 */

import { type ApiError, apiUrl, capturePath, toApiError, unreachableServer } from "@/components/frame/api";
import type { CaptureAnswer } from "@/lib/questions/answers";
import type { NamedFile } from "./dropped-files";

export interface Upload {
  readonly key: number;
  readonly captureId: string;
  readonly name: string;
  readonly size: number;
  readonly sent: number;
  /** Bytes a second since it began. */
  readonly speed: number;
  readonly state: "queued" | "sending" | "sent" | "cancelled" | "refused";
  /** Known once all of it has arrived. */
  readonly fileId?: number;
  readonly error?: ApiError;
}

/** Two at a time: while one is being taken in, the next one travels. */
const AT_ONCE = 2;

interface Job {
  readonly file: File;
  request?: XMLHttpRequest;
  startedMs: number;
}

let uploads: readonly Upload[] = [];
let nextKey = 1;
const jobs = new Map<number, Job>();
const listeners = new Set<() => void>();
const finished = new Set<(captureId: string) => void>();

export const uploadStore = {
  subscribe(changed: () => void): () => void {
    listeners.add(changed);
    return () => listeners.delete(changed);
  },
  read: (): readonly Upload[] => uploads,
  /** Calls back when a file has been sent or refused. */
  onFinished(done: (captureId: string) => void): () => void {
    finished.add(done);
    return () => finished.delete(done);
  },
};

export function startUploads(captureId: string, files: readonly NamedFile[]): void {
  const added = files.map(({ name, file }): Upload => {
    const key = nextKey++;
    jobs.set(key, { file, startedMs: 0 });
    return { key, captureId, name, size: file.size, sent: 0, speed: 0, state: "queued" };
  });
  put([...uploads, ...added]);
  startNext();
}

/** Ends an upload. What the server has of it is thrown away. */
export function cancelUpload(key: number): void {
  const upload = uploads.find((other) => other.key === key);
  if (upload === undefined) return;
  change(key, { state: "cancelled" });
  jobs.get(key)?.request?.abort();
  end(key, upload.captureId);
}

/** Takes rows out that need nothing any more. */
export function forgetUploads(keys: readonly number[]): void {
  put(uploads.filter((upload) => !keys.includes(upload.key)));
}

function startNext(): void {
  const sending = uploads.filter(({ state }) => state === "sending").length;
  const next = uploads.filter(({ state }) => state === "queued").slice(0, Math.max(0, AT_ONCE - sending));
  for (const upload of next) send(upload);
  window.onbeforeunload = uploads.some(({ state }) => state === "sending" || state === "queued")
    ? askToStay
    : null;
}

/** The browser then asks with words of its own. */
function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function send({ key, captureId, name }: Upload): void {
  const job = jobs.get(key);
  if (job === undefined) return;
  // fetch() cannot tell how much of a body has been sent.
  const request = new XMLHttpRequest();
  job.request = request;
  job.startedMs = performance.now();
  request.open("PUT", apiUrl(capturePath(captureId, `/files/${encodeURIComponent(name)}`)));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.onprogress = ({ loaded }) => {
    const seconds = (performance.now() - job.startedMs) / 1000;
    change(key, { sent: loaded, speed: seconds > 0 ? loaded / seconds : 0 });
  };
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) {
      change(key, { state: "sent", sent: job.file.size, fileId: fileIdOf(request.responseText) });
    } else {
      change(key, { state: "refused", error: toApiError(request.status, request.responseText) });
    }
    end(key, captureId);
  };
  request.onerror = () => {
    change(key, { state: "refused", error: unreachableServer() });
    end(key, captureId);
  };
  change(key, { state: "sending" });
  request.send(job.file);
}

function fileIdOf(body: string): number | undefined {
  try {
    return (JSON.parse(body) as CaptureAnswer["fileReports"][number]).id;
  } catch {
    return undefined;
  }
}

function end(key: number, captureId: string): void {
  jobs.delete(key);
  for (const done of finished) done(captureId);
  startNext();
}

/** Of two thousand files each changes several times: the page is told of all that happened lately at once. */
const TELL_EVERY_MS = 50;
let isTelling = false;

function change(key: number, members: Partial<Upload>): void {
  put(uploads.map((upload) => (upload.key === key ? { ...upload, ...members } : upload)));
}

function put(next: readonly Upload[]): void {
  uploads = next;
  if (isTelling) return;
  isTelling = true;
  setTimeout(() => {
    isTelling = false;
    for (const changed of listeners) changed();
  }, TELL_EVERY_MS);
}
