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
import { countedByGroup } from "./dns-groups";
import { COUNTED, exchangesOf, readWorkload } from "./dns-parts";
import { dnsMeta, type Exchanges, summedExchanges } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export interface DnsExpansionParameters extends ScopeParameters {
  readonly limit: number;
}

type Counts = DnsExpansionAnswer["total"];
type Row = DnsExpansionAnswer["rows"][number];

/** Dots of a name without its suffix: SQL over a group `x` and its name `name`. */
const DOTS = "(length(name.value) - length(replace(name.value, '.', '')) - x.suffixLabels)";

function savedBy(ndots: number): string {
  return `sum(CASE WHEN ${DOTS} < ${ndots} THEN 0 WHEN t.asIs = 1 THEN x.requests
    WHEN t.asIs IS NULL AND t.isFirst THEN -x.requests ELSE 0 END * t.n)`;
}

const COUNTS = `sum(x.requests * t.n), sum((x.suffixLabels IS NOT NULL) * x.responses * t.n),
  sum((x.rcode IS 3 AND x.suffixLabels IS NULL AND x.queryId IS NOT NULL) * x.responses * t.n),
  sum((x.rcode IS 3 AND x.queryId IS NULL) * x.responses * t.n)`;

export function readDnsExpansion(
  capture: OpenCapture,
  parameters: DnsExpansionParameters,
): Result<DnsExpansionAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const exchanges = summedExchanges(capture, scope.value);
  const workloads = readWorkloads(capture, exchanges);
  const lists = readLists(capture, exchanges);
  const listed = workloads.slice(0, parameters.limit);
  const rows = listed.map(([id, counts]): Row => {
    const workload = readWorkload(capture, id);
    const list = lists.get(id);
    return {
      workload,
      filter: keyFilter({ client: workload }),
      ...counts,
      saved: list?.saved ?? { ndots1: 0, ndots2: 0, dot: 0 },
      suffixes: list === undefined ? [] : mostUsed(list.suffixes),
    };
  });
  const others = workloads.slice(listed.length).map(([, counts]) => counts);
  return ok({
    meta: dnsMeta(capture),
    total: addUp(workloads.map(([, counts]) => counts)),
    rows,
    folded: others.length === 0 ? null : { rows: others.length, ...addUp(others) },
  });
}

/** Most attempts first. */
function readWorkloads({ database }: OpenCapture, exchanges: Exchanges): [workload: string, Counts][] {
  return database
    .prepare(
      `WITH t AS MATERIALIZED (${countedByGroup(exchanges, [])})
       SELECT a.workloadKey, ${COUNTS} FROM ${exchangesOf("client", exchanges.groups)} JOIN t ON t.groupId = x.id
       WHERE ${COUNTED} GROUP BY 1 ORDER BY 3 DESC, 4 DESC, 2 DESC, 1`,
    )
    .rows(exchanges.where.parameters)
    .map(([workload, ...counts]) => [String(workload), toCounts(counts)]);
}

function toCounts(row: readonly SqlValue[] = []): Counts {
  const [queries = 0, expansion = 0, nxdomain = 0, vague = 0] = row.map((n) => Number(n ?? 0));
  return { queries, expansion, nxdomain, vague };
}

function addUp(all: readonly Counts[]): Counts {
  const sum = (name: keyof Counts): number => all.reduce((n, counts) => n + counts[name], 0);
  return {
    queries: sum("queries"),
    expansion: sum("expansion"),
    nxdomain: sum("nxdomain"),
    vague: sum("vague"),
  };
}

interface List {
  readonly saved: { ndots1: number; ndots2: number; dot: number };
  /** How often each was tried. */
  readonly suffixes: Map<string, number>;
}

/** By workload: what its search list cost, and the suffixes in it. */
function readLists({ database }: OpenCapture, exchanges: Exchanges): Map<string, List> {
  const only = "x.groupId IN (SELECT id FROM DnsGroup WHERE suffixLabels IS NOT NULL)";
  const rows = database
    .prepare(
      `WITH t AS MATERIALIZED (${countedByGroup(exchanges, ["x.asIs", "x.isFirst"], only)})
       SELECT a.workloadKey, name.value, x.suffixLabels, ${savedBy(1)}, ${savedBy(2)}, sum(x.requests * t.n), sum(x.responses * t.n)
       FROM ${exchangesOf("client", exchanges.groups)} JOIN t ON t.groupId = x.id JOIN Text name ON name.id = x.queryId
       WHERE ${COUNTED} GROUP BY 1, 2, 3`,
    )
    .rows(exchanges.where.parameters);
  const lists = new Map<string, List>();
  for (const [key, name, labels, ...counts] of rows) {
    const [ndots1 = 0, ndots2 = 0, dot = 0, responses = 0] = counts.map(Number);
    const suffix = String(name).split(".").slice(-Number(labels)).join(".");
    const own = lists.get(String(key)) ?? { saved: { ndots1: 0, ndots2: 0, dot: 0 }, suffixes: new Map() };
    own.saved.ndots1 += ndots1;
    own.saved.ndots2 += ndots2;
    own.saved.dot += dot;
    own.suffixes.set(suffix, (own.suffixes.get(suffix) ?? 0) + responses);
    lists.set(String(key), own);
  }
  return lists;
}

/** Suffixes named for a workload at most. */
const SUFFIXES = 20;

function mostUsed(suffixes: ReadonlyMap<string, number>): string[] {
  return [...suffixes]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, SUFFIXES)
    .map(([suffix]) => suffix);
}
