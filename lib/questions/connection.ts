/** The story of a flow's connection: every record of its 5-tuple in order, and what settling knows of it. */

import { formatCount } from "@/lib/base/count";
import { formatTime } from "@/lib/base/time";
import { attemptOfFlow } from "@/lib/capture/attempt-sql";
import { any, type Condition, idList } from "@/lib/capture/conditions";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { ATTEMPT_FLAG, OUTCOME_TEXT } from "@/lib/insight/outcome";
import type { FlowDetailAnswer } from "./answers";
import type { Story } from "./connection-answer";
import { toRecords } from "./connection-records";
import { type FlowValues, keyOf, selectFlowRows } from "./flow-row";
import type { OpenCapture } from "./open-capture";
import { readResolved } from "./resolved";

type Answer = Pick<FlowDetailAnswer, "connection" | "story" | "connectionNote">;

/** Records shown before the flow, and as many behind it. */
const SHOWN = 250;
/** Records of the protocol that are looked through before the flow, and as many behind it. */
const SCANNED = 100_000;
/** Around a flow that belongs to no attempt: as long as an attempt may be silent. */
const AROUND_NS = 65_000_000_000n;

const NOT_TOLD = {
  address: "The record has neither addresses nor names of both sides: its connection cannot be found.",
  protocol: "The record does not say its protocol: its connection cannot be found.",
  port: "The record does not have both ports: its connection cannot be told from others.",
  time: "The record has no time: its connection cannot be told from later ones.",
} as const;

/** Sides are known by their address only when their file is settled. */
const NOT_YET_TOLD = "The connection is found when the file has been read to its end.";

/** `id` is the row of the flow. */
export function readConnection(capture: OpenCapture, id: number): Answer {
  const flow = readTuple(capture, id);
  if (typeof flow === "string") {
    const isUnderWay = flow === "address" && capture.meta("records").partial;
    return { connection: [], story: null, connectionNote: isUnderWay ? NOT_YET_TOLD : NOT_TOLD[flow] };
  }
  const attempt = flow.attemptId === null ? undefined : readAttempt(capture, flow.attemptId);
  const window = attempt ?? { firstNs: flow.timeNs - AROUND_NS, lastNs: flow.timeNs + AROUND_NS };
  const found = findRecords(capture, flow, window);
  if (attempt !== undefined && !found.rows.some((row) => keyOf(row).id === attempt.id))
    found.rows.push(...readRows(capture, [Number(attempt.id)]));
  const isSourceClient = attempt === undefined ? flow.clientSide !== 2 : isClientAt(attempt, flow.source);
  const [client, server] = isSourceClient ? [flow.source, flow.destination] : [flow.destination, flow.source];
  const connection = toRecords(
    capture,
    found.rows,
    (sourceId, port) => isEnd(client, sourceId, port) && !isEnd(server, sourceId, port),
  );
  return {
    connection,
    story: {
      protocol: flow.protocol,
      client: { ...capture.party(client.endpointId), port: client.port },
      server: { ...capture.party(server.endpointId), port: server.port },
      isClientKnown: attempt === undefined ? flow.clientSide !== 0 : attempt.isClientKnown,
      attempt: attempt?.shown ?? null,
      from: formatTime(found.fromNs),
      to: formatTime(found.toNs),
      isWhole: found.why === null,
      resolved: attempt === undefined ? null : readResolved(capture, attempt.id),
    },
    connectionNote: found.why,
  };
}

type Missing = keyof typeof NOT_TOLD;

/** One end of the 5-tuple. Several endpoints can have its address. */
interface End {
  readonly endpointId: number;
  readonly endpoints: readonly number[];
  readonly addressId: number;
  readonly port: number | null;
}

interface Tuple {
  readonly id: bigint;
  readonly timeNs: bigint;
  readonly source: End;
  readonly destination: End;
  readonly protocol: string;
  /** 1 the source is the client, 2 the destination is, 0 unknown. */
  readonly clientSide: number;
  readonly attemptId: bigint | null;
}

/** The flow's 5-tuple, or what it lacks to have one. */
function readTuple(capture: OpenCapture, id: number): Tuple | Missing {
  const row = capture.database
    .prepareExact(
      `SELECT f.id, f.timeNs, f.sourceId, f.destinationId, f.sourcePort, f.destinationPort, s.addressId AS sourceAddressId,
         d.addressId AS destinationAddressId, k.protocol, p.clientSide, ${attemptOfFlow("f")} AS attemptId
       FROM Flow f JOIN Kind k ON k.id = f.kindId JOIN Endpoint s ON s.id = f.sourceId JOIN Endpoint d ON d.id = f.destinationId
         LEFT JOIN Pair p ON p.id = f.pairId WHERE f.id = ?`,
    )
    .get([id]);
  if (row === undefined) throw new Error(`no flow ${id}`);
  const { timeNs, protocol, attemptId } = row;
  if (typeof timeNs !== "bigint") return "time";
  if (typeof protocol !== "string") return "protocol";
  const [source, destination] = [readEnd(capture, row, "source"), readEnd(capture, row, "destination")];
  if (source === undefined || destination === undefined) return "address";
  if (!protocol.startsWith("ICMP") && (source.port === null || destination.port === null)) return "port";
  return {
    id: row.id as bigint,
    timeNs,
    source,
    destination,
    protocol,
    clientSide: Number(row.clientSide ?? 0),
    attemptId: typeof attemptId === "bigint" ? attemptId : null,
  };
}

