/** Rows of the flows table, from the columns of the store. */

import { z } from "zod";
import { formatTime } from "@/lib/base/time";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { DNS_RCODE, EVENT_TYPE, enumName, TRACE_SUB_TYPE } from "@/lib/flow/enums";
import type { FlowRow } from "./answers";
import type { OpenCapture } from "./open-capture";

const COLUMNS = `f.id, f.timeNs, f.sourceId, f.destinationId, f.sourcePort, f.destinationPort, f.latencyNs, f.events, f.hash,
  f.occurrence, o.nodeName, l.value, p.value, f.kindId, c.clientSide`;

// CROSS JOIN keeps Flow the outer table, so that its order is the order of the answer.
const DICTIONARIES = `CROSS JOIN Observer o ON o.id = f.observerId
  LEFT JOIN Text l ON l.id = f.l7TextId LEFT JOIN Text p ON p.id = f.policiesId
  LEFT JOIN Pair c ON c.id = f.pairId`;

/** Selects what {@link toFlowRow} needs, as lists of exact values, by an index of Flow. */
export function selectFlowRows(index: "Flow_timeNs_id_kindId_events_idx" | undefined): string {
  return `SELECT ${COLUMNS} FROM Flow f ${index === undefined ? "" : `INDEXED BY "${index}"`} ${DICTIONARIES}`;
}

const PLACES = {
  id: 0,
  timeNs: 1,
  sourceId: 2,
  destinationId: 3,
  sourcePort: 4,
  destinationPort: 5,
  latencyNs: 6,
  events: 7,
  hash: 8,
  occurrence: 9,
  nodeName: 10,
  l7Text: 11,
  policies: 12,
  kindId: 13,
  clientSide: 14,
} as const;

/** A row as {@link selectFlowRows} gives it. */
export type FlowValues = readonly SqlValue[];

/** Where a row stands in the order by time: its time (null = untimed, before all others) and its row id. */
export function keyOf(values: FlowValues): { readonly timeNs: bigint | null; readonly id: bigint } {
  return { timeNs: values[PLACES.timeNs] as bigint | null, id: values[PLACES.id] as bigint };
}

export function kindIdOf(values: FlowValues): number {
  return Number(values[PLACES.kindId]);
}

/** Id of the Endpoint that sent the packet. */
export function sourceOf(values: FlowValues): number {
  return Number(values[PLACES.sourceId]);
}

/** `flowId`: the record's hash in 16 hexadecimal digits, and its occurrence number behind a dot unless it is the first. */
export function flowIdOf(hash: bigint, occurrence: number): string {
  const digits = BigInt.asUintN(64, hash).toString(16).padStart(16, "0");
  return occurrence === 0 ? digits : `${digits}.${occurrence}`;
}

export function parseFlowId(id: string): { readonly hash: bigint; readonly occurrence: number } | undefined {
  const match = /^([0-9a-f]{16})(?:\.([1-9]\d{0,8}))?$/.exec(id);
  if (match === null) return undefined;
  return { hash: BigInt.asIntN(64, BigInt(`0x${match[1]}`)), occurrence: Number(match[2] ?? 0) };
}

/** Id of the flow in this row; null when there is none. */
export function readFlowId(capture: OpenCapture, id: number): string | null {
  const row = capture.database.prepareExact("SELECT hash, occurrence FROM Flow WHERE id = ?").get([id]);
  return typeof row?.hash === "bigint" ? flowIdOf(row.hash, Number(row.occurrence)) : null;
}

/** Row of the flow with this id. */
export function rowOfFlowId(capture: OpenCapture, flowId: string): number | undefined {
  const id = parseFlowId(flowId);
  if (id === undefined) return undefined;
  const row = capture.database
    .prepare("SELECT id FROM Flow WHERE hash = ? AND occurrence = ? ORDER BY id LIMIT 1")
    .get([id.hash, id.occurrence]);
  return row === undefined ? undefined : Number(row.id);
}

const policyLists = z.partialRecord(
  z.enum(["egressAllowedBy", "ingressAllowedBy", "egressDeniedBy", "ingressDeniedBy"]),
  z.array(
    z.object({
      kind: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
      labels: z.array(z.string()).optional(),
    }),
  ),
);

