/**
 * A record as a line of Hubble's exporter: the way back of hubble-flow.ts, for records that are re-written.
 *
 * Whatever format a record had, its flow is read from this line as it was before, but for what the line cannot say: a time
 * without an instant stays without one. Members are written where the record had them, as the presence mask says.
 *
 * A record of a masked copy says so: `"masked":["ips",…]` beside the flow, where Hubble has no member of that name.
 */

import { formatTime } from "@/lib/base/time";
import type { Flow, FlowEndpoint, Layer4, Layer7, OtherRecord, PolicyReference } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";

/** Members that are undefined are left out by JSON.stringify. */
type Message = Readonly<Record<string, unknown>>;

export function writeFlow(flow: Flow): string {
  const time = timeOf(flow);
  const { nodeName, masked } = flow;
  return JSON.stringify({ flow: flowMessage(flow, time), node_name: nodeName, time, masked });
}

/** Kind, time, node, what was lost and the type of the event; nothing of what it says in words. */
export function writeOther(
  { kind, timeNs, nodeName, lostEvents, lostRange, detail }: OtherRecord,
  masked?: readonly string[],
): string {
  return JSON.stringify({
    [kind]: otherPayload(kind, lostEvents, lostRange, detail),
    node_name: nodeName,
    time: timeNs === undefined ? undefined : formatTime(timeNs),
    masked,
  });
}

/** The enum that a record of this kind begins its sentence with, or that of a loss in brackets. */
const EVENT_WORD = /^[A-Z][A-Z0-9_]{2,60}\b/;
const LOSS_WORD = /\(([A-Z_]{3,60})\)$/;

function otherPayload(
  kind: OtherRecord["kind"],
  lostEvents: OtherRecord["lostEvents"],
  lostRange: OtherRecord["lostRange"],
  detail: string,
): Message {
  switch (kind) {
    case "lost_events":
      return {
        source: LOSS_WORD.exec(detail)?.[1],
        num_events_lost: String(lostEvents ?? 0n),
        first: lostRange && formatTime(lostRange.fromNs),
        last: lostRange && formatTime(lostRange.toNs),
      };
    case "node_status":
      return { state_change: EVENT_WORD.exec(detail)?.[0] };
    case "agent_event":
    case "debug_event":
      return { type: EVENT_WORD.exec(detail)?.[0] };
  }
}

/** What cannot be read as a time is there, and is no time. */
function timeOf({ timeNs, present }: Flow): string | undefined {
  if (timeNs !== undefined) return formatTime(timeNs);
  return (present & PRESENT.time) === 0 ? undefined : "unreadable";
}

