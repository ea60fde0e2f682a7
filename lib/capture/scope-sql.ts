/**
 * From the typed tree of a scope to SQL over `Flow f`.
 *
 * Every value is bound or comes from our own dictionaries as a number; no text of a filter becomes SQL.
 * Terms about what has few values are answered from `Kind` once and become one list of ids, terms about a
 * side from `Endpoint`. Conditions are never NULL, so that a negated term also holds for records without
 * the field.
 */

import { uuidHash } from "@/lib/base/hash";
import { ipKey, ipRange } from "@/lib/base/ip";
import { unreachable } from "@/lib/base/unreachable";
import { PRESENT } from "@/lib/flow/presence";
import type { Term, TermWith } from "@/lib/scope/filter";
import { matchesGlob } from "@/lib/scope/glob";
import type { Scope } from "@/lib/scope/link";
import type { Sqlite, SqlValue } from "./driver";

export interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export interface CompiledScope extends Condition {
  /** True when every flow of the capture is in scope. */
  readonly isWhole: boolean;
}

const NEVER: Condition = { sql: "0", parameters: [] };

/** `Type` is always written unless a field mask left it out. */
const MASKED = `present & ${PRESENT.Type} = 0`;

export function compileScope(database: Sqlite, scope: Scope): CompiledScope {
  const conditions: Condition[] = [];
  if (scope.from !== undefined) conditions.push({ sql: "f.timeNs >= ?", parameters: [scope.from] });
  if (scope.to !== undefined) conditions.push({ sql: "f.timeNs < ?", parameters: [scope.to] });
  const onKind: Condition[] = [];
  for (const term of scope.filter.terms) {
    const kind = kindCondition(term);
    if (kind !== undefined) onKind.push(negate(kind, term.negated));
    else conditions.push(negate(flowCondition(database, term), term.negated));
  }
  if (onKind.length > 0) conditions.push(idList("f.kindId", kindIds(database, all(onKind))));
  return { ...all(conditions), isWhole: conditions.length === 0 };
}

/** Conditions over Kind, for the terms that it can answer. */
function kindCondition(term: Term): Condition | undefined {
  switch (term.key) {
    case "verdict":
      return any(
        term.values.map((value) => enumCondition(value, "verdict", `present & ${PRESENT.verdict} = 0`)),
      );
    case "traffic-direction":
      return any(
        term.values.map((value) =>
          enumCondition(value, "trafficDirection", "trafficDirection = 'TRAFFIC_DIRECTION_UNKNOWN'"),
        ),
      );
    case "drop-reason-desc":
      return any(term.values.map(dropReasonCondition));
    case "protocol":
      return any(term.values.map(protocolCondition));
    case "type":
      return any(term.values.map(eventCondition));
    case "reply":
      return any(term.values.map(replyCondition));
    default:
      return undefined;
  }
}

type ValueOfTerm<Key extends Term["key"]> = TermWith<Key>["values"][number];

function enumCondition(value: ValueOfTerm<"verdict">, column: string, unknown: string): Condition {
  if (value.type === "unknown") return { sql: unknown, parameters: [] };
  if (value.type === "none") return NEVER;
  return { sql: `${column} = ?`, parameters: [value.name] };
}

/** A drop event or a masked record without a reason could have had one; L7 denials never have one. */
function dropReasonCondition(value: ValueOfTerm<"drop-reason-desc">): Condition {
  const unknown = "dropReason IS NULL AND verdict = 'DROPPED' AND type <> 'L7' AND eventType IS NOT 5";
  if (value.type === "unknown") return { sql: `(${unknown})`, parameters: [] };
  if (value.type === "none") return { sql: `(dropReason IS NULL AND NOT (${unknown}))`, parameters: [] };
  return { sql: "dropReason IS ?", parameters: [value.name] };
}

const L4_OF_WORD: Readonly<Record<string, readonly string[]>> = {
  tcp: ["TCP"],
  udp: ["UDP"],
  sctp: ["SCTP"],
  icmp: ["ICMPv4", "ICMPv6"],
  icmpv4: ["ICMPv4"],
  icmpv6: ["ICMPv6"],
  vrrp: ["VRRP"],
  igmp: ["IGMP"],
};

function protocolCondition(value: ValueOfTerm<"protocol">): Condition {
  if (value.type === "unknown") return { sql: `(protocol IS NULL AND ${MASKED})`, parameters: [] };
  if (value.type === "none") return { sql: `(protocol IS NULL AND NOT (${MASKED}))`, parameters: [] };
  const l4 = L4_OF_WORD[value.word];
  if (l4 === undefined) return { sql: "l7Protocol IS ?", parameters: [value.word] };
  return any(l4.map((name) => ({ sql: "protocol IS ?", parameters: [name] })));
}

