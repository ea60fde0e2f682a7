/** Findings about DNS over the exchanges of a scope: the numbers that the rules of lib/insight/dns judge. */

import { formatTime } from "@/lib/base/time";
import { ANSWERS } from "@/lib/capture/dns-conditions";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { causeIdOf } from "@/lib/insight/causes/cause";
import { type AddressSpan, findAnswerChanges } from "@/lib/insight/dns/answer-changes";
import {
  changeWords,
  type DnsFindingType,
  type FindingWords,
  ipv6Words,
  isIpv6Noise,
  randomWords,
  retryWords,
  servfailWords,
  stoppedWalkWords,
} from "@/lib/insight/dns/finding-words";
import { findRandomLabels } from "@/lib/insight/dns/random-labels";
import { clusterSuffixes } from "@/lib/insight/dns/search-list";
import { findStoppedWalks, type WalkLookup } from "@/lib/insight/dns/stopped-walks";
import type { Scope } from "@/lib/scope/link";
import type { DnsCausesAnswer } from "./dns-causes-answer";
import { COUNTED, exchangesOf, readWorkload } from "./dns-parts";
import { type Exchanges, exchangesInScope } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { OpenCapture } from "./open-capture";

type Row = DnsCausesAnswer["rows"][number];

export function readFindings(capture: OpenCapture, scope: Scope): Row[] {
  const reader = new FindingReader(capture, exchangesInScope(capture, scope));
  return [
    ...reader.servfail(),
    ...reader.stoppedWalks(),
    ...reader.ipv6(),
    ...reader.retries(),
    ...reader.changes(),
    ...reader.randomLabels(),
  ];
}

/** Rows read of what can be long; findings are about what comes often. */
const ROWS = 100_000;
/** Names that a filter lists. */
const LISTED = 20;
/** Findings of one kind at most. */
const EACH = 20;

/** Numbers that every finding has. */
interface Counted {
  readonly count: number;
  readonly clients: number;
  readonly firstNs: SqlValue | undefined;
  readonly lastNs: SqlValue | undefined;
}

class FindingReader {
  constructor(
    private readonly capture: OpenCapture,
    private readonly scope: Exchanges,
  ) {}

  servfail(): Row[] {
    const answers = new Map(
      this.rows("SELECT a.workloadKey, sum(x.responses)", "server", "1", "GROUP BY 1").map(([key, n]) => [
        key,
        Number(n),
      ]),
    );
    const failed = "x.rcode IS 2 AND x.responses > 0";
    const names = this.grouped(
      "SELECT a.workloadKey, coalesce(n.value, '') AS name, sum(x.responses) AS n",
      `${failed} GROUP BY 1, 2 ORDER BY n DESC, name`,
    );
    const upstreams = this.hops();
    return this.servers(failed, "responses").map(({ key, ...counted }) => {
      const server = readWorkload(this.capture, key);
      const own = names.filter(([of]) => of === key);
      const words = servfailWords({
        server: nameOf(server),
        failures: counted.count,
        answers: answers.get(key) ?? 0,
        names: own.map(([, name, n]) => ({ name: String(name), failures: Number(n) })),
        upstreams,
      });
      const filter = `dns:response dns-rcode:SERVFAIL ${keyFilter({ server })}`;
      return this.toRow("servfail", [key], words, counted, {
        unit: "responses",
        server,
        filter,
        class: "degraded",
      });
    });
  }

  /** Upstreams that failed what a resolver passed on. */
  private hops(): { name: string; failures: number }[] {
    const { table, where } = this.scope;
    return this.capture.database
      .prepare(
        `SELECT a.workloadKey, sum(x.requests) AS n FROM ${exchangesOf("server", table)}
         WHERE x.secondHop AND x.rcode IS 2 AND ${where.sql} GROUP BY 1 ORDER BY n DESC LIMIT ${EACH}`,
      )
      .rows(where.parameters)
      .map(([key, n]) => ({ name: nameOf(readWorkload(this.capture, String(key))), failures: Number(n) }));
  }

