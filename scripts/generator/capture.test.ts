import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { timeNs } from "./flow-json";
import { generate, plan } from "./generate";
import { LineRules } from "./line-rules";
import { type Recount, recount } from "./recount";
import type { DropCause, Truth } from "./truth";

const SAMPLE = path.join(process.cwd(), "public", "sample");

interface Capture {
  readonly files: readonly (readonly string[])[];
  readonly truth: Truth;
}

interface Wish {
  readonly seed?: number;
  readonly nodes?: number;
  readonly workloads?: number;
  readonly minutes?: number;
  readonly records?: number;
  readonly bytes?: number;
}

async function capture(wish: Wish): Promise<Capture> {
  const nodes = wish.nodes ?? 3;
  const files: string[][] = Array.from({ length: nodes }, () => []);
  const settings = plan({
    seed: wish.seed ?? 5,
    nodes,
    workloads: wish.workloads ?? null,
    minutes: wish.minutes ?? null,
    records: wish.records ?? null,
    bytes: wish.bytes ?? null,
  });
  const sink = {
    write: (node: number, line: string) => files[node]?.push(line),
    ready: () => Promise.resolve(),
  };
  const truth = await generate(settings, sink, () =>
    files.map((lines, i) => ({
      name: `node-${i + 1}-events.log`,
      records: lines.length,
      bytes: lines.reduce((sum, line) => sum + line.length + 1, 0),
    })),
  );
  return { files, truth };
}

function causeKey(cause: DropCause): string {
  return JSON.stringify([
    cause.direction,
    cause.reason,
    cause.client,
    cause.server,
    cause.port,
    cause.protocol,
  ]);
}

