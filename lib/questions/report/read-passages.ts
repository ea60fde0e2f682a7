/**
 * Opening packets of TCP connections seen on two nodes: where the sender's node let them go, and where the receiver's
 * delivered them. They show how far the clocks of the nodes are apart.
 */

import type { Passage } from "@/lib/insight/quality/facts";
import type { OpenCapture } from "../open-capture";

/** Packets looked at, from the beginning of the capture. */
const PACKETS = 20_000;
/** Ports are used again: a later packet of the same ports is another one. */
const WITHIN_NS = 30_000_000_000n;
const LEAVING = ["TO_STACK", "TO_NETWORK", "TO_OVERLAY"];

export function readPassages(capture: OpenCapture): Passage[] {
  const points = kindsOfOpening(capture);
  const nodes = named(capture, "SELECT id, nodeName FROM Observer WHERE nodeName IS NOT NULL");
  const addresses = named(capture, "SELECT id, ip FROM Endpoint WHERE ip IS NOT NULL");
  const left = new Map<string, { node: string; ns: bigint }>();
  const arrived = new Map<string, { node: string; ns: bigint }>();
  const passages: Passage[] = [];
  for (const packet of openingPackets(capture, [...points.keys()])) {
    const [time = "", kind, observer, source, sourcePort, destination, destinationPort] = packet.split(",");
    const seen = { node: nodes.get(Number(observer)) ?? "", ns: BigInt(time) };
    const { isLeaving, flags } = points.get(Number(kind)) as Opening;
    const ends = [
      ...[addresses.get(Number(source)), sourcePort],
      ...[addresses.get(Number(destination)), destinationPort],
    ];
    const key = `${flags} ${ends.join(" ")}`;
    // A repeated packet is another packet; the first sight of each counts.
    (isLeaving ? left : arrived).set(key, seen);
    const other = (isLeaving ? arrived : left).get(key);
    if (other === undefined || other.node === seen.node) continue;
    const [from, to] = isLeaving ? [seen, other] : [other, seen];
    const ns = to.ns - from.ns;
    left.delete(key);
    arrived.delete(key);
    if (ns < WITHIN_NS && ns > -WITHIN_NS) passages.push({ from: from.node, to: to.node, ns });
  }
  return passages;
}

/** In the order of time: time, kind, observer, source, its port, destination, its port. As text: by columns they would take twice as long. */
function openingPackets({ database }: OpenCapture, kinds: readonly number[]): string[] {
  const known = (column: string, table: string, name: string): string =>
    `${column} NOT IN (SELECT id FROM ${table} WHERE ${name} IS NULL)`;
  const columns = ["kindId", "observerId", "sourceId", "sourcePort", "destinationId", "destinationPort"];
  const [[text] = []] = database
    .prepare(
      `SELECT group_concat(packet, ';') FROM (
         SELECT f.timeNs || ${columns.map((name) => `',' || coalesce(f.${name}, '')`).join(" || ")} AS packet FROM Flow f
         WHERE f.kindId IN (${kinds.join(", ")}) AND f.timeNs IS NOT NULL AND ${known("f.observerId", "Observer", "nodeName")}
           AND ${known("f.sourceId", "Endpoint", "ip")} AND ${known("f.destinationId", "Endpoint", "ip")}
         ORDER BY f.timeNs, f.id LIMIT ${PACKETS})`,
    )
    .rows([]);
  return typeof text === "string" ? text.split(";") : [];
}

interface Opening {
  readonly isLeaving: boolean;
  readonly flags: string;
}

/** By id of the kind. */
function kindsOfOpening({ database }: OpenCapture): Map<number, Opening> {
  const rows = database
    .prepare(
      `SELECT id, observationPoint, tcpFlags FROM Kind WHERE eventType = 4 AND tcpFlags IN ('SYN', 'SYN,ACK')
         AND observationPoint IN ('TO_ENDPOINT', 'TO_STACK', 'TO_NETWORK', 'TO_OVERLAY')`,
    )
    .rows([]);
  return new Map(
    rows.map(([id, point, flags]) => [
      Number(id),
      { isLeaving: LEAVING.includes(String(point)), flags: String(flags) },
    ]),
  );
}

function named({ database }: OpenCapture, sql: string): Map<number, string> {
  return new Map(
    database
      .prepare(sql)
      .rows([])
      .map(([id, name]) => [Number(id), String(name)]),
  );
}
