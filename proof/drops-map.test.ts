/** Drops and the map: every table adds up to the same numbers, and they are what the model and the generator's truth say. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeTerms, podTerms } from "@/components/drops/cause-links";
import { othersOf } from "@/components/drops/others";
import { formatTime } from "@/lib/base/time";
import { DROPS_BY } from "@/lib/questions/answers-drops";
import { MAP_LEVELS, type MapAnswer } from "@/lib/questions/answers-map";
import { formatFilter } from "@/lib/scope/filter";
import { generateLogs, type Log, REAL_LOGS, runsFor, sharedProofs } from "./captures";
import { joinModel, placesOf } from "./denials";
import { dropReasonOf, eventsBy, type ModelFlow, readModel, sumEvents } from "./model";
import { type ModelScope, scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
const SEED = 20261125;
const generated = await generateLogs(11, 6000);
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  ...REAL_LOGS.map((log): [string, Log[]] => [log.name, [log]]),
  ...(REAL_LOGS.length > 0 ? [["all real logs together", REAL_LOGS] as const] : []),
];
const sumOf = (rows: readonly { readonly drops: number }[]) =>
  rows.reduce((sum, { drops }) => sum + drops, 0);
/** Of flows without their anchors elsewhere: the events of the drops. */
const sumDrops = (flows: readonly ModelFlow[]) => sumEvents(flows);

const edgeKey = ({
  client,
  server,
  port,
  protocol,
}: Omit<MapAnswer["edges"][number], "client"> & { client: string | null }) =>
  JSON.stringify([client, server, port, protocol]);
const isOfOutside = ({ client }: { readonly client: string }) => /^(dns|cidr|ip):/.test(client);

