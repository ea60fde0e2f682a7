import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import type { Truth } from "@/scripts/generator/truth";
import { type AllCausesParameters, readAllCauses } from "./all-causes";
import type { AllCausesAnswer } from "./all-causes-answer";
import { reader } from "./dns-testing";

function ask(capture: TestCapture, parameters: Partial<AllCausesParameters> = {}): AllCausesAnswer {
  const answer = reader(capture).ask((open) =>
    readAllCauses(open, { limit: 1000, buckets: 60, ...parameters }),
  );
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

/** A DNS message of pod `web-N` of shop/web to CoreDNS; `more` are members of the flow. */
function dns(
  seconds: number,
  type: "REQUEST" | "RESPONSE",
  query: string,
  members: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): string {
  const client = { namespace: "shop", pod_name: "web-0", workloads: [{ kind: "StatefulSet", name: "web" }] };
  const server = {
    namespace: "kube-system",
    pod_name: "coredns-0",
    workloads: [{ kind: "StatefulSet", name: "coredns" }],
  };
  const isAnswer = type === "RESPONSE";
  return line(seconds, {
    Type: "L7",
    IP: isAnswer
      ? { source: "10.0.9.9", destination: "10.0.0.1" }
      : { source: "10.0.0.1", destination: "10.0.9.9" },
    l4: {
      UDP: isAnswer
        ? { source_port: 53, destination_port: 40_000 }
        : { source_port: 40_000, destination_port: 53 },
    },
    source: isAnswer ? server : client,
    destination: isAnswer ? client : server,
    l7: { type, dns: { query: `${query}.`, qtypes: ["A"], ...members } },
    event_type: { type: 129 },
    traffic_direction: "EGRESS",
    is_reply: isAnswer,
    ...more,
  });
}

const asked = (at: number, name: string, rcode: number): string[] => [
  dns(at, "REQUEST", name),
  dns(at + 0.01, "RESPONSE", name, rcode === 0 ? { ips: ["192.0.2.1"] } : { rcode }),
];

function captureOf(...texts: readonly string[]): TestCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...texts, line(1000)));
  return capture;
}

