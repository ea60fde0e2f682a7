/**
 * What `hubble observe` prints for people: `compact` (its default), `dict` and `table`. A fallback, with loss.
 *
 * Defined in Cilium 1.19.4 `hubble/pkg/printer/printer.go` (flow-formats 3.5). Not in it: labels, uuid, drop code (only its
 * words), addresses of sides that have a name, the direction (but on policy verdicts), the year (by default). `ns/name` is a pod
 * or a service: with a reserved identity it is a service, because pods have others; without identities (`dict`, `table`) it
 * is taken for the pod that it mostly is.
 */

import { PRESENT } from "@/lib/flow/presence";
import { readHubbleFlow } from "./hubble-flow";
import { lostOf, lostText, soleNode } from "./hubble-other";
import { identityOf, type Side, sidesOf } from "./hubble-text-side";
import { readTextSummary } from "./hubble-text-summary";
import { readTextType, readTextVerdict } from "./hubble-text-type";
import type { JsonObject } from "./proto-json";
import type { Decoded } from "./record";
import { readTextTime, TEXT_TIME } from "./text-time";

/** The texts of one printed flow; `undefined` where the format does not have it. */
interface Printed {
  readonly format: "hubble-compact" | "hubble-dict" | "hubble-table";
  readonly time: string;
  readonly node: string | undefined;
  /** As the packet went. */
  readonly source: Side;
  readonly destination: Side;
  readonly isReply: boolean | undefined;
  readonly type: string;
  readonly verdict: string;
  readonly summary: string;
}

/** Longer lines are none of these formats: it also bounds what looking for them costs. */
const LONGEST = 64 * 1024;

const COMPACT = new RegExp(
  `(?:^|\\s)(${TEXT_TIME})(?: \\[([^\\]\\s]{0,300})\\])?: (\\S*)(?: \\(([^()\\s]+)\\))? (->|<-|<>) (\\S*)(?: \\(([^()\\s]+)\\))? (.*)$`,
);
/** The type ends where a word in capitals stands before the bracket of the summary, or before `BY` and policies. */
const VERDICT_WORD = / ([A-Z_]{2,}|\d+)(?= BY | \()/;
/** `name (Kind), name (Kind) (summary)`. */
const POLICIES = /^ BY ([^,()]+(?: \(\w+\))?(?:, [^,()]+(?: \(\w+\))?)*)(?= \()/;

/**
 * A flow, a sign of loss, or `none` for what stands between records (headers, lines of dashes); `undefined` when the text
 * is none of these formats. `loggedNs` is when the line was logged, if its log says so.
 */
export function decodeHubbleText(text: string, loggedNs?: bigint): Decoded | "none" | undefined {
  if (text.length > LONGEST) return undefined;
  if (isBetweenRecords(text)) return "none";
  const other = lostEvents(text) ?? nodeStatus(text, loggedNs);
  if (other !== undefined) return other;
  const printed = readCompact(text) ?? readDict(text) ?? readTableRow(text);
  return printed === undefined ? undefined : toFlow(printed, loggedNs);
}

function isBetweenRecords(text: string): boolean {
  return (
    text === "------------" ||
    /^TIMESTAMP\s+(?:NODE\s+)?(?:SOURCE\s+DESTINATION\s+TYPE\s+VERDICT\s+SUMMARY|TYPE\s+DETAILS|FROM\s+TYPE\s+CPU\/MARK\s+MESSAGE)$/.test(
      text,
    )
  );
}

function readCompact(text: string): Printed | undefined {
  const match = COMPACT.exec(text);
  if (match === null) return undefined;
  const [, time = "", node, left = "", leftIdentity, arrow, right = "", rightIdentity, rest = ""] = match;
  const what = readWords(rest);
  const [leftId, rightId] = [printedIdentity(leftIdentity), printedIdentity(rightIdentity)];
  if (what === undefined || leftId === false || rightId === false) return undefined;
  const shown = [
    { host: left, identity: leftId },
    { host: right, identity: rightId },
  ] as const;
  // For a reply the command line swaps the sides, so that the client stands left: the packet went the other way.
  const [source, destination] = arrow === "<-" ? [shown[1], shown[0]] : shown;
  const isReply = arrow === "<>" ? undefined : arrow === "<-";
  return { format: "hubble-compact", time, node, source, destination, isReply, ...what };
}

/** Old command lines print none; false for what is none. */
function printedIdentity(text: string | undefined): Side["identity"] | false {
  return text === undefined ? undefined : (identityOf(text) ?? false);
}

/** `TYPE VERDICT[ BY POLICIES] (SUMMARY)`. */
function readWords(text: string): Pick<Printed, "type" | "verdict" | "summary"> | undefined {
  const word = VERDICT_WORD.exec(text);
  if (word === null || !text.endsWith(")")) return undefined;
  const behind = text.slice(word.index + word[0].length);
  const by = POLICIES.exec(behind)?.[0] ?? "";
  if (!behind.startsWith(" (", by.length)) return undefined;
  return {
    type: text.slice(0, word.index),
    verdict: `${word[1]}${by}`,
    summary: behind.slice(by.length + 2, -1),
  };
}

function readDict(text: string): Printed | undefined {
  if (!/^\s*TIMESTAMP:/.test(text)) return undefined;
  const values = dictValues(text);
  const [type, verdict] = [values.get("TYPE"), values.get("VERDICT")];
  if (type === undefined || verdict === undefined) return undefined;
  return {
    format: "hubble-dict",
    time: values.get("TIMESTAMP") ?? "",
    node: values.get("NODE"),
    source: { host: values.get("SOURCE") ?? "", identity: undefined },
    destination: { host: values.get("DESTINATION") ?? "", identity: undefined },
    isReply: undefined,
    type,
    verdict,
    summary: values.get("SUMMARY") ?? "",
  };
}

function dictValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*([A-Z]+):\s?(.*?)\s*$/.exec(line);
    if (match !== null && !values.has(match[1] ?? "")) values.set(match[1] ?? "", match[2] ?? "");
  }
  return values;
}

