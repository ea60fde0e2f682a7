/**
 * The Hubble Flow message in proto JSON, both spellings.
 *
 * Defined in Cilium 1.19.4 `api/v1/flow/flow.proto`; written by the Hubble CLI, the exporter, grpcurl,
 * Retina. Members of older versions (`reply`, `drop_reason`) and of newer ones (`ext_error`) are read too.
 */

import { parseTime } from "@/lib/base/time";
import {
  AUTH_TYPE,
  DEBUG_CAPTURE_POINT,
  DROP_REASON,
  enumName,
  enumNumber,
  FLOW_TYPE,
  IP_VERSION,
  L7_FLOW_TYPE,
  SOCKET_TRANSLATION_POINT,
  TRACE_OBSERVATION_POINT,
  TRACE_REASON,
  TRACE_SUB_TYPE,
  TRAFFIC_DIRECTION,
  TUNNEL_PROTOCOL,
  VERDICT,
} from "@/lib/flow/enums";
import type { Flow, FlowEndpoint, Layer4, Layer7, PolicyReference } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import {
  FieldError,
  isObject,
  type JsonObject,
  member,
  messageReader,
  readBoolean,
  readCount,
  readDecimal,
  readEnum,
  readInteger,
  readList,
  readMessage,
  readObject,
  readText,
  readTexts,
} from "./proto-json";

/** In the order of the TCP header, so that equal sets give equal text. */
const TCP_FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "NS"] as const;
const FLAG_BITS: ReadonlyMap<string, number> = new Map(TCP_FLAGS.map((flag, bit) => [flag, 1 << bit]));

const ENDPOINT = messageReader<FlowEndpoint>({
  ID: (endpoint, value, field) => {
    endpoint.id = readCount(value, field);
  },
  identity: (endpoint, value, field) => {
    endpoint.identity = readCount(value, field);
  },
  cluster_name: (endpoint, value, field) => {
    endpoint.cluster = readText(value, field) || undefined;
  },
  namespace: (endpoint, value, field) => {
    endpoint.namespace = readText(value, field) || undefined;
  },
  labels: (endpoint, value, field) => {
    endpoint.labels = readTexts(value, field);
  },
  pod_name: (endpoint, value, field) => {
    endpoint.pod = readText(value, field) || undefined;
  },
  workloads: (endpoint, value, field) => {
    endpoint.workloads = readList(value, field).map((item) => {
      const workload = readObject(item, field);
      return { kind: optionalText(workload, "kind"), name: optionalText(workload, "name") };
    });
  },
});

function optionalText(message: JsonObject, name: string): string | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readText(value, name) || undefined;
}

function optionalCount(message: JsonObject, name: string): number | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readCount(value, name);
}

function optionalDecimal(message: JsonObject, name: string): string | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readDecimal(value, name);
}

function readEndpoint(value: unknown, field: string): FlowEndpoint {
  const message = readObject(value, field);
  const endpoint: FlowEndpoint = {
    id: undefined,
    identity: undefined,
    cluster: undefined,
    namespace: undefined,
    pod: undefined,
    labels: undefined,
    workloads: undefined,
  };
  readMessage(ENDPOINT, message, endpoint);
  return endpoint;
}

function endpointPresence(endpoint: FlowEndpoint): number {
  return (
    (endpoint.identity === undefined ? 0 : PRESENT.identity) |
    (endpoint.labels === undefined ? 0 : PRESENT.labels) |
    (endpoint.namespace === undefined ? 0 : PRESENT.namespace) |
    (endpoint.pod === undefined ? 0 : PRESENT.pod_name) |
    (endpoint.workloads === undefined ? 0 : PRESENT.workloads)
  );
}

function readIp(value: unknown, field: string): Flow["ip"] {
  const ip = readObject(value, field);
  const encrypted = member(ip, "encrypted");
  const version = member(ip, "ipVersion");
  return {
    source: optionalText(ip, "source"),
    sourceXlated: optionalText(ip, "source_xlated"),
    destination: optionalText(ip, "destination"),
    version: version === undefined ? undefined : readEnum(IP_VERSION, version, "ipVersion"),
    encrypted: encrypted === undefined ? undefined : readBoolean(encrypted, "encrypted"),
  };
}

/** `l4` is a oneof: exactly one member. */
function readLayer4(value: unknown, field: string): Layer4 | undefined {
  const l4 = readObject(value, field);
  for (const protocol in l4) {
    if (l4[protocol] === null) continue;
    return readProtocol(protocol, readObject(l4[protocol], `${field}.${protocol}`));
  }
  return undefined;
}