function flowMessage(flow: Flow, time: string | undefined): Message {
  const has = (bit: number): boolean => (flow.present & bit) !== 0;
  return {
    time,
    uuid: flow.uuid,
    emitter: flow.emitter,
    verdict: has(PRESENT.verdict) ? flow.verdict : undefined,
    drop_reason: flow.dropCode,
    drop_reason_desc: flow.dropReason,
    ext_error: flow.extError,
    ext_drop_reason_desc: flow.extDropReason,
    auth_type: flow.authType,
    ethernet: flow.ethernet,
    IP: flow.ip && ipMessage(flow.ip),
    l4: layer4Message(flow.l4) ?? (has(PRESENT.l4) ? {} : undefined),
    tunnel: flow.tunnel && {
      protocol: flow.tunnel.protocol,
      IP: flow.tunnel.ip && ipMessage(flow.tunnel.ip),
      l4: layer4Message(flow.tunnel.l4),
      vni: flow.tunnel.vni,
    },
    source: flow.source && endpointMessage(flow.source),
    destination: flow.destination && endpointMessage(flow.destination),
    Type: has(PRESENT.Type) ? flow.type : undefined,
    node_name: has(PRESENT.node_name) ? (flow.nodeName ?? "") : undefined,
    node_labels: flow.nodeLabels,
    source_names: flow.sourceNames,
    destination_names: flow.destinationNames,
    l7: flow.l7 && layer7Message(flow.l7),
    reply: flow.deprecatedReply,
    is_reply: flow.isReply,
    event_type: flow.eventType && { type: flow.eventType.type, sub_type: flow.eventType.subType },
    source_service: flow.sourceService,
    destination_service: flow.destinationService,
    traffic_direction: has(PRESENT.traffic_direction) ? flow.trafficDirection : undefined,
    policy_match_type: flow.policyMatchType,
    trace_observation_point: flow.traceObservationPoint,
    trace_reason: flow.traceReason,
    file: flow.file,
    ip_trace_id: flow.ipTraceId && {
      trace_id: flow.ipTraceId.traceId,
      ip_option_type: flow.ipTraceId.ipOptionType,
    },
    debug_capture_point: flow.debugCapturePoint,
    interface: flow.interface,
    proxy_port: flow.proxyPort,
    trace_context: flow.traceId === undefined ? undefined : { parent: { trace_id: flow.traceId } },
    sock_xlate_point: flow.sockXlatePoint,
    socket_cookie: flow.socketCookie,
    cgroup_id: flow.cgroupId,
    Summary: has(PRESENT.Summary) ? (flow.summary ?? "") : undefined,
    extensions: flow.extensions,
    egress_allowed_by: flow.egressAllowedBy?.map(policyMessage),
    ingress_allowed_by: flow.ingressAllowedBy?.map(policyMessage),
    egress_denied_by: flow.egressDeniedBy?.map(policyMessage),
    ingress_denied_by: flow.ingressDeniedBy?.map(policyMessage),
    policy_log: flow.policyLog,
    aggregate: flow.aggregate && {
      ingress_flow_count: flow.aggregate.ingressFlowCount,
      egress_flow_count: flow.aggregate.egressFlowCount,
      unknown_direction_flow_count: flow.aggregate.unknownDirectionFlowCount,
    },
  };
}

function ipMessage({
  source,
  sourceXlated,
  destination,
  version,
  encrypted,
}: NonNullable<Flow["ip"]>): Message {
  return { source, source_xlated: sourceXlated, destination, ipVersion: version, encrypted };
}

/** Ports whose protocol is not known stand under no name. */
function layer4Message(l4: Layer4 | undefined): Message | undefined {
  if (l4 === undefined) return undefined;
  const {
    protocol = "",
    sourcePort,
    destinationPort,
    flags,
    type,
    code,
    vrid,
    priority,
    groupAddress,
    chunkType,
  } = l4;
  return {
    [protocol]: {
      source_port: sourcePort,
      destination_port: destinationPort,
      flags: flags && Object.fromEntries(flags.map((flag) => [flag, true])),
      type,
      code,
      vrid,
      priority,
      group_address: groupAddress,
      chunk_type: chunkType,
    },
  };
}

function endpointMessage(endpoint: FlowEndpoint): Message {
  return {
    ID: endpoint.id,
    identity: endpoint.identity,
    cluster_name: endpoint.cluster,
    namespace: endpoint.namespace,
    labels: endpoint.labels,
    pod_name: endpoint.pod,
    workloads: endpoint.workloads,
  };
}

function policyMessage({ kind, namespace, name, labels, revision }: PolicyReference): Message {
  return { name, namespace, labels, revision, kind };
}

function layer7Message({ type, latencyNs, dns, http, kafka }: Layer7): Message {
  return {
    type,
    latency_ns: latencyNs,
    dns: dns && {
      query: dns.query,
      ips: dns.ips,
      ttl: dns.ttl,
      cnames: dns.cnames,
      observation_source: dns.observationSource,
      rcode: dns.rcode,
      qtypes: dns.qtypes,
      rrtypes: dns.rrtypes,
    },
    http: http && {
      code: http.code,
      method: http.method,
      url: http.url,
      protocol: http.protocol,
      headers: http.headers,
    },
    kafka: kafka && {
      error_code: kafka.errorCode,
      api_version: kafka.apiVersion,
      api_key: kafka.apiKey,
      correlation_id: kafka.correlationId,
      topic: kafka.topic,
    },
  };
}
