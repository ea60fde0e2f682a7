/**
 * Formats that are recognised and not read yet, so that they are never called rubbish (flow-formats 6 and 7).
 */

import { isObject, type JsonObject } from "./proto-json";

type Sign = (document: JsonObject) => boolean;

const has = (document: JsonObject, ...keys: string[]): boolean =>
  keys.every((key) => document[key] !== undefined);

/** Members of a Tetragon line that do not begin with `process_`. */
const TETRAGON = ["rate_limit_info"];

function isTetragon(document: JsonObject): boolean {
  const isEvent = Object.keys(document).some((key) => key.startsWith("process_") || TETRAGON.includes(key));
  return isEvent && (has(document, "node_name") || has(document, "time"));
}

const KNOWN: readonly (readonly [name: string, sign: Sign])[] = [
  ["Tetragon event", isTetragon],
  ["GKE network policy log", (d) => has(d, "disposition") && isObject(d.connection)],
  ["Calico flow log", (d) => has(d, "reporter", "source_namespace")],
  ["ztunnel access log", (d) => has(d, "src.addr", "dst.addr")],
  ["Envoy access log", (d) => has(d, "response_flags", "upstream_cluster")],
];

/** The name of the format, or `undefined` when nothing is known about the document. */
export function knownButNotRead(document: JsonObject): string | undefined {
  return KNOWN.find(([, sign]) => sign(document))?.[0];
}

/** The same for a line of text. */
export function knownText(text: string): string | undefined {
  return /\baccess\b/.test(text) && text.includes("src.workload=") ? "ztunnel access log" : undefined;
}
