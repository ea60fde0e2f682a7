/**
 * Drops by cause, policy, reason, client, server, pod or node.
 *
 * All tables are made from the same groups, so each adds up to the drops of the scope. Causes come in the order of their
 * rank, everything else with most drops first.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { DROP_REASON, enumNumber } from "@/lib/flow/enums";
import { dropRemedy, dropSentence } from "@/lib/insight/causes/drop-words";
import type { DropRow, DropsAnswer, DropsBy } from "./answers-drops";
import { type DropCause, readCauses, reasonText } from "./causes";
import { AT_MOST_NOTE, countDrops, type DropCounts, type DropGroup } from "./drop-counts";
import { plainNode, rowFilter } from "./drop-terms";
import type { QuestionFailure } from "./failure";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";
import { type PairRow, readPairs } from "./pairs";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface DropsParameters extends ScopeParameters {
  readonly by: DropsBy;
  /** Rows at most. */
  readonly limit: number;
  /** Buckets of a trend at most. */
  readonly buckets: number;
}

export function readDrops(
  capture: OpenCapture,
  parameters: DropsParameters,
): Result<DropsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, limit, buckets } = parameters;
  const answer = capture.keep(`drops ${by} ${limit} ${buckets} ${scopeKey(parameters)}`, () =>
    tabulate(capture, countDrops(capture, scope.value, buckets), by, limit),
  );
  const meta = capture.meta("drops");
  if (!answer.hasAtMost) return ok({ meta, ...answer.table });
  return ok({ meta: { ...meta, exact: false, notes: [...meta.notes, AT_MOST_NOTE] }, ...answer.table });
}

function tabulate(
  capture: OpenCapture,
  { bucketNs, groups }: DropCounts,
  by: DropsBy,
  limit: number,
): { table: Omit<DropsAnswer, "meta">; hasAtMost: boolean } {
  const context = readContext(capture, groups);
  const rows = new Map<string, { key: DropRow["key"]; groups: DropGroup[] }>();
  for (const group of groups) {
    const key = keyOf(by, group, context);
    const text = JSON.stringify(key);
    const row = rows.get(text);
    if (row === undefined) rows.set(text, { key, groups: [group] });
    else row.groups.push(group);
  }
  const sorted = [...rows.values()].sort((a, b) => compareRows(by, a, b, context));
  const [shown, folded] = [sorted.slice(0, limit), sorted.slice(limit)];
  const dropsOf = (list: readonly { groups: DropGroup[] }[]): number =>
    list.reduce((sum, row) => sum + sumDrops(row.groups), 0);
  return {
    table: {
      total: dropsOf(sorted),
      bucketNs: String(bucketNs),
      rows: shown.map((row) => toRow(capture, by, row.key, row.groups, context)),
      folded: { rows: folded.length, drops: dropsOf(folded) },
    },
    hasAtMost: groups.some(({ atMost }) => atMost > 0),
  };
}

/** What the groups' numbers stand for. */
export interface DropContext {
  readonly causes: ReadonlyMap<number, DropCause>;
  readonly pairs: ReadonlyMap<number, PairRow>;
  readonly nodes: ReadonlyMap<number, string | null>;
}

export function readContext(capture: OpenCapture, groups: readonly DropGroup[]): DropContext {
  const distinct = (of: (group: DropGroup) => number): number[] => [...new Set(groups.map(of))];
  const observers = capture.database
    .prepare("SELECT id, nodeName FROM Observer WHERE id IN (SELECT value FROM json_each(?))")
    .rows([JSON.stringify(distinct(({ observerId }) => observerId))]);
  return {
    causes: readCauses(
      capture,
      distinct(({ causeId }) => causeId),
    ),
    pairs: readPairs(
      capture.database,
      distinct(({ pairId }) => pairId),
    ),
    nodes: new Map(observers.map(([id, name]) => [Number(id), name === null ? null : String(name)])),
  };
}

