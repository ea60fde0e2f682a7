import { describe, expect, it } from "vitest";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { answer, connect, lookAlikes, STORY } from "@/lib/jobs/testing-lookups";
import { type DnsConnectionsParameters, readDnsConnections } from "./dns-connections";
import type { DnsConnectionsAnswer } from "./dns-connections-answer";
import { reader } from "./dns-testing";
import { readFlow } from "./flow";
import { readFlows } from "./flows";
import type { OpenCapture } from "./open-capture";

function captureOf(...texts: readonly string[]): TestCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...texts));
  return capture;
}

function ask(open: OpenCapture, parameters: Partial<DnsConnectionsParameters> = {}): DnsConnectionsAnswer {
  const found = open.ask((capture) =>
    readDnsConnections(capture, { by: "query", limit: 100, ...parameters }),
  );
  if (!found.ok) throw new Error(found.failure.message);
  return found.value;
}

function records(open: OpenCapture, q: string): string[] {
  const found = open.ask((capture) => readFlows(capture, { q, limit: 500, order: "asc", total: true }));
  if (!found.ok) throw new Error(found.failure.message);
  expect(found.value.total?.records).toBe(found.value.flows.length);
  return found.value.flows.map(({ id }) => id);
}

/** The tables that have what a row counts as rows of their own. */
function tablesOf(
  by: DnsConnectionsParameters["by"],
  { names, clients, addresses }: DnsConnectionsAnswer["rows"][number],
): [DnsConnectionsParameters["by"], number][] {
  if (by === "client") return [["query", names]];
  return by === "query"
    ? [
        ["client", clients],
        ["address", addresses],
      ]
    : [["client", clients]];
}

const at = (seconds: number): string => timeAt(seconds).replace("Z", "000000Z");

