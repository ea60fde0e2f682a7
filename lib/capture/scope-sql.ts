/**
 * From the typed tree of a scope to SQL over `Flow f`.
 *
 * Every value is bound or comes from our own dictionaries as a number; no text of a filter becomes SQL.
 * Terms about what has few values are answered from `Kind` once and become one list of ids; patterns and selectors run
 * over the distinct values of a dictionary, also once, and become ids too. Conditions are never NULL, so that a
 * negated term also holds for records without the field.
 */

import { unreachable } from "@/lib/base/unreachable";
import { formatTerm, type Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import {
  actorCondition,
  actorNamespaceCondition,
  actorPodCondition,
  edgeCondition,
  mapPartCondition,
  packetActorSides,
  serverPortCondition,
  unplacedCondition,
} from "./actor-conditions";
import { anchorCondition } from "./anchor-conditions";
import { causeTerm, isCauseTerm, isOfDrops } from "./cause-terms";
import { all, any, type Condition, idList, negate } from "./conditions";
import { remembered } from "./dictionary-search";
import {
  countedRecords,
  dnsCondition,
  exchangesInScope,
  ofExchanges,
  rolesIn,
  rolesOf,
  summedInFilter,
} from "./dns-conditions";
import type { Sqlite } from "./driver";
import { type Among, dropCondition, droppedAtCondition } from "./drop-conditions";
import { kindCondition } from "./kind-conditions";
import {
  answerCondition,
  connectionCondition,
  kafkaApiCondition,
  lookupCondition,
  requestCondition,
  resolvedAsCondition,
  resolvedIpCondition,
} from "./outcome-conditions";
import {
  fileCondition,
  interfaceCondition,
  ipTraceCondition,
  nodeCondition,
  nodeLabelCondition,
  traceCondition,
  uuidCondition,
} from "./record-conditions";
import { columnsRead } from "./roll-ups-ready";
import {
  answeredCondition,
  attemptCondition,
  expansionCondition,
  latencyCondition,
  routeCondition,
} from "./settled-conditions";
import {
  clusterSide,
  fqdnSide,
  identityCondition,
  ipSide,
  labelSide,
  namespaceSide,
  onSides,
  podSide,
  portCondition,
  serviceSide,
  sideCondition,
  translatedSide,
  workloadSide,
} from "./side-conditions";
import {
  headerCondition,
  pathCondition,
  queryCondition,
  searchCondition,
  urlCondition,
} from "./text-conditions";
import { translatedFromCondition } from "./translated";

export interface CompiledScope extends Condition {
  /** Without the range of time. */
  readonly filter: Condition;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  /** True when every flow of the capture is in scope. */
  readonly isWhole: boolean;
  /** Over rows `f` of DropRecordSum, without the range: where only records of drops are in scope and flows do not hold by themselves what caused them. */
  readonly ofDrops?: Condition | undefined;
  /** The filter over some flows only, where flows are looked up that may not have to be. */
  readonly among?: ((among: Among) => Condition) | undefined;
}

/** Every flow of the capture. */
export const WHOLE_CAPTURE: CompiledScope = {
  ...{ sql: "1", parameters: [], filter: { sql: "1", parameters: [] } },
  ...{ from: undefined, to: undefined, isWhole: true },
};

export function compileScope(
  database: Sqlite,
  scope: Scope,
  own?: (term: Term) => Condition | undefined,
): CompiledScope {
  const { from, to } = scope;
  const roles = rolesOf(scope.filter);
  if (roles !== undefined) {
    const records = countedRecords(roles, compileExchanges(database, scope));
    return { ...records, filter: records, from, to, isWhole: false };
  }
  const range: Condition[] = [];
  if (from !== undefined) range.push({ sql: "f.timeNs >= ?", parameters: [from] });
  if (to !== undefined) range.push({ sql: "f.timeNs < ?", parameters: [to] });
  const conditions: Condition[] = [];
  const onKind: Condition[] = [];
  for (const term of scope.filter.terms) {
    const kind = kindCondition(database, term);
    const special = own?.(term);
    if (special !== undefined) conditions.push(negate(special, term.negated));
    else if (kind !== undefined) onKind.push(negate(kind, term.negated));
    else conditions.push(negate(rememberedCondition(database, term), term.negated));
  }
  if (onKind.length > 0) conditions.push(idList("f.kindId", kindIds(database, all(onKind))));
  const together = [...range, ...conditions];
  const filter = all(conditions);
  const isLookedUp = own === undefined && columnsRead(filter.sql).includes("id");
  return {
    ...all(together),
    filter,
    from,
    to,
    isWhole: together.length === 0,
    ofDrops: isLookedUp ? ofDropRecords(database, scope) : undefined,
    among: isLookedUp ? (among) => compileAmong(database, { filter: scope.filter }, among).filter : undefined,
  };
}

function ofDropRecords(database: Sqlite, { filter }: Scope): Condition | undefined {
  return filter.terms.some((term) => isOfDrops(database, term))
    ? compileDrops(database, { filter }).filter
    : undefined;
}

/** Over drops by their anchors, or by both of their records, `f`, which have a `causeId` beside the columns of a flow. */
export function compileDrops(database: Sqlite, scope: Scope): CompiledScope {
  return compileScope(database, scope, (term) => anchorCondition(database, term));
}

/** DNS exchanges of a scope (dns-conditions.ts): a condition over `DnsExchange x`. */
export function compileExchanges(database: Sqlite, scope: Scope): Condition {
  return exchangesInScope(database, scope, (term) => ofMessages(database, term));
}

/** Over some flows only: what is not so for all flows can be told apart among them without looking each up. */
export function compileAmong(database: Sqlite, scope: Scope, among: Among): CompiledScope {
  return compileScope(database, scope, (term) =>
    isCauseTerm(term) ? causeTerm(database, term, among) : undefined,
  );
}

/** Over a record that is a DNS message. */
function ofMessages(database: Sqlite, term: Term): Condition {
  return compileAmong(database, { filter: { terms: [term] } }, { kinds: "l7Protocol = 'dns'" });
}

/** The same over sums of exchanges, without the range; undefined where these do not hold it. */
export function compileSummedExchanges(database: Sqlite, { filter }: Scope): Condition | undefined {
  return summedInFilter(database, filter, (term) => ofMessages(database, term));
}

/** Keys whose terms read a whole dictionary: worked out once for a state of the file. */
const SEARCHED: ReadonlySet<Term["key"]> = new Set([
  "label",
  "fqdn",
  "snat-ip",
  "http-url",
  "http-path",
  "http-header",
  "dns-query",
  "policy",
  "text",
  "client",
  "server",
  "actor",
  "edge",
] satisfies Term["key"][]);

function rememberedCondition(database: Sqlite, term: Term): Condition {
  if (!SEARCHED.has(term.key)) return flowCondition(database, term);
  const key = formatTerm({ ...term, negated: false });
  return remembered(database, key, () => flowCondition(database, term));
}

/** Conditions over a flow, its sides and its texts. */
function flowCondition(database: Sqlite, term: Term): Condition {
  switch (term.key) {
    case "namespace":
      return onSides(term.side, term.values.map(namespaceSide));
    case "pod":
      return onSides(term.side, term.values.map(podSide));
    case "service":
      return onSides(term.side, term.values.map(serviceSide));
    case "workload":
      return onSides(term.side, term.values.map(workloadSide));
    case "cluster":
      return onSides(term.side, term.values.map(clusterSide));
    case "ip":
      return onSides(term.side, term.values.map(ipSide));
    case "identity":
      return identityCondition(term);
    case "port":
      return portCondition(database, term);
    case "node-name":
      return nodeCondition(database, term.values);
    case "interface":
      return any(term.values.map((value) => interfaceCondition(database, value)));
    case "uuid":
      return any(term.values.map(uuidCondition));
    case "trace-id":
      return any(term.values.map(traceCondition));
    case "ip-trace-id":
      return any(term.values.map(ipTraceCondition));
    case "file":
      return fileCondition(database, term);
    case "label":
      return onSides(
        term.side,
        term.values.map((value) => labelSide(database, value)),
      );
    case "fqdn":
      return onSides(
        term.side,
        term.values.map((value) => fqdnSide(database, value)),
      );
    case "snat-ip":
      return any(term.values.map((value) => sideCondition("f.sourceId", translatedSide(database, value))));
    case "node-label":
      return any(term.values.map((value) => nodeLabelCondition(database, value)));
    case "http-url":
      return any(term.values.map((value) => urlCondition(database, value)));
    case "http-path":
      return any(term.values.map((value) => pathCondition(database, value)));
    case "http-header":
      return any(term.values.map((value) => headerCondition(database, value)));
    case "dns-query":
      return any(term.values.map((value) => queryCondition(database, value)));
    case "text":
      return any(term.values.map((value) => searchCondition(database, value)));
    case "client":
    case "server": {
      const { key } = term;
      return actorCondition(database, key, term.values);
    }
    case "actor":
      return onSides(term.side, packetActorSides(database, term.values));
    case "request":
      return any(term.values.map(requestCondition));
    case "answer":
      return any(term.values.map(answerCondition));
    case "kafka-api":
      return any(term.values.map(kafkaApiCondition));
    case "connection":
      return any(term.values.map(connectionCondition));
    case "unplaced":
      return any(term.values.map(unplacedCondition));
    case "map-part":
      return any(term.values.map(mapPartCondition));
    case "lookup":
      return any(term.values.map(lookupCondition));
    case "resolved-as":
      return any(term.values.map(resolvedAsCondition));
    case "resolved-ip":
      return any(term.values.map(resolvedIpCondition));
    case "translated-from":
      return any(term.values.map(translatedFromCondition));
    case "edge":
      return edgeCondition(database, term.values);
    case "client-namespace":
      return any(term.values.map((value) => actorNamespaceCondition("client", value)));
    case "server-namespace":
      return any(term.values.map((value) => actorNamespaceCondition("server", value)));
    case "client-pod":
      return any(term.values.map((value) => actorPodCondition("client", value)));
    case "server-pod":
      return any(term.values.map((value) => actorPodCondition("server", value)));
    case "server-port":
      return any(term.values.map(serverPortCondition));
    case "drop":
      return any(term.values.map((value) => dropCondition(database, value)));
    case "cause":
    case "decided-by":
    case "direction":
    case "denied-by":
    case "policy":
      return causeTerm(database, term);
    case "dropped-at":
      return any(term.values.map((value) => droppedAtCondition(database, value)));
    case "attempt":
      return any(term.values.map(attemptCondition));
    case "answered":
      return any(term.values.map(answeredCondition));
    case "expansion":
      return any(term.values.map(expansionCondition));
    case "dns":
      // Negated, or the scope would be one of exchanges.
      return countedRecords(rolesIn(term), { sql: "1", parameters: [] });
    case "dns-state":
    case "dns-root":
    case "dns-qtype":
    case "dns-answers":
    case "dns-answer":
      return ofExchanges(dnsCondition(database, term));
    case "route":
      return any(term.values.map((value) => routeCondition(database, value)));
    case "latency-ms":
      return any(term.values.map(latencyCondition));
    case "verdict":
    case "traffic-direction":
    case "drop-reason-desc":
    case "protocol":
    case "type":
    case "reply":
    case "tcp-flags":
    case "ip-version":
    case "http-method":
    case "http-status":
    case "encrypted":
    case "unencrypted":
    case "trace-point":
    case "dns-rcode":
    case "not-a-loss":
    case "aggregated":
      throw new Error(`${term.key} is answered from Kind`);
    default:
      return unreachable(term);
  }
}

/** A condition over Kind as a list of ids, once: there are some hundreds, unless the content is hostile. */
function kindIds(database: Sqlite, condition: Condition): number[] {
  return database
    .prepare(`SELECT id FROM Kind WHERE ${condition.sql}`)
    .all(condition.parameters)
    .map((row) => Number(row.id));
}
