import { describe, expect, it } from "vitest";
import { clientOf, knownSide } from "./client";

const NOTHING = { isReply: undefined, deprecatedReply: false, protocol: "TCP", tcpFlags: undefined };

describe("a record's own word on its direction", () => {
  it.each([
    ["is_reply false: it asks", { isReply: false }, { side: 1, by: "is-reply" }],
    ["is_reply true: it answers", { isReply: true }, { side: 2, by: "is-reply" }],
    ["is_reply before the old reply", { isReply: false, deprecatedReply: true }, { side: 1, by: "is-reply" }],
    ["is_reply before TCP flags", { isReply: true, tcpFlags: ["SYN"] }, { side: 2, by: "is-reply" }],
    ["the old reply, when true", { deprecatedReply: true }, { side: 2, by: "reply" }],
    [
      "the old reply before TCP flags",
      { deprecatedReply: true, tcpFlags: ["SYN"] },
      { side: 2, by: "reply" },
    ],
    ["SYN alone asks", { tcpFlags: ["SYN"] }, { side: 1, by: "tcp-flags" }],
    ["SYN with other flags but ACK asks", { tcpFlags: ["SYN", "ECE", "CWR"] }, { side: 1, by: "tcp-flags" }],
    ["SYN with ACK answers", { tcpFlags: ["SYN", "ACK"] }, { side: 2, by: "tcp-flags" }],
    ["ACK alone says nothing", { tcpFlags: ["ACK"] }, undefined],
    ["RST says nothing", { tcpFlags: ["RST", "ACK"] }, undefined],
    ["no flags say nothing", { tcpFlags: [] }, undefined],
    ["nothing says nothing", {}, undefined],
  ] as const)("%s", (_name, signs, expected) => {
    expect(knownSide({ ...NOTHING, ...signs })).toEqual(expected);
  });
});

describe("client and server port", () => {
  it.each([
    [
      "an asking record has its server as destination",
      { side: 1, by: "is-reply" },
      40_000,
      8080,
      1,
      "is-reply",
      8080,
    ],
    ["an answering one as source", { side: 2, by: "tcp-flags" }, 8080, 40_000, 2, "tcp-flags", 8080],
    ["known direction, whatever the ports", { side: 1, by: "is-reply" }, 80, 50_000, 1, "is-reply", 50_000],
    [
      "known direction without ports",
      { side: 2, by: "is-reply" },
      undefined,
      undefined,
      2,
      "is-reply",
      undefined,
    ],
    ["32767 is a server's, 32768 is not", undefined, 32_768, 32_767, 1, "ports", 32_767],
    ["the source can be the server", undefined, 53, 60_000, 2, "ports", 53],
    ["two low ports", undefined, 53, 80, 0, "ports-alike", undefined],
    ["two high ports", undefined, 32_768, 65_535, 0, "ports-alike", undefined],
    ["one port alone, low", undefined, undefined, 443, 1, "ports", 443],
    ["one port alone, high", undefined, undefined, 40_000, 0, "ports-alike", undefined],
    ["no ports", undefined, undefined, undefined, 0, "no-ports", undefined],
  ] as const)("%s", (_name, known, source, destination, side, by, serverPort) => {
    expect(clientOf(known, "TCP", source, destination)).toEqual({ side, by, serverPort });
  });

  it("are unknown without a layer 4", () => {
    expect(clientOf(undefined, undefined, undefined, undefined)).toMatchObject({
      side: 0,
      by: "no-protocol",
    });
  });
});
