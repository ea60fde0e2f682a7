/** Denials in what `hubble observe` prints: the verdict line and the drop line of a packet are one drop and one cause. */

import { describe, expect, it } from "vitest";
import { OUTCOME } from "@/lib/insight/outcome";
import { lines, TestCapture } from "@/lib/jobs/testing";

/** Time of the day, node in brackets or nothing, sides, what the line says. */
const WEB = "shop/web-0:44916 (ID:31876)";
const API = "shop/api-7848d6c4d5-th9v2:80 (ID:9021)";
const CACHE = "kube-system/node-local-dns-x7k2p:53 (ID:555)";
const compact = (time: string, sides: string, what: string): string => `${time}: ${sides} ${what}`;
const verdict = (direction: string, flags = "TCP Flags: SYN"): string =>
  `policy-verdict:none ${direction} DENIED (${flags})`;
const dropped = (flags = "TCP Flags: SYN"): string => `Policy denied DROPPED (${flags})`;
const DAY = "2026-08-21T12:12:";

const dict = (time: string, type: string, word: string): string =>
  [
    `  TIMESTAMP: ${time}`,
    "     SOURCE: shop/web-0:44916",
    "DESTINATION: shop/api-7848d6c4d5-th9v2:80",
    `       TYPE: ${type}`,
    `    VERDICT: ${word}`,
    "    SUMMARY: TCP Flags: SYN",
  ].join("\n");
const row = (time: string, type: string, word: string): string =>
  [time, "shop/web-0:44916", "shop/api-7848d6c4d5-th9v2:80", type, word, "TCP Flags: SYN"].join("   ");

function told(...texts: readonly string[]): string[] {
  const capture = new TestCapture();
  capture.add("printed.txt", lines(...texts));
  const { database } = capture;
  const drops = database
    .prepare(
      "SELECT sum(drops) AS n, sum(verdictId IS NOT NULL) AS joined, sum(atMost) AS atMost FROM JoinedDrop",
    )
    .get([]);
  const causes = database
    .prepare(
      "SELECT kind, type, direction, reason, clientKey, serverKey, port, count FROM Cause WHERE kind IN ('drop', 'dns') ",
    )
    .all([])
    .map((cause) => Object.values(cause).join(" "))
    .sort();
  return [`${drops?.n} drops, ${drops?.joined} joined, ${drops?.atMost} at most`, ...causes];
}

const DENIED = (direction: string, n: number) =>
  `drop default-deny ${direction} POLICY_DENIED shop/web shop/api 80 ${n}`;

