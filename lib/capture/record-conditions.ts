/** Terms about one record and where it came from: its node, its ids, its file. */

import { uuidHash } from "@/lib/base/hash";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import { PRESENT } from "@/lib/flow/presence";
import type { TermWith } from "@/lib/scope/filter";
import { matchesGlob } from "@/lib/scope/glob";
import { matchesSelector, parseLabel } from "@/lib/scope/label-kind";
import { splitNodeName } from "@/lib/scope/name-kinds";
import {
  all,
  any,
  type Condition,
  idList,
  maskedCondition,
  NEVER,
  ofKind,
  type ValueOfTerm,
} from "./conditions";
import type { Sqlite, SqlRow } from "./driver";
import { listOf } from "./side-conditions";

export function nodeCondition(database: Sqlite, values: readonly ValueOfTerm<"node-name">[]): Condition {
  return observers(database, values, matchesNode);
}

/** Nodes are few: they are read whole. */
function observers<Value>(
  database: Sqlite,
  values: readonly Value[],
  matches: (value: Value, observer: SqlRow) => boolean,
): Condition {
  const rows = database.prepare("SELECT id, nodeName, nodeLabels, interfaceName FROM Observer").all([]);
  const found = rows.filter((row) => values.some((value) => matches(value, row)));
  return idList(
    "f.observerId",
    found.map(({ id }) => Number(id)),
  );
}

/** Patterns are matched here: SQLite's GLOB knows other wildcards. A record without cluster counts as `default`. */
function matchesNode(value: ValueOfTerm<"node-name">, { nodeName }: SqlRow): boolean {
  if (value.type !== "node") return value.type === "unknown" && nodeName === null;
  if (typeof nodeName !== "string") return false;
  const [cluster, name] = splitNodeName(nodeName);
  return (
    (value.cluster === undefined || matchesGlob(value.cluster, cluster)) &&
    (value.node === undefined || matchesGlob(value.node, name))
  );
}

export function interfaceCondition(database: Sqlite, value: ValueOfTerm<"interface">): Condition {
  if (value.type === "text")
    return observers(database, [value.text], (name, { interfaceName }) => interfaceName === name);
  const without = observers(database, [null], (_, { interfaceName }) => interfaceName === null);
  return all([without, maskedCondition(value.type)]);
}

export function nodeLabelCondition(database: Sqlite, value: ValueOfTerm<"node-label">): Condition {
  const labelsOf = ({ nodeLabels }: SqlRow): readonly string[] =>
    typeof nodeLabels === "string" ? listOf(nodeLabels) : [];
  if (value.type === "label") {
    return observers(database, [value], (selector, row) =>
      matchesSelector(selector, labelsOf(row).map(parseLabel)),
    );
  }
  const without = observers(database, [null], (_, row) => labelsOf(row).length === 0);
  return all([without, maskedCondition(value.type)]);
}

export function uuidCondition(value: ValueOfTerm<"uuid">): Condition {
  if (value.type === "unknown") return ofKind(`present & ${PRESENT.uuid} = 0`);
  if (value.type === "none") return NEVER;
  return all([
    { sql: "f.hash = ?", parameters: [uuidHash(value.text)] },
    ofKind(`present & ${PRESENT.uuid} <> 0`),
  ]);
}

export function traceCondition(value: ValueOfTerm<"trace-id">): Condition {
  if (value.type !== "text") return withoutExtra("traceHash", value.type);
  return {
    sql: "f.id IN (SELECT id FROM FlowExtra WHERE traceHash = ?)",
    parameters: [uuidHash(value.text)],
  };
}

export function ipTraceCondition(value: ValueOfTerm<"ip-trace-id">): Condition {
  if (value.type !== "number") return withoutExtra("ipTraceId", value.type);
  return {
    sql: "f.id IN (SELECT id FROM FlowExtra WHERE ipTraceId = ?)",
    parameters: [BigInt.asIntN(64, BigInt(value.decimal))],
  };
}

function withoutExtra(column: "traceHash" | "ipTraceId", type: "unknown" | "none"): Condition {
  const has = `f.id IN (SELECT id FROM FlowExtra WHERE ${column} IS NOT NULL)`;
  return all([{ sql: `NOT (${has})`, parameters: [] }, maskedCondition(type)]);
}

/** A record that several files had came from each of them, though it counts once. */
export function fileCondition(database: Sqlite, term: TermWith<"file">): Condition {
  const files = database
    .prepare("SELECT name, firstBlock, endBlock FROM SourceFile ORDER BY firstBlock")
    .all([]);
  const ranges: { from: number; to: number }[] = [];
  for (const { name, firstBlock, endBlock } of files) {
    const isWanted = term.values.some(
      (value) => value.type === "file" && matchesGlob(value.name, String(name)),
    );
    if (!isWanted || firstBlock === null) continue;
    const [from, to] = [Number(firstBlock) * PLACES_PER_BLOCK, Number(endBlock) * PLACES_PER_BLOCK];
    const last = ranges.at(-1);
    if (last?.to === from) last.to = to;
    else ranges.push({ from, to });
  }
  const rows = database.prepare("SELECT 1 FROM DuplicateFlow LIMIT 1").get([]);
  const inFiles = idRanges("f.id", ranges);
  if (rows === undefined || ranges.length === 0) return inFiles;
  const copies = idRanges("d.id", ranges);
  return any([
    inFiles,
    {
      sql: `(f.hash, f.occurrence) IN (SELECT d.hash, d.occurrence FROM DuplicateFlow d WHERE ${copies.sql})`,
      parameters: copies.parameters,
    },
  ]);
}

/** Half open. Many ranges are one parameter: they are looked up by the block of the row. */
function idRanges(
  column: string,
  ranges: readonly { readonly from: number; readonly to: number }[],
): Condition {
  if (ranges.length <= 100)
    return any(
      ranges.map(({ from, to }) => ({ sql: `(${column} >= ${from} AND ${column} < ${to})`, parameters: [] })),
    );
  return {
    sql: `EXISTS (SELECT 1 FROM json_each(?) r WHERE ${column} >= r.value ->> 'from' AND ${column} < r.value ->> 'to')`,
    parameters: [JSON.stringify(ranges)],
  };
}