describe("connections and the answers they followed", () => {
  it("by name: what became of them, in time or not", () => {
    const open = reader(captureOf(...STORY));
    const { total, rows, folded, meta } = ask(open);
    expect(total).toMatchObject({
      attempts: 6,
      fresh: 3,
      expired: 2,
      undated: 1,
      first: at(2),
      last: at(50),
    });
    expect(rows).toMatchObject([
      {
        key: { query: "a.example" },
        attempts: 5,
        outcomes: { answered: 3, refused: 1, "dropped-at-client": 1 },
        ...{ fresh: 3, expired: 2, undated: 0, names: 1, clients: 1, addresses: 2 },
        ...{ first: at(2), last: at(50) },
      },
      {
        key: { query: "b.example" },
        attempts: 1,
        outcomes: { "no-reply": 1 },
        ...{ fresh: 0, expired: 0, undated: 1, names: 1, clients: 1, addresses: 1 },
      },
    ]);
    expect(folded).toBeNull();
    expect(meta).toMatchObject({
      unit: "attempts",
      notes: [expect.stringContaining("before the log began")],
    });
    expect(ask(open, { by: "client" }).rows).toMatchObject([
      { key: { client: { id: "shop/web" } }, attempts: 6, names: 2 },
    ]);
    expect(ask(open, { limit: 1 })).toMatchObject({
      rows: [{ attempts: 5 }],
      folded: { rows: 1, attempts: 1 },
    });
  });

  it("that came when the answer had expired, and that no answer explains", () => {
    const { expired, missing } = ask(reader(captureOf(...STORY)));
    expect(expired).toMatchObject({
      attempts: 2,
      rows: [
        {
          query: "a.example",
          client: { id: "shop/web" },
          address: "192.0.2.7",
          ttlSeconds: 30,
          oldestNs: "49000000000",
          outcomes: { answered: 1, refused: 1 },
        },
      ],
      folded: null,
    });
    expect(missing).toMatchObject({
      attempts: 2,
      rows: [
        {
          client: { id: "shop/api" },
          server: { id: "dns:a.example" },
          port: 443,
          protocol: "TCP",
          hasAnswers: false,
          outcomes: { "dropped-at-client": 1 },
        },
        {
          client: { id: "shop/web" },
          server: { id: "ip:198.51.100.1" },
          hasAnswers: true,
          outcomes: { refused: 1 },
        },
      ],
    });
  });

  it("every number leads to as many records, which begin with its example", () => {
    const open = reader(captureOf(...STORY, ...lookAlikes()));
    const count = (q: string): number => records(open, q).length;
    for (const by of ["query", "client", "address"] as const) {
      const { total, rows } = ask(open, { by });
      expect(rows.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(total.attempts);
      for (const row of rows) {
        expect(records(open, row.filter)[0]).toBe(row.example);
        for (const word of ["fresh", "expired", "undated"] as const)
          expect([word, count(`${row.filter} lookup:${word}`)]).toEqual([word, row[word]]);
        for (const [to, n] of tablesOf(by, row))
          expect([row.filter, to, ask(open, { by: to, q: row.filter }).rows.length]).toEqual([
            row.filter,
            to,
            n,
          ]);
      }
    }
    const { total, rows, expired, missing } = ask(open, { by: "address" });
    expect(rows.map(({ key, attempts }) => [...Object.values(key), attempts])).toEqual([
      ["a.example", "192.0.2.7", 5],
      ["b.example", "192.0.2.8", 1],
      ["peers.shop", "10.0.0.3", 1],
      ["a.example", "192.0.2.9", 1],
      ["peers.shop", "10.0.0.2", 1],
    ]);
    for (const row of [...rows, ...expired.rows, ...missing.rows]) {
      expect([row.filter, count(row.filter)]).toEqual([row.filter, row.attempts]);
      for (const [word, n] of Object.entries(row.outcomes))
        expect(count(`${row.filter} connection:${word}`)).toBe(n);
    }
    expect(count("lookup:expired")).toBe(expired.attempts);
    expect(count("lookup:missing")).toBe(missing.attempts);
    expect(count("lookup:-") + count("lookup:fresh,expired,undated,missing")).toBe(count(""));
    for (const none of ["resolved-as:-", "resolved-ip:-"])
      expect(count(none) + total.attempts).toBe(count(""));
    expect(records(open, "lookup:expired")[0]).toBe(expired.rows[0]?.example);
  });

  it("an answer without its name has a row and a filter of its own", () => {
    const open = reader(
      captureOf(
        answer(1, "web-0", "", ["192.0.2.7"], 30),
        ...connect(2, "web-0", "192.0.2.7", "answered"),
        answer(3, "web-0", "a.example", ["192.0.2.8"], 30),
        ...connect(4, "web-0", "192.0.2.8", "answered"),
        line(1000),
      ),
    );
    const { rows } = ask(open);
    expect(rows.map(({ key, filter }) => [key, filter, records(open, filter).length])).toEqual([
      [{ query: null }, "resolved-as:?", 1],
      [{ query: "a.example" }, "resolved-as:a.example", 1],
    ]);
  });

  it("a scope holds those whose first flow it holds", () => {
    const open = reader(captureOf(...STORY));
    expect(ask(open, { from: timeAt(10), to: timeAt(45) }).total).toMatchObject({
      attempts: 3,
      fresh: 2,
      expired: 1,
    });
    expect(ask(open, { q: "verdict:DROPPED" })).toMatchObject({
      total: { attempts: 1 },
      missing: { attempts: 1 },
    });
    expect(ask(open, { q: "client:nobody/none" })).toMatchObject({
      total: { attempts: 0, first: null },
      rows: [],
      folded: null,
    });
  });

  it("a flow's story tells the same answer", () => {
    const open = reader(captureOf(...STORY));
    const [first = "", second = ""] = records(open, "lookup:expired");
    const resolved = (id: string) => {
      const found = open.ask((capture) => readFlow(capture, id));
      return found.ok ? found.value.story?.resolved : undefined;
    };
    expect(resolved(first)).toMatchObject({
      query: "a.example",
      ttlSeconds: 30,
      ageNs: "39000000000",
      isExpired: true,
    });
    expect(resolved(second)).toMatchObject({ answered: at(1), isExpired: true });
    expect(resolved(records(open, "lookup:undated")[0] ?? "")).toMatchObject({
      query: "b.example",
      ttlSeconds: null,
      isExpired: null,
    });
    expect(resolved(records(open, "lookup:missing")[0] ?? "")).toBeNull();
  });

  it("is the same whatever the order of lines and files, also when the answer comes with a later file", () => {
    const whole = ask(reader(captureOf(...STORY)));
    expect(ask(reader(captureOf(...STORY.toReversed())))).toEqual(whole);
    const capture = new TestCapture();
    capture.add("late", lines(...STORY.slice(8)));
    expect(ask(reader(capture)).total.attempts).toBe(0);
    const early = capture.add("early", lines(...STORY.slice(0, 8)));
    expect(ask(reader(capture))).toMatchObject({
      total: whole.total,
      rows: whole.rows,
      expired: whole.expired,
      missing: whole.missing,
    });
    capture.remove(early.id);
    expect(ask(reader(capture)).total.attempts).toBe(0);
  });

  it("without answers nothing is known, and that is said", () => {
    const answered = ask(reader(captureOf(...connect(1, "web-0", "192.0.2.7", "answered"))));
    expect(answered).toMatchObject({ total: { attempts: 0 }, missing: { attempts: 1 } });
    expect(answered.meta.notes).toEqual([expect.stringContaining("No DNS answer with an address")]);
  });
});