describe("causes of DNS trouble", () => {
  it("a name that fails: for whom, since when, and whether it worked", () => {
    const capture = captureOf(
      ...asked(1, "a.example", 0),
      ...[10, 20, 30, 40, 50, 60].flatMap((at) => asked(at, "a.example", 3)),
      ...asked(70, "b.example", 2),
      ...asked(80, "b.example", 0),
    );
    const { rows, total } = ask(capture, { kind: "dns" });
    expect(total).toBe(2);
    expect(rows).toMatchObject([
      {
        type: "failing-name",
        class: "broken-since",
        sentence: "a.example does not exist (NXDOMAIN) (6 answers, asked by shop/web).",
        subject: "a.example",
        client: { id: "shop/web" },
        server: { id: "kube-system/coredns" },
        clients: 1,
        count: 6,
        unit: "queries",
        first: `${timeAt(10).slice(0, -1)}000000Z`,
        last: `${timeAt(60).slice(0, -1)}000000Z`,
        worked: { before: `${timeAt(1).slice(0, -1)}000000Z`, since: null },
        rhythmNs: "10000000000",
      },
      {
        subject: "b.example",
        class: "degraded",
        sentence: "The resolver fails on b.example (SERVFAIL) (1 answer, asked by shop/web).",
      },
    ]);
    expect(rows[0]?.example).toMatch(/^[0-9a-f]{16}$/);
  });

  it("a resolver that stays silent, a name that a rule refuses", () => {
    const capture = captureOf(
      ...asked(1, "a.example", 0),
      dns(10, "REQUEST", "a.example"),
      dns(20, "REQUEST", "evil.example", {}, { verdict: "DROPPED" }),
    );
    const { rows } = ask(capture, { kind: "dns" });
    expect(rows).toMatchObject([
      { type: "refused-name", class: "never-worked", subject: "evil.example", count: 1 },
      {
        type: "silent-resolver",
        class: "broken-since",
        sentence: "kube-system/coredns gave no answer within 5 s to 1 of 2 questions, asked by shop/web.",
      },
    ]);
    expect(rows[0]?.remedy.yaml).toContain('- matchName: "evil.example"');
  });

  it("a storm of the search list; its attempts are no failing names", () => {
    const walk = (n: number): string[] =>
      ["x.example.shop.svc.cluster.local", "x.example.svc.cluster.local", "x.example.cluster.local"]
        .flatMap((name, step) => asked(n * 10 + step / 10, name, 3))
        .concat(asked(n * 10 + 0.4, "x.example", 0));
    const capture = captureOf(...Array.from({ length: 20 }, (_, n) => walk(n)).flat());
    const { rows } = ask(capture, { kind: "dns" });
    expect(rows).toMatchObject([
      {
        type: "search-list",
        class: "degraded",
        count: 60,
        sentence: "60 of 80 questions of shop/web are attempts of the search list that were bound to fail.",
      },
    ]);
    // One less walk is too few.
    expect(
      ask(captureOf(...Array.from({ length: 16 }, (_, n) => walk(n)).flat()), { kind: "dns" }).total,
    ).toBe(0);
  });

  it("are those of the scope, counted and drawn there, with the count of the whole capture beside", () => {
    const capture = captureOf(
      ...asked(10, "a.example", 3),
      ...asked(20, "a.example", 3),
      ...asked(30, "b.example", 3),
    );
    const inRange = ask(capture, { from: timeAt(15), to: timeAt(25) });
    expect(inRange.rows).toMatchObject([
      {
        subject: "a.example",
        count: 1,
        countInCapture: 2,
        confidence: "certain",
        port: null,
        protocol: null,
      },
    ]);
    // Ten seconds are cut into half seconds: the answer came at 20.01, its question counts at 20.
    const at = (seconds: number): string => String(Date.parse(timeAt(seconds)) * 1_000_000);
    expect(inRange).toMatchObject({ bucketNs: "200000000", rows: [{ trend: [[at(20), 1]] }] });
    expect(inRange.meta.notes.join()).toContain("of the scope");
    // A question and its answer are one; the code stands with the answer only.
    expect(ask(capture, { q: "dns-rcode:NXDOMAIN" }).rows.map(({ count }) => count)).toEqual([2, 1]);
    expect(ask(capture, { q: "!dns-rcode:NXDOMAIN" }).rows).toEqual([]);
    expect(ask(capture, { limit: 1 })).toMatchObject({ total: 2, folded: 1 });
  });

  it("say how many are most likely harmless, also of those beyond the limit", () => {
    const solicitation = line(30, {
      verdict: "DROPPED",
      drop_reason_desc: "UNSUPPORTED_L3_PROTOCOL",
      IP: { source: "fe80::1", destination: "ff02::2", ipVersion: "IPv6" },
      l4: { ICMPv6: { type: 133 } },
      event_type: { type: 1, sub_type: 139 },
    });
    const capture = captureOf(...asked(10, "a.example", 3), solicitation);
    expect(ask(capture)).toMatchObject({ total: 2, noise: 1, folded: 0 });
    expect(ask(capture, { limit: 1 })).toMatchObject({ total: 2, noise: 1, folded: 1 });
    expect(ask(capture, { kind: "dns" })).toMatchObject({ total: 1, noise: 0 });
  });

  it("have the same ids whatever the order of files, and go when their flows go", () => {
    const [a, b] = [asked(10, "a.example", 3), asked(600, "b.example", 3)];
    const first = new TestCapture();
    const second = new TestCapture();
    first.add("a", lines(...a));
    const later = first.add("b", lines(...b));
    second.add("b", lines(...b));
    second.add("a", lines(...a));
    expect(ask(first).rows).toEqual(ask(second).rows);
    first.remove(later.id);
    expect(ask(first).rows.map(({ subject }) => subject)).toEqual(["a.example"]);
  });
});

