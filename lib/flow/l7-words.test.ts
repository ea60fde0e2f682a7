import { describe, expect, it } from "vitest";
import { GRPC_SERVER_ERRORS, grpcStatusName, kafkaErrorName } from "./l7-words";

describe("words for numbers of application protocols", () => {
  it.each([
    [0, "OK"],
    [7, "PERMISSION_DENIED"],
    [14, "UNAVAILABLE"],
    [16, "UNAUTHENTICATED"],
    [17, "17"],
  ])("gRPC status %i is %s", (code, name) => {
    expect(grpcStatusName(code)).toBe(name);
  });

  it.each([
    [-1, "UNKNOWN_SERVER_ERROR"],
    [0, "NONE"],
    [3, "UNKNOWN_TOPIC_OR_PARTITION"],
    [29, "TOPIC_AUTHORIZATION_FAILED"],
    [999, "999"],
  ])("Kafka error %i is %s", (code, name) => {
    expect(kafkaErrorName(code)).toBe(name);
  });

  it("the server's gRPC errors are those whose name blames the server", () => {
    expect(GRPC_SERVER_ERRORS.map(grpcStatusName)).toEqual([
      ...["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"],
    ]);
  });
});
