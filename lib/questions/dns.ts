/** DNS by response code, name, client or server: questions, answers, errors, silence, latency. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { Condition } from "@/lib/capture/conditions";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import type { DnsAnswer, DnsCounts, DnsKey } from "./dns-answers";
import { COUNTED, exchangesOf, latencyOf, readWorkload } from "./dns-parts";
import { dnsMeta, exchangesInScope } from "./dns-scope";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export const DNS_BY = ["rcode", "query", "client", "server"] as const;
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
  client: "a.workloadKey",
  server: "a.workloadKey",
};

/** Ties are broken by what does not depend on the order of files. */
const TIE: Readonly<Record<DnsBy, string>> = {
  rcode: "key",
  query: "(SELECT value FROM Text WHERE id = key)",
  client: "key",
  server: "key",
};

export function readDns(capture: OpenCapture, parameters: DnsParameters): Result<DnsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const reader = new DnsReader(capture, parameters.by, exchangesInScope(capture, scope.value));
  const keys = reader.readKeys(parameters.limit);
  const rows = reader
    .readRows(keys.listed)
    .map(({ key, counts }) => ({ key: keyOf(capture, parameters.by, key), ...counts }));
  return ok({
    meta: dnsMeta(capture),
    total: { ...reader.readTotal(), ...reader.readExtras() },
    rows,
    folded: keys.more === 0 ? null : { rows: keys.more, ...reader.readOthers(keys.listed) },
  });
}

type Key = string | number;

class DnsReader {
  private readonly from: string;

  constructor(
    private readonly capture: OpenCapture,
    private readonly by: DnsBy,
    private readonly scope: Condition,
  ) {
    this.from = `${exchangesOf(by === "server" ? "server" : "client")} WHERE ${COUNTED} AND ${scope.sql}`;
  }

  /** Keys of the rows in their order, and how many more there are. */
  readKeys(limit: number): { readonly listed: readonly Key[]; readonly more: number } {
    const rows = this.rows(
      `SELECT key, count(*) OVER () FROM (
         SELECT ${KEY[this.by]} AS key, sum(${REAL_ERROR} * responses + ${SILENT} * requests) AS broken, sum(requests) AS queries
         FROM ${this.from} GROUP BY 1)
       ORDER BY broken DESC, queries DESC, ${TIE[this.by]} LIMIT ?`,
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

  readExtras(): Pick<DnsAnswer["total"], "refused" | "noData" | "retries" | "unpaired" | "secondHops"> {
    const [[refused, noData, retries, unpaired] = []] = this.rows(
      `SELECT sum((x.state = ${DNS_STATE.refused}) * x.requests), sum(coalesce(x.noData, 0) * x.responses),
         sum((x.retryOf IS NOT NULL) * x.requests), sum((x.state = ${DNS_STATE.unpaired}) * x.requests) FROM ${this.from}`,
      [],
    );
    const hops = this.capture.database
      .prepare(
        `SELECT coalesce(sum(x.requests), 0) AS n FROM DnsExchange x WHERE x.secondHop AND ${this.scope.sql}`,
      )
      .get(this.scope.parameters);
    const [a, b, c, d] = [refused, noData, retries, unpaired].map((n) => Number(n ?? 0));
    return {
      refused: a ?? 0,
      noData: b ?? 0,
      retries: c ?? 0,
      unpaired: d ?? 0,
      secondHops: Number(hops?.n),
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
           sum((x.suffixLabels IS NOT NULL) * x.responses) AS expansion,
           count(DISTINCT ${clients}) AS clients, min(x.askedNs) AS first, max(x.askedNs) AS last FROM ${from} GROUP BY 1`,
      )
      .all([...this.scope.parameters, ...parameters]);
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
    return this.capture.database.prepare(sql).rows([...this.scope.parameters, ...parameters]);
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
    expansion: count("expansion"),
    clients: count("clients"),
    latencyNs: latencyOf(latency),
    first: time(row.first),
    last: time(row.last),
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
    case "client":
      return { client: readWorkload(capture, String(key)) };
    case "server":
      return { server: readWorkload(capture, String(key)) };
  }
}
