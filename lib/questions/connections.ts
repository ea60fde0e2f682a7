/**
 * TCP connections: what became of each attempt, by edge, client, server or pod of either.
 *
 * A connection is in scope when its first flow is. All tables are made from the same rows, so each adds up.
 */

import { addCounts } from "@/lib/base/counter";
import { percentiles } from "@/lib/base/log-histogram";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { bucketCounts } from "@/lib/capture/number-lists";
import { CONNECTIONS } from "@/lib/capture/outcome-conditions";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { summedRows } from "@/lib/capture/summed";
import { OUTCOME } from "@/lib/insight/outcome";
import { CONNECTION_WORDS, type ConnectionWord } from "@/lib/scope/outcome-kinds";
import type { ConnectionCounts, ConnectionKey, ConnectionsAnswer, ConnectionsBy } from "./answers-workloads";
import { hasPorts } from "./counts";
import type { QuestionFailure } from "./failure";
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
    const groups = readGroups(capture, compiled, by);
    const answer = tabulate(groups, limit);
    const isKnown = groups.length > 0 || hasPorts(capture.database, compiled);
    return isKnown ? answer : { ...answer, total: { ...answer.total, ...UNKNOWN } };
  });
  return ok({ meta: capture.meta("attempts"), ...table });
}

/** Nothing is known of connections, as in the summary: not none. */
const UNKNOWN = { attempts: null, resets: null };

const WORDS = CONNECTION_WORDS.map((word) => `sum(n * (${CONNECTIONS[word]}))`).join(", ");
const RESET = `(${CONNECTIONS["reset-by-client"]}) OR (${CONNECTIONS["reset-by-server"]})`;

/** Numbers of actors and a port: three columns each. */
const KEYS: Readonly<Record<ConnectionsBy, string>> = {
  edge: "p.clientId AS client, p.serverId AS server, p.serverPort AS port",
  client: "p.clientId AS client, NULL AS server, NULL AS port",
  "client-pod": "p.clientId AS client, NULL AS server, NULL AS port",
  server: "NULL AS client, p.serverId AS server, NULL AS port",
  pod: "NULL AS client, p.serverId AS server, NULL AS port",
};

/** Connections of one key. */
interface Group {
  readonly key: ConnectionKey;
  readonly words: readonly number[];
  readonly attempts: number;
  readonly resets: number;
  /** How many lengths fall into each bucket. */
  readonly lengths: ReadonlyMap<number, number>;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

function readGroups({ database }: OpenCapture, scope: CompiledScope, by: ConnectionsBy): Group[] {
  const level = by === "pod" || by === "client-pod" ? "key" : "workloadKey";
  const names = new Map(
    database
      .prepare(`SELECT id, ${level} FROM Actor`)
      .rows([])
      .map(([id, name]) => [Number(id), String(name)]),
  );
  const nameOf = (id: SqlValue | undefined): string | null =>
    id === null || id === undefined ? null : (names.get(Number(id)) ?? null);
  // Tens of thousands of rows share some hundred keys: one object for each.
  const keys = new Map<string, ConnectionKey>();
  const keyFrom = ([client, server, port]: readonly SqlValue[]): ConnectionKey => {
    const ids = `${client} ${server} ${port}`;
    const key =
      keys.get(ids) ?? keyOf(by, nameOf(client), nameOf(server), port === null ? null : Number(port));
    keys.set(ids, key);
    return key;
  };
  const counted = summedRows(database, scope, "AttemptSum", { reads: "f.pairId" });
  return database
    .prepareExact(
      `SELECT client, server, port, sum(n * (outcome <> ${OUTCOME.openAlready})), sum(n * (${RESET})), min(firstNs), max(lastNs), group_concat(lengths), ${WORDS}
       FROM (SELECT ${KEYS[by]}, f.outcome, f.flags, sum(f.n) AS n, min(f.firstNs) AS firstNs, max(f.lastNs) AS lastNs, group_concat(f.lengths) AS lengths
         FROM ${counted.from} JOIN Pair p ON p.id = f.pairId WHERE ${counted.where.sql} GROUP BY 1, 2, 3, 4, 5) GROUP BY 1, 2, 3`,
    )
    .rows([...counted.parameters, ...counted.where.parameters])
    .map((row): Group => {
      const [count, resets, firstNs, lastNs, lengths, ...words] = row.slice(3);
      return {
        key: keyFrom(row),
        ...{ words: words.map(Number), attempts: Number(count), resets: Number(resets) },
        ...{ firstNs: firstNs as bigint, lastNs: lastNs as bigint, lengths: bucketCounts(lengths) },
      };
    });
}

function keyOf(
  by: ConnectionsBy,
  client: string | null,
  server: string | null,
  port: number | null,
): ConnectionKey {
  switch (by) {
    case "edge":
      return { client, server, port };
    case "client":
      return { client };
    case "client-pod":
      return { clientPod: client };
    case "server":
      return { server };
    case "pod":
      return { pod: server };
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
  const texts = new Map(groups.map(({ key }) => [key, ""]));
  for (const key of texts.keys()) texts.set(key, JSON.stringify(key));
  for (const group of groups) {
    const text = texts.get(group.key) as string;
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
  const sums = CONNECTION_WORDS.map(() => 0);
  let [attempts, resets] = [0, 0];
  let [first, last]: (bigint | undefined)[] = [];
  for (const group of groups) {
    const { words, firstNs, lastNs } = group;
    for (const [at, count] of words.entries()) sums[at] = (sums[at] ?? 0) + count;
    attempts += group.attempts;
    resets += group.resets;
    if (first === undefined || firstNs < first) first = firstNs;
    if (last === undefined || lastNs > last) last = lastNs;
  }
  const lengths = addCounts(groups.map((group) => group.lengths));
  const [p50 = null, p95 = null] = percentiles(lengths, [0.5, 0.95]).map((value) =>
    value === undefined ? null : String(value),
  );
  const found = CONNECTION_WORDS.flatMap((word, place) =>
    sums[place] ? [[word, sums[place]] as const] : [],
  );
  return {
    attempts,
    outcomes: Object.fromEntries(found),
    resets,
    lengthNs: { p50, p95, samples: [...lengths.values()].reduce((sum, n) => sum + n, 0) },
    first: first === undefined ? null : formatTime(first),
    last: last === undefined ? null : formatTime(last),
  };
}
