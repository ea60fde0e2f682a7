/**
 * Terms about DNS, as conditions over `DnsExchange x`: a question and its answer together.
 *
 * Without the key `dns` a filter speaks of records one by one, and these terms find the records of both. With it the
 * whole filter speaks of exchanges, so that what the DNS tables count can be listed: an exchange meets a term when its
 * question or its answer does, a negated one when neither does, and the range when the question was asked in it.
 */

import { ipKey } from "@/lib/base/ip";
import { DNS_RCODE, enumNumber } from "@/lib/flow/enums";
import { DNS_ROLES, type DnsRole, type DnsStateWord } from "@/lib/scope/dns-keys";
import { type Filter, formatTerm, type Term, type TermWith } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { actorFinder, idsOfActors } from "./actor-conditions";
import { all, any, type Condition, idList, NEVER, negate, type ValueOfTerm } from "./conditions";
import { remembered, textCondition } from "./dictionary-search";
import { namesOf } from "./dns-roots";
import type { Sqlite } from "./driver";
import { toPattern } from "./patterns";
import { DNS_STATE } from "./settle/dns/pair";
import { podSide } from "./side-conditions";
import { holdsAll, ofSummedRecord } from "./summed-pairs";

/** Addresses in an answer; null where there is none, or it does not say. SQL over `x`. */
export const ANSWERS = `(CASE WHEN x.responses = 0 OR (x.answerId IS NULL AND x.noData IS NULL AND coalesce(x.rcode, 0) = 0) THEN NULL
  ELSE coalesce((SELECT json_array_length(value, '$.ips') FROM Text WHERE id = x.answerId), 0) END)`;

/** Which records a filter lets count; undefined when it speaks of records one by one. */
export function rolesOf(filter: Filter): ReadonlySet<DnsRole> | undefined {
  return filter.terms.some(({ key, negated }) => key === "dns" && !negated)
    ? countedRoles(filter)
    : undefined;
}

/** Roles that the DNS tables count in a scope: all, unless terms of the key `dns` take some out. */
export function countedRoles(filter: Filter): ReadonlySet<DnsRole> {
  const asked = filter.terms.filter((term) => term.key === "dns");
  return new Set(DNS_ROLES.filter((role) => asked.every((term) => rolesIn(term).has(role) !== term.negated)));
}

export function rolesIn({ values }: TermWith<"dns">): ReadonlySet<DnsRole> {
  return new Set(values.flatMap((value) => (value.type === "word" ? value.word : [])));
}

/** The records that count, of exchanges in the scope. Over `Flow f`. */
export function countedRecords(roles: ReadonlySet<DnsRole>, exchanges: Condition): Condition {
  const parts = (
    [
      ["query", "requestId", "NOT x.secondHop AND x.requests > 0"],
      ["response", "responseId", "NOT x.secondHop AND x.responses > 0"],
      ["second-hop", "requestId", "x.secondHop AND x.requests > 0"],
    ] as const
  ).filter(([role]) => roles.has(role));
  if (parts.length === 0) return NEVER;
  const selects = parts.map(
    ([, id, counted]) =>
      `SELECT x.${id} FROM DnsExchange x WHERE x.${id} IS NOT NULL AND ${counted} AND ${exchanges.sql}`,
  );
  return {
    sql: `f.id IN (${selects.join(" UNION ALL ")})`,
    parameters: parts.flatMap(() => exchanges.parameters),
  };
}

/** Exchanges in a scope. `compile` gives the condition over `Flow f` for a term that asks for records. */
export function exchangesInScope(
  database: Sqlite,
  scope: Scope,
  compile: (term: Term) => Condition,
): Condition {
  const conditions: Condition[] = [];
  if (scope.from !== undefined) conditions.push({ sql: "x.askedNs >= ?", parameters: [scope.from] });
  if (scope.to !== undefined) conditions.push({ sql: "x.askedNs < ?", parameters: [scope.to] });
  for (const term of scope.filter.terms) {
    if (term.key === "dns") continue;
    const asked = { ...term, negated: false };
    const own = exchangeCondition(database, asked) ?? byRecord(term.key === "node-name", compile(asked));
    conditions.push(negate(own, term.negated));
  }
  return all(conditions);
}

