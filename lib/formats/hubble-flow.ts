/**
 * The Hubble Flow message in proto JSON, both spellings.
 *
 * Defined in Cilium 1.19.4 `api/v1/flow/flow.proto`; written by the Hubble CLI, the exporter, grpcurl,
 * Retina. Members of older versions (`reply`, `drop_reason`) and of newer ones (`ext_error`) are read too.
 */

import {
  AUTH_TYPE,
  DEBUG_CAPTURE_POINT,
  DROP_REASON,
  enumName,
  enumNumber,
  FLOW_TYPE,
  SOCKET_TRANSLATION_POINT,
  TRACE_OBSERVATION_POINT,
  TRACE_REASON,
  TRACE_SUB_TYPE,
  TRAFFIC_DIRECTION,
  TUNNEL_PROTOCOL,
  VERDICT,
} from "@/lib/flow/enums";

import type { Flow } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import { endpointPresence, readEndpoint, readPolicies, readService } from "./hubble-endpoint";
import { readIp, readLayer4, readLayer7 } from "./hubble-layers";
import {
  FieldError,
  type FieldReader,
  isObject,
  type JsonObject,
  member,
  messageReader,
  optionalCount,
  optionalDecimal,
  optionalText,
  readBoolean,
  readCount,
  readDecimal,
  readEnum,
  readInteger,
  readKnownEnum,
  readMessage,
  readObject,
  readText,
  readTexts,
  readTimestamp,
} from "./proto-json";

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

const OWN_NAMES: Readonly<Record<string, FieldReader<Flow>>> = {
  time: (flow, value) => {
    // An unreadable time does not cost the record: it is kept as untimed.
    flow.timeNs = readTimestamp(value);
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
    flow.dropCode = readCount(value, field) || undefined;
  },
  drop_reason_desc: (flow, value, field) => {
    flow.dropReason = readKnownEnum(DROP_REASON, value, field);
  },
  ext_error: (flow, value, field) => {
    flow.extError = readInteger(value, field);
  },
  ext_drop_reason_desc: (flow, value, field) => {
    flow.extDropReason = readText(value, field);
  },
  auth_type: (flow, value, field) => {
    flow.authType = readKnownEnum(AUTH_TYPE, value, field);
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
    flow.traceObservationPoint = readKnownEnum(TRACE_OBSERVATION_POINT, value, field);
  },
  trace_reason: (flow, value, field) => {
    flow.traceReason = readKnownEnum(TRACE_REASON, value, field);
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
    flow.debugCapturePoint = readKnownEnum(DEBUG_CAPTURE_POINT, value, field);
  },
  interface: (flow, value, field) => {
    const where = readObject(value, field);
    flow.interface = { index: optionalCount(where, "index"), name: optionalText(where, "name") };
  },
  proxy_port: (flow, value, field) => {
    flow.proxyPort = readCount(value, field) || undefined;
  },
  trace_context: (flow, value, field) => {
    const parent = member(readObject(value, field), "parent");
    if (parent !== undefined)
      flow.traceId = optionalText(readObject(parent, "trace_context.parent"), "trace_id");
  },
  sock_xlate_point: (flow, value, field) => {
    flow.sockXlatePoint = readKnownEnum(SOCKET_TRANSLATION_POINT, value, field);
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
};

/** Names with capitals, as writers have them that know no other than those in lower case. A shipper may have a `type` of its own. */
const LOWER_NAMES: Readonly<Record<string, FieldReader<Flow>>> = {
  ip: (flow, value, field) => {
    if (flow.ip === undefined && isObject(value)) OWN_NAMES.IP?.(flow, value, field);
  },
  type: (flow, value, field) => {
    const isOwn =
      typeof value === "string" ? FLOW_TYPE.numberOf.has(value) : FLOW_TYPE.nameOf.has(Number(value));
    if (isOwn && flow.type === "UNKNOWN_TYPE") OWN_NAMES.Type?.(flow, value, field);
  },
  summary: (flow, value, field) => {
    if (flow.summary === undefined && typeof value === "string") OWN_NAMES.Summary?.(flow, value, field);
  },
};

const FLOW = messageReader<Flow>({ ...LOWER_NAMES, ...OWN_NAMES });

const NAMES: ReadonlySet<string> = new Set([...messageReader(OWN_NAMES).keys(), "ip"]);

/** True of a message that has a member of Hubble's flows, or none at all as a field mask may leave it. */
export function mayBeHubbleFlow(message: JsonObject): boolean {
  let isEmpty = true;
  for (const name in message) {
    if (NAMES.has(name)) return true;
    isEmpty = false;
  }
  return isEmpty;
}

/** `is_reply` is a BoolValue; some gateways write the wrapper out as `{"value":true}`, or `{}` for false. */
function readIsReply(value: unknown, field: string): boolean {
  if (!isObject(value)) return readBoolean(value, field);
  return value.value === undefined ? false : readBoolean(value.value, field);
}

/** All members listed once, so that every flow has the same hidden class. */
function newFlow(): Flow {
  return {
    timeNs: undefined,
    timeText: undefined,
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
    trafficDirection: NO_DIRECTION,
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
    masked: undefined,
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
  if (flow.aggregate !== undefined) {
    countAggregate(flow, flow.aggregate);
    if (flow.trafficDirection === NO_DIRECTION) takeDirection(flow, directionCounted(flow.aggregate));
  }
  return flow;
}

/** Name and code each fill in for the other; the code also stands in the sub-type of a drop event. */
function settleDropReason(flow: Flow): void {
  const subType = flow.eventType?.type === 1 ? flow.eventType.subType : undefined;
  // A sub-type that a mask left out reads as 0: it does not overrule a name.
  if (subType !== undefined && (subType > 0 || (subType === 0 && flow.dropReason === undefined)))
    flow.dropCode ??= subType;
  if (flow.dropReason === undefined && flow.dropCode !== undefined)
    flow.dropReason = enumName(DROP_REASON, flow.dropCode);
  if (flow.dropCode === undefined && flow.dropReason !== undefined) {
    const code = enumNumber(DROP_REASON, flow.dropReason);
    if (code !== undefined && code >= 0) flow.dropCode = code;
  }
}

const NO_DIRECTION = "TRAFFIC_DIRECTION_UNKNOWN";

/** The counters are by direction: where only one of them counted anything, all events have its direction (flow-formats 3.4). */
function directionCounted(aggregate: NonNullable<Flow["aggregate"]>): string {
  const counted = [
    [aggregate.ingressFlowCount, "INGRESS"],
    [aggregate.egressFlowCount, "EGRESS"],
    [aggregate.unknownDirectionFlowCount, NO_DIRECTION],
  ].filter(([counter]) => counter !== undefined && Number(counter) > 0);
  return counted.length === 1 ? String(counted[0]?.[1]) : NO_DIRECTION;
}

/** From then on it is there: nothing is ruled out for want of it. */
function takeDirection(flow: Flow, direction: string): void {
  flow.trafficDirection = direction;
  if (direction !== NO_DIRECTION) flow.present |= PRESENT.traffic_direction;
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
