/** DNS by response code, name, client, server, node, type or answers: questions, answers, errors, silence, latency. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { ANSWERS } from "@/lib/capture/dns-conditions";
import { readRoots } from "@/lib/capture/dns-roots";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import type { DnsAnswer, DnsCounts, DnsKey } from "./dns-answers";
import { COUNTED, exchangesOf, latencyOf, readWorkload } from "./dns-parts";
import { dnsMeta, type Exchanges, exchangesInScope } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export const DNS_BY = [
  "rcode",
  "query",
  "root",
  "client",
  "pod",
  "server",
  "node",
  "qtype",
  "answers",
] as const;
export type DnsBy = (typeof DNS_BY)[number];

export interface DnsParameters extends ScopeParameters {
  readonly by: DnsBy;
  /** Rows at most; the rest is folded into one. */
  readonly limit: number;
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

/** Ties are broken by what does not depend on the order of files. */
function tieOf(by: DnsBy): string {
  return by === "query" ? "(SELECT value FROM Text WHERE id = key)" : "key";
}

/** Names are folded by a list of roots, which is the statement's first parameter. */
const ROOTS = `LEFT JOIN Text n ON n.id = x.queryId
  LEFT JOIN (SELECT value ->> 0 AS queryId, value ->> 1 AS labels, value ->> 2 AS root FROM json_each(?)) r
    ON r.queryId = x.queryId AND r.labels = coalesce(x.suffixLabels, 0)`;

export function readDns(capture: OpenCapture, parameters: DnsParameters): Result<DnsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const reader = new DnsReader(capture, parameters.by, exchangesInScope(capture, scope.value));
  const keys = reader.readKeys(parameters.limit);
  const rows = reader.readRows(keys.listed).map(({ key, counts }) => {
    const said = keyOf(capture, parameters.by, key);
    return { key: said, filter: keyFilter(said), ...counts };
  });
  return ok({
    meta: dnsMeta(capture),
    total: { ...reader.readTotal(), ...reader.readExtras() },
    rows,
    folded: keys.more === 0 ? null : { rows: keys.more, ...reader.readOthers(keys.listed) },
  });
}

type Key = string | number;
/** What the total says beside the counts of a row. */
type Extras = Omit<DnsAnswer["total"], keyof DnsCounts>;

class DnsReader {
  private readonly from: string;
  private readonly given: readonly SqlValue[];

  constructor(
    private readonly capture: OpenCapture,
    private readonly by: DnsBy,
    private readonly scope: Exchanges,
  ) {
    const { table, where } = scope;
    const sides = exchangesOf(by === "server" ? "server" : "client", table);
    this.from = `${sides} ${by === "root" ? ROOTS : ""} WHERE ${COUNTED} AND ${where.sql}`;
    this.given = [...(by === "root" ? [this.rootList()] : []), ...where.parameters];
  }

  private rootList(): string {
    const { capture } = this;
    return capture.keep("dns-roots", () =>
      JSON.stringify(readRoots(capture.database).map(({ queryId, labels, root }) => [queryId, labels, root])),
    );
  }

  /** Keys of the rows in their order, and how many more there are. */
  readKeys(limit: number): { readonly listed: readonly Key[]; readonly more: number } {
    const rows = this.rows(
      `SELECT key, count(*) OVER () FROM (
         SELECT ${KEY[this.by]} AS key, sum(${REAL_ERROR} * responses + ${SILENT} * requests) AS broken, sum(requests) AS queries
         FROM ${this.from} GROUP BY 1)
       ORDER BY broken DESC, queries DESC, ${tieOf(this.by)} LIMIT ?`,
      [limit],
    );
    const all = Number(rows[0]?.[1] ?? 0);
    return { listed: rows.map(([key]) => key as Key), more: all - rows.length };
  }

  readRows(keys: readonly Key[]): { readonly key: Key; readonly counts: DnsCounts }[] {
    const groups = this.readGroups(KEY[this.by], this.listed("IN"), [JSON.stringify(keys)]);
    return keys.map((key) => ({ key, counts: groups.get(key) ?? NOTHING }));
  }

  readTotal(): DnsCounts {
    return this.readGroups("0", "1", []).get(0) ?? NOTHING;
  }

  /** All but the listed rows. */
  readOthers(keys: readonly Key[]): DnsCounts {
    return this.readGroups("0", this.listed("NOT IN"), [JSON.stringify(keys)]).get(0) ?? NOTHING;
  }

  readExtras(): Extras {
    const [[nameless, namelessResponses, unpaired, unasked] = []] = this.rows(
      `SELECT sum((x.queryId IS NULL) * x.requests), sum((x.queryId IS NULL) * x.responses),
         sum((x.state = ${DNS_STATE.unpaired}) * x.requests), sum((x.state = ${DNS_STATE.answerOnly}) * x.responses) FROM ${this.from}`,
      [],
    );
    const { table, where, hasSecondHops } = this.scope;
    const hops = this.capture.database
      .prepare(`SELECT coalesce(sum(x.requests), 0) AS n FROM ${table} WHERE x.secondHop AND ${where.sql}`)
      .get(where.parameters);
    return {
      nameless: Number(nameless ?? 0),
      namelessResponses: Number(namelessResponses ?? 0),
      unpaired: Number(unpaired ?? 0),
      unasked: Number(unasked ?? 0),
      secondHops: hasSecondHops ? Number(hops?.n) : 0,
    };
  }

