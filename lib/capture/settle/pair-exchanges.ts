/**
 * Settles HTTP, gRPC and Kafka exchanges: lib/insight/exchanges.ts has the rule, this feeds it and writes what it
 * finds. Records without ports, without addresses, without a time, or aggregated cannot be paired; they count by
 * themselves, as requests or answers, by their events.
 */

import {
  EXCHANGE_OUTCOME,
  type ExchangeKind,
  exchangeProtocol,
  exchangeRoute,
  isExchangeError,
  LATENCY_BY,
} from "@/lib/insight/exchange-kind";
import { type Exchange, ExchangePairer, type ExchangeRow } from "@/lib/insight/exchanges";
import type { Sqlite, SqlRow, SqlValue } from "../driver";
import { Prisma } from "../generated/browser";
import { eachInTime } from "./in-time";
import { deleteInTime, type Neighbourhood } from "./neighbourhood";
import { nodeNumbers } from "./nodes";
import { PairView } from "./pair-view";
import { RouteTable, sweepRoutes } from "./routes";
import { RowWriter } from "./row-writer";
import type { FlowChunk, TIME_COLUMNS } from "./scan";

const COLUMNS = {
  kind: "f.kindId",
  observer: "f.observerId",
  pair: "f.pairId",
  sourcePort: "f.sourcePort",
  destinationPort: "f.destinationPort",
  text: "f.l7TextId",
  key: "CAST(f.exchangeKey AS TEXT)",
  latency: "CAST(f.latencyNs AS TEXT)",
  events: "f.events",
} as const;
type Chunk = FlowChunk<keyof typeof COLUMNS | keyof typeof TIME_COLUMNS>;

/** A record with what the rule need not know. */
interface Row extends ExchangeRow {
  readonly kind: ExchangeKind;
  readonly textId: number | undefined;
  readonly timeNs: bigint | undefined;
  readonly latencyNs: bigint | undefined;
  readonly events: number;
}

export function pairExchanges(database: Sqlite, neighbourhood: Neighbourhood): void {
  deleteInTime(database, "L7Exchange", "timeNs", neighbourhood);
  const kinds = readKinds(database);
  if (kinds.size > 0) new Pairing(database, kinds).run(neighbourhood);
  sweepRoutes(database);
}

class Pairing {
  private readonly nodes: ReadonlyMap<number, number>;
  private readonly pairs: PairView;
  private readonly texts: Texts;
  private readonly routes: RouteTable;
  private readonly writer: RowWriter;
  private readonly pairer = new ExchangePairer<Row>((exchange) => this.write(exchange));

  constructor(
    private readonly database: Sqlite,
    private readonly kinds: ReadonlyMap<number, ExchangeKind>,
  ) {
    this.nodes = nodeNumbers(database);
    this.pairs = new PairView(database);
    this.texts = new Texts(database);
    this.routes = new RouteTable(database);
    this.writer = new RowWriter(database, "L7Exchange", Object.keys(Prisma.L7ExchangeScalarFieldEnum));
  }

  run(neighbourhood: Neighbourhood): void {
    eachInTime(
      this.database,
      { columns: COLUMNS, where: "f.kindId IN (SELECT id FROM temp.ExchangeKind)" },
      neighbourhood,
      // A request before the answer of the same instant.
      ({ columns }, row) => (this.kinds.get(Number(columns.kind[row]))?.isRequest ? 0 : 1),
      (chunk, row) => this.take(chunk, row),
    );
    this.pairer.end();
    this.writer.finish();
  }

  private take(chunk: Chunk, at: number): void {
    const kind = this.kinds.get(Number(chunk.columns.kind[at]));
    if (kind === undefined) return;
    const row = this.rowOf(chunk, at, kind);
    if (isPairable(row)) this.pairer.add(row);
    else this.writeAlone(row);
  }

  private rowOf({ ids, columns }: Chunk, at: number, kind: ExchangeKind): Row {
    const pair = Number(columns.pair[at]);
    const [source, destination] = [this.pairs.sourceAddressOf(pair), this.pairs.destinationAddressOf(pair)];
    const [sourcePort, destinationPort] = [
      portOf(columns.sourcePort[at]),
      portOf(columns.destinationPort[at]),
    ];
    const { seconds, nanos, text, key, latency } = columns;
    const [second, nano] = [seconds[at] ?? null, nanos[at] ?? null];
    const textId = typeof text[at] === "number" ? text[at] : undefined;
    const what = kind.httpMethod ?? kind.kafkaApiKey;
    return {
      id: ids[at] as number,
      second: Number(second ?? 0),
      nano: Number(nano ?? 0),
      timeNs: second === null ? undefined : BigInt(second) * 1_000_000_000n + BigInt(nano ?? 0),
      isRequest: kind.isRequest,
      isDenied: kind.isRequest && kind.isDropped,
      side: kind.side,
      node: this.nodes.get(Number(columns.observer[at])) ?? 0,
      client: kind.isRequest ? source : destination,
      clientPort: kind.isRequest ? sourcePort : destinationPort,
      server: kind.isRequest ? destination : source,
      serverPort: kind.isRequest ? destinationPort : sourcePort,
      key: typeof key[at] === "string" ? BigInt(key[at]) : undefined,
      subject: textId === undefined ? undefined : `${what ?? ""} ${textId}`,
      kind,
      textId,
      latencyNs: typeof latency[at] === "string" ? BigInt(latency[at]) : undefined,
      events: Number(columns.events[at]),
    };
  }

