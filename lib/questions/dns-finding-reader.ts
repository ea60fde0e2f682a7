/** What findings about DNS are read with: questions over the exchanges of a scope, and the rows that they become. */

import { formatTime } from "@/lib/base/time";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { causeIdOf } from "@/lib/insight/causes/cause";
import type { DnsFindingType, FindingWords } from "@/lib/insight/dns/finding-words";
import type { DnsCausesAnswer } from "./dns-causes-answer";
import { COUNTED, exchangesOf } from "./dns-parts";
import type { Exchanges } from "./dns-scope";
import type { OpenCapture } from "./open-capture";

export type FindingRow = DnsCausesAnswer["rows"][number];

/** Findings of one kind at most. */
export const EACH = 20;

/** Numbers that every finding has. */
export interface Counted {
  readonly count: number;
  readonly clients: number;
  readonly firstNs: SqlValue | undefined;
  readonly lastNs: SqlValue | undefined;
}

type More = Pick<FindingRow, "unit" | "filter" | "class"> &
  Partial<Pick<FindingRow, "client" | "server" | "subject" | "evidence" | "worked">>;

export class FindingReader {
  constructor(
    protected readonly capture: OpenCapture,
    /** Those that are alike may stand in one row. */
    protected readonly scope: Exchanges,
    /** One by one. */
    protected readonly each: Exchanges,
  ) {}

  /** By server: how many of the exchanges for which `where` holds, most first. */
  protected servers(where: string, unit: "requests" | "responses"): (Counted & { readonly key: string })[] {
    return this.exact(
      `SELECT a.workloadKey AS key, sum(x.${unit}) AS count, min(x.firstNs) AS first, max(x.lastNs) AS last,
         count(DISTINCT (SELECT ca.workloadKey FROM Endpoint c JOIN Actor ca ON ca.id = c.actorId WHERE c.id = x.clientId)) AS clients
       FROM ${exchangesOf("server", this.scope.table)} WHERE ${COUNTED} AND ${this.scope.where.sql} AND ${where}
       GROUP BY 1 ORDER BY count DESC, 1 LIMIT ${EACH}`,
    ).map((row) => ({ key: String(row.key), ...toCounted(row) }));
  }

  protected counted(
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

  /** The scope's parameters come first in a statement. */
  protected exact(sql: string, parameters: readonly SqlValue[] = [], { where } = this.scope): SqlRow[] {
    return this.capture.database.prepareExact(sql).all([...where.parameters, ...parameters]);
  }

  protected rows(sql: string): SqlValue[][] {
    return this.capture.database.prepare(sql).rows(this.scope.where.parameters);
  }

  protected toRow(
    type: DnsFindingType,
    key: readonly (string | null)[],
    { sentence, details, remedy }: FindingWords,
    { count, clients, firstNs, lastNs }: Counted,
    more: More,
  ): FindingRow {
    return {
      causeId: causeIdOf("dns", [type, ...key]),
      type,
      sentence,
      details: [...details],
      evidence: [],
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

export function toCounted(row: SqlRow | undefined): Counted {
  return {
    count: Number(row?.count ?? 0),
    clients: Number(row?.clients ?? 0),
    firstNs: row?.first,
    lastNs: row?.last,
  };
}

export function time(ns: SqlValue | undefined): string | null {
  return typeof ns === "bigint" ? formatTime(ns) : null;
}

/** As a reader says it: no cluster, no kind. */
export function nameOf({
  namespace,
  name,
}: {
  readonly namespace: string | null;
  readonly name: string;
}): string {
  return namespace === null ? name : `${namespace}/${name}`;
}
