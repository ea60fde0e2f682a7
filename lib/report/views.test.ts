/** What the views of pins show of a small log, worked out by hand from its lines. */

import { describe, expect, it } from "vitest";
import { line, lines } from "@/lib/jobs/testing";
import { ProofCapture } from "@/proof/captures";
import type { Block } from "./block";
import { pinBlocks } from "./pin-report";

const workload = (name: string, identity: number) => ({
  ...{ identity, namespace: "shop", pod_name: `${name}-0`, labels: [`k8s:app=${name}`] },
  workloads: [{ name, kind: "Deployment" }],
});
const WEB = workload("web", 1001);
const API = workload("api", 1002);
const DNS = { ...workload("coredns", 1003), namespace: "kube-system" };
const WORLD = { identity: 2, labels: ["reserved:world"] };

const tcp = (source: number, destination: number, ...flags: string[]) => ({
  l4: {
    TCP: {
      ...{ source_port: source, destination_port: destination },
      flags: Object.fromEntries(flags.map((flag) => [flag, true])),
    },
  },
});
const ask = {
  ...{ source: WEB, destination: API, IP: { source: "10.0.0.1", destination: "10.0.0.2" } },
  ...{ traffic_direction: "INGRESS", event_type: { type: 4 }, is_reply: false },
};
const answer = {
  ...ask,
  ...{ source: API, destination: WEB, IP: { source: "10.0.0.2", destination: "10.0.0.1" }, is_reply: true },
};
const lookUp = {
  ...{ Type: "L7", event_type: { type: 129 }, traffic_direction: "EGRESS" },
  ...{ source: WEB, destination: DNS, IP: { source: "10.0.0.1", destination: "10.0.0.53" } },
  ...{ l4: { UDP: { source_port: 50_000, destination_port: 53 } }, is_reply: false },
  l7: { type: "REQUEST", dns: { query: "api.example.com.", qtypes: ["A"], observation_source: "proxy" } },
};
const outside = {
  ...{ source: WEB, destination: WORLD, IP: { source: "10.0.0.1", destination: "20.1.2.3" } },
  ...{ destination_names: ["api.example.com"], traffic_direction: "EGRESS" },
  ...{ event_type: { type: 4, sub_type: 3 }, is_reply: false },
};
const denied = {
  ...{
    verdict: "DROPPED",
    source: WEB,
    destination: { identity: 1004, namespace: "bank", pod_name: "ledger-0" },
  },
  ...{ IP: { source: "10.0.0.1", destination: "10.0.0.4" }, traffic_direction: "EGRESS" },
  ...tcp(40_009, 5432, "SYN"),
};

const LOG = lines(
  line(0, { ...ask, ...tcp(40_000, 8080, "SYN") }),
  line(0.01, { ...answer, ...tcp(8080, 40_000, "SYN", "ACK") }),
  line(1, { ...ask, ...tcp(40_001, 8080, "SYN") }),
  line(1.01, { ...answer, ...tcp(8080, 40_001, "RST", "ACK") }),
  line(2, lookUp),
  line(2.001, {
    ...{ ...lookUp, source: DNS, destination: WEB, IP: { source: "10.0.0.53", destination: "10.0.0.1" } },
    ...{ l4: { UDP: { source_port: 53, destination_port: 50_000 } }, is_reply: true },
    l7: {
      type: "RESPONSE",
      dns: { ...lookUp.l7.dns, ips: ["20.1.2.3"], ttl: 30, rrtypes: ["A"] },
    },
  }),
  line(3, { ...outside, ...tcp(40_002, 443, "SYN") }),
  line(4, { ...denied, event_type: { type: 1, sub_type: 133 }, drop_reason_desc: "POLICY_DENIED" }),
  // So that nothing is open at the end.
  line(100, { ...ask, l4: { ICMPv4: { type: 8 } } }),
);

