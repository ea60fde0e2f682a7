/**
 * Flow events over time by one side of the packet, or by trace point or verdict, with what was forwarded and dropped.
 *
 * Each event has one source, one destination, one trace point and one verdict, so the rows add up to the scope. A reply
 * is sent by the server: who asked whom is another question (map.ts).
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { all } from "@/lib/capture/conditions";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import type { Alike } from "@/lib/capture/flow-buckets";
import { countedFlows, rolledPoints } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { PRESENT } from "@/lib/flow/presence";
import type { Scope } from "@/lib/scope/link";
import type { TrafficAnswer, TrafficBy, TrafficOf, TrafficRow, TrafficSide } from "./answers-workloads";
import { atMost, hasAtMost } from "./at-most";
import { bucketNumber } from "./buckets";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";
import { standIns } from "./stand-ins";

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
  const meta = capture.meta(of === "drops" ? "drops" : "events");
  const compile = () => compileScope(capture.database, scope.value);
  return ok({ meta: atMost(meta, hasAtMost(capture, compile, scopeKey(parameters))), ...answer });
}

/** By what flows are told apart: a number of theirs, and the name that it stands for, exactly one for each flow. */
interface Telling {
  readonly column: string;
  /** SQL that gives the name of a number; rows that share a name are one. */
  readonly names: string;
}

const LEVELS = { pod: "key", workload: "workloadKey", namespace: "namespaceKey" } as const;
const UNTOLD = `eventType IS NULL AND present & ${PRESENT.Type} = 0`;

function tellingOf(by: TrafficBy, side: TrafficSide): Telling {
  if (by === "verdict") return { column: "f.kindId", names: "SELECT id, verdict FROM Kind" };
  if (by === "trace-point")
    return {
      column: "f.kindId",
      names: `SELECT id, coalesce(observationPoint, CASE WHEN ${UNTOLD} THEN '?' ELSE '-' END) FROM Kind`,
    };
  return {
    column: side === "from" ? "f.sourceId" : "f.destinationId",
    names: `SELECT e.id, a.${LEVELS[by]} FROM Endpoint e LEFT JOIN Actor a ON a.id = e.actorId`,
  };
}

function count(
  capture: OpenCapture,
  scope: Scope,
  { by, side, of, buckets, limit }: TrafficParameters,
): Omit<TrafficAnswer, "meta"> {
  const { database } = capture;
  const span = spanOf(capture, scope.from, scope.to);
  const { first, last } = span ?? { first: 0n, last: 0n };
  const telling = tellingOf(by, side);
  const compiled = compileScope(database, scope);
  const widthNs = bucketWidth(last - first + 1n, buckets);
  const start = alignDown(first, widthNs);
  const names = new Map(
    database
      .prepare(telling.names)
      .rows([])
      .map(([id, name]) => [Number(id), typeof name === "string" ? name : null]),
  );
  const told = { column: telling.column, alike: alikeOf(telling, names) };
  const rows = new Map<string | null, Count>();
  const countAt = (id: number): Count => {
    const name = names.get(id) ?? null;
    const known = rows.get(name) ?? new Count();
    rows.set(name, known);
    return known;
  };
  for (const sums of readSums(database, compiled, told)) countAt(sums.id).add(sums);
  const number = bucketNumber(start, last, widthNs);
  for (const { id, bucket, n } of readPoints(database, compiled, told, { of, number, widthNs }))
    countAt(id).draw(bucket, n);
  const sorted = [...rows].sort(([a, x], [b, y]) => y[of] - x[of] || ((a ?? "") < (b ?? "") ? -1 : 1));
  const counts = sorted.map(([, one]) => one);
  const total = Count.of(counts);
  return {
    bucketNs: String(widthNs),
    fromNs: span === undefined ? null : String(start),
    toNs: span === undefined ? null : String(alignDown(last, widthNs) + widthNs),
    total: total.answer(number),
    rows: sorted.slice(0, limit).map(([name, row]) => ({ key: keyOf(by, name), ...row.answer(number) })),
    folded: { rows: counts.slice(limit).length, ...Count.of(counts.slice(limit)).answer(number) },
    untimed: total.untimed,
  };
}

