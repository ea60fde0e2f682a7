/** From flows to columns and dictionary entries. */

import { uuidHash } from "@/lib/base/hash";
import { ShortDigest } from "@/lib/base/sha256";
import {
  type BatchOther,
  type BatchPair,
  DICTIONARIES,
  type DictionaryEntry,
  type DictionaryName,
  type FlowColumns,
  NO_LATENCY,
  NONE,
  UNTIMED,
} from "@/lib/flow/batch";
import { clientOf, type KnownSide, knownSide, signsOf } from "@/lib/flow/client";
import type { Flow, OtherRecord } from "@/lib/flow/flow";
import { Cut, HAS } from "./cut";
import { cutLayer7 } from "./cut-layer7";
import { LocalDictionary } from "./dictionary";
import { kindEntries, observerEntries, sideEntries, storable, textEntries } from "./entries";
import { ExtrasWriter } from "./extras";
import { HeaderPacker, type PackedHeaders } from "./headers";
import { cutValue, exchangeKey, type Layer7Cuts, ownExchangeKey } from "./known-layer7";
import { LikenessWriter } from "./likeness";
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
  readonly extra: FlowExtra | undefined;
  /** Which HTTP headers are kept as a digest of their own. */
  readonly isVariedHeader: readonly boolean[];
  readonly format: string;
  /** What the record says of its direction, whatever its ports. */
  readonly knownSide: KnownSide | undefined;
  readonly protocol: string | undefined;
}

/** See BatchExtras in lib/flow/batch.ts. */
export interface FlowExtra {
  readonly traceHash: bigint | null;
  readonly ipTraceId: bigint | null;
  readonly headers: number;
  readonly variedHeaders: Uint8Array | null;
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

/** Behind a header's value where it is digested. */
const BEHIND = Buffer.from('"]');
const NO_HEADERS: readonly boolean[] = [];

/** Which of two neighbouring 32-bit words is the high half of a 64-bit one on this machine. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Columns of 64-bit numbers as words of 32 bits. */
export interface ColumnWords {
  readonly time: Int32Array;
  readonly hash: Int32Array;
  readonly latency: Int32Array;
}

/** The rows that are filled. */
export interface Rows {
  readonly columns: FlowColumns;
  readonly words: ColumnWords;
}

export function rowsOf(columns: FlowColumns): Rows {
  const { timeNs, hash, latencyNs } = columns;
  const wordsOf = ({ buffer, byteOffset, length }: BigInt64Array): Int32Array =>
    new Int32Array(buffer, byteOffset, length * 2);
  return {
    columns,
    words: { time: wordsOf(timeNs), hash: wordsOf(hash), latency: wordsOf(latencyNs) },
  };
}

/** Below 2^53. */
function putLatency({ latency }: ColumnWords, row: number, nanoseconds: number): void {
  latency[row * 2 + HIGH] = Math.floor(nanoseconds / 2 ** 32);
  latency[row * 2 + 1 - HIGH] = nanoseconds | 0;
}

/** The same for a record like an earlier one, without an object or a bigint of its own. `hash` is given when it has no uuid. */
export function putKnownRow(
  { columns, words }: Rows,
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
  /** The bytes of the block that is decoded now. */
  readonly likeness = new LikenessWriter();
  readonly extras = new ExtrasWriter();
  private readonly digest = new ShortDigest();
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
    const headers = this.packedHeaders(flow);
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
      extra: this.extraOf(flow, headers),
      isVariedHeader: headers?.isVaried ?? NO_HEADERS,
      format,
      knownSide: knownSide(signsOf(flow)),
      protocol: flow.l4?.protocol,
    };
  }

  private packedHeaders({ l7 }: Flow): PackedHeaders | undefined {
    const headers = l7?.http?.headers;
    return headers === undefined || headers.length === 0 ? undefined : this.headers.pack(headers);
  }

  private extraOf({ traceId, ipTraceId }: Flow, headers: PackedHeaders | undefined): FlowExtra | undefined {
    if (traceId === undefined && ipTraceId?.traceId === undefined && headers === undefined) return undefined;
    return {
      traceHash: traceId === undefined ? null : uuidHash(traceId),
      ipTraceId: ipTraceId?.traceId === undefined ? null : BigInt.asIntN(64, BigInt(ipTraceId.traceId)),
      headers: this.textOf(headers?.text),
      variedHeaders: headers?.varied ?? null,
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

  /** Cuts more out of a record whose skeleton is not known yet. False when there is no more. */
  cutMore(bytes: Buffer): boolean {
    return cutLayer7(this.cut, bytes, this.headers);
  }

  /** What a record like an earlier one has for itself at layer 7, into its row. */
  putOwnLayer7({ columns, words }: Rows, row: number, { ids, layer7 }: Known, bytes: Buffer): void {
    const { cut } = this;
    if (layer7 === undefined) return;
    if ((cut.shape & HAS.latency) !== 0) putLatency(words, row, cut.latencyNs);
    if ((cut.shape & HAS.url) !== 0) columns.l7Text[row] = this.textOf(cutValue(cut, bytes, cut.url));
    if (layer7.requestId >= 0) columns.exchangeKey[row] = ownExchangeKey(layer7, cut, bytes, ids.exchangeKey);
  }

  putExtra(place: number, { headers, traceHash, ipTraceId, variedHeaders }: FlowExtra): void {
    const { extras } = this;
    extras.begin(place, headers);
    if (traceHash !== null) extras.traceHash(...halves(traceHash));
    if (ipTraceId !== null) extras.ipTraceId(...halves(ipTraceId));
    if (variedHeaders !== null) extras.headers(variedHeaders);
  }

  /** The same of a record like an earlier one: shared with that one, or its own. */
  putKnownExtra(place: number, { ids: { extra }, layer7 }: Known, bytes: Buffer): void {
    if (extra === undefined) return;
    if (layer7 === undefined) this.putExtra(place, extra);
    else this.putOwnExtra(place, extra, layer7, bytes);
  }

  private putOwnExtra(place: number, shared: FlowExtra, { headers }: Layer7Cuts, bytes: Buffer): void {
    const { cut, extras, digest } = this;
    const { traceHash, ipTraceId } = shared;
    extras.begin(place, shared.headers);
    if ((cut.shape & HAS.trace) !== 0) {
      // As uuidHash of lib/base/hash.ts: a trace id is no uuid in its usual spelling, or is one.
      if ((cut.ends[cut.trace] as number) - (cut.starts[cut.trace] as number) === 36)
        extras.traceHash(...halves(uuidHash(cutValue(cut, bytes, cut.trace))));
      else {
        digest.begin().add(bytes, cut.starts[cut.trace], cut.ends[cut.trace]).end();
        extras.traceHash(digest.high, digest.low);
      }
    } else if (traceHash !== null) extras.traceHash(...halves(traceHash));
    if (ipTraceId !== null) extras.ipTraceId(...halves(ipTraceId));
    for (let nth = 0; nth < headers.length; nth++) {
      const at = cut.firstHeader + nth;
      digest
        .begin()
        .add(headers[nth] as Uint8Array)
        .add(bytes, cut.starts[at], cut.ends[at])
        .add(BEHIND)
        .end();
      extras.header(digest.high, digest.low);
    }
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

/** Signed words of 64 bits. */
function halves(value: bigint): [high: number, low: number] {
  return [Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value))];
}
