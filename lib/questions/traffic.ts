/**
 * Flow events over time by one side of the packet, or by trace point or verdict, with what was forwarded and dropped.
 *
 * Each event has one source, one destination, one trace point and one verdict, so the rows add up to the scope. A reply
 * is sent by the server: who asked whom is another question (map.ts).
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { type CountedFlows, countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { PRESENT } from "@/lib/flow/presence";
import type { Scope } from "@/lib/scope/link";
import type { TrafficAnswer, TrafficBy, TrafficOf, TrafficRow, TrafficSide } from "./answers-workloads";
import { bucketNumber } from "./buckets";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface TrafficParameters extends ScopeParameters {
  readonly by: TrafficBy;
  /** Of the packet; means nothing for trace points and verdicts. */
  readonly side: TrafficSide;
  /** What is drawn and sorted by. */
  readonly of: TrafficOf;
  readonly buckets: number;
  /** Rows at most. */
  readonly limit: number;
}

export function readTraffic(
  capture: OpenCapture,
  parameters: TrafficParameters,
): Result<TrafficAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, side, of, buckets, limit } = parameters;
  const key = `traffic ${by} ${side} ${of} ${buckets} ${limit} ${scopeKey(parameters)}`;
  const answer = capture.keep(key, () => count(capture, scope.value, parameters));
  return ok({ meta: capture.meta(of === "drops" ? "drops" : "events"), ...answer });
}

/** What the flows are grouped by before names are looked up, and the name: exactly one for each flow. */
interface Telling {
  readonly column: string;
  readonly name: string;
  readonly join: string;
}

const LEVELS = { pod: "key", workload: "workloadKey", namespace: "namespaceKey" } as const;
const UNTOLD = `k.eventType IS NULL AND k.present & ${PRESENT.Type} = 0`;

function tellingOf(by: TrafficBy, side: TrafficSide): Telling {
  if (by === "trace-point")
    return {
      column: "0",
      name: `coalesce(k.observationPoint, CASE WHEN ${UNTOLD} THEN '?' ELSE '-' END)`,
      join: "",
    };
  if (by === "verdict") return { column: "0", name: "k.verdict", join: "" };
  return {
    column: side === "from" ? "f.sourceId" : "f.destinationId",
    name: `a.${LEVELS[by]}`,
    join: "LEFT JOIN Endpoint e ON e.id = t.sideId LEFT JOIN Actor a ON a.id = e.actorId",
  };
}

interface Cell {
  readonly name: string | null;
  /** Undefined: without a time. */
  readonly startNs: bigint | undefined;
  readonly isForwarded: boolean;
  readonly n: number;
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
}

type BucketNumber = ReturnType<typeof bucketNumber>;

function count(
  capture: OpenCapture,
  scope: Scope,
  { by, side, of, buckets, limit }: TrafficParameters,
): Omit<TrafficAnswer, "meta"> {
  const span = spanOf(capture, scope.from, scope.to);
  const { first, last } = span ?? { first: 0n, last: 0n };
  const widthNs = bucketWidth(last - first + 1n, buckets);
  const start = alignDown(first, widthNs);
  const number = bucketNumber(start, last, widthNs);
  const telling = tellingOf(by, side);
  const compiled = compileScope(capture.database, scope);
  const counting = countings(capture, compiled, telling, widthNs);
  const cells: Cells = {
    events: readCells(capture, telling, counting.events, number),
    drops: readCells(capture, telling, counting.drops, number),
  };
  const sorted = [...byName(cells, of)].sort(
    ([a, x], [b, y]) => y[of] - x[of] || ((a ?? "") < (b ?? "") ? -1 : 1),
  );
  const folded = new Set(sorted.slice(limit).map(([name]) => name));
  const total = countOf(cells, of, () => true);
  return {
    bucketNs: String(widthNs),
    fromNs: span === undefined ? null : String(start),
    toNs: span === undefined ? null : String(alignDown(last, widthNs) + widthNs),
    total: total.answer(),
    rows: sorted.slice(0, limit).map(([name, row]) => ({ key: keyOf(by, name), ...row.answer() })),
    folded: { rows: folded.size, ...countOf(cells, of, (name) => folded.has(name)).answer() },
    untimed: total.untimed,
  };
}

interface Cells {
  readonly events: readonly Cell[];
  readonly drops: readonly Cell[];
}

function byName(cells: Cells, of: TrafficOf): Map<string | null, Count> {
  const counts = new Map<string | null, Count>();
  const countAt = (name: string | null): Count => {
    const known = counts.get(name) ?? new Count(of);
    counts.set(name, known);
    return known;
  };
  for (const cell of cells.events) countAt(cell.name).addEvents(cell);
  for (const cell of cells.drops) countAt(cell.name).addDrops(cell);
  return counts;
}

