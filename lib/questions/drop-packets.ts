/**
 * The packets that causes of drops are made of, where those matter: which messages of ICMP were dropped, and between whom and on which
 * port when it is not known who asked. Then the cause has no client, but each packet has a sender and a receiver, and its direction says at
 * which of them it was dropped (flow-formats 8.2).
 */

import type { SqlRow } from "@/lib/capture/driver";
import type { CauseSide, DropFacts } from "@/lib/insight/causes/drop-ends";
import type { Icmp } from "@/lib/insight/causes/icmp-words";
import { readCauseSide } from "./cause-side";
import type { OpenCapture } from "./open-capture";

/** Packets of one cause that have ends and type in common. */
export interface DropPackets {
  readonly icmp: { readonly family: Icmp["family"]; readonly type: number } | null;
  readonly protocol: string | null;
  /** Of both ends, where it is one: whoever asked, it is the server's. Only for causes of which no client is known. */
  readonly port: number | null;
  /** Null where the record does not say who it is. */
  readonly sender: CauseSide | null;
  readonly receiver: CauseSide | null;
  /** Of ends outside the cluster. */
  readonly senderIp: string | null;
  readonly receiverIp: string | null;
}

/** Empty for causes of other protocols whose client is known. */
export function packetsOf(capture: OpenCapture, causeId: number): readonly DropPackets[] {
  return capture.keep("packets of causes", () => readPackets(capture)).get(causeId) ?? [];
}

/** What all packets of a cause have in common, as far as words need it. */
export function packetFacts(
  packets: readonly DropPackets[],
  isClientKnown: boolean,
): Pick<DropFacts, "icmp" | "packet"> {
  const [first] = packets;
  const types = new Set(packets.flatMap(({ icmp }) => (icmp === null ? [] : [icmp.type])));
  const family = first?.icmp?.family;
  return {
    icmp: family === undefined ? null : { family, types: [...types].sort((a, b) => a - b) },
    packet: isClientKnown
      ? null
      : {
          sender: only(packets.map((one) => one.sender)),
          receiver: only(packets.map((one) => one.receiver)),
          port: packets.every(({ port }) => port === first?.port) ? (first?.port ?? null) : null,
        },
  };
}

function only(sides: readonly (CauseSide | null)[]): CauseSide | null {
  const [first] = sides;
  return first && sides.every((side) => side?.key === first.key) ? first : null;
}

function readPackets(capture: OpenCapture): Map<number, DropPackets[]> {
  const packets = new Map<number, DropPackets[]>();
  for (const row of capture.database.prepare(PACKETS).all([])) {
    const causeId = Number(row.causeId);
    packets.set(causeId, [...(packets.get(causeId) ?? []), toPackets(capture, row)]);
  }
  return packets;
}

const PACKETS = `
  SELECT d.causeId, k.protocol, k.icmpType, d.port, sa.workloadKey AS sender, ra.workloadKey AS receiver, min(s.labels) AS senderLabels,
    min(r.labels) AS receiverLabels, iif(sa.kind = 'world', s.ip, NULL) AS senderIp, iif(ra.kind = 'world', r.ip, NULL) AS receiverIp
  FROM (SELECT DISTINCT j.causeId, j.kindId, j.pairId, iif(c.clientKey IS NULL AND c.protocol IN ('TCP', 'UDP', 'SCTP'),
          (SELECT iif(f.sourcePort = f.destinationPort, f.sourcePort, NULL) FROM Flow f WHERE f.id = j.id), NULL) AS port
        FROM Cause c JOIN JoinedDrop j ON j.causeId = c.id
        WHERE c.kind = 'drop' AND (c.clientKey IS NULL OR c.protocol IN ('ICMPv4', 'ICMPv6'))) d
    JOIN Kind k ON k.id = d.kindId JOIN Pair p ON p.id = d.pairId JOIN Endpoint s ON s.id = p.sourceId
    JOIN Endpoint r ON r.id = p.destinationId LEFT JOIN Actor sa ON sa.id = s.actorId LEFT JOIN Actor ra ON ra.id = r.actorId
  GROUP BY d.causeId, k.protocol, k.icmpType, d.port, sender, receiver, senderIp, receiverIp
  ORDER BY d.causeId, k.protocol, k.icmpType, d.port, sender, receiver, senderIp, receiverIp`;

function toPackets(capture: OpenCapture, row: SqlRow): DropPackets {
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const isIcmp = row.icmpType !== null && (row.protocol === "ICMPv4" || row.protocol === "ICMPv6");
  return {
    icmp: isIcmp ? { family: row.protocol === "ICMPv4" ? "IPv4" : "IPv6", type: Number(row.icmpType) } : null,
    protocol: text(row.protocol),
    port: row.port === null ? null : Number(row.port),
    sender: knownSide(readCauseSide(capture, text(row.sender), text(row.senderLabels))),
    receiver: knownSide(readCauseSide(capture, text(row.receiver), text(row.receiverLabels))),
    senderIp: text(row.senderIp),
    receiverIp: text(row.receiverIp),
  };
}

/** Records that leave out everything about an end stand for nobody. */
function knownSide(side: CauseSide | null): CauseSide | null {
  return side?.kind === "unknown" && side.name === "unknown" ? null : side;
}