/**
 * Of either record; which node saw an exchange is that of the record that counts. Two conditions rather than one over both
 * ids: SQLite would make a list of them for each exchange, and most terms are met by the question already.
 */
function byRecord(isOfCounted: boolean, { sql, parameters }: Condition): Condition {
  const holds = (id: string): Condition => ({
    sql: `EXISTS (SELECT 1 FROM Flow f WHERE f.id = ${id} AND ${sql})`,
    parameters,
  });
  return isOfCounted ? holds("x.id") : any([holds("x.id"), holds("x.responseId")]);
}

/** What a row `x` of sums has of exchanges (dns-scope.ts). */
const OF_SUMS: ReadonlySet<string> = new Set([
  ...["clientId", "serverId", "queryId", "qtypes", "rcode", "state", "noData", "answerId", "retryOf"],
  ...["secondHop", "suffixLabels", "asIs", "isFirst", "requests", "responses"],
]);

/** The same over sums of exchanges, without the range; undefined where these do not hold what a term asks. */
export function summedInFilter(
  database: Sqlite,
  filter: Filter,
  compile: (term: Term) => Condition,
): Condition | undefined {
  const conditions: Condition[] = [];
  for (const term of filter.terms) {
    if (term.key === "dns") continue;
    const asked = { ...term, negated: false };
    const own = exchangeCondition(database, asked);
    const found = own ?? ofSummedRecord(term.key === "node-name", compile(asked));
    if (found === undefined || !(own === undefined || holdsAll(own, "x", OF_SUMS))) return undefined;
    conditions.push(negate(found, term.negated));
  }
  return all(conditions);
}

/** Records of exchanges: what a term about exchanges means for records one by one. Over `Flow f`. */
export function ofExchanges({ sql, parameters }: Condition): Condition {
  return {
    sql: `f.id IN (SELECT requestId FROM DnsExchange x WHERE requestId IS NOT NULL AND ${sql}
      UNION ALL SELECT responseId FROM DnsExchange x WHERE responseId IS NOT NULL AND ${sql})`,
    parameters: [...parameters, ...parameters],
  };
}

/** Terms that an exchange knows itself, without a look at its records. Never NULL. */
function exchangeCondition(database: Sqlite, term: Term): Condition | undefined {
  switch (term.key) {
    case "dns-state":
    case "dns-root":
    case "dns-qtype":
    case "dns-answers":
    case "dns-answer":
      return dnsCondition(database, term);
    case "dns-rcode":
      return any(term.values.map(rcodeCondition));
    case "expansion":
      if (term.values.some(({ type }) => type !== "word")) return undefined;
      return any(
        term.values.map((value) =>
          plain(`x.suffixLabels IS ${value.type === "word" && value.word === "yes" ? "NOT " : ""}NULL`),
        ),
      );
    case "dns-query":
      if (term.values.some(({ type }) => type !== "pattern")) return undefined;
      return remembered(database, `exchange ${formatTerm(term)}`, () =>
        any(term.values.map((value) => nameCondition(database, value))),
      );
    default:
      return actorCondition(database, term);
  }
}

type DnsTerm = Extract<Term, { key: "dns-state" | "dns-root" | "dns-qtype" | "dns-answers" | "dns-answer" }>;

export function dnsCondition(database: Sqlite, term: DnsTerm): Condition {
  switch (term.key) {
    case "dns-state":
      return any(term.values.map((value) => (value.type === "word" ? plain(STATES[value.word]) : NEVER)));
    case "dns-root":
      return remembered(database, `exchange ${formatTerm({ ...term, negated: false })}`, () =>
        any(term.values.map((value) => rootCondition(database, value))),
      );
    case "dns-qtype":
      return any(
        term.values.map((value) =>
          value.type === "text"
            ? { sql: "x.qtypes IS ?", parameters: [value.text] }
            : plain("x.qtypes IS NULL"),
        ),
      );
    case "dns-answers":
      return any(
        term.values.map((value) =>
          value.type === "count"
            ? { sql: `${ANSWERS} IS ?`, parameters: [value.count] }
            : plain(`${ANSWERS} IS NULL`),
        ),
      );
    case "dns-answer":
      return any(
        term.values.map((value) =>
          value.type === "text"
            ? {
                sql: "coalesce(x.answerId IN (SELECT textId FROM DnsAnswer WHERE ipKey = ?), 0)",
                parameters: [ipKey(value.text) ?? value.text],
              }
            : NEVER,
        ),
      );
  }
}