function readProtocol(protocol: string, message: JsonObject): Layer4 {
  switch (protocol) {
    case "TCP":
      return { ...readPorts(protocol, message), flags: readTcpFlags(member(message, "flags")) };
    case "ICMPv4":
    case "ICMPv6":
      // Proto JSON leaves zeros out: an echo reply is `{}`.
      return {
        protocol,
        type: optionalCount(message, "type") ?? 0,
        code: optionalCount(message, "code") ?? 0,
      };
    case "VRRP":
    case "IGMP":
      return {
        protocol,
        type: optionalCount(message, "type") ?? 0,
        vrid: optionalCount(message, "vrid"),
        priority: optionalCount(message, "priority"),
        groupAddress: optionalText(message, "group_address"),
      };
    case "SCTP": {
      const chunk = member(message, "chunk_type");
      const chunkType =
        chunk === undefined
          ? undefined
          : typeof chunk === "number"
            ? String(chunk)
            : readText(chunk, "chunk_type");
      return { ...readPorts(protocol, message), chunkType };
    }
    default:
      return readPorts(protocol, message);
  }
}

function readPorts(protocol: string, message: JsonObject): Layer4 {
  return {
    protocol,
    sourcePort: optionalCount(message, "source_port"),
    destinationPort: optionalCount(message, "destination_port"),
  };
}

/** The lists of set flags by bit mask, made once each: equal sets are the same list. */
const FLAG_LISTS = new Map<number, string[]>();

function readTcpFlags(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const flags = readObject(value, "flags");
  let mask = 0;
  for (const flag in flags) if (flags[flag] === true) mask |= FLAG_BITS.get(flag) ?? 0;
  let list = FLAG_LISTS.get(mask);
  if (list === undefined) {
    list = TCP_FLAGS.filter((_, bit) => (mask & (1 << bit)) !== 0);
    FLAG_LISTS.set(mask, list);
  }
  return list;
}

function readLayer7(value: unknown, field: string): Layer7 {
  const l7 = readObject(value, field);
  const type = readEnum(L7_FLOW_TYPE, member(l7, "type") ?? 0, "l7.type");
  const [dns, http, kafka] = [member(l7, "dns"), member(l7, "http"), member(l7, "kafka")];
  return {
    type,
    latencyNs: optionalDecimal(l7, "latency_ns"),
    dns: dns === undefined ? undefined : readDns(readObject(dns, "l7.dns"), type),
    http: http === undefined ? undefined : readHttp(readObject(http, "l7.http")),
    kafka: kafka === undefined ? undefined : readKafka(readObject(kafka, "l7.kafka"), type),
  };
}

function optionalTexts(message: JsonObject, name: string): string[] | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readTexts(value, name);
}

function readDns(dns: JsonObject, type: string): Layer7["dns"] {
  return {
    query: optionalText(dns, "query"),
    ips: optionalTexts(dns, "ips"),
    ttl: optionalCount(dns, "ttl"),
    cnames: optionalTexts(dns, "cnames"),
    observationSource: optionalText(dns, "observation_source"),
    // A response without a code succeeded: proto JSON leaves 0 out.
    rcode: optionalCount(dns, "rcode") ?? (type === "RESPONSE" ? 0 : undefined),
    qtypes: optionalTexts(dns, "qtypes"),
    rrtypes: optionalTexts(dns, "rrtypes"),
  };
}

function readHttp(http: JsonObject): Layer7["http"] {
  const headers = member(http, "headers");
  return {
    code: optionalCount(http, "code"),
    method: optionalText(http, "method"),
    url: optionalText(http, "url"),
    protocol: optionalText(http, "protocol"),
    headers:
      headers === undefined
        ? undefined
        : readList(headers, "headers").map((item) => {
            const header = readObject(item, "headers");
            return { key: optionalText(header, "key") ?? "", value: optionalText(header, "value") ?? "" };
          }),
  };
}

function readKafka(kafka: JsonObject, type: string): Layer7["kafka"] {
  const integer = (name: string): number | undefined => {
    const value = member(kafka, name);
    return value === undefined ? undefined : readInteger(value, name);
  };
  return {
    errorCode: integer("error_code") ?? (type === "RESPONSE" ? 0 : undefined),
    apiVersion: integer("api_version"),
    apiKey: optionalText(kafka, "api_key"),
    correlationId: integer("correlation_id"),
    topic: optionalText(kafka, "topic"),
  };
}

