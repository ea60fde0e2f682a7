/**
 * DNS exchanges of a scope, counted by one word.
 *
 * Exchanges are only counted by the group that settling put them in (DnsGroup), which reads one index where the scope has no
 * terms; everything else is asked of the groups, which are few. Totals are sums over the rows. Distinct workloads and
 * names do not add up, so these are asked for again.
 */

import { addCounts } from "@/lib/base/counter";
import { ROOT_ZONE, readRoots } from "@/lib/capture/dns-roots";
import type { SqlValue } from "@/lib/capture/driver";
import { bucketCounts } from "@/lib/capture/number-lists";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import type { DnsBy } from "./dns-by";
import { COUNTED, exchangesOf } from "./dns-parts";
import type { Exchanges } from "./dns-scope";
import type { OpenCapture } from "./open-capture";

export type Key = string | number;

/** What fails by itself, as SQL over a group. */
export const REAL_ERROR = "(coalesce(x.rcode, 0) > 0 AND x.suffixLabels IS NULL)";

/** Exchanges of the scope by group and by more columns, as SQL: `groupId`, these, and how many (`n`). */
export function countedByGroup({ source, where }: Exchanges, columns: readonly string[], only = "1"): string {
  const places = [1, ...columns.map((_, at) => at + 2)].join(", ");
  return `SELECT ${["x.groupId", ...columns, "sum(x.n) AS n"].join(", ")} FROM ${source}
    WHERE ${only} AND ${where.sql} GROUP BY ${places}`;
}

export const stateIs = (state: keyof typeof DNS_STATE): string => `(x.state = ${DNS_STATE[state]})`;

/** What is summed, as SQL over a group `x`. */
const SUMS = {
  queries: "x.requests",
  responses: "x.responses",
  unanswered: `${stateIs("unanswered")} * x.requests`,
  open: `${stateIs("open")} * x.requests`,
  refused: `${stateIs("refused")} * x.requests`,
  retries: "x.retry * x.requests",
  expansion: "(x.suffixLabels IS NOT NULL) * x.responses",
  noData: "coalesce(x.noData, 0) * x.responses",
  nameless: "(x.queryId IS NULL) * x.requests",
  namelessResponses: "(x.queryId IS NULL) * x.responses",
  unpaired: `${stateIs("unpaired")} * x.requests`,
  unasked: `${stateIs("answerOnly")} * x.responses`,
  /** What fails by itself or stays silent. */
  broken: `${REAL_ERROR} * x.responses + (${stateIs("unanswered")} OR ${stateIs("refused")}) * x.requests`,
} as const;
type Sum = keyof typeof SUMS;
const SUM_NAMES = Object.keys(SUMS) as readonly Sum[];

/** What adds up over groups. */
export interface Tally {
  readonly sums: Readonly<Record<Sum, number>>;
  /** Answers by code, and by bucket of latency. */
  readonly errors: ReadonlyMap<number, number>;
  readonly latency: ReadonlyMap<number, number>;
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
  readonly lastErrorNs: bigint | undefined;
}

export interface Distinct {
  readonly clients: number;
  readonly names: number;
}

/** Workloads that asked and names that were asked for, in the whole scope; and questions that a resolver passed on. */
export interface Whole extends Distinct {
  readonly secondHops: number;
}

export interface Group extends Tally, Distinct {
  readonly key: Key;
}

/** What rows are grouped by: an integer or a text. Names and codes that are not known have a number of their own. */
export const GROUP_KEY: Readonly<Record<DnsBy, string>> = {
  rcode: "coalesce(x.rcode, -1)",
  query: "coalesce(x.queryId, 0)",
  // The root of all names is kept as an empty one.
  root: `CASE WHEN x.queryId IS NULL THEN '' ELSE coalesce(nullif(coalesce(r.root, n.value), ''), '${ROOT_ZONE}') END`,
  client: "a.workloadKey",
  pod: "a.key",
  server: "a.workloadKey",
  node: "coalesce((SELECT nodeName FROM Observer WHERE id = x.observerId), '')",
  qtype: "coalesce(x.qtypes, '')",
  answers: "coalesce(x.answers, -1)",
};

