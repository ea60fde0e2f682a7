/**
 * Settles HTTP, gRPC and Kafka exchanges: lib/insight/exchanges.ts has the rule, this feeds it and writes what it
 * finds. Records without ports, without addresses, without a time, or aggregated cannot be paired; they count by
 * themselves, as requests or answers, by their events.
 */

import {
  EXCHANGE_OUTCOME,
  type ExchangeKind,
  exchangeProtocol,
  isExchangeError,
  LATENCY_BY,
  mayRefuse,
} from "@/lib/insight/exchange-kind";
import { type Exchange, ExchangePairer, type ExchangeRow } from "@/lib/insight/exchanges";
import type { Sqlite, SqlRow, SqlValue } from "../driver";
import { type FlowColumns, FOR, NO_TEXT } from "./flow-columns";
import type { InTime } from "./flows-in-time";
import { byId, marks, nodeNumbers } from "./nodes";
import type { PairView } from "./pair-view";
import { RequestTexts } from "./request-texts";
import { sweepRoutes } from "./routes";
import { SettledRows, type TakeFound } from "./settled-rows";

/** A record with what the rule need not know. */
interface Row extends ExchangeRow {
  readonly kind: ExchangeKind;
  readonly textId: number | undefined;
  readonly isTimed: boolean;
  readonly latencyNs: bigint | undefined;
  readonly events: number;
}

export class ExchangesInTime implements InTime {
  readonly kinds: Uint8Array;
  readonly isPlain = false;
  readonly lookers = FOR.layer7;
  private readonly kindOf: ReadonlyMap<number, ExchangeKind>;
  private readonly nodes: Int32Array;
  private readonly texts: RequestTexts;
  private readonly rows: SettledRows;
  private readonly pairer = new ExchangePairer<Row>((exchange) => this.write(exchange));

  constructor(
    private readonly database: Sqlite,
    private readonly pairs: PairView,
    take?: TakeFound,
  ) {
    this.kindOf = readKinds(database);
    this.kinds = marks(this.kindOf.keys());
    this.nodes = byId(nodeNumbers(database));
    this.texts = new RequestTexts(database);
    this.rows = new SettledRows(database, "L7Exchange", take);
  }

  /** By kind, which side of the flow is the client: 1 the source, 2 the destination, 0 where the kind is another. */
  get clientSides(): Uint8Array {
    return Uint8Array.from(this.kinds, (_, kind) => {
      const found = this.kindOf.get(kind);
      return found === undefined ? 0 : found.isRequest ? 1 : 2;
    });
  }

  /** A request before the answer of the same instant. */
  rankOf({ at }: FlowColumns, row: number): number {
    return this.kindOf.get(at.kind[row] as number)?.isRequest ? 0 : 1;
  }

  take(flows: FlowColumns, at: number): void {
    const row = this.rowOf(flows, at, this.kindOf.get(flows.at.kind[at] as number) as ExchangeKind);
    if (isPairable(row)) this.pairer.add(row);
    else this.writeAlone(row);
  }

  end(): void {
    this.pairer.end();
    this.rows.finish();
    sweepRoutes(this.database);
  }

