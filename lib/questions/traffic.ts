/**
 * Flow events over time by one side of the packet, or by trace point or verdict, with what was forwarded and dropped.
 *
 * Each event has one source, one destination, one trace point and one verdict, so the rows add up to the scope. A reply
 * is sent by the server: who asked whom is another question (map.ts).
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import { countedFlows } from "@/lib/capture/rolled-flows";
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
  const rows = new Map<string | null, Count>();
  const countAt = (id: number): Count => {
    const name = names.get(id) ?? null;
    const known = rows.get(name) ?? new Count();
    rows.set(name, known);
    return known;
  };
  for (const sums of readSums(database, compiled, telling)) countAt(sums.id).add(sums);
  const number = bucketNumber(start, last, widthNs);
  for (const { id, startNs, n } of readPoints(database, compiled, telling, of, number, widthNs))
    countAt(id).draw(startNs, n);
  const sorted = [...rows].sort(([a, x], [b, y]) => y[of] - x[of] || ((a ?? "") < (b ?? "") ? -1 : 1));
  const counts = sorted.map(([, one]) => one);
  const total = Count.of(counts);
  return {
    bucketNs: String(widthNs),
    fromNs: span === undefined ? null : String(start),
    toNs: span === undefined ? null : String(alignDown(last, widthNs) + widthNs),
    total: total.answer(),
    rows: sorted.slice(0, limit).map(([name, row]) => ({ key: keyOf(by, name), ...row.answer() })),
    folded: { rows: counts.slice(limit).length, ...Count.of(counts.slice(limit)).answer() },
    untimed: total.untimed,
  };
}

interface Sums {
  readonly id: number;
  readonly events: number;
  readonly forwarded: number;
  readonly drops: number;
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
}

const FORWARDED = "SELECT id FROM Kind WHERE verdict = 'FORWARDED'";
/** Each drop counts once, at its anchor. */
const DROPS = "JoinedDrop j CROSS JOIN Flow f ON f.id = j.id";

/** What each side or kind counts over the whole scope. */
function readSums(database: Sqlite, scope: CompiledScope, { column }: Telling): Sums[] {
  const reads = `f.kindId ${column}`;
  const flows = countedFlows(database, scope, { reads, anchored: ["drops"] });
  const dropped = flows.isRolledUp ? flows : { from: DROPS, parameters: [], where: scope };
  const time = (value: SqlValue | undefined) => (typeof value === "bigint" ? value : undefined);
  const events = database
    .prepareExact(
      `SELECT ${column}, sum(f.events), sum(f.events * (f.kindId IN (${FORWARDED}))), min(f.firstNs), max(f.lastNs)
       FROM ${flows.from} WHERE ${flows.where.sql} GROUP BY 1`,
    )
    .rows([...flows.parameters, ...flows.where.parameters])
    .map(([id, n, forwarded, firstNs, lastNs]) => ({
      ...{ id: Number(id), events: Number(n), forwarded: Number(forwarded), drops: 0 },
      ...{ firstNs: time(firstNs), lastNs: time(lastNs) },
    }));
  const drops = database
    .prepare(
      `SELECT ${column} AS id, sum(${flows.isRolledUp ? "f.drops" : "j.drops"}) AS n FROM ${dropped.from} WHERE ${dropped.where.sql} GROUP BY 1`,
    )
    .rows([...dropped.parameters, ...dropped.where.parameters])
    .map(([id, n]) => ({
      ...{ id: Number(id), events: 0, forwarded: 0, drops: Number(n) },
      ...{ firstNs: undefined, lastNs: undefined },
    }));
  return [...events, ...drops];
}

interface Point {
  readonly id: number;
  /** Undefined: without a time. */
  readonly startNs: bigint | undefined;
  readonly n: number;
}

/** What is drawn, by bucket. Bucket and side are one number while flows are grouped: sorting by two takes twice as long. */
function readPoints(
  database: Sqlite,
  scope: CompiledScope,
  { column }: Telling,
  of: TrafficOf,
  number: ReturnType<typeof bucketNumber>,
  widthNs: bigint,
): Point[] {
  const wanted = { reads: of === "forwarded" ? `f.kindId ${column}` : column, widthNs, hasTimes: false };
  const flows = countedFlows(database, scope, { ...wanted, ...(of === "drops" && { anchored: ["drops"] }) });
  const isAlone = of === "drops" && !flows.isRolledUp;
  const { from, parameters, where } = isAlone ? { from: DROPS, parameters: [], where: scope } : flows;
  const n = of === "drops" ? (isAlone ? "j.drops" : "f.drops") : "f.events";
  const ids = database
    .prepareExact("SELECT 1 + max((SELECT max(id) FROM Endpoint), (SELECT max(id) FROM Kind))")
    .rows([])[0]?.[0];
  const most = typeof ids === "bigint" ? ids : 1n;
  return database
    .prepareExact(
      `SELECT (${number.sql}) * ? + ${column}, CASE WHEN f.timeNs IS NULL THEN ${column} END, sum(${n})
       FROM ${from} WHERE ${where.sql} ${of === "forwarded" ? `AND f.kindId IN (${FORWARDED})` : ""} GROUP BY 1, 2`,
    )
    .rows([...number.parameters, most, ...parameters, ...where.parameters])
    .filter(([, , sum]) => Number(sum) > 0)
    .map(([key, untimed, sum]) => {
      if (typeof key !== "bigint") return { id: Number(untimed), startNs: undefined, n: Number(sum) };
      const bucket = alignDown(key, most) / most;
      return { id: Number(key - bucket * most), startNs: number.startOf(bucket), n: Number(sum) };
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
  private readonly byStart = new Map<bigint, number>();

  static of(counts: readonly Count[]): Count {
    const sum = new Count();
    for (const one of counts) {
      sum.add(one);
      sum.draw(undefined, one.untimed);
      for (const [start, n] of one.byStart) sum.draw(start, n);
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

  draw(startNs: bigint | undefined, n: number): void {
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