function eventCondition(value: ValueOfTerm<"type">): Condition {
  if (value.type === "unknown") return { sql: "eventType IS NULL", parameters: [] };
  if (value.type === "none") return NEVER;
  if (value.subType === undefined) return { sql: "eventType IS ?", parameters: [value.event] };
  return { sql: "(eventType IS ? AND eventSubType IS ?)", parameters: [value.event, value.subType] };
}

function replyCondition(value: ValueOfTerm<"reply">): Condition {
  if (value.type === "unknown") return { sql: "isReply IS NULL", parameters: [] };
  if (value.type === "none") return NEVER;
  return { sql: "isReply IS ?", parameters: [value.word === "yes" ? 1 : 0] };
}

/** Conditions over a flow and its sides. */
function flowCondition(database: Sqlite, term: Term): Condition {
  switch (term.key) {
    case "namespace":
      return onSides(term, term.values.map(namespaceCondition));
    case "pod":
      return onSides(term, term.values.map(podCondition));
    case "workload":
      return onSides(term, term.values.map(workloadCondition));
    case "ip":
      return onSides(term, term.values.map(ipCondition));
    case "port":
      return portCondition(term);
    case "node-name":
      return idList("f.observerId", observerIds(database, term));
    case "uuid":
      return any(term.values.map(uuidCondition));
    case "verdict":
    case "traffic-direction":
    case "drop-reason-desc":
    case "protocol":
    case "type":
    case "reply":
      throw new Error(`${term.key} is answered from Kind`);
    default:
      return unreachable(term);
  }
}

/** What a side says: a condition over Endpoint, and whether "left out" or "none" was asked (decided by the record's mask). */
interface SideCondition extends Condition {
  /** `unlessMasked`: the value is unknown in a record that is not masked too, where this holds of the side. */
  readonly absent?: "unknown" | "none" | { readonly unlessMasked: string };
}

function absentSide(value: { readonly type: "unknown" | "none" }, missing: string): SideCondition {
  return { sql: missing, parameters: [], absent: value.type };
}

function namespaceCondition(value: ValueOfTerm<"namespace">): SideCondition {
  if (value.type !== "text") return absentSide(value, "(namespace IS NULL AND serviceNamespace IS NULL)");
  return { sql: "(namespace IS ? OR serviceNamespace IS ?)", parameters: [value.text, value.text] };
}

function podCondition(value: ValueOfTerm<"pod">): SideCondition {
  if (value.type !== "pod") return absentSide(value, "pod IS NULL");
  const named = value.isExact
    ? { sql: "pod IS ?", parameters: [value.name] }
    : { sql: "coalesce(substr(pod, 1, length(?)) = ?, 0)", parameters: [value.name, value.name] };
  if (value.namespace === undefined) return named;
  return all([{ sql: "namespace IS ?", parameters: [value.namespace] }, named]);
}

/** The remote side of a flow has no workload: it is taken from any record of the same pod (product.md, rule 4). */
function workloadCondition(value: ValueOfTerm<"workload">): SideCondition {
  if (value.type === "none") return absentSide(value, "(workloadName IS NULL AND pod IS NULL)");
  if (value.type === "unknown") {
    return {
      sql: `(workloadName IS NULL AND NOT ${learnedFrom("1")})`,
      parameters: [],
      absent: { unlessMasked: "pod IS NOT NULL" },
    };
  }
  const parts: Condition[] = [];
  if (value.name !== undefined) parts.push({ sql: "workloadName IS ?", parameters: [value.name] });
  if (value.kind !== undefined) parts.push({ sql: "workloadKind IS ?", parameters: [value.kind] });
  if (value.namespace !== undefined) parts.push({ sql: "namespace IS ?", parameters: [value.namespace] });
  const said = all(parts);
  return {
    sql: `((${said.sql} AND workloadName IS NOT NULL) OR (workloadName IS NULL AND ${learnedFrom(said.sql)}))`,
    parameters: [...said.parameters, ...said.parameters],
  };
}

/** Another record of the same pod names a workload, one for which `condition` holds. Never NULL. */
function learnedFrom(condition: string): string {
  const pod = "coalesce(cluster, ''), coalesce(namespace, ''), coalesce(pod, '')";
  return `(pod IS NOT NULL AND (${pod}) IN (SELECT ${pod} FROM Endpoint WHERE ${condition} AND pod IS NOT NULL AND workloadName IS NOT NULL))`;
}

