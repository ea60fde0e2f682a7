/** From flows to columns and dictionary entries. */

import {
  type BatchOther,
  DICTIONARIES,
  type DictionaryEntry,
  type DictionaryName,
  type FlowColumns,
  NO_LATENCY,
  NONE,
  UNTIMED,
} from "@/lib/flow/batch";
import type { Flow, FlowEndpoint, OtherRecord } from "@/lib/flow/flow";
import { LocalDictionary } from "./dictionary";
import { LIMITS } from "./limits";

/**
 * Between the parts of a key. Content with these characters (no honest log has them) gives a key with more
 * separators, or the same number of items under another count: never the key of an honest record.
 */
const PART = "\u0000";
const ITEM = "\u0001";

type Values = DictionaryEntry["values"];

/** The dictionaries of one decoder. They outlive a batch, and begin anew when they grow too large. */
export class Packer {
  private readonly dictionaries: Record<DictionaryName, LocalDictionary> = {
    kind: new LocalDictionary(),
    observer: new LocalDictionary(),
    endpoint: new LocalDictionary(),
    text: new LocalDictionary(),
  };

  /** Call before a batch. True when the ids begin anew: with a file, or because they grew too large. */
  begin(beginsFile: boolean): boolean {
    const chars = DICTIONARIES.reduce((sum, name) => sum + this.dictionaries[name].chars, 0);
    if (!beginsFile && chars <= LIMITS.dictionaryChars) return false;
    for (const name of DICTIONARIES) this.dictionaries[name].clear();
    return true;
  }

  takeFresh(): Record<DictionaryName, DictionaryEntry[]> {
    return {
      kind: this.dictionaries.kind.takeFresh(),
      observer: this.dictionaries.observer.takeFresh(),
      endpoint: this.dictionaries.endpoint.takeFresh(),
      text: this.dictionaries.text.takeFresh(),
    };
  }

  /** Writes the flow into row `row` of the columns. `hash` identifies the record. */
  put(columns: FlowColumns, row: number, place: number, flow: Flow, format: string, hash: bigint): void {
    const { ip, l4 } = flow;
    columns.place[row] = place;
    columns.timeNs[row] = flow.timeNs ?? UNTIMED;
    columns.kind[row] = this.kindOf(flow, format);
    columns.observer[row] = this.observerOf(flow.nodeName, flow.interface);
    columns.source[row] = this.endpointOf(
      flow.source,
      ip?.source,
      ip?.sourceXlated,
      flow.sourceNames,
      flow.sourceService,
    );
    columns.destination[row] = this.endpointOf(
      flow.destination,
      ip?.destination,
      undefined,
      flow.destinationNames,
      flow.destinationService,
    );
    columns.sourcePort[row] = l4?.sourcePort ?? NONE;
    columns.destinationPort[row] = l4?.destinationPort ?? NONE;
    columns.l7Text[row] = this.textOf(l7Text(flow));
    columns.dnsAnswer[row] = this.textOf(dnsAnswer(flow));
    columns.policies[row] = this.textOf(policies(flow));
    columns.latencyNs[row] = flow.l7?.latencyNs === undefined ? NO_LATENCY : BigInt(flow.l7.latencyNs);
    columns.events[row] = flow.events;
    columns.hash[row] = hash;
    columns.hasUuid[row] = flow.uuid === undefined ? 0 : 1;
  }

  packOther(other: OtherRecord, place: number, hash: bigint): BatchOther {
    return {
      place,
      kind: other.kind,
      timeNs: other.timeNs ?? UNTIMED,
      observer: this.observerOf(other.nodeName, undefined),
      lostEvents: other.lostEvents ?? null,
      detail: storable(other.detail.slice(0, 2000)),
      hash,
    };
  }

  private kindOf(flow: Flow, format: string): number {
    const { l4, l7, eventType } = flow;
    const flags = l4?.flags?.join(",");
    const qtypes = l7?.dns?.qtypes?.join(",");
    const reply = flow.isReply ?? flow.deprecatedReply;
    const aggregated = flow.eventsAtLeast ? 2 : flow.aggregate === undefined ? 0 : 1;
    const key =
      `${format}${PART}${flow.type}${PART}${flow.verdict}${PART}${eventType?.type}${PART}${eventType?.subType}${PART}${flow.trafficDirection}${PART}${reply}` +
      `${PART}${l4?.protocol}${PART}${flags}${PART}${l4?.type}${PART}${l4?.code}${PART}${flow.ip?.version}${PART}${flow.ip?.encrypted}` +
      `${PART}${flow.dropReason}${PART}${flow.dropCode}${PART}${flow.policyMatchType}${PART}${flow.traceObservationPoint}${PART}${flow.traceReason}` +
      `${PART}${flow.authType}${PART}${flow.debugCapturePoint}${PART}${flow.sockXlatePoint}${PART}${aggregated}${PART}${flow.present}` +
      (l7 === undefined
        ? ""
        : `${PART}${l7.type}${PART}${l7.dns?.rcode}${PART}${qtypes}${PART}${l7.http?.method}${PART}${l7.http?.code}${PART}${l7.http?.protocol}` +
          `${PART}${l7.kafka?.apiKey}${PART}${l7.kafka?.errorCode}`);
    return this.dictionaries.kind.idOf(key, () => kindValues(flow, format, aggregated));
  }