  private listed(word: "IN" | "NOT IN"): string {
    return `${KEY[this.by]} ${word} (SELECT value FROM json_each(?))`;
  }

  /** Everything that a row counts, for all groups together: three passes over the exchanges. */
  private readGroups(key: string, where: string, parameters: readonly SqlValue[]): Map<Key, DnsCounts> {
    const from = `${this.from} AND ${where}`;
    const errors = this.readNested(
      `SELECT ${key} AS key, x.rcode, sum(x.responses) FROM ${from} AND x.rcode > 0 GROUP BY 1, 2`,
      parameters,
    );
    const latency = this.readNested(
      `SELECT ${key} AS key, x.latencyBucket, count(*) FROM ${from} AND x.latencyBucket IS NOT NULL GROUP BY 1, 2`,
      parameters,
    );
    const clients =
      this.by === "server"
        ? "(SELECT ca.workloadKey FROM Endpoint c JOIN Actor ca ON ca.id = c.actorId WHERE c.id = x.clientId)"
        : "a.workloadKey";
    const rows = this.capture.database
      .prepareExact(
        `SELECT ${key} AS key, sum(x.requests) AS queries, sum(x.responses) AS responses,
           sum((x.state = ${DNS_STATE.unanswered}) * x.requests) AS unanswered,
           sum((x.state = ${DNS_STATE.open}) * x.requests) AS open,
           sum((x.state = ${DNS_STATE.refused}) * x.requests) AS refused,
           sum((x.retryOf IS NOT NULL) * x.requests) AS retries,
           sum((x.suffixLabels IS NOT NULL) * x.responses) AS expansion,
           sum(coalesce(x.noData, 0) * x.responses) AS noData,
           count(DISTINCT ${clients}) AS clients, count(DISTINCT x.queryId) AS names, min(x.askedNs) AS first, max(x.askedNs) AS last,
           max(x.askedNs) FILTER (WHERE ${REAL_ERROR} AND x.responses > 0) AS lastError FROM ${from} GROUP BY 1`,
      )
      .all([...this.given, ...parameters]);
    return new Map(
      rows.map((row) => {
        const key = typeof row.key === "bigint" ? Number(row.key) : String(row.key);
        return [key, toCounts(row, errors.get(key), latency.get(key))];
      }),
    );
  }

  private readNested(sql: string, parameters: readonly SqlValue[]): Map<Key, Map<number, number>> {
    const nested = new Map<Key, Map<number, number>>();
    for (const [key, inner, n] of this.rows(sql, parameters)) {
      const counts = nested.get(key as Key) ?? new Map<number, number>();
      nested.set(key as Key, counts.set(Number(inner), Number(n)));
    }
    return nested;
  }

  private rows(sql: string, parameters: readonly SqlValue[]): SqlValue[][] {
    return this.capture.database.prepare(sql).rows([...this.given, ...parameters]);
  }
}

const REAL_ERROR = "(coalesce(x.rcode, 0) > 0 AND x.suffixLabels IS NULL)";
const SILENT = `(x.state IN (${DNS_STATE.unanswered}, ${DNS_STATE.refused}))`;

const NOTHING: DnsCounts = toCounts({}, undefined, undefined);

function toCounts(
  row: SqlRow,
  errors: ReadonlyMap<number, number> = new Map(),
  latency: ReadonlyMap<number, number> = new Map(),
): DnsCounts {
  const count = (name: string): number => Number(row[name] ?? 0);
  const time = (value: SqlValue | undefined): string | null =>
    typeof value === "bigint" ? formatTime(value) : null;
  return {
    queries: count("queries"),
    responses: count("responses"),
    errors: Object.fromEntries(
      [...errors].sort(([a], [b]) => a - b).map(([code, n]) => [rcodeName(code), n]),
    ),
    unanswered: count("unanswered"),
    open: count("open"),
    refused: count("refused"),
    retries: count("retries"),
    expansion: count("expansion"),
    noData: count("noData"),
    clients: count("clients"),
    names: count("names"),
    latencyNs: latencyOf(latency),
    first: time(row.first),
    last: time(row.last),
    lastError: time(row.lastError),
  };
}

function rcodeName(code: number): string {
  return enumName(DNS_RCODE, code);
}

function keyOf(capture: OpenCapture, by: DnsBy, key: Key): DnsKey {
  switch (by) {
    case "rcode": {
      const code = Number(key);
      return code < 0 ? { rcode: null, name: null } : { rcode: code, name: rcodeName(code) };
    }
    case "query": {
      const text = capture.database.prepare("SELECT value FROM Text WHERE id = ?").get([key]);
      return { query: text === undefined ? null : String(text.value) };
    }
    case "root":
      return { root: key === "" ? null : String(key) };
    case "pod":
      return { pod: String(key) };
    case "node":
      return { node: key === "" ? null : String(key) };
    case "qtype":
      return { qtype: key === "" ? null : String(key) };
    case "answers":
      return { answers: Number(key) < 0 ? null : Number(key) };
    case "client":
      return { client: readWorkload(capture, String(key)) };
    case "server":
      return { server: readWorkload(capture, String(key)) };
  }
}
