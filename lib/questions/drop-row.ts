/** A row of the tables of drops, from the groups that it is made of. */

import { formatTime } from "@/lib/base/time";
import { PRESENT } from "@/lib/flow/presence";
import { burstOf } from "@/lib/insight/causes/burst";
import { placeText } from "@/lib/insight/causes/drop-ends";
import { dropRemedy, dropSentence } from "@/lib/insight/causes/drop-words";
import { whyUnnamed } from "@/lib/insight/causes/unnamed";
import type { DropRow, DropsBy } from "./answers-drops";
import { type DropCause, reasonText } from "./causes";
import type { DropGroup, DropPoint } from "./drop-counts";
import { rowFilter } from "./drop-terms";
import type { DropContext } from "./drops";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";

export function sumDrops(groups: readonly DropGroup[]): number {
  return groups.reduce((sum, { drops }) => sum + drops, 0);
}

/** What a row is made of. */
export interface RowParts {
  readonly key: DropRow["key"];
  readonly groups: readonly DropGroup[];
  readonly points: readonly DropPoint[];
}

/** One row. Without drops in the scope it still says what the known causes share. */
export function toRow(
  capture: OpenCapture,
  by: DropsBy,
  { key, groups, points }: RowParts,
  context: DropContext,
): DropRow {
  const known = context.causes;
  const ids = groups.length === 0 ? known.keys() : new Set(groups.map(({ causeId }) => causeId));
  const causes = [...ids].map((id) => known.get(id) as DropCause);
  const only = causes.length === 1 ? causes[0] : undefined;
  const policies = commonOf(causes, ({ facts }) => JSON.stringify(facts.policies));
  const attempts = groups.flatMap((group) => group.attempts ?? []);
  const isCertain = groups.some((group) => group.isCertain);
  const decidedBy = commonOf(causes, ({ facts }) => facts.decidedBy);
  return {
    key,
    drops: sumDrops(groups),
    attempts: attempts.length === 0 ? null : attempts.reduce((sum, n) => sum + n, 0),
    ...spanOfGroups(groups),
    trend: trendOf(points),
    direction: commonOf(causes, ({ facts }) => facts.direction),
    reason: commonOf(causes, ({ facts }) => facts.reason),
    reasonText: commonOf(causes, ({ facts }) => reasonText(facts)),
    decidedBy,
    confidence: isCertain ? "certain" : "likely",
    place: commonOf(causes, ({ facts }) => placeText(facts)),
    unnamed: whyUnnamed({
      decidedBy,
      isNamed: causes.some(({ facts }) => facts.policies.length > 0),
      isCertain,
      isMasked: groups.some(({ kindId }) => isMasked(capture, kindId)),
      hasVerdicts: context.hasVerdicts,
    }),
    policies: policies === null ? [] : [...(causes[0]?.facts.policies ?? [])],
    remedy: only === undefined ? null : dropRemedy(only.facts).text,
    fix: only === undefined ? null : dropRemedy(only.facts).fix,
    rhythmNs: only?.rhythmNs == null ? null : String(only.rhythmNs),
    burst: burstOfPoints(points, context.buckets),
    isNew: isNew(groups, context),
    example: readExample(capture, groups),
    filter: rowFilter(by, key),
    class: only?.class ?? null,
    sentence: only === undefined ? null : dropSentence(only.facts),
  };
}

/** What all causes agree on; null when they do not. */
function commonOf<Value>(causes: readonly DropCause[], of: (cause: DropCause) => Value | null): Value | null {
  const [first, ...others] = causes.map(of);
  return first !== undefined && others.every((value) => value === first) ? first : null;
}

function spanOfGroups(groups: readonly DropGroup[]): Pick<DropRow, "first" | "last"> {
  const firsts = groups.flatMap(({ firstNs }) => firstNs ?? []);
  const lasts = groups.flatMap(({ lastNs }) => lastNs ?? []);
  const least = firsts.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  const most = lasts.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  return {
    first: least === undefined ? null : formatTime(least),
    last: most === undefined ? null : formatTime(most),
  };
}