function readPolicies(value: unknown, field: string): PolicyReference[] {
  return readList(value, field).map((item) => {
    const policy = readObject(item, field);
    return {
      kind: optionalText(policy, "kind"),
      namespace: optionalText(policy, "namespace"),
      name: optionalText(policy, "name"),
      labels: optionalTexts(policy, "labels"),
      revision: optionalDecimal(policy, "revision"),
    };
  });
}

function readService(value: unknown, field: string): Flow["sourceService"] {
  const service = readObject(value, field);
  return { name: optionalText(service, "name"), namespace: optionalText(service, "namespace") };
}

const LARGEST_UINT32 = 2 ** 32 - 1;

/** A counter of an aggregated record, uint32. The bound also keeps sums over a capture exact. */
function optionalCounter(message: JsonObject, name: string): string | undefined {
  const decimal = optionalDecimal(message, name);
  if (decimal !== undefined && Number(decimal) > LARGEST_UINT32)
    throw new FieldError(name, "a number below 2^32", decimal);
  return decimal;
}

function readAggregate(value: unknown, field: string): NonNullable<Flow["aggregate"]> {
  const aggregate = readObject(value, field);
  return {
    ingressFlowCount: optionalCounter(aggregate, "ingress_flow_count"),
    egressFlowCount: optionalCounter(aggregate, "egress_flow_count"),
    unknownDirectionFlowCount: optionalCounter(aggregate, "unknown_direction_flow_count"),
  };
}

/** The Azure shipper has the counters in the extensions, bare or as a Struct under `value` (flow-formats 4.2). */
function aggregateInExtensions(extensions: unknown): Flow["aggregate"] {
  if (!isObject(extensions)) return undefined;
  for (const holder of [extensions, extensions.value]) {
    if (!isObject(holder)) continue;
    const aggregate = readAggregate(holder, "extensions");
    if (Object.values(aggregate).some((counter) => counter !== undefined)) return aggregate;
  }
  return undefined;
}

/** Deeper vendor data could not be handed on: threads and JSON writers recurse. */
const DEEPEST_EXTENSION = 64;

function readExtensions(value: unknown): unknown {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_EXTENSION)
      throw new FieldError("extensions", `at most ${DEEPEST_EXTENSION} levels`, value);
    level = level.flatMap((item) => (item !== null && typeof item === "object" ? Object.values(item) : []));
  }
  return value;
}

