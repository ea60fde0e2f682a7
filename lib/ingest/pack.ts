/** From flows to columns and dictionary entries. */

import { hash64, uuidHash } from "@/lib/base/hash";
import {
  type BatchExtra,
  type BatchOther,
  type BatchPair,
  DICTIONARIES,
  type DictionaryEntry,
  type DictionaryName,
  type FlowColumns,
  NO_KEY,
  NO_LATENCY,
  NONE,
  UNTIMED,
} from "@/lib/flow/batch";
import { clientOf, type KnownSide, knownSide, signsOf } from "@/lib/flow/client";
import type { Flow, OtherRecord } from "@/lib/flow/flow";
import { headerOf } from "@/lib/flow/http";
import { Cut } from "./cut";
import { LocalDictionary } from "./dictionary";
import { kindEntries, observerEntries, sideEntries, storable, textEntries } from "./entries";
import { HeaderPacker } from "./headers";
import { LIMITS } from "./limits";
import { PairDictionary } from "./pairs";
import { type Known, Skeletons } from "./skeleton";

/** Ids in the decoder's dictionaries, and what else equal records share. */
export interface FlowIds {
  readonly kind: number;
  readonly observer: number;
  readonly source: number;
  readonly destination: number;
  readonly l7Text: number;
  readonly dnsAnswer: number;
  readonly policies: number;
  readonly events: number;
  readonly exchangeKey: bigint;
  /** What few flows have; undefined when it has none of it. */
  readonly extra: Omit<BatchExtra, "place"> | undefined;
  readonly format: string;
  /** What the record says of its direction, whatever its ports. */
  readonly knownSide: KnownSide | undefined;
  readonly protocol: string | undefined;
}

/** What each record has for itself. */
export interface FlowOwn {
  readonly timeNs: bigint | undefined;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  readonly latencyNs: string | undefined;
  readonly hash: bigint;
  readonly hasUuid: boolean;
}

/** Writes row `row` of the columns. */
export function putRow(
  columns: FlowColumns,
  row: number,
  place: number,
  ids: FlowIds,
  own: FlowOwn,
  pair: number,
): void {
  columns.place[row] = place;
  columns.timeNs[row] = own.timeNs ?? UNTIMED;
  columns.kind[row] = ids.kind;
  columns.observer[row] = ids.observer;
  columns.source[row] = ids.source;
  columns.destination[row] = ids.destination;
  columns.pair[row] = pair;
  columns.sourcePort[row] = own.sourcePort ?? NONE;
  columns.destinationPort[row] = own.destinationPort ?? NONE;
  columns.l7Text[row] = ids.l7Text;
  columns.dnsAnswer[row] = ids.dnsAnswer;
  columns.policies[row] = ids.policies;
  columns.latencyNs[row] = latencyOf(own.latencyNs);
  columns.events[row] = ids.events;
  columns.exchangeKey[row] = ids.exchangeKey;
  columns.hash[row] = own.hash;
  columns.hasUuid[row] = own.hasUuid ? 1 : 0;
}

/** Which of two neighbouring 32-bit words is the high half of a 64-bit one on this machine. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Two columns of 64-bit numbers as words of 32 bits. */
export interface ColumnWords {
  readonly time: Int32Array;
  readonly hash: Int32Array;
}

export function wordsOf({ timeNs, hash }: FlowColumns): ColumnWords {
  return { time: new Int32Array(timeNs.buffer), hash: new Int32Array(hash.buffer) };
}