describe("a denial that is printed", () => {
  it.each<readonly [string, string[], string[]]>([
    [
      "by compact, with a node",
      [
        compact(`${DAY}18.510175415Z [n1]`, `${WEB} <> ${API}`, verdict("EGRESS")),
        compact(`${DAY}18.510180000Z [n1]`, `${WEB} <> ${API}`, dropped()),
      ],
      ["1 drops, 1 joined, 0 at most", DENIED("EGRESS", 1)],
    ],
    [
      "by compact, without a node, twice: the retry is another drop of the same cause",
      [
        compact(`${DAY}18.510Z`, `${WEB} <> ${API}`, dropped()),
        compact(`${DAY}18.510Z`, `${WEB} <> ${API}`, verdict("INGRESS")),
        compact(`${DAY}19.511Z`, `${WEB} <> ${API}`, verdict("INGRESS")),
        compact(`${DAY}19.512Z`, `${WEB} <> ${API}`, dropped()),
      ],
      ["2 drops, 2 joined, 0 at most", DENIED("INGRESS", 2)],
    ],
    [
      "by compact, more than 1 ms apart: two drops, of one cause",
      [
        compact(`${DAY}18.510Z`, `${WEB} <> ${API}`, verdict("EGRESS")),
        compact(`${DAY}18.512Z`, `${WEB} <> ${API}`, dropped()),
      ],
      ["2 drops, 0 joined, 0 at most", DENIED("EGRESS", 2)],
    ],
    [
      "on two nodes: two drops, of one cause",
      [
        compact(`${DAY}18.510Z [n1]`, `${WEB} <> ${API}`, verdict("EGRESS")),
        compact(`${DAY}18.510Z [n2]`, `${WEB} <> ${API}`, dropped()),
      ],
      ["2 drops, 0 joined, 0 at most", DENIED("EGRESS", 2)],
    ],
    [
      "from two client ports: two drops of one cause",
      [
        compact(`${DAY}18.510Z`, `${WEB} <> ${API}`, verdict("EGRESS")),
        compact(`${DAY}18.510Z`, `shop/web-0:44917 (ID:31876) <> ${API}`, dropped()),
      ],
      ["2 drops, 0 joined, 0 at most", DENIED("EGRESS", 2)],
    ],
    [
      "with the default time, which has no year",
      [
        compact("Aug 21 12:12:18.510", `${WEB} <> ${API}`, verdict("EGRESS")),
        compact("Aug 21 12:12:18.511", `${WEB} <> ${API}`, dropped()),
        compact("Aug 21 12:12:19.510", `${WEB} <> ${API}`, verdict("EGRESS")),
        compact("Aug 21 12:12:19.511", `${WEB} <> ${API}`, dropped()),
      ],
      ["2 drops, 2 joined, 0 at most", DENIED("EGRESS", 2)],
    ],
    [
      "by dict",
      [
        dict(`${DAY}18.510Z`, "policy-verdict:none EGRESS", "DENIED"),
        "------------",
        dict(`${DAY}18.510Z`, "Policy denied", "DROPPED"),
      ],
      ["1 drops, 1 joined, 0 at most", DENIED("EGRESS", 1)],
    ],
    [
      "by table",
      [
        "TIMESTAMP   SOURCE   DESTINATION   TYPE   VERDICT   SUMMARY",
        row(`${DAY}18.510Z`, "policy-verdict:none EGRESS", "DENIED"),
        row(`${DAY}18.510Z`, "Policy denied", "DROPPED"),
      ],
      ["1 drops, 1 joined, 0 at most", DENIED("EGRESS", 1)],
    ],
    [
      "of a deny rule: the verdict has the direction, the drop the reason",
      [
        compact(
          `${DAY}18.510Z`,
          `${WEB} <> ${API}`,
          "policy-verdict:L3-Only INGRESS DENIED (TCP Flags: SYN)",
        ),
        compact(`${DAY}18.510Z`, `${WEB} <> ${API}`, "Policy denied by denylist DROPPED (TCP Flags: SYN)"),
      ],
      ["1 drops, 1 joined, 0 at most", "drop policy INGRESS POLICY_DENY shop/web shop/api 80 1"],
    ],
    [
      "of an echo request, which has no ports and so no client",
      [
        compact(
          `${DAY}18.510Z`,
          "shop/web-0 (ID:31876) <> 192.0.2.7 (world)",
          verdict("EGRESS", "ICMPv4 EchoRequest"),
        ),
        compact(`${DAY}18.510Z`, "shop/web-0 (ID:31876) <> 192.0.2.7 (world)", dropped("ICMPv4 EchoRequest")),
      ],
      ["1 drops, 1 joined, 0 at most", "drop default-deny EGRESS POLICY_DENIED    1"],
    ],
    [
      "and is one trap of the node-local DNS cache",
      [
        compact(`${DAY}18.510Z`, `${WEB} <> ${CACHE}`, verdict("EGRESS", "UDP")),
        compact(`${DAY}18.510Z`, `${WEB} <> ${CACHE}`, dropped("UDP")),
      ],
      [
        "1 drops, 1 joined, 0 at most",
        "dns node-local-dns EGRESS POLICY_DENIED shop/web kube-system/node-local-dns 53 1",
        "drop default-deny EGRESS POLICY_DENIED shop/web kube-system/node-local-dns 53 1",
      ],
    ],
  ])("%s", (_name, texts, expected) => {
    expect(told(...texts)).toEqual(expected);
    expect(told(...[...texts].reverse())).toEqual(expected);
  });

  it("has no direction where the lines of both directions could be its verdict's", () => {
    const other = compact(`${DAY}30.000Z`, `${WEB} <> ${API}`, verdict("INGRESS"));
    const one = compact(`${DAY}18.510Z`, `${WEB} <> ${API}`, verdict("EGRESS"));
    const drop = compact(`${DAY}25.510Z`, `${WEB} <> ${API}`, dropped());
    expect(told(one, drop, other)).toEqual([
      "3 drops, 0 joined, 0 at most",
      ...[DENIED("EGRESS", 1), DENIED("INGRESS", 1), DENIED("TRAFFIC_DIRECTION_UNKNOWN", 1)].sort(),
    ]);
  });
});

