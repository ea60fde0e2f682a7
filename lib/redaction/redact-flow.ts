/**
 * A flow with what is to be masked hidden. What stays: times, verdicts, reasons, ports, flags, codes, counters.
 *
 * Every member of a flow has its row: a new one does not compile before somebody has said what in it can name anybody.
 */

import type { Flow, FlowEndpoint, Layer4, Layer7, PolicyReference } from "@/lib/flow/flow";
import { isMaskKind } from "./kinds";
import type { Mask } from "./mask";
import { maskLabel } from "./mask-label";
import { maskHeader, maskUrl } from "./mask-url";

type Rows = {
  readonly [Member in keyof Flow]-?: (value: NonNullable<Flow[Member]>, mask: Mask) => Flow[Member];
};

const keep = <T>(value: T): T => value;
/** A word of an enum, or whatever stands in its place. */
const word = (value: string, mask: Mask): string => mask.text(value);
const domains = (names: readonly string[], mask: Mask): string[] =>
  names.map((name) => mask.domain(name) ?? "");
const labels = (list: readonly string[], mask: Mask): string[] =>
  list.map((label) => mask.label(label, (text) => maskLabel(mask, text)));

const ROWS: Rows = {
  timeNs: keep,
  // Not an instant: any text.
  timeText: () => undefined,
  uuid: (uuid, mask) => (mask.has("uuids") ? mask.uuid(uuid) : mask.text(uuid)),
  emitter: ({ name, version }, mask) => ({ name: mask.text(name), version: mask.text(version) }),
  verdict: word,
  dropReason: word,
  dropCode: keep,
  extError: keep,
  extDropReason: word,
  authType: word,
  ethernet: ({ source, destination }, mask) => ({
    source: mask.mac(source),
    destination: mask.mac(destination),
  }),
  ip: addresses,
  l4: layer4,
  tunnel: (tunnel, mask) => ({
    protocol: mask.text(tunnel.protocol),
    ip: tunnel.ip && addresses(tunnel.ip, mask),
    l4: tunnel.l4 && layer4(tunnel.l4, mask),
    // With VXLAN the number is the sender's identity.
    vni: mask.identity("vni", tunnel.vni),
  }),
  source: endpoint,
  destination: endpoint,
  type: word,
  nodeName: (name, mask) => mask.path("nodes", name),
  nodeLabels: labels,
  sourceNames: domains,
  destinationNames: domains,
  l7: layer7,
  isReply: keep,
  deprecatedReply: keep,
  eventType: keep,
  sourceService: service,
  destinationService: service,
  trafficDirection: word,
  policyMatchType: keep,
  traceObservationPoint: word,
  traceReason: word,
  file: ({ name, line }, mask) => ({ name: mask.text(name), line }),
  ipTraceId: ({ traceId, ipOptionType }, mask) => ({
    traceId: traceId !== undefined && mask.has("uuids") ? mask.pseudonyms.decimal(traceId) : traceId,
    ipOptionType,
  }),
  debugCapturePoint: word,
  interface: ({ index, name }, mask) => ({ index, name: interfaceName(name, mask) }),
  proxyPort: keep,
  traceId: (id, mask) =>
    mask.has("uuids") ? mask.secret(id, (text) => mask.pseudonyms.hex(text)) : mask.text(id),
  sockXlatePoint: word,
  socketCookie: (cookie, mask) => (mask.has("identities") ? undefined : cookie),
  cgroupId: (id, mask) => (mask.has("identities") ? undefined : id),
  summary: (text, mask) => (mask.has("summary") ? "" : mask.text(text)),
  // The counters of aggregated records are in `aggregate`, wherever they stood.
  extensions: (value, mask) => (mask.has("extensions") ? undefined : covered(value, mask)),
  egressAllowedBy: policies,
  ingressAllowedBy: policies,
  egressDeniedBy: policies,
  ingressDeniedBy: policies,
  policyLog: (texts, mask) => (mask.has("summary") ? undefined : texts.map((text) => mask.text(text))),
  // What an earlier copy hid is hidden in this one.
  masked: (earlier, mask) => [...new Set([...earlier.filter(isMaskKind), ...mask.kinds])],
  aggregate: keep,
  events: keep,
  eventsAtLeast: keep,
  present: keep,
};

