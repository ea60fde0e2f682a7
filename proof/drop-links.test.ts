/** Links of drop rows where names, nodes, policies and reasons are easily mixed up. Drops are counted by hand. */

import { describe, expect, it } from "vitest";
import { othersOf } from "@/components/drops/others";
import { line, lines } from "@/lib/jobs/testing";
import { DROPS_BY } from "@/lib/questions/answers-drops";
import { ProofCapture } from "./captures";

const pod = (namespace: string, name: string, labels: string[] = [], workload?: string) => ({
  namespace,
  pod_name: name,
  labels,
  ...(workload === undefined ? {} : { workloads: [{ kind: "Deployment", name: workload }] }),
});
const server = pod("bank", "ledger-0", [], "ledger");
const POLICY = { kind: "CiliumNetworkPolicy", namespace: "a+b", name: "x + y/z" };

let port = 40_000;
let seconds = 0;
function denied(source: object, from: string, more: object = {}): string {
  port++;
  seconds += 100;
  return line(seconds, {
    source,
    destination: server,
    IP: { source: from, destination: "10.0.9.9", ipVersion: "IPv4" },
    l4: { TCP: { source_port: port, destination_port: 5432, flags: { SYN: true } } },
    verdict: "DROPPED",
    event_type: { type: 1, sub_type: 133 },
    traffic_direction: "EGRESS",
    drop_reason_desc: "POLICY_DENIED",
    node_name: "prod/n1",
    ...more,
  });
}
const byPolicy = (...egress_denied_by: object[]) => ({
  event_type: { type: 5 },
  drop_reason_desc: "POLICY_DENY",
  egress_denied_by,
});

const LINES = [
  // A pod that is called as a workload of others is.
  denied(pod("shop", "web", [], "frontend"), "10.0.0.1"),
  denied(pod("shop", "web-7d4b9c6f5-x2x7k", [], "web"), "10.0.0.2"),
  denied(pod("shop", "web-7d4b9c6f5-x2x7k", [], "web"), "10.0.0.2"),
  // One node with two spellings, and the same name in another cluster.
  denied(pod("shop", "job-1", [], "job"), "10.0.0.3", { node_name: "n1" }),
  denied(pod("shop", "job-1", [], "job"), "10.0.0.3", { node_name: "default/n1" }),
  denied(pod("shop", "job-1", [], "job"), "10.0.0.3", { node_name: undefined }),
  // Sets of policies, one of them within another; and one that stands for nothing named.
  denied(pod("shop", "api-0", [], "api"), "10.0.0.4", byPolicy(POLICY)),
  denied(pod("shop", "api-0", [], "api"), "10.0.0.4", byPolicy(POLICY, { name: "every*thing" })),
  denied(pod("shop", "api-0", [], "api"), "10.0.0.4", byPolicy({ labels: ["k8s:x=y"] })),
  // A reason that is not said, one that is new, and a direction that is not known.
  denied(pod("shop", "api-0", [], "api"), "10.0.0.4", {
    event_type: { type: 1 },
    drop_reason_desc: undefined,
  }),
  denied(pod("shop", "api-0", [], "api"), "10.0.0.4", {
    drop_reason_desc: "DROP_NEW",
    event_type: { type: 1, sub_type: 250 },
  }),
  denied(pod("shop", "api-0", [], "api"), "10.0.0.4", { traffic_direction: undefined }),
];

describe("drops that are easily mixed up", () => {
  it.each(DROPS_BY)("are told apart by %s, and each row's link finds its own", (by) => {
    const proof = new ProofCapture([{ name: "a", text: lines(...LINES) }]);
    const { rows, total } = proof.ask("drops", { by });
    expect(total).toBe(12);
    for (const { filter, drops } of rows)
      expect([filter, proof.ask("flows", { q: filter ?? "", limit: "1" }).total?.drops]).toEqual([
        filter,
        drops,
      ]);
  });

  it.each(DROPS_BY)("are reached page by page by %s, each row once, and every page adds up", (by) => {
    const proof = new ProofCapture([{ name: "a", text: lines(...LINES) }]);
    const { rows: all } = proof.ask("drops", { by });
    const pages = Array.from({ length: Math.ceil(all.length / 2) + 1 }, (_, page) =>
      proof.ask("drops", { by, limit: "2", skip: String(2 * page) }),
    );
    expect(pages.flatMap(({ rows }) => rows)).toEqual(all);
    for (const { rows, folded, total } of pages) {
      expect(rows.length + folded.rows).toBe(all.length);
      expect(rows.reduce((sum, { drops }) => sum + drops, folded.drops)).toBe(total);
    }
  });

  it.each(DROPS_BY)("are told from the others by %s, however many are shown", (by) => {
    const proof = new ProofCapture([{ name: "a", text: lines(...LINES) }]);
    const answer = proof.ask("drops", { by });
    for (const most of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const { drops, parts } = othersOf(by, answer, most);
      const found = parts.map(
        ({ filter }) => proof.ask("flows", { q: filter, limit: "1" }).total?.drops ?? 0,
      );
      expect([most, found.reduce((sum, n) => sum + n, 0)]).toEqual([most, drops]);
      // None finds nothing, so none is there for nothing.
      expect(found).not.toContain(0);
    }
  });

  it("have as many rows as there are things", () => {
    const proof = new ProofCapture([{ name: "a", text: lines(...LINES) }]);
    const counts = (by: string) => proof.ask("drops", { by }).rows.map(({ drops }) => drops);
    // Clusters prod (2 + 1 + 6), default (2), and no node (1).
    expect(counts("node")).toEqual([9, 2, 1]);
    // Default deny 8 (one of an unknown direction), deny rules 3 (two sets and none named), 250 and unsaid.
    expect(counts("policy").sort()).toEqual([1, 1, 1, 1, 1, 7]);
    expect(counts("reason")).toEqual([7, 3, 1, 1]);
  });
});
