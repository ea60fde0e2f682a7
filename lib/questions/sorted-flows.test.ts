import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { FlowRow, FlowsAnswer } from "./answers";
import { SORT_COLUMNS, type SortColumn } from "./flow-order";
import { type FlowsParameters, readFlows } from "./flows";
import { OpenCapture } from "./open-capture";

function reader(capture: TestCapture): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function read(open: OpenCapture, parameters: Partial<FlowsParameters>) {
  return open.ask((capture) => readFlows(capture, { limit: 500, order: "asc", total: false, ...parameters }));
}

function ask(open: OpenCapture, parameters: Partial<FlowsParameters> = {}): FlowsAnswer {
  const answer = read(open, parameters);
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
  return answer.value;
}

/** What a row shows in each column, worked out from the answer: text or number, null for nothing. */
const SHOWN: Readonly<Record<SortColumn, (row: FlowRow) => string | number | null>> = {
  node: ({ node }) => node,
  verdict: ({ verdict }) => (verdict === "VERDICT_UNKNOWN" ? null : verdict),
  direction: ({ trafficDirection }) => (trafficDirection.endsWith("UNKNOWN") ? null : trafficDirection),
  client: (row) => nameOf(row.client === "destination" ? row.destination : row.source),
  server: (row) => nameOf(row.client === "destination" ? row.source : row.destination),
  port: (row) => (row.client === "destination" ? row.sourcePort : row.destinationPort),
  protocol: ({ protocol, l7 }) => (protocol === null ? null : `${protocol} ${l7?.protocol ?? ""}`),
  type: ({ event }) => event,
  reason: ({ dropReason }) =>
    dropReason === null ? null : dropReason === "POLICY_DENIED" ? "Policy denied" : "Stale or unroutable IP",
  policy: ({ policies }) => policies?.deniedBy[0] ?? policies?.allowedBy[0] ?? null,
  l7: ({ l7 }) => l7?.text ?? null,
  "source-ip": ({ source }) => byNumber(source.ip),
  "destination-ip": ({ destination }) => byNumber(destination.ip),
  flags: ({ tcpFlags }) => (tcpFlags.length === 0 ? null : tcpFlags.join(",")),
  events: ({ events }) => events,
  latency: ({ l7 }) => (l7?.latencyNs == null ? null : Number(l7.latencyNs)),
};

function nameOf({ namespace, pod, names, ip }: FlowRow["source"]): string | null {
  return pod === null ? (names[0] ?? ip) : `${namespace}/${pod}`;
}

function byNumber(ip: string | null): string | null {
  return ip === null
    ? null
    : ip
        .split(".")
        .map((part) => part.padStart(3, "0"))
        .join(".");
}

/** Forty records that differ in everything, many equal in any one column, some without it. */
function mixed(): TestCapture {
  const pods = ["web-1", "api-2", "db-0"];
  const texts = Array.from({ length: 40 }, (_, n) => {
    const isL7 = n % 4 === 0;
    const side = (at: number) =>
      at % 5 === 4 ? { identity: 0 } : { namespace: at % 2 === 0 ? "shop" : "bank", pod_name: pods[at % 3] };
    return line(n % 7 === 6 ? undefined : (n * 7) % 10, {
      Summary: String(n),
      node_name: n % 6 === 5 ? undefined : `node-${n % 3}`,
      verdict: n % 9 === 8 ? undefined : n % 3 === 1 ? "DROPPED" : "FORWARDED",
      ...(n % 3 === 1 && { drop_reason_desc: n % 2 === 0 ? "POLICY_DENIED" : "STALE_OR_UNROUTABLE_IP" }),
      traffic_direction: n % 2 === 0 ? "EGRESS" : n % 4 === 1 ? "INGRESS" : undefined,
      is_reply: n % 5 === 0 ? true : n % 5 === 1 ? false : undefined,
      event_type: n % 8 === 7 ? undefined : { type: isL7 ? 129 : 1 + (n % 4) },
      IP: n % 10 === 9 ? undefined : { source: `10.0.0.${(n * 3) % 12}`, destination: `10.0.${n % 11}.9` },
      l4:
        n % 11 === 10
          ? undefined
          : {
              TCP: {
                source_port: 1000 + (n % 3),
                destination_port: 80 * (n % 4),
                ...(n % 2 === 0 && {
                  flags: n % 4 === 0 ? { SYN: true } : n % 6 === 0 ? { ACK: true } : { FIN: true, ACK: true },
                }),
              },
            },
      source: side(n),
      destination: side(n + 2),
      ...(n % 4 === 2 && { egress_denied_by: [{ name: `deny-${n % 3}`, namespace: "shop" }] }),
      ...(isL7 && {
        Type: "L7",
        l7: {
          type: "RESPONSE",
          latency_ns: String(1000 * (n % 5)),
          http: { code: 200, url: `http://a/${n % 3}` },
        },
      }),
      ...(n % 12 === 0 && { aggregate: { egress_flow_count: n } }),
    });
  });
  const capture = new TestCapture();
  capture.add("a", lines(...texts.slice(0, 25)));
  capture.add("b", lines(...texts.slice(25)));
  return capture;
}

