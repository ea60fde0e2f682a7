import { describe, expect, it } from "vitest";
import { grpcStatus, headerOf, isGrpc } from "./http";

const http = (...headers: readonly (readonly [string, string])[]) => ({
  headers: headers.map(([key, value]) => ({ key, value })),
});

describe("headers of HTTP records", () => {
  it("are found whatever the case of their names, the first of several", () => {
    const record = http(["X-Request-Id", "a"], ["x-request-id", "b"]);
    expect(headerOf(record, "x-request-id")).toBe("a");
    expect(headerOf(record, "x-request")).toBeUndefined();
    expect(headerOf(undefined, "x-request-id")).toBeUndefined();
    expect(headerOf({}, "x-request-id")).toBeUndefined();
  });

  it("that are redacted have no value", () => {
    expect(headerOf(http(["X-Request-Id", "HUBBLE_REDACTED"]), "x-request-id")).toBeUndefined();
    expect(isGrpc(http(["Content-Type", "HUBBLE_REDACTED"]))).toBeUndefined();
    expect(grpcStatus(http(["Grpc-Status", "HUBBLE_REDACTED"]))).toBeUndefined();
  });

  it.each([
    ["application/grpc", true],
    ["application/grpc+proto", true],
    ["Application/GRPC; charset=utf-8", true],
    ["application/grpc-web", false],
    ["application/json", false],
    ["", undefined],
  ])("content type %j says gRPC: %s", (type, expected) => {
    expect(isGrpc(http(["Content-Type", type]))).toBe(expected);
  });

  it("without a content type do not say", () => {
    expect(isGrpc(http(["Accept", "application/grpc"]))).toBeUndefined();
  });

  it.each([
    ["0", 0],
    ["14", 14],
    [" 5 ", 5],
    ["-1", undefined],
    ["OK", undefined],
    ["", undefined],
  ])("grpc-status %j is %s", (text, expected) => {
    expect(grpcStatus(http(["grpc-status", text]))).toBe(expected);
  });
});
