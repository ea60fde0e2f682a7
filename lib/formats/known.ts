/**
 * Formats that are recognised and not read yet, so that they are never called rubbish (flow-formats 6 and 7).
 */

import { AGENT_EVENT_TYPE } from "@/lib/flow/enums";
import { isObject, type JsonObject } from "./proto-json";
import { COLOUR } from "./terminal";

type Sign = (document: JsonObject) => boolean;

const has = (document: JsonObject, ...keys: string[]): boolean =>
  keys.every((key) => document[key] !== undefined);

/** Members of a Tetragon line that do not begin with `process_`. */
const TETRAGON = ["rate_limit_info"];

function isTetragon(document: JsonObject): boolean {
  const isEvent = Object.keys(document).some((key) => key.startsWith("process_") || TETRAGON.includes(key));
  return isEvent && (has(document, "node_name") || has(document, "time"));
}

export interface KnownFormat {
  readonly name: string;
  /** What to do in its place, where something can be done. */
  readonly instead?: string;
}

const PRINTED = "Export it with -o json.";
const MONITOR: KnownFormat = {
  name: "Output of cilium monitor",
  instead: "Its events are flows of Hubble, too: export them with hubble observe -o json.",
};
const NO_VERDICTS = "It knows no verdicts.";
const NO_VERDICTS_OF_HUBBLE = "It is made outside of the cluster and knows no pods or policies.";

const NETWORK_WATCHER = ["NetworkSecurityGroupFlowEvent", "FlowLogFlowEvent"];

const KNOWN: readonly (readonly [format: KnownFormat, sign: Sign])[] = [
  [{ name: "Tetragon event" }, isTetragon],
  [{ name: "GKE network policy log" }, (d) => has(d, "disposition") && isObject(d.connection)],
  [{ name: "Calico flow log" }, (d) => has(d, "reporter", "source_namespace")],
  [{ name: "ztunnel access log" }, (d) => has(d, "src.addr", "dst.addr")],
  [{ name: "Envoy access log" }, (d) => has(d, "response_flags", "upstream_cluster")],
  [{ name: "Event of Suricata" }, (d) => typeof d.event_type === "string" && has(d, "src_ip", "dest_ip")],
  [
    { name: "Flow of Packetbeat", instead: NO_VERDICTS },
    (d) => isObject(d.flow) && has(d.flow, "id") && isObject(d.source) && isObject(d.event),
  ],
  [MONITOR, (d) => typeof d.cpu === "string" && d.cpu.startsWith("CPU ") && has(d, "type")],
  [
    { name: "NSG or virtual network flow log of Azure Network Watcher", instead: NO_VERDICTS_OF_HUBBLE },
    (d) => typeof d.category === "string" && NETWORK_WATCHER.includes(d.category),
  ],
];

/** The format, or `undefined` when nothing is known about the document. */
export function knownButNotRead(document: JsonObject): KnownFormat | undefined {
  return KNOWN.find(([, sign]) => sign(document))?.[0];
}

/** The same for a line of text, or the lines of `hubble observe -o dict`. */
export function knownText(text: string): KnownFormat | undefined {
  if (/\baccess\b/.test(text) && text.includes("src.workload=")) return { name: "ztunnel access log" };
  if (AGENT_EVENT.test(text)) return { name: "Printed agent event", instead: PRINTED };
  if (DEBUG_EVENT.test(text)) return { name: "Printed debug event", instead: PRINTED };
  if (ENVOY_LINE.test(text)) return { name: "Envoy access log" };
  return MONITOR_LINE.test(text) ? MONITOR : undefined;
}

export const ROW_WITHOUT_HEADER: KnownFormat = {
  name: "Row of a table without its header",
  instead: "Nothing says which cell is what: export with -o json in place of -o tsv, or with a header.",
};

