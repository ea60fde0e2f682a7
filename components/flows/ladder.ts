/** The ladder of a connection: packets and messages in their order, each with where on its way it was seen. */

import { formatSpan } from "@/components/ui/format";
import { parseTime } from "@/lib/base/time";
import type { FlowDetailAnswer } from "@/lib/questions/answers";

export type StoryRecord = FlowDetailAnswer["connection"][number];

/** One packet or message, and the other records that tell of it. */
export interface Rung {
  readonly record: StoryRecord;
  readonly others: readonly StoryRecord[];
}

/** Way from sender (0) to receiver (1); a proxy stands half-way. */
export interface Reach {
  readonly from: number;
  readonly to: number;
  readonly mark: "arrow" | "cross" | "check";
}

/** Each packet once, with its further sightings below it. A record whose packet is not listed stands for itself. */
export function rungs(connection: readonly StoryRecord[]): Rung[] {
  const listed = new Set(connection.map(({ id }) => id));
  const isHead = ({ samePacketAs }: StoryRecord) => samePacketAs === null || !listed.has(samePacketAs);
  const others = new Map<string, StoryRecord[]>();
  for (const record of connection) {
    if (isHead(record) || record.samePacketAs === null) continue;
    others.set(record.samePacketAs, [...(others.get(record.samePacketAs) ?? []), record]);
  }
  return connection.filter(isHead).map((record) => ({ record, others: others.get(record.id) ?? [] }));
}

/** Whether a proxy has a part in it. */
export function hasProxy(connection: readonly StoryRecord[]): boolean {
  return connection.some(({ step, event }) => step === "request" || step === "response" || isAtProxy(event));
}

function isAtProxy(event: string | null): boolean {
  return event === "trace:to-proxy" || event === "trace:from-proxy";
}

/** Trace points: leaving the sender's pod, on the way, arriving at the receiver's. */
const POINTS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  "trace:from-endpoint": [0, 0.25],
  "trace:to-proxy": [0, 0.5],
  "trace:from-proxy": [0.5, 1],
  "trace:to-endpoint": [0, 1],
  "trace:from-host": [0.5, 0.75],
  "trace:from-stack": [0.5, 0.75],
  "trace:from-overlay": [0.5, 0.75],
  "trace:from-network": [0.5, 0.75],
};
const ON_THE_WAY = [0, 0.62] as const;

/** How far the packet had come where this record saw it. Egress is decided at the sender, ingress at the receiver. */
export function reachOf({ step, event, verdict, trafficDirection, l7 }: StoryRecord): Reach {
  const side = trafficDirection === "EGRESS" ? 0.3 : trafficDirection === "INGRESS" ? 0.85 : 0.5;
  if (step === "drop") return { from: 0, to: side, mark: "cross" };
  if (step === "verdict") return { from: 0, to: side, mark: verdict === "DROPPED" ? "cross" : "check" };
  if (l7 !== null || step === "request" || step === "response")
    return { from: 0, to: 0.5, mark: verdict === "DROPPED" ? "cross" : "arrow" };
  const [from, to] = POINTS[event ?? ""] ?? ON_THE_WAY;
  return { from, to, mark: verdict === "DROPPED" ? "cross" : "arrow" };
}

const BECAUSE: Readonly<Record<NonNullable<StoryRecord["sameBecause"]>, string>> = {
  "trace-point": "the same packet at another point of its node",
  node: "the same packet, seen by another node",
  verdict: "the policy verdict of the same packet: one drop, told twice",
  proxy: "the same message, logged by the proxy of the other side",
};

/** Why a record is a further sighting and no packet of its own. */
export function becauseText({ sameBecause }: StoryRecord): string {
  return sameBecause === null ? "the same packet" : BECAUSE[sameBecause];
}

/** `+12.4 ms` behind the first record; `-` for an earlier one, as clocks of nodes differ. */
export function offsetText(time: string | null, first: string | null): string {
  const [at, start] = [time, first].map((text) => (text === null ? undefined : parseTime(text)));
  if (at === undefined || start === undefined) return "no time";
  return at < start ? `−${formatSpan(start - at)}` : `+${formatSpan(at - start)}`;
}