describe.each(captures)("in %s", (_name, logs) => {
  const model = readModel(logs.map(({ text }) => text));
  const drops = joinModel(model);
  const anchorsAreTimed = drops.every(({ anchor }) => anchor.timeNs !== null);
  const places = placesOf(model);
  const scopes = (most: number, check: (scope: ModelScope) => void): void => {
    check(WHOLE);
    fc.assert(fc.property(scopesOver(model), check), { seed: SEED, numRuns: runsFor(logs, most) });
  };

  it(`each table of drops adds up to what the model, the summary and the flows count (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(25, ({ parameters, holds }) => {
      const anchors = drops.map(({ anchor }) => anchor).filter((flow) => holds(flow));
      const expected = sumDrops(anchors);
      expect(proof.ask("summary", parameters).drops).toBe(expected);
      expect(proof.ask("flows", { ...parameters, limit: "1" }).total?.drops).toBe(expected);
      for (const by of DROPS_BY) {
        const { total, rows, folded } = proof.ask("drops", { ...parameters, by });
        expect(total).toBe(expected);
        expect(sumOf(rows) + folded.drops).toBe(expected);
        for (const row of rows) {
          const timed = row.trend.reduce((sum, [, n]) => sum + n, 0);
          if (row.first !== null && anchors.every(({ timeNs }) => timeNs !== null))
            expect(timed).toBe(row.drops);
        }
      }
      const { rows: causes } = proof.ask("drops", { ...parameters, by: "cause", limit: "5000" });
      expect(proof.ask("summary", parameters).dropCauses).toBe(causes.length);
      const byReason = proof.ask("drops", { ...parameters, by: "reason" }).rows;
      expect(Object.fromEntries(byReason.map(({ key, drops: n }) => [String(key.reason), n]))).toEqual(
        eventsBy(anchors, (flow) => String(dropReasonOf(flow))),
      );
    });
  });

  it(`each row's filter finds its drops, and no others, in any scope (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(6, ({ parameters }) => {
      for (const by of DROPS_BY) {
        const { rows, total } = proof.ask("drops", { ...parameters, by });
        expect([by, sumOf(rows)]).toEqual([by, total]);
        for (const { drops: n, attempts, filter } of rows) {
          const q = `${parameters.q ?? ""} ${filter}`;
          const counted = (text: string) => proof.ask("flows", { ...parameters, q: text, limit: "1" }).total;
          expect([by, filter, counted(q)?.drops]).toEqual([by, filter, n]);
          if (attempts !== null) expect(counted(`${q} drop:first`)?.records).toBe(attempts);
        }
      }
    });
  }, 120_000);

  it(`what a picture draws as others is found by its filters, each drop once (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(4, ({ parameters }) => {
      for (const by of DROPS_BY) {
        for (const limit of ["500", "3"]) {
          const answer = proof.ask("drops", { ...parameters, by, limit });
          for (const most of [1, 2, 5]) {
            const { shown, drops: n, trend, parts } = othersOf(by, answer, most);
            expect(sumOf(shown) + n).toBe(answer.total);
            const found = parts.map(
              ({ filter }) =>
                proof.ask("flows", { ...parameters, q: `${parameters.q ?? ""} ${filter}`, limit: "1" }).total
                  ?.drops ?? 0,
            );
            expect([by, most, found.reduce((a, b) => a + b, 0)]).toEqual([by, most, n]);
            if (anchorsAreTimed) expect(trend.reduce((sum, [, count]) => sum + count, 0)).toBe(n);
          }
        }
      }
    });
  }, 120_000);

  it(`what is no drop adds up to the summary, and each row's filter finds its events (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(6, ({ parameters }) => {
      const { audited, notLosses } = proof.ask("summary", parameters);
      for (const [kind, expected] of [
        ["audited", audited],
        ["not-a-loss", notLosses],
      ] as const) {
        const { total, rows } = proof.ask("notDrops", { ...parameters, kind });
        expect(total).toBe(expected);
        expect(rows.reduce((sum, { events }) => sum + events, 0)).toBe(expected);
        for (const { events, filter } of rows) {
          const q = `${parameters.q ?? ""} ${filter}`;
          expect([filter, proof.ask("flows", { ...parameters, q, limit: "1" }).total?.events]).toEqual([
            filter,
            events,
          ]);
        }
      }
    });
  }, 120_000);

  it("each cause is explained, and a scope's drops of it are those of its row", () => {
    const proof = proofOf(logs);
    const { rows, total } = proof.ask("drops", { by: "cause" });
    expect(sumOf(rows)).toBe(total);
    for (const { key, drops: n, sentence } of rows) {
      const answer = proof.explain(key.causeId ?? "");
      expect(answer.cause).toMatchObject({ drops: n, sentence });
      expect(sumOf(answer.nodes)).toBe(n);
      expect(sumOf(answer.clients)).toBe(n);
      const named = [
        ...answer.clients.map((one) => ({ ...one, terms: podTerms("client", one.name) })),
        ...answer.servers.map((one) => ({ ...one, terms: podTerms("server", one.name) })),
        ...answer.nodes.map((one) => ({ ...one, terms: nodeTerms(one.name) })),
      ];
      for (const { name, drops: some, terms } of named) {
        const q = `${answer.cause.filter} ${formatFilter({ terms })}`;
        expect([name, proof.ask("flows", { q, limit: "1" }).total?.drops]).toEqual([name, some]);
      }
    }
  });

  it(`edges, folded and unplaced of the map add up to the events, at every level (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(25, ({ parameters, holds }) => {
      const held = model.filter((flow) => holds(flow));
      for (const level of MAP_LEVELS) {
        for (const limit of ["10000", "3"]) {
          const map = proof.ask("map", { ...parameters, level, limit });
          const edges = map.edges.reduce((sum, { events }) => sum + events, 0);
          expect(edges + map.folded.events + map.unplaced.events).toBe(sumEvents(held));
          expect(new Set(map.edges.flatMap(({ client, server }) => [client, server]))).toEqual(
            new Set(map.nodes.map(({ id }) => id)),
          );
        }
      }
    });
  });

  it(`new connections are edges of the map that no earlier record has, and lead to their flows (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(6, ({ parameters }) => {
      const changes = proof.ask("changes", { ...parameters, limit: "1000" });
      if (changes.newSince === null) return;
      const range = { ...parameters, from: changes.newSince, limit: "10000" };
      const { edges } = proof.ask("map", { ...range, since: changes.newSince });
      const { from: _from, ...upTo } = parameters;
      const before = proof.ask("map", { ...upTo, to: changes.newSince, limit: "10000" }).edges;
      const known = new Set(before.map(edgeKey));
      const fresh = edges.filter((edge) => !known.has(edgeKey(edge)));
      expect(edges.filter(({ isNew }) => isNew)).toEqual(fresh);
      const inside = changes.edges.rows.filter(({ client }) => client !== null);
      expect(new Set(fresh.map(edgeKey))).toEqual(
        new Set([...inside, ...fresh.filter(isOfOutside)].map(edgeKey)),
      );
      for (const row of inside) {
        const { first, last, events } = fresh.find((edge) => edgeKey(edge) === edgeKey(row)) ?? {};
        expect(row).toMatchObject({ first, last, events });
      }
    });
  });

  it(`edges over time add up to each edge, and a bucket is the map of its range (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const times = model.flatMap(({ timeNs }) => (timeNs === null ? [] : [timeNs]));
    // A range leaves out what has no time.
    const start = formatTime(times.reduce((a, b) => (a < b ? a : b)) - 2n);
    scopes(6, ({ parameters }) => {
      const asked: Record<string, string> = { from: start, ...parameters, limit: "10000" };
      const { edges, bucketNs } = proof.ask("map", { ...asked, buckets: "20" });
      const points = edges.flatMap((edge) =>
        (edge.trend ?? []).map(([at, events, drops]) => ({ at, events, drops, key: edgeKey(edge) })),
      );
      for (const edge of edges) {
        const own = points.filter(({ key }) => key === edgeKey(edge));
        expect([sumOf(own), own.reduce((sum, { events }) => sum + events, 0)]).toEqual([
          edge.drops,
          edge.events,
        ]);
      }
      const [first] = points.sort((a, b) => b.events - a.events);
      if (first === undefined) return;
      const [from, to] = [BigInt(first.at), BigInt(first.at) + BigInt(bucketNs ?? "0")].map(formatTime);
      const inside = proof.ask("map", {
        ...asked,
        from: [asked.from, from].sort().at(-1) ?? start,
        to: [asked.to ?? to, to].sort()[0] ?? start,
      });
      const of = (rows: readonly { key: string; events: number; drops: number }[]) =>
        rows.map(({ key, events, drops: n }) => `${key} ${events} ${n}`).sort();
      expect(of(inside.edges.map((edge) => ({ ...edge, key: edgeKey(edge) })))).toEqual(
        of(points.filter(({ at }) => at === first.at)),
      );
    });
  });

  it(`errors of requests on the map are those of the tables of requests (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(8, ({ parameters }) => {
      // A request always has a client, so all of them have an edge.
      const l7 = { ...parameters, q: `${parameters.q ?? ""} type:l7` };
      const { edges, unplaced } = proof.ask("map", { ...l7, limit: "10000" });
      expect(unplaced.events).toBe(0);
      const onMap = edges.reduce((sum, { l7Errors }) => sum + l7Errors, 0);
      const requests = ["http", "grpc", "kafka"].map(
        (protocol) => proof.ask("l7", { ...l7, protocol }).total.errors,
      );
      expect(onMap).toBe(requests.reduce((a, b) => a + b, 0));
    });
  });

  it("each flow has the client and server port that the model gives it, and the same reason when it has none", () => {
    const proof = proofOf(logs);
    const { edges, unplaced } = proof.ask("map", { limit: "10000" });
    const byPort: Record<string, number> = {};
    for (const { port, protocol, events } of edges)
      byPort[`${port} ${protocol}`] = (byPort[`${port} ${protocol}`] ?? 0) + events;
    const { "sides-unknown": masked = 0, ...reasons } = unplaced.reasons;
    const expected = eventsBy(model, (flow) => places.get(flow) ?? null);
    const isReason = (place: string) => ["no-protocol", "no-ports", "ports-alike"].includes(place);
    const split = (keep: boolean) =>
      Object.fromEntries(Object.entries(expected).filter(([place]) => isReason(place) === keep));
    expect(reasons).toEqual(split(true));
    if (masked === 0) expect(byPort).toEqual(split(false));
  });
});

