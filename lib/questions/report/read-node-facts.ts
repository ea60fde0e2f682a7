/** Flows of each node over time. */

import type { Buckets, NodeFacts } from "@/lib/insight/quality/facts";
import { bucketNumber } from "../buckets";
import type { OpenCapture } from "../open-capture";

/** Buckets over the whole span: fine enough that a silence of a two-hundredth of it shows. */
const BUCKETS = 2000n;
/** A log may name as many nodes as it has lines. */
const NODES = 2000;

interface Counted {
  flows: number;
  events: number;
  first: bigint | undefined;
  last: bigint | undefined;
  readonly buckets: Map<number, number>;
}

export function readNodeFacts(capture: OpenCapture): {
  readonly buckets: Buckets;
  readonly nodes: NodeFacts[];
  readonly untimed: number;
} {
  const span = capture.database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow) AS first, (SELECT max(timeNs) FROM Flow) AS last")
    .get([]);
  const first = typeof span?.first === "bigint" ? span.first : 0n;
  const last = typeof span?.last === "bigint" ? span.last : 0n;
  const width = (last - first) / BUCKETS + 1n;
  const number = bucketNumber(first, last, width);
  const rows = capture.database
    .prepareExact(
      `SELECT o.nodeName, b.bucket, sum(b.flows), sum(b.events), min(b.first), max(b.last) FROM (
         SELECT f.observerId, ${number.sql} AS bucket, count(*) AS flows, sum(f.events) AS events, min(f.timeNs) AS first, max(f.timeNs) AS last
         FROM Flow f GROUP BY 1, 2
       ) b JOIN Observer o ON o.id = b.observerId GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .rows([...number.parameters]);
  const nodes = new Map<string | null, Counted>();
  let untimed = 0;
  for (const [name, bucket, flows, events, from, to] of rows) {
    const node = countedOf(nodes, typeof name === "string" ? name : null);
    node.flows += Number(flows);
    node.events += Number(events);
    if (typeof bucket !== "bigint" || typeof from !== "bigint" || typeof to !== "bigint") {
      untimed += Number(flows);
      continue;
    }
    node.buckets.set(Number(bucket), Number(flows));
    node.first ??= from;
    node.last = to;
  }
  return {
    buckets: { fromNs: number.startOf(0n), widthNs: width },
    nodes: [...nodes].slice(0, NODES).map(([name, node]) => ({
      name,
      flows: node.flows,
      events: node.events,
      span:
        node.first === undefined || node.last === undefined
          ? null
          : { firstNs: node.first, lastNs: node.last },
      buckets: [...node.buckets],
    })),
    untimed,
  };
}

function countedOf(nodes: Map<string | null, Counted>, name: string | null): Counted {
  const known = nodes.get(name);
  if (known !== undefined) return known;
  const counted: Counted = { flows: 0, events: 0, first: undefined, last: undefined, buckets: new Map() };
  nodes.set(name, counted);
  return counted;
}