/** What flows are told apart by while they are counted. */
interface Told {
  readonly column: string;
  readonly alike: Alike;
}

/** Endpoints are several for each name: as many rows less from lists of buckets. */
function alikeOf(telling: Telling, names: ReadonlyMap<number, string | null>): Alike {
  return { key: telling.column, name: telling.names, values: standIns(names) };
}

interface Sums {
  readonly id: number;
  readonly events: number;
  readonly forwarded: number;
  readonly drops: number;
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
}

const IS_FORWARDED = "f.kindId IN (SELECT id FROM Kind WHERE verdict = 'FORWARDED')";
/** Each drop counts once, at its anchor. */
const DROPS = "JoinedDrop j CROSS JOIN Flow f ON f.id = j.id";

/** What each side or kind counts over the whole scope. */
function readSums(database: Sqlite, scope: CompiledScope, { column, alike }: Told): Sums[] {
  const flows = countedFlows(database, scope, {
    ...{ reads: column, alike, told: IS_FORWARDED, anchored: ["drops"] },
  });
  const time = (value: SqlValue | undefined) => (typeof value === "bigint" ? value : undefined);
  const isForwarded = flows.isRolledUp ? "f.told" : IS_FORWARDED;
  const events = database
    .prepareExact(
      `SELECT ${column}, sum(f.events), sum(f.events * (${isForwarded})), min(f.firstNs), max(f.lastNs), ${flows.isRolledUp ? "sum(f.drops)" : "0"}
       FROM ${flows.from} WHERE ${flows.where.sql} GROUP BY 1`,
    )
    .rows([...flows.parameters, ...flows.where.parameters])
    .map(([id, n, forwarded, firstNs, lastNs, drops]) => ({
      ...{ id: Number(id), events: Number(n), forwarded: Number(forwarded), drops: Number(drops) },
      ...{ firstNs: time(firstNs), lastNs: time(lastNs) },
    }));
  return flows.isRolledUp ? events : [...events, ...readDrops(database, scope, column)];
}

function readDrops(database: Sqlite, scope: CompiledScope, column: string): Sums[] {
  return database
    .prepare(`SELECT ${column} AS id, sum(j.drops) AS n FROM ${DROPS} WHERE ${scope.sql} GROUP BY 1`)
    .rows(scope.parameters)
    .map(([id, n]) => ({
      ...{ id: Number(id), events: 0, forwarded: 0, drops: Number(n) },
      ...{ firstNs: undefined, lastNs: undefined },
    }));
}

type BucketNumber = ReturnType<typeof bucketNumber>;

interface Point {
  readonly id: number;
  /** Its number; undefined: without a time. */
  readonly bucket: number | undefined;
  readonly n: number;
}

/** What is drawn, in buckets of which width. */
interface Drawn {
  readonly of: TrafficOf;
  readonly number: BucketNumber;
  readonly widthNs: bigint;
}

/** What is drawn, by bucket. */
function readPoints(database: Sqlite, scope: CompiledScope, { column, alike }: Told, drawn: Drawn): Point[] {
  const { of, number, widthNs } = drawn;
  const isForwarded = of === "forwarded" ? IS_FORWARDED : "1";
  const filter = all([scope.filter, { sql: isForwarded, parameters: [] }]);
  const wanted = { column, alike, widthNs, of: of === "drops" ? "drops" : "events" } as const;
  const rolled = rolledPoints(database, { ...scope, filter }, wanted);
  if (rolled === undefined) return countPoints(database, scope, { column, alike }, drawn);
  return rolled
    .filter(({ n }) => n > 0)
    .map(({ id, startNs, n }) => ({
      ...{ id, n },
      bucket: startNs === null ? undefined : Number((startNs - number.startOf(0n)) / widthNs),
    }));
}