const MEMBERS = Object.entries(ROWS) as [keyof Flow, (value: unknown, mask: Mask) => unknown][];

export function redactFlow(flow: Flow, mask: Mask): Flow {
  const redacted: Record<string, unknown> = {};
  for (const [member, row] of MEMBERS) {
    const value = flow[member];
    if (value !== undefined) redacted[member] = row(value, mask);
  }
  return redacted as Flow;
}

function addresses(ip: NonNullable<Flow["ip"]>, mask: Mask): Flow["ip"] {
  return {
    source: mask.address(ip.source),
    sourceXlated: mask.address(ip.sourceXlated),
    destination: mask.address(ip.destination),
    version: mask.text(ip.version),
    encrypted: ip.encrypted,
  };
}

function layer4(l4: Layer4, mask: Mask): Layer4 {
  return {
    ...l4,
    protocol: mask.text(l4.protocol),
    type: typeof l4.type === "string" ? mask.text(l4.type) : l4.type,
    groupAddress: mask.address(l4.groupAddress),
    chunkType: mask.text(l4.chunkType),
  };
}

function endpoint(side: FlowEndpoint, mask: Mask): FlowEndpoint {
  return {
    id: mask.identity("ID", side.id),
    identity: mask.identity("identity", side.identity),
    cluster: mask.name("nodes", side.cluster),
    namespace: mask.name("namespaces", side.namespace),
    pod: mask.name("pods", side.pod),
    labels: side.labels && labels(side.labels, mask),
    workloads: side.workloads?.map(({ kind, name }) => ({
      kind: mask.text(kind),
      name: mask.name("pods", name),
    })),
  };
}

function service({ name, namespace }: NonNullable<Flow["sourceService"]>, mask: Mask): Flow["sourceService"] {
  return { name: mask.name("pods", name), namespace: mask.name("namespaces", namespace) };
}

function policies(list: readonly PolicyReference[], mask: Mask): PolicyReference[] {
  return list.map((policy) => ({
    kind: mask.text(policy.kind),
    namespace: mask.name("namespaces", policy.namespace),
    name: mask.name("pods", policy.name),
    labels: policy.labels && labels(policy.labels, mask),
    revision: policy.revision,
  }));
}

function layer7({ type, latencyNs, dns, http, kafka }: Layer7, mask: Mask): Layer7 {
  return {
    type: mask.text(type),
    latencyNs,
    dns: dns && {
      ...dns,
      query: mask.domain(dns.query),
      ips: dns.ips?.map((ip) => mask.address(ip) ?? ""),
      cnames: dns.cnames && domains(dns.cnames, mask),
      observationSource: mask.text(dns.observationSource),
      qtypes: dns.qtypes?.map((text) => mask.text(text)),
      rrtypes: dns.rrtypes?.map((text) => mask.text(text)),
    },
    http: http && {
      code: http.code,
      method: mask.text(http.method),
      url: maskUrl(mask, http.url),
      protocol: mask.text(http.protocol),
      headers: http.headers?.map((header) => ({ ...maskHeader(mask, header) })),
    },
    kafka: kafka && { ...kafka, apiKey: mask.text(kafka.apiKey), topic: mask.name("urls", kafka.topic) },
  };
}

/** Those of the pods are made at random on each node; others are the same everywhere. */
function interfaceName(name: string | undefined, mask: Mask): string | undefined {
  return name === undefined || /^(?:lo|eth\d|ens\d|cilium_[a-z0-9]{1,10})$/.test(name)
    ? name
    : mask.name("nodes", name);
}

/** Vendor data of any form: its texts are covered, and so are names of members. */
function covered(value: unknown, mask: Mask): unknown {
  if (typeof value === "string") return mask.text(value);
  if (Array.isArray(value)) return value.map((item) => covered(item, mask));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [mask.text(key), covered(item, mask)]),
  );
}
