import { describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { askDns, keyText, reader } from "./dns-testing";

const side = (namespace: string, pod_name: string) => ({ namespace, pod_name });
const [CLIENT, SERVER] = [side("shop", "web-0"), side("kube-system", "coredns-0")];

/** A question of shop/web-0 and its answer 10 ms later, as the proxy of its node logs them. */
function asked(seconds: number, query: string, rcode: number): string[] {
  const record = (at: number, type: "REQUEST" | "RESPONSE", dns: object): string => {
    const isAnswer = type === "RESPONSE";
    const ends = isAnswer ? [SERVER, CLIENT] : [CLIENT, SERVER];
    const ports = isAnswer ? [53, 40_000] : [40_000, 53];
    return line(at, {
      Type: "L7",
      IP: { source: isAnswer ? "10.0.9.9" : "10.0.0.1", destination: isAnswer ? "10.0.0.1" : "10.0.9.9" },
      l4: { UDP: { source_port: ports[0], destination_port: ports[1] } },
      source: ends[0],
      destination: ends[1],
      l7: { type, dns: { query: `${query}.`, qtypes: ["A"], ...dns } },
      event_type: { type: 129 },
      traffic_direction: "EGRESS",
      is_reply: isAnswer,
    });
  };
  const answer = rcode === 0 ? { ips: ["192.0.2.7"], ttl: 30 } : { rcode };
  return [record(seconds, "REQUEST", {}), record(seconds + 0.01, "RESPONSE", answer)];
}

function captureOf(...texts: readonly string[]): TestCapture {
  const capture = new TestCapture();
  // A flow long after all questions, so that none of them is open.
  capture.add("a", lines(...texts, line(1000)));
  return capture;
}

describe("names as they were meant", () => {
  const capture = (): TestCapture =>
    captureOf(
      // Completed by the second suffix: the name as it is was never asked for.
      ...asked(1, "orders.data.shop.svc.cluster.local", 3),
      ...asked(1.1, "orders.data.svc.cluster.local", 0),
      // All suffixes in vain, then as it is.
      ...asked(5, "api.example.shop.svc.cluster.local", 3),
      ...asked(5.1, "api.example.svc.cluster.local", 3),
      ...asked(5.2, "api.example.cluster.local", 3),
      ...asked(5.3, "api.example", 0),
      // Really missing, though below the cluster's domain.
      ...asked(9, "gone.shop.svc.cluster.local", 3),
    );

  it("hold attempts of the search list and what completed them, and hide no name that is missing", () => {
    const { rows } = askDns(reader(capture()), "root");
    expect(rows.map((row) => [keyText(row), row.names, row.queries, row.expansion, row.errors])).toEqual([
      ["gone.shop.svc.cluster.local", 1, 1, 0, { NXDOMAIN: 1 }],
      ["api.example", 4, 4, 3, { NXDOMAIN: 3 }],
      ["orders.data", 2, 2, 1, { NXDOMAIN: 1 }],
    ]);
    expect(rows.map(({ filter }) => filter)).toEqual([
      "dns-root:gone.shop.svc.cluster.local",
      "dns-root:api.example",
      "dns-root:orders.data",
    ]);
  });

  it("unfold into the names that were asked for", () => {
    const { rows } = askDns(reader(capture()), "query", { q: "dns-root:orders.data" });
    expect(rows.map((row) => [keyText(row), row.expansion])).toEqual([
      ["orders.data.shop.svc.cluster.local", 1],
      ["orders.data.svc.cluster.local", 0],
    ]);
  });
});