  retries(): Row[] {
    const { table, where } = this.scope;
    const waited = new Map(
      this.capture.database
        .prepareExact(
          `SELECT a.workloadKey, sum(x.askedNs - r.askedNs) FROM ${exchangesOf("server", table)} JOIN DnsExchange r ON r.id = x.retryOf
           WHERE ${COUNTED} AND x.requests > 0 AND ${where.sql} GROUP BY 1`,
        )
        .rows(where.parameters)
        .map(([key, ns]) => [String(key), typeof ns === "bigint" ? ns : 0n]),
    );
    return this.servers("x.retryOf IS NOT NULL AND x.requests > 0", "requests").map(({ key, ...counted }) => {
      const server = readWorkload(this.capture, key);
      const words = retryWords({
        server: nameOf(server),
        retries: counted.count,
        clients: counted.clients,
        waitedNs: waited.get(key) ?? 0n,
      });
      const filter = `dns:query dns-state:retry ${keyFilter({ server })}`;
      return this.toRow("retries", [key], words, counted, {
        unit: "queries",
        server,
        filter,
        class: "degraded",
      });
    });
  }

  ipv6(): Row[] {
    const [row] = this.counted(
      `sum((x.qtypes IS 'AAAA' AND x.noData IS 1) * x.responses) AS count, sum(x.responses) AS responses,
       sum((x.qtypes IS 'AAAA' AND coalesce(${ANSWERS}, 0) > 0) * x.responses) AS withAddress,
       count(DISTINCT CASE WHEN x.qtypes IS 'AAAA' AND x.noData IS 1 THEN a.workloadKey END) AS clients,
       min(CASE WHEN x.noData IS 1 THEN x.askedNs END) AS first, max(CASE WHEN x.noData IS 1 THEN x.askedNs END) AS last`,
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

  stoppedWalks(): Row[] {
    const refused = this.lookups(`x.state = ${DNS_STATE.refused} AND x.requests > 0`);
    if (refused.length === 0) return [];
    const domains = this.domains();
    const clients = JSON.stringify([...new Set(refused.map(({ client }) => client))]);
    const lookups = this.lookups("x.requests > 0 AND a.key IN (SELECT value FROM json_each(?))", [clients]);
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
       FROM ${exchangesOf("client", this.scope.table)} JOIN Text n ON n.id = x.queryId
       WHERE ${COUNTED} AND x.askedNs IS NOT NULL AND ${this.scope.where.sql} AND ${where} ORDER BY x.askedNs LIMIT ${ROWS}`,
      parameters,
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
      "sum(x.requests) AS count, count(DISTINCT a.workloadKey) AS clients, min(x.askedNs) AS first, max(x.askedNs) AS last",
      "client",
      `x.state = ${DNS_STATE.refused} AND a.workloadKey = ? AND x.queryId IN (SELECT id FROM Text WHERE value IN (SELECT value FROM json_each(?)))`,
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

  changes(): Row[] {
    const groups = this.exact(
      `SELECT n.value AS name, x.qtypes AS type, t.value AS answer, min(x.askedNs) AS first, max(x.askedNs) AS last
       FROM ${this.scope.table} JOIN Text n ON n.id = x.queryId JOIN Text t ON t.id = x.answerId
       WHERE ${COUNTED} AND x.responses > 0 AND x.askedNs IS NOT NULL AND x.rcode IS 0 AND ${this.scope.where.sql}
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
      "sum(x.responses) AS count, count(DISTINCT a.workloadKey) AS clients, min(x.askedNs) AS first, max(x.askedNs) AS last",
      "client",
      "x.responses > 0 AND x.qtypes IS ? AND x.queryId IN (SELECT id FROM Text WHERE value = ?)",
      [type, name],
    );
    return toCounted(row);
  }

  randomLabels(): Row[] {
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
          "min(x.askedNs) AS first, max(x.askedNs) AS last",
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

  /** By server: how many of the exchanges for which `where` holds, most first. */
  private servers(where: string, unit: "requests" | "responses"): (Counted & { readonly key: string })[] {
    return this.exact(
      `SELECT a.workloadKey AS key, sum(x.${unit}) AS count, min(x.askedNs) AS first, max(x.askedNs) AS last,
         count(DISTINCT (SELECT ca.workloadKey FROM Endpoint c JOIN Actor ca ON ca.id = c.actorId WHERE c.id = x.clientId)) AS clients
       FROM ${exchangesOf("server", this.scope.table)} WHERE ${COUNTED} AND ${this.scope.where.sql} AND ${where}
       GROUP BY 1 ORDER BY count DESC, 1 LIMIT ${EACH}`,
    ).map((row) => ({ key: String(row.key), ...toCounted(row) }));
  }

  private counted(
    columns: string,
    side: "client" | "server",
    where: string,
    parameters: readonly SqlValue[] = [],
  ): SqlRow[] {
    return this.exact(
      `SELECT ${columns} FROM ${exchangesOf(side, this.scope.table)} WHERE ${COUNTED} AND ${this.scope.where.sql} AND ${where}`,
      parameters,
    );
  }

  private exact(sql: string, parameters: readonly SqlValue[] = []): SqlRow[] {
    return this.capture.database.prepareExact(sql).all([...this.scope.where.parameters, ...parameters]);
  }

  private rows(select: string, side: "client" | "server", where: string, end: string): SqlValue[][] {
    return this.capture.database
      .prepare(
        `${select} FROM ${exchangesOf(side, this.scope.table)} WHERE ${COUNTED} AND ${this.scope.where.sql} AND ${where} ${end}`,
      )
      .rows(this.scope.where.parameters);
  }

  private grouped(select: string, where: string): SqlValue[][] {
    return this.capture.database
      .prepare(
        `${select} FROM ${exchangesOf("server", this.scope.table)} LEFT JOIN Text n ON n.id = x.queryId
         WHERE ${COUNTED} AND ${this.scope.where.sql} AND ${where}`,
      )
      .rows(this.scope.where.parameters);
  }

  private toRow(
    type: DnsFindingType,
    key: readonly (string | null)[],
    { sentence, details, remedy }: FindingWords,
    { count, clients, firstNs, lastNs }: Counted,
    more: Pick<Row, "unit" | "filter" | "class"> & Partial<Pick<Row, "client" | "server" | "subject">>,
  ): Row {
    return {
      causeId: causeIdOf("dns", [type, ...key]),
      type,
      sentence,
      details: [...details],
      remedy,
      count,
      clients,
      client: null,
      server: null,
      subject: null,
      first: time(firstNs),
      last: time(lastNs),
      worked: { before: null, since: null },
      rhythmNs: null,
      ...more,
    };
  }
}

function toCounted(row: SqlRow | undefined): Counted {
  return {
    count: Number(row?.count ?? 0),
    clients: Number(row?.clients ?? 0),
    firstNs: row?.first,
    lastNs: row?.last,
  };
}

function time(ns: SqlValue | undefined): string | null {
  return typeof ns === "bigint" ? formatTime(ns) : null;
}

/** As a reader says it: no cluster, no kind. */
function nameOf({ namespace, name }: { readonly namespace: string | null; readonly name: string }): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

function widen(spans: Map<string, AddressSpan>, address: string, firstNs: bigint, lastNs: bigint): void {
  const known = spans.get(address);
  spans.set(address, {
    address,
    firstNs: known === undefined || firstNs < known.firstNs ? firstNs : known.firstNs,
    lastNs: known === undefined || lastNs > known.lastNs ? lastNs : known.lastNs,
  });
}
