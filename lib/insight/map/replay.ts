/** The map at one moment of its scope, from what its edges had in each bucket of time. */

import type { MapEdge } from "./answer";
import type { Line } from "./graph";
import { edgeKey, type Tone } from "./measure";

/** [start of the bucket in ns, events, drops] */
export type Trend = readonly (readonly [string, number, number])[];

export interface Replay {
  /** Starts of the buckets, without gaps. */
  readonly starts: readonly bigint[];
  readonly widthNs: bigint;
  /** Events and drops of an edge by number of the bucket. */
  readonly byEdge: ReadonlyMap<string, ReadonlyMap<number, readonly [events: number, drops: number]>>;
}

export interface Moment {
  readonly events: number;
  readonly drops: number;
  readonly tone: Tone;
}

/** Undefined when no edge has a time. */
export function toReplay(
  edges: readonly (MapEdge & { readonly trend?: Trend | undefined })[],
  bucketNs: string,
): Replay | undefined {
  const widthNs = BigInt(bucketNs);
  const known = edges.flatMap(({ trend = [] }) => trend.map(([start]) => BigInt(start)));
  if (known.length === 0) return undefined;
  const first = known.reduce((a, b) => (b < a ? b : a));
  const last = known.reduce((a, b) => (b > a ? b : a));
  const count = Number((last - first) / widthNs) + 1;
  return {
    widthNs,
    starts: Array.from({ length: count }, (_, at) => first + BigInt(at) * widthNs),
    byEdge: new Map(
      edges.map((edge) => [
        edgeKey(edge),
        new Map(
          (edge.trend ?? []).map(([start, events, drops]) => [
            Number((BigInt(start) - first) / widthNs),
            [events, drops] as const,
          ]),
        ),
      ]),
    ),
  };
}

/** What a line had in one bucket. */
export function momentOf(replay: Replay, { edges }: Line, bucket: number): Moment {
  let [events, drops] = [0, 0];
  for (const edge of edges) {
    const point = replay.byEdge.get(edgeKey(edge))?.get(bucket);
    events += point?.[0] ?? 0;
    drops += point?.[1] ?? 0;
  }
  return { events, drops, tone: drops > 0 ? "bad" : events > 0 ? "good" : "calm" };
}
