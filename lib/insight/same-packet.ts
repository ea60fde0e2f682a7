/**
 * Which records of a connection tell of one packet, or of one message (flow-formats 8.1).
 *
 * A packet is seen at several points of its way, on both nodes, and a denied one once more as a policy verdict. Records with
 * the same content in the same direction are one packet when no place saw it twice, and when they lie as near as their
 * clocks allow: a millisecond on one node, 50 ms between nodes (a SYN 200 ms, as attempts count them). A message that both
 * proxies logged may be a second apart. Which verdict record belongs to which drop is not guessed here: settling joined them.
 */

export interface Sighting {
  readonly id: number;
  readonly timeNs: bigint;
  /** Null where the record does not say: then it is nothing's second sighting. */
  readonly node: string | null;
  /** Where on its node: event and trace point; of a message, the side of the proxy. */
  readonly place: string;
  /** Direction and content: equal in all records of one packet. */
  readonly content: string;
  readonly kind: "packet" | "syn" | "message";
  /** What counts stand on: a denial, the message of the proxy that counts. No packet is counted twice. */
  readonly isCounted: boolean;
  /** Of a verdict record: the drop that it was joined with. */
  readonly dropId: number | undefined;
}

export const SAME_BECAUSE = ["trace-point", "node", "verdict", "proxy"] as const;
export type SameBecause = (typeof SAME_BECAUSE)[number];

export interface Same {
  /** The record that stands for the packet. */
  readonly as: number;
  readonly because: SameBecause;
}

const REACH_NS = {
  packet: { sameNode: 1_000_000n, otherNode: 50_000_000n },
  syn: { sameNode: 200_000_000n, otherNode: 200_000_000n },
  message: { sameNode: 1_000_000_000n, otherNode: 1_000_000_000n },
} as const;

/** By id, the records that are a further sighting of another. `sightings` are in the order of time. */
export function findSamePackets(sightings: readonly Sighting[]): Map<number, Same> {
  const open = new Map<string, Sighting[][]>();
  const packets: Sighting[][] = [];
  for (const one of sightings) {
    if (one.dropId !== undefined) continue;
    const alike = open.get(one.content) ?? [];
    open.set(one.content, alike);
    const packet = alike.findLast((seen) => isSightingOf(seen, one));
    if (packet !== undefined) packet.push(one);
    else {
      const begun = [one];
      alike.push(begun);
      packets.push(begun);
    }
  }
  const same = new Map<number, Same>();
  for (const packet of packets) {
    const head = packet.find(({ isCounted }) => isCounted) ?? (packet[0] as Sighting);
    for (const one of packet)
      if (one !== head) same.set(one.id, { as: head.id, because: becauseOf(one, head) });
  }
  for (const { id, dropId } of sightings)
    if (dropId !== undefined) same.set(id, { as: same.get(dropId)?.as ?? dropId, because: "verdict" });
  return same;
}

function isSightingOf(packet: readonly Sighting[], one: Sighting): boolean {
  if (one.node === null || (one.isCounted && packet.some(({ isCounted }) => isCounted))) return false;
  const reach = REACH_NS[one.kind];
  const onNode = packet.filter(({ node }) => node === one.node);
  const last = onNode.at(-1);
  if (last !== undefined)
    return one.timeNs - last.timeNs <= reach.sameNode && onNode.every(({ place }) => place !== one.place);
  const [first] = packet;
  return first !== undefined && first.node !== null && one.timeNs - first.timeNs <= reach.otherNode;
}

function becauseOf(one: Sighting, head: Sighting): SameBecause {
  if (one.kind === "message") return "proxy";
  return one.node === head.node ? "trace-point" : "node";
}