/** Names are folded by a list of roots, which is the statement's first parameter. Without the type of its columns it is found by no index. */
const ROOTS = `LEFT JOIN Text n ON n.id = x.queryId
  LEFT JOIN (SELECT CAST(value ->> 0 AS INTEGER) AS queryId, CAST(value ->> 1 AS INTEGER) AS labels, value ->> 2 AS root FROM json_each(?)) r
    ON r.queryId = x.queryId AND r.labels = coalesce(x.suffixLabels, 0)`;

export class GroupReader {
  /** Groups that are in the scope, each with its exchanges `t`; with what the key needs, and without. */
  private readonly from: string;
  private readonly plainFrom: string;
  private readonly roots: readonly SqlValue[];
  /** Who asked, also where the rows are of who was asked. */
  private readonly client: string;

  constructor(
    private readonly capture: OpenCapture,
    private readonly by: DnsBy,
    private readonly scope: Exchanges,
  ) {
    const sides = exchangesOf(by === "server" ? "server" : "client", scope.groups);
    this.plainFrom = `${sides} JOIN t ON t.groupId = x.id`;
    this.from = `${this.plainFrom} ${by === "root" ? ROOTS : ""}`;
    this.roots = by === "root" ? [this.rootList()] : [];
    this.client =
      by === "server"
        ? "(SELECT ca.workloadKey FROM Endpoint c JOIN Actor ca ON ca.id = c.actorId WHERE c.id = x.clientId)"
        : "a.workloadKey";
  }

  private rootList(): string {
    const { capture } = this;
    return capture.keep("dns-roots", () =>
      JSON.stringify(readRoots(capture.database).map(({ queryId, labels, root }) => [queryId, labels, root])),
    );
  }

  /** A statement over groups. `columns` are what is wanted of their exchanges. */
  private ask(columns: string, select: string, more: readonly SqlValue[] = []): SqlValue[][] {
    const { source, where } = this.scope;
    const counted = `SELECT x.groupId, ${columns} FROM ${source} WHERE ${where.sql} GROUP BY x.groupId`;
    return this.capture.database
      .prepareExact(`WITH t AS MATERIALIZED (${counted}) ${select}`)
      .rows([...where.parameters, ...more]);
  }

  /** Rows, what is broken first, then by questions (ties are broken by what does not depend on the order of files); and what is no sum of them. */
  read(): { readonly groups: readonly Group[]; readonly whole: Whole } {
    const buckets = this.scope.hasAnswers ? "group_concat(x.latencies)" : "NULL";
    const nothing = ["NULL", "NULL", "NULL", "NULL", "NULL", ...SUM_NAMES.slice(1).map(() => "NULL")].join(
      ", ",
    );
    // In one statement, because finding the exchanges of a scope is most of the work.
    const rows = this.ask(
      `sum(x.n) AS n, min(x.firstNs) AS firstNs, max(x.lastNs) AS lastNs, ${buckets} AS buckets`,
      `SELECT 0, ${GROUP_KEY[this.by]} AS key, count(DISTINCT ${this.client}), count(DISTINCT x.queryId),
         min(t.firstNs), max(t.lastNs), max(t.lastNs) FILTER (WHERE ${REAL_ERROR} AND x.responses > 0),
         group_concat(x.rcode || ':' || (x.responses * t.n)) FILTER (WHERE x.rcode > 0), group_concat(t.buckets),
         ${SUM_NAMES.map((name) => `sum((${SUMS[name]}) * t.n)`).join(", ")}
       FROM ${this.from} WHERE ${COUNTED} GROUP BY 2
       UNION ALL SELECT 1, NULL, count(DISTINCT ${this.client}) FILTER (WHERE ${COUNTED}), count(DISTINCT x.queryId) FILTER (WHERE ${COUNTED}),
         ${nothing}, sum(x.requests * t.n) FILTER (WHERE x.secondHop) FROM ${this.plainFrom}`,
      this.roots,
    );
    const groups = rows
      .filter(([isWhole]) => Number(isWhole) === 0)
      .map(
        ([, key, clients, names, first, last, lastError, errors, latency, ...sums]): Group => ({
          key: typeof key === "bigint" ? Number(key) : String(key),
          clients: Number(clients),
          names: Number(names),
          firstNs: instant(first),
          lastNs: instant(last),
          lastErrorNs: instant(lastError),
          sums: toSums((_, at) => Number(sums[at] ?? 0)),
          errors: bucketCounts(errors),
          latency: bucketCounts(latency),
        }),
      );
    const [, , clients, names, ...rest] = rows.find(([isWhole]) => Number(isWhole) === 1) ?? [];
    const hops = this.scope.hasSecondHops ? Number(rest.at(-1) ?? 0) : 0;
    return {
      groups: this.inOrder(groups),
      whole: { clients: Number(clients ?? 0), names: Number(names ?? 0), secondHops: hops },
    };
  }

