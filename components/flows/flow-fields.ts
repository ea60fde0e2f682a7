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
import { makeTerm } from "@/lib/scope/filter";
import type { Side } from "@/lib/scope/keys";
import { nodeTerms } from "@/lib/scope/node-terms";
import { type FieldGroup, Group } from "./field-group";
import { reasonText } from "./row-text";
import {
  addressTerms,
  enumTerm,
  eventTerms,
  namespaceTerm,
  podTerm,
  policyTerm,
  portTerms,
  termOf,
  wholeTerm,
  workloadTerm,
} from "./value-terms";

type Flow = FlowDetailAnswer["flow"];

export interface FlowFields {
  readonly groups: readonly FieldGroup[];
  /** Names of usual fields that this record does not have. */
  readonly missing: readonly string[];
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
    .add("Node labels", flow.nodeLabels, {
      terms: flow.nodeLabels?.map((label) => termOf("node-label", label)),
    })
    .expect("Event type", row.event, {
      term: eventTerms(row.event)[0],
      note: flow.eventType && `type ${flow.eventType.type}, sub-type ${flow.eventType.subType}`,
    })
    .expect("Flow type", flow.type === "UNKNOWN_TYPE" ? undefined : flow.type)
    .add("Trace point", flow.traceObservationPoint, {
      term: termOf("trace-point", flow.traceObservationPoint),
    })
    .add("Trace reason", flow.traceReason)
    .add("Capture point", flow.debugCapturePoint)
    .add("Socket point", flow.sockXlatePoint)
    .add(
      "Interface",
      flow.interface && [flow.interface.name, indexText(flow.interface.index)].filter(Boolean).join(" "),
      { term: termOf("interface", flow.interface?.name) },
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
    .expect("Protocol", l4?.protocol, { term: termOf("protocol", l4?.protocol) })
    .add("TCP flags", l4?.flags, { terms: l4?.flags?.map((flag) => termOf("tcp-flags", flag)) })
    .add("Type", l4?.type)
    .add("Code", l4?.code)
    .add("Chunk", l4?.chunkType)
    .add("Group address", l4?.groupAddress)
    .add("Virtual router", l4?.vrid)
    .add("Priority", l4?.priority)
    .expect("Source address", ip?.source, { term: addressTerms(ip?.source ?? null, "from")[0] })
    .add("Source after translation", ip?.sourceXlated, { term: termOf("snat-ip", ip?.sourceXlated) })
    .add("Source port", l4?.sourcePort, { term: portTerms(l4?.sourcePort ?? null, "from")[0] })
    .expect("Destination address", ip?.destination, { term: addressTerms(ip?.destination ?? null, "to")[0] })
    .add("Destination port", l4?.destinationPort, { term: portTerms(l4?.destinationPort ?? null, "to")[0] })
    .add("IP version", ip?.version, { term: termOf("ip-version", ip?.version?.replace(/^IP/, "")) })
    .add("Encrypted", ip?.encrypted, { term: termOf("encrypted", ip?.encrypted ? "yes" : undefined) })
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
  const service = [party.service?.namespace, party.service?.name].filter(Boolean).join("/");
  group
    .add("Workload", own ?? learned, {
      term: party.workload?.name ? workloadTerm(party, side) : undefined,
      note: learned === undefined ? undefined : "learned from other records of this pod",
    })
    .add("Pod", pod, { term: pod === undefined ? undefined : podTerm(pod, namespace ?? null, side) })
    .add("Namespace", namespace, {
      term: namespace === undefined ? undefined : namespaceTerm(namespace, side),
    })
    .add("Service", service, { term: service === "" ? undefined : termOf("service", `${service}$`, side) })
    .add("DNS names", names, { terms: names?.map((one) => termOf("fqdn", one, side)) })
    .add("Identity", identity, {
      term: termOf("identity", identity?.toString(), side),
      note: identity === undefined ? undefined : reservedNote(identity),
    })
    .add("Cluster", found?.cluster, { term: termOf("cluster", found?.cluster, side) })
    .add("Endpoint id", found?.id)
    .add("Labels", found?.labels, { terms: found?.labels?.map((label) => termOf("label", label, side)) });
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
    .add("DNS query", dns?.query, { term: dns?.query ? wholeTerm("dns-query", dns.query) : undefined })
    .add("Query types", dns?.qtypes)
    .add("Response code", dns?.rcode, {
      term: termOf("dns-rcode", dns?.rcode?.toString()),
      note: dns?.rcode === undefined ? undefined : enumName(DNS_RCODE, dns.rcode),
    })
    .add("Answers", dns?.ips)
    .add("Canonical names", dns?.cnames)
    .add("Answer types", dns?.rrtypes)
    .add("Time to live", dns?.ttl === undefined ? undefined : `${dns.ttl} s`)
    .add("Seen by", dns?.observationSource)
    .add("HTTP status", http?.code, { term: termOf("http-status", http?.code?.toString()) })
    .add("Method", http?.method, { term: termOf("http-method", http?.method) })
    .add("URL", http?.url, { term: http?.url ? wholeTerm("http-url", http.url) : undefined })
    .add("HTTP version", http?.protocol)
    .add(
      "Headers",
      http?.headers?.map(({ key, value }) => `${key}: ${value}`),
      { terms: http?.headers?.map(({ key, value }) => termOf("http-header", `${key}:${value}`)) },
    )
    .add("Kafka topic", kafka?.topic)
    .add("API", kafka?.apiKey, {
      term: termOf("kafka-api", kafka?.apiKey),
      note: kafka?.apiVersion === undefined ? undefined : `version ${kafka.apiVersion}`,
    })
    .add("Error code", kafka?.errorCode)
    .add("Correlation id", kafka?.correlationId);
}

function policies(group: Group, flow: Flow): Group {
  const add = (label: string, which: readonly PolicyReference[] | undefined) =>
    group.add(label, which?.map(policyText), { terms: which?.map(policyTerm) });
  add("Egress denied by", flow.egressDeniedBy);
  add("Ingress denied by", flow.ingressDeniedBy);
  add("Egress allowed by", flow.egressAllowedBy);
  add("Ingress allowed by", flow.ingressAllowedBy);
  return group.add("Policy log", flow.policyLog);
}

function policyText({ kind, namespace, name, labels, revision }: PolicyReference): string {
  const named = [namespace, name].filter(Boolean).join("/") || labels?.join(", ") || "unnamed policy";
  const at = revision === undefined ? "" : ` (revision ${revision})`;
  return `${kind === undefined ? "" : `${kind} `}${named}${at}`;
}

function tracing(group: Group, flow: Flow): Group {
  const { traceId, ipTraceId } = flow;
  return group
    .add("Trace id", traceId, { term: termOf("trace-id", traceId) })
    .add("IP trace id", ipTraceId?.traceId, {
      term: termOf("ip-trace-id", ipTraceId?.traceId?.toString()),
      note: ipTraceId?.ipOptionType === undefined ? undefined : `IP option ${ipTraceId.ipOptionType}`,
    });
}

function other(group: Group, flow: Flow): Group {
  return group
    .add("Summary", flow.summary)
    .add("Extensions", flow.extensions === undefined ? undefined : JSON.stringify(flow.extensions));
}
