/** What the keys mean that ask about the packet and what was done with it, not about one of its sides. */

import { matchesGlob } from "@/lib/scope/glob";
import type { FlowJson } from "./records";
import { isAbsent, isMasked, type Rules, said } from "./rule";
import { isWithin, saidSelector } from "./values";

type PacketKey =
  | "aggregated"
  | "drop-reason-desc"
  | "encrypted"
  | "interface"
  | "ip-trace-id"
  | "ip-version"
  | "node-label"
  | "node-name"
  | "not-a-loss"
  | "policy"
  | "protocol"
  | "reply"
  | "snat-ip"
  | "tcp-flags"
  | "trace-id"
  | "trace-point"
  | "traffic-direction"
  | "type"
  | "unencrypted"
  | "uuid"
  | "verdict";

export const PACKET_RULES: Rules<PacketKey> = {
  verdict: ({ verdict }, value) => {
    if (value.type === "enum") return String(verdict ?? "VERDICT_UNKNOWN") === value.name;
    return value.type === "unknown" && verdict === undefined;
  },
  "traffic-direction": (json, value) => {
    // The only counter that records here have is that of ingress.
    const counted = json.aggregate?.ingress_flow_count === undefined ? undefined : "INGRESS";
    const direction = json.traffic_direction ?? counted;
    if (value.type === "enum") return (direction ?? "TRAFFIC_DIRECTION_UNKNOWN") === value.name;
    return value.type === "unknown" && direction === undefined;
  },
  "drop-reason-desc": (json, value) => {
    const reason = dropReasonOf(json);
    if (value.type === "enum") return reason === value.name;
    // A drop event or a masked record could have had one; L7 denials and policy verdicts never do.
    const isL7 = json.Type === "L7" || (json.Type === undefined && json.l7 !== undefined);
    const unknown = json.verdict === "DROPPED" && !isL7 && json.event_type?.type !== 5;
    return reason === undefined && unknown === (value.type === "unknown");
  },
  protocol: (json, value) => {
    const protocol = Object.keys(json.l4 ?? {})[0];
    if (value.type !== "word") return protocol === undefined && isAbsent(json, value.type);
    if (value.word === "icmp") return protocol === "ICMPv4" || protocol === "ICMPv6";
    return protocol?.toLowerCase() === value.word || Object.keys(json.l7 ?? {}).includes(value.word);
  },
  type: ({ event_type: event }, value) => {
    if (value.type !== "event") return value.type === "unknown" && event === undefined;
    if (event?.type !== value.event) return false;
    return value.subType === undefined || value.subType === (event.sub_type ?? 0);
  },
  reply: (json, value) => {
    const isReply = json.is_reply ?? (json.reply === true ? true : undefined);
    return isReply === answerOf(value);
  },
  uuid: ({ uuid }, value) =>
    value.type === "text" ? uuid === value.text : value.type === "unknown" && uuid === undefined,
  "node-name": ({ node_name: name }, value) => {
    if (value.type !== "node") return value.type === "unknown" && name === undefined;
    if (name === undefined) return false;
    const slash = name.indexOf("/");
    const cluster = slash < 0 ? "default" : name.slice(0, slash);
    const fits = value.cluster === undefined || matchesGlob(value.cluster, cluster);
    return fits && (value.node === undefined || matchesGlob(value.node, name.slice(slash + 1)));
  },
  "node-label": saidSelector((json) => json.node_labels),
  interface: said(
    (json) => json.interface?.name,
    (name, { text }) => name === text,
  ),
  "snat-ip": said((json) => json.IP?.source_xlated, isWithin),
  "tcp-flags": (json, value) => {
    const [protocol, l4] = Object.entries(json.l4 ?? {})[0] ?? [];
    const set = protocol === "TCP" ? l4?.flags : undefined;
    const isUnknown = set === undefined && isMasked(json) && (protocol === undefined || protocol === "TCP");
    if (value.type === "unknown") return isUnknown;
    if (value.type === "none") return Object.keys(set ?? {}).length === 0 && !isUnknown;
    return value.any.some((flag) => set?.[flag] === true);
  },
  "ip-version": (json, value) => {
    const version = json.IP?.ipVersion;
    if (value.type !== "word") return value.type === "unknown" && version === undefined && isMasked(json);
    if (value.word === "v4") return version === "IPv4";
    if (value.word === "v6") return version === "IPv6";
    return version === "IP_NOT_USED" || (version === undefined && !isMasked(json));
  },
  encrypted: (json, value) => encryption(json) === answerOf(value),
  unencrypted: (json, value) => {
    const encrypted = encryption(json);
    return (encrypted === undefined ? undefined : !encrypted) === answerOf(value);
  },
  "trace-id": said(
    (json) => json.trace_context?.parent?.trace_id,
    (id, { text }) => id === text,
  ),
  "ip-trace-id": said(
    (json) => json.ip_trace_id?.trace_id,
    (id, { decimal }) => id === decimal,
  ),
  "trace-point": (json, value) => {
    const event = json.event_type;
    const points: Record<number, string> = { 0: "TO_ENDPOINT", 3: "TO_STACK" };
    const bySubType = event?.type === 4 ? (points[event.sub_type ?? 0] ?? String(event.sub_type)) : undefined;
    const point = json.trace_observation_point ?? bySubType;
    if (value.type === "enum") return point === value.name;
    const isUnknown = point === undefined && event === undefined && isMasked(json);
    return value.type === "unknown" ? isUnknown : point === undefined && !isUnknown;
  },
  // The code decides; a record of a drop event has it in its sub-type.
  "not-a-loss": ({ event_type: event, verdict }, value) =>
    (verdict === "DROPPED" && event?.type === 1 && event.sub_type === 173) === answerOf(value),
  aggregated: (json, value) => (json.aggregate !== undefined) === answerOf(value),
  policy: (json, value) => {
    const lists = [json.egress_allowed_by, json.ingress_denied_by];
    if (value.type !== "policy")
      return lists.every((list) => list === undefined) && isAbsent(json, value.type);
    return lists.some((list) =>
      list?.some(
        (policy) =>
          (value.name ?? policy.name) === policy.name &&
          (value.kind ?? policy.kind) === policy.kind &&
          (value.namespace ?? policy.namespace) === policy.namespace,
      ),
    );
  },
};

function dropReasonOf({ drop_reason_desc, event_type }: FlowJson): string | undefined {
  if (drop_reason_desc !== undefined) return drop_reason_desc;
  const names: Record<number, string> = {
    0: "DROP_REASON_UNKNOWN",
    3: "3",
    133: "POLICY_DENIED",
    173: "NAT_NOT_NEEDED",
    181: "POLICY_DENY",
  };
  return event_type?.type === 1 ? names[event_type.sub_type ?? 0] : undefined;
}

/** Proto JSON leaves false out, so it is known wherever the record had its IP member. */
function encryption(json: FlowJson): boolean | undefined {
  if (json.IP?.encrypted !== undefined) return json.IP.encrypted;
  return isMasked(json) && json.IP === undefined ? undefined : false;
}

function answerOf(value: { readonly type: string; readonly word?: string }): boolean | undefined {
  return value.type === "word" ? value.word === "yes" : undefined;
}