describe("causes of the sample", () => {
  const folder = path.join(projectRoot(), "public", "sample");
  const truth = JSON.parse(readFileSync(path.join(folder, "truth.json"), "utf8")) as Truth;
  const sample = (): TestCapture => {
    const capture = new TestCapture();
    for (const name of readdirSync(folder)
      .filter((file) => file.endsWith(".gz"))
      .sort())
      capture.add(name, gunzipSync(readFileSync(path.join(folder, name))));
    return capture;
  };

  it("name the DNS trouble of its story, and stand in one order: class, clients, attempts or count, id", () => {
    const capture = sample();
    const found = ask(capture, { kind: "dns" }).rows.map(({ type, client, subject, count }) => [
      type,
      client?.id ?? null,
      subject,
      count,
    ]);
    const trap = truth.drops.causes.filter(({ name }) => name === "node-local-dns");
    expect(found).toContainEqual(["search-list", "reports/price-sync@shop-prod", null, 512]);
    expect(found).toContainEqual([
      "failing-name",
      "storefront/catalog@shop-prod",
      "images-old.storefront.svc.cluster.local",
      truth.dns.realNxdomain,
    ]);
    expect(found).toContainEqual([
      "failing-name",
      "storefront/web@shop-prod",
      "ads.tracker.example",
      truth.dns.byRcode["2"],
    ]);
    expect(found).toContainEqual([
      "refused-name",
      "reports/price-sync@shop-prod",
      "paste.files.example",
      truth.dns.refusedByPolicy,
    ]);
    expect(found).toContainEqual([
      "node-local-dns",
      "payments/fraud-check@shop-prod",
      null,
      trap.reduce((n, { drops }) => n + drops, 0),
    ]);

    const answer = ask(capture);
    const classes = ["never-worked", "broken-since", "degraded", "noise"];
    const key = (row: AllCausesAnswer["rows"][number]) =>
      [classes.indexOf(row.class), -row.clients, -(row.attempts ?? row.count), row.causeId] as const;
    const sorted = [...answer.rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      for (const at of [0, 1, 2, 3] as const) if (x[at] !== y[at]) return x[at] < y[at] ? -1 : 1;
      return 0;
    });
    expect(answer.rows.map(({ causeId }) => causeId)).toEqual(sorted.map(({ causeId }) => causeId));
    // Those that are told as drops take no place.
    expect(answer.rows.map(({ position }) => position)).toEqual(answer.rows.map((_, at) => at + 1));
    expect(new Set(answer.rows.map(({ kind }) => kind))).toEqual(new Set(["drop", "dns", "http", "tcp"]));
    for (const { count, countInCapture, trend } of answer.rows) {
      expect(count).toBe(countInCapture);
      expect(trend.reduce((sum, [, n]) => sum + n, 0)).toBe(count);
    }
    // Causes of one kind are counted alone: with the same counts. Those that are told as drops are not among all.
    const listed = new Set(answer.rows.map(({ causeId }) => causeId));
    for (const kind of ["drop", "dns", "http", "tcp"] as const)
      expect(ask(capture, { kind }).rows.filter(({ causeId }) => listed.has(causeId))).toEqual(
        answer.rows.filter((row) => row.kind === kind),
      );
    // What came before a moment and what came since are all there is.
    const halves = [
      ask(capture, { to: "2026-05-12T09:52:00Z" }),
      ask(capture, { from: "2026-05-12T09:52:00Z" }),
    ];
    const added = new Map<string, number>();
    for (const { causeId, count } of halves.flatMap(({ rows }) => rows))
      added.set(causeId, (added.get(causeId) ?? 0) + count);
    expect(added).toEqual(new Map(answer.rows.map(({ causeId, count }) => [causeId, count])));
    for (const { sentence, remedy } of answer.rows)
      expect([sentence, remedy.text].every((text) => text.length > 10)).toBe(true);
  });
});