describe("flows in the order of a column", () => {
  it.each(SORT_COLUMNS)(
    "%s: equal values in the order of time, what the record does not say last",
    (sort) => {
      const open = reader(mixed());
      const byTime = ask(open).flows;
      const value = SHOWN[sort];
      for (const order of ["asc", "desc"] as const) {
        const way = order === "asc" ? 1 : -1;
        const expected = byTime.toSorted((a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === null || y === null) return Number(x === null) - Number(y === null);
          return x === y ? 0 : x < y ? -way : way;
        });
        const found = ask(open, { sort, order }).flows;
        expect(found.map((row) => [row.id, value(row)])).toEqual(expected.map((row) => [row.id, value(row)]));
        expect(new Set(found.map(value)).size).toBeGreaterThan(2);
      }
    },
  );

  it("are walked to the end and back, each once, and begin at any number or flow", () => {
    const open = reader(mixed());
    const q = "!verdict:FORWARDED";
    const all = ask(open, { sort: "port", q }).flows.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(10);
    const pages = [ask(open, { sort: "port", q, limit: 3 })];
    for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null)
      pages.push(ask(open, { sort: "port", q, limit: 3, cursor: next }));
    expect(pages.flatMap(({ flows }) => flows.map(({ id }) => id))).toEqual(all);
    expect(pages.map(({ position }) => position)).toEqual(pages.map((_, at) => at * 3));
    const back = [pages.at(-1) as FlowsAnswer];
    for (let cursor = back[0]?.previous ?? null; cursor !== null; cursor = back[0]?.previous ?? null)
      back.unshift(ask(open, { sort: "port", q, limit: 3, cursor }));
    expect(back.flatMap(({ flows }) => flows.map(({ id }) => id))).toEqual(all);
    expect(ask(open, { sort: "port", q, limit: 3, position: 4 }).flows.map(({ id }) => id)).toEqual(
      all.slice(4, 7),
    );
    expect(ask(open, { sort: "port", q, limit: 1, flow: all[7] })).toMatchObject({
      position: 7,
      flows: [{ id: all[7] }],
    });
    expect(ask(open, { sort: "port", q, position: 999 })).toMatchObject({ flows: [], next: null });
  });

  it("a cursor leads on when files came, and is refused in another order or without its flow", () => {
    const capture = mixed();
    const open = reader(capture);
    const { next } = ask(open, { sort: "verdict", limit: 3 });
    capture.add("c", lines(line(3, { Summary: "new", verdict: "AUDIT" })));
    const [, , third, fourth] = ask(open, { sort: "verdict" }).flows.filter(
      ({ verdict }) => verdict !== "AUDIT",
    );
    const rest = ask(open, { sort: "verdict", cursor: next ?? "" });
    expect(rest.flows[0]?.id).toBe(fourth?.id);
    expect(rest.position).toBe(4);
    const code = (parameters: Partial<FlowsParameters>) => {
      const answer = read(open, { cursor: next ?? "", ...parameters });
      return answer.ok ? "ok" : answer.failure.code;
    };
    expect(code({ sort: "node" })).toBe("cursor_invalid");
    expect(code({})).toBe("cursor_invalid");
    expect(code({ sort: "verdict", q: `!verdict:${third?.verdict}` })).toBe("cursor_invalid");
    expect(code({ sort: "verdict", cursor: "x" })).toBe("cursor_invalid");
  });

  it("more than can be sorted are refused with their number", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1)));
    // Rows alike but for their ids: settling is not asked, so nothing of them is summed up.
    capture.database.exec(`
      DELETE FROM RollUpLevel;
      INSERT INTO Flow (id, timeNs, kindId, observerId, sourceId, destinationId, events, hash, occurrence)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      SELECT f.id + i, f.timeNs, f.kindId, f.observerId, f.sourceId, f.destinationId, 1, i, 0 FROM Flow f, n`);
    const open = reader(capture);
    const answer = read(open, { sort: "verdict" });
    expect(answer).toMatchObject({
      ok: false,
      failure: {
        code: "scope_too_wide",
        message: expect.stringContaining("100\u202f001"),
        details: { most: 100_000 },
      },
    });
    capture.database.exec("DELETE FROM Flow WHERE id = (SELECT max(id) FROM Flow)");
    expect(ask(open, { sort: "verdict", limit: 1 }).flows).toHaveLength(1);
  });
});
