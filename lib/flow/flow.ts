/**
 * The vocabulary: a flow is one normalised observation; it may stand for many events.
 *
 * Field meanings follow Cilium 1.19.4 `flow.proto`. Enums are names as Hubble writes them; a value that
 * has no name is its number as text. A member that the record did not have is absent: never an empty
 * text, a zero or a default. 64-bit integers are decimal text. `flowSchema` describes a flow as the HTTP
 * interface gives it; inside, the time is a `bigint` (see {@link Flow}).
 */

import { z } from "zod";

const decimal = z.string().regex(/^\d+$/);
const count = z.number().int().nonnegative();

const workloadSchema = z.object({ kind: z.string().optional(), name: z.string().optional() });

const endpointSchema = z.object({
  /** Cilium endpoint id, local to the node that emitted the flow. */
  id: count.optional(),
  identity: count.optional(),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  pod: z.string().optional(),
  labels: z.array(z.string()).optional(),
  workloads: z.array(workloadSchema).optional(),
});

const policySchema = z.object({
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  labels: z.array(z.string()).optional(),
  revision: decimal.optional(),
});

const ipSchema = z.object({
  source: z.string().optional(),
  /** Source address after SNAT, when it differs. */
  sourceXlated: z.string().optional(),
  destination: z.string().optional(),
  version: z.string().optional(),
  encrypted: z.boolean().optional(),
});

const layer4Schema = z.object({
  /** Name of the member that was set: TCP, UDP, SCTP, ICMPv4, ICMPv6, VRRP, IGMP. Absent where only ports were written. */
  protocol: z.string().optional(),
  sourcePort: count.optional(),
  destinationPort: count.optional(),
  /** TCP flags that were set, in the order of the TCP header. */
  flags: z.array(z.string()).optional(),
  /** ICMP, VRRP and IGMP type; 0 is left out by Hubble and filled in here for ICMP. */
  type: z.union([count, z.string()]).optional(),
  code: count.optional(),
  vrid: count.optional(),
  priority: count.optional(),
  groupAddress: z.string().optional(),
  /** SCTP. */
  chunkType: z.string().optional(),
});

const dnsSchema = z.object({
  /** As written, with the final dot. */
  query: z.string().optional(),
  ips: z.array(z.string()).optional(),
  ttl: count.optional(),
  cnames: z.array(z.string()).optional(),
  observationSource: z.string().optional(),
  /** 0 on a response without one: proto JSON leaves zeros out. Absent on requests. */
  rcode: count.optional(),
  qtypes: z.array(z.string()).optional(),
  rrtypes: z.array(z.string()).optional(),
});

const httpSchema = z.object({
  /** Responses only. */
  code: count.optional(),
  method: z.string().optional(),
  url: z.string().optional(),
  protocol: z.string().optional(),
  headers: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
});

const kafkaSchema = z.object({
  /** Responses only. */
  errorCode: z.number().int().optional(),
  apiVersion: z.number().int().optional(),
  apiKey: z.string().optional(),
  correlationId: z.number().int().optional(),
  topic: z.string().optional(),
});

const layer7Schema = z.object({
  type: z.string(),
  /** Only where the record itself had it (HTTP responses with X-Request-Id). */
  latencyNs: decimal.optional(),
  dns: dnsSchema.optional(),
  http: httpSchema.optional(),
  kafka: kafkaSchema.optional(),
});

const serviceSchema = z.object({ name: z.string().optional(), namespace: z.string().optional() });

const aggregateSchema = z.object({
  ingressFlowCount: decimal.optional(),
  egressFlowCount: decimal.optional(),
  unknownDirectionFlowCount: decimal.optional(),
});