function countOf({ events, drops }: Cells, of: TrafficOf, isIn: (name: string | null) => boolean): Count {
  const count = new Count(of);
  for (const cell of events) if (isIn(cell.name)) count.addEvents(cell);
  for (const cell of drops) if (isIn(cell.name)) count.addDrops(cell);
  return count;
}

interface Counting extends Omit<CountedFlows, "isRolledUp"> {
  /** What is added up, and the first and last time of it. */
  readonly sums: string;
}

/** Where events are counted, and where drops are: each of these once, at its anchor. */
function countings(
  { database }: OpenCapture,
  scope: CompiledScope,
  { column }: Telling,
  widthNs: bigint,
): { readonly events: Counting; readonly drops: Counting } {
  const wanted = { reads: `f.kindId ${column}`, widthNs };
  const flows = countedFlows(database, scope, wanted);
  return {
    events: { ...flows, sums: "sum(f.events) AS n, min(f.firstNs) AS firstNs, max(f.lastNs) AS lastNs" },
    drops: {
      ...(flows.isRolledUp
        ? countedFlows(database, scope, { ...wanted, anchored: ["drops"] })
        : { from: "JoinedDrop j CROSS JOIN Flow f ON f.id = j.id", parameters: [], where: scope }),
      sums: `sum(${flows.isRolledUp ? "f.drops" : "j.drops"}) AS n, NULL AS firstNs, NULL AS lastNs`,
    },
  };
}

/** Sides and kinds are few: they get their names when the flows were counted by them. */
function readCells(
  { database }: OpenCapture,
  { column, name, join }: Telling,
  { from, parameters, where, sums }: Counting,
  number: BucketNumber,
): Cell[] {
  return database
    .prepareExact(
      `SELECT ${name}, t.bucket, k.verdict = 'FORWARDED', sum(t.n), min(t.firstNs), max(t.lastNs) FROM (
         SELECT f.kindId, ${column} AS sideId, ${number.sql} AS bucket, ${sums} FROM ${from} WHERE ${where.sql} GROUP BY 1, 2, 3
       ) t JOIN Kind k ON k.id = t.kindId ${join} WHERE t.n > 0 GROUP BY 1, 2, 3`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters])
    .map(([key, bucket, isForwarded, n, firstNs, lastNs]) => ({
      name: typeof key === "string" ? key : null,
      startNs: typeof bucket === "bigint" ? number.startOf(bucket) : undefined,
      isForwarded: Number(isForwarded) === 1,
      n: Number(n),
      firstNs: typeof firstNs === "bigint" ? firstNs : undefined,
      lastNs: typeof lastNs === "bigint" ? lastNs : undefined,
    }));
}

/** A row while it is counted. */
class Count {
  events = 0;
  forwarded = 0;
  drops = 0;
  untimed = 0;
  firstNs: bigint | undefined;
  lastNs: bigint | undefined;
  private readonly byStart = new Map<bigint, number>();

  constructor(private readonly of: TrafficOf) {}

  addEvents(cell: Cell): void {
    this.events += cell.n;
    if (cell.isForwarded) this.forwarded += cell.n;
    const { firstNs, lastNs } = cell;
    if (firstNs !== undefined && (this.firstNs === undefined || firstNs < this.firstNs))
      this.firstNs = firstNs;
    if (lastNs !== undefined && (this.lastNs === undefined || lastNs > this.lastNs)) this.lastNs = lastNs;
    if (this.of === "events" || (this.of === "forwarded" && cell.isForwarded)) this.draw(cell);
  }

  addDrops(cell: Cell): void {
    this.drops += cell.n;
    if (this.of === "drops") this.draw(cell);
  }

  private draw({ startNs, n }: Cell): void {
    if (startNs === undefined) this.untimed += n;
    else this.byStart.set(startNs, (this.byStart.get(startNs) ?? 0) + n);
  }

  answer(): TrafficAnswer["total"] {
    const { events, forwarded, drops, firstNs, lastNs } = this;
    return {
      ...{ events, forwarded, drops },
      points: [...this.byStart]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([start, n]): [string, number] => [String(start), n]),
      first: firstNs === undefined ? null : formatTime(firstNs),
      last: lastNs === undefined ? null : formatTime(lastNs),
    };
  }
}

function keyOf(by: TrafficBy, name: string | null): TrafficRow["key"] {
  if (by === "trace-point") return { tracePoint: name ?? "?" };
  return by === "verdict" ? { verdict: name ?? "?" } : { actor: name };
}
