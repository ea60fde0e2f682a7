/**
 * What the search list costs each workload, and what would save it.
 *
 * With `ndots:N` a name with at least N dots is asked for as it is first. That saves all its other questions when it
 * resolves; a name that only a suffix completes costs one question more for each walk through the list. A final dot
 * (of the name as it resolves) saves them all.
 */

import { ok, type Result } from "@/lib/base/result";
import type { SqlValue } from "@/lib/capture/driver";
import type { DnsExpansionAnswer } from "./dns-answers";
import { COUNTED, exchangesOf, readWorkload } from "./dns-parts";
import { dnsMeta, type Exchanges, exchangesInScope } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export interface DnsExpansionParameters extends ScopeParameters {
  readonly limit: number;
}

type Counts = DnsExpansionAnswer["total"];
type Row = DnsExpansionAnswer["rows"][number];

/** Dots of a name without its suffix: SQL over `x` and its name `t`. */
const DOTS = "(length(t.value) - length(replace(t.value, '.', '')) - x.suffixLabels)";

function savedBy(ndots: number): string {
  return `sum(CASE WHEN ${DOTS} < ${ndots} THEN 0 WHEN x.asIs = 1 THEN x.requests
    WHEN x.asIs IS NULL AND x.isFirst THEN -x.requests ELSE 0 END)`;
}

const COUNTS = `sum(x.requests), sum((x.suffixLabels IS NOT NULL) * x.responses),
  sum((x.rcode IS 3 AND x.suffixLabels IS NULL AND x.queryId IS NOT NULL) * x.responses),
  sum((x.rcode IS 3 AND x.queryId IS NULL) * x.responses)`;

export function readDnsExpansion(
  capture: OpenCapture,
  parameters: DnsExpansionParameters,
): Result<DnsExpansionAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const exchanges = exchangesInScope(capture, scope.value);
  const { table, where } = exchanges;
  const from = `${exchangesOf("client", table)} WHERE ${COUNTED} AND ${where.sql}`;
  const query = (sql: string, more: readonly SqlValue[] = []): SqlValue[][] =>
    capture.database.prepare(sql).rows([...where.parameters, ...more]);
  const total = toCounts(query(`SELECT ${COUNTS} FROM ${from}`)[0]);
  const workloads = query(
    `SELECT a.workloadKey AS workload, ${COUNTS}, count(*) OVER () FROM ${from} GROUP BY 1 ORDER BY 3 DESC, 4 DESC, 2 DESC, 1 LIMIT ?`,
    [parameters.limit],
  );
  const more = Number(workloads[0]?.[5] ?? 0) - workloads.length;
  const saved = readSaved(capture, exchanges);
  const suffixes = readSuffixes(capture, exchanges);
  const rows = workloads.map(([key, ...counts]): Row => {
    const id = String(key);
    const workload = readWorkload(capture, id);
    return {
      workload,
      filter: keyFilter({ client: workload }),
      ...toCounts(counts),
      saved: saved.get(id) ?? { ndots1: 0, ndots2: 0, dot: 0 },
      suffixes: suffixes.get(id) ?? [],
    };
  });
  return ok({
    meta: dnsMeta(capture),
    total,
    rows,
    folded: more === 0 ? null : { rows: more, ...rest(total, rows) },
  });
}

function toCounts(row: readonly SqlValue[] = []): Counts {
  const [queries = 0, expansion = 0, nxdomain = 0, vague = 0] = row.map((n) => Number(n ?? 0));
  return { queries, expansion, nxdomain, vague };
}

function rest(total: Counts, rows: readonly Counts[]): Counts {
  const left = (name: keyof Counts): number => rows.reduce((n, row) => n - row[name], total[name]);
  return {
    queries: left("queries"),
    expansion: left("expansion"),
    nxdomain: left("nxdomain"),
    vague: left("vague"),
  };
}

function expansionsIn(table: string): string {
  return `${exchangesOf("client", table)} JOIN Text t ON t.id = x.queryId WHERE ${COUNTED} AND x.suffixLabels IS NOT NULL`;
}

function readSaved({ database }: OpenCapture, { table, where }: Exchanges): Map<string, Row["saved"]> {
  const rows = database
    .prepare(
      `SELECT a.workloadKey, ${savedBy(1)}, ${savedBy(2)}, sum(x.requests) FROM ${expansionsIn(table)} AND ${where.sql} GROUP BY 1`,
    )
    .rows(where.parameters);
  return new Map(
    rows.map(([key, ndots1, ndots2, dot]) => [
      String(key),
      { ndots1: Number(ndots1), ndots2: Number(ndots2), dot: Number(dot) },
    ]),
  );
}

/** Suffixes named for a workload at most. */
const SUFFIXES = 20;

function readSuffixes({ database }: OpenCapture, { table, where }: Exchanges): Map<string, string[]> {
  const names = database
    .prepare(
      `SELECT a.workloadKey, t.value, x.suffixLabels, sum(x.responses) FROM ${expansionsIn(table)} AND ${where.sql} GROUP BY 1, 2, 3`,
    )
    .rows(where.parameters);
  const counted = new Map<string, Map<string, number>>();
  for (const [key, name, labels, n] of names) {
    const suffix = String(name).split(".").slice(-Number(labels)).join(".");
    const own = counted.get(String(key)) ?? new Map<string, number>();
    counted.set(String(key), own.set(suffix, (own.get(suffix) ?? 0) + Number(n)));
  }
  const byUse = ([a, n]: [string, number], [b, m]: [string, number]): number => m - n || (a < b ? -1 : 1);
  return new Map(
    [...counted].map(([key, own]) => [
      key,
      [...own]
        .sort(byUse)
        .slice(0, SUFFIXES)
        .map(([suffix]) => suffix),
    ]),
  );
}
