import { describe, expect, it } from "vitest";
import type { L7Counts } from "@/lib/questions/answers-l7";
import { countedOf, latencyOrigin, rowName, sortStatuses, toneOfStatus, urlText } from "./l7-words";

const counts = (samples: number, computed: number, responses = 10): L7Counts => ({
  ...{
    requests: 10,
    responses,
    errors: 0,
    denied: 0,
    clientErrors: 0,
    succeeded: 0,
    unanswered: 0,
    open: 0,
    deniedUnanswered: 0,
    unpaired: 0,
    answersOnly: 0,
  },
  ...{ status: {}, first: null, last: null },
  latencyNs: { p50: null, p95: null, p99: null, samples, computed },
});

describe("words of requests", () => {
  it("say where latency comes from, or why there is none", () => {
    expect(latencyOrigin("http", counts(5, 0))).toBe("as the records say");
    expect(latencyOrigin("http", counts(5, 5))).toContain("computed");
    expect(latencyOrigin("http", counts(5, 2))).toBe("partly as the records say, partly computed");
    expect(latencyOrigin("http", counts(0, 0))).toContain("X-Request-Id");
    expect(latencyOrigin("kafka", counts(0, 0))).toContain("none for Kafka");
    expect(latencyOrigin("http", counts(0, 0, 0))).toBe("no answers");
  });

  it("order statuses by their number, the rule's own behind the server's", () => {
    expect(sortStatuses(["503", "403 by policy", "200", "unknown", "403"])).toEqual([
      ...["200", "403", "403 by policy", "503", "unknown"],
    ]);
    expect(sortStatuses(["UNAVAILABLE", "OK"])).toEqual(["OK", "UNAVAILABLE"]);
  });

  it("never take what was redacted for a value", () => {
    expect(urlText("http://a:HUBBLE_REDACTED@b/c")).toBe("http://a:(redacted)@b/c");
    expect(rowName({ method: "HUBBLE_REDACTED" }, "method", String)).toBe("(redacted)");
  });

  it("tell a refusal by a rule from one by the server", () => {
    expect(toneOfStatus("http", "403 by policy")).toBe("bad");
    expect(toneOfStatus("http", "403")).toBe("warn");
    expect(toneOfStatus("http", "503")).toBe("bad");
    expect(toneOfStatus("grpc", "NOT_FOUND")).toBe("warn");
  });

  it("colour an error as the tables count it: the server's, the broker's, the caller's", () => {
    expect(toneOfStatus("grpc", "UNAVAILABLE")).toBe("bad");
    expect(toneOfStatus("grpc", "503")).toBe("bad");
    expect(toneOfStatus("grpc", "200")).toBe("good");
    expect(toneOfStatus("kafka", "UNKNOWN_TOPIC_OR_PARTITION")).toBe("bad");
    expect(toneOfStatus("kafka", "NONE")).toBe("calm");
    expect(toneOfStatus("kafka", "unknown")).toBe("calm");
  });

  it("count nothing that only a request says, where there are answers alone", () => {
    const answers = { ...counts(0, 0), requests: 0, answersOnly: 10 };
    expect(countedOf("denied", answers)).toBeNull();
    expect(countedOf("unanswered", answers)).toBeNull();
    expect(countedOf("denied", { ...answers, denied: 2 })).toBe(2);
    expect(countedOf("denied", counts(0, 0))).toBe(0);
  });
});
