/** Terms about a side of the packet: pod, service, labels, addresses ... answered from Endpoint. */

import { ipKey, ipRange } from "@/lib/base/ip";
import type { TermWith } from "@/lib/scope/filter";
import { matchesSelector, parseLabel } from "@/lib/scope/label-kind";
import { all, any, type Condition, maskedCondition, textList, type ValueOfTerm } from "./conditions";
import { matchingValues } from "./dictionary-search";
import type { Sqlite } from "./driver";
import { toFqdnPattern } from "./patterns";
import { areRolledUp } from "./roll-ups-ready";

/** What a side says: a condition over Endpoint, and whether "left out" or "none" was asked (decided by the record's mask). */
export interface SideCondition extends Condition {
  /** `unlessMasked`: the value is unknown in a record that is not masked too, where this holds of the side. */
  readonly absent?: "unknown" | "none" | { readonly unlessMasked: string };
}

/** The column of a dictionary holds a JSON list of texts. */
export function listOf(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
}

function absentSide(value: { readonly type: "unknown" | "none" }, missing: string): SideCondition {
  return { sql: missing, parameters: [], absent: value.type };
}

export function namespaceSide(value: ValueOfTerm<"namespace">): SideCondition {
  if (value.type !== "text") return absentSide(value, "(namespace IS NULL AND serviceNamespace IS NULL)");
  return { sql: "(namespace IS ? OR serviceNamespace IS ?)", parameters: [value.text, value.text] };
}

export function podSide(value: ValueOfTerm<"pod">): SideCondition {
  if (value.type !== "pod") return absentSide(value, "pod IS NULL");
  return named("pod", "namespace", value);
}

export function serviceSide(value: ValueOfTerm<"service">): SideCondition {
  if (value.type !== "service") return absentSide(value, "serviceName IS NULL");
  return named("serviceName", "serviceNamespace", value);
}

function named(
  column: string,
  namespaceColumn: string,
  value: { readonly namespace?: string; readonly name: string; readonly isExact: boolean },
): Condition {
  const name = value.isExact
    ? { sql: `${column} IS ?`, parameters: [value.name] }
    : { sql: `coalesce(substr(${column}, 1, length(?)) = ?, 0)`, parameters: [value.name, value.name] };
  if (value.namespace === undefined) return name;
  return all([{ sql: `${namespaceColumn} IS ?`, parameters: [value.namespace] }, name]);
}

/** The remote side of a flow has no workload: it is taken from any record of the same pod (product.md, rule 4). */
export function workloadSide(value: ValueOfTerm<"workload">): SideCondition {
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
  return saidOrLearned(all(parts));
}