/** The same for a record like an earlier one, without an object or a bigint of its own. `hash` is given when it has no uuid. */
export function putKnownRow(
  columns: FlowColumns,
  words: ColumnWords,
  row: number,
  place: number,
  ids: FlowIds,
  cut: Cut,
  hash: bigint | undefined,
  pair: number,
): void {
  columns.place[row] = place;
  columns.kind[row] = ids.kind;
  columns.observer[row] = ids.observer;
  columns.source[row] = ids.source;
  columns.destination[row] = ids.destination;
  columns.pair[row] = pair;
  columns.sourcePort[row] = cut.hasPorts ? cut.sourcePort : NONE;
  columns.destinationPort[row] = cut.hasPorts ? cut.destinationPort : NONE;
  columns.l7Text[row] = ids.l7Text;
  columns.dnsAnswer[row] = ids.dnsAnswer;
  columns.policies[row] = ids.policies;
  columns.latencyNs[row] = NO_LATENCY;
  columns.events[row] = ids.events;
  columns.exchangeKey[row] = ids.exchangeKey;
  columns.hasUuid[row] = cut.hasUuid ? 1 : 0;
  words.time[row * 2 + HIGH] = cut.timeHigh;
  words.time[row * 2 + 1 - HIGH] = cut.timeLow;
  if (hash === undefined) {
    words.hash[row * 2 + HIGH] = cut.uuidHigh;
    words.hash[row * 2 + 1 - HIGH] = cut.uuidLow;
  } else columns.hash[row] = hash;
}

/** The dictionaries of one decoder. They outlive a batch, and begin anew when they grow too large. */
export class Packer {
  /** Records like earlier ones; they hold ids of these dictionaries. */
  readonly skeletons = new Skeletons();
  /** What was cut out of the record that is decoded now. */
  readonly cut = new Cut();
  private readonly headers = new HeaderPacker();
  private readonly dictionaries = {
    kind: new LocalDictionary(kindEntries),
    observer: new LocalDictionary(observerEntries),
    endpoint: new LocalDictionary(sideEntries),
    text: new LocalDictionary(textEntries),
  };
  private readonly pairs = new PairDictionary();

