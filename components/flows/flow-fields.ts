/**
 * All fields of a flow in groups, for the drawer. A field that the record does not have is not shown as
 * empty; its name goes into a list, because "left out" is something to know.
 */

import { formatInstant, type Zone } from "@/components/ui/clock";
import { formatCount, formatSpan } from "@/components/ui/format";
import { parseTime } from "@/lib/base/time";
import { DNS_RCODE, dropReasonText, enumName, POLICY_MATCH_TYPE, RESERVED_IDENTITY } from "@/lib/flow/enums";
import type { FlowEndpoint, PolicyReference } from "@/lib/flow/flow";
import type { FlowDetailAnswer, Party } from "@/lib/questions/answers";
import { makeTerm, type Term } from "@/lib/scope/filter";
import type { Side } from "@/lib/scope/keys";
import { nodeTerms } from "@/lib/scope/node-terms";
import { reasonText } from "./row-text";
import {
  addressTerms,
  enumTerm,
  eventTerms,
  namespaceTerm,
  podTerm,
  portTerms,
  workloadTerm,
} from "./value-terms";

type Flow = FlowDetailAnswer["flow"];

export interface Field {
  readonly label: string;
  /** Several for lists. Text from the log, not yet made visible. */
  readonly values: readonly string[];
  readonly term?: Term;
  /** A word about where the value comes from. */
  readonly note?: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

export interface FlowFields {
  readonly groups: readonly FieldGroup[];
  /** Names of usual fields that this record does not have. */
  readonly missing: readonly string[];
}

type Value = string | number | boolean | undefined | null;

/** Collects the fields of one group; `expect` also notes what is missing. */
class Group {
  readonly fields: Field[] = [];

  constructor(
    readonly title: string,
    private readonly missing: string[],
  ) {}

  add(
    label: string,
    value: Value | readonly string[],
    more: { readonly term?: Term; readonly note?: string } = {},
  ): this {
    const values = textsOf(value);
    if (values.length > 0) this.fields.push({ label, values, ...more });
    return this;
  }

  expect(
    label: string,
    value: Value | readonly string[],
    more: { readonly term?: Term; readonly note?: string } = {},
  ): this {
    if (textsOf(value).length === 0) this.missing.push(label.toLowerCase());
    return this.add(label, value, more);
  }
}

function textsOf(value: Value | readonly string[]): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  return typeof value === "object" ? value : [String(value)];
}

export function flowFields(answer: FlowDetailAnswer, zone: Zone): FlowFields {
  const missing: string[] = [];
  const group = (title: string) => new Group(title, missing);
  const { flow, row } = answer;
  const groups = [
    whenAndWhere(group("When and where"), answer, zone),
    verdict(group("Verdict"), answer),
    packet(group("Packet"), flow),
    endpoint(group("Source"), flow.source, {
      party: row.source,
      side: "from",
      missing,
      names: flow.sourceNames,
    }),
    endpoint(group("Destination"), flow.destination, {
      party: row.destination,
      side: "to",
      missing,
      names: flow.destinationNames,
    }),
    layer7(group("Layer 7"), flow),
    policies(group("Policies"), flow),
    tracing(group("Tracing"), flow),
    other(group("Other"), flow),
  ];
  return { groups: groups.filter(({ fields }) => fields.length > 0), missing };
}

function whenAndWhere(group: Group, { flow, row }: FlowDetailAnswer, zone: Zone): Group {
  const ns = flow.time === undefined ? undefined : parseTime(flow.time);
  return group
    .expect("Time", ns === undefined ? undefined : formatInstant(ns, zone))
    .add("Time as written", flow.timeText, {
      note: "it does not say the year, the zone or the order of the date",
    })
    .expect("Node", flow.nodeName, { term: nodeTerms(flow.nodeName ?? null)[0] })
    .add("Node labels", flow.nodeLabels)
    .expect("Event type", row.event, {
      term: eventTerms(row.event)[0],
      note: flow.eventType && `type ${flow.eventType.type}, sub-type ${flow.eventType.subType}`,
    })
    .expect("Flow type", flow.type === "UNKNOWN_TYPE" ? undefined : flow.type)
    .add("Trace point", flow.traceObservationPoint)
    .add("Trace reason", flow.traceReason)
    .add("Capture point", flow.debugCapturePoint)
    .add("Socket point", flow.sockXlatePoint)
    .add(
      "Interface",
      flow.interface && [flow.interface.name, indexText(flow.interface.index)].filter(Boolean).join(" "),
    )
    .add("Emitter", flow.emitter && [flow.emitter.name, flow.emitter.version].filter(Boolean).join(" "))
    .add("Datapath source", flow.file && `${flow.file.name ?? "unknown"}:${flow.file.line ?? "unknown"}`)
    .add("Masked copy", flow.masked, { note: "re-written by Eyepiece, with these hidden" })
    .expect("UUID", flow.uuid, {
      term: flow.uuid === undefined ? undefined : makeTerm("uuid", [{ type: "text", text: flow.uuid }]),
    });
}

