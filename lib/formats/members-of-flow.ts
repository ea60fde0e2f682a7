/**
 * The members of Hubble's messages as a tree, for records that come as columns (columns.ts). Source: Cilium 1.19.4 `flow.proto` and
 * `observer.proto`; flow-formats 1 and 3.
 */

import { TCP_FLAGS } from "@/lib/flow/enums";
import { camelCase } from "./proto-json";

/** What a member holds. `truth`: true or false; `any`: whatever a vendor puts there. */
export type Node =
  | { readonly kind: "text" | "number" | "truth" | "time" | "any" }
  | { readonly kind: "list"; readonly each: Node }
  | Message;

export interface Message {
  readonly kind: "message";
  /** By name, longest first, so that `source_names` is not taken for a member of `source`. */
  readonly members: readonly (readonly [name: string, node: Node])[];
}

const TEXT: Node = { kind: "text" };
const NUMBER: Node = { kind: "number" };
const TRUTH: Node = { kind: "truth" };
const TIME: Node = { kind: "time" };
export const ANY: Node = { kind: "any" };
const TEXTS: Node = { kind: "list", each: TEXT };

/** Each member by both spellings of its name. */
function message(members: Readonly<Record<string, Node>>): Message {
  const named = Object.entries(members).flatMap(([name, node]): [string, Node][] => {
    const other = camelCase(name);
    return other === name
      ? [[name, node]]
      : [
          [name, node],
          [other, node],
        ];
  });
  return { kind: "message", members: named.sort(([a], [b]) => b.length - a.length) };
}

function each(node: Node, ...names: readonly string[]): Record<string, Node> {
  return Object.fromEntries(names.map((name) => [name, node]));
}

function listOf(node: Node): Node {
  return { kind: "list", each: node };
}

export const IP = message({
  ...each(TEXT, "source", "source_xlated", "destination", "ipVersion"),
  encrypted: TRUTH,
});
const PORTS = each(NUMBER, "source_port", "destination_port");
const ICMP = message(each(NUMBER, "type", "code"));
export const L4 = message({
  TCP: message({ ...PORTS, flags: message(each(TRUTH, ...TCP_FLAGS)) }),
  UDP: message(PORTS),
  SCTP: message({ ...PORTS, chunk_type: TEXT }),
  ICMPv4: ICMP,
  ICMPv6: ICMP,
  VRRP: message(each(NUMBER, "type", "vrid", "priority")),
  IGMP: message({ type: NUMBER, group_address: TEXT }),
});
const ENDPOINT = message({
  ...each(NUMBER, "ID", "identity"),
  ...each(TEXT, "cluster_name", "namespace", "pod_name"),
  labels: TEXTS,
  workloads: listOf(message(each(TEXT, "name", "kind"))),
});
export const L7 = message({
  type: TEXT,
  latency_ns: NUMBER,
  dns: message({
    ...each(TEXT, "query", "observation_source"),
    ...each(TEXTS, "ips", "cnames", "qtypes", "rrtypes"),
    ...each(NUMBER, "ttl", "rcode"),
  }),
  http: message({
    code: NUMBER,
    ...each(TEXT, "method", "url", "protocol"),
    headers: listOf(message(each(TEXT, "key", "value"))),
  }),
  kafka: message({
    ...each(NUMBER, "error_code", "api_version", "correlation_id"),
    ...each(TEXT, "api_key", "topic"),
  }),
});
export const EVENT_TYPE = message(each(NUMBER, "type", "sub_type"));
const SERVICE = message(each(TEXT, "name", "namespace"));
const POLICIES = listOf(
  message({ ...each(TEXT, "name", "namespace", "kind"), labels: TEXTS, revision: NUMBER }),
);

/** A flow without its envelope. */
export const FLOW = message({
  time: TIME,
  ...each(TEXT, "uuid", "verdict", "drop_reason_desc", "ext_drop_reason_desc", "auth_type", "Type"),
  ...each(TEXT, "node_name", "traffic_direction", "trace_observation_point", "trace_reason"),
  ...each(TEXT, "debug_capture_point", "sock_xlate_point", "Summary"),
  ...each(
    NUMBER,
    "drop_reason",
    "ext_error",
    "policy_match_type",
    "proxy_port",
    "socket_cookie",
    "cgroup_id",
  ),
  ...each(TRUTH, "reply", "is_reply"),
  ...each(TEXTS, "node_labels", "source_names", "destination_names"),
  // Whatever whoever wrote the policy wants to be logged.
  policy_log: { kind: "list", each: ANY },
  ...each(POLICIES, "egress_allowed_by", "ingress_allowed_by", "egress_denied_by", "ingress_denied_by"),
  ...each(ENDPOINT, "source", "destination"),
  ...each(SERVICE, "source_service", "destination_service"),
  emitter: message(each(TEXT, "name", "version")),
  ethernet: message(each(TEXT, "source", "destination")),
  IP,
  l4: L4,
  tunnel: message({ protocol: TEXT, IP, l4: L4, vni: NUMBER }),
  l7: L7,
  event_type: EVENT_TYPE,
  file: message({ name: TEXT, line: NUMBER }),
  ip_trace_id: message(each(NUMBER, "trace_id", "ip_option_type")),
  interface: message({ index: NUMBER, name: TEXT }),
  trace_context: message({ parent: message({ trace_id: TEXT }) }),
  extensions: ANY,
  aggregate: message(each(NUMBER, "ingress_flow_count", "egress_flow_count", "unknown_direction_flow_count")),
});

const AGENT_EVENT = message({
  type: TEXT,
  unknown: message(each(TEXT, "type", "notification")),
  agent_start: message({ time: TIME }),
  policy_update: message({ labels: TEXTS, ...each(NUMBER, "revision", "rule_count") }),
  endpoint_regenerate: message({ id: NUMBER, labels: TEXTS, error: TEXT }),
  endpoint_update: message({ id: NUMBER, labels: TEXTS, ...each(TEXT, "error", "pod_name", "namespace") }),
  ipcache_update: message(each(TEXT, "cidr", "host_ip", "old_host_ip", "namespace", "pod_name")),
  service_upsert: message({ id: NUMBER, ...each(TEXT, "name", "namespace", "type") }),
  service_delete: message({ id: NUMBER }),
});

export const ENVELOPE = message({
  flow: FLOW,
  lost_events: message({
    source: TEXT,
    ...each(NUMBER, "num_events_lost", "cpu"),
    ...each(TIME, "first", "last"),
  }),
  node_status: message({ ...each(TEXT, "state_change", "message"), node_names: TEXTS }),
  agent_event: AGENT_EVENT,
  debug_event: message({
    type: TEXT,
    source: ENDPOINT,
    ...each(NUMBER, "hash", "arg1", "arg2", "arg3", "cpu"),
    message: TEXT,
  }),
  node_name: TEXT,
  time: TIME,
});
