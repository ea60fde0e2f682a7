import { expect, it } from "vitest";
import { type ExchangeKind, mayRefuse } from "./exchange-kind";

const ANSWER: ExchangeKind = {
  ...{ l7Protocol: "http", isRequest: false, isDropped: false, isError: false, side: "INGRESS" },
  ...{ httpMethod: "GET", httpProtocol: null, grpc: null, httpCode: 200, grpcStatus: null },
  ...{ kafkaErrorCode: null, kafkaApiKey: null, isAggregated: false },
};

it.each<readonly [string, Partial<ExchangeKind>, boolean]>([
  ["403", { httpCode: 403 }, true],
  ["an answer without its code", { httpCode: null }, true],
  ["200", {}, false],
  ["503", { httpCode: 503 }, false],
  ["PERMISSION_DENIED of gRPC", { grpcStatus: 7 }, true],
  ["another status of gRPC", { grpcStatus: 14 }, false],
  ["Kafka's", { l7Protocol: "kafka", httpCode: null, kafkaErrorCode: 29 }, true],
])("%s can be a proxy's own, or not", (_what, members, expected) => {
  expect(mayRefuse({ ...ANSWER, ...members })).toBe(expected);
});
