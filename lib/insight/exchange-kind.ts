/** What a kind of L7 record says about an exchange. */

import { GRPC_SERVER_ERRORS } from "@/lib/flow/l7-words";
import { type HttpKind, isGrpcCall, routeOf, splitUrl } from "./route";

/** Numbers of `L7Exchange.protocol`. */
export const L7_PROTOCOL = { http: 1, grpc: 2, kafka: 3 } as const;

/** Numbers of `L7Exchange.outcome`; those for silence are OUTCOME's. */
export const EXCHANGE_OUTCOME = { unpaired: 0, answered: 1, denied: 2, noAnswer: 6 } as const;

/** Numbers of `L7Exchange.latencyBy`. */
export const LATENCY_BY = { record: 1, pairing: 2 } as const;

/** The columns of Kind that matter here. */
export interface ExchangeKind extends HttpKind {
  readonly l7Protocol: "http" | "kafka";
  readonly isRequest: boolean;
  readonly isDropped: boolean;
  readonly isError: boolean;
  readonly side: "INGRESS" | "EGRESS" | "unknown";
  readonly httpCode: number | null;
  readonly grpcStatus: number | null;
  readonly kafkaErrorCode: number | null;
  readonly kafkaApiKey: string | null;
  readonly isAggregated: boolean;
}

const FORBIDDEN = 403;
/** `PERMISSION_DENIED`, what Envoy says for 403 in gRPC. */
const GRPC_FORBIDDEN = 7;

/**
 * Whether an answer can be a proxy's own to a request that it refused: 403, to gRPC with status 200 and the code in a
 * header. Where the code was left out it can; what Kafka's proxy answers names its error.
 */
export function mayRefuse({ l7Protocol, httpCode, grpcStatus }: ExchangeKind): boolean {
  if (l7Protocol === "kafka" || httpCode === null) return true;
  return httpCode === FORBIDDEN || grpcStatus === GRPC_FORBIDDEN;
}

/** HTTP, or gRPC over it, or Kafka. `text` is the URL or topic. */
export function exchangeProtocol(kind: ExchangeKind, text: string | undefined): number {
  if (kind.l7Protocol === "kafka") return L7_PROTOCOL.kafka;
  return text !== undefined && isGrpcCall(kind, text) ? L7_PROTOCOL.grpc : L7_PROTOCOL.http;
}

/** What requests are counted by: a route, `service/method`, a topic; undefined where the record has none. */
export function exchangeRoute(protocol: number, text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (protocol === L7_PROTOCOL.kafka) return text;
  return protocol === L7_PROTOCOL.grpc ? splitUrl(text).path.slice(1) : routeOf(text);
}

/**
 * L7 errors (product words): a code of 500 and more, a request that a rule refused, verdict ERROR; with them what says the
 * same in other protocols: a gRPC status that blames the server, a Kafka error code.
 */
export function isExchangeError(
  request: ExchangeKind | undefined,
  response: ExchangeKind | undefined,
): boolean {
  if (request?.isDropped || request?.isError || response?.isDropped || response?.isError) return true;
  if (response === undefined) return false;
  return (
    (response.httpCode ?? 0) >= 500 ||
    GRPC_SERVER_ERRORS.includes(response.grpcStatus ?? 0) ||
    (response.kafkaErrorCode ?? 0) !== 0
  );
}
