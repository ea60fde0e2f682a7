/** The four dictionaries: what a kind, an observer, an endpoint and a text are. */

import type { Flow, FlowEndpoint } from "@/lib/flow/flow";
import { grpcStatus, isGrpc } from "@/lib/flow/http";
import type { Entries } from "./dictionary";

/** Everything about a flow that has few values. */
export interface KindValue {
  readonly flow: Flow;
  readonly format: string;
}

export interface ObserverValue {
  readonly nodeName: string | undefined;
  readonly nodeLabels: readonly string[] | undefined;
  readonly index: number | undefined;
  readonly name: string | undefined;
}

/** One side of a flow. */
export interface SideValue {
  readonly endpoint: FlowEndpoint | undefined;
  readonly ip: string | undefined;
  readonly ipXlated: string | undefined;
  readonly names: readonly string[] | undefined;
  readonly service: Flow["sourceService"];
  /** Cluster of the node that saw it. */
  readonly observedIn: string | undefined;
}

export const kindEntries: Entries<KindValue> = {
  roughKey: ({ flow }) => {
    const flags = flow.l4?.flags;
    const packet = flags === undefined ? 0 : flags.length * 128 + (flags[0]?.charCodeAt(0) ?? 0);
    const event = (flow.eventType?.type ?? 0) * 512 + (flow.eventType?.subType ?? 0);
    return flow.present + 524_288 * (packet + 2048 * (event + 131_072 * ((flow.l7?.http?.code ?? 0) % 1024)));
  },
  same: (a, b) =>
    a.format === b.format &&
    samePacket(a.flow, b.flow) &&
    sameEvent(a.flow, b.flow) &&
    sameLayer7(a.flow.l7, b.flow.l7),
  columns: ({ flow, format }) => ({
    format,
    ...eventColumns(flow),
    ...packetColumns(flow),
    ...layer7Columns(flow.l7),
  }),
};

export const observerEntries: Entries<ObserverValue> = {
  roughKey: ({ nodeName, name }) => name ?? nodeName ?? "",
  same: (a, b) =>
    a.nodeName === b.nodeName &&
    a.index === b.index &&
    a.name === b.name &&
    sameTexts(a.nodeLabels, b.nodeLabels),
  columns: ({ nodeName, nodeLabels, index, name }) => ({
    nodeName: text(nodeName),
    nodeLabels: list(nodeLabels),
    interfaceIndex: index ?? null,
    interfaceName: text(name),
  }),
};

export const sideEntries: Entries<SideValue> = {
  // Without an address (aggregated, masked) the identity tells most sides apart.
  roughKey: ({ endpoint, ip }) => ip ?? endpoint?.pod ?? endpoint?.identity ?? "",
  same: (a, b) =>
    a.ip === b.ip &&
    a.ipXlated === b.ipXlated &&
    a.observedIn === b.observedIn &&
    sameTexts(a.names, b.names) &&
    a.service?.name === b.service?.name &&
    a.service?.namespace === b.service?.namespace &&
    sameEndpoint(a.endpoint, b.endpoint),
  columns: sideColumns,
};

export const textEntries: Entries<string> = {
  roughKey: (value) => value,
  same: (a, b) => a === b,
  columns: (value) => ({ value: storable(value) }),
};

/** 0 one event; 1 aggregated with counters; 2 aggregated, counters absent. */
function aggregation(flow: Flow): number {
  if (flow.eventsAtLeast) return 2;
  return flow.aggregate === undefined ? 0 : 1;
}

const replyOf = (flow: Flow): boolean | undefined => flow.isReply ?? flow.deprecatedReply;

function sameEvent(a: Flow, b: Flow): boolean {
  return (
    a.present === b.present &&
    a.type === b.type &&
    a.verdict === b.verdict &&
    a.eventType?.type === b.eventType?.type &&
    a.eventType?.subType === b.eventType?.subType &&
    a.trafficDirection === b.trafficDirection &&
    replyOf(a) === replyOf(b) &&
    a.dropReason === b.dropReason &&
    a.dropCode === b.dropCode &&
    a.policyMatchType === b.policyMatchType &&
    a.traceObservationPoint === b.traceObservationPoint &&
    a.traceReason === b.traceReason &&
    a.authType === b.authType &&
    a.debugCapturePoint === b.debugCapturePoint &&
    a.sockXlatePoint === b.sockXlatePoint &&
    aggregation(a) === aggregation(b)
  );
}