/** Records whose members a field mask chose, or that stand for several. */
function isMasked(capture: OpenCapture, kindId: number): boolean {
  const { present, aggregated } = capture.kind(kindId);
  return (Number(present) & PRESENT.Type) === 0 || Number(aggregated) !== 0;
}

function burstOfPoints(
  points: readonly DropPoint[],
  { bucketNs, fromNs, toNs }: DropContext["buckets"],
): DropRow["burst"] {
  const length = Number((toNs - fromNs) / bucketNs);
  const counts = new Array<number>(Math.max(0, length)).fill(0);
  for (const point of points) {
    const at = Number((point.bucketNs - fromNs) / bucketNs);
    if (at >= 0 && at < counts.length) counts[at] = (counts[at] ?? 0) + point.drops;
  }
  const burst = burstOf(counts);
  if (burst === undefined) return null;
  const timeAt = (bucket: number) => formatTime(fromNs + BigInt(bucket) * bucketNs);
  return { from: timeAt(burst.from), to: timeAt(burst.to), drops: burst.count };
}

const LEAST_BEFORE_NS = 60_000_000_000n;
/** Fewer tries say nothing about when there were none. */
const LEAST_TRIES = 3;

/**
 * Whether the drops began after the log did: it is silent about them for a minute, for a twentieth of its span, and for three
 * times as long as tries are apart. The whole capture counts, not the scope.
 */
function isNew(groups: readonly DropGroup[], { causes, span }: DropContext): boolean {
  if (span === undefined || groups.length === 0) return false;
  const known = [...new Set(groups.map(({ causeId }) => causeId))].flatMap((id) => causes.get(id) ?? []);
  const first = least(known.flatMap(({ firstNs }) => firstNs ?? []));
  const tries = known.reduce((sum, cause) => sum + cause.tries, 0);
  const last = least(known.flatMap(({ lastNs }) => (lastNs === null ? [] : -lastNs)));
  if (first === undefined || last === undefined || tries < LEAST_TRIES) return false;
  const before = first - span.first;
  const apart = (-last - first) / BigInt(tries - 1);
  return before >= LEAST_BEFORE_NS && before >= (span.last - span.first) / 20n && before >= 3n * apart;
}

function least(times: readonly bigint[]): bigint | undefined {
  return times.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
}

export function trendOf(points: readonly DropPoint[]): [string, number][] {
  const buckets = new Map<bigint, number>();
  for (const { bucketNs, drops } of points) buckets.set(bucketNs, (buckets.get(bucketNs) ?? 0) + drops);
  return [...buckets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([start, drops]) => [String(start), drops]);
}

/** The first drop of the row; of several at one moment that of the smallest hash. */
function readExample(capture: OpenCapture, groups: readonly DropGroup[]): string | null {
  if (groups.length === 0) return null;
  const timed = groups.filter(({ firstNs }) => firstNs !== null);
  const at = timed.reduce<bigint | null>(
    (least, { firstNs }) => (least === null || (firstNs as bigint) < least ? firstNs : least),
    null,
  );
  const first = groups.filter(({ firstNs }) => firstNs === at);
  const places = first.map(({ causeId, pairId, observerId }) => [causeId, pairId, observerId]);
  const row = capture.database
    .prepareExact(
      `SELECT f.hash, f.occurrence FROM json_each(?) g JOIN JoinedDrop j ON j.causeId = g.value ->> 0 AND j.timeNs IS ?
         JOIN Flow f ON f.id = j.id AND f.observerId = g.value ->> 2
       WHERE j.pairId = g.value ->> 1 ORDER BY f.hash, f.occurrence LIMIT 1`,
    )
    .get([JSON.stringify(places), at]);
  return typeof row?.hash === "bigint" ? flowIdOf(row.hash, Number(row.occurrence)) : null;
}
