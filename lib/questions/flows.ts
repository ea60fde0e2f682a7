/**
 * A page of flows in the order of time, and how many there are.
 *
 * Pages go by key (time, row id), both ways, or start at a row number, a time or a flow. A row id grows in file and
 * line order, so equal times keep that order. Untimed records come before all others. Other orders: sorted-flows.ts.
 */

import { fail, ok, type Result } from "@/lib/base/result";
import { parseTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { ROLL_UP } from "@/lib/capture/roll-up-levels";
import { columnsRead } from "@/lib/capture/roll-ups-ready";
import { LEAST, MOST, rolledSpan } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import type { FlowsAnswer } from "./answers";
import { toFlowRows } from "./drop-of-flow";
import type { QuestionFailure } from "./failure";
import { type FlowValues, keyOf, rowOfFlowId, selectFlowRows } from "./flow-row";
import { decodeCursor, encodeCursor, type Key } from "./flows-cursor";
import { type FlowsParameters, flowsMeta, flowTotal, rolledTotal } from "./flows-total";
import { bucketOfRank, hasLadder, type Ladder, readLadder } from "./ladder";
import type { OpenCapture } from "./open-capture";
import { readScope, scopeKey } from "./scope-parameters";
import { notAmong, readSortedFlows } from "./sorted-flows";

export type { FlowsParameters } from "./flows-total";

/** Towards later rows of the ascending order, or earlier ones. */
type Way = "later" | "earlier";

/** Row ids between which all others lie: a key with one of them stands before or behind all rows of its time. */
const BEFORE_ALL = 0n;
const BEHIND_ALL = BigInt(Number.MAX_SAFE_INTEGER);
/** Among the first so many flows the first page is looked for before anything is counted. */
const EDGE = 4096;
/** The same where the index alone says which flows are in the scope: a hundred times quicker a flow. */
const WIDE_EDGE = 131_072;
const INDEX = "Flow_timeNs_id_kindId_events_idx";
/** Of a scope that is, or has among its terms, a list of flows. */
const LISTS = /\bf\.id IN \(SELECT /;
/** The list is one of records of drops. */
const DROPS = /\bf\.id IN \(SELECT (?:d\.)?id FROM JoinedDrop /;
const INDEXED: ReadonlySet<string> = new Set(["timeNs", "id", "kindId", "events"]);

/** How a page was asked for. */
interface Start {
  readonly key?: Key;
  readonly position?: number;
}

export function readFlows(
  capture: OpenCapture,
  parameters: FlowsParameters,
): Result<FlowsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const compiled = compileScope(capture.database, scope.value);
  const key = scopeKey(parameters);
  const { sort = "time" } = parameters;
  if (sort === "time") return new Page(capture, compiled, key, parameters).read();
  const ladder = readLadder(capture, compiled, key);
  return readSortedFlows(capture, compiled, key, ladder, { ...parameters, sort });
}

class Page {
  private ladder: Ladder | undefined;
  private readonly total: Pick<Ladder, "records" | "events"> | undefined;

  constructor(
    private readonly capture: OpenCapture,
    private readonly scope: CompiledScope,
    private readonly key: string,
    private readonly parameters: FlowsParameters,
  ) {
    const { total, position = 0, at, flow } = parameters;
    const isPlaced = position > 0 || at !== undefined || flow !== undefined;
    this.total = total ? rolledTotal(capture, scope, key) : undefined;
    const isCounted = total && this.total === undefined;
    if (isCounted || isPlaced || hasLadder(capture, key)) this.ladder = readLadder(capture, scope, key);
  }

  read(): Result<FlowsAnswer, QuestionFailure> {
    const { order, limit, cursor, position, at, flow } = this.parameters;
    if (limit === 0) return ok(this.page([], false, false, {}));
    const forward: Way = order === "asc" ? "later" : "earlier";
    if (position !== undefined) return ok(this.answer(this.byPosition(position), position > 0, { position }));
    if (at !== undefined) {
      const time = parseTime(at);
      if (time === undefined) return fail("bad_request", `"${at}" is not a time.`, "Give an RFC 3339 time.");
      return ok(this.behind({ timeNs: time, id: order === "asc" ? BEFORE_ALL : BEHIND_ALL }));
    }
    if (flow !== undefined) {
      const key = this.keyOfFlow(flow);
      // Behind the place just before it.
      return key === undefined
        ? notAmong(flow)
        : ok(this.behind({ ...key, id: order === "asc" ? key.id - 1n : key.id + 1n }));
    }
    if (cursor === undefined) return ok(this.answer(this.from(undefined, forward, limit + 1), false));
    const from = decodeCursor(cursor);
    if (from === undefined)
      return fail(
        "cursor_invalid",
        "This cursor was not made by this server.",
        "Ask for the first page again.",
      );
    const { key } = from;
    if (from.side === "next") return ok(this.answer(this.from(key, forward, limit + 1), true, { key }));
    const backward = this.from(key, forward === "later" ? "earlier" : "later", limit + 1);
    const hasMore = backward.length > limit;
    return ok(this.page(backward.slice(0, limit).reverse(), hasMore, true, { key }));
  }

  /** The page behind a place, with the number of its first row. */
  private behind(key: Key): FlowsAnswer {
    const { order, limit } = this.parameters;
    const position = this.rowsBefore(key);
    const rows = this.from(key, order === "asc" ? "later" : "earlier", limit + 1);
    return this.answer(rows, position > 0, { key, position });
  }

  private keyOfFlow(flowId: string): Key | undefined {
    const id = rowOfFlowId(this.capture, flowId);
    const [row] = id === undefined ? [] : this.select("f.id = ?", [id], "f.id", 1);
    return row === undefined ? undefined : keyOf(row);
  }

  /** How many rows stand before a place in the given order; a row that has just this place stands before it. */
  private rowsBefore(key: Key): number {
    const ladder = this.ladder as Ladder;
    const timed = ladder.records - ladder.untimed;
    const isAscending = this.parameters.order === "asc";
    if (key.timeNs !== null)
      return isAscending ? ladder.untimed + this.timedBefore(key, "<=") : timed - this.timedBefore(key, "<");
    const earlier = this.count(`f.timeNs IS NULL AND f.id ${isAscending ? "<=" : "<"} ?`, [key.id]);
    return isAscending ? earlier : timed + ladder.untimed - earlier;
  }

  private timedBefore(key: Key, sign: "<" | "<="): number {
    const ladder = this.ladder as Ladder;
    const time = key.timeNs as bigint;
    const bucket = bucketAt(ladder, time);
    const start = ladder.starts[bucket];
    if (start === undefined || time < start) return 0;
    if (time > (ladder.lasts[bucket] as bigint)) return ladder.before[bucket + 1] as number;
    const inside = this.count(`f.timeNs >= ? AND (f.timeNs, f.id) ${sign} (?, ?)`, [start, time, key.id]);
    return (ladder.before[bucket] as number) + inside;
  }

  private count(condition: string, parameters: readonly SqlValue[]): number {
    const sql = `SELECT count(*) FROM Flow f INDEXED BY "${INDEX}" WHERE ${condition} AND ${this.scope.sql}`;
    const [row] = this.capture.database.prepare(sql).rows([...parameters, ...this.scope.parameters]);
    return Number(row?.[0] ?? 0);
  }

  /** `rows` has one more than wanted when there are more behind it. */
  private answer(rows: FlowValues[], hasPrevious: boolean, start: Start = {}): FlowsAnswer {
    const { limit } = this.parameters;
    return this.page(rows.slice(0, limit), hasPrevious, rows.length > limit, start);
  }

  private page(
    rows: FlowValues[],
    hasPrevious: boolean,
    hasNext: boolean,
    { key, position }: Start,
  ): FlowsAnswer {
    const counted = this.total ?? this.ladder;
    const [first, last] = [rows[0], rows[rows.length - 1]];
    // An empty page is left from where it was looked for.
    const [firstKey, lastKey] = [first ? keyOf(first) : key, last ? keyOf(last) : key];
    return {
      meta: flowsMeta(this.capture, this.scope, this.key, this.parameters.total),
      total:
        this.parameters.total && counted !== undefined
          ? flowTotal(this.capture, this.scope, this.key, counted)
          : null,
      flows: toFlowRows(this.capture, rows),
      next: hasNext && lastKey !== undefined ? encodeCursor("n", lastKey) : null,
      previous: hasPrevious && firstKey !== undefined ? encodeCursor("p", firstKey) : null,
      position: position ?? null,
    };
  }

  /** Rows strictly behind `key` on the way; the untimed ones stand at the early end. */
  private from(key: Key | undefined, way: Way, count: number): FlowValues[] {
    const untimed = (after: bigint | undefined) => this.untimed(after, way, count);
    if (way === "later") {
      if (key !== undefined && key.timeNs !== null) return this.timed(key, way, count);
      const rows = untimed(key?.id);
      return rows.length >= count ? rows : [...rows, ...this.timed(undefined, way, count - rows.length)];
    }
    if (key !== undefined && key.timeNs === null) return untimed(key.id);
    const rows = this.timed(key, way, count);
    return rows.length >= count ? rows : [...rows, ...this.untimed(undefined, way, count - rows.length)];
  }

  /** Else a list in the scope would be made to find none in it. */
  private hasUntimed(): boolean {
    const { database } = this.capture;
    return database.prepare("SELECT 1 FROM Flow WHERE timeNs IS NULL LIMIT 1").get([]) !== undefined;
  }

  private untimed(after: bigint | undefined, way: Way, count: number): FlowValues[] {
    if (this.ladder?.untimed === 0 || !this.hasUntimed()) return [];
    const [sign, direction] = way === "later" ? [">", "ASC"] : ["<", "DESC"];
    const behind = after === undefined ? "" : `AND f.id ${sign} ?`;
    return this.select(
      `f.timeNs IS NULL ${behind}`,
      after === undefined ? [] : [after],
      `f.id ${direction}`,
      count,
    );
  }

  /**
   * The first rows without a ladder: looked for among the first flows from where the scope begins, where its range or roll-ups say that, else of
   * all; where the scope is not rare that is all there is to read. Else all flows that its lists name, if it is made of lists: a ladder would have to
   * count them too. Undefined where neither has them.
   */
  private first(way: Way, count: number): FlowValues[] | undefined {
    const isIndexed = columnsRead(this.scope.sql).every((column) => INDEXED.has(column));
    const begin =
      (way === "later" ? this.scope.from : this.scope.to) ?? (isIndexed ? this.beginning(way) : undefined);
    const wide = (): FlowValues[] | undefined => this.atTheEdge(WIDE_EDGE, way, count, begin);
    return (
      this.atTheEdge(EDGE, way, count, begin) ??
      (isIndexed && DROPS.test(this.scope.sql) && this.areDropsDense(count) ? wide() : undefined) ??
      (LISTS.test(this.scope.sql) ? this.fromLists(way, count) : undefined) ??
      (isIndexed && this.isWorthLooking(count) ? wide() : undefined)
    );
  }

  /** The time of the scope's first flow on the way; undefined where no roll-up of the whole capture says it. */
  private beginning(way: Way): bigint | undefined {
    const { scope, capture } = this;
    if (scope.isWhole || scope.from !== undefined || scope.to !== undefined) return undefined;
    const span = rolledSpan(capture.database, scope);
    return way === "later" ? span?.first : span?.last;
  }

  /** Their records may be as many as would take longer to look up than the wide edge. */
  private areDropsDense(count: number): boolean {
    const [drops] = this.capture.database.prepare("SELECT count(*) FROM JoinedDrop").rows([]);
    return this.isDense(Number(drops?.[0]), count);
  }

  /** How many there are is asked for with the rows. */
  private isWorthLooking(count: number): boolean {
    const records = rolledTotal(this.capture, this.scope, this.key)?.records;
    return records !== undefined && this.isDense(records, count);
  }

  /** Of so many spread evenly, the wide edge would hold several times as many as are wanted. */
  private isDense(records: number, count: number): boolean {
    const [all] = this.capture.database
      .prepare(`SELECT sum(records) FROM RollUp WHERE level = ${ROLL_UP.whole}`)
      .rows([]);
    return (records / Number(all?.[0] ?? 0)) * WIDE_EDGE > 4 * count;
  }

  /** Among so many flows from this time on, or from the first on. Undefined where these have too few. */
  private atTheEdge(edge: number, way: Way, count: number, begin?: bigint): FlowValues[] | undefined {
    const [since, until, direction] = way === "later" ? [">=", "<=", "ASC"] : ["<=", ">=", "DESC"];
    const first = begin ?? (way === "later" ? LEAST : MOST);
    const [last] = this.capture.database
      .prepareExact(
        `SELECT timeNs FROM Flow WHERE timeNs ${since} ? ORDER BY timeNs ${direction} LIMIT 1 OFFSET ?`,
      )
      .rows([first, edge]);
    if (last === undefined) return undefined;
    const order = `f.timeNs ${direction}, f.id ${direction}`;
    const between = `f.timeNs ${since} ? AND f.timeNs ${until} ?`;
    const rows = this.select(between, [first, last[0] as SqlValue], order, count);
    return rows.length < count ? undefined : rows;
  }

  /** SQLite goes from the lists to the flows, not the other way round, when it is free to choose. */
  private fromLists(way: Way, count: number): FlowValues[] {
    const direction = way === "later" ? "ASC" : "DESC";
    const order = `ORDER BY f.timeNs ${direction}, f.id ${direction}`;
    const sql = `${selectFlowRows(undefined)} WHERE f.id IN
      (SELECT f.id FROM Flow f WHERE f.timeNs IS NOT NULL AND ${this.scope.sql} ${order} LIMIT ?) ${order}`;
    return this.capture.database.prepareExact(sql).rows([...this.scope.parameters, count]);
  }

  private timed(key: Key | undefined, way: Way, count: number, skip = 0): FlowValues[] {
    if (key === undefined && skip === 0 && this.ladder === undefined) {
      const rows = this.first(way, count);
      if (rows !== undefined) return rows;
      this.ladder = readLadder(this.capture, this.scope, this.key);
    }
    // Else every flow would be looked at, to find none.
    if (this.ladder?.starts.length === 0) return [];
    const [sign, direction] = way === "later" ? [">", "ASC"] : ["<", "DESC"];
    const range = this.worthReading(key, way, count + skip);
    const conditions = ["f.timeNs IS NOT NULL"];
    const parameters: SqlValue[] = [];
    if (key !== undefined) {
      conditions.push(`(f.timeNs, f.id) ${sign} (?, ?)`);
      parameters.push(key.timeNs, key.id);
    }
    if (range !== undefined) {
      conditions.push("f.timeNs BETWEEN ? AND ?");
      parameters.push(range.first, range.last);
    }
    const order = `f.timeNs ${direction}, f.id ${direction}`;
    return this.select(conditions.join(" AND "), parameters, order, count, skip);
  }

  /** The stretch of time that surely holds `count` rows behind `key`, or all there are; unknown without a ladder. */
  private worthReading(
    key: Key | undefined,
    way: Way,
    count: number,
  ): { first: bigint; last: bigint } | undefined {
    const { ladder } = this;
    if (ladder === undefined || ladder.starts.length === 0) return undefined;
    const lastBucket = ladder.starts.length - 1;
    const at = key?.timeNs ?? undefined;
    const edge = at === undefined ? (way === "later" ? 0 : lastBucket) : bucketAt(ladder, at);
    const timed = ladder.before[lastBucket + 1] as number;
    if (way === "later") {
      // Rows of the first bucket may lie before the key: they are not counted on.
      const end = bucketOfRank(
        ladder,
        Math.min(timed - 1, (ladder.before[edge + (at === undefined ? 0 : 1)] as number) + count),
      );
      return { first: ladder.starts[edge] as bigint, last: ladder.lasts[Math.max(end, edge)] as bigint };
    }
    const start = bucketOfRank(
      ladder,
      Math.max(0, (ladder.before[at === undefined ? edge + 1 : edge] as number) - count - 1),
    );
    return { first: ladder.starts[Math.min(start, edge)] as bigint, last: ladder.lasts[edge] as bigint };
  }

  /** Rows from the given number on: the ladder names the bucket, the rest is skipped inside it. */
  private byPosition(position: number): FlowValues[] {
    const { ladder, parameters } = this;
    const count = parameters.limit + 1;
    if (position === 0) return this.from(undefined, parameters.order === "asc" ? "later" : "earlier", count);
    if (ladder === undefined || position >= ladder.records) return [];
    const timed = ladder.records - ladder.untimed;
    if (parameters.order === "asc") {
      if (position >= ladder.untimed) return this.timedFromRank(position - ladder.untimed, "later", count);
      const rows = this.select("f.timeNs IS NULL", [], "f.id ASC", count, position);
      return rows.length >= count ? rows : [...rows, ...this.timed(undefined, "later", count - rows.length)];
    }
    if (position >= timed) return this.select("f.timeNs IS NULL", [], "f.id DESC", count, position - timed);
    const rows = this.timedFromRank(timed - 1 - position, "earlier", count);
    return rows.length >= count
      ? rows
      : [...rows, ...this.untimed(undefined, "earlier", count - rows.length)];
  }

  private timedFromRank(rank: number, way: Way, count: number): FlowValues[] {
    const ladder = this.ladder as Ladder;
    const bucket = bucketOfRank(ladder, rank);
    if (way === "later") {
      const key = { timeNs: ladder.starts[bucket] as bigint, id: BEFORE_ALL };
      return this.timed(key, way, count, rank - (ladder.before[bucket] as number));
    }
    const key = { timeNs: ladder.lasts[bucket] as bigint, id: BEHIND_ALL };
    return this.timed(key, way, count, (ladder.before[bucket + 1] as number) - 1 - rank);
  }

  private select(
    condition: string,
    parameters: readonly SqlValue[],
    order: string,
    count: number,
    skip = 0,
  ): FlowValues[] {
    const sql = `${selectFlowRows(INDEX)} WHERE ${condition} AND ${this.scope.sql} ORDER BY ${order} LIMIT ? OFFSET ?`;
    return this.capture.database
      .prepareExact(sql)
      .rows([...parameters, ...this.scope.parameters, count, skip]);
  }
}

/** The bucket that holds a time, or the nearest one before it, else the first. */
function bucketAt(ladder: Ladder, time: bigint): number {
  let low = 0;
  let high = ladder.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ladder.starts[middle] as bigint) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
