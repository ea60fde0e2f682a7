/** Terms about texts: URLs, DNS queries, headers, and `text`, which searches all names. */

import { headerHash } from "@/lib/flow/http";
import {
  absentText,
  all,
  any,
  type Condition,
  NEVER,
  ofKind,
  textList,
  type ValueOfTerm,
} from "./conditions";
import { matchingValues, textCondition } from "./dictionary-search";
import type { Sqlite } from "./driver";
import { pathOfUrl, toPattern } from "./patterns";
import { policiesIn } from "./policy-conditions";
import { listOf, saidOrLearned } from "./side-conditions";

const HTTP = "l7Protocol = 'http'";
const DNS = "l7Protocol = 'dns'";

function hasText(protocol: string): Condition {
  return all([ofKind(protocol), { sql: "f.l7TextId IS NOT NULL", parameters: [] }]);
}

function l7Text(database: Sqlite, protocol: string, matches: (text: string) => boolean): Condition {
  return all([ofKind(protocol), textCondition(database, "f.l7TextId", matches)]);
}

export function urlCondition(database: Sqlite, value: ValueOfTerm<"http-url">): Condition {
  if (value.type !== "pattern") return absentText(value, hasText(HTTP));
  const pattern = toPattern(value.pattern);
  return l7Text(database, HTTP, (url) => url !== "" && pattern(url));
}

export function pathCondition(database: Sqlite, value: ValueOfTerm<"http-path">): Condition {
  if (value.type !== "pattern") return absentText(value, hasText(HTTP));
  const pattern = toPattern(value.pattern);
  return l7Text(database, HTTP, (url) => {
    const path = pathOfUrl(url);
    return path !== undefined && pattern(path);
  });
}

/** Names are kept in lower case without their final dot; the pattern may be written with it or without. */
export function queryCondition(database: Sqlite, value: ValueOfTerm<"dns-query">): Condition {
  if (value.type !== "pattern") return absentText(value, hasText(DNS));
  const pattern = toPattern(value.pattern, { ignoreCase: true });
  return l7Text(database, DNS, (name) => pattern(name) || pattern(`${name}.`));
}

/** `name` and `value` exactly; null in place of the value: see FlowExtra.variedHeaders. */
type StoredHeaders = readonly (readonly [name: string, value: string | null])[];

export function headerCondition(database: Sqlite, value: ValueOfTerm<"http-header">): Condition {
  if (value.type !== "header") {
    const has = "f.id IN (SELECT id FROM FlowExtra WHERE headersId IS NOT NULL)";
    return absentText(value, { sql: has, parameters: [] });
  }
  const has = (wanted: string | null) => (text: string) =>
    isHeaders(text) &&
    (JSON.parse(text) as StoredHeaders).some(([name, found]) => name === value.name && found === wanted);
  const said = textCondition(database, "headersId", has(value.value));
  const maybe = textCondition(database, "headersId", has(null));
  const hash = Buffer.alloc(8);
  hash.writeBigInt64BE(headerHash(value.name, value.value));
  return {
    sql: `f.id IN (SELECT id FROM FlowExtra WHERE ${said.sql} OR (${maybe.sql} AND coalesce(instr(variedHeaders, ?), 0) > 0))`,
    parameters: [...said.parameters, ...maybe.parameters, hash],
  };
}

/** Of all texts only headers are lists of lists. */
function isHeaders(text: string): boolean {
  return text.startsWith("[[");
}

const NAME_COLUMNS = ["namespace", "pod", "serviceName", "serviceNamespace", "cluster"] as const;

/** Names of both sides, of the node and interface, URLs, topics, DNS names asked for and answered, names of policies. */
export function searchCondition(database: Sqlite, value: ValueOfTerm<"text">): Condition {
  if (value.type !== "search") return NEVER;
  const wanted = value.text.toLowerCase();
  const matches = (text: string): boolean => text.toLowerCase().includes(wanted);
  // DNS names are kept without their final dot, and records have them with it.
  const matchesName = (name: string): boolean => matches(`${name}.`);
  const ofSide = (column: string, test: (text: string) => boolean = matches): Condition =>
    textList(column, matchingValues(database, "Endpoint", column, test));
  const side = any([
    ...NAME_COLUMNS.map((column) => ofSide(column)),
    ofSide("names", (json) => listOf(json).some(matchesName)),
    saidOrLearned(ofSide("workloadName")),
  ]);
  const observer = any(
    (["nodeName", "interfaceName"] as const).map((column) =>
      textList(column, matchingValues(database, "Observer", column, matches)),
    ),
  );
  const within = (column: string, table: string, { sql, parameters }: Condition): Condition => ({
    sql: `${column} IN (SELECT id FROM ${table} WHERE ${sql})`,
    parameters,
  });
  return any([
    within("f.sourceId", "Endpoint", side),
    within("f.destinationId", "Endpoint", side),
    within("f.observerId", "Observer", observer),
    textCondition(database, "f.l7TextId", matches),
    ...(wanted.endsWith(".") ? [l7Text(database, DNS, matchesName)] : []),
    textCondition(database, "f.dnsAnswerId", (text) => namesInAnswer(text).some(matchesName)),
    textCondition(database, "f.policiesId", (text) =>
      policiesIn(text).some(({ namespace, name }) =>
        [namespace, name].some((part) => part !== undefined && matches(part)),
      ),
    ),
  ]);
}

/** The names that a DNS answer leads through; addresses are no names. */
function namesInAnswer(text: string): readonly string[] {
  if (!/^\{"(?:ips|cnames|ttl)":/.test(text)) return [];
  const { cnames } = JSON.parse(text) as { readonly cnames?: readonly string[] };
  return cnames ?? [];
}
