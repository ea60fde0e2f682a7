/** Events of a scope by what a facet tells its values from: one scan of the flows for each. */

import { OF_ANY_DROP } from "@/lib/capture/denied-kinds";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { listedPorts, PortTally } from "@/lib/capture/port-counts";
import { countedFlows } from "@/lib/capture/rolled-flows";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import { type SummedRows, summedRows } from "@/lib/capture/summed";
import { PRESENT } from "@/lib/flow/presence";
import type { OpenCapture } from "../open-capture";

/** Adds events up by value; a record counts once under each of its values. */
export class Tally {
  readonly events = new Map<string, number>();

  add(values: Iterable<string>, events: number): void {
    for (const value of values) this.events.set(value, (this.events.get(value) ?? 0) + events);
  }
}

const MASKED = `f.kindId IN (SELECT id FROM Kind WHERE present & ${PRESENT.Type} = 0)`;

export interface Scanned {
  readonly capture: OpenCapture;
  readonly scope: CompiledScope;
  /** Equal for equal scopes. */
  readonly key: string;
}

function grouped({ capture, scope, key }: Scanned, columns: string, from = "Flow f"): SqlValue[][] {
  const count = columns.split(", ").length;
  const by = Array.from({ length: count }, (_, at) => at + 1).join(", ");
  return capture.keep(`facet ${columns} ${from} ${key}`, () => {
    const counted =
      from === "Flow f"
        ? countedFlows(capture.database, scope, { reads: columns, hasTimes: false })
        : { from, parameters: [], where: scope };
    return capture.database
      .prepare(
        `SELECT ${columns}, sum(f.events) FROM ${counted.from} WHERE ${counted.where.sql} GROUP BY ${by}`,
      )
      .rows([...counted.parameters, ...counted.where.parameters]);
  });
}

function* counted(rows: readonly SqlValue[][]): Generator<{ ids: readonly SqlValue[]; events: number }> {
  for (const row of rows) yield { ids: row, events: Number(row.at(-1)) };
}

export function byKind(scanned: Scanned, valuesOf: (kind: SqlRow) => readonly string[]): Tally {
  const tally = new Tally();
  for (const { ids, events } of counted(grouped(scanned, "f.kindId")))
    tally.add(valuesOf(scanned.capture.kind(Number(ids[0]))), events);
  return tally;
}

export function byObserver(
  scanned: Scanned,
  valuesOf: (observer: SqlRow, masked: boolean) => readonly string[],
): Tally {
  const observers = rowsById(scanned, "Observer");
  const tally = new Tally();
  for (const { ids, events } of counted(grouped(scanned, `f.observerId, ${MASKED}`)))
    tally.add(valuesOf(observers.get(Number(ids[0])) ?? {}, ids[1] === 1), events);
  return tally;
}

export type Side = "either" | "from" | "to";

/** A record whose ends share a value counts once under it. */
export function bySide(
  scanned: Scanned,
  side: Side,
  valuesOf: (endpoint: SqlRow, masked: boolean) => readonly string[],
): Tally {
  const tally = new Tally();
  const columns = { either: "f.sourceId, f.destinationId", from: "f.sourceId", to: "f.destinationId" }[side];
  const rows = grouped(scanned, `${columns}, ${MASKED}`);
  const endpoint = endpointReader(scanned);
  const known = new Map<string, readonly string[]>();
  const values = (id: SqlValue | undefined, masked: boolean): readonly string[] => {
    const key = `${id} ${masked}`;
    const found = known.get(key) ?? valuesOf(endpoint(Number(id)), masked);
    known.set(key, found);
    return found;
  };
  for (const { ids, events } of counted(rows)) {
    const ends = ids.slice(0, side === "either" ? 2 : 1);
    const masked = ids[ends.length] === 1;
    if (ends.length === 1) tally.add(values(ends[0], masked), events);
    else tally.add(new Set(ends.flatMap((id) => values(id, masked))), events);
  }
  return tally;
}

