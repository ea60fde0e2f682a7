/**
 * Members of a Hubble line that are not flows: lost_events, node_status, agent_event, debug_event.
 *
 * Defined in Cilium 1.19.4 `api/v1/flow/flow.proto` and `api/v1/relay/relay.proto`. Each becomes a
 * sentence; all its members stay in the original bytes.
 */

import { parseTime } from "@/lib/base/time";
import { AGENT_EVENT_TYPE, LOST_EVENT_SOURCE, NODE_STATE } from "@/lib/flow/enums";
import type { OtherKind, OtherRecord } from "@/lib/flow/flow";
import { isObject, type JsonObject, member, readDecimal, readEnum, readText, readTexts } from "./proto-json";

/** Throws FieldError when a member has a value that its type cannot have. */
export function readOther(
  kind: OtherKind,
  payload: JsonObject,
  envelope: JsonObject | undefined,
): OtherRecord {
  const time = envelope === undefined ? undefined : member(envelope, "time");
  const node = envelope === undefined ? undefined : member(envelope, "node_name");
  return {
    kind,
    timeNs: typeof time === "string" ? parseTime(time) : ownTime(kind, payload),
    nodeName: node === undefined ? undefined : readText(node, "node_name") || undefined,
    lostEvents:
      kind === "lost_events"
        ? BigInt(readDecimal(member(payload, "num_events_lost") ?? 0, "num_events_lost"))
        : undefined,
    detail: describe(kind, payload),
  };
}

/** Lost events carry the time range of the loss since 1.19. */
function ownTime(kind: OtherKind, payload: JsonObject): bigint | undefined {
  const first = kind === "lost_events" ? member(payload, "first") : undefined;
  return typeof first === "string" ? parseTime(first) : undefined;
}

function describe(kind: OtherKind, payload: JsonObject): string {
  switch (kind) {
    case "lost_events":
      return `${readDecimal(member(payload, "num_events_lost") ?? 0, "num_events_lost")} events lost (${readEnum(LOST_EVENT_SOURCE, member(payload, "source") ?? 0, "source")})`;
    case "node_status": {
      const names = member(payload, "node_names");
      const state = readEnum(NODE_STATE, member(payload, "state_change") ?? 0, "state_change");
      const message = member(payload, "message");
      return [
        state,
        names === undefined ? "" : readTexts(names, "node_names").join(", "),
        message === undefined ? "" : readText(message, "message"),
      ]
        .filter((part) => part !== "")
        .join(": ");
    }
    case "agent_event":
      return describeAgentEvent(payload);
    case "debug_event": {
      const message = member(payload, "message");
      return [
        String(member(payload, "type") ?? "DBG_EVENT_UNKNOWN"),
        message === undefined ? "" : readText(message, "message"),
      ]
        .filter((part) => part !== "")
        .join(": ");
    }
  }
}

function describeAgentEvent(payload: JsonObject): string {
  const type = readEnum(AGENT_EVENT_TYPE, member(payload, "type") ?? 0, "agent_event.type");
  const endpoint = member(payload, "endpoint_update");
  const policy = member(payload, "policy_update");
  const ipcache = member(payload, "ipcache_update");
  if (isObject(endpoint))
    return `${type} ${[endpoint.namespace, member(endpoint, "pod_name")].filter((part) => typeof part === "string").join("/")}`;
  if (isObject(ipcache)) return `${type} ${String(ipcache.cidr ?? "")}`.trim();
  if (isObject(policy)) {
    const labels = member(policy, "labels");
    return `${type} ${labels === undefined ? "" : readTexts(labels, "labels").join(", ")}`.trim();
  }
  return type;
}

/** A bare LostEvent, as old command lines write it. */
export function isBareLostEvent(document: JsonObject): boolean {
  return member(document, "num_events_lost") !== undefined;
}