const FLOW = messageReader<Flow>({
  time: (flow, value) => {
    // An unreadable time does not cost the record: it is kept as untimed.
    flow.timeNs = typeof value === "string" ? parseTime(value) : undefined;
    flow.present |= PRESENT.time;
  },
  uuid: (flow, value, field) => {
    flow.uuid = readText(value, field) || undefined;
    // An empty one identifies nothing: the record must not count as one that is known by its uuid.
    if (flow.uuid !== undefined) flow.present |= PRESENT.uuid;
  },
  emitter: (flow, value, field) => {
    const emitter = readObject(value, field);
    flow.emitter = { name: optionalText(emitter, "name"), version: optionalText(emitter, "version") };
  },
  verdict: (flow, value, field) => {
    flow.verdict = readEnum(VERDICT, value, field);
    flow.present |= PRESENT.verdict;
  },
  drop_reason: (flow, value, field) => {
    flow.dropCode = readCount(value, field);
  },
  drop_reason_desc: (flow, value, field) => {
    flow.dropReason = readEnum(DROP_REASON, value, field);
  },
  ext_error: (flow, value, field) => {
    flow.extError = readInteger(value, field);
  },
  ext_drop_reason_desc: (flow, value, field) => {
    flow.extDropReason = readText(value, field);
  },
  auth_type: (flow, value, field) => {
    flow.authType = readEnum(AUTH_TYPE, value, field);
  },
  ethernet: (flow, value, field) => {
    const ethernet = readObject(value, field);
    flow.ethernet = {
      source: optionalText(ethernet, "source"),
      destination: optionalText(ethernet, "destination"),
    };
  },
  IP: (flow, value, field) => {
    flow.ip = readIp(value, field);
    flow.present |= PRESENT.IP;
  },
  l4: (flow, value, field) => {
    flow.l4 = readLayer4(value, field);
    flow.present |= PRESENT.l4;
  },
  tunnel: (flow, value, field) => {
    const tunnel = readObject(value, field);
    const [ip, l4] = [member(tunnel, "IP"), member(tunnel, "l4")];
    flow.tunnel = {
      protocol: readEnum(TUNNEL_PROTOCOL, member(tunnel, "protocol") ?? 0, "tunnel.protocol"),
      ip: ip === undefined ? undefined : readIp(ip, "tunnel.IP"),
      l4: l4 === undefined ? undefined : readLayer4(l4, "tunnel.l4"),
      vni: optionalCount(tunnel, "vni"),
    };
  },
  source: (flow, value, field) => {
    flow.source = readEndpoint(value, field);
    flow.present |= PRESENT.source | endpointPresence(flow.source);
  },
  destination: (flow, value, field) => {
    flow.destination = readEndpoint(value, field);
    flow.present |= PRESENT.destination | endpointPresence(flow.destination);
  },
  Type: (flow, value, field) => {
    flow.type = readEnum(FLOW_TYPE, value, field);
    flow.present |= PRESENT.Type;
  },
  node_name: (flow, value, field) => {
    flow.nodeName = readText(value, field) || undefined;
    flow.present |= PRESENT.node_name;
  },
  node_labels: (flow, value, field) => {
    flow.nodeLabels = readTexts(value, field);
  },
  source_names: (flow, value, field) => {
    flow.sourceNames = readTexts(value, field);
  },
  destination_names: (flow, value, field) => {
    flow.destinationNames = readTexts(value, field);
  },
  l7: (flow, value, field) => {
    flow.l7 = readLayer7(value, field);
    flow.present |= PRESENT.l7;
  },
  reply: (flow, value, field) => {
    if (readBoolean(value, field)) flow.deprecatedReply = true;
  },
  is_reply: (flow, value, field) => {
    flow.isReply = readIsReply(value, field);
    flow.present |= PRESENT.is_reply;
  },
  event_type: (flow, value, field) => {
    const event = readObject(value, field);
    const number = (name: string): number => readInteger(member(event, name) ?? 0, `event_type.${name}`);
    flow.eventType = { type: number("type"), subType: number("sub_type") };
    flow.present |= PRESENT.event_type;
  },
  source_service: (flow, value, field) => {
    flow.sourceService = readService(value, field);
  },
  destination_service: (flow, value, field) => {
    flow.destinationService = readService(value, field);
  },
  traffic_direction: (flow, value, field) => {
    flow.trafficDirection = readEnum(TRAFFIC_DIRECTION, value, field);
    flow.present |= PRESENT.traffic_direction;
  },
  policy_match_type: (flow, value, field) => {
    flow.policyMatchType = readCount(value, field);
  },
  trace_observation_point: (flow, value, field) => {
    flow.traceObservationPoint = readEnum(TRACE_OBSERVATION_POINT, value, field);
  },
  trace_reason: (flow, value, field) => {
    flow.traceReason = readEnum(TRACE_REASON, value, field);
  },
  file: (flow, value, field) => {
    const file = readObject(value, field);
    flow.file = { name: optionalText(file, "name"), line: optionalCount(file, "line") };
  },
  ip_trace_id: (flow, value, field) => {
    const id = readObject(value, field);
    flow.ipTraceId = {
      traceId: optionalDecimal(id, "trace_id"),
      ipOptionType: optionalCount(id, "ip_option_type"),
    };
  },
  debug_capture_point: (flow, value, field) => {
    flow.debugCapturePoint = readEnum(DEBUG_CAPTURE_POINT, value, field);
  },
  interface: (flow, value, field) => {
    const where = readObject(value, field);
    flow.interface = { index: optionalCount(where, "index"), name: optionalText(where, "name") };
  },
  proxy_port: (flow, value, field) => {
    flow.proxyPort = readCount(value, field);
  },
  trace_context: (flow, value, field) => {
    const parent = member(readObject(value, field), "parent");
    if (parent !== undefined)
      flow.traceId = optionalText(readObject(parent, "trace_context.parent"), "trace_id");
  },
  sock_xlate_point: (flow, value, field) => {
    flow.sockXlatePoint = readEnum(SOCKET_TRANSLATION_POINT, value, field);
  },
  socket_cookie: (flow, value, field) => {
    flow.socketCookie = readDecimal(value, field);
  },
  cgroup_id: (flow, value, field) => {
    flow.cgroupId = readDecimal(value, field);
  },
  Summary: (flow, value, field) => {
    flow.summary = readText(value, field);
    flow.present |= PRESENT.Summary;
  },
  extensions: (flow, value) => {
    flow.extensions = readExtensions(value);
  },
  egress_allowed_by: (flow, value, field) => {
    flow.egressAllowedBy = readPolicies(value, field);
  },
  ingress_allowed_by: (flow, value, field) => {
    flow.ingressAllowedBy = readPolicies(value, field);
  },
  egress_denied_by: (flow, value, field) => {
    flow.egressDeniedBy = readPolicies(value, field);
  },
  ingress_denied_by: (flow, value, field) => {
    flow.ingressDeniedBy = readPolicies(value, field);
  },
  policy_log: (flow, value, field) => {
    flow.policyLog = readTexts(value, field);
  },
  aggregate: (flow, value, field) => {
    flow.aggregate = readAggregate(value, field);
  },
});