export function toPolicies(json: SqlValue | undefined): FlowRow["policies"] {
  if (typeof json !== "string") return null;
  const lists = policyLists.parse(JSON.parse(json));
  const names = (which: (keyof typeof lists)[]): string[] =>
    which.flatMap((list) => (lists[list] ?? []).map((policy) => policyName(policy)));
  return {
    allowedBy: names(["egressAllowedBy", "ingressAllowedBy"]),
    deniedBy: names(["egressDeniedBy", "ingressDeniedBy"]),
  };
}

/** `Kind namespace/name`; a policy without a name is known by its labels only. */
function policyName(policy: { kind?: string; namespace?: string; name?: string; labels?: string[] }): string {
  const name = [policy.namespace, policy.name].filter((part) => part !== undefined).join("/");
  if (name === "") return policy.labels?.join(", ") || "unnamed policy";
  return policy.kind === undefined ? name : `${policy.kind} ${name}`;
}

/** Of a row of Kind: `trace:to-endpoint`, `drop:133`, `l7`; null when the record did not say. */
export function eventOf({ eventType: type, eventSubType: subType }: SqlRow): string | null {
  if (typeof type !== "number") return null;
  const word = enumName(EVENT_TYPE, type);
  if (word === "trace" && typeof subType === "number") {
    return `trace:${(TRACE_SUB_TYPE.get(subType) ?? String(subType)).toLowerCase().replaceAll("_", "-")}`;
  }
  return word === "drop" && typeof subType === "number" ? `drop:${subType}` : word;
}

function textOf(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function numberOf(value: SqlValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function listOf(value: SqlValue | undefined): string[] {
  return typeof value === "string" && value !== "" ? value.split(",") : [];
}

export function toFlowRow(capture: OpenCapture, values: FlowValues): FlowRow {
  const at = (column: keyof typeof PLACES): SqlValue => values[PLACES[column]] ?? null;
  const kind = capture.kind(Number(at("kindId")));
  const small = (column: keyof typeof PLACES): number | null =>
    at(column) === null ? null : Number(at(column));
  const time = at("timeNs");
  return {
    id: flowIdOf(at("hash") as bigint, Number(at("occurrence"))),
    time: typeof time === "bigint" ? formatTime(time) : null,
    node: textOf(at("nodeName")),
    verdict: String(kind.verdict),
    dropReason: textOf(kind.dropReason),
    dropCode: numberOf(kind.dropCode),
    trafficDirection: String(kind.trafficDirection),
    isReply: kind.isReply === null ? null : kind.isReply === 1,
    client: clientOf(at("clientSide")),
    type: String(kind.type),
    event: eventOf(kind),
    source: capture.party(Number(at("sourceId"))),
    destination: capture.party(Number(at("destinationId"))),
    protocol: textOf(kind.protocol),
    sourcePort: small("sourcePort"),
    destinationPort: small("destinationPort"),
    tcpFlags: listOf(kind.tcpFlags),
    icmp: toIcmp(kind),
    l7: toL7(kind, textOf(at("l7Text")), at("latencyNs")),
    policies: toPolicies(at("policies")),
    events: Number(at("events")),
    aggregated: kind.aggregated !== 0,
  };
}

/** Of Pair.clientSide. */
export function clientOf(side: SqlValue | undefined): FlowRow["client"] {
  const number = Number(side ?? 0);
  return number === 0 ? null : number === 1 ? "source" : "destination";
}

function toIcmp(kind: SqlRow): FlowRow["icmp"] {
  const type = numberOf(kind.icmpType);
  return type === null || !String(kind.protocol).startsWith("ICMP")
    ? null
    : { type, code: numberOf(kind.icmpCode) ?? 0 };
}

/** A URL may be as long as a record; the flow itself has it whole. */
const SHOWN_CHARS = 2000;

function toL7(kind: SqlRow, text: string | null, latency: SqlValue): FlowRow["l7"] {
  if (kind.l7Type === null) return null;
  const rcode = numberOf(kind.dnsRcode);
  return {
    protocol: textOf(kind.l7Protocol),
    type: textOf(kind.l7Type),
    text: text !== null && text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS).toWellFormed()}…` : text,
    method: textOf(kind.httpMethod),
    status: numberOf(kind.httpCode),
    rcode: rcode === null ? null : { code: rcode, name: enumName(DNS_RCODE, rcode) },
    qtypes: listOf(kind.dnsQtypes),
    latencyNs: latency === null ? null : String(latency),
  };
}