function keyOf(by: DropsBy, group: DropGroup, context: DropContext): DropRow["key"] {
  const cause = context.causes.get(group.causeId);
  if (cause === undefined) throw new Error(`no cause ${group.causeId}`);
  const { facts, clientKey, serverKey } = cause;
  switch (by) {
    case "cause": {
      const { port, protocol } = facts;
      return { causeId: cause.causeId, client: clientKey, server: serverKey, port, protocol };
    }
    case "policy":
      return { policies: [...facts.policies], decidedBy: facts.decidedBy };
    case "reason":
      return { reason: facts.reason, code: codeOf(facts) };
    case "client":
      return { client: clientKey };
    case "server":
      return { server: serverKey };
    case "pod":
      return { pod: droppingPod(facts.direction, context.pairs.get(group.pairId)) };
    case "node":
      return { node: plainNode(context.nodes.get(group.observerId) ?? null) };
  }
}

/** Of the reason's name alone: rows differ in the reason, and records can pair a name with any number. */
function codeOf({ reason }: DropCause["facts"]): number | null {
  const code = reason === null ? undefined : enumNumber(DROP_REASON, reason);
  return code === undefined || code < 0 ? null : code;
}

/** The pod whose policy or datapath dropped; null where the direction is not known. */
function droppingPod(direction: string, pair: PairRow | undefined): string | null {
  if (direction === "EGRESS") return pair?.source?.key ?? null;
  return direction === "INGRESS" ? (pair?.destination?.key ?? null) : null;
}

interface Row {
  readonly key: DropRow["key"];
  readonly groups: readonly DropGroup[];
}

function compareRows(by: DropsBy, a: Row, b: Row, { causes }: DropContext): number {
  const rank = (row: Row): number => causes.get(row.groups[0]?.causeId ?? 0)?.position ?? 0;
  if (by === "cause") return rank(a) - rank(b);
  return sumDrops(b.groups) - sumDrops(a.groups) || (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1);
}

function sumDrops(groups: readonly DropGroup[]): number {
  return groups.reduce((sum, { drops }) => sum + drops, 0);
}

/** One row. Without drops in the scope it still says what the known causes share. */
export function toRow(
  capture: OpenCapture,
  by: DropsBy,
  key: DropRow["key"],
  groups: readonly DropGroup[],
  { causes: known }: Pick<DropContext, "causes">,
): DropRow {
  const ids = groups.length === 0 ? known.keys() : new Set(groups.map(({ causeId }) => causeId));
  const causes = [...ids].map((id) => known.get(id) as DropCause);
  const only = causes.length === 1 ? causes[0] : undefined;
  const policies = commonOf(causes, ({ facts }) => JSON.stringify(facts.policies));
  const attempts = groups.flatMap((group) => group.attempts ?? []);
  return {
    key,
    drops: sumDrops(groups),
    attempts: attempts.length === 0 ? null : attempts.reduce((sum, n) => sum + n, 0),
    ...spanOfGroups(groups),
    trend: trendOf(groups),
    direction: commonOf(causes, ({ facts }) => facts.direction),
    reason: commonOf(causes, ({ facts }) => facts.reason),
    reasonText: commonOf(causes, ({ facts }) => reasonText(facts)),
    decidedBy: commonOf(causes, ({ facts }) => facts.decidedBy),
    confidence: groups.some(({ isCertain }) => isCertain) ? "certain" : "likely",
    policies: policies === null ? [] : [...(causes[0]?.facts.policies ?? [])],
    remedy: only === undefined ? null : dropRemedy(only.facts).text,
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

function trendOf(groups: readonly DropGroup[]): [string, number][] {
  const buckets = new Map<bigint, number>();
  for (const { bucketNs, drops } of groups)
    if (bucketNs !== null) buckets.set(bucketNs, (buckets.get(bucketNs) ?? 0) + drops);
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
