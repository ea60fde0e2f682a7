/**
 * What DNS questions mean beside each other: attempts of a search list, questions asked again, second hops. Read in the
 * order of time, in windows that overlap by the longest time at which one question can change what another means.
 */

import { groupBy } from "@/lib/base/group";
import { findRetries, findSecondHops, type Question } from "@/lib/insight/dns/again";
import { CONTEXT_NS, findExpansions, type Lookup, type Suffixes } from "@/lib/insight/dns/search-list";
import type { Sqlite, SqlValue } from "../../driver";
import { type Neighbourhood, within64 } from "../neighbourhood";
import { DNS_STATE } from "./pair";
import type { SuffixesOf } from "./suffixes";

const ROWS = 16_384;

interface Asked extends Lookup, Question {
  readonly cluster: string;
  readonly namespace: string | undefined;
  /** false: only the answer is in the log. */
  readonly isQuestion: boolean;
}

export function findDnsMeanings(database: Sqlite, neighbourhood: Neighbourhood, suffixes: SuffixesOf): void {
  forget(database, neighbourhood);
  let window: Asked[] = [];
  let doneNs = neighbourhood.fromNs === null ? undefined : neighbourhood.fromNs - 1n;
  const endNs = neighbourhood.toNs === null ? undefined : neighbourhood.toNs - 1n;
  for (const chunk of readAsked(database, widened(neighbourhood))) {
    window.push(...chunk);
    const lastNs = (window.at(-1) as Asked).askedNs;
    const untilNs = earlier(lastNs - CONTEXT_NS, endNs);
    mark(database, window, suffixes, doneNs, untilNs);
    if (doneNs === undefined || untilNs > doneNs) doneNs = untilNs;
    window = window.filter(({ askedNs }) => askedNs > untilNs - CONTEXT_NS);
  }
  mark(database, window, suffixes, doneNs, endNs);
}

function earlier(a: bigint, b: bigint | undefined): bigint {
  return b !== undefined && b < a ? b : a;
}

/** What a stretch of time says of its edges lies outside of it, where no silence parts it from the rest. */
function widened({ fromNs, toNs }: Neighbourhood): Neighbourhood {
  return {
    fromNs: fromNs === null ? null : within64(fromNs - CONTEXT_NS),
    toNs: toNs === null ? null : within64(toNs + CONTEXT_NS),
  };
}

function forget(database: Sqlite, neighbourhood: Neighbourhood): void {
  const [sql, parameters] = within(neighbourhood);
  database
    .prepare(
      `UPDATE DnsExchange SET suffixLabels = NULL, asIs = NULL, isFirst = NULL, retryOf = NULL, secondHop = 0
       WHERE ${sql} AND (suffixLabels IS NOT NULL OR retryOf IS NOT NULL OR secondHop)`,
    )
    .run(parameters);
}

function within({ fromNs, toNs }: Neighbourhood): [string, SqlValue[]] {
  const parameters = [fromNs, toNs].filter((time) => time !== null);
  const conditions = ["askedNs IS NOT NULL"];
  if (fromNs !== null) conditions.push("askedNs >= ?");
  if (toNs !== null) conditions.push("askedNs < ?");
  return [conditions.join(" AND "), parameters];
}

/** Exchanges with name, client and time, in chunks by time. */
function* readAsked(database: Sqlite, neighbourhood: Neighbourhood): Generator<Asked[]> {
  const [sql, parameters] = within(neighbourhood);
  const statement = database.prepareExact(
    `SELECT x.askedNs, x.id, x.answeredNs, x.rcode, x.state, coalesce(x.qtypes, ''), x.queryId, t.value, c.actorId, s.actorId,
       a.cluster, a.namespace
     FROM DnsExchange x INDEXED BY "DnsExchange_askedNs_id_idx" JOIN Endpoint c ON c.id = x.clientId
     JOIN Endpoint s ON s.id = x.serverId JOIN Actor a ON a.id = c.actorId JOIN Text t ON t.id = x.queryId
     WHERE ${sql} AND (x.askedNs, x.id) > (?, ?) ORDER BY x.askedNs, x.id LIMIT ${ROWS}`,
  );
  let [time, id]: [SqlValue, SqlValue] = [-(2n ** 63n), -1];
  for (;;) {
    const rows = statement.rows([...parameters, time, id]);
    if (rows.length > 0) yield rows.map(toAsked);
    if (rows.length < ROWS) return;
    [time = 0, id = 0] = rows[ROWS - 1] as SqlValue[];
  }
}

function toAsked(row: readonly SqlValue[]): Asked {
  const [askedNs, id, answeredNs, rcode, state, qtypes, queryId, query, client, server, cluster, namespace] =
    row;
  return {
    id: Number(id),
    askedNs: askedNs as bigint,
    answeredNs: answeredNs === null ? undefined : (answeredNs as bigint),
    rcode: rcode === null ? undefined : Number(rcode),
    isRefused: Number(state) === DNS_STATE.refused,
    isQuestion: Number(state) !== DNS_STATE.answerOnly,
    qtypes: String(qtypes),
    query: String(query),
    what: `${queryId} ${qtypes}`,
    client: Number(client),
    server: server === null ? null : Number(server),
    cluster: String(cluster),
    namespace: namespace === null ? undefined : String(namespace),
  };
}

const NO_SUFFIXES: Suffixes = { domains: [], node: [] };

/** Marks what was asked after `doneNs` and up to `untilNs`; the rest of the window is context. */
function mark(
  database: Sqlite,
  window: readonly Asked[],
  suffixes: SuffixesOf,
  doneNs: bigint | undefined,
  untilNs: bigint | undefined,
): void {
  const due = new Set(
    window
      .filter(
        ({ askedNs }) =>
          (doneNs === undefined || askedNs > doneNs) && (untilNs === undefined || askedNs <= untilNs),
      )
      .map(({ id }) => id),
  );
  if (due.size === 0) return;
  markExpansions(database, window, suffixes, due);
  const questions = window.filter(({ isQuestion }) => isQuestion);
  const retries = [...findRetries(questions)].filter(([id]) => due.has(id));
  update(database, "retryOf = value ->> 1", retries);
  const hops = [...findSecondHops(questions)].filter((id) => due.has(id)).map((id) => [id]);
  update(database, "secondHop = 1", hops);
}

const AS_IS = { resolved: 1, failed: 0 } as const;

function markExpansions(
  database: Sqlite,
  window: readonly Asked[],
  suffixes: SuffixesOf,
  due: ReadonlySet<number>,
): void {
  const rows: (number | null)[][] = [];
  for (const lookups of groupBy(window, ({ client }) => client).values()) {
    const { cluster, namespace } = lookups[0] as Asked;
    for (const one of findExpansions({ namespace }, lookups, suffixes.get(cluster) ?? NO_SUFFIXES)) {
      if (!due.has(one.id)) continue;
      const asIs = one.asIs === undefined ? null : AS_IS[one.asIs];
      rows.push([one.id, one.suffix.split(".").length, asIs, Number(one.isFirst)]);
    }
  }
  update(database, "suffixLabels = value ->> 1, asIs = value ->> 2, isFirst = value ->> 3", rows);
}

function update(database: Sqlite, set: string, rows: readonly (readonly (number | null)[])[]): void {
  if (rows.length === 0) return;
  database
    .prepare(`UPDATE DnsExchange SET ${set} FROM json_each(?) WHERE DnsExchange.id = value ->> 0`)
    .run([JSON.stringify(rows)]);
}
