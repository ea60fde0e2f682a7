/**
 * A page of flows in the order of time, and how many there are.
 *
 * Pages go by key (time, row id), both ways, or start at a row number or a time. A row id grows in file and
 * line order, so equal times keep that order. Untimed records come before all others.
 */

import { z } from "zod";
import { fail, ok, type Result } from "@/lib/base/result";
import { parseTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import type { FlowsAnswer } from "./answers";
import { totalDrops } from "./drop-counts";
import { anchorsOf } from "./drop-of-flow";
import type { QuestionFailure } from "./failure";
import { type FlowValues, keyOf, kindIdOf, selectFlowRows, toFlowRow } from "./flow-row";
import { bucketOfRank, hasLadder, type Ladder, readLadder } from "./ladder";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface FlowsParameters extends ScopeParameters {
  readonly limit: number;
  readonly order: "asc" | "desc";
  readonly cursor?: string;
  /** Number of the first row wanted, from 0 in the given order. */
  readonly position?: number;
  /** First row at this time or behind it, in the given order. RFC 3339. */
  readonly at?: string;
  /** False: rows only, without waiting for the count. */
  readonly total: boolean;
}

/** Towards later rows of the ascending order, or earlier ones. */
type Way = "later" | "earlier";

interface Key {
  readonly timeNs: bigint | null;
  readonly id: bigint;
}

/** Row ids between which all others lie: a key with one of them stands before or behind all rows of its time. */
const BEFORE_ALL = 0n;
const BEHIND_ALL = BigInt(Number.MAX_SAFE_INTEGER);

/** How a page was asked for. */
interface Start {
  readonly key?: Key;
  readonly position?: number;
}

const INT64 = 2n ** 63n;

const cursorSchema = z.tuple([
  z.enum(["n", "p"]),
  z
    .string()
    .regex(/^-?\d{1,19}$/)
    .refine((ns) => BigInt(ns) >= -INT64 && BigInt(ns) < INT64)
    .nullable(),
  z.string().regex(/^\d{1,16}$/),
]);

export function readFlows(
  capture: OpenCapture,
  parameters: FlowsParameters,
): Result<FlowsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const compiled = compileScope(capture.database, scope.value);
  const page = new Page(capture, compiled, scopeKey(parameters), parameters);
  return page.read();
}

class Page {
  private readonly ladder: Ladder | undefined;

  constructor(
    private readonly capture: OpenCapture,
    private readonly scope: CompiledScope,
    private readonly key: string,
    private readonly parameters: FlowsParameters,
  ) {
    const isNeeded = parameters.total || parameters.position !== undefined || hasLadder(capture, key);
    this.ladder = isNeeded ? readLadder(capture, scope, key) : undefined;
  }

  read(): Result<FlowsAnswer, QuestionFailure> {
    const { order, limit, cursor, position, at } = this.parameters;
    const forward: Way = order === "asc" ? "later" : "earlier";
    if (position !== undefined) return ok(this.answer(this.byPosition(position), position > 0, { position }));
    if (at !== undefined) {
      const time = parseTime(at);
      if (time === undefined) return fail("bad_request", `"${at}" is not a time.`, "Give an RFC 3339 time.");
      const key = { timeNs: time, id: order === "asc" ? BEFORE_ALL : BEHIND_ALL };
      return ok(this.answer(this.from(key, forward, limit + 1), true, { key }));
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
    const [first, last] = [rows[0], rows[rows.length - 1]];
    // An empty page is left from where it was looked for.
    const [firstKey, lastKey] = [first ? keyOf(first) : key, last ? keyOf(last) : key];
    return {
      meta: this.capture.meta("records"),
      total:
        this.parameters.total && this.ladder !== undefined
          ? { records: this.ladder.records, events: this.ladder.events, drops: this.drops() }
          : null,
      flows: this.withSameDrops(rows),
      next: hasNext && lastKey !== undefined ? encodeCursor("n", lastKey) : null,
      previous: hasPrevious && firstKey !== undefined ? encodeCursor("p", firstKey) : null,
      position: position ?? null,
    };
  }

  private withSameDrops(rows: readonly FlowValues[]): FlowsAnswer["flows"] {
    const verdicts = rows.filter((row) => this.capture.kind(kindIdOf(row)).verdict === "DROPPED");
    const ids = verdicts.map((row) => Number(keyOf(row).id));
    const anchors = ids.length === 0 ? new Map<number, string>() : anchorsOf(this.capture, ids);
    return rows.map((row) => ({
      ...toFlowRow(this.capture, row),
      sameDropAs: anchors.get(Number(keyOf(row).id)) ?? null,
    }));
  }

  /** Null until the first revision: before, no drops are joined. */
  private drops(): number | null {
    if (this.capture.meta("records").revision === 0) return null;
    return this.capture.keep(`drops ${this.key}`, () => totalDrops(this.capture, this.scope).drops);
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

  private untimed(after: bigint | undefined, way: Way, count: number): FlowValues[] {
    if (this.ladder?.untimed === 0) return [];
    const [sign, direction] = way === "later" ? [">", "ASC"] : ["<", "DESC"];
    const behind = after === undefined ? "" : `AND f.id ${sign} ?`;
    return this.select(
      `f.timeNs IS NULL ${behind}`,
      after === undefined ? [] : [after],
      `f.id ${direction}`,
      count,
    );
  }

  private timed(key: Key | undefined, way: Way, count: number, skip = 0): FlowValues[] {
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
    const sql = `${selectFlowRows("Flow_timeNs_id_kindId_events_idx")} WHERE ${condition} AND ${this.scope.sql} ORDER BY ${order} LIMIT ? OFFSET ?`;
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

function encodeCursor(side: "n" | "p", { timeNs, id }: Key): string {
  return Buffer.from(JSON.stringify([side, timeNs === null ? null : String(timeNs), String(id)])).toString(
    "base64url",
  );
}

function decodeCursor(text: string): { side: "next" | "previous"; key: Key } | undefined {
  try {
    const [side, timeNs, id] = cursorSchema.parse(
      JSON.parse(Buffer.from(text, "base64url").toString("utf8")),
    );
    return {
      side: side === "n" ? "next" : "previous",
      key: { timeNs: timeNs === null ? null : BigInt(timeNs), id: BigInt(id) },
    };
  } catch {
    return undefined;
  }
}