  private write({ request, response, twin, isCounted }: Exchange<Row>): void {
    const anchor = (request ?? response) as Row;
    const isDenied = request?.isDenied === true;
    // The proxy's own answer to a refused request says nothing about the server.
    const latency = isDenied ? undefined : latencyOf(request, response);
    const outcome = isDenied
      ? EXCHANGE_OUTCOME.denied
      : request === undefined
        ? EXCHANGE_OUTCOME.unpaired
        : response === undefined
          ? EXCHANGE_OUTCOME.noAnswer
          : EXCHANGE_OUTCOME.answered;
    this.writer.add([
      ...this.subjectOf(anchor),
      request === undefined ? 0 : 1,
      response === undefined ? 0 : 1,
      request === undefined ? null : (response?.id ?? null),
      twin ?? null,
      isCounted ? 1 : 0,
      statusOf(response?.kind),
      response?.kind.grpcStatus ?? null,
      isDenied ? 1 : 0,
      isExchangeError(request?.kind, response?.kind) ? 1 : 0,
      latency?.ns ?? null,
      latency?.by ?? null,
      outcome,
    ]);
  }

  /** The columns up to the route. */
  private subjectOf({ id, timeNs, kind, textId }: Row): SqlValue[] {
    const text = textId === undefined ? undefined : this.texts.read(textId);
    const protocol = exchangeProtocol(kind, text);
    const route = exchangeRoute(protocol, text);
    return [id, timeNs ?? null, protocol, route === undefined ? null : this.routes.idOf(route)];
  }

  private writeAlone(row: Row): void {
    const { kind, events } = row;
    const [request, response] = kind.isRequest ? [kind, undefined] : [undefined, kind];
    this.writer.add([
      ...this.subjectOf(row),
      kind.isRequest ? events : 0,
      kind.isRequest ? 0 : events,
      null,
      null,
      1,
      statusOf(response),
      response?.grpcStatus ?? null,
      row.isDenied ? 1 : 0,
      isExchangeError(request, response) ? 1 : 0,
      response === undefined ? null : (row.latencyNs ?? null),
      response === undefined || row.latencyNs === undefined ? null : LATENCY_BY.record,
      row.isDenied ? EXCHANGE_OUTCOME.denied : EXCHANGE_OUTCOME.unpaired,
    ]);
  }
}

function isPairable(row: Row): boolean {
  return (
    !row.kind.isAggregated &&
    row.timeNs !== undefined &&
    row.client !== 0 &&
    row.server !== 0 &&
    row.clientPort >= 0 &&
    row.serverPort >= 0
  );
}

function portOf(value: number | string | null | undefined): number {
  return typeof value === "number" ? value : -1;
}

function statusOf(response: ExchangeKind | undefined): number | null {
  return response?.httpCode ?? response?.kafkaErrorCode ?? null;
}

function latencyOf(
  request: Row | undefined,
  response: Row | undefined,
): { readonly ns: bigint; readonly by: number } | undefined {
  if (response === undefined) return undefined;
  if (response.latencyNs !== undefined) return { ns: response.latencyNs, by: LATENCY_BY.record };
  if (request?.timeNs === undefined || response.timeNs === undefined) return undefined;
  return { ns: response.timeNs - request.timeNs, by: LATENCY_BY.pairing };
}

const SIDES: Readonly<Record<string, ExchangeKind["side"]>> = { INGRESS: "INGRESS", EGRESS: "EGRESS" };

/** Kinds of requests and answers over HTTP and Kafka; their ids are in temp.ExchangeKind. */
function readKinds(database: Sqlite): Map<number, ExchangeKind> {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS ExchangeKind (id INTEGER PRIMARY KEY);
    DELETE FROM temp.ExchangeKind;
    INSERT INTO temp.ExchangeKind SELECT id FROM Kind
      WHERE l7Protocol IN ('http', 'kafka') AND l7Type IN ('REQUEST', 'RESPONSE');`);
  const rows = database.prepare("SELECT * FROM Kind WHERE id IN (SELECT id FROM temp.ExchangeKind)").all([]);
  return new Map(rows.map((row) => [Number(row.id), toKind(row)]));
}

function toKind(row: SqlRow): ExchangeKind {
  const text = (value: SqlValue | undefined): string | null => (typeof value === "string" ? value : null);
  const number = (value: SqlValue | undefined): number | null => (typeof value === "number" ? value : null);
  return {
    l7Protocol: row.l7Protocol === "kafka" ? "kafka" : "http",
    isRequest: row.l7Type === "REQUEST",
    isDropped: row.verdict === "DROPPED",
    isError: row.verdict === "ERROR",
    side: SIDES[String(row.trafficDirection)] ?? "unknown",
    httpMethod: text(row.httpMethod),
    httpProtocol: text(row.httpProtocol),
    grpc: row.grpc === null ? null : row.grpc === 1,
    httpCode: number(row.httpCode),
    grpcStatus: number(row.grpcStatus),
    kafkaErrorCode: number(row.kafkaErrorCode),
    kafkaApiKey: text(row.kafkaApiKey),
    isAggregated: row.aggregated !== 0,
  };
}

const TEXTS = 20_000;

/** Texts by id: most requests are for what others asked for, too. */
class Texts {
  private readonly known = new Map<number, string>();

  constructor(private readonly database: Sqlite) {}

  read(id: number): string | undefined {
    let value = this.known.get(id);
    if (value === undefined) {
      const row = this.database.prepare("SELECT value FROM Text WHERE id = ?").get([id]);
      if (row === undefined) return undefined;
      value = String(row.value);
      if (this.known.size >= TEXTS) this.known.clear();
      this.known.set(id, value);
    }
    return value;
  }
}
