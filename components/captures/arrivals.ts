/**
 * Captures and cases that another Eyepiece handed out, on their way in. Like uploads they belong to the page and not to a
 * component, and they are told from logs by their first bytes.
 */

import { type ApiError, apiUrl, toApiError, unreachableServer } from "@/components/frame/api";
import type { NamedFile } from "./dropped-files";

type ArrivalKind = "capture" | "case";

export interface Arrival {
  readonly key: number;
  readonly kind: ArrivalKind;
  readonly name: string;
  readonly size: number;
  readonly sent: number;
  readonly state: "sending" | "checking" | "done" | "refused";
  /** What it became. */
  readonly id?: string;
  /** It was here before: nothing was added. */
  readonly wasHere?: boolean;
  readonly error?: ApiError;
}

const SQLITE = "SQLite format 3\0";
/** The first entry of a zip is the paper that says what it is. */
const EVIDENCE = "eyepiece-evidence.json";
const PATHS: Readonly<Record<ArrivalKind, string>> = {
  capture: "/captures/import",
  case: "/investigations/import",
};

let arrivals: readonly Arrival[] = [];
let nextKey = 1;
const requests = new Map<number, XMLHttpRequest>();
const listeners = new Set<() => void>();

export const arrivalStore = {
  subscribe(changed: () => void): () => void {
    listeners.add(changed);
    return () => listeners.delete(changed);
  },
  read: (): readonly Arrival[] => arrivals,
};

/** Undefined for logs. */
async function kindOf(file: File): Promise<ArrivalKind | undefined> {
  const bytes = new Uint8Array(await file.slice(0, 64).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  if (text.startsWith(SQLITE)) return "capture";
  return text.startsWith("PK\u0003\u0004") && text.slice(30).startsWith(EVIDENCE) ? "case" : undefined;
}

/** Sends those that are no logs; answers the others. */
export async function startArrivals(files: readonly NamedFile[]): Promise<NamedFile[]> {
  const logs: NamedFile[] = [];
  for (const named of files) {
    // A file that cannot be read is told of where logs are sent.
    const kind = await kindOf(named.file).catch(() => undefined);
    if (kind === undefined) logs.push(named);
    else send(kind, named);
  }
  return logs;
}

/** Ends one that is being sent, and takes its row away. */
export function removeArrival(key: number): void {
  requests.get(key)?.abort();
  requests.delete(key);
  put(arrivals.filter((arrival) => arrival.key !== key));
}

function send(kind: ArrivalKind, { name, file }: NamedFile): void {
  const key = nextKey++;
  put([...arrivals, { key, kind, name, size: file.size, sent: 0, state: "sending" }]);
  // fetch() cannot tell how much of a body has been sent.
  const request = new XMLHttpRequest();
  requests.set(key, request);
  request.open("POST", apiUrl(PATHS[kind]));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.onprogress = ({ loaded }) => change(key, { sent: loaded });
  request.upload.onload = () => change(key, { sent: file.size, state: "checking" });
  request.onload = () => {
    requests.delete(key);
    const { status, responseText } = request;
    if (status >= 200 && status < 300)
      change(key, { state: "done", id: idOf(responseText), wasHere: status === 200 });
    else change(key, { state: "refused", error: toApiError(status, responseText) });
  };
  request.onerror = () => change(key, { state: "refused", error: unreachableServer() });
  request.send(file);
}

function idOf(body: string): string | undefined {
  try {
    return String((JSON.parse(body) as { readonly id: string }).id);
  } catch {
    return undefined;
  }
}

function change(key: number, members: Partial<Arrival>): void {
  put(arrivals.map((arrival) => (arrival.key === key ? { ...arrival, ...members } : arrival)));
}

function put(next: readonly Arrival[]): void {
  arrivals = next;
  for (const changed of listeners) changed();
}