/** `is_reply` is a BoolValue; some gateways write the wrapper out as `{"value":true}`, or `{}` for false. */
function readIsReply(value: unknown, field: string): boolean {
  if (typeof value === "boolean") return value;
  const wrapped = readObject(value, field);
  return wrapped.value === undefined ? false : readBoolean(wrapped.value, field);
}

/** All members listed once, so that every flow has the same hidden class. */
function newFlow(): Flow {
  return {
    timeNs: undefined,
    uuid: undefined,
    emitter: undefined,
    verdict: "VERDICT_UNKNOWN",
    dropReason: undefined,
    dropCode: undefined,
    extError: undefined,
    extDropReason: undefined,
    authType: undefined,
    ethernet: undefined,
    ip: undefined,
    l4: undefined,
    tunnel: undefined,
    source: undefined,
    destination: undefined,
    type: "UNKNOWN_TYPE",
    nodeName: undefined,
    nodeLabels: undefined,
    sourceNames: undefined,
    destinationNames: undefined,
    l7: undefined,
    isReply: undefined,
    deprecatedReply: undefined,
    eventType: undefined,
    sourceService: undefined,
    destinationService: undefined,
    trafficDirection: "TRAFFIC_DIRECTION_UNKNOWN",
    policyMatchType: undefined,
    traceObservationPoint: undefined,
    traceReason: undefined,
    file: undefined,
    ipTraceId: undefined,
    debugCapturePoint: undefined,
    interface: undefined,
    proxyPort: undefined,
    traceId: undefined,
    sockXlatePoint: undefined,
    socketCookie: undefined,
    cgroupId: undefined,
    summary: undefined,
    extensions: undefined,
    egressAllowedBy: undefined,
    ingressAllowedBy: undefined,
    egressDeniedBy: undefined,
    ingressDeniedBy: undefined,
    policyLog: undefined,
    aggregate: undefined,
    events: 1,
    eventsAtLeast: false,
    present: 0,
  };
}

/**
 * Normalises one Flow message.
 *
 * Throws {@link FieldError} when a member has a value that its type cannot have.
 */
export function readHubbleFlow(message: JsonObject): Flow {
  const flow = readMessage(FLOW, message, newFlow());
  if (flow.type === "UNKNOWN_TYPE" && flow.l7 !== undefined) flow.type = "L7";
  settleDropReason(flow);
  // The sub-type of a trace event is its observation point (flow-formats 2.4); older records have only that.
  if (flow.traceObservationPoint === undefined && flow.eventType?.type === 4) {
    flow.traceObservationPoint = TRACE_SUB_TYPE.get(flow.eventType.subType) ?? String(flow.eventType.subType);
  }
  flow.aggregate ??= aggregateInExtensions(flow.extensions);
  if (flow.aggregate !== undefined) countAggregate(flow, flow.aggregate);
  return flow;
}

/** Name and code each fill in for the other; the code also stands in the sub-type of a drop event. */
function settleDropReason(flow: Flow): void {
  const subType = flow.eventType?.type === 1 ? flow.eventType.subType : undefined;
  if (subType !== undefined && subType >= 0) flow.dropCode ??= subType;
  if (flow.dropReason === undefined && flow.dropCode !== undefined)
    flow.dropReason = enumName(DROP_REASON, flow.dropCode);
  if (flow.dropCode === undefined && flow.dropReason !== undefined) {
    const code = enumNumber(DROP_REASON, flow.dropReason);
    if (code !== undefined && code >= 0) flow.dropCode = code;
  }
}

/** Events of an aggregated record: the sum of its three counters; none of them there: at least one. */
function countAggregate(flow: Flow, aggregate: NonNullable<Flow["aggregate"]>): void {
  const counters = [
    aggregate.ingressFlowCount,
    aggregate.egressFlowCount,
    aggregate.unknownDirectionFlowCount,
  ];
  if (counters.every((counter) => counter === undefined)) {
    flow.eventsAtLeast = true;
    return;
  }
  flow.events = counters.reduce((total, counter) => total + Number(counter ?? 0), 0);
}
