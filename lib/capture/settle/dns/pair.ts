/** Pairs DNS questions with their answers (lib/insight/dns/pairing.ts) and writes what became of each. */

import { bucketOf } from "@/lib/base/log-histogram";
import { type PairedExchange, Pairing } from "@/lib/insight/dns/pairing";
import type { Sqlite } from "../../driver";
import type { Neighbourhood } from "../neighbourhood";
import { type DnsRecord, type PairableRecord, readDnsRecords } from "./read-messages";

/** Values of DnsExchange.state. */
export const DNS_STATE = {
  answered: 0,
  unanswered: 1,
  open: 2,
  refused: 3,
  unpaired: 4,
  answerOnly: 5,
} as const;

const ROWS = 2048;
/** Closing looks at all channels, so it is done now and then. */
const CLOSE_EVERY = 16_384;

export function pairDns(database: Sqlite, neighbourhood: Neighbourhood): void {
  deleteExchanges(database, neighbourhood);
  const writer = new ExchangeWriter(database);
  const pairing = new Pairing<PairableRecord>();
  let added = 0;
  for (const record of readDnsRecords(database, neighbourhood)) {
    if (!isPairable(record)) {
      writer.addAlone(record);
      continue;
    }
    pairing.add(record.channel, record);
    if (++added % CLOSE_EVERY === 0) writer.addAll(pairing.takeClosed(record.timeNs));
  }
  writer.addAll(pairing.takeRest());
  writer.flush();
}

function isPairable(record: DnsRecord): record is PairableRecord {
  return record.channel !== undefined;
}

/** Nothing reaches across the ends of a neighbourhood, so what was asked in it was answered in it. */
function deleteExchanges(database: Sqlite, { fromNs, toNs }: Neighbourhood): void {
  const conditions = ["1"];
  if (fromNs !== null) conditions.push("askedNs >= ?");
  if (toNs !== null) conditions.push("askedNs < ?");
  const parameters = [fromNs, toNs].filter((time) => time !== null);
  database.prepare(`DELETE FROM DnsExchange WHERE ${conditions.join(" AND ")}`).run(parameters);
  database.exec("DELETE FROM DnsExchange WHERE askedNs IS NULL");
}

const COLUMNS = [
  "id",
  "requestId",
  "responseId",
  "askedNs",
  "answeredNs",
  "clientId",
  "serverId",
  "queryId",
  "qtypes",
  "rcode",
  "state",
  "latencyNs",
  "latencyBucket",
  "noData",
  "answerId",
  "requests",
  "responses",
] as const;

/** Times stand as text in JSON: they are beyond what a number holds exactly. */
const TEXTS: ReadonlySet<string> = new Set(["askedNs", "answeredNs", "latencyNs"]);

type Row = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

class ExchangeWriter {
  private rows: (string | number | null)[][] = [];

  constructor(private readonly database: Sqlite) {}

  addAll(exchanges: readonly PairedExchange<PairableRecord>[]): void {
    for (const exchange of exchanges) this.put(pairedRow(exchange));
  }

  /** A record without name, port or time, or one that stands for many. */
  addAlone(record: DnsRecord): void {
    const state = record.isDenied
      ? DNS_STATE.refused
      : record.isResponse
        ? DNS_STATE.answerOnly
        : DNS_STATE.unpaired;
    this.put({
      ...sides(record),
      state,
      askedNs: nsText(record.timeNs),
      answeredNs: record.isResponse ? nsText(record.timeNs) : null,
      latencyNs: null,
      latencyBucket: null,
      ...answerOf(record.isResponse ? record : undefined),
      requestId: record.isResponse ? null : record.id,
      requests: record.isResponse ? 0 : record.events,
      responses: record.isResponse ? record.events : 0,
    });
  }

  private put(row: Row): void {
    this.rows.push(COLUMNS.map((column) => row[column]));
    if (this.rows.length >= ROWS) this.flush();
  }

  flush(): void {
    const values = COLUMNS.map((column, at) =>
      TEXTS.has(column) ? `CAST(value ->> ${at} AS INTEGER)` : `value ->> ${at}`,
    );
    this.database
      .prepare(
        `INSERT INTO DnsExchange (${COLUMNS.join(", ")}) SELECT ${values.join(", ")} FROM json_each(?)`,
      )
      .run([JSON.stringify(this.rows)]);
    this.rows = [];
  }
}

function pairedRow({ request, response, latencyNs, isLate }: PairedExchange<PairableRecord>): Row {
  const anchor = request ?? response;
  if (anchor === undefined) throw new Error("an exchange without messages");
  return {
    ...sides(anchor),
    state: stateOf(request, response, isLate),
    askedNs: nsText(anchor.timeNs),
    answeredNs: nsText(response?.timeNs),
    latencyNs: nsText(latencyNs),
    latencyBucket: latencyNs === undefined ? null : bucketOf(Number(latencyNs)),
    ...answerOf(response),
    requestId: request?.id ?? null,
    requests: request === undefined ? 0 : 1,
    responses: response === undefined ? 0 : 1,
  };
}

function stateOf(request: DnsRecord | undefined, response: DnsRecord | undefined, isLate: boolean): number {
  if (request === undefined) return DNS_STATE.answerOnly;
  if (request.isDenied) return DNS_STATE.refused;
  return response === undefined || isLate ? DNS_STATE.unanswered : DNS_STATE.answered;
}

function sides({ id, clientId, serverId, queryId, qtypes }: DnsRecord) {
  return { id, clientId, serverId, queryId, qtypes };
}

function answerOf(response: DnsRecord | undefined) {
  return {
    responseId: response?.id ?? null,
    rcode: response?.rcode ?? null,
    noData: response?.noData ?? null,
    answerId: response?.answerId ?? null,
  };
}

function nsText(ns: bigint | undefined): string | null {
  return ns === undefined ? null : String(ns);
}
