/**
 * Denials and directions as a slow and obvious program sees them, over the lines of a log.
 *
 * Written against product.md (Drop, Joining, Client and server), sharing nothing with the program.
 */

import {
  directionOf,
  dropReasonOf,
  eventTypeOf,
  type ModelFlow,
  nodeOf,
  object,
  portsOf,
  protocolOf,
  replyOf,
  verdictOf,
} from "./model";

const NOT_LOST = new Set([
  "NAT_NOT_NEEDED",
  "IGMP_HANDLED",
  "IGMP_SUBSCRIBED",
  "MULTICAST_HANDLED",
  "DROP_PUNT_PROXY",
]);

export interface ModelDrop {
  readonly anchor: ModelFlow;
  readonly twin: ModelFlow | undefined;
}

/** Each denial once, by looking at every verdict record for every drop record. */
export function joinModel(flows: readonly ModelFlow[]): ModelDrop[] {
  const denied = flows.filter(
    (flow) => verdictOf(flow) === "DROPPED" && !NOT_LOST.has(String(dropReasonOf(flow))) && !isAnswer(flow),
  );
  const timed = (flow: ModelFlow): flow is ModelFlow & { timeNs: bigint } => flow.timeNs !== null;
  const drops = denied
    .filter((flow) => eventTypeOf(flow) === 1)
    .filter(timed)
    .sort((a, b) => Number(a.timeNs - b.timeNs));
  const verdicts = denied.filter((flow) => eventTypeOf(flow) === 5).filter(timed);
  const used = new Set<ModelFlow>();
  const joined = new Map<ModelFlow, ModelFlow>();
  for (const drop of drops) {
    const near = verdicts
      .filter((verdict) => !used.has(verdict) && likeness(verdict) === likeness(drop))
      .map((verdict) => ({ verdict, far: abs(verdict.timeNs - drop.timeNs) }))
      .filter(({ far }) => far <= 1_000_000n && isComparable(drop))
      .sort((a, b) => Number(a.far - b.far));
    const nearest = near[0]?.verdict;
    if (nearest === undefined) continue;
    used.add(nearest);
    joined.set(drop, nearest);
  }
  return denied.filter((flow) => !used.has(flow)).map((anchor) => ({ anchor, twin: joined.get(anchor) }));
}

function isAnswer({ flow }: ModelFlow): boolean {
  return ["RESPONSE", "SAMPLE"].includes(String(object(flow.l7).type));
}

function abs(ns: bigint): bigint {
  return ns < 0n ? -ns : ns;
}

function isComparable(flow: ModelFlow): boolean {
  const { source, destination } = object(flow.flow.IP);
  return (
    nodeOf(flow) !== null &&
    source !== undefined &&
    destination !== undefined &&
    flow.flow.aggregate === undefined
  );
}

/** Everything two records of one denial have in common. */
function likeness(flow: ModelFlow): string {
  const { source, destination } = object(flow.flow.IP);
  const protocol = protocolOf(flow);
  const icmp = protocol?.startsWith("ICMP") ? object(object(flow.flow.l4)[protocol]) : {};
  return JSON.stringify([
    nodeOf(flow),
    source,
    destination,
    portsOf(flow),
    protocol,
    icmp.type ?? 0,
    icmp.code ?? 0,
    directionOf(flow),
  ]);
}

/** `client address > server port protocol`, or why it is unknown. */
export function placesOf(flows: readonly ModelFlow[]): Map<ModelFlow, string> {
  const told = new Map<string, Map<string, number>[]>();
  for (const flow of flows) {
    const key = connectionOf(flow);
    const own = ownWord(flow);
    if (key === undefined || own === undefined) continue;
    const votes = told.get(key) ?? [new Map(), new Map(), new Map()];
    told.set(key, votes);
    const client = endOf(flow, own.isReply ? "destination" : "source");
    votes[own.rule]?.set(client, (votes[own.rule]?.get(client) ?? 0) + 1);
  }
  return new Map(flows.map((flow) => [flow, placeOf(flow, told)]));
}

function placeOf(flow: ModelFlow, told: ReadonlyMap<string, readonly Map<string, number>[]>): string {
  const own = ownWord(flow);
  if (own !== undefined) return edgeOf(flow, own.isReply);
  const key = connectionOf(flow);
  const votes = told.get(key ?? "")?.find((rule) => rule.size > 0);
  const [best, second] = [...(votes ?? [])].sort(([, a], [, b]) => b - a);
  if (best !== undefined && best[1] !== second?.[1]) return edgeOf(flow, best[0] !== endOf(flow, "source"));
  if (protocolOf(flow) === null) return "no-protocol";
  const { source, destination } = portsOf(flow);
  const [isSource, isDestination] = [isLow(source), isLow(destination)];
  if (isSource !== isDestination) return edgeOf(flow, isSource);
  return source === null && destination === null ? "no-ports" : "ports-alike";
}

function ownWord(flow: ModelFlow): { isReply: boolean; rule: number } | undefined {
  const reply = replyOf(flow);
  if (reply !== null) return { isReply: reply, rule: typeof flow.flow.is_reply === "boolean" ? 0 : 1 };
  const flags = object(object(object(flow.flow.l4).TCP).flags);
  return flags.SYN === true ? { isReply: flags.ACK === true, rule: 2 } : undefined;
}

function isLow(port: number | null): boolean {
  return port !== null && port < 32768;
}

function edgeOf(flow: ModelFlow, isReply: boolean): string {
  const { source, destination } = portsOf(flow);
  return `${isReply ? source : destination} ${protocolOf(flow)}`;
}

function endOf({ flow }: ModelFlow, side: "source" | "destination"): string {
  const [l4] = Object.values(object(flow.l4));
  return `${object(flow.IP)[side]} ${object(l4)[`${side}_port`]}`;
}

/** Cluster and 5-tuple, whatever the direction; undefined when any of it was left out. */
function connectionOf(flow: ModelFlow): string | undefined {
  const { source, destination } = object(flow.flow.IP);
  const ports = portsOf(flow);
  if (
    source === undefined ||
    destination === undefined ||
    ports.source === null ||
    ports.destination === null
  )
    return undefined;
  const ends = [endOf(flow, "source"), endOf(flow, "destination")];
  if (ends[0] === ends[1]) return undefined;
  const node = nodeOf(flow) ?? "";
  const cluster = node.includes("/") ? node.slice(0, node.indexOf("/")) : "default";
  return JSON.stringify([cluster, protocolOf(flow), ...ends.sort()]);
}