  private inOrder(groups: readonly Group[]): Group[] {
    const texts = this.by === "query" ? this.readTexts(groups) : undefined;
    const tie = ({ key }: Group): Key => texts?.get(key) ?? key;
    return [...groups].sort(
      (a, b) =>
        b.sums.broken - a.sums.broken || b.sums.queries - a.sums.queries || (tie(a) < tie(b) ? -1 : 1),
    );
  }

  private readTexts(groups: readonly Group[]): ReadonlyMap<Key, string> {
    const rows = this.capture.database
      .prepare("SELECT id, value FROM Text WHERE id IN (SELECT value FROM json_each(?))")
      .rows([JSON.stringify(groups.map(({ key }) => key))]);
    return new Map(rows.map(([id, value]) => [Number(id), String(value)]));
  }

  /** Workloads and names without these keys. */
  readDistinctBeside(keys: readonly Key[]): Distinct {
    const [[clients, names] = []] = this.ask(
      "sum(x.n) AS n",
      `SELECT count(DISTINCT ${this.client}), count(DISTINCT x.queryId) FROM ${this.from}
       WHERE ${COUNTED} AND ${GROUP_KEY[this.by]} NOT IN (SELECT value FROM json_each(?))`,
      [...this.roots, JSON.stringify(keys)],
    );
    return { clients: Number(clients ?? 0), names: Number(names ?? 0) };
  }
}

function instant(value: SqlValue | undefined): bigint | undefined {
  return typeof value === "bigint" ? value : undefined;
}

function toSums(of: (name: Sum, at: number) => number): Record<Sum, number> {
  return Object.fromEntries(SUM_NAMES.map((name, at) => [name, of(name, at)])) as Record<Sum, number>;
}

export function addUp(tallies: readonly Tally[]): Tally {
  const times = (of: (tally: Tally) => bigint | undefined): bigint[] =>
    tallies.flatMap((tally) => of(tally) ?? []);
  return {
    sums: toSums((name) => tallies.reduce((all, { sums }) => all + sums[name], 0)),
    errors: addCounts(tallies.map(({ errors }) => errors)),
    latency: addCounts(tallies.map(({ latency }) => latency)),
    firstNs: most(
      times(({ firstNs }) => firstNs),
      (a, b) => a < b,
    ),
    lastNs: most(
      times(({ lastNs }) => lastNs),
      (a, b) => a > b,
    ),
    lastErrorNs: most(
      times(({ lastErrorNs }) => lastErrorNs),
      (a, b) => a > b,
    ),
  };
}

function most(times: readonly bigint[], isMore: (a: bigint, b: bigint) => boolean): bigint | undefined {
  return times.reduce<bigint | undefined>(
    (best, time) => (best === undefined || isMore(time, best) ? time : best),
    undefined,
  );
}
