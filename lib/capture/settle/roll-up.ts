/**
 * Rolls flows up: one row for each combination of kind, observer, pair and list of policies, of the whole capture and of each bucket of time
 * (docs/adr/0021-roll-ups.md). Questions read them instead of flows where they are exact (lib/capture/rolled-flows.ts).
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { OUTCOME } from "@/lib/insight/outcome";
import type { Sqlite } from "../driver";
import { ANCHORED, ROLL_UP } from "../roll-up-levels";
import { addBuckets, BucketsInTime, type FoundBuckets } from "./buckets-in-time";
import { Combinations } from "./combinations";
import { Counts } from "./counts";
import { type FlowColumns, FOR, NO_TEXT } from "./flow-columns";
import type { InTime } from "./flows-in-time";
import { LoosePorts } from "./loose-ports";
import type { PairView } from "./pair-view";
import { copyFound, FoundRows, type SettledTable } from "./settled-rows";
import { bucketOf, nestingWidth } from "./sum-up";

/** A level with more rows than this share of the flows is no shorter way to them. */
const SHARE = 4;
/** The same of a level that rows were added to. */
const GROWN_SHARE = 2;
/** A capture of fewer flows has every level: it costs nothing, and what is proved of it holds for large ones. */
const SMALL = 20_000;
const NO_PAIR = 0;
const NO_KIND = 0;

/** What a level tells apart beside buckets. */
type Grain = "node" | "pair";

/** Buckets over the span of the capture, by level. */
const LEVELS = [
  { level: ROLL_UP.nodes, buckets: 2000, grain: "node" },
  { level: ROLL_UP.pairs, buckets: 120, grain: "pair" },
  { level: ROLL_UP.coarsePairs, buckets: 24, grain: "pair" },
] as const;
/** Over the span of the capture, for ranges and time lines. */
const BUCKETS = 480;
/** Of flows that were added before, too: each addition has lists of its own. */
const MOST_LISTS = 20 * BUCKETS;
/** Beyond it the time within a bucket is no exact number. */
const WIDEST_NS = 2n ** 52n;

function listedWidth(lengthNs: bigint): bigint | undefined {
  const width = nestingWidth(lengthNs, BUCKETS);
  return width > WIDEST_NS ? undefined : width;
}

interface Level {
  readonly level: Rolled;
  readonly widthNs: bigint;
  readonly counts: Counts;
  readonly rows: FoundRows;
  readonly grain: Grain;
  written: number;
  /** The bucket that is counted: the halves of its end, and its start. */
  endHigh: number;
  endLow: number;
  startNs: bigint | null;
}

/** What rolling up must know of a capture, as data that another thread can be given. */
export interface RollUpInput {
  /** The capture's file. */
  readonly capture: string;
  readonly largestKind: number;
  readonly flows: number;
  /** From the first to the last flow. */
  readonly lengthNs: bigint;
  /** By observer, the first one of the same node. */
  readonly firstObservers: ReadonlyMap<number, number>;
  /** Levels that are there already, to which rows are added; undefined: all are made anew. */
  readonly present?: ReadonlyMap<number, bigint | null> | undefined;
}

export function rollUpInput(database: Sqlite): RollUpInput {
  const largest = database.prepare("SELECT coalesce(max(id), 0) AS id FROM Kind").get([]);
  const span = database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow) AS first, (SELECT max(timeNs) FROM Flow) AS last")
    .get([]);
  const [first, last] = [span?.first, span?.last];
  const lengthNs = typeof first === "bigint" && typeof last === "bigint" ? last - first + 1n : 1n;
  const observers = database
    .prepare("SELECT id, min(id) OVER (PARTITION BY nodeName) FROM Observer")
    .rows([])
    .map(([id, first]) => [Number(id), Number(first)] as const);
  return {
    capture: database.file,
    largestKind: Number(largest?.id),
    flows: Number(database.prepare("SELECT count(*) AS n FROM Flow").get([])?.n),
    lengthNs,
    firstObservers: new Map(observers),
  };
}

/** A level that was found worth keeping. */
export interface RolledLevel {
  readonly level: Rolled;
  readonly widthNs: bigint | null;
  /** Its rows, if there are any, unless they lie with those of another. */
  readonly file: string | undefined;
}

/** All that rolling up finds, as data that another thread can give. */
export interface RolledUp {
  readonly levels: readonly RolledLevel[];
  /** Undefined: there are no buckets. */
  readonly buckets: FoundBuckets | undefined;
  readonly loosePorts: readonly number[];
}

type Rolled = Exclude<(typeof ROLL_UP)[keyof typeof ROLL_UP], typeof ROLL_UP.buckets>;

const tableOf = (level: Rolled): SettledTable => `RollUp${level}`;