export const flowSchema = z.object({
  /** RFC 3339 with nine digits; absent when the record had no readable time. */
  time: z.string().optional(),
  /** The time as the record wrote it, where that does not say the instant: no year, a zone or an order of the date unknown. */
  timeText: z.string().optional(),
  uuid: z.string().optional(),
  emitter: z.object({ name: z.string().optional(), version: z.string().optional() }).optional(),
  verdict: z.string(),
  dropReason: z.string().optional(),
  dropCode: count.optional(),
  extError: z.number().int().optional(),
  extDropReason: z.string().optional(),
  authType: z.string().optional(),
  ethernet: z.object({ source: z.string().optional(), destination: z.string().optional() }).optional(),
  ip: ipSchema.optional(),
  l4: layer4Schema.optional(),
  tunnel: z
    .object({
      protocol: z.string(),
      ip: ipSchema.optional(),
      l4: layer4Schema.optional(),
      vni: count.optional(),
    })
    .optional(),
  source: endpointSchema.optional(),
  destination: endpointSchema.optional(),
  type: z.string(),
  nodeName: z.string().optional(),
  nodeLabels: z.array(z.string()).optional(),
  sourceNames: z.array(z.string()).optional(),
  destinationNames: z.array(z.string()).optional(),
  l7: layer7Schema.optional(),
  /** Absent = unknown. */
  isReply: z.boolean().optional(),
  /** The old `reply` member: true when it was true; false cannot be told from unknown. */
  deprecatedReply: z.literal(true).optional(),
  eventType: z.object({ type: z.number().int(), subType: z.number().int() }).optional(),
  sourceService: serviceSchema.optional(),
  destinationService: serviceSchema.optional(),
  trafficDirection: z.string(),
  policyMatchType: count.optional(),
  traceObservationPoint: z.string().optional(),
  traceReason: z.string().optional(),
  file: z.object({ name: z.string().optional(), line: count.optional() }).optional(),
  ipTraceId: z.object({ traceId: decimal.optional(), ipOptionType: count.optional() }).optional(),
  debugCapturePoint: z.string().optional(),
  interface: z.object({ index: count.optional(), name: z.string().optional() }).optional(),
  proxyPort: count.optional(),
  traceId: z.string().optional(),
  sockXlatePoint: z.string().optional(),
  socketCookie: decimal.optional(),
  cgroupId: decimal.optional(),
  summary: z.string().optional(),
  /** Vendor data, as it came. */
  extensions: z.unknown().optional(),
  egressAllowedBy: z.array(policySchema).optional(),
  ingressAllowedBy: z.array(policySchema).optional(),
  egressDeniedBy: z.array(policySchema).optional(),
  ingressDeniedBy: z.array(policySchema).optional(),
  policyLog: z.array(z.string()).optional(),
  aggregate: aggregateSchema.optional(),
  /** Kinds of values that a masked copy hides in it (lib/redaction/kinds.ts), as the record says. */
  masked: z.array(z.string()).optional(),
  /** How many events the record stands for. */
  events: count,
  /** True when an aggregated record came without its counters: it stands for at least one event. */
  eventsAtLeast: z.boolean(),
  /** Members that the record had, by presence bit (lib/flow/presence.ts). */
  present: count,
});

export type FlowAnswer = z.infer<typeof flowSchema>;
/** A flow inside the program: as {@link FlowAnswer}, with the time in nanoseconds. */
export type Flow = Omit<FlowAnswer, "time"> & { timeNs?: bigint };
export type FlowEndpoint = z.infer<typeof endpointSchema>;
export type PolicyReference = z.infer<typeof policySchema>;
export type Layer4 = z.infer<typeof layer4Schema>;
export type Layer7 = z.infer<typeof layer7Schema>;

/** A record that is not a flow: a sign of loss or change beside the flows. */
export interface OtherRecord {
  readonly kind: OtherKind;
  readonly timeNs?: bigint;
  readonly nodeName?: string;
  /** lost_events only. */
  readonly lostEvents?: bigint;
  /** lost_events only: first and last event that was lost, since Hubble 1.19. */
  readonly lostRange?: { readonly fromNs: bigint; readonly toNs: bigint };
  /** What happened, in words. */
  readonly detail: string;
}

export const OTHER_KINDS = ["lost_events", "node_status", "agent_event", "debug_event"] as const;
export type OtherKind = (typeof OTHER_KINDS)[number];