async function blocksOf(view: string, link: string, text: string): Promise<Block[]> {
  const proof = new ProofCapture([{ name: "a.log", text }]);
  const texts = (asked: object) =>
    Object.fromEntries(
      Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
  const [, ...blocks] = await pinBlocks({ view, link }, async (question, asked) =>
    proof.ask(question as "l7", texts(asked)),
  );
  return blocks;
}

/** The cells of the tables, by their titles. */
type Tables = Readonly<Record<string, readonly (readonly unknown[])[]>>;

async function tablesOf(view: string, link = "", text = LOG): Promise<Tables> {
  const blocks = await blocksOf(view, link, text);
  return Object.fromEntries(
    blocks.flatMap((block) =>
      block.kind === "table" ? [[block.title, block.rows.map(({ cells }) => cells)]] : [],
    ),
  );
}

const at = (seconds: string) => `2026-08-21T12:${seconds}Z`;

describe("the table that a pin shows", () => {
  it("of flows names sides by workload, pod with its namespace, DNS name", async () => {
    const { Flows: rows } = await tablesOf("flows");
    const port = (n: number) => ["shop/api", "shop/web", String(n), "TCP", "trace:to-endpoint", ""];
    expect(rows).toEqual(
      [
        ["00:00.000000000", "FORWARDED", "shop/web", "shop/api", "8080", "TCP", "trace:to-endpoint", ""],
        ["00:00.010000000", "FORWARDED", ...port(40_000)],
        ["00:01.000000000", "FORWARDED", "shop/web", "shop/api", "8080", "TCP", "trace:to-endpoint", ""],
        ["00:01.010000000", "FORWARDED", ...port(40_001)],
        [
          "00:02.000000000",
          "FORWARDED",
          "shop/web",
          "kube-system/coredns",
          "53",
          "UDP",
          "l7",
          "A api.example.com",
        ],
        [
          "00:02.001000000",
          "FORWARDED",
          "kube-system/coredns",
          "shop/web",
          "50000",
          "UDP",
          "l7",
          "NOERROR A api.example.com",
        ],
        ["00:03.000000000", "FORWARDED", "shop/web", "api.example.com", "443", "TCP", "trace:to-stack", ""],
        [
          "00:04.000000000",
          "DROPPED",
          "shop/web",
          "bank/ledger-0",
          "5432",
          "TCP",
          "drop:133",
          "POLICY_DENIED",
        ],
        ["01:40.000000000", "FORWARDED", "shop/web", "shop/api", null, "ICMPv4", "trace:to-endpoint", ""],
      ].map(([time, ...more]) => [at(String(time)), "n1", ...more]),
    );
  });

  it("of connections counts what became of each", async () => {
    expect(await tablesOf("workloads", "part=connections")).toEqual({
      "TCP connections, those that never got an answer first": [
        ["shop/web", "bank/ledger", "5432", 1, 0, 1, 0, 0, null, at("00:04.000000000")],
        ["shop/web", "dns:api.example.com", "443", 1, 0, 1, 0, 0, null, at("00:03.000000000")],
        ["shop/web", "shop/api", "8080", 2, 1, 0, 1, 0, null, at("00:01.010000000")],
      ],
    });
  });

  it.each([
    [
      "",
      "Traffic by pod that sent it",
      [
        ["shop/web-0", 6, 5, 1, at("00:00.000000000"), at("01:40.000000000")],
        ["shop/api-0", 2, 2, 0, at("00:00.010000000"), at("00:01.010000000")],
        ["kube-system/coredns-0", 1, 1, 0, at("00:02.001000000"), at("00:02.001000000")],
      ],
    ],
    [
      "&level=to&by=workload",
      "Traffic by workload that received it",
      [
        ["shop/api", 3, 3, 0, at("00:00.000000000"), at("01:40.000000000")],
        ["shop/web", 3, 3, 0, at("00:00.010000000"), at("00:02.001000000")],
        ["bank/ledger", 1, 0, 1, at("00:04.000000000"), at("00:04.000000000")],
        ["dns:api.example.com", 1, 1, 0, at("00:03.000000000"), at("00:03.000000000")],
        ["kube-system/coredns", 1, 1, 0, at("00:02.000000000"), at("00:02.000000000")],
      ],
    ],
    [
      "&by=verdict",
      "Traffic by verdict",
      [
        ["FORWARDED", 8, 8, 0, at("00:00.000000000"), at("01:40.000000000")],
        ["DROPPED", 1, 0, 1, at("00:04.000000000"), at("00:04.000000000")],
      ],
    ],
  ])("of traffic is grouped as the link says: %s", async (link, title, rows) => {
    const tables = await tablesOf("workloads", `part=traffic${link}`);
    expect(Object.keys(tables)).toEqual([title]);
    expect(new Set(tables[title])).toEqual(new Set(rows));
  });

  it("of look-ups tells what followed their answers", async () => {
    expect(await tablesOf("dns", "part=connections&by=address")).toEqual({
      "What followed DNS answers, by name and address": [
        ["api.example.com, 20.1.2.3", 1, 0, 1, 0, 1, 0, at("00:03.000000000")],
      ],
      "Attempts to addresses that had expired": [],
      "Attempts to the world that no answer explains": [],
    });
  });

  it("of the map has an edge for each server, port and protocol", async () => {
    expect(await tablesOf("map")).toEqual({
      "Who talks to whom, by workload": [
        ["shop/web", "shop/api", "8080 TCP", 4, 0, 0, 0, at("00:01.010000000")],
        ["shop/web", "kube-system/coredns", "53 UDP", 2, 0, 0, 0, at("00:02.001000000")],
        ["shop/web", "bank/ledger", "5432 TCP", 1, 1, 0, 0, at("00:04.000000000")],
        ["shop/web", "dns:api.example.com", "443 TCP", 1, 0, 0, 0, at("00:03.000000000")],
        ["shop/web", "shop/api", "ICMPv4", 1, 0, 0, 0, at("01:40.000000000")],
      ],
    });
  });

  it("of requests tells those that a policy denied, which is not known of aggregated answers", async () => {
    const http = (members: object) => ({ ...ask, Type: "L7", event_type: { type: 129 }, ...members });
    const request = { type: "REQUEST", http: { method: "DELETE", url: "http://api/users/7" } };
    const log = lines(
      line(0, http({ ...tcp(40_000, 8080), verdict: "DROPPED", l7: request })),
      line(100, { ...ask, l4: { ICMPv4: { type: 8 } } }),
    );
    expect(await tablesOf("l7", "", log)).toEqual({
      "HTTP requests by route": [
        ["DELETE", "/users/{id}", "shop/api", 1, 1, 1, "", null, at("00:00.000000000")],
      ],
    });
    const aggregated = {
      ...{ source: API, destination: WEB, is_reply: true, aggregate: { ingress_flow_count: 3 } },
      ...{ Type: "L7", l7: { http: { code: 500 } } },
    };
    expect(await tablesOf("l7", "by=server", lines(line(0, aggregated)))).toEqual({
      "HTTP requests by server": [
        [null, "shop/api", "shop/api", 3, 3, null, "500: 3", null, at("00:00.000000000")],
      ],
    });
  });

  it("of drops says reason and what decided", async () => {
    expect(await tablesOf("drops", "by=reason")).toEqual({
      "Drops by reason": [
        [
          "Policy denied",
          1,
          1,
          "Policy denied",
          "Default deny",
          at("00:04.000000000"),
          at("00:04.000000000"),
        ],
      ],
    });
  });
});
