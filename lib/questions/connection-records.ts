/** Records of a connection in order, each with what it tells of and whether another tells of the same packet. */

import type { SqlRow } from "@/lib/capture/driver";
import { NOT_A_LOSS } from "@/lib/flow/losses";
import { findSamePackets, type Sighting } from "@/lib/insight/same-packet";
import type { FlowRow } from "./answers";
import type { ConnectionRecord } from "./connection-answer";
import { type FlowValues, keyOf, kindIdOf, sourceOf, toFlowRow } from "./flow-row";
import type { OpenCapture } from "./open-capture";

interface Seen {
  readonly id: number;
  readonly timeNs: bigint;
  readonly kind: SqlRow;
  readonly row: FlowRow;
  readonly fromClient: boolean;
}

type IsFromClient = (sourceId: number, port: number | null) => boolean;

export function toRecords(
  capture: OpenCapture,
  rows: readonly FlowValues[],
  isFromClient: IsFromClient,
): ConnectionRecord[] {
  const seen = rows.map((values) => toSeen(capture, values, isFromClient)).sort(inOrder);
  const ids = new Map(seen.map(({ id, row }) => [id, row.id]));
  const settled = readSettled(capture, [...ids.keys()]);
  const same = findSamePackets(
    seen.filter(({ row }) => !row.aggregated && row.type !== "SOCK").map((one) => toSighting(one, settled)),
  );
  return seen.map(({ id, row, kind, fromClient }) => {
    const {
      source: _s,
      destination: _d,
      sourcePort: _sp,
      destinationPort: _dp,
      protocol: _p,
      ...shown
    } = row;
    const found = same.get(id);
    return {
      ...shown,
      step: stepOf(kind),
      fromClient,
      samePacketAs: found === undefined ? null : (ids.get(found.as) ?? null),
      sameBecause: found?.because ?? null,
    };
  });
}

function toSeen(capture: OpenCapture, values: FlowValues, isFromClient: IsFromClient): Seen {
  const { id, timeNs } = keyOf(values);
  const row = toFlowRow(capture, values);
  return {
    id: Number(id),
    timeNs: timeNs as bigint,
    kind: capture.kind(kindIdOf(values)),
    row,
    fromClient: isFromClient(sourceOf(values), row.sourcePort),
  };
}

/** By time; of one instant the client's first, then by id of the flow, so that the order of files does not matter. */
function inOrder(a: Seen, b: Seen): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  if (a.fromClient !== b.fromClient) return a.fromClient ? -1 : 1;
  return a.row.id < b.row.id ? -1 : 1;
}

const STEP_OF_EVENT: Readonly<Record<number, ConnectionRecord["step"]>> = {
  1: "drop",
  3: "capture",
  4: "trace",
  5: "verdict",
  7: "socket",
};

function stepOf({ l7Type, eventType }: SqlRow): ConnectionRecord["step"] {
  if (l7Type === "REQUEST" || l7Type === "RESPONSE" || l7Type === "SAMPLE")
    return l7Type.toLowerCase() as "request" | "response" | "sample";
  return STEP_OF_EVENT[Number(eventType)] ?? "other";
}

/** What settling joined: counts stand on these records. */
interface Settled {
  /** Verdict record to drop record. */
  readonly drops: ReadonlyMap<number, number>;
  readonly counted: ReadonlySet<number>;
}

function readSettled(capture: OpenCapture, ids: readonly number[]): Settled {
  const list = [JSON.stringify(ids)];
  const { database } = capture;
  const read = (sql: string): (number | null)[][] =>
    database
      .prepare(sql)
      .rows(list)
      .map((row) => row.map((value) => (value === null ? null : Number(value))));
  const drops = read(
    "SELECT verdictId, id FROM JoinedDrop WHERE id IN (SELECT value FROM json_each(?)) AND verdictId IS NOT NULL",
  ) as number[][];
  const counted = [
    ...read(
      "SELECT id, responseId FROM L7Exchange WHERE id IN (SELECT value FROM json_each(?)) AND counted = 1",
    ),
    ...read("SELECT id, responseId FROM DnsExchange WHERE id IN (SELECT value FROM json_each(?))"),
  ].flat();
  return {
    drops: new Map(drops.map(([verdict = 0, drop = 0]) => [verdict, drop])),
    counted: new Set(counted.filter((id): id is number => id !== null)),
  };
}

function toSighting({ id, timeNs, kind, row, fromClient }: Seen, settled: Settled): Sighting {
  const isMessage = row.l7 !== null;
  const isLoss = row.verdict === "DROPPED" && !NOT_A_LOSS.has(row.dropCode ?? 0);
  const content = isMessage ? { ...row.l7, latencyNs: null } : [row.tcpFlags, row.icmp];
  const { eventType, eventSubType, observationPoint, trafficDirection, icmpType } = kind;
  const isSyn = row.tcpFlags.includes("SYN") && !row.tcpFlags.includes("ACK");
  return {
    id,
    timeNs,
    node: row.node,
    place: JSON.stringify(
      isMessage ? trafficDirection : [eventType, eventSubType, observationPoint, icmpType],
    ),
    content: JSON.stringify([fromClient, isMessage, content]),
    kind: isMessage ? "message" : isSyn ? "syn" : "packet",
    isCounted: isLoss || settled.counted.has(id),
    dropId: settled.drops.get(id),
  };
}
