/** The flows of a scope in the order of a column: worked out once, then read by place. */

import type { SqlValue } from "@/lib/capture/driver";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import { dropReasonText, RESERVED_IDENTITY } from "@/lib/flow/enums";
import type { Party } from "./answers";
import { clientOf, eventOf, toPolicies } from "./flow-row";
import type { OpenCapture } from "./open-capture";

export const SORT_COLUMNS = [
  "node",
  "verdict",
  "direction",
  "client",
  "server",
  "port",
  "protocol",
  "type",
  "reason",
  "policy",
  "l7",
  "source-ip",
  "destination-ip",
  "flags",
  "events",
  "latency",
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

/** Null: the record does not say, or there is no such thing. Such rows come last, whichever way. */
type Value = string | number | null;

interface Column {
  /** Columns of Flow f that the value depends on. */
  readonly of: readonly string[];
  readonly value: (capture: OpenCapture, of: readonly SqlValue[]) => Value;
}

const COLUMNS: Readonly<Record<SortColumn, Column>> = {
  node: {
    of: ["f.observerId"],
    value: ({ database }, [id]) =>
      textOf(database.prepare("SELECT nodeName AS value FROM Observer WHERE id = ?").get([id ?? 0])?.value),
  },
  verdict: ofKind((kind) => (kind.verdict === "VERDICT_UNKNOWN" ? null : textOf(kind.verdict))),
  direction: ofKind(({ trafficDirection }) =>
    trafficDirection === "TRAFFIC_DIRECTION_UNKNOWN" ? null : textOf(trafficDirection),
  ),
  client: ofSide("client"),
  server: ofSide("server"),
  port: {
    of: ["f.pairId", "f.sourcePort", "f.destinationPort"],
    value: (capture, [pair, source, destination]) => numberOf(isTurned(capture, pair) ? source : destination),
  },
  protocol: ofKind(({ protocol, l7Protocol }) =>
    protocol === null ? null : `${String(protocol)} ${textOf(l7Protocol) ?? ""}`,
  ),
  type: ofKind(eventOf),
  reason: ofKind(({ dropCode, dropReason }) =>
    dropReason === null || dropReason === "DROP_REASON_UNKNOWN"
      ? null
      : ((dropCode === null ? undefined : dropReasonText(Number(dropCode))) ?? textOf(dropReason)),
  ),
  policy: ofText("f.policiesId", (text) => {
    const policies = toPolicies(text);
    return policies?.deniedBy[0] ?? policies?.allowedBy[0] ?? null;
  }),
  l7: ofText("f.l7TextId", textOf),
  "source-ip": ofAddress("f.sourceId"),
  "destination-ip": ofAddress("f.destinationId"),
  flags: ofKind(({ tcpFlags }) => textOf(tcpFlags)),
  events: { of: ["f.events"], value: (_capture, [events]) => numberOf(events) },
  latency: { of: ["f.latencyNs"], value: (_capture, [latency]) => numberOf(latency) },
};

function ofKind(value: (kind: ReturnType<OpenCapture["kind"]>) => Value): Column {
  return { of: ["f.kindId"], value: (capture, [id]) => value(capture.kind(Number(id))) };
}

/** As the table names them: turned round where the destination is the client. */
function ofSide(side: "client" | "server"): Column {
  return {
    of: ["f.pairId", "f.sourceId", "f.destinationId"],
    value: (capture, [pair, source, destination]) => {
      const isSource = isTurned(capture, pair) === (side === "server");
      return nameOf(capture.party(Number(isSource ? source : destination)));
    },
  };
}

function isTurned({ database }: OpenCapture, pair: SqlValue | undefined): boolean {
  const side = database.prepare("SELECT clientSide FROM Pair WHERE id = ?").get([pair ?? 0])?.clientSide;
  return clientOf(side) === "destination";
}

function nameOf({ namespace, workload, pod, names, identity, ip }: Party): string | null {
  const own = workload?.name ?? pod;
  if (own !== null && own !== undefined) return namespace === null ? own : `${namespace}/${own}`;
  const reserved = identity === null || identity === 0 ? undefined : RESERVED_IDENTITY.get(identity);
  return names[0] ?? reserved ?? ip;
}

function ofText(column: string, value: (text: SqlValue | undefined) => Value): Column {
  return {
    of: [column],
    value: ({ database }, [id]) =>
      id === null || id === undefined
        ? null
        : value(database.prepare("SELECT value FROM Text WHERE id = ?").get([id])?.value),
  };
}

/** By number, not by its digits as text. */
function ofAddress(column: string): Column {
  return {
    of: [column],
    value: ({ database }, [id]) =>
      textOf(
        database.prepare("SELECT coalesce(ipKey, ip) AS value FROM Endpoint WHERE id = ?").get([id ?? 0])
          ?.value,
      ),
  };
}

function textOf(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function numberOf(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** Row ids of the scope by the column; equal values by time, then in the order of files and lines. */
export function orderFlows(
  capture: OpenCapture,
  scope: CompiledScope,
  sort: SortColumn,
  order: "asc" | "desc",
): Float64Array {
  const { of, value } = COLUMNS[sort];
  const rows = capture.database
    .prepare(`SELECT f.id, ${of.join(", ")} FROM Flow f WHERE ${scope.sql} ORDER BY f.timeNs, f.id`)
    .rows(scope.parameters);
  // Few values differ among many rows: each is looked up once, and what is sorted is its place among them.
  const numbers = new Map<string, number>();
  const values: Value[] = [];
  const numberOfRow = Uint32Array.from(rows, ([, ...key]) => {
    const text = key.join("\n");
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, values.length);
    return values.push(value(capture, key)) - 1;
  });
  const places = placesOf(values, order);
  const sorted = Uint32Array.from(rows, (_, at) => at).sort(
    (a, b) =>
      (places[numberOfRow[a] as number] as number) - (places[numberOfRow[b] as number] as number) || a - b,
  );
  return Float64Array.from(sorted, (at) => Number(rows[at]?.[0]));
}

/** Equal values have equal places; null the last. */
function placesOf(values: readonly Value[], order: "asc" | "desc"): Uint32Array {
  const distinct = [...new Set(values)].filter((value) => value !== null).sort(compare);
  if (order === "desc") distinct.reverse();
  const places = new Map(distinct.map((value, at) => [value, at]));
  return Uint32Array.from(values, (value) =>
    value === null ? distinct.length : (places.get(value) as number),
  );
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