function endpointReader({ capture }: Scanned): (id: number) => SqlRow {
  const statement = capture.database.prepare("SELECT * FROM Endpoint WHERE id = ?");
  return (id) => statement.get([id]) ?? {};
}

export function byPort(scanned: Scanned, side: Side): Tally {
  const { capture, scope } = scanned;
  const ports =
    listedPorts(capture.database, scope, side, MASKED) ?? countedPorts(scanned, new PortTally(side), side);
  const tally = new Tally();
  for (const { port, group, events } of ports.found())
    tally.add([port === undefined ? (group === 1 ? "?" : "-") : String(port)], events);
  return tally;
}

function countedPorts(scanned: Scanned, ports: PortTally, side: Side): PortTally {
  const columns = {
    either: "f.sourcePort, f.destinationPort",
    from: "f.sourcePort",
    to: "f.destinationPort",
  }[side];
  const port = (value: SqlValue | undefined) => (typeof value === "number" ? value : undefined);
  for (const { ids, events } of counted(grouped(scanned, `${MASKED}, ${columns}`))) {
    const [group, first, second] = ids;
    if (side === "either") ports.add(port(first), port(second), Number(group), events);
    else ports.addPort(port(first), Number(group), events);
  }
  return ports;
}

/** By pair: its client's id and server's port with its actors' rows; undefined for an actor that is not known. */
export function byPair(
  scanned: Scanned,
  valuesOf: (pair: SqlRow, client: SqlRow | undefined, server: SqlRow | undefined) => readonly string[],
): Tally {
  const groups = grouped(scanned, "f.pairId");
  const { pairs, actors } = readPairs(
    scanned,
    groups.map(([id]) => id),
  );
  const actor = (id: SqlValue | undefined): SqlRow | undefined =>
    typeof id === "number" ? actors.get(id) : undefined;
  const tally = new Tally();
  for (const { ids, events } of counted(groups)) {
    const { clientId = null, serverId = null, serverPort = null } = pairs.get(Number(ids[0])) ?? {};
    tally.add(valuesOf({ clientId, serverPort }, actor(clientId), actor(serverId)), events);
  }
  return tally;
}

/** In two statements: a pair for itself takes the driver longer than adding up its flows. */
function readPairs({ capture: { database } }: Scanned, ids: readonly (SqlValue | undefined)[]) {
  const pairs = new Map(
    database
      .prepare(
        "SELECT p.id, p.clientId, p.serverId, p.serverPort FROM json_each(?) j JOIN Pair p ON p.id = j.value",
      )
      .rows([JSON.stringify(ids)])
      .map(([id, clientId = null, serverId = null, serverPort = null]) => [
        Number(id),
        { clientId, serverId, serverPort },
      ]),
  );
  const actorIds = new Set([...pairs.values()].flatMap(({ clientId, serverId }) => [clientId, serverId]));
  const actors = new Map(
    database
      .prepare("SELECT * FROM Actor WHERE id IN (SELECT value FROM json_each(?))")
      .all([JSON.stringify([...actorIds])])
      .map((row) => [Number(row.id), row]),
  );
  return { pairs, actors };
}

/**
 * Groups of what few flows have, found from those few: `from` and `where` name them, `columns` tell them apart and are null
 * for all others, which make up the total of the scope. Behind the columns stands whether the record was masked.
 */
