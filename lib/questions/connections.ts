/**
 * TCP connections: what became of each attempt, by edge, client, server or pod of either.
 *
 * A connection is in scope when its first flow is. All tables are made from the same rows, so each adds up.
 */

import { percentile } from "@/lib/base/log-histogram";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { CONNECTIONS } from "@/lib/capture/outcome-conditions";
import { compileScope } from "@/lib/capture/scope-sql";
import { PROTOCOL_NUMBER } from "@/lib/insight/attempt-kind";
import { CONNECTION_WORDS, type ConnectionWord } from "@/lib/scope/outcome-kinds";
import type { ConnectionCounts, ConnectionKey, ConnectionsAnswer, ConnectionsBy } from "./answers-workloads";
import type { QuestionFailure } from "./failure";
import { bucketSql } from "./latency-bucket";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface ConnectionsParameters extends ScopeParameters {
  readonly by: ConnectionsBy;
  readonly limit: number;
}

export function readConnections(
  capture: OpenCapture,
  parameters: ConnectionsParameters,
): Result<ConnectionsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, limit } = parameters;
  const table = capture.keep(`connections ${by} ${limit} ${scopeKey(parameters)}`, () => {
    const compiled = compileScope(capture.database, scope.value);
    const groups = capture.database
      .prepareExact(
        `SELECT ${KEYS[by]}, ${WORDS}, sum(outcome <> 0), sum(${RESET}), bucket, min(firstNs), max(lastNs)
         FROM (SELECT a.outcome, a.flags, a.firstNs, a.lastNs, p.clientId, p.serverId, p.serverPort,
             CASE WHEN ${CONNECTIONS.timed} THEN ${bucketSql("a.lastNs - a.firstNs")} END AS bucket
           FROM Attempt a JOIN Flow f ON f.id = a.id JOIN Pair p ON p.id = f.pairId
           WHERE a.protocol = ${PROTOCOL_NUMBER.TCP} AND ${compiled.sql}) x
         GROUP BY 1, 2, 3, bucket`,
      )
      .rows(compiled.parameters)
      .map((row) => toGroup(row, by));
    return tabulate(groups, limit);
  });
  return ok({ meta: capture.meta("attempts"), ...table });
}

const WORDS = CONNECTION_WORDS.map((word) => `sum(${CONNECTIONS[word]})`).join(", ");
const RESET = `(${CONNECTIONS["reset-by-client"]}) OR (${CONNECTIONS["reset-by-server"]})`;

const actor = (column: string, id: string): string => `(SELECT ${column} FROM Actor WHERE id = x.${id})`;

/** Three columns each. */
const KEYS: Readonly<Record<ConnectionsBy, string>> = {
  edge: `${actor("workloadKey", "clientId")}, ${actor("workloadKey", "serverId")}, x.serverPort`,
  client: `${actor("workloadKey", "clientId")}, NULL, NULL`,
  "client-pod": `${actor("key", "clientId")}, NULL, NULL`,
  server: `${actor("workloadKey", "serverId")}, NULL, NULL`,
  pod: `${actor("key", "serverId")}, NULL, NULL`,
};

interface Group {
  readonly key: ConnectionKey;
  readonly words: readonly number[];
  readonly attempts: number;
  readonly resets: number;
  readonly bucket: number | undefined;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

function toGroup(row: readonly SqlValue[], by: ConnectionsBy): Group {
  const [first, second, third, ...rest] = row;
  const [attempts, resets, bucket, firstNs, lastNs] = rest.slice(CONNECTION_WORDS.length);
  return {
    key: keyOf(by, [first, second, third]),
    words: rest.slice(0, CONNECTION_WORDS.length).map(Number),
    attempts: Number(attempts),
    resets: Number(resets),
    bucket: bucket === null ? undefined : Number(bucket),
    firstNs: firstNs as bigint,
    lastNs: lastNs as bigint,
  };
}

function keyOf(by: ConnectionsBy, [first, second, third]: readonly (SqlValue | undefined)[]): ConnectionKey {
  const text = (value: SqlValue | undefined): string | null =>
    value === null || value === undefined ? null : String(value);
  switch (by) {
    case "edge":
      return { client: text(first), server: text(second), port: text(third) === null ? null : Number(third) };
    case "client":
      return { client: text(first) };
    case "client-pod":
      return { clientPod: text(first) };
    case "server":
      return { server: text(first) };
    case "pod":
      return { pod: text(first) };
  }
}

/** Attempts that came to nothing. */
const FAILED: readonly ConnectionWord[] = [
  "refused",
  "dropped-at-client",
  "dropped-at-server",
  "dropped-somewhere",
  "no-reply",
];

function tabulate(groups: readonly Group[], limit: number): Omit<ConnectionsAnswer, "meta"> {
  const byKey = new Map<string, Group[]>();
  for (const group of groups) {
    const text = JSON.stringify(group.key);
    const known = byKey.get(text);
    if (known === undefined) byKey.set(text, [group]);
    else known.push(group);
  }
  const rows = [...byKey]
    .map(([text, those]) => {
      const counts = countsOf(those);
      const failed = failedOf(counts);
      const { answered = 0, "open-already": before = 0 } = counts.outcomes;
      const neverAnswered = failed > 0 && answered === 0 && before === 0;
      return { text, failed, row: { key: (those[0] as Group).key, ...counts, neverAnswered } };
    })
    .sort(
      (a, b) =>
        Number(b.row.neverAnswered) - Number(a.row.neverAnswered) ||
        b.failed - a.failed ||
        b.row.attempts - a.row.attempts ||
        (a.text < b.text ? -1 : 1),
    )
    .map(({ row }) => row);
  const folded = rows.slice(limit);
  return {
    total: countsOf(groups),
    rows: rows.slice(0, limit),
    folded: { rows: folded.length, attempts: folded.reduce((sum, { attempts }) => sum + attempts, 0) },
  };
}

function failedOf({ outcomes }: ConnectionCounts): number {
  return FAILED.reduce((sum, word) => sum + (outcomes[word] ?? 0), 0);
}

function countsOf(groups: readonly Group[]): ConnectionCounts {
  const outcomes: Partial<Record<ConnectionWord, number>> = {};
  for (const [at, word] of CONNECTION_WORDS.entries()) {
    const count = groups.reduce((sum, { words }) => sum + (words[at] ?? 0), 0);
    if (count > 0) outcomes[word] = count;
  }
  const lengths = new Map<number, number>();
  for (const { bucket, words } of groups) {
    const timed = words[CONNECTION_WORDS.indexOf("timed")] ?? 0;
    if (bucket !== undefined) lengths.set(bucket, (lengths.get(bucket) ?? 0) + timed);
  }
  const at = (share: number): string | null => {
    const value = percentile(lengths, share);
    return value === undefined ? null : String(value);
  };
  const [first] = groups.map(({ firstNs }) => firstNs).sort((a, b) => (a < b ? -1 : 1));
  const last = groups.reduce<bigint | undefined>(
    (latest, { lastNs }) => (latest === undefined || lastNs > latest ? lastNs : latest),
    undefined,
  );
  return {
    attempts: groups.reduce((sum, { attempts }) => sum + attempts, 0),
    outcomes,
    resets: groups.reduce((sum, { resets }) => sum + resets, 0),
    lengthNs: { p50: at(0.5), p95: at(0.95), samples: [...lengths.values()].reduce((sum, n) => sum + n, 0) },
    first: first === undefined ? null : formatTime(first),
    last: last === undefined ? null : formatTime(last),
  };
}
