/**
 * Opening packets of TCP connections seen on two nodes: where the sender's node let them go, and where the receiver's
 * delivered them. They show how far the clocks of the nodes are apart.
 */

import type { Passage } from "@/lib/insight/quality/facts";
import type { OpenCapture } from "../open-capture";

/** Packets looked at, from the beginning of the capture. */
const PACKETS = 40_000;
/** Ports are used again: a later packet of the same ports is another one. */
const WITHIN_NS = 30_000_000_000n;
const LEAVING = ["TO_STACK", "TO_NETWORK", "TO_OVERLAY"];

export function readPassages(capture: OpenCapture): Passage[] {
  const rows = capture.database
    .prepareExact(
      `SELECT f.timeNs, o.nodeName, k.observationPoint, k.tcpFlags, s.ip, f.sourcePort, d.ip, f.destinationPort
       FROM Flow f JOIN Kind k ON k.id = f.kindId JOIN Observer o ON o.id = f.observerId
       JOIN Endpoint s ON s.id = f.sourceId JOIN Endpoint d ON d.id = f.destinationId
       WHERE f.kindId IN (SELECT id FROM Kind WHERE eventType = 4 AND tcpFlags IN ('SYN', 'SYN,ACK')
         AND observationPoint IN ('TO_ENDPOINT', 'TO_STACK', 'TO_NETWORK', 'TO_OVERLAY'))
       AND f.timeNs IS NOT NULL AND o.nodeName IS NOT NULL AND s.ip IS NOT NULL AND d.ip IS NOT NULL
       ORDER BY f.timeNs, f.id LIMIT ?`,
    )
    .rows([PACKETS]);
  const left = new Map<string, { node: string; ns: bigint }>();
  const arrived = new Map<string, { node: string; ns: bigint }>();
  const passages: Passage[] = [];
  for (const [time, nodeName, point, ...packet] of rows) {
    const seen = { node: String(nodeName), ns: time as bigint };
    const key = packet.join(" ");
    const isLeaving = LEAVING.includes(String(point));
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
