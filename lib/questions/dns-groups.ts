/**
 * DNS exchanges of a scope, counted by one word.
 *
 * The exchanges are gone through once for each kind of number, for all groups together, and totals are sums over the
 * groups: a log of some hundred thousand questions is passed as seldom as can be. Distinct workloads and names do not
 * add up, so these are asked for again.
 */

import { ANSWERS } from "@/lib/capture/dns-conditions";
import { readRoots } from "@/lib/capture/dns-roots";
import type { SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import type { DnsBy } from "./dns";
import { COUNTED, exchangesOf } from "./dns-parts";
import type { Exchanges } from "./dns-scope";
import type { OpenCapture } from "./open-capture";

export type Key = string | number;

const stateIs = (state: keyof typeof DNS_STATE): string => `(x.state = ${DNS_STATE[state]})`;
const REAL_ERROR = "(coalesce(x.rcode, 0) > 0 AND x.suffixLabels IS NULL)";

/** What is summed, as SQL over `x`. */
const SUMS = {
  queries: "x.requests",
  responses: "x.responses",
  unanswered: `${stateIs("unanswered")} * x.requests`,
  open: `${stateIs("open")} * x.requests`,
  refused: `${stateIs("refused")} * x.requests`,
  retries: "(x.retryOf IS NOT NULL) * x.requests",
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

export interface Group extends Tally, Distinct {
  readonly key: Key;
}

/** What rows are grouped by: an integer or a text. Names and codes that are not known have a number of their own. */
const KEY: Readonly<Record<DnsBy, string>> = {
  rcode: "coalesce(x.rcode, -1)",
  query: "coalesce(x.queryId, 0)",
  root: "coalesce(r.root, n.value, '')",
  client: "a.workloadKey",
  pod: "a.key",
  server: "a.workloadKey",
  node: "coalesce((SELECT o.nodeName FROM Flow f JOIN Observer o ON o.id = f.observerId WHERE f.id = x.id), '')",
  qtype: "coalesce(x.qtypes, '')",
  answers: `coalesce(${ANSWERS}, -1)`,
};

/** Names are folded by a list of roots, which is the statement's first parameter. Without the type of its columns it is found by no index. */
const ROOTS = `LEFT JOIN Text n ON n.id = x.queryId
  LEFT JOIN (SELECT CAST(value ->> 0 AS INTEGER) AS queryId, CAST(value ->> 1 AS INTEGER) AS labels, value ->> 2 AS root FROM json_each(?)) r
    ON r.queryId = x.queryId AND r.labels = coalesce(x.suffixLabels, 0)`;

export class GroupReader {
  /** The exchanges with what the key needs, and without. */
  private readonly from: string;
  private readonly plainFrom: string;
  private readonly given: readonly SqlValue[];
  /** Who asked, also where the rows are of who was asked. */
  private readonly client: string;

  constructor(
    private readonly capture: OpenCapture,
    private readonly by: DnsBy,
    private readonly scope: Exchanges,
  ) {
    const { table, where } = scope;
    const sides = exchangesOf(by === "server" ? "server" : "client", table);
    this.plainFrom = `${sides} WHERE ${COUNTED} AND ${where.sql}`;
    this.from = `${sides} ${by === "root" ? ROOTS : ""} WHERE ${COUNTED} AND ${where.sql}`;
    this.given = [...(by === "root" ? [this.rootList()] : []), ...where.parameters];
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

  /** What is broken first, then by questions; ties are broken by what does not depend on the order of files. */
  readGroups(): Group[] {
    const key = KEY[this.by];
    const errors = this.readNested("x.rcode", "sum(x.responses)", "x.rcode > 0");
    const latency = this.readNested("x.latencyBucket", "count(*)", "x.latencyBucket IS NOT NULL");
    const rows = this.capture.database
      .prepareExact(
        `SELECT ${key} AS key, count(DISTINCT ${this.client}), count(DISTINCT x.queryId),
           min(x.askedNs), max(x.askedNs), max(x.askedNs) FILTER (WHERE ${REAL_ERROR} AND x.responses > 0),
           ${SUM_NAMES.map((name) => `sum(${SUMS[name]})`).join(", ")}
         FROM ${this.from} GROUP BY 1`,
      )
      .rows([...this.given]);
    const groups = rows.map(([key, clients, names, first, last, lastError, ...sums]): Group => {
      const own = typeof key === "bigint" ? Number(key) : String(key);
      return {
        key: own,
        clients: Number(clients),
        names: Number(names),
        firstNs: instant(first),
        lastNs: instant(last),
        lastErrorNs: instant(lastError),
        sums: toSums((_, at) => Number(sums[at] ?? 0)),
        errors: errors.get(own) ?? NONE,
        latency: latency.get(own) ?? NONE,
      };
    });
    return this.inOrder(groups);
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

  private readNested(inner: string, count: string, where: string): Map<Key, Map<number, number>> {
    const nested = new Map<Key, Map<number, number>>();
    const rows = this.capture.database
      .prepare(
        `SELECT ${KEY[this.by]} AS key, ${inner}, ${count} FROM ${this.from} AND ${where} GROUP BY 1, 2`,
      )
      .rows([...this.given]);
    for (const [key, value, n] of rows) {
      const counts = nested.get(key as Key) ?? new Map<number, number>();
      nested.set(key as Key, counts.set(Number(value), Number(n)));
    }
    return nested;
  }

  /** Workloads that asked and names that were asked for, in the whole scope. */
  readDistinct(): Distinct {
    return this.distinct(this.plainFrom, this.scope.where.parameters);
  }

  /** The same without these keys. */
  readDistinctBeside(keys: readonly Key[]): Distinct {
    const others = `${this.from} AND ${KEY[this.by]} NOT IN (SELECT value FROM json_each(?))`;
    return this.distinct(others, [...this.given, JSON.stringify(keys)]);
  }

  private distinct(from: string, parameters: readonly SqlValue[]): Distinct {
    const [[clients, names] = []] = this.capture.database
      .prepare(`SELECT count(DISTINCT ${this.client}), count(DISTINCT x.queryId) FROM ${from}`)
      .rows(parameters);
    return { clients: Number(clients ?? 0), names: Number(names ?? 0) };
  }

  /** Questions that a resolver passed on. */
  readSecondHops(): number {
    const { table, where, hasSecondHops } = this.scope;
    if (!hasSecondHops) return 0;
    const row = this.capture.database
      .prepare(`SELECT sum(x.requests) AS n FROM ${table} WHERE x.secondHop AND ${where.sql}`)
      .get(where.parameters);
    return Number(row?.n ?? 0);
  }
}

const NONE: ReadonlyMap<number, number> = new Map();

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
    errors: addMaps(tallies.map(({ errors }) => errors)),
    latency: addMaps(tallies.map(({ latency }) => latency)),
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

function addMaps(maps: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const sum = new Map<number, number>();
  for (const map of maps) for (const [key, n] of map) sum.set(key, (sum.get(key) ?? 0) + n);
  return sum;
}

function most(times: readonly bigint[], isMore: (a: bigint, b: bigint) => boolean): bigint | undefined {
  return times.reduce<bigint | undefined>(
    (best, time) => (best === undefined || isMore(time, best) ? time : best),
    undefined,
  );
}