  /** Call before a batch. True when the ids begin anew: with a file, or because they grew too large. */
  begin(beginsFile: boolean): boolean {
    const chars = DICTIONARIES.reduce((sum, name) => sum + this.dictionaries[name].chars, this.pairs.chars);
    if (!beginsFile && chars <= LIMITS.dictionaryChars) return false;
    for (const name of DICTIONARIES) this.dictionaries[name].clear();
    this.pairs.clear();
    this.skeletons.clear();
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

  takeFreshPairs(): BatchPair[] {
    return this.pairs.takeFresh();
  }

  /** The pair of a record: what equal records share, and its ports. */
  pairOf(ids: FlowIds, sourcePort: number | undefined, destinationPort: number | undefined): number {
    const { source, destination, protocol } = ids;
    const client = clientOf(ids.knownSide, protocol, sourcePort, destinationPort);
    return this.pairs.idOf({ source, destination, protocol, ...client });
  }

  /** The same for a record like an earlier one: most have the server port of the one before them. */
  pairOfKnown(known: Known): number {
    const { ids } = known;
    const source = this.cut.hasPorts ? this.cut.sourcePort : undefined;
    const destination = this.cut.hasPorts ? this.cut.destinationPort : undefined;
    if (ids.knownSide === undefined) return this.pairOf(ids, source, destination);
    const port = (ids.knownSide.side === 1 ? destination : source) ?? NONE;
    if (port !== known.pairPort) {
      known.pair = this.pairOf(ids, source, destination);
      known.pairPort = port;
    }
    return known.pair;
  }

  /** What a flow is but for its time, ports, latency and identity. */
  idsOf(flow: Flow, format: string): FlowIds {
    const { ip } = flow;
    const { kind, endpoint } = this.dictionaries;
    const observedIn = clusterOf(flow.nodeName);
    return {
      kind: kind.idOf({ flow, format }),
      observer: this.observerOf(flow.nodeName, flow.nodeLabels, flow.interface),
      source: endpoint.idOf({
        endpoint: flow.source,
        ip: ip?.source,
        ipXlated: ip?.sourceXlated,
        names: flow.sourceNames,
        service: flow.sourceService,
        observedIn,
      }),
      destination: endpoint.idOf({
        endpoint: flow.destination,
        ip: ip?.destination,
        ipXlated: undefined,
        names: flow.destinationNames,
        service: flow.destinationService,
        observedIn,
      }),
      l7Text: this.textOf(l7Text(flow)),
      dnsAnswer: this.textOf(dnsAnswer(flow)),
      policies: this.textOf(policies(flow)),
      events: flow.events,
      exchangeKey: exchangeKey(flow.l7),
      extra: this.extraOf(flow),
      format,
      knownSide: knownSide(signsOf(flow)),
      protocol: flow.l4?.protocol,
    };
  }

  private extraOf(flow: Flow): FlowIds["extra"] {
    const { traceId, ipTraceId, l7 } = flow;
    const headers = l7?.http?.headers;
    const hasHeaders = headers !== undefined && headers.length > 0;
    if (traceId === undefined && ipTraceId?.traceId === undefined && !hasHeaders) return undefined;
    const packed = hasHeaders ? this.headers.pack(headers) : undefined;
    return {
      traceHash: traceId === undefined ? null : uuidHash(traceId),
      ipTraceId: ipTraceId?.traceId === undefined ? null : BigInt.asIntN(64, BigInt(ipTraceId.traceId)),
      headers: this.textOf(packed?.text),
      variedHeaders: packed?.varied ?? null,
    };
  }

  packOther(other: OtherRecord, place: number, hash: bigint): BatchOther {
    return {
      place,
      kind: other.kind,
      timeNs: other.timeNs ?? UNTIMED,
      observer: this.observerOf(other.nodeName, undefined, undefined),
      // The store holds signed integers; the sentence has the number as it was written.
      lostEvents: other.lostEvents === undefined ? null : lesser(other.lostEvents, LARGEST_INT64),
      lostFromNs: other.lostRange?.fromNs ?? null,
      lostToNs: other.lostRange?.toNs ?? null,
      detail: storable(other.detail.slice(0, 2000)),
      hash,
    };
  }

  private observerOf(
    nodeName: string | undefined,
    nodeLabels: Flow["nodeLabels"],
    at: Flow["interface"],
  ): number {
    return this.dictionaries.observer.idOf({ nodeName, nodeLabels, index: at?.index, name: at?.name });
  }

  private textOf(value: string | undefined): number {
    return value === undefined ? NONE : this.dictionaries.text.idOf(value);
  }
}

/** Hubble writes `cluster/node`; a bare name is cluster `default` (flow-formats 1.1). */
function clusterOf(nodeName: string | undefined): string | undefined {
  if (nodeName === undefined) return undefined;
  const slash = nodeName.indexOf("/");
  return slash < 0 ? "default" : nodeName.slice(0, slash);
}

const LARGEST_INT64 = 2n ** 63n - 1n;

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** A latency of centuries is none; the record keeps it. */
function latencyOf(decimal: string | undefined): bigint {
  const latency = decimal === undefined ? NO_LATENCY : BigInt(decimal);
  return latency > LARGEST_INT64 ? NO_LATENCY : latency;
}

/** What a request shares with its answer and with no other request of its time, where the record has it. */
function exchangeKey(l7: Flow["l7"]): bigint {
  if (l7?.kafka?.correlationId !== undefined) return BigInt(l7.kafka.correlationId);
  const requestId = headerOf(l7?.http, "x-request-id");
  if (requestId === undefined || requestId === "") return NO_KEY;
  return requestId.length === 36 ? uuidHash(requestId) : hash64(requestId);
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
  if (dns === undefined || (dns.ips === undefined && dns.cnames === undefined && dns.ttl === undefined)) {
    return undefined;
  }
  return JSON.stringify({ ips: dns.ips, cnames: dns.cnames, ttl: dns.ttl });
}

/** The four policy lists of a policy-verdict record; undefined when it has none. */
function policies(flow: Flow): string | undefined {
  const { egressAllowedBy, ingressAllowedBy, egressDeniedBy, ingressDeniedBy } = flow;
  if (!egressAllowedBy && !ingressAllowedBy && !egressDeniedBy && !ingressDeniedBy) return undefined;
  return JSON.stringify({ egressAllowedBy, ingressAllowedBy, egressDeniedBy, ingressDeniedBy });
}