  private rowOf(flows: FlowColumns, row: number, kind: ExchangeKind): Row {
    const { at } = flows;
    const pair = at.pair[row] as number;
    const [source, destination] = [this.pairs.sourceAddressOf(pair), this.pairs.destinationAddressOf(pair)];
    const [sourcePort, destinationPort] = [at.sourcePort[row] as number, at.destinationPort[row] as number];
    const isTimed = flows.isTimed(row);
    const second = isTimed ? flows.second(row) : 0;
    const textId = at.text[row] === NO_TEXT ? undefined : (at.text[row] as number);
    const what = kind.httpMethod ?? kind.kafkaApiKey;
    const key = flows.key(row);
    return {
      id: at.id[row] as number,
      second,
      nano: isTimed ? flows.nano(row, second) : 0,
      isTimed,
      isRequest: kind.isRequest,
      isDenied: kind.isRequest && kind.isDropped,
      mayRefuse: !kind.isRequest && mayRefuse(kind),
      side: kind.side,
      node: this.nodes[at.observer[row] as number] as number,
      client: kind.isRequest ? source : destination,
      clientPort: kind.isRequest ? sourcePort : destinationPort,
      server: kind.isRequest ? destination : source,
      serverPort: kind.isRequest ? destinationPort : sourcePort,
      key,
      subject: textId === undefined ? undefined : `${what ?? ""} ${textId}`,
      isForAllTopics:
        kind.l7Protocol === "kafka" && !kind.isRequest && key !== undefined && textId === undefined,
      kind,
      textId,
      latencyNs: flows.latencyNs(row),
      events: at.events[row] as number,
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
    this.put(anchor, {
      requests: request === undefined ? 0 : 1,
      responses: response === undefined ? 0 : 1,
      responseId: request === undefined ? null : (response?.id ?? null),
      twinId: twin ?? null,
      counted: isCounted ? 1 : 0,
      response: response?.kind,
      isDenied,
      isError: isExchangeError(request?.kind, response?.kind),
      latency,
      outcome,
    });
  }

  private writeAlone(row: Row): void {
    const { kind, events } = row;
    const [request, response] = kind.isRequest ? [kind, undefined] : [undefined, kind];
    const ns = response === undefined ? undefined : row.latencyNs;
    this.put(row, {
      requests: kind.isRequest ? events : 0,
      responses: kind.isRequest ? 0 : events,
      responseId: null,
      twinId: null,
      counted: 1,
      response,
      isDenied: row.isDenied,
      isError: isExchangeError(request, response),
      latency: ns === undefined ? undefined : { ns, by: LATENCY_BY.record },
      outcome: row.isDenied ? EXCHANGE_OUTCOME.denied : EXCHANGE_OUTCOME.unpaired,
    });
  }

  /** In the order of the columns of L7Exchange. */
  private put({ id, second, nano, isTimed, kind, textId }: Row, found: Found): void {
    const { rows } = this;
    const protocol = exchangeProtocol(kind, textId === undefined ? undefined : this.texts.read(textId));
    rows.begin();
    rows.put(id);
    if (isTimed) rows.time(second, nano);
    else rows.put(null);
    rows.put(protocol);
    rows.put(textId === undefined ? null : this.texts.routeOf(textId, protocol));
    rows.put(found.requests);
    rows.put(found.responses);
    rows.put(found.responseId);
    rows.put(found.twinId);
    rows.put(found.counted);
    rows.put(statusOf(found.response));
    rows.put(found.response?.grpcStatus ?? null);
    rows.put(found.isDenied ? 1 : 0);
    rows.put(found.isError ? 1 : 0);
    rows.int64(found.latency?.ns ?? null);
    rows.put(found.latency?.by ?? null);
    rows.put(found.outcome);
    rows.end();
  }
}

/** What is written of an exchange beside its anchor. */
interface Found {
  readonly requests: number;
  readonly responses: number;
  readonly responseId: number | null;
  readonly twinId: number | null;
  readonly counted: 0 | 1;
  readonly response: ExchangeKind | undefined;
  readonly isDenied: boolean;
  readonly isError: boolean;
  readonly latency: { readonly ns: bigint; readonly by: number } | undefined;
  readonly outcome: number;
}

function isPairable(row: Row): boolean {
  return (
    !row.kind.isAggregated &&
    row.isTimed &&
    row.client !== 0 &&
    row.server !== 0 &&
    row.clientPort >= 0 &&
    row.serverPort >= 0
  );
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
  if (request === undefined || !request.isTimed || !response.isTimed) return undefined;
  const ns = (response.second - request.second) * 1e9 + response.nano - request.nano;
  return { ns: BigInt(ns), by: LATENCY_BY.pairing };
}

const SIDES: Readonly<Record<string, ExchangeKind["side"]>> = { INGRESS: "INGRESS", EGRESS: "EGRESS" };

/** Kinds of requests and answers over HTTP and Kafka; what could be either is neither. */
function readKinds(database: Sqlite): Map<number, ExchangeKind> {
  const rows = database.prepare("SELECT * FROM Kind WHERE l7Protocol IN ('http', 'kafka')").all([]);
  return new Map(
    rows.flatMap((row): [number, ExchangeKind][] => {
      const isRequest = isRequestKind(row);
      return isRequest === undefined ? [] : [[Number(row.id), toKind(row, isRequest)]];
    }),
  );
}

/** Aggregation (ACNS) and field masks leave `l7.type` out: then only an answer has a code, and the direction says the rest. */
function isRequestKind({ l7Type, httpCode, kafkaErrorCode, isReply }: SqlRow): boolean | undefined {
  if (l7Type === "REQUEST") return true;
  if (l7Type === "RESPONSE") return false;
  if (l7Type !== null && l7Type !== "UNKNOWN_L7_TYPE") return undefined;
  if (Number(httpCode ?? 0) !== 0 || Number(kafkaErrorCode ?? 0) !== 0) return false;
  return isReply === null ? undefined : Number(isReply) === 0;
}

function toKind(row: SqlRow, isRequest: boolean): ExchangeKind {
  const text = (value: SqlValue | undefined): string | null => (typeof value === "string" ? value : null);
  const number = (value: SqlValue | undefined): number | null => (typeof value === "number" ? value : null);
  return {
    l7Protocol: row.l7Protocol === "kafka" ? "kafka" : "http",
    isRequest,
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