function ipCondition(value: ValueOfTerm<"ip">): SideCondition {
  if (value.type === "unknown" || value.type === "none") return absentSide(value, "ip IS NULL");
  if (value.type === "ip") return { sql: "ipKey IS ?", parameters: [ipKey(value.address) ?? null] };
  const range = ipRange(`${value.network}/${value.bits}`);
  if (!range.ok) throw new Error(range.failure.message);
  // Keys of IPv4 lie inside those of IPv6: a range of one version must not take in the other.
  const version = value.version === 4 ? "instr(ip, ':') = 0" : "instr(ip, ':') > 0";
  return {
    sql: `(ipKey IS NOT NULL AND ${version} AND ipKey BETWEEN ? AND ?)`,
    parameters: [range.value.first, range.value.last],
  };
}

function onSides(
  term: TermWith<"namespace" | "pod" | "workload" | "ip">,
  values: readonly SideCondition[],
): Condition {
  const columns = {
    either: ["f.sourceId", "f.destinationId"],
    from: ["f.sourceId"],
    to: ["f.destinationId"],
  }[term.side];
  return any(columns.flatMap((column) => values.map((value) => sideCondition(column, value))));
}

function sideCondition(column: string, { sql, parameters, absent }: SideCondition): Condition {
  const side = { sql: `${column} IN (SELECT id FROM Endpoint WHERE ${sql})`, parameters };
  if (absent === undefined) return side;
  if (typeof absent === "string") return all([side, maskedCondition(absent)]);
  const known = {
    sql: `${column} IN (SELECT id FROM Endpoint WHERE ${absent.unlessMasked})`,
    parameters: [],
  };
  return all([side, any([known, maskedCondition("unknown")])]);
}

function maskedCondition(absent: "unknown" | "none"): Condition {
  return {
    sql: `f.kindId IN (SELECT id FROM Kind WHERE ${absent === "unknown" ? MASKED : `NOT (${MASKED})`})`,
    parameters: [],
  };
}

function portCondition(term: TermWith<"port">): Condition {
  const columns = {
    either: ["f.sourcePort", "f.destinationPort"],
    from: ["f.sourcePort"],
    to: ["f.destinationPort"],
  }[term.side];
  return any(
    columns.flatMap((column) =>
      term.values.map((value): Condition => {
        if (value.type === "port") return { sql: `${column} IS ?`, parameters: [value.port] };
        return all([{ sql: `${column} IS NULL`, parameters: [] }, maskedCondition(value.type)]);
      }),
    ),
  );
}

function uuidCondition(value: ValueOfTerm<"uuid">): Condition {
  const kinds = `f.kindId IN (SELECT id FROM Kind WHERE present & ${PRESENT.uuid} `;
  if (value.type === "unknown") return { sql: `${kinds} = 0)`, parameters: [] };
  if (value.type === "none") return NEVER;
  return { sql: `(f.hash = ? AND ${kinds} <> 0))`, parameters: [uuidHash(value.text)] };
}

/** Patterns are matched here: SQLite's GLOB knows other wildcards. A record without cluster counts as `default`. */
function observerIds(database: Sqlite, term: TermWith<"node-name">): number[] {
  const matches = (node: SqlValue | undefined): boolean =>
    term.values.some((value) => {
      if (value.type !== "node") return value.type === "unknown" && node === null;
      if (typeof node !== "string") return false;
      const slash = node.indexOf("/");
      const [cluster, name] = slash < 0 ? ["default", node] : [node.slice(0, slash), node.slice(slash + 1)];
      return (
        (value.cluster === undefined || matchesGlob(value.cluster, cluster)) &&
        (value.node === undefined || matchesGlob(value.node, name))
      );
    });
  const observers = database.prepare("SELECT id, nodeName FROM Observer").all([]);
  return observers.filter((row) => matches(row.nodeName)).map((row) => Number(row.id));
}

/** A condition over Kind as a list of ids, once: there are some hundreds, unless the content is hostile. */
function kindIds(database: Sqlite, condition: Condition): number[] {
  return database
    .prepare(`SELECT id FROM Kind WHERE ${condition.sql}`)
    .all(condition.parameters)
    .map((row) => Number(row.id));
}

/** Beyond this the ids are one parameter, because the text of a statement is bounded. */
const LISTED_IDS = 500;

function idList(column: string, ids: readonly number[]): Condition {
  if (ids.length <= LISTED_IDS) return { sql: `${column} IN (${ids.join(", ")})`, parameters: [] };
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(ids)] };
}

function negate(condition: Condition, negated: boolean): Condition {
  return negated ? { sql: `NOT (${condition.sql})`, parameters: condition.parameters } : condition;
}

function all(conditions: readonly Condition[]): Condition {
  return join(conditions, " AND ", "1");
}

function any(conditions: readonly Condition[]): Condition {
  return join(conditions, " OR ", "0");
}

function join(conditions: readonly Condition[], word: string, empty: string): Condition {
  if (conditions.length === 0) return { sql: empty, parameters: [] };
  const [only] = conditions;
  if (conditions.length === 1 && only !== undefined) return { sql: only.sql, parameters: only.parameters };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(word)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}