function eventColumns(flow: Flow) {
  return {
    type: storable(flow.type),
    verdict: storable(flow.verdict),
    eventType: flow.eventType?.type ?? null,
    eventSubType: flow.eventType?.subType ?? null,
    trafficDirection: storable(flow.trafficDirection),
    isReply: flag(replyOf(flow)),
    dropReason: text(flow.dropReason),
    dropCode: flow.dropCode ?? null,
    policyMatchType: flow.policyMatchType ?? null,
    observationPoint: text(flow.traceObservationPoint),
    traceReason: text(flow.traceReason),
    authType: text(flow.authType),
    capturePoint: text(flow.debugCapturePoint),
    socketPoint: text(flow.sockXlatePoint),
    aggregated: aggregation(flow),
    present: flow.present,
  };
}

function samePacket(a: Flow, b: Flow): boolean {
  return (
    a.l4?.protocol === b.l4?.protocol &&
    sameTexts(a.l4?.flags, b.l4?.flags) &&
    a.l4?.type === b.l4?.type &&
    a.l4?.code === b.l4?.code &&
    a.ip?.version === b.ip?.version &&
    a.ip?.encrypted === b.ip?.encrypted
  );
}

function packetColumns({ l4, ip }: Flow) {
  return {
    protocol: text(l4?.protocol),
    tcpFlags: text(l4?.flags?.join(",")),
    icmpType: typeof l4?.type === "number" ? l4.type : null,
    icmpCode: l4?.code ?? null,
    ipVersion: text(ip?.version),
    encrypted: flag(ip?.encrypted),
  };
}

function sameLayer7(a: Flow["l7"], b: Flow["l7"]): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.type === b.type &&
    layer7Protocol(a) === layer7Protocol(b) &&
    a.http?.method === b.http?.method &&
    a.http?.protocol === b.http?.protocol &&
    a.http?.code === b.http?.code &&
    isGrpc(a.http) === isGrpc(b.http) &&
    grpcStatus(a.http) === grpcStatus(b.http) &&
    a.dns?.rcode === b.dns?.rcode &&
    sameTexts(a.dns?.qtypes, b.dns?.qtypes) &&
    a.kafka?.errorCode === b.kafka?.errorCode &&
    a.kafka?.apiKey === b.kafka?.apiKey
  );
}

function layer7Protocol(l7: NonNullable<Flow["l7"]>): string | null {
  if (l7.dns !== undefined) return "dns";
  if (l7.http !== undefined) return "http";
  return l7.kafka === undefined ? null : "kafka";
}

function layer7Columns(l7: Flow["l7"]) {
  return {
    l7Type: text(l7?.type),
    l7Protocol: l7 === undefined ? null : layer7Protocol(l7),
    httpMethod: text(l7?.http?.method),
    httpProtocol: text(l7?.http?.protocol),
    httpCode: l7?.http?.code ?? null,
    grpc: flag(isGrpc(l7?.http)),
    grpcStatus: grpcStatus(l7?.http) ?? null,
    dnsRcode: l7?.dns?.rcode ?? null,
    dnsQtypes: text(l7?.dns?.qtypes?.join(",")),
    kafkaErrorCode: l7?.kafka?.errorCode ?? null,
    kafkaApiKey: text(l7?.kafka?.apiKey),
  };
}

function sameEndpoint(a: FlowEndpoint | undefined, b: FlowEndpoint | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const [mine, theirs] = [a.workloads?.[0], b.workloads?.[0]];
  return (
    a.pod === b.pod &&
    a.id === b.id &&
    a.identity === b.identity &&
    a.namespace === b.namespace &&
    a.cluster === b.cluster &&
    mine?.name === theirs?.name &&
    mine?.kind === theirs?.kind &&
    sameTexts(a.labels, b.labels)
  );
}

function sideColumns({ endpoint, ip, ipXlated, names, service, observedIn }: SideValue) {
  const workload = endpoint?.workloads?.[0];
  return {
    localId: endpoint?.id ?? null,
    identity: endpoint?.identity ?? null,
    cluster: text(endpoint?.cluster),
    namespace: text(endpoint?.namespace),
    pod: text(endpoint?.pod),
    workloadKind: text(workload?.kind),
    workloadName: text(workload?.name),
    labels: list(endpoint?.labels),
    ip: text(ip),
    ipKey: null,
    ipXlated: text(ipXlated),
    names: list(names),
    serviceName: text(service?.name),
    serviceNamespace: text(service?.namespace),
    observedIn: text(observedIn),
  };
}

function sameTexts(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** SQLite text ends at a NUL and holds no lone surrogates; the original bytes keep both. */
export function storable(value: string): string {
  return value.toWellFormed().replaceAll("\u0000", "\u2400");
}

function text(value: string | undefined): string | null {
  return value === undefined ? null : storable(value);
}

function list(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}

function flag(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}