  private observerOf(nodeName: string | undefined, at: Flow["interface"]): number {
    return this.dictionaries.observer.idOf(`${nodeName}${PART}${at?.index}${PART}${at?.name}`, () => ({
      nodeName: text(nodeName),
      interfaceIndex: at?.index ?? null,
      interfaceName: text(at?.name),
    }));
  }

  private endpointOf(
    endpoint: FlowEndpoint | undefined,
    ip: string | undefined,
    ipXlated: string | undefined,
    names: readonly string[] | undefined,
    service: Flow["sourceService"],
  ): number {
    const workload = endpoint?.workloads?.[0];
    const key =
      `${endpoint?.id}${PART}${endpoint?.identity}${PART}${endpoint?.cluster}${PART}${endpoint?.namespace}${PART}${endpoint?.pod}` +
      `${PART}${workload?.kind}${PART}${workload?.name}${PART}${endpoint?.labels?.length}${PART}${endpoint?.labels?.join(ITEM)}${PART}${ip}${PART}${ipXlated}` +
      `${PART}${names?.length}${PART}${names?.join(ITEM)}${PART}${service?.name}${PART}${service?.namespace}`;
    return this.dictionaries.endpoint.idOf(key, () => ({
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
    }));
  }

  private textOf(value: string | undefined): number {
    if (value === undefined) return NONE;
    return this.dictionaries.text.idOf(value, () => ({ value: storable(value) }));
  }
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

function kindValues(flow: Flow, format: string, aggregated: number): Values {
  const { l4, l7, eventType } = flow;
  return {
    format,
    type: storable(flow.type),
    verdict: storable(flow.verdict),
    eventType: eventType?.type ?? null,
    eventSubType: eventType?.subType ?? null,
    trafficDirection: storable(flow.trafficDirection),
    isReply: flag(flow.isReply ?? flow.deprecatedReply),
    protocol: text(l4?.protocol),
    tcpFlags: text(l4?.flags?.join(",")),
    icmpType: typeof l4?.type === "number" ? l4.type : null,
    icmpCode: l4?.code ?? null,
    ipVersion: text(flow.ip?.version),
    encrypted: flag(flow.ip?.encrypted),
    dropReason: text(flow.dropReason),
    dropCode: flow.dropCode ?? null,
    policyMatchType: flow.policyMatchType ?? null,
    observationPoint: text(flow.traceObservationPoint),
    traceReason: text(flow.traceReason),
    authType: text(flow.authType),
    capturePoint: text(flow.debugCapturePoint),
    socketPoint: text(flow.sockXlatePoint),
    l7Type: text(l7?.type),
    l7Protocol: l7?.dns ? "dns" : l7?.http ? "http" : l7?.kafka ? "kafka" : null,
    httpMethod: text(l7?.http?.method),
    httpProtocol: text(l7?.http?.protocol),
    httpCode: l7?.http?.code ?? null,
    dnsRcode: l7?.dns?.rcode ?? null,
    dnsQtypes: text(l7?.dns?.qtypes?.join(",")),
    kafkaErrorCode: l7?.kafka?.errorCode ?? null,
    kafkaApiKey: text(l7?.kafka?.apiKey),
    aggregated,
    present: flow.present,
  };
}

/** DNS query in lower case without the final dot, as Hubble's own filter compares it; URL; topic. */
function l7Text(flow: Flow): string | undefined {
  const l7 = flow.l7;
  if (l7 === undefined) return undefined;
  if (l7.dns?.query !== undefined) return l7.dns.query.toLowerCase().replace(/\.$/, "");
  return l7.http?.url ?? l7.kafka?.topic;
}

function dnsAnswer(flow: Flow): string | undefined {
  const dns = flow.l7?.dns;
  if (dns === undefined || (dns.ips === undefined && dns.cnames === undefined && dns.ttl === undefined))
    return undefined;
  return JSON.stringify({ ips: dns.ips, cnames: dns.cnames, ttl: dns.ttl });
}

/** The four policy lists of a policy-verdict record; undefined when it has none. */
function policies(flow: Flow): string | undefined {
  const { egressAllowedBy, ingressAllowedBy, egressDeniedBy, ingressDeniedBy } = flow;
  if (!egressAllowedBy && !ingressAllowedBy && !egressDeniedBy && !ingressDeniedBy) return undefined;
  return JSON.stringify({ egressAllowedBy, ingressAllowedBy, egressDeniedBy, ingressDeniedBy });
}

/** SQLite text ends at a NUL and holds no lone surrogates; the original bytes keep both. */
function storable(value: string): string {
  return value.toWellFormed().replaceAll("\u0000", "\u2400");
}
