/**
 * Members of a Hubble line that are not flows: lost_events, node_status, agent_event, debug_event.
 *
 * Defined in Cilium 1.19.4 `api/v1/flow/flow.proto` and `api/v1/relay/relay.proto`. Each becomes a
 * sentence; all its members stay in the original bytes.
 */

import { AGENT_EVENT_TYPE, LOST_EVENT_SOURCE, NODE_STATE } from "@/lib/flow/enums";
import type { OtherKind, OtherRecord } from "@/lib/flow/flow";
import {
  isObject,
  type JsonObject,
  member,
  readDecimal,
  readEnum,
  readObject,
  readText,
  readTexts,
  readTimestamp,
} from "./proto-json";

/** Throws FieldError when a member has a value that its type cannot have. */
export function readOther(
  kind: OtherKind,
  payload: JsonObject,
  envelope: JsonObject | undefined,
): OtherRecord {
  return {
    kind,
    timeNs: timeOf(envelope, "time") ?? ownTime(kind, payload),
    nodeName: nodeOf(kind, payload, envelope),
    lostEvents: kind === "lost_events" ? lostOf(numberLost(payload)) : undefined,
    lostRange: kind === "lost_events" ? lostRange(payload) : undefined,
    detail: describe(kind, payload),
  };
}

/** Of a node's state: the node that it is said of, where it is one. The envelope names who said it (Relay, or the command line). */
function nodeOf(kind: OtherKind, payload: JsonObject, envelope: JsonObject | undefined): string | undefined {
  const said = kind === "node_status" ? member(payload, "node_names") : undefined;
  if (said !== undefined) return soleNode(readTexts(said, "node_names"));
  const node = envelope === undefined ? undefined : member(envelope, "node_name");
  return node === undefined ? undefined : readText(node, "node_name") || undefined;
}

/** Several nodes stand in the sentence only. */
export function soleNode(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] || undefined : undefined;
}

function timeOf(message: JsonObject | undefined, name: string): bigint | undefined {
  const time = message === undefined ? undefined : member(message, name);
  return readTimestamp(time);
}

/** Lost events carry the time range of the loss since 1.19; the start of an agent its own time. */
function ownTime(kind: OtherKind, payload: JsonObject): bigint | undefined {
  if (kind === "lost_events") return timeOf(payload, "first");
  const start = kind === "agent_event" ? member(payload, "agent_start") : undefined;
  return isObject(start) ? timeOf(start, "time") : undefined;
}

function lostRange(payload: JsonObject): OtherRecord["lostRange"] {
  const [fromNs, toNs] = [timeOf(payload, "first"), timeOf(payload, "last")];
  return fromNs === undefined || toNs === undefined ? undefined : { fromNs, toNs };
}

/** Zero is what the writer leaves out: nobody reports that nothing was lost. */
function numberLost(payload: JsonObject): string {
  return readDecimal(member(payload, "num_events_lost") || 0, "num_events_lost");
}

export function lostOf(count: string): bigint | undefined {
  return BigInt(count) === 0n ? undefined : BigInt(count);
}

/** `26 events lost (PERF_EVENT_RING_BUFFER)`. */
export function lostText(count: string, source: string): string {
  const lost = lostOf(count);
  if (lost === undefined) return `a loss was reported, without a number (${source})`;
  return `${lost} ${lost === 1n ? "event" : "events"} lost (${source})`;
}

function describe(kind: OtherKind, payload: JsonObject): string {
  switch (kind) {
    case "lost_events":
      return lostText(
        numberLost(payload),
        readEnum(LOST_EVENT_SOURCE, member(payload, "source") ?? 0, "source"),
      );
    case "node_status":
      return joined(": ", [
        readEnum(NODE_STATE, member(payload, "state_change") ?? 0, "state_change"),
        textsIn(payload, "node_names"),
        textIn(payload, "message"),
      ]);
    case "agent_event":
      return describeAgentEvent(payload);
    case "debug_event":
      return joined(": ", [debugType(member(payload, "type")), textIn(payload, "message")]);
  }
}

/** DebugEventType has some 70 values without a meaning to readers: names are shown, numbers kept. */
function debugType(type: unknown): string {
  if (typeof type === "number") return String(type);
  return type === undefined ? "DBG_EVENT_UNKNOWN" : readText(type, "debug_event.type");
}

/** What is said of each payload of an agent event, behind its type (flow-formats 3.3). */
const AGENT_PAYLOADS: Readonly<Record<string, (payload: JsonObject) => string>> = {
  unknown: (payload) => joined(": ", [textIn(payload, "type"), textIn(payload, "notification")]),
  agent_start: (payload) => textIn(payload, "time"),
  policy_update: (payload) => textsIn(payload, "labels"),
  endpoint_regenerate: (payload) => joined(": ", [textsIn(payload, "labels"), textIn(payload, "error")]),
  endpoint_update: (payload) => joined(": ", [named(payload, "pod_name"), textIn(payload, "error")]),
  ipcache_update: (payload) => joined(" ", [textIn(payload, "cidr"), named(payload, "pod_name")]),
  service_upsert: (payload) => named(payload, "name"),
  service_delete: (payload) => {
    const id = member(payload, "id");
    return id === undefined ? "" : `service ${readDecimal(id, "service_delete.id")}`;
  },
};

function describeAgentEvent(event: JsonObject): string {
  const type = readEnum(AGENT_EVENT_TYPE, member(event, "type") ?? 0, "agent_event.type");
  for (const [name, say] of Object.entries(AGENT_PAYLOADS)) {
    const payload = member(event, name);
    if (payload !== undefined) return joined(" ", [type, say(readObject(payload, name))]);
  }
  return type;
}

function joined(between: string, parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(between);
}

function textIn(message: JsonObject, name: string): string {
  const value = member(message, name);
  return value === undefined ? "" : readText(value, name);
}

function textsIn(message: JsonObject, name: string): string {
  const value = member(message, name);
  return value === undefined ? "" : readTexts(value, name).join(", ");
}

/** `namespace/name`. */
function named(message: JsonObject, name: string): string {
  return joined("/", [textIn(message, "namespace"), textIn(message, name)]);
}

/**
 * The kind of a record without an envelope, as command lines up to 0.10 and the mode `legacy-json-output`
 * write them, and as they stand in lists of scripts; `undefined` when it is none of them.
 */
export function bareOtherKind(document: JsonObject): OtherKind | undefined {
  if (member(document, "num_events_lost") !== undefined) return "lost_events";
  const { source, type } = document;
  if (typeof source === "string" && LOST_EVENT_SOURCE.numberOf.has(source)) return "lost_events";
  const state = member(document, "state_change");
  if (typeof state === "string" && NODE_STATE.numberOf.has(state)) return "node_status";
  if (typeof type !== "string") return undefined;
  const hasPayload = Object.keys(AGENT_PAYLOADS).some((name) => isObject(member(document, name)));
  if (AGENT_EVENT_TYPE.numberOf.has(type) && hasPayload) return "agent_event";
  return type.startsWith("DBG_") && member(document, "message") !== undefined ? "debug_event" : undefined;
}