export class RollUpInTime implements InTime {
  readonly isPlain = true;
  readonly lookers = FOR.rollUp;
  readonly kinds: Uint8Array;
  private readonly whole = new Counts();
  /** Those that are not given up. */
  private levels: readonly Level[];
  private readonly combinations: Readonly<Record<Grain, Combinations>> = {
    node: new Combinations(),
    pair: new Combinations(),
  };
  /** Of each combination with a pair, the one that tells nodes apart. */
  private readonly nodeOf: number[] = [];
  private readonly loosePorts = new LoosePorts();
  private readonly buckets: BucketsInTime | undefined;
  /** What is kept, when there are no more flows. */
  kept: RolledUp = { levels: [], buckets: undefined, loosePorts: [] };

  constructor(
    private readonly input: RollUpInput,
    private readonly pairs: PairView,
  ) {
    this.kinds = new Uint8Array(input.largestKind + 1).fill(1);
    const { present } = input;
    this.levels = LEVELS.filter(({ level }) => present === undefined || present.has(level)).map(
      ({ level, buckets, grain }) => ({
        ...{ level, grain, widthNs: bucketWidth(input.lengthNs, buckets) },
        ...{ counts: new Counts(), rows: new FoundRows(input.capture, tableOf(level)) },
        ...{ written: 0, endHigh: -(2 ** 31), endLow: 0, startNs: null },
      }),
    );
    const width = listedWidth(input.lengthNs);
    if (width !== undefined) this.buckets = new BucketsInTime(input.capture, width, pairs);
  }

  rankOf(): number {
    return 0;
  }

  take(flows: FlowColumns, row: number): void {
    const { at } = flows;
    const [kind, observer] = [at.kind[row] as number, at.observer[row] as number];
    const combination = this.combinations.pair.of(
      kind,
      observer,
      at.pair[row] as number,
      at.policies[row] as number,
    );
    if (combination === this.nodeOf.length) {
      const first = this.input.firstObservers.get(observer) as number;
      this.nodeOf.push(this.combinations.node.of(NO_KIND, first, NO_PAIR, NO_TEXT));
    }
    this.whole.add(combination, flows, row);
    this.loosePorts.add(flows, row, this.pairs);
    this.buckets?.add(combination, flows, row);
    for (const level of this.levels) {
      if (!this.isIn(level, flows, row)) this.nextBucket(level, flows.timeNs(row));
      level.counts.add(this.inGrain(level.grain, combination), flows, row);
    }
  }

  private inGrain(grain: Grain, combination: number): number {
    return grain === "pair" ? combination : (this.nodeOf[combination] as number);
  }

  /** Flows come in the order of time, and those without a time last. */
  private isIn({ endHigh, endLow, startNs }: Level, flows: FlowColumns, row: number): boolean {
    if (!flows.isTimed(row)) return startNs === null && endHigh === 2 ** 31;
    const high = flows.at.timeHigh[row] as number;
    return high < endHigh || (high === endHigh && (flows.at.timeLow[row] as number) >>> 0 < endLow);
  }

  private nextBucket(level: Level, timeNs: bigint | undefined): void {
    this.flush(level);
    level.startNs = timeNs === undefined ? null : alignDown(timeNs, level.widthNs);
    const end = level.startNs === null ? null : level.startNs + level.widthNs;
    level.endHigh = end === null ? 2 ** 31 : Number(end >> 32n);
    level.endLow = end === null ? 0 : Number(BigInt.asUintN(32, end));
  }

  private flush(level: Level): void {
    const { counts, grain, rows, startNs } = level;
    const combinations = this.combinations[grain];
    level.written += counts.touched.length;
    for (const combination of counts.touched)
      this.write(rows, level.level, startNs, combinations, counts, combination);
    counts.clear();
    if (this.isShort(level)) return;
    rows.discard();
    this.levels = this.levels.filter((other) => other !== level);
  }

  private isShort({ written }: Level): boolean {
    return (
      this.input.present !== undefined || this.input.flows < SMALL || written * SHARE <= this.input.flows
    );
  }

  /** In the order of the columns of RollUp. */
  private write(
    rows: FoundRows,
    level: number,
    startNs: bigint | null,
    { kinds, observers, pairs, policies }: Combinations,
    counts: Counts,
    combination: number,
  ): void {
    const pair = pairs[combination] as number;
    rows.begin();
    rows.put(level);
    // A bucket may begin before the smallest time that can be stored.
    rows.int64(startNs === null || startNs < LEAST ? (startNs === null ? null : LEAST) : startNs);
    rows.put(kinds[combination] as number);
    rows.put(observers[combination] as number);
    rows.put(pair);
    rows.put(pair === NO_PAIR ? 0 : this.pairs.sourceOf(pair));
    rows.put(pair === NO_PAIR ? 0 : this.pairs.destinationOf(pair));
    rows.put(policies[combination] === NO_TEXT ? null : (policies[combination] as number));
    counts.put(rows, combination);
    rows.end();
  }