/** From flows, or from records of drops. Bucket and side are one number while they are grouped: sorting by two takes twice as long. */
function countPoints(
  database: Sqlite,
  scope: CompiledScope,
  { column, alike }: Told,
  { of, number, widthNs }: Drawn,
): Point[] {
  const flows = countedFlows(database, scope, {
    ...{ reads: column, alike, widthNs, hasTimes: false },
    ...(of === "forwarded" && { told: IS_FORWARDED }),
    ...(of === "drops" && { anchored: ["drops"] }),
  });
  const isAlone = of === "drops" && !flows.isRolledUp;
  const { from, parameters, where } = isAlone ? { from: DROPS, parameters: [], where: scope } : flows;
  const n = of === "drops" ? (isAlone ? "j.drops" : "f.drops") : "f.events";
  const isForwarded = flows.isRolledUp ? "f.told" : IS_FORWARDED;
  const [[ids] = []] = database
    .prepare("SELECT 1 + max((SELECT max(id) FROM Endpoint), (SELECT max(id) FROM Kind))")
    .rows([]);
  const most = typeof ids === "number" ? ids : 1;
  return database
    .prepare(
      `SELECT (${number.sql}) * ? + ${column}, CASE WHEN f.timeNs IS NULL THEN ${column} END, sum(${n})
       FROM ${from} WHERE ${where.sql} ${of === "forwarded" ? `AND ${isForwarded}` : ""} GROUP BY 1, 2`,
    )
    .rows([...number.parameters, most, ...parameters, ...where.parameters])
    .filter(([, , sum]) => Number(sum) > 0)
    .map(([key, untimed, sum]) => {
      if (typeof key !== "number") return { id: Number(untimed), bucket: undefined, n: Number(sum) };
      const id = ((key % most) + most) % most;
      return { id, bucket: (key - id) / most, n: Number(sum) };
    });
}

/** A row while it is counted. */
class Count {
  events = 0;
  forwarded = 0;
  drops = 0;
  untimed = 0;
  firstNs: bigint | undefined;
  lastNs: bigint | undefined;
  private readonly byBucket = new Map<number, number>();

  static of(counts: readonly Count[]): Count {
    const sum = new Count();
    for (const one of counts) {
      sum.add(one);
      sum.draw(undefined, one.untimed);
      for (const [bucket, n] of one.byBucket) sum.draw(bucket, n);
    }
    return sum;
  }

  add({ events, forwarded, drops, firstNs, lastNs }: Omit<Sums, "id">): void {
    this.events += events;
    this.forwarded += forwarded;
    this.drops += drops;
    if (firstNs !== undefined && (this.firstNs === undefined || firstNs < this.firstNs))
      this.firstNs = firstNs;
    if (lastNs !== undefined && (this.lastNs === undefined || lastNs > this.lastNs)) this.lastNs = lastNs;
  }

  draw(bucket: number | undefined, n: number): void {
    if (bucket === undefined) this.untimed += n;
    else this.byBucket.set(bucket, (this.byBucket.get(bucket) ?? 0) + n);
  }

  answer({ startOf }: BucketNumber): TrafficAnswer["total"] {
    const { events, forwarded, drops, firstNs, lastNs } = this;
    return {
      ...{ events, forwarded, drops },
      points: [...this.byBucket]
        .sort(([a], [b]) => a - b)
        .map(([bucket, n]): [string, number] => [String(startOf(BigInt(bucket))), n]),
      first: firstNs === undefined ? null : formatTime(firstNs),
      last: lastNs === undefined ? null : formatTime(lastNs),
    };
  }
}

function keyOf(by: TrafficBy, name: string | null): TrafficRow["key"] {
  if (by === "trace-point") return { tracePoint: name ?? "?" };
  return by === "verdict" ? { verdict: name ?? "?" } : { actor: name };
}