/** A condition over Endpoint holds of the side, or of another record of its pod when the side names no workload. */
export function saidOrLearned(said: Condition): Condition {
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

export function ipSide(value: ValueOfTerm<"ip">): SideCondition {
  if (value.type === "unknown" || value.type === "none") return absentSide(value, "ip IS NULL");
  // Keys of IPv4 lie inside those of IPv6: neither an address nor a range of one version must take in the other.
  const version = value.version === 4 ? "instr(ip, ':') = 0" : "instr(ip, ':') > 0";
  if (value.type === "ip")
    return { sql: `(ipKey IS ? AND ${version})`, parameters: [ipKey(value.address) ?? null] };
  const range = ipRange(`${value.network}/${value.bits}`);
  if (!range.ok) throw new Error(range.failure.message);
  return {
    sql: `(ipKey IS NOT NULL AND ${version} AND ipKey BETWEEN ? AND ?)`,
    parameters: [range.value.first, range.value.last],
  };
}

export function clusterSide(value: ValueOfTerm<"cluster">): SideCondition {
  if (value.type !== "text") return absentSide(value, "cluster IS NULL");
  return { sql: "cluster IS ?", parameters: [value.text] };
}

/** A selector over no labels holds when it only excludes, as in Hubble. */
export function labelSide(database: Sqlite, value: ValueOfTerm<"label">): SideCondition {
  if (value.type !== "label") return absentSide(value, "coalesce(labels, '[]') = '[]'");
  const matches = (json: string) => matchesSelector(value, listOf(json).map(parseLabel));
  const found = textList("labels", matchingValues(database, "Endpoint", "labels", matches));
  return matchesSelector(value, []) ? any([found, { sql: "labels IS NULL", parameters: [] }]) : found;
}

export function fqdnSide(database: Sqlite, value: ValueOfTerm<"fqdn">): SideCondition {
  if (value.type !== "fqdn") return absentSide(value, "coalesce(names, '[]') = '[]'");
  const pattern = toFqdnPattern(value.pieces);
  const matches = (json: string) =>
    listOf(json).some((name) => pattern(name.toLowerCase().replace(/\.$/, "")));
  return textList("names", matchingValues(database, "Endpoint", "names", matches));
}

/** The translated address of the packet's source. */
export function translatedSide(database: Sqlite, value: ValueOfTerm<"snat-ip">): SideCondition {
  if (value.type === "unknown" || value.type === "none") return absentSide(value, "ipXlated IS NULL");
  const matches = addressTest(value);
  return textList("ipXlated", matchingValues(database, "Endpoint", "ipXlated", matches));
}

function addressTest(
  value: Exclude<ValueOfTerm<"snat-ip">, { type: "unknown" | "none" }>,
): (text: string) => boolean {
  if (value.type === "ip") {
    const key = ipKey(value.address);
    return (text) => ipKey(text) === key && text.includes(":") === (value.version === 6);
  }
  const range = ipRange(`${value.network}/${value.bits}`);
  if (!range.ok) throw new Error(range.failure.message);
  const { first, last } = range.value;
  return (text) => {
    const key = ipKey(text);
    return key !== undefined && text.includes(":") === (value.version === 6) && key >= first && key <= last;
  };
}

/** Proto JSON leaves 0 (`unknown`) out: no identity means 0 unless a field mask was at work. */
export function identityCondition(term: TermWith<"identity">): Condition {
  return any(
    columnsOf(term.side).flatMap((column) =>
      term.values.map((value): Condition => {
        const missing = { sql: "identity IS NULL", parameters: [] };
        if (value.type !== "identity") return sideCondition(column, absentSide(value, missing.sql));
        const said = sideCondition(column, { sql: "identity IS ?", parameters: [value.identity] });
        if (value.identity !== 0) return said;
        return any([said, all([sideCondition(column, missing), maskedCondition("none")])]);
      }),
    ),
  );
}

function columnsOf(side: "either" | "from" | "to"): readonly string[] {
  return {
    either: ["f.sourceId", "f.destinationId"],
    from: ["f.sourceId"],
    to: ["f.destinationId"],
  }[side];
}

export function onSides(side: "either" | "from" | "to", values: readonly SideCondition[]): Condition {
  return any(columnsOf(side).flatMap((column) => values.map((value) => sideCondition(column, value))));
}

export function sideCondition(column: string, { sql, parameters, absent }: SideCondition): Condition {
  const side = { sql: `${column} IN (SELECT id FROM Endpoint WHERE ${sql})`, parameters };
  if (absent === undefined) return side;
  if (typeof absent === "string") return all([side, maskedCondition(absent)]);
  const known = {
    sql: `${column} IN (SELECT id FROM Endpoint WHERE ${absent.unlessMasked})`,
    parameters: [],
  };
  return all([side, any([known, maskedCondition("unknown")])]);
}

/** Columns of a flow that hold its ports, and the side that a pair's client is on where the server's port is in them. */
const PORT_SIDES = {
  either: { columns: ["f.sourcePort", "f.destinationPort"], clientSides: "1, 2" },
  from: { columns: ["f.sourcePort"], clientSides: "2" },
  to: { columns: ["f.destinationPort"], clientSides: "1" },
} as const;

export function portCondition(database: Sqlite, term: TermWith<"port">): Condition {
  const { columns, clientSides } = PORT_SIDES[term.side];
  const isSettled = areRolledUp(database);
  return any(
    term.values.map((value): Condition => {
      if (value.type !== "port")
        return any(columns.map((column) => all([isNull(column), maskedCondition(value.type)])));
      if (isSettled && !isLoose(database, value.port))
        return {
          sql: `f.pairId IN (SELECT id FROM Pair WHERE serverPort = ? AND clientSide IN (${clientSides}))`,
          parameters: [value.port],
        };
      return any(columns.map((column) => ({ sql: `${column} IS ?`, parameters: [value.port] })));
    }),
  );
}

function isNull(column: string): Condition {
  return { sql: `${column} IS NULL`, parameters: [] };
}

/** Whether a flow can have the port otherwise than as the server's port of its pair (lib/capture/settle/loose-ports.ts). */
function isLoose(database: Sqlite, port: number): boolean {
  return database.prepare("SELECT 1 FROM LoosePort WHERE port = ?").get([port]) !== undefined;
}