function few({ capture, scope }: Scanned, parts: readonly Few[]): readonly SqlValue[][] {
  const found = parts.flatMap(({ columns, from, where, counted }) => {
    const among = counted ?? { from, parameters: [], where: scope };
    const by = Array.from({ length: columns.length + 1 }, (_, at) => at + 1).join(", ");
    return capture.database
      .prepare(
        `SELECT ${columns.join(", ")}, ${MASKED}, sum(f.events) FROM ${among.from} WHERE ${where} AND ${among.where.sql} GROUP BY ${by}`,
      )
      .rows([...among.parameters, ...among.where.parameters]);
  });
  const all = countedFlows(capture.database, scope, { reads: MASKED, hasTimes: false });
  const [totals = []] = capture.database
    .prepare(
      `SELECT coalesce(sum(f.events) FILTER (WHERE NOT ${MASKED}), 0), coalesce(sum(f.events) FILTER (WHERE ${MASKED}), 0)
       FROM ${all.from} WHERE ${all.where.sql}`,
    )
    .rows([...all.parameters, ...all.where.parameters]);
  const others = totals.map((total, masked) => {
    const these = found.filter((row) => row.at(-2) === masked);
    const events = these.reduce((rest, row) => rest - Number(row.at(-1)), Number(total));
    return [...(parts[0]?.columns ?? []).map(() => null), masked, events];
  });
  return [...found, ...others];
}

interface Few {
  readonly columns: readonly string[];
  readonly from: string;
  readonly where: string;
  /** In place of `from`, with the scope over it. */
  readonly counted?: Omit<SummedRows, "isSummed">;
}

/** By what a record of this protocol is about: the name that DNS asks for, the URL of HTTP. */
export function byL7Text(
  scanned: Scanned,
  protocol: "dns" | "http",
  valuesOf: (text: string | undefined, masked: boolean) => readonly string[],
): Tally {
  const { database } = scanned.capture;
  const texts = database.prepare("SELECT value FROM Text WHERE id = ?");
  const named = `f.kindId IN (SELECT id FROM Kind WHERE l7Protocol = '${protocol}') AND f.l7TextId IS NOT NULL`;
  const tally = new Tally();
  for (const { ids, events } of counted(
    few(scanned, [{ columns: ["f.l7TextId"], from: "Flow f", where: named }]),
  )) {
    const value = ids[0] === null ? undefined : texts.get([Number(ids[0])])?.value;
    tally.add(valuesOf(typeof value === "string" ? value : undefined, ids[1] === 1), events);
  }
  return tally;
}

type Headers = readonly (readonly [name: string, value: string | null])[];

/** By the headers of HTTP records. A name that has too many values to be kept as texts (lib/ingest/headers.ts) has null for all. */
export function byHeaders(
  scanned: Scanned,
  valuesOf: (headers: Headers | undefined, masked: boolean) => readonly string[],
): Tally {
  const { database } = scanned.capture;
  const texts = new Map(
    database
      .prepare("SELECT id, value FROM Text WHERE id IN (SELECT headersId FROM FlowExtra)")
      .rows([])
      .map(([id, value]) => [Number(id), JSON.parse(String(value)) as Headers]),
  );
  const many = new Set(
    [...texts.values()].flatMap((headers) =>
      headers.flatMap(([name, value]) => (value === null ? [name] : [])),
    ),
  );
  const from = "FlowExtra x CROSS JOIN Flow f ON f.id = x.id";
  const tally = new Tally();
  for (const { ids, events } of counted(
    few(scanned, [{ columns: ["x.headersId"], from, where: "x.headersId IS NOT NULL" }]),
  )) {
    const headers = ids[0] === null ? undefined : texts.get(Number(ids[0]));
    const told = headers?.map(([name, value]) => [name, many.has(name) ? null : value] as const);
    tally.add(new Set(valuesOf(told, ids[1] === 1)), events);
  }
  return tally;
}

/** `cause`: null for a drop without one; undefined when the flow is no record of a drop. */
export function byDrop(
  scanned: Scanned,
  valuesOf: (
    cause: SqlRow | null | undefined,
    policies: string | undefined,
    masked: boolean,
  ) => readonly string[],
  withPolicies = false,
): Tally {
  const { database } = scanned.capture;
  const causes = rowsById(scanned, "Cause");
  const texts = database.prepare("SELECT value FROM Text WHERE id = ?");
  const tally = new Tally();
  const { scope } = scanned;
  const records = summedRows(database, scope, "DropRecordSum", {
    reads: "f.causeId f.policiesId f.kindId",
  });
  const drops: Few = {
    columns: ["1", "f.causeId", withPolicies ? "f.policiesId" : "NULL"],
    ...{ from: records.from, where: "1", counted: records },
  };
  const parts = withPolicies ? [drops, otherPolicies(scanned)] : [drops];
  for (const { ids, events } of counted(few(scanned, parts))) {
    const cause = ids[0] === 1 ? (causes.get(Number(ids[1])) ?? null) : undefined;
    const text = ids[2] === null ? undefined : texts.get([Number(ids[2])])?.value;
    tally.add(valuesOf(cause, typeof text === "string" ? text : undefined, ids[3] === 1), events);
  }
  return tally;
}

