/** Findings about DNS over the exchanges of a scope: the numbers that the rules of lib/insight/dns judge. */

import { formatTime } from "@/lib/base/time";
import { ANSWERS } from "@/lib/capture/dns-conditions";
import type { SqlValue } from "@/lib/capture/driver";
import { writeBeside } from "@/lib/capture/file-state";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { type AddressSpan, findAnswerChanges } from "@/lib/insight/dns/answer-changes";
import {
  changeWords,
  ipv6Words,
  isIpv6Noise,
  randomWords,
  stoppedWalkWords,
} from "@/lib/insight/dns/finding-words";
import { findRandomLabels } from "@/lib/insight/dns/random-labels";
import { clusterSuffixes } from "@/lib/insight/dns/search-list";
import { findStoppedWalks, namesBehind, type WalkLookup } from "@/lib/insight/dns/stopped-walks";
import type { Scope } from "@/lib/scope/link";
import { type Counted, EACH, FindingReader, type FindingRow, nameOf, toCounted } from "./dns-finding-reader";
import { COUNTED, exchangesOf, readWorkload } from "./dns-parts";
import { ResolverFindings } from "./dns-resolver-findings";
import { type Exchanges, exchangesInScope, summedExchanges } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { OpenCapture } from "./open-capture";

export function readFindings(capture: OpenCapture, scope: Scope): FindingRow[] {
  const [exchanges, each] = [
    gathered(capture, scope, summedExchanges(capture, scope)),
    exchangesInScope(capture, scope),
  ];
  const resolvers = new ResolverFindings(capture, exchanges, each);
  const reader = new Findings(capture, exchanges, each);
  return [
    ...resolvers.servfail(),
    ...reader.stoppedWalks(),
    ...reader.ipv6(),
    ...resolvers.retries(),
    ...reader.changes(),
    ...reader.randomLabels(),
  ];
}

/** What a group and its answer say of all their exchanges, and what is added up. */
const ALIKE =
  "groupId, answerId, clientId, serverId, queryId, qtypes, rcode, state, noData, suffixLabels, secondHop, retryOf";
const ADDED = "n, firstNs, lastNs, requests, responses";

/**
 * Of a range, where the same comes again in bucket after bucket: each once, in a table that the connection has to itself. All findings are
 * read from it.
 */
function gathered({ database }: OpenCapture, { from, to }: Scope, exchanges: Exchanges): Exchanges {
  if (from === undefined && to === undefined) return exchanges;
  const { table, where } = exchanges;
  writeBeside(database, () => {
    database.exec(
      `CREATE TEMP TABLE IF NOT EXISTS ExchangesOfRange (${ALIKE}, ${ADDED}); DELETE FROM temp.ExchangesOfRange`,
    );
    database
      .prepare(
        `INSERT INTO temp.ExchangesOfRange
         SELECT ${ALIKE}, sum(x.n), min(x.firstNs), max(x.lastNs), sum(x.requests), sum(x.responses)
         FROM ${table} WHERE ${where.sql} GROUP BY x.groupId, x.answerId, x.retryOf IS NULL`,
      )
      .run(where.parameters);
  });
  return { ...exchanges, table: "temp.ExchangesOfRange x", where: { sql: "1", parameters: [] } };
}

/** Rows read of what can be long; findings are about what comes often. */
const ROWS = 100_000;
/** Names that a filter lists. */
const LISTED = 20;
/** Of a list of names. */
const NAMED = "x.queryId IN (SELECT id FROM Text WHERE value IN (SELECT value FROM json_each(?)))";

/** Exchanges of such groups: through the index, as they are few beside all. */
function ofGroups(where: string): string {
  return `x.groupId IN (SELECT id FROM DnsGroup WHERE ${where})`;
}

class Findings extends FindingReader {
  ipv6(): FindingRow[] {
    const [row] = this.counted(
      `sum((x.qtypes IS 'AAAA' AND x.noData IS 1) * x.responses) AS count, sum(x.responses) AS responses,
       sum(CASE WHEN x.qtypes IS 'AAAA' THEN (coalesce(${ANSWERS}, 0) > 0) * x.responses ELSE 0 END) AS withAddress,
       count(DISTINCT CASE WHEN x.qtypes IS 'AAAA' AND x.noData IS 1 THEN a.workloadKey END) AS clients,
       min(CASE WHEN x.noData IS 1 THEN x.firstNs END) AS first, max(CASE WHEN x.noData IS 1 THEN x.lastNs END) AS last`,
      "client",
      "1",
    );
    if (row === undefined) return [];
    const facts = {
      noData: Number(row.count ?? 0),
      withAddress: Number(row.withAddress ?? 0),
      responses: Number(row.responses ?? 0),
      clients: Number(row.clients ?? 0),
    };
    if (!isIpv6Noise(facts)) return [];
    const counted = { count: facts.noData, clients: facts.clients, firstNs: row.first, lastNs: row.last };
    const filter = "dns:response dns-qtype:AAAA dns-state:no-data";
    return [
      this.toRow("ipv6-noise", [], ipv6Words(facts), counted, { unit: "responses", filter, class: "noise" }),
    ];
  }