  end(): void {
    for (const level of this.levels) this.flush(level);
    // With another level's rows: SQLite reads from ten files at once and no more.
    const [first] = this.levels;
    const whole = first?.rows ?? new FoundRows(this.input.capture, tableOf(ROLL_UP.whole));
    for (const combination of this.whole.touched)
      this.write(whole, ROLL_UP.whole, null, this.combinations.pair, this.whole, combination);
    const file = first === undefined ? whole.close() : undefined;
    const kept: RolledLevel[] = [{ level: ROLL_UP.whole, widthNs: null, file }];
    for (const { level, widthNs, rows } of this.levels) {
      // The coarser level of pairs is for captures that have too many for the finer ones.
      const isNeedless =
        this.input.present === undefined &&
        level === ROLL_UP.coarsePairs &&
        kept.some((one) => one.level === ROLL_UP.pairs);
      if (isNeedless) rows.discard();
      else kept.push({ level, widthNs, file: rows.close() });
    }
    const buckets = this.buckets?.end(this.combinations.pair);
    this.kept = { levels: kept, buckets, loosePorts: this.loosePorts.list() };
  }
}

/** In place of what was there. */
export function storeRollUp(database: Sqlite, { levels, buckets, loosePorts }: RolledUp): void {
  database.exec("DELETE FROM RollUp; DELETE FROM RollUpLevel; DELETE FROM LoosePort;");
  const addLevel = database.prepare("INSERT INTO RollUpLevel (level, widthNs) VALUES (?, ?)");
  database
    .prepare("INSERT INTO LoosePort (port) SELECT value FROM json_each(?)")
    .run([JSON.stringify(loosePorts)]);
  for (const { level, widthNs, file } of levels) {
    copyFound(database, tableOf(level), file);
    addLevel.run([level, widthNs]);
  }
  database.exec("DELETE FROM FlowBucket; DELETE FROM PortBucket; DELETE FROM Combination");
  if (buckets === undefined) return;
  addBuckets(database, buckets);
  addLevel.run([ROLL_UP.buckets, buckets.widthNs]);
}

/**
 * What rows can be added to: the levels that are there, where their buckets are as wide as they would be made today and rows that
 * were added before have not become too many. Undefined: all has to be made anew.
 */
export function growingRollUp(database: Sqlite): RollUpInput | undefined {
  const input = rollUpInput(database);
  const levels = database.prepareExact("SELECT level, widthNs FROM RollUpLevel").rows([]);
  const present = new Map(levels.map(([level, width]) => [Number(level), width as bigint | null]));
  const areAsWide =
    present.get(ROLL_UP.buckets) === listedWidth(input.lengthNs) &&
    LEVELS.every(
      ({ level, buckets }) =>
        !present.has(level) || present.get(level) === bucketWidth(input.lengthNs, buckets),
    );
  if (present.size === 0 || !areAsWide) return undefined;
  if (input.flows < SMALL) return { ...input, present };
  const rows = database.prepare("SELECT level, count(*) FROM RollUp GROUP BY level").rows([]);
  const areFew = rows.every(
    ([level, count]) => level === ROLL_UP.whole || Number(count) * GROWN_SHARE <= input.flows,
  );
  const combinations = database.prepare("SELECT count(*) AS n FROM Combination").get([])?.n;
  const lists = database.prepare("SELECT count(*) AS n FROM FlowBucket").get([])?.n;
  const areShort = Number(combinations) * GROWN_SHARE <= input.flows && Number(lists) <= MOST_LISTS;
  return areFew && areShort ? { ...input, present } : undefined;
}

/** Adds to what is there, but for what counts at single flows. */
export function addToRollUp(database: Sqlite, { levels, buckets, loosePorts }: RolledUp): void {
  database
    .prepare("INSERT OR IGNORE INTO LoosePort (port) SELECT value FROM json_each(?)")
    .run([JSON.stringify(loosePorts)]);
  for (const { level, file } of levels) copyFound(database, tableOf(level), file);
  if (buckets !== undefined) addBuckets(database, buckets);
}

const LEAST = -(2n ** 63n);

/**
 * What counts at one flow, as rows of their own, because everything in a roll-up is added up. Call when attempts, exchanges and
 * drops are settled.
 */
export function rollUpAnchors(database: Sqlite): void {
  beginAnchors(database);
  gatherAnchors(database, 1);
  addAnchors(database);
}

/** Grouped at once by buckets that all levels' buckets are made of: what is left is a fraction, and each level adds up that. */
export function beginAnchors(database: Sqlite): void {
  database.exec(`
    DROP TABLE IF EXISTS temp.Anchor;
    CREATE TEMP TABLE Anchor (ns INTEGER, kindId INTEGER, observerId INTEGER, pairId INTEGER, policiesId INTEGER, ${ANCHORED.join(", ")});`);
}

