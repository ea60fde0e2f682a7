/** Terms about texts: URLs, DNS queries, headers, policies, and `text`, which searches all names. */

import { headerHash } from "@/lib/flow/http";
import {
  all,
  any,
  type Condition,
  idList,
  maskedCondition,
  NEVER,
  ofKind,
  textList,
  type ValueOfTerm,
} from "./conditions";
import { matchingValues, textCondition } from "./dictionary-search";
import type { Sqlite } from "./driver";
import { pathOfUrl, toPattern } from "./patterns";
import { ROLL_UP } from "./roll-up-levels";
import { areRolledUp } from "./rolled-flows";
import { dropPolicyCondition, type PolicyReference } from "./settled-conditions";
import { listOf, saidOrLearned } from "./side-conditions";

const HTTP = "l7Protocol = 'http'";
const DNS = "l7Protocol = 'dns'";

/** The record has no such text: left out by a field mask, or because there is none. */
function absentText(value: { readonly type: "unknown" | "none" }, has: Condition): Condition {
  return all([{ sql: `NOT (${has.sql})`, parameters: has.parameters }, maskedCondition(value.type)]);
}

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

export interface StoredPolicy {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The policies of a text that is a policy-verdict record's lists; none for other texts. */
export function policiesIn(text: string): readonly StoredPolicy[] {
  if (!/^\{"(?:egress|ingress)(?:Allowed|Denied)By":/.test(text)) return [];
  return Object.values(JSON.parse(text) as Record<string, readonly StoredPolicy[]>).flat();
}

export function policyCondition(database: Sqlite, value: ValueOfTerm<"policy">): Condition {
  if (value.type !== "policy") {
    const named = namedByCause(database, (policies) => policies.length > 0);
    return absentText(value, any([{ sql: "f.policiesId IS NOT NULL", parameters: [] }, named]));
  }
  const matches = (policy: StoredPolicy | PolicyReference): boolean =>
    (value.name === undefined || policy.name === value.name) &&
    (value.namespace === undefined || policy.namespace === value.namespace) &&
    (value.kind === undefined || policy.kind === value.kind);
  return any([
    policiesCondition(database, (policies) => policies.some(matches)),
    namedByCause(database, (policies) => policies.some(matches)),
  ]);
}

/** The record's own lists name such policies. There are few lists: those that some flow has are found among roll-ups. */
function policiesCondition(
  database: Sqlite,
  matches: (policies: readonly StoredPolicy[]) => boolean,
): Condition {
  if (!areRolledUp(database))
    return textCondition(database, "f.policiesId", (text) => matches(policiesIn(text)));
  const lists = database
    .prepare(
      `SELECT id, value FROM Text WHERE id IN (SELECT policiesId FROM RollUp WHERE level = ${ROLL_UP.whole} AND policiesId IS NOT NULL)`,
    )
    .rows([]);
  const found = lists.filter(([, text]) => matches(policiesIn(String(text)))).map(([id]) => Number(id));
  const named = idList("f.policiesId", found);
  return found.length === 0 ? NEVER : { ...named, sql: `(f.policiesId IS NOT NULL AND ${named.sql})` };
}

/** Records of drops whose cause names them; where no cause does, nothing has to be looked up for each flow. */
function namedByCause(
  database: Sqlite,
  matches: (policies: readonly PolicyReference[]) => boolean,
): Condition {
  const isAny = database
    .prepare("SELECT policies FROM Cause WHERE kind = 'drop'")
    .rows([])
    .some(([policies]) => matches(JSON.parse(String(policies)) as readonly PolicyReference[]));
  return isAny ? dropPolicyCondition(database, matches) : NEVER;
}

const NAME_COLUMNS = ["namespace", "pod", "serviceName", "serviceNamespace", "cluster"] as const;

/** Names of both sides, of the node and interface, URLs, topics, DNS names asked for and answered, names of policies. */
export function searchCondition(database: Sqlite, value: ValueOfTerm<"text">): Condition {
  if (value.type !== "search") return NEVER;
  const wanted = value.text.toLowerCase();
  const matches = (text: string): boolean => text.toLowerCase().includes(wanted);
  const ofSide = (column: string, test: (text: string) => boolean = matches): Condition =>
    textList(column, matchingValues(database, "Endpoint", column, test));
  const side = any([
    ...NAME_COLUMNS.map((column) => ofSide(column)),
    ofSide("names", (json) => listOf(json).some(matches)),
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
    textCondition(database, "f.dnsAnswerId", (text) => namesInAnswer(text).some(matches)),
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
