/**
 * Formats that are recognised and not read yet, so that they are never called rubbish (flow-formats 6 and 7).
 */

import { AGENT_EVENT_TYPE } from "@/lib/flow/enums";
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

/** The same for a line of text, or the lines of `hubble observe -o dict`. */
export function knownText(text: string): string | undefined {
  if (/\baccess\b/.test(text) && text.includes("src.workload=")) return "ztunnel access log";
  if (AGENT_EVENT.test(text)) return "Printed agent event";
  if (DEBUG_EVENT.test(text)) return "Printed debug event";
  return undefined;
}

/** `hubble/pkg/printer/printer.go` of Cilium 1.19.4: compact, `TIME[ [NODE]]: TYPE (DETAILS)`; table, cells behind the time; dict. */
const AGENT_EVENT = new RegExp(
  `(?:: |\\s{2,}|^\\s*TYPE:\\s+)(?:${[...AGENT_EVENT_TYPE.numberOf.keys()].join("|")})(?: \\(|\\s{2,}|\\s*\\n\\s*DETAILS:)`,
  "m",
);
const DEBUG_EVENT = /\bDBG_[A-Z0-9_]+ MARK: \S+ CPU: |^\s*TYPE:\s+DBG_|\s{2,}DBG_[A-Z0-9_]+\s{2,}/m;

const FOREIGN: readonly (readonly [sign: RegExp, sentence: string])[] = [
  [
    /^<(?:!doctype\s+html|!--|html|head|body|script|meta)/i,
    "This is a web page, probably a sign-in page, saved in place of the log: sign in and download the log again, or fetch it with a command.",
  ],
  [
    /^<(?:\?xml|Error>)/,
    "This is XML, as a storage account answers when it refuses access, saved in place of the log: download the log again.",
  ],
  [
    /^(?:---\s*\n)?(?:apiVersion|kind|items|metadata|spec):(?:\s|$)/,
    "This is YAML, as kubectl -o yaml writes it, and no flow log: export flows with hubble observe -o json, or copy the exporter's events.log.",
  ],
];

/** What a file is that was taken for a log, by the beginning of its text, and what to do; undefined when nothing is known of it. */
export function foreignFile(text: string): string | undefined {
  return FOREIGN.find(([sign]) => sign.test(text))?.[1];
}

/** True when a line of such a file may hold a record all the same: a log that was pasted into a page. */
export function mayHoldRecord(line: string): boolean {
  return /"(?:flow|verdict|event_type|lost_events|TimeGenerated)\\?"/i.test(line);
}