/** What records that are none of drops name. */
function otherPolicies({ capture, scope }: Scanned): Few {
  const flows = countedFlows(capture.database, scope, { reads: "f.policiesId f.kindId", hasTimes: false });
  return {
    columns: ["0", "NULL", "f.policiesId"],
    ...{ from: flows.from, counted: flows },
    where: `f.policiesId IS NOT NULL AND NOT (${OF_ANY_DROP.sql})`,
  };
}

/** The names of the files that hold the blocks of one: its own, and those of files with the same bytes, which share them. */
const HOLDERS = `(SELECT id AS fileId, name FROM SourceFile UNION
  SELECT own.id, twin.name FROM SourceFile own JOIN SourceFile twin ON twin.firstBlock = own.firstBlock
    AND twin.endBlock = own.endBlock AND twin.endBlock > twin.firstBlock)`;

/** A record that several files had counts under each of them. */
export function byFile(scanned: Scanned, spell: (name: string) => string): Tally {
  const { capture, scope } = scanned;
  const block = "JOIN RawBlock b ON b.id = f.id / 16384";
  const tally = new Tally();
  for (const { ids, events } of counted(
    grouped(scanned, "h.name", `Flow f ${block} JOIN ${HOLDERS} h ON h.fileId = b.fileId`),
  ))
    tally.add([spell(String(ids[0]))], events);
  const copies = capture.database
    .prepare(
      `WITH Holder AS ${HOLDERS} SELECT name, sum(events) FROM (
         SELECT DISTINCT f.id, f.events, h.name FROM DuplicateFlow d
         JOIN Flow f ON f.hash = d.hash AND f.occurrence = d.occurrence ${block}
         JOIN RawBlock b2 ON b2.id = d.id / 16384 JOIN Holder h ON h.fileId = b2.fileId
         WHERE h.name NOT IN (SELECT name FROM Holder WHERE fileId = b.fileId) AND ${scope.sql}
       ) GROUP BY 1`,
    )
    .rows(scope.parameters);
  for (const { ids, events } of counted(copies)) tally.add([spell(String(ids[0]))], events);
  return tally;
}

/** HTTP routes, gRPC methods and topics, at the request and at its answer. */
export function byRoute(
  scanned: Scanned,
  valuesOf: (route: string | undefined, masked: boolean) => readonly string[],
): Tally {
  const from = `(SELECT id, routeId FROM L7Exchange
    UNION SELECT responseId, routeId FROM L7Exchange WHERE responseId IS NOT NULL) x CROSS JOIN Flow f ON f.id = x.id`;
  const routes = rowsById(scanned, "Route");
  const tally = new Tally();
  for (const { ids, events } of counted(
    few(scanned, [{ columns: ["x.routeId"], from, where: "x.routeId IS NOT NULL" }]),
  )) {
    const value = ids[0] === null ? undefined : routes.get(Number(ids[0]))?.value;
    tally.add(valuesOf(typeof value === "string" ? value : undefined, ids[1] === 1), events);
  }
  return tally;
}

function rowsById({ capture }: Scanned, table: "Observer" | "Cause" | "Route"): ReadonlyMap<number, SqlRow> {
  return new Map(
    capture.database
      .prepare(`SELECT * FROM ${table}`)
      .all([])
      .map((row) => [Number(row.id), row]),
  );
}