describe("the generator's truth", () => {
  const { truth, logs } = generated;
  /** Keys carry the cluster; names of the truth do not. A world peer is `dns:name` or `ip:address`. */
  const bare = (key: string | null | undefined): string | null =>
    key === null || key === undefined ? null : key.replace(/@shop-prod$/, "").replace(/^(dns|ip):/, "");

  it("names the same causes with the same drops and attempts", () => {
    const { rows, total } = proofOf(logs).ask("drops", { by: "cause" });
    expect(total).toBe(truth.drops.total);
    // The generator knows the policy of every drop; the log does not where the verdict record is missing: a cause of its own.
    const denied = truth.drops.causes.filter(({ decidedBy }) => decidedBy === "policy");
    const unnamed = rows.filter((row) => row.decidedBy === "policy" && row.policies.length === 0);
    const isUnnamed = new Set(unnamed);
    expect(unnamed.map(({ key, drops }) => [bare(key.client), bare(key.server), drops])).toEqual(
      denied
        .filter(({ drops, verdictRecords }) => drops > verdictRecords)
        .map(({ client, server, drops, verdictRecords }) => [client, server, drops - verdictRecords]),
    );
    const named = rows.filter((row) => !isUnnamed.has(row));
    const told = named.map((row) => ({
      direction: row.direction,
      reason: row.reason,
      decidedBy: row.decidedBy,
      client: bare(row.key.client),
      server: bare(row.key.server),
      port: row.key.port,
      protocol: row.key.protocol,
      drops: row.drops,
      attempts: row.decidedBy === "policy" ? "of both" : row.attempts,
    }));
    const known = truth.drops.causes.map(
      ({
        direction,
        reason,
        decidedBy,
        client,
        server,
        port,
        protocol,
        drops,
        verdictRecords,
        attempts,
      }) => ({
        direction,
        reason,
        decidedBy,
        client,
        server,
        port,
        protocol,
        drops: decidedBy === "policy" ? verdictRecords : drops,
        attempts: decidedBy === "policy" ? "of both" : attempts,
      }),
    );
    const sort = (list: readonly object[]) => list.map((item) => JSON.stringify(item)).sort();
    expect(sort(told)).toEqual(sort(known));
  });
});