/** Cells are parted by three blanks or more; without a node there is one less. */
function readTableRow(text: string): Printed | undefined {
  if (!ROW_START.test(text)) return undefined;
  const cells = text.split(/ {3,}/);
  const verdictAt = cells.findIndex((cell, index) => (index === 4 || index === 5) && VERDICT_CELL.test(cell));
  if (verdictAt < 0) return undefined;
  const [source = "", destination = "", type = "", verdict = "", summary = ""] = cells.slice(verdictAt - 3);
  return {
    format: "hubble-table",
    time: cells[0] ?? "",
    node: verdictAt === 5 ? cells[1] : undefined,
    source: { host: source, identity: undefined },
    destination: { host: destination, identity: undefined },
    isReply: undefined,
    type,
    verdict,
    summary,
  };
}

const ROW_START = new RegExp(`^${TEXT_TIME} {3}`);
const VERDICT_CELL = /^(?:[A-Z_]{4,}|\d+)(?: BY .+)?$/;

function toFlow(printed: Printed, loggedNs: bigint | undefined): Decoded {
  const type = readTextType(printed.type);
  const verdict = readTextVerdict(printed.verdict, type);
  const sides = sidesOf(printed.source, printed.destination);
  const message: JsonObject = {
    ...sides.message,
    ...type.message,
    ...verdict,
    node_name: printed.node,
    is_reply: printed.isReply,
    Summary: printed.summary,
  };
  const flow = readHubbleFlow(message);
  readTextSummary(flow, printed.summary, type.l7, sides.ports);
  const { timeNs, timeText } = readTextTime(printed.time, loggedNs);
  flow.timeNs = timeNs;
  if (timeText !== undefined) flow.timeText = timeText;
  if (timeNs !== undefined || timeText !== undefined) flow.present |= PRESENT.time;
  return { format: printed.format, record: { kind: "flow", flow } };
}

const LOST_COMPACT = /^EVENTS LOST: (\S+) CPU\(\d+\) (\d{1,20})$/;
const LOST_ROW = /^(\S+) {3,}EVENTS LOST {3,}CPU\(\d+\) - (\d{1,20})$/;

function lostEvents(text: string): Decoded | undefined {
  const match = LOST_COMPACT.exec(text) ?? LOST_ROW.exec(text);
  if (match !== null) return lost(match[1] ?? "", match[2] ?? "0", formatOfLost(text));
  if (!/^\s*TIMESTAMP:/.test(text)) return undefined;
  const values = dictValues(text);
  const count = /^CPU\(\d+\) - (\d{1,20})$/.exec(values.get("SUMMARY") ?? "");
  if (values.get("TYPE") !== "EVENTS LOST" || count === null) return undefined;
  return lost(values.get("SOURCE") ?? "", count[1] ?? "0", "hubble-dict");
}

function formatOfLost(text: string): string {
  return LOST_COMPACT.test(text) ? "hubble-compact" : "hubble-table";
}

function lost(source: string, count: string, format: string): Decoded {
  return {
    format,
    record: {
      kind: "other",
      other: { kind: "lost_events", lostEvents: lostOf(count), detail: lostText(count, source) },
    },
  };
}

/** What stands in brackets is who said it. */
const NODE_STATUS = new RegExp(
  `(?:^|\\s)(${TEXT_TIME}) \\[[^\\]\\s]{0,300}\\]: (Receiving flows from \\d+ nodes.*|\\d+ nodes are unavailable.*|\\d+ nodes removed from cluster.*|Error ".*|unknown node status event.*)$`,
);

function nodeStatus(text: string, loggedNs: bigint | undefined): Decoded | undefined {
  const match = NODE_STATUS.exec(text);
  if (match !== null) {
    const [, time = "", detail = ""] = match;
    const nodes = / nodes[^:"]*: (.+)$/.exec(detail)?.[1];
    return status("hubble-compact", time, nodes, detail, loggedNs);
  }
  if (!/^\s*TIMESTAMP:/.test(text)) return undefined;
  const values = dictValues(text);
  const state = values.get("STATE");
  if (state === undefined) return undefined;
  const detail = [state, values.get("NODES"), values.get("MESSAGE")].filter(Boolean).join(": ");
  return status("hubble-dict", values.get("TIMESTAMP") ?? "", values.get("NODES"), detail, loggedNs);
}

function status(
  format: string,
  time: string,
  nodes: string | undefined,
  detail: string,
  loggedNs: bigint | undefined,
): Decoded {
  return {
    format,
    record: {
      kind: "other",
      other: {
        kind: "node_status",
        timeNs: readTextTime(time, loggedNs).timeNs,
        nodeName: soleNode(nodes?.split(", ") ?? []),
        detail,
      },
    },
  };
}