function indexText(index: number | undefined): string {
  return index === undefined ? "" : `(index ${index})`;
}

function verdict(group: Group, { flow, row }: FlowDetailAnswer): Group {
  const hasReason = flow.dropReason !== undefined && flow.dropReason !== "DROP_REASON_UNKNOWN";
  const direction = flow.trafficDirection === "TRAFFIC_DIRECTION_UNKNOWN" ? undefined : flow.trafficDirection;
  group
    .expect("Verdict", flow.verdict === "VERDICT_UNKNOWN" ? undefined : flow.verdict, {
      term: enumTerm("verdict", flow.verdict),
    })
    .add("Drop reason", hasReason ? flow.dropReason : undefined, {
      term: hasReason && flow.dropReason ? enumTerm("drop-reason-desc", flow.dropReason) : undefined,
      note:
        flow.dropCode === undefined
          ? undefined
          : [dropReasonText(flow.dropCode), `code ${flow.dropCode}`].filter(Boolean).join(", "),
    })
    .add(
      "Why refused",
      flow.verdict === "DROPPED" && flow.l7 !== undefined ? reasonText(row).title : undefined,
    )
    .add("Extended error", flow.extError)
    .add("Extended reason", flow.extDropReason)
    .expect("Traffic direction", direction, { term: enumTerm("traffic-direction", flow.trafficDirection) })
    .expect("Reply", flow.isReply, {
      term: makeTerm("reply", [
        flow.isReply === undefined
          ? { type: "unknown" }
          : { type: "word", word: flow.isReply ? "yes" : "no" },
      ]),
    })
    .add("Old reply field", flow.deprecatedReply)
    .add("Policy match", flow.policyMatchType, {
      note:
        flow.policyMatchType === undefined ? undefined : enumName(POLICY_MATCH_TYPE, flow.policyMatchType),
    })
    .add("Authentication", flow.authType);
  if (row.aggregated || flow.events !== 1) {
    group.add("Events", formatCount(flow.events), {
      note: flow.eventsAtLeast ? "at least: the counters were left out" : undefined,
    });
  }
  return group
    .add("Ingress flows", flow.aggregate?.ingressFlowCount)
    .add("Egress flows", flow.aggregate?.egressFlowCount)
    .add("Flows of unknown direction", flow.aggregate?.unknownDirectionFlowCount);
}

function packet(group: Group, flow: Flow): Group {
  const { ip, l4, ethernet, tunnel } = flow;
  return group
    .expect("Protocol", l4?.protocol)
    .add("TCP flags", l4?.flags)
    .add("Type", l4?.type)
    .add("Code", l4?.code)
    .add("Chunk", l4?.chunkType)
    .add("Group address", l4?.groupAddress)
    .add("Virtual router", l4?.vrid)
    .add("Priority", l4?.priority)
    .expect("Source address", ip?.source, { term: addressTerms(ip?.source ?? null, "from")[0] })
    .add("Source after translation", ip?.sourceXlated)
    .add("Source port", l4?.sourcePort, { term: portTerms(l4?.sourcePort ?? null, "from")[0] })
    .expect("Destination address", ip?.destination, { term: addressTerms(ip?.destination ?? null, "to")[0] })
    .add("Destination port", l4?.destinationPort, { term: portTerms(l4?.destinationPort ?? null, "to")[0] })
    .add("IP version", ip?.version)
    .add("Encrypted", ip?.encrypted)
    .add("Source MAC", ethernet?.source)
    .add("Destination MAC", ethernet?.destination)
    .add(
      "Tunnel",
      tunnel &&
        [tunnel.protocol, tunnel.vni === undefined ? "" : `VNI ${tunnel.vni}`].filter(Boolean).join(", "),
    )
    .add(
      "Tunnel addresses",
      tunnel?.ip && `${tunnel.ip.source ?? "unknown"} → ${tunnel.ip.destination ?? "unknown"}`,
    )
    .add("Proxy port", flow.proxyPort)
    .add("Socket cookie", flow.socketCookie)
    .add("Cgroup", flow.cgroupId);
}