describe("a connection that is printed", () => {
  it("is an attempt, and its request has its answer", () => {
    const capture = new TestCapture();
    const http = "http://api/orders/7";
    capture.add(
      "printed.txt",
      lines(
        compact(`${DAY}18.000Z`, `${WEB} -> ${API}`, "to-endpoint FORWARDED (TCP Flags: SYN)"),
        compact(`${DAY}18.001Z`, `${WEB} <- ${API}`, "to-endpoint FORWARDED (TCP Flags: SYN, ACK)"),
        compact(`${DAY}18.010Z`, `${WEB} -> ${API}`, `http-request FORWARDED (HTTP/1.1 GET ${http})`),
        compact(
          `${DAY}18.060Z`,
          `${WEB} <- ${API}`,
          `http-response FORWARDED (HTTP/1.1 200 50ms (GET ${http}))`,
        ),
        // Another port, refused.
        compact(
          `${DAY}19.000Z`,
          `shop/web-0:44917 (ID:31876) -> ${API}`,
          "to-endpoint FORWARDED (TCP Flags: SYN)",
        ),
        compact(
          `${DAY}19.001Z`,
          `shop/web-0:44917 (ID:31876) <- ${API}`,
          "to-endpoint FORWARDED (TCP Flags: ACK, RST)",
        ),
      ),
    );
    const { database } = capture;
    const attempts = database.prepareExact("SELECT outcome, records FROM Attempt ORDER BY firstNs").rows([]);
    expect(attempts).toEqual([
      [BigInt(OUTCOME.answered), 4n],
      [BigInt(OUTCOME.refused), 2n],
    ]);
    expect(
      database.prepareExact("SELECT requests, responses, status, latencyNs FROM L7Exchange").rows([]),
    ).toEqual([[1n, 1n, 200n, 50_000_000n]]);
    expect(database.prepareExact("SELECT type, count FROM Cause").rows([])).toEqual([["refused", 1n]]);
  });

  it("has a request that two nodes printed once, at the later one; without nodes it may be two", () => {
    const http = "http://api/orders/7";
    const asked = `http-request FORWARDED (HTTP/1.1 GET ${http})`;
    const answered = `http-response FORWARDED (HTTP/1.1 200 50ms (GET ${http}))`;
    const counted = (...[client, server]: [string, string]) => {
      const capture = new TestCapture();
      capture.add(
        "printed.txt",
        lines(
          compact(`${DAY}18.000Z${client}`, `${WEB} -> ${API}`, asked),
          compact(`${DAY}18.002Z${server}`, `${WEB} -> ${API}`, asked),
          compact(`${DAY}18.042Z${server}`, `${WEB} <- ${API}`, answered),
          compact(`${DAY}18.050Z${client}`, `${WEB} <- ${API}`, answered),
        ),
      );
      return capture.database
        .prepareExact(
          "SELECT count(*), sum(twinId IS NOT NULL), max(latencyNs) FROM L7Exchange WHERE counted = 1",
        )
        .rows([]);
    };
    expect(counted(" [n1]", " [n2]")).toEqual([[1n, 1n, 40_000_000n]]);
    expect(counted("", "")).toEqual([[2n, 2n, 48_000_000n]]);
  });
});