function readEnd(capture: OpenCapture, row: SqlRow, side: "source" | "destination"): End | undefined {
  const addressId = row[`${side}AddressId`];
  if (typeof addressId !== "bigint") return undefined;
  const endpoints = capture.database.prepare("SELECT id FROM Endpoint WHERE addressId = ?").all([addressId]);
  const port = row[`${side}Port`];
  return {
    endpointId: Number(row[`${side}Id`]),
    endpoints: endpoints.map(({ id }) => Number(id)),
    addressId: Number(addressId),
    port: port === null || port === undefined ? null : Number(port),
  };
}

function isEnd({ endpoints, port }: End, endpointId: number, endPort: number | null): boolean {
  return port === endPort && endpoints.includes(endpointId);
}

interface Attempt {
  readonly id: bigint;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly clientAddressId: number;
  readonly clientPort: number;
  readonly isClientKnown: boolean;
  readonly shown: Story["attempt"];
}

function isClientAt(attempt: Attempt, { addressId, port }: End): boolean {
  return addressId === attempt.clientAddressId && port === attempt.clientPort;
}

function readAttempt(capture: OpenCapture, id: bigint): Attempt {
  const row = capture.database.prepareExact("SELECT * FROM Attempt WHERE id = ?").get([id]);
  if (row === undefined) throw new Error(`no attempt ${id}`);
  const [firstNs, lastNs] = [row.firstNs as bigint, row.lastNs as bigint];
  return {
    id,
    firstNs,
    lastNs,
    clientAddressId: Number(row.clientAddressId),
    clientPort: Number(row.clientPort),
    isClientKnown: (Number(row.flags) & ATTEMPT_FLAG.clientUnknown) === 0,
    shown: {
      outcome: Number(row.outcome),
      text: OUTCOME_TEXT[Number(row.outcome)] ?? "",
      first: formatTime(firstNs),
      last: formatTime(lastNs),
      records: Number(row.records),
      syns: Number(row.syns),
    },
  };
}

interface Window {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

interface Found {
  readonly rows: FlowValues[];
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly why: string | null;
}

/**
 * Records of the tuple in the window, nearest to the flow first. No index leads from a tuple to its records; so the window
 * is read by time, outwards from the flow, and no further than {@link SCANNED} records of the protocol.
 */
function findRecords(capture: OpenCapture, flow: Tuple, window: Window): Found {
  const match = matchesTuple(flow);
  const earlier = scan(capture, flow, window, match, "earlier");
  const later = scan(capture, flow, window, match, "later");
  const rows = readRows(capture, [...earlier.ids, Number(flow.id), ...later.ids]);
  const isFull = earlier.isFull || later.isFull;
  const isCut = earlier.edgeNs !== window.firstNs || later.edgeNs !== window.lastNs;
  return {
    rows,
    fromNs: earlier.edgeNs,
    toNs: later.edgeNs,
    why: isFull
      ? `The connection has more records: the ${SHOWN} before and the ${SHOWN} behind this one are listed.`
      : isCut
        ? `Only the ${formatCount(SCANNED)} ${flow.protocol} records before and behind this one were looked through; there may be more of this connection further away.`
        : null,
  };
}

interface Scan {
  readonly ids: number[];
  /** Up to where the window was read. */
  readonly edgeNs: bigint;
  readonly isFull: boolean;
}

function scan(
  capture: OpenCapture,
  flow: Tuple,
  { firstNs, lastNs }: Window,
  match: Condition,
  way: "earlier" | "later",
): Scan {
  const [sign, direction, limit, endNs] =
    way === "later" ? [">", "ASC", "<=", lastNs] : ["<", "DESC", ">=", firstNs];
  const near = `FROM Flow INDEXED BY "Flow_timeNs_id_kindId_events_idx"
    WHERE (timeNs, id) ${sign} (?, ?) AND timeNs ${limit} ? AND kindId IN (SELECT id FROM Kind WHERE protocol = ?)
    ORDER BY timeNs ${direction}, id ${direction}`;
  const parameters: SqlValue[] = [flow.timeNs, flow.id, endNs, flow.protocol];
  // The inner list stops at its limit, and the outer one takes its order.
  const rows = capture.database
    .prepareExact(
      `SELECT f.id, f.timeNs FROM (SELECT id ${near} LIMIT ${SCANNED}) near CROSS JOIN Flow f ON f.id = near.id
       WHERE ${match.sql} LIMIT ${SHOWN + 1}`,
    )
    .rows([...parameters, ...match.parameters]);
  const ids = rows.slice(0, SHOWN).map(([id]) => Number(id));
  if (rows.length > SHOWN) return { ids, edgeNs: rows[SHOWN - 1]?.[1] as bigint, isFull: true };
  const [beyond] = capture.database
    .prepareExact(`SELECT timeNs ${near} LIMIT 1 OFFSET ${SCANNED}`)
    .rows(parameters);
  return { ids, edgeNs: (beyond?.[0] as bigint | undefined) ?? endNs, isFull: false };
}

/** Over Flow f: packets of the tuple, in both directions. */
function matchesTuple({ source, destination }: Tuple): Condition {
  const way = (from: End, to: End): Condition => {
    const [sources, destinations] = [
      idList("f.sourceId", from.endpoints),
      idList("f.destinationId", to.endpoints),
    ];
    return {
      sql: `(f.sourcePort IS ? AND f.destinationPort IS ? AND ${sources.sql} AND ${destinations.sql})`,
      parameters: [from.port, to.port, ...sources.parameters, ...destinations.parameters],
    };
  };
  return any([way(source, destination), way(destination, source)]);
}

function readRows(capture: OpenCapture, ids: readonly number[]): FlowValues[] {
  return capture.database
    .prepareExact(`${selectFlowRows(undefined)} WHERE f.id IN (SELECT value FROM json_each(?))`)
    .rows([JSON.stringify(ids)]);
}