interface EndpointMore {
  readonly party: Party;
  readonly side: Exclude<Side, "either">;
  readonly names: readonly string[] | undefined;
  readonly missing: string[];
}

function endpoint(
  group: Group,
  found: FlowEndpoint | undefined,
  { party, side, names, missing }: EndpointMore,
): Group {
  const { namespace, pod, identity } = found ?? {};
  const own = found?.workloads?.map(({ kind, name }) => [kind, name].filter(Boolean).join(" "));
  const learned =
    own === undefined && party.workload
      ? [party.workload.kind, party.workload.name].filter(Boolean).join(" ")
      : undefined;
  group
    .add("Workload", own ?? learned, {
      term: party.workload?.name ? workloadTerm(party, side) : undefined,
      note: learned === undefined ? undefined : "learned from other records of this pod",
    })
    .add("Pod", pod, { term: pod === undefined ? undefined : podTerm(pod, namespace ?? null, side) })
    .add("Namespace", namespace, {
      term: namespace === undefined ? undefined : namespaceTerm(namespace, side),
    })
    .add("Service", party.service && [party.service.namespace, party.service.name].filter(Boolean).join("/"))
    .add("DNS names", names)
    .add("Identity", identity, { note: identity === undefined ? undefined : reservedNote(identity) })
    .add("Cluster", found?.cluster)
    .add("Endpoint id", found?.id)
    .add("Labels", found?.labels);
  // An exporter that leaves every member out still writes the empty object.
  if (group.fields.length === 0) missing.push(group.title.toLowerCase());
  return group;
}

function reservedNote(identity: number): string | undefined {
  const name = RESERVED_IDENTITY.get(identity);
  return name === undefined ? undefined : `reserved: ${name}`;
}

function layer7(group: Group, { l7 }: Flow): Group {
  if (l7 === undefined) return group;
  const { dns, http, kafka } = l7;
  return group
    .add("Record", l7.type)
    .add("Latency", l7.latencyNs === undefined ? undefined : formatSpan(BigInt(l7.latencyNs)))
    .add("DNS query", dns?.query)
    .add("Query types", dns?.qtypes)
    .add("Response code", dns?.rcode, {
      note: dns?.rcode === undefined ? undefined : enumName(DNS_RCODE, dns.rcode),
    })
    .add("Answers", dns?.ips)
    .add("Canonical names", dns?.cnames)
    .add("Answer types", dns?.rrtypes)
    .add("Time to live", dns?.ttl === undefined ? undefined : `${dns.ttl} s`)
    .add("Seen by", dns?.observationSource)
    .add("HTTP status", http?.code)
    .add("Method", http?.method)
    .add("URL", http?.url)
    .add("HTTP version", http?.protocol)
    .add(
      "Headers",
      http?.headers?.map(({ key, value }) => `${key}: ${value}`),
    )
    .add("Kafka topic", kafka?.topic)
    .add("API", kafka?.apiKey, {
      note: kafka?.apiVersion === undefined ? undefined : `version ${kafka.apiVersion}`,
    })
    .add("Error code", kafka?.errorCode)
    .add("Correlation id", kafka?.correlationId);
}

function policies(group: Group, flow: Flow): Group {
  return group
    .add("Egress denied by", flow.egressDeniedBy?.map(policyText))
    .add("Ingress denied by", flow.ingressDeniedBy?.map(policyText))
    .add("Egress allowed by", flow.egressAllowedBy?.map(policyText))
    .add("Ingress allowed by", flow.ingressAllowedBy?.map(policyText))
    .add("Policy log", flow.policyLog);
}

function policyText({ kind, namespace, name, labels, revision }: PolicyReference): string {
  const named = [namespace, name].filter(Boolean).join("/") || labels?.join(", ") || "unnamed policy";
  const at = revision === undefined ? "" : ` (revision ${revision})`;
  return `${kind === undefined ? "" : `${kind} `}${named}${at}`;
}

function tracing(group: Group, flow: Flow): Group {
  return group.add("Trace id", flow.traceId).add("IP trace id", flow.ipTraceId?.traceId, {
    note: flow.ipTraceId?.ipOptionType === undefined ? undefined : `IP option ${flow.ipTraceId.ipOptionType}`,
  });
}

function other(group: Group, flow: Flow): Group {
  return group
    .add("Summary", flow.summary)
    .add("Extensions", flow.extensions === undefined ? undefined : JSON.stringify(flow.extensions));
}
