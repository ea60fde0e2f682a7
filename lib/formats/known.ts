/**
 * Formats that are recognised and not read yet, so that they are never called rubbish (flow-formats 4 to 7).
 */

import { isObject, type JsonObject } from "./proto-json";

type Sign = (document: JsonObject) => boolean;

const has = (document: JsonObject, ...keys: string[]): boolean =>
  keys.every((key) => document[key] !== undefined);

/** A log shipper's or container runtime's line around the record. */
const WRAPPERS = ["log", "message", "line", "_source", "jsonPayload"];

function isWrapped(document: JsonObject): boolean {
  return WRAPPERS.some((name) => {
    const inner = document[name];
    return isObject(inner) || (typeof inner === "string" && inner.includes("{"));
  });
}

function isGke(document: unknown): boolean {
  return isObject(document) && has(document, "disposition") && isObject(document.connection);
}

const KNOWN: readonly (readonly [name: string, sign: Sign])[] = [
  [
    "Tetragon event",
    (d) =>
      Object.keys(d).some((key) => key.startsWith("process_")) && (has(d, "node_name") || has(d, "time")),
  ],
  ["Log Analytics query answer", (d) => Array.isArray(d.tables)],
  [
    "Log Analytics row",
    (d) =>
      has(d, "TableName") ||
      // The portal writes the column as `TimeGenerated [UTC]`.
      (Object.keys(d).some((key) => key.startsWith("TimeGenerated")) &&
        (has(d, "Verdict") || has(d, "Layer4") || has(d, "SourceNamespace"))),
  ],
  ["GKE network policy log", (d) => isGke(d) || isGke(d.jsonPayload)],
  ["Calico flow log", (d) => has(d, "reporter", "source_namespace")],
  ["Envoy access log", (d) => has(d, "response_flags", "upstream_cluster")],
  ["Record wrapped by a log shipper", isWrapped],
];

/** The name of the format, or `undefined` when nothing is known about the document. */
export function knownButNotRead(document: JsonObject): string | undefined {
  return KNOWN.find(([, sign]) => sign(document))?.[0];
}
