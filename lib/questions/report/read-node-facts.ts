/** Flows of each node over time. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ROLL_UP } from "@/lib/capture/roll-up-levels";
import { nodeBuckets } from "@/lib/capture/rolled-flows";
import type { Buckets, NodeFacts } from "@/lib/insight/quality/facts";
import { bucketNumber } from "../buckets";
import type { OpenCapture } from "../open-capture";

/** At most so many buckets over the whole span: fine enough that a silence of a two-hundredth of it shows. */
const BUCKETS = 2000;
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
  const rolledUp = nodeBuckets(capture.database);
  const width = rolledUp ?? bucketWidth(last - first + 1n, BUCKETS);
  const number = bucketNumber(alignDown(first, width), last, width);
  const source =
    rolledUp === undefined
      ? "SELECT observerId, timeNs, 1 AS records, events, timeNs AS firstNs, timeNs AS lastNs FROM Flow"
      : `SELECT observerId, bucketNs AS timeNs, records, events, firstNs, lastNs FROM RollUp WHERE level = ${ROLL_UP.nodes}`;
  const rows = capture.database
    .prepareExact(
      `SELECT o.nodeName, b.bucket, sum(b.flows), sum(b.events), min(b.first), max(b.last) FROM (
         SELECT f.observerId, ${number.sql} AS bucket, sum(f.records) AS flows, sum(f.events) AS events, min(f.firstNs) AS first, max(f.lastNs) AS last
         FROM (${source}) f GROUP BY 1, 2
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