describe("the default capture", () => {
  let made: Capture;
  let again: Recount;

  beforeAll(async () => {
    made = await capture({ seed: 5, minutes: 21 });
    again = recount(made.files.flat());
  });

  it("obeys the rules of the flow message in every line", () => {
    const rules = new LineRules();
    for (const [i, lines] of made.files.entries()) {
      const own = new LineRules();
      for (const line of lines) own.check(line, `shop-prod/node-${i + 1}`);
      expect(own.inversions).toBeGreaterThan(20);
      expect(own.farthestBack).toBeLessThan(3_000_000);
      for (const line of lines) rules.check(line);
    }
    expect(Object.fromEntries(rules.broken)).toEqual({});
  });

  it("has the truth that a plain recount finds: records, verdicts, nodes, times", () => {
    const { truth } = made;
    const { flows, lost_events, agent_event } = truth.records;
    expect(again.records).toEqual({ flow: flows, lost_events, agent_event });
    expect(again.byVerdict).toEqual(truth.flows.byVerdict);
    expect(again.byEventType).toEqual(truth.flows.byEventType);
    expect(again.byNode).toEqual(truth.flows.byNode);
    expect(again.lostEvents).toBe(truth.lost.events);
    expect([again.first, again.last]).toEqual([truth.first, truth.last]);
    expect(again.notLosses).toEqual(truth.notLosses);
    expect(again.audited).toEqual(
      Object.fromEntries(truth.audited.map((row) => [`${row.client} ${row.server}`, row.records])),
    );
  });

  it("has the causes of drops that joining finds, with drops, records and attempts", () => {
    const expected = made.truth.drops.causes.map((cause) => [
      causeKey(cause),
      {
        dropRecords: cause.dropRecords,
        verdictRecords: cause.verdictRecords,
        l7Records: cause.l7Records,
        drops: cause.drops,
        attempts: cause.attempts,
      },
    ]);
    const found = Object.entries(again.causes).map(([key, row]) => [
      key,
      { ...row, attempts: key.includes("ICMPv6") ? null : row.attempts },
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    const total = Object.values(again.causes).reduce((sum, row) => sum + row.drops, 0);
    expect(total).toBe(made.truth.drops.total);
  });

  it("has the DNS and HTTP counts that pairing finds", () => {
    const { dns, http } = made.truth;
    expect(again.dns).toEqual({
      queries: dns.queries,
      responses: dns.responses,
      refused: dns.refusedByPolicy,
      withoutResponse: dns.withoutResponse,
      expansion: dns.expansion,
      realNxdomain: dns.realNxdomain,
      latencySum: dns.latency?.sumNs,
    });
    expect(again.rcodes).toEqual(dns.byRcode);
    expect(again.http).toEqual({
      requests: http.requests,
      responses: http.responses,
      denied: http.deniedByPolicy,
    });
    expect(again.statuses).toEqual(http.byStatus);
  });

  it("has the events per pod of the unbalanced workload, nearly all requests on one pod in the end", () => {
    const { pods } = made.truth.unbalanced;
    for (const pod of pods) expect(again.podEvents[pod.pod]).toBe(pod.events);
    const since = pods.map((pod) => pod.requestsSinceIncident);
    expect(Math.max(...since) / since.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0.75);
  });

  it("tells every part of the incident, and only after its start", () => {
    const { causes } = made.truth.drops;
    const incident = [
      "orders-api-default-deny",
      "ledger-explicit-deny",
      "cardpay-next-fqdn",
      "node-local-dns",
      "dns-rule",
    ];
    for (const name of incident) {
      const mine = causes.filter((cause) => cause.name === name);
      expect(mine.length, name).toBeGreaterThan(0);
      // Clocks of the nodes are off by less than 2 ms.
      for (const cause of mine) {
        expect(timeNs(cause.first), name).toBeGreaterThan(timeNs(made.truth.incidentAt) - 2_000_000);
      }
    }
    const storm = made.truth.dns.clients.find((row) => row.client === "reports/price-sync");
    expect(storm?.expansion).toBeGreaterThan(made.truth.dns.expansion / 2);
    expect(made.truth.http.byStatus["503"]).toBeGreaterThan(10);
    expect(made.truth.records.lost_events).toBeGreaterThan(1);
  });

  it("lets the broken edge work before the policy changes", () => {
    const allowed = made.files
      .flat()
      .filter((line) => line.includes('"ingress_allowed_by"') && line.includes('"orders-api-ingress"'));
    const early = allowed.filter(
      (line) => line.includes('"pod_name":"checkout-') && line.includes('"revision":"41"'),
    );
    const late = allowed.filter(
      (line) => line.includes('"pod_name":"checkout-') && line.includes('"revision":"43"'),
    );
    expect(early.length).toBeGreaterThan(5);
    expect(late).toEqual([]);
    expect(allowed.length).toBeGreaterThan(early.length);
  });

  it("loses some halves of denials, so that neither record is always there", () => {
    const policy = made.truth.drops.causes.filter(
      (cause) => cause.decidedBy !== "l7-rule" && cause.decidedBy !== "datapath",
    );
    const sum = (pick: (cause: DropCause) => number): number =>
      policy.reduce((total, cause) => total + pick(cause), 0);
    expect(sum((cause) => cause.drops)).toBeGreaterThan(sum((cause) => cause.dropRecords));
    expect(sum((cause) => cause.drops)).toBeGreaterThan(sum((cause) => cause.verdictRecords));
  });

  it("is mostly forwarded, with records of the size that exporters write", () => {
    const { byVerdict } = made.truth.flows;
    const dropped = (byVerdict.DROPPED ?? 0) / made.truth.records.flows;
    expect(dropped).toBeGreaterThan(0.01);
    expect(dropped).toBeLessThan(0.08);
    const average = made.truth.bytes / made.truth.records.total;
    expect(average).toBeGreaterThan(1400);
    expect(average).toBeLessThan(1750);
  });

  it("is the committed sample, byte for byte before compression", () => {
    for (const [i, lines] of made.files.entries()) {
      const name = path.join(SAMPLE, `node-${i + 1}-events.log.gz`);
      expect(existsSync(name), name).toBe(true);
      expect(gunzipSync(readFileSync(name)).toString("latin1") === `${lines.join("\n")}\n`, name).toBe(true);
    }
    const truth: Truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8"));
    const files = made.truth.files.map((file) => ({ ...file, name: `${file.name}.gz` }));
    expect(truth).toEqual({ ...made.truth, files });
  });
});

describe("other captures", () => {
  it("are the same for the same seed and others for another", async () => {
    const [one, same, other] = await Promise.all([3, 3, 4].map((seed) => capture({ seed, minutes: 1 })));
    expect(same).toEqual(one);
    expect(other?.files).not.toEqual(one?.files);
  });

  it("stop at exactly the wished number of records and keep the incident near the middle", async () => {
    const { truth, files } = await capture({ seed: 11, records: 40_000 });
    expect(truth.records.total).toBe(40_000);
    expect(files.flat().length).toBe(40_000);
    const [first, middle, last] = [truth.first, truth.incidentAt, truth.last].map((time) =>
      Date.parse(time ?? ""),
    );
    const share = ((middle ?? 0) - (first ?? 0)) / ((last ?? 0) - (first ?? 0));
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  it("stop with the record that reaches the wished number of bytes", async () => {
    const { truth } = await capture({ bytes: 3_000_000 });
    expect(truth.bytes).toBeGreaterThanOrEqual(3_000_000);
    expect(truth.bytes).toBeLessThan(3_010_000);
  });

  it("have as many workloads as were asked for, all of whose pods talk, by the same rules", async () => {
    const { truth, files } = await capture({ seed: 8, workloads: 60, records: 40_000 });
    const rules = new LineRules();
    for (const line of files.flat()) rules.check(line);
    expect(Object.fromEntries(rules.broken)).toEqual({});
    const again = recount(files.flat());
    expect(again.byVerdict).toEqual(truth.flows.byVerdict);
    const names = files
      .flat()
      .flatMap((line) => [
        ...line.matchAll(/"namespace":"(team-\d+)"[^}]*?"pod_name":"(gateway|[a-z]+-\d)/g),
      ]);
    const workloads = new Set(names.map(([, namespace, name]) => `${namespace}/${name}`));
    // Thirty-seven beside those of the shop: four teams of eight, and five of a fifth.
    const team = ["gateway", ...[1, 2, 3, 4, 5, 6].map((n) => `service-${n}`), "database-0"];
    const expected = [1, 2, 3, 4].flatMap((n) => team.map((name) => `team-${n}/${name}`));
    expect([...workloads].sort()).toEqual(
      [...expected, ...team.slice(0, 5).map((name) => `team-5/${name}`)].sort(),
    );
  });

  it("obey the rules on a larger cluster at a higher rate as well, and the truth holds when cut", async () => {
    const { truth, files } = await capture({ seed: 21, nodes: 9, minutes: 4, records: 15_000 });
    const rules = new LineRules();
    for (const line of files.flat()) rules.check(line);
    expect(Object.fromEntries(rules.broken)).toEqual({});
    const again = recount(files.flat());
    const drops = Object.values(again.causes).reduce((sum, row) => sum + row.drops, 0);
    expect(drops).toBe(truth.drops.total);
    expect(again.byVerdict).toEqual(truth.flows.byVerdict);
  });
});