const SEPARATORS = ["\t", ",", ";", "|"];
const VERDICT_CELL = /(?:^|[\t,;|])"?(?:FORWARDED|DROPPED|REDIRECTED|TRANSLATED)"?(?:[\t,;|]|$)/;
const TIME_CELL = /^\[*"?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/;
const MOST_CELLS = 100;

/** A row as `az -o tsv` or jq's `@csv` print it: among its cells are a time and a verdict that no log of a program has. */
export function isRowWithoutHeader(text: string): boolean {
  if (!VERDICT_CELL.test(text)) return false;
  const separator = SEPARATORS.find((mark) => text.includes(mark)) ?? "\t";
  const cells = text.split(separator, MOST_CELLS);
  return cells.length > 2 && cells.some((cell) => TIME_CELL.test(cell));
}

/** Istio's default text: `[TIME] "GET /x HTTP/1.1" 403 - .. inbound|80|| ..`. */
const ENVOY_LINE = /^\[\d{4}-\d\d-\d\dT[^\]]{8,30}\] "[^"]*" \d{1,3} .*\b(?:in|out)bound\|\d+\|/;
/** `xx drop (..) flow 0x.. from ..`, `-> endpoint 1 flow 0x.. , ..`, `Policy verdict log: flow 0x..` (cilium `pkg/monitor`). */
const MONITOR_LINE = /^(?:xx drop \(|(?:->|<-|>>) \S.*|Policy verdict log:|CPU \d+: ).*\bflow 0x[0-9a-f]+\b/;

/** `hubble/pkg/printer/printer.go` of Cilium 1.19.4: compact, `TIME[ [NODE]]: TYPE (DETAILS)`; table, cells behind the time; dict. */
const AGENT_EVENT = new RegExp(
  `(?:: |\\s{2,}|^\\s*TYPE:\\s+)(?:${[...AGENT_EVENT_TYPE.numberOf.keys()].join("|")})(?: \\(|\\s{2,}|\\s*\\n\\s*DETAILS:)`,
  "m",
);
const DEBUG_EVENT = /\bDBG_[A-Z0-9_]+ MARK: \S+ CPU: |^\s*TYPE:\s+DBG_|\s{2,}DBG_[A-Z0-9_]+\s{2,}/m;

const UNQUOTED =
  "Its names have no quotes, as in what programs print for people (console.log, Go's %v, protobuf's text format): write JSON instead, one record a line.";

const SPOILT: readonly (readonly [sign: RegExp, sentence: string])[] = [
  [
    /^\s*[[{]\s*(?:\{\s*)?'/,
    "This is what Python prints of a dictionary: write json.dumps(record) instead, one record a line.",
  ],
  [
    /\{\s*(?:&quot;|&#34;)/,
    "Its quotes are written as in a web page (&quot;): take the log from its source, not from the page.",
  ],
  [
    /\{\s*[\u201c\u201d\u201e\u2018\u2019]/,
    "Its quotes are typographic, as word processors and chats make them: take the log from its source.",
  ],
  [
    /^[^"]*\{\s*"[\w.@ ]{1,60}"\s*=>/,
    "This is what Ruby prints, as Logstash's rubydebug does: write JSON instead (codec json_lines), one record a line.",
  ],
  [/^[^"]*\{\s*[A-Za-z_]\w{0,40}\s*:\s*["'{[\w]/, UNQUOTED],
];

/** What made a text that looks like a record something else than JSON, and what to do; undefined when that is not known. */
export function spoiltBy(text: string): string | undefined {
  return SPOILT.find(([sign]) => sign.test(text.slice(0, 200)))?.[1];
}

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
    /^(?:---\s*\n(?:- )?\w+|- \w+|apiVersion|kind|items|metadata|spec|flow|insertId|jsonPayload|logName|textPayload):(?:\s|$)/,
    "This is YAML, which is not read: export as JSON (hubble observe -o json, kubectl or az with -o json, gcloud with --format=json), or turn it into JSON (yq -o json).",
  ],
  [/^(?:flow|node_name|lost_events|time)\s*\{\s*\n|^\[?\s*\{\s*\n\s*(?:flow|node_name|time)\s*:/, UNQUOTED],
  [
    new RegExp(`^(?:${COLOUR})+[[{](?:${COLOUR})*\\s*\\n`),
    "This is JSON over several lines with the colours of a terminal in it (jq -C, az -o jsonc): write it without (jq -M, az -o json) and add that.",
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