/** Adds what is settled, or takes it away; `among`: SQL for which rows of a table, by its name. */
export function gatherAnchors(
  database: Sqlite,
  sign: 1 | -1,
  among: (table: "Attempt" | "L7Exchange" | "JoinedDrop") => string = () => "1",
): void {
  const key = "f.timeNs, f.kindId, f.observerId, f.pairId, f.policiesId";
  const sums = ANCHORED.map((name) => `${sign} * sum(${name})`).join(", ");
  const width = commonWidth(anchoredLevels(database).map(({ widthNs }) => widthNs));
  database.exec(`
    INSERT INTO temp.Anchor SELECT ${bucketOf("timeNs", width)} AS ns, kindId, observerId, pairId, policiesId, ${sums} FROM (
      SELECT ${key}, 1 AS attempts, 0 AS requests, 0 AS l7Errors, 0 AS drops
      FROM Attempt JOIN Flow f ON f.id = Attempt.id WHERE Attempt.outcome <> ${OUTCOME.openAlready} AND ${among("Attempt")}
      UNION ALL
      SELECT ${key}, 0, requests, error * max(requests, responses), 0
      FROM L7Exchange JOIN Flow f ON f.id = L7Exchange.id
      WHERE counted = 1 AND (requests > 0 OR error = 1) AND ${among("L7Exchange")}
      UNION ALL
      SELECT ${key}, 0, 0, 0, JoinedDrop.drops FROM JoinedDrop JOIN Flow f ON f.id = JoinedDrop.id WHERE ${among("JoinedDrop")}
    ) GROUP BY 1, 2, 3, 4, 5`);
}

/** Adds what was gathered to each level; what was taken away and added again leaves no row. */
export function addAnchors(database: Sqlite): void {
  const counts = ANCHORED.join(", ");
  const sums = ANCHORED.map((name) => `sum(${name}) AS ${name}`).join(", ");
  const isAny = ANCHORED.map((name) => `sum(${name}) <> 0`).join(" OR ");
  for (const { level, widthNs } of anchoredLevels(database)) {
    if (level === ROLL_UP.buckets) {
      addAnchorLists(database, bucketOf("ns", widthNs), sums, isAny);
      continue;
    }
    database.exec(`
      INSERT INTO RollUp (level, bucketNs, kindId, observerId, pairId, sourceId, destinationId, policiesId, records, events, firstNs, lastNs, ${counts})
      SELECT ${level}, a.bucketNs, a.kindId, a.observerId, a.pairId, coalesce(p.sourceId, 0), coalesce(p.destinationId, 0), a.policiesId, 0, 0, NULL, NULL, ${counts}
      FROM (SELECT ${bucketOf("ns", widthNs)} AS bucketNs, kindId, observerId, pairId, policiesId, ${sums}
        FROM temp.Anchor GROUP BY 1, 2, 3, 4, 5 HAVING ${isAny}) a LEFT JOIN Pair p ON p.id = a.pairId;`);
  }
  database.exec("DROP TABLE temp.Anchor");
}

/** As text, by bucket: combination and counts of each that has any. */
function addAnchorLists(database: Sqlite, bucket: string, sums: string, isAny: string): void {
  const counts = ANCHORED.map((name) => `a.${name}`).join(" || ',' || ");
  database.exec(`
    INSERT INTO FlowBucket (bucketNs, firstCombination, sums, times, anchors)
    SELECT a.bucketNs, 0, x'', x'', group_concat(c.id || ',' || ${counts}, ';')
    FROM (SELECT ${bucket} AS bucketNs, kindId, observerId, pairId, policiesId, ${sums}
        FROM temp.Anchor GROUP BY 1, 2, 3, 4, 5 HAVING ${isAny}) a
      JOIN (SELECT min(id) AS id, kindId, observerId, pairId, policiesId FROM Combination GROUP BY 2, 3, 4, 5) c
        ON c.kindId = a.kindId AND c.observerId = a.observerId AND c.pairId = a.pairId AND c.policiesId IS a.policiesId
    GROUP BY 1`);
}

function anchoredLevels(database: Sqlite): { readonly level: number; readonly widthNs: bigint | null }[] {
  return database
    .prepareExact("SELECT level, widthNs FROM RollUpLevel WHERE level <> ?")
    .rows([ROLL_UP.nodes])
    .map(([level, width]) => ({ level: Number(level), widthNs: typeof width === "bigint" ? width : null }));
}

/** The widest buckets that buckets of all these widths are made of. */
function commonWidth(widths: readonly (bigint | null)[]): bigint | null {
  const known = widths.filter((width) => width !== null);
  return known.length === 0 ? null : known.reduce((a, b) => greatestDivisor(a, b));
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
