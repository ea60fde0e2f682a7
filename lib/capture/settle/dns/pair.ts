/** Pairs DNS questions with their answers (lib/insight/dns/pairing.ts) and writes what became of each. */

import { bucketOf } from "@/lib/base/log-histogram";
import { type PairedExchange, Pairing } from "@/lib/insight/dns/pairing";
import type { Sqlite } from "../../driver";
import { type FlowColumns, FOR } from "../flow-columns";
import type { InTime } from "../flows-in-time";
import type { PairView } from "../pair-view";
import { SettledRows, type TakeFound } from "../settled-rows";
import { DnsGroups } from "./groups";
import { DnsReader, type DnsRecord, type PairableRecord } from "./read-messages";

/** Values of DnsExchange.state. */
export const DNS_STATE = {
  answered: 0,
  unanswered: 1,
  open: 2,
  refused: 3,
  unpaired: 4,
  answerOnly: 5,
} as const;

/** Closing looks at all channels, so it is done now and then. */
const CLOSE_EVERY = 16_384;

export class DnsInTime implements InTime {
  readonly kinds: Uint8Array;
  readonly isPlain = false;
  readonly lookers = FOR.dns;
  private readonly reader: DnsReader;
  private readonly pairing = new Pairing<PairableRecord>();
  private readonly groups: DnsGroups;
  private readonly rows: SettledRows;
  private added = 0;

  constructor(database: Sqlite, pairs: PairView, take?: TakeFound) {
    this.reader = new DnsReader(database, pairs);
    this.kinds = this.reader.marks;
    this.groups = new DnsGroups(database);
    this.rows = new SettledRows(database, "DnsExchange", take);
  }

  /** By kind, which side of the flow is the client: 1 the source, 2 the destination, 0 where the kind is another. */
  get clientSides(): Uint8Array {
    return this.reader.clientSides;
  }

  /** A question before the answer of the same instant. */
  rankOf(flows: FlowColumns, row: number): number {
    return this.reader.isAnswer(flows, row) ? 1 : 0;
  }

  take(flows: FlowColumns, row: number): void {
    const record = this.reader.read(flows, row);
    if (!isPairable(record)) {
      this.writeAlone(record);
      return;
    }
    this.pairing.add(record.channel, record);
    if (++this.added % CLOSE_EVERY === 0) this.writeAll(this.pairing.takeClosed(record.timeNs));
  }

  end(): void {
    this.writeAll(this.pairing.takeRest());
    this.rows.finish();
  }

  private writeAll(exchanges: readonly PairedExchange<PairableRecord>[]): void {
    for (const exchange of exchanges) this.writePaired(exchange);
  }

  private writePaired({ request, response, latencyNs, isLate }: PairedExchange<PairableRecord>): void {
    const anchor = request ?? response;
    if (anchor === undefined) throw new Error("an exchange without messages");
    this.put(anchor, {
      requestId: request?.id ?? null,
      answeredNs: response?.timeNs ?? null,
      response,
      state: stateOf(request, response, isLate),
      latencyNs: latencyNs ?? null,
      requests: request === undefined ? 0 : 1,
      responses: response === undefined ? 0 : 1,
    });
  }

  /** A record without name, port or time, or one that stands for many. */
  private writeAlone(record: DnsRecord): void {
    const { isResponse, events } = record;
    this.put(record, {
      requestId: isResponse ? null : record.id,
      answeredNs: isResponse ? (record.timeNs ?? null) : null,
      response: isResponse ? record : undefined,
      state: record.isDenied ? DNS_STATE.refused : isResponse ? DNS_STATE.answerOnly : DNS_STATE.unpaired,
      latencyNs: null,
      requests: isResponse ? 0 : events,
      responses: isResponse ? events : 0,
    });
  }

  /** In the order of the columns of DnsExchange. */
  private put(anchor: DnsRecord, found: Found): void {
    const { rows } = this;
    const { response, latencyNs } = found;
    rows.begin();
    rows.put(anchor.id);
    rows.put(found.requestId);
    rows.put(response?.id ?? null);
    rows.int64(anchor.timeNs ?? null);
    rows.int64(found.answeredNs);
    rows.put(anchor.clientId);
    rows.put(anchor.serverId);
    rows.put(anchor.queryId);
    // Its types are those of the kind.
    rows.put(anchor.kindId);
    rows.put(response?.rcode ?? null);
    rows.put(found.state);
    rows.int64(latencyNs);
    rows.put(latencyNs === null ? null : bucketOf(Number(latencyNs)));
    rows.put(response?.noData ?? null);
    rows.put(response?.answerId ?? null);
    rows.put(found.requests);
    rows.put(found.responses);
    rows.put(this.groupOf(anchor, found));
    rows.end();
  }

  /** In the order of DnsGroup's facts (groups.ts). */
  private groupOf(anchor: DnsRecord, { response, requests, responses, state }: Found): number {
    const { clientId, serverId, queryId, qtypes, observerId } = anchor;
    const [rcode, noData] = [response?.rcode ?? null, response?.noData ?? null];
    const answers = response?.answers ?? null;
    return this.groups.idOf([
      clientId,
      serverId,
      queryId,
      qtypes,
      rcode,
      noData,
      answers,
      observerId,
      requests,
      responses,
      state,
    ]);
  }
}

/** What is written of an exchange beside its anchor. */
interface Found {
  readonly requestId: number | null;
  readonly answeredNs: bigint | null;
  readonly response: DnsRecord | undefined;
  readonly state: number;
  readonly latencyNs: bigint | null;
  readonly requests: number;
  readonly responses: number;
}

function isPairable(record: DnsRecord): record is PairableRecord {
  return record.channel !== undefined;
}

function stateOf(request: DnsRecord | undefined, response: DnsRecord | undefined, isLate: boolean): number {
  if (request === undefined) return DNS_STATE.answerOnly;
  if (request.isDenied) return DNS_STATE.refused;
  return response === undefined || isLate ? DNS_STATE.unanswered : DNS_STATE.answered;
}