  stoppedWalks(): FindingRow[] {
    const isRefused = `x.state = ${DNS_STATE.refused} AND x.requests > 0`;
    if (toCounted(this.counted("sum(x.n) AS count", "client", isRefused)[0]).count === 0) return [];
    const refused = this.lookups(`${isRefused} AND ${ofGroups(`state = ${DNS_STATE.refused}`)}`);
    if (refused.length === 0) return [];
    const domains = this.domains();
    const next = JSON.stringify(namesBehind(refused, domains));
    const ofNames = ofGroups(
      "queryId IN (SELECT id FROM Text WHERE value IN (SELECT value FROM json_each(?)))",
    );
    const lookups = this.lookups(`x.requests > 0 AND ${ofNames}`, [next]);
    const walks = findStoppedWalks(refused, lookups, domains);
    const byWorkload = new Map<string, typeof walks>();
    for (const walk of walks) {
      const { workload } = refused.find(({ client }) => client === walk.client) ?? { workload: walk.client };
      byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), walk]);
    }
    return [...byWorkload].slice(0, EACH).map(([key, own]) => {
      const client = readWorkload(this.capture, key);
      const names = [...new Set(own.map(({ query }) => query))].sort().slice(0, LISTED);
      const bases = [
        ...new Set(own.filter(({ query }) => names.includes(query)).map(({ base }) => base)),
      ].sort();
      const suffixes = clusterSuffixes(client.namespace ?? undefined, domains);
      const counted = this.ofNames(key, names);
      const words = stoppedWalkWords({
        client: nameOf(client),
        refused: counted.count,
        bases,
        wanted: bases.flatMap((base) => [base, ...suffixes.map((suffix) => `${base}.${suffix}`)]),
      });
      const exact = names.map((query) => keyFilter({ query }).slice("dns-query:".length)).join(",");
      const filter = `dns:query dns-state:refused ${keyFilter({ client })} dns-query:${exact}`;
      return this.toRow("stopped-walk", [key], words, counted, {
        unit: "queries",
        client,
        filter,
        class: "degraded",
      });
    });
  }

  private lookups(
    where: string,
    parameters: readonly SqlValue[] = [],
  ): (WalkLookup & { readonly workload: string })[] {
    return this.exact(
      `SELECT a.key AS client, a.workloadKey AS workload, a.namespace AS namespace, n.value AS query, x.askedNs AS askedNs
       FROM ${exchangesOf("client", this.each.table)} JOIN Text n ON n.id = x.queryId
       WHERE ${COUNTED} AND x.askedNs IS NOT NULL AND ${this.each.where.sql} AND ${where} ORDER BY x.askedNs LIMIT ${ROWS}`,
      parameters,
      this.each,
    ).map(({ client, workload, namespace, query, askedNs }) => ({
      client: String(client),
      workload: String(workload),
      namespace: namespace === null ? undefined : String(namespace),
      query: String(query),
      askedNs: askedNs as bigint,
    }));
  }

  private ofNames(client: string, names: readonly string[]): Counted {
    const [row] = this.counted(
      "sum(x.requests) AS count, count(DISTINCT a.workloadKey) AS clients, min(x.firstNs) AS first, max(x.lastNs) AS last",
      "client",
      `x.state = ${DNS_STATE.refused} AND a.workloadKey = ? AND ${NAMED}`,
      [client, JSON.stringify(names)],
    );
    return toCounted(row);
  }

  private domains(): string[] {
    const learned = this.capture.database
      .prepare("SELECT DISTINCT suffix FROM DnsSuffix WHERE kind = 'domain'")
      .rows([]);
    return [...new Set(["cluster.local", ...learned.map(([suffix]) => String(suffix))])];
  }

  changes(): FindingRow[] {
    const groups = this.exact(
      `SELECT n.value AS name, x.qtypes AS type, t.value AS answer, min(x.firstNs) AS first, max(x.lastNs) AS last
       FROM ${this.scope.table} JOIN Text n ON n.id = x.queryId JOIN Text t ON t.id = x.answerId
       WHERE ${COUNTED} AND x.responses > 0 AND x.firstNs IS NOT NULL AND x.rcode IS 0 AND ${this.scope.where.sql}
       GROUP BY x.queryId, x.qtypes, x.answerId LIMIT ${ROWS}`,
    );
    const spans = new Map<string, { name: string; type: string | null; spans: Map<string, AddressSpan> }>();
    for (const row of groups) {
      const { ips = [] } = JSON.parse(String(row.answer)) as { ips?: readonly string[] };
      const key = JSON.stringify([row.name, row.type]);
      const group = spans.get(key) ?? {
        name: String(row.name),
        type: row.type === null ? null : String(row.type),
        spans: new Map<string, AddressSpan>(),
      };
      spans.set(key, group);
      for (const address of ips) widen(group.spans, address, row.first as bigint, row.last as bigint);
    }
    return [...spans.values()]
      .flatMap(({ name, type, spans: own }) => {
        const changes = findAnswerChanges([...own.values()]);
        const last = changes.at(-1);
        return last === undefined ? [] : [{ name, type, last, changes: changes.length }];
      })
      .slice(0, EACH)
      .map(({ name, type, last, changes }) => {
        const words = changeWords({
          ...last,
          name,
          type: type ?? "type not known",
          at: formatTime(last.atNs),
          changes,
        });
        const filter = `dns:response ${keyFilter({ query: name })} ${keyFilter({ qtype: type })}`;
        const counted = this.ofName(name, type);
        return this.toRow("answers-changed", [name, type], words, counted, {
          unit: "responses",
          subject: name,
          filter,
          class: "noise",
        });
      });
  }

  private ofName(name: string, type: string | null): Counted {
    const [row] = this.counted(
      "sum(x.responses) AS count, count(DISTINCT a.workloadKey) AS clients, min(x.firstNs) AS first, max(x.lastNs) AS last",
      "client",
      "x.responses > 0 AND x.qtypes IS ? AND x.queryId IN (SELECT id FROM Text WHERE value = ?)",
      [type, name],
    );
    return toCounted(row);
  }

  randomLabels(): FindingRow[] {
    const names = this.exact(
      `SELECT a.workloadKey AS client, n.value AS query, x.qtypes AS qtypes, sum(x.requests) AS queries
       FROM ${exchangesOf("client", this.scope.table)} JOIN Text n ON n.id = x.queryId
       WHERE ${COUNTED} AND x.requests > 0 AND x.suffixLabels IS NULL AND ${this.scope.where.sql} GROUP BY 1, 2, 3 LIMIT ${ROWS}`,
    ).map(({ client, query, qtypes, queries }) => ({
      client: String(client),
      query: String(query),
      qtypes: qtypes === null ? null : String(qtypes),
      queries: Number(queries),
    }));
    const inside = [...this.domains(), "arpa"].map((domain) => `.${domain}`);
    return findRandomLabels(names.filter(({ query }) => !inside.some((domain) => query.endsWith(domain))))
      .slice(0, EACH)
      .map((found) => {
        const client = readWorkload(this.capture, found.client);
        const below = `dns-query:"[.]${found.domain.replaceAll(/[^a-z0-9.-]/g, "[^.]").replaceAll(".", "[.]")}$"`;
        const filter = `dns:query expansion:no ${keyFilter({ client })} ${below}`;
        const [row] = this.counted(
          "min(x.firstNs) AS first, max(x.lastNs) AS last",
          "client",
          "a.workloadKey = ? AND x.queryId IN (SELECT id FROM Text WHERE value LIKE ?)",
          [found.client, `%.${found.domain}`],
        );
        const counted = { count: found.queries, clients: 1, firstNs: row?.first, lastNs: row?.last };
        const words = randomWords({ ...found, client: nameOf(client) });
        return this.toRow("random-labels", [found.client, found.domain], words, counted, {
          unit: "queries",
          client,
          subject: found.domain,
          filter,
          class: "noise",
        });
      });
  }
}

function widen(spans: Map<string, AddressSpan>, address: string, firstNs: bigint, lastNs: bigint): void {
  const known = spans.get(address);
  spans.set(address, {
    address,
    firstNs: known === undefined || firstNs < known.firstNs ? firstNs : known.firstNs,
    lastNs: known === undefined || lastNs > known.lastNs ? lastNs : known.lastNs,
  });
}
