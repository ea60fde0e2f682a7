/** Terms about what only settling knows of attempts and exchanges. Who asked whom is in actor-conditions.ts, drops are in drop-conditions.ts. */

import { all, any, type Condition, maskedCondition, NEVER, ofKind, type ValueOfTerm } from "./conditions";
import type { Sqlite } from "./driver";

export function attemptCondition(value: ValueOfTerm<"attempt">): Condition {
  if (value.type !== "word") return NEVER;
  const first = "f.id IN (SELECT id FROM Attempt WHERE outcome <> 0)";
  return { sql: value.word === "yes" ? first : `NOT (${first})`, parameters: [] };
}

/**
 * What became of requests and attempts, by the first record of each; an attempt that was dropped got no answer. A request
 * that a rule refused was answered by the proxy, in the server's place: it is neither. Where an attempt begins with a
 * request (a DNS question is often all of its exchange that the log holds), the request says what became of it.
 */
const ANSWERS = {
  yes: { attempt: "1, 2", request: "1", dns: "0" },
  no: { attempt: "3, 4, 5, 6", request: "6", dns: "1" },
  unknown: { attempt: "7, 8, 9", request: "7, 8, 9", dns: "2, 4" },
} as const;

export function answeredCondition(value: ValueOfTerm<"answered">): Condition {
  if (value.type === "none") {
    const some = any((["yes", "no", "unknown"] as const).map(answered));
    return { sql: `NOT (${some.sql})`, parameters: [] };
  }
  return answered(value.type === "unknown" ? "unknown" : value.word);
}

function answered(answer: keyof typeof ANSWERS): Condition {
  const { attempt, request, dns } = ANSWERS[answer];
  return {
    sql: `f.id IN (SELECT id FROM Attempt a WHERE outcome IN (${attempt})
        AND NOT EXISTS (SELECT 1 FROM DnsExchange WHERE id = a.id AND requestId IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM L7Exchange WHERE id = a.id AND requests > 0)
      UNION ALL SELECT id FROM L7Exchange WHERE requests > 0 AND outcome IN (${request})
      UNION ALL SELECT requestId FROM DnsExchange WHERE requestId IS NOT NULL AND state IN (${dns}))`,
    parameters: [],
  };
}

/** Questions and answers that only the search list brought about. */
export function expansionCondition(value: ValueOfTerm<"expansion">): Condition {
  const ids = (where: string) =>
    `f.id IN (SELECT requestId FROM DnsExchange WHERE ${where} AND requestId IS NOT NULL
      UNION ALL SELECT responseId FROM DnsExchange WHERE ${where} AND responseId IS NOT NULL)`;
  if (value.type === "word")
    return { sql: ids(`suffixLabels IS ${value.word === "yes" ? "NOT " : ""}NULL`), parameters: [] };
  const dns = ofKind("l7Protocol = 'dns'");
  if (value.type === "none") return { sql: `NOT (${dns.sql})`, parameters: [] };
  return all([dns, { sql: `NOT (${ids("1")})`, parameters: [] }]);
}

export function routeCondition(database: Sqlite, value: ValueOfTerm<"route">): Condition {
  const ids = (where: string) =>
    `f.id IN (SELECT id FROM L7Exchange WHERE ${where} UNION ALL SELECT responseId FROM L7Exchange WHERE ${where} AND responseId IS NOT NULL)`;
  if (value.type !== "text")
    return all([{ sql: `NOT (${ids("routeId IS NOT NULL")})`, parameters: [] }, maskedCondition(value.type)]);
  const route = database.prepare("SELECT id FROM Route WHERE value = ?").get([value.text]);
  return route === undefined ? NEVER : { sql: ids(`routeId = ${Number(route.id)}`), parameters: [] };
}

/** Latency belongs to the answer: the record's own, else that of its pair. */
export function latencyCondition(value: ValueOfTerm<"latency-ms">): Condition {
  const ids = (where: string) =>
    `f.id IN (SELECT responseId FROM DnsExchange WHERE responseId IS NOT NULL AND ${where}
      UNION ALL SELECT coalesce(responseId, id) FROM L7Exchange WHERE ${where})`;
  if (value.type !== "latency") {
    const has = `(f.latencyNs IS NOT NULL OR ${ids("latencyNs IS NOT NULL")})`;
    return all([{ sql: `NOT ${has}`, parameters: [] }, maskedCondition(value.type)]);
  }
  const compared = `latencyNs IS NOT NULL AND latencyNs ${value.operator} ?`;
  const ns = BigInt(value.ns);
  return {
    sql: `((f.latencyNs IS NOT NULL AND f.latencyNs ${value.operator} ?) OR ${ids(compared)})`,
    parameters: [ns, ns, ns],
  };
}
