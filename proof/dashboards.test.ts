/** Wrong answers of known dashboards, each pinned: what they draw is not what they say. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { line, lines } from "@/lib/jobs/testing";
import type { Truth } from "@/scripts/generator/truth";
import { type Log, ProofCapture, sharedProofs } from "./captures";

const proofOf = sharedProofs();
const SAMPLE = path.resolve(import.meta.dirname, "../public/sample");
const truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8")) as Truth;
const sample: readonly Log[] = truth.files.map(({ name }) => ({
  name,
  text: gunzipSync(readFileSync(path.join(SAMPLE, name))).toString("utf8"),
}));

const pod = (namespace: string, name: string) => ({ namespace, pod_name: name });
const tcp = (source_port: number, destination_port: number, flags: object = { SYN: true }) => ({
  TCP: { source_port, destination_port, flags },
});

describe("a drop", () => {
  it("in the datapath is not one by policy", () => {
    const proof = proofOf(sample);
    const { rows } = proof.ask("drops", { by: "reason" });
    const decided = Object.fromEntries(rows.map(({ key, decidedBy }) => [String(key.code), decidedBy]));
    // 132 invalid source, 139 unsupported protocol, 151 stale address; 133 and 181 are policies.
    expect(decided).toMatchObject({ 132: "datapath", 139: "datapath", 151: "datapath", 133: "default-deny" });
    expect(decided["181"]).toBe("policy");
    const byPolicy = rows.filter(({ decidedBy }) => decidedBy !== "datapath");
    const { byReason } = truth.drops;
    expect(byPolicy.reduce((sum, { drops }) => sum + drops, 0)).toBe(
      truth.drops.total -
        (byReason.INVALID_SOURCE_IP ?? 0) -
        (byReason.STALE_OR_UNROUTABLE_IP ?? 0) -
        (byReason.UNSUPPORTED_L3_PROTOCOL ?? 0),
    );
  });

  it("is counted once, not once for its verdict record and once for itself", () => {
    const proof = proofOf(sample);
    const { drops, verdicts } = proof.ask("summary");
    expect(drops).toBe(truth.drops.total);
    expect(verdicts.DROPPED).toBe(truth.flows.byVerdict.DROPPED);
    expect(drops).toBeLessThan(verdicts.DROPPED ?? 0);
  });

  it("is none when the packet was consumed or only audited", () => {
    const members = (code: number) => ({
      verdict: "DROPPED",
      event_type: { type: 1, sub_type: code },
      drop_reason: code,
      IP: { source: "10.0.0.1", destination: "10.0.0.2", ipVersion: "IPv4" },
      source: pod("a", "x"),
      l4: tcp(40_000 + code, 80),
    });
    const audit = { ...members(133), verdict: "AUDIT", event_type: { type: 5 }, drop_reason: undefined };
    const texts = [133, 173, 199, 200, 201, 205].map((code, n) => line(n, members(code)));
    const proof = new ProofCapture([{ name: "a", text: lines(...texts, line(9, audit)) }]);
    expect(proof.ask("summary")).toMatchObject({ drops: 1, notLosses: 5, audited: 1 });
  });
});

describe("DNS", () => {
  const dns = (seconds: number, type: string, more: object) =>
    line(seconds, {
      Type: "L7",
      event_type: { type: 129 },
      l7: { type, dns: { query: "api.example.com.", qtypes: ["A"], ...more } },
      is_reply: type === "RESPONSE",
    });
  const log: Log = {
    name: "dns",
    text: lines(
      dns(1, "REQUEST", {}),
      dns(1.1, "RESPONSE", { ips: ["192.0.2.1"] }),
      dns(2, "REQUEST", {}),
      dns(2.1, "RESPONSE", { rcode: 3 }),
      dns(3, "REQUEST", {}),
    ),
  };

  it("queries are no responses, and a response without a code is a success", () => {
    const { series } = new ProofCapture([log]).ask("timeline", { by: "rcode" });
    const counts = series.map(({ key, points }) => [key, points.reduce((sum, [, n]) => sum + n, 0)]);
    expect(counts).toEqual([
      ["-", 3],
      ["NOERROR", 1],
      ["NXDOMAIN", 1],
    ]);
  });
});

describe("missing DNS responses", () => {
  const resolver = { source: pod("kube-system", "coredns-0"), destination: pod("shop", "web-0") };
  const client = { source: resolver.destination, destination: resolver.source };
  const asks = (seconds: number, port: number, query: string, more: object = {}) =>
    line(seconds, {
      Type: "L7",
      ...client,
      l4: { UDP: { source_port: port, destination_port: 53 } },
      event_type: { type: 129 },
      traffic_direction: "EGRESS",
      l7: { type: "REQUEST", dns: { query, qtypes: ["A"], observation_source: "proxy" } },
      is_reply: false,
      ...more,
    });
  const answers = (seconds: number, port: number, query: string, more: object = {}) =>
    line(seconds, {
      Type: "L7",
      ...resolver,
      l4: { UDP: { source_port: 53, destination_port: port } },
      event_type: { type: 129 },
      traffic_direction: "EGRESS",
      l7: {
        type: "RESPONSE",
        dns: { query, qtypes: ["A"], ips: ["192.0.2.1"], observation_source: "proxy" },
      },
      is_reply: true,
      ...more,
    });
  const onServer = { node_name: "node-b", traffic_direction: "INGRESS" };
  const missing = (...texts: string[]) =>
    new ProofCapture([{ name: "dns", text: lines(...texts, line(1000)) }]).ask("dns", { by: "qtype" });

  it("are questions without an answer, not the difference of two counters", () => {
    // As many answers as questions: their difference is none. One belongs to a question before the log.
    const { total, rows } = missing(
      answers(1, 40_000, "before.example."),
      asks(2, 40_001, "silent.example."),
      asks(3, 40_002, "fine.example."),
      answers(3.01, 40_002, "fine.example."),
    );
    expect(total).toMatchObject({ queries: 2, responses: 2, unanswered: 1, unasked: 1 });
    expect(rows).toMatchObject([{ key: { qtype: "A" }, unanswered: 1 }]);
  });

  it("are one when a retry was answered, though the answer came for both", () => {
    const { total } = missing(
      asks(1, 40_000, "slow.example."),
      asks(6, 40_001, "slow.example."),
      answers(6.01, 40_001, "slow.example."),
    );
    expect(total).toMatchObject({ queries: 2, responses: 1, unanswered: 1, retries: 1 });
  });

  it("are none when the nodes of both ends logged the question, and one of them the answer", () => {
    const { total } = missing(
      asks(1, 40_000, "both.example."),
      asks(1.001, 40_000, "both.example.", onServer),
      answers(1.01, 40_000, "both.example."),
    );
    expect(total).toMatchObject({ queries: 1, responses: 1, unanswered: 0 });
  });
});

describe("a request", () => {
  it("that the proxies of both ends logged is one request, and two events", () => {
    const proof = proofOf(sample);
    const { total } = proof.ask("l7", { protocol: "http" });
    const grpc = proof.ask("l7", { protocol: "grpc" }).total;
    expect(total.requests + grpc.requests).toBe(truth.http.requests);
    expect(truth.http.requests).toBeLessThan(truth.http.requestRecords);
  });

  it("is counted alike by the summary and the tables", () => {
    const proof = proofOf(sample);
    const { requests } = proof.ask("summary");
    const totals = ["http", "grpc", "kafka"].map((protocol) => proof.ask("l7", { protocol }).total.requests);
    expect(totals.reduce((sum, n) => sum + n, 0)).toBe(requests);
    for (const protocol of ["http", "grpc"]) {
      for (const by of ["route", "status", "client", "server", "pod"]) {
        const { rows, folded, total } = proof.ask("l7", { protocol, by });
        expect([by, rows.reduce((sum, row) => sum + row.requests, 0) + folded.requests]).toEqual([
          by,
          total.requests,
        ]);
      }
    }
  });
});
