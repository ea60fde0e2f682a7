/**
 * Real logs with answers worked out apart from the program: counted from the JSON by a dozen lines of Python, drops and
 * duplicates by hand.
 */

import { describe, expect, it } from "vitest";
import { ProofCapture, REAL_LOGS } from "./captures";

interface Expected {
  readonly events: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly protocols: Readonly<Record<string, number>>;
  /** Records that say they are replies, that they are none, and that do not say. */
  readonly replies: readonly [yes: number, no: number, unknown: number];
  readonly drops: number;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  "bookinfo-kind-redirected.jsonl": {
    events: 400,
    verdicts: { REDIRECTED: 400 },
    protocols: { TCP: 222, UDP: 178 },
    replies: [0, 400, 0],
    drops: 0,
  },
  "bookinfo-kind-tcp.jsonl": {
    events: 400,
    verdicts: { FORWARDED: 373, REDIRECTED: 27 },
    protocols: { TCP: 335, http: 65 },
    replies: [132, 218, 50],
    drops: 0,
  },
  "bookinfo-kind-udp-dns.jsonl": {
    events: 400,
    verdicts: { FORWARDED: 370, REDIRECTED: 30 },
    protocols: { UDP: 252, dns: 148 },
    replies: [148, 178, 74],
    drops: 0,
  },
  // Event types are masked: nothing can be joined, and each record is a drop of its own.
  "cilium-docs-fieldmask.jsonl": {
    events: 2,
    verdicts: { DROPPED: 2 },
    protocols: { ICMPv6: 1, TCP: 1 },
    replies: [0, 0, 2],
    drops: 2,
  },
  // The older `reply` says yes or nothing.
  "istio-gke-tcp-2021-06.jsonl": {
    events: 10,
    verdicts: { FORWARDED: 10 },
    protocols: { TCP: 10 },
    replies: [5, 0, 5],
    drops: 0,
  },
  "kind-icmpv4.jsonl": {
    events: 18,
    verdicts: { FORWARDED: 18 },
    protocols: { ICMPv4: 18 },
    replies: [4, 7, 7],
    drops: 0,
  },
  "starwars-kind-2024.jsonl": {
    events: 60,
    verdicts: { DROPPED: 2, FORWARDED: 56, REDIRECTED: 2 },
    protocols: { ICMPv6: 2, TCP: 42, UDP: 16 },
    replies: [14, 40, 6],
    drops: 2,
  },
};

function sums(proof: ProofCapture, by: string): Record<string, number> {
  const { series } = proof.ask("timeline", { by, buckets: "30" });
  return Object.fromEntries(
    series.map(({ key, points }) => [key, points.reduce((sum, [, n]) => sum + n, 0)]),
  );
}

describe("real logs", () => {
  it.each(REAL_LOGS)("$name has the answers that were worked out by hand", (log) => {
    const expected = EXPECTED[log.name];
    if (expected === undefined) throw new Error(`nothing was worked out for ${log.name}`);
    const proof = new ProofCapture([log]);
    const { events, verdicts, drops } = proof.ask("summary");
    expect({ events, verdicts, drops }).toEqual({
      events: expected.events,
      verdicts: expected.verdicts,
      drops: expected.drops,
    });
    expect(sums(proof, "protocol")).toEqual(expected.protocols);
    const replies = ["yes", "no", "?"].map(
      (word) => proof.ask("flows", { q: `reply:${word}`, limit: "1" }).total?.records,
    );
    expect(replies).toEqual(expected.replies);
  });

  if (REAL_LOGS.length === 0)
    return it("are not there, so nothing was tested over them", () => expect(REAL_LOGS).toEqual([]));

  it("together count the 57 records once that two of them share", () => {
    const proof = new ProofCapture(REAL_LOGS);
    expect(proof.ask("summary")).toMatchObject({ events: 1290 - 27 - 30, drops: 4 });
    // 74 DNS answers without a code are successes; 32 HTTP answers were all 200.
    expect(sums(proof, "rcode")).toMatchObject({ NOERROR: 74 });
    expect(sums(proof, "status")).toMatchObject({ "2xx": 32 });
  });
});