const STATES: Readonly<Record<DnsStateWord, string>> = {
  answered: `x.state = ${DNS_STATE.answered}`,
  unanswered: `x.state = ${DNS_STATE.unanswered}`,
  open: `x.state = ${DNS_STATE.open}`,
  refused: `x.state = ${DNS_STATE.refused}`,
  unpaired: `x.state = ${DNS_STATE.unpaired}`,
  "no-question": `x.state = ${DNS_STATE.answerOnly}`,
  timed: "x.latencyBucket IS NOT NULL",
  "no-data": "x.noData IS 1",
  retry: "x.retryOf IS NOT NULL",
};

function plain(sql: string): Condition {
  return { sql: `(${sql})`, parameters: [] };
}

function rootCondition(database: Sqlite, value: ValueOfTerm<"dns-root">): Condition {
  if (value.type !== "text") return plain("x.queryId IS NULL");
  return {
    sql: "coalesce((x.queryId, coalesce(x.suffixLabels, 0)) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)), 0)",
    parameters: [JSON.stringify(namesOf(database, value.text))],
  };
}

/** What counts codes leaves zero out, so the exchange knows better than its record. */
function rcodeCondition(value: ValueOfTerm<"dns-rcode">): Condition {
  if (value.type === "unknown") return plain("x.rcode IS NULL AND x.responses > 0");
  if (value.type === "none") return plain("x.rcode IS NULL AND x.responses = 0");
  const code = enumNumber(DNS_RCODE, value.name);
  return code === undefined ? NEVER : { sql: "x.rcode IS ?", parameters: [code] };
}

/** Names are kept in lower case without their final dot; the pattern may be written with it or without. */
function nameCondition(database: Sqlite, value: ValueOfTerm<"dns-query">): Condition {
  if (value.type !== "pattern") return NEVER;
  const pattern = toPattern(value.pattern, { ignoreCase: true });
  return textCondition(database, "x.queryId", (name) => pattern(name) || pattern(`${name}.`));
}

/** Who asked whom is what the exchange says, also where its records do not tell who is the client. */
function actorCondition(database: Sqlite, term: Term): Condition | undefined {
  const plainValues = term.values.every(({ type }) => type !== "unknown" && type !== "none");
  if (!plainValues) return undefined;
  switch (term.key) {
    case "client":
    case "server": {
      return ofSide(term.key, idList("actorId", idsOfActors(database, term.values)));
    }
    case "edge": {
      const find = actorFinder(database);
      return any(
        term.values.map((value) =>
          value.type === "edge"
            ? all([
                ofSide("client", idList("actorId", find(value.client, value.clientLevel))),
                ofSide("server", idList("actorId", find(value.server, value.serverLevel))),
              ])
            : NEVER,
        ),
      );
    }
    case "client-namespace":
    case "server-namespace": {
      const side = term.key === "client-namespace" ? "client" : "server";
      return any(
        term.values.map((value) =>
          value.type === "text" ? ofActor(side, { sql: "namespace IS ?", parameters: [value.text] }) : NEVER,
        ),
      );
    }
    case "client-pod":
    case "server-pod": {
      const side = term.key === "client-pod" ? "client" : "server";
      return any(term.values.map((value) => (value.type === "pod" ? ofActor(side, podSide(value)) : NEVER)));
    }
    default:
      return undefined;
  }
}

function ofSide(side: "client" | "server", { sql, parameters }: Condition): Condition {
  return { sql: `x.${side}Id IN (SELECT id FROM Endpoint WHERE ${sql})`, parameters };
}

function ofActor(side: "client" | "server", { sql, parameters }: Condition): Condition {
  return ofSide(side, { sql: `actorId IN (SELECT id FROM Actor WHERE ${sql})`, parameters });
}
