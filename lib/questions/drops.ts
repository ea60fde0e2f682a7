/**
 * Drops by cause, policy, reason, client, server, pod or node.
 *
 * All tables are made from the same groups, so each adds up to the drops of the scope. Causes come in the order of their
 * rank, everything else with most drops first.
 */

import { ok, type Result } from "@/lib/base/result";
import { DROP_REASON, enumNumber } from "@/lib/flow/enums";
import { isGroup } from "@/lib/insight/causes/drop-ends";
import { DECIDED_BY, type DecidedBy } from "@/lib/insight/causes/drop-key";
import type { DropRow, DropsAnswer, DropsBy } from "./answers-drops";
import { atMost } from "./at-most";
import { type DropCause, readCauses } from "./causes";
import { countDrops, type DropCounts, type DropGroup, type DropPoint, type DropTelling } from "./drop-counts";
import { sumDrops, toRow, trendOf } from "./drop-row";
import { decidedFilter, plainNode } from "./drop-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { type PairRow, readPairs } from "./pairs";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface DropsParameters extends ScopeParameters {
  readonly by: DropsBy;
  /** Rows at most, behind those that are left out. */
  readonly limit: number;
  readonly skip?: number;
  /** Buckets of a trend at most. */
  readonly buckets: number;
}

export function readDrops(
  capture: OpenCapture,
  parameters: DropsParameters,
): Result<DropsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, limit, skip = 0, buckets } = parameters;
  const answer = capture.keep(`drops ${by} ${skip} ${limit} ${buckets} ${scopeKey(parameters)}`, () =>
    tabulate(capture, countDrops(capture, scope.value, buckets, TOLD[by]), by, [skip, skip + limit]),
  );
  return ok({ meta: atMost(capture.meta("drops"), answer.hasAtMost), ...answer.table });
}

/** What a row's key is made of. */
const TOLD: Readonly<Record<DropsBy, readonly (keyof DropTelling)[]>> = {
  ...{
    cause: ["causeId"],
    policy: ["causeId"],
    reason: ["causeId"],
    client: ["causeId"],
    server: ["causeId"],
  },
  ...{ pod: ["causeId", "pairId"], node: ["observerId"] },
};

function tabulate(
  capture: OpenCapture,
  counts: DropCounts,
  by: DropsBy,
  [first, behind]: readonly [number, number],
): { table: Omit<DropsAnswer, "meta">; hasAtMost: boolean } {
  const { bucketNs, groups } = counts;
  const context = readContext(capture, counts, by === "pod");
  const rows = new Map<string, { key: DropRow["key"]; groups: DropGroup[]; points: DropPoint[] }>();
  const makeRow = (told: DropTelling) => {
    const key = keyOf(by, told, context);
    const text = JSON.stringify(key);
    const row = rows.get(text) ?? { key, groups: [], points: [] };
    rows.set(text, row);
    return row;
  };
  const known = new Map<string, ReturnType<typeof makeRow>>();
  const rowOf = (told: DropTelling) => {
    const ids = TOLD[by].map((name) => told[name]).join(" ");
    const row = known.get(ids) ?? makeRow(told);
    known.set(ids, row);
    return row;
  };
  for (const group of groups) rowOf(group).groups.push(group);
  for (const point of counts.points) rowOf(point).points.push(point);
  const sorted = [...rows.values()].sort((a, b) => compareRows(by, a, b, context));
  const folded = [...sorted.slice(0, first), ...sorted.slice(behind)];
  const dropsOf = (list: readonly { groups: DropGroup[] }[]): number =>
    list.reduce((sum, row) => sum + sumDrops(row.groups), 0);
  return {
    table: {
      total: dropsOf(sorted),
      bucketNs: String(bucketNs),
      rows: sorted.slice(first, behind).map((row) => toRow(capture, by, row, context)),
      folded: {
        rows: folded.length,
        drops: dropsOf(folded),
        trend: trendOf(folded.flatMap((row) => row.points)),
      },
      decided: decidedOf(groups, context),
    },
    hasAtMost: groups.some(({ atMost }) => atMost > 0),
  };
}

/** What the groups' numbers stand for. */
export interface DropContext {
  readonly causes: ReadonlyMap<number, DropCause>;
  readonly pairs: ReadonlyMap<number, PairRow>;
  readonly nodes: ReadonlyMap<number, string | null>;
  readonly buckets: Pick<DropCounts, "bucketNs" | "fromNs" | "toNs">;
  /** First and last time of the whole capture. */
  readonly span: { readonly first: bigint; readonly last: bigint } | undefined;
  /** The capture holds policy-verdict records of denials. */
  readonly hasVerdicts: boolean;
}

/** `hasPairs`: they are read, too. */
export function readContext(capture: OpenCapture, counts: DropCounts, hasPairs: boolean): DropContext {
  const { groups } = counts;
  const distinct = (of: (group: DropGroup) => number): number[] => [...new Set(groups.map(of))];
  const observers = capture.database
    .prepare("SELECT id, nodeName FROM Observer WHERE id IN (SELECT value FROM json_each(?))")
    .rows([JSON.stringify(distinct(({ observerId }) => observerId))]);
  return {
    causes: readCauses(
      capture,
      distinct(({ causeId }) => causeId),
    ),
    pairs: readPairs(capture.database, hasPairs ? distinct(({ pairId }) => pairId) : []),
    nodes: new Map(observers.map(([id, name]) => [Number(id), name === null ? null : String(name)])),
    buckets: counts,
    span: spanOf(capture, undefined, undefined),
    hasVerdicts:
      capture.database
        .prepare("SELECT 1 FROM Kind WHERE eventType = 5 AND verdict = 'DROPPED' LIMIT 1")
        .get([]) !== undefined,
  };
}

function keyOf(by: DropsBy, told: DropTelling, context: DropContext): DropRow["key"] {
  if (by === "node") return { node: plainNode(context.nodes.get(told.observerId) ?? null) };
  const cause = context.causes.get(told.causeId);
  if (cause === undefined) throw new Error(`no cause ${told.causeId}`);
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
      return { pod: droppingPod(facts.direction, context.pairs.get(told.pairId)) };
  }
}

/** Of the reason's name alone: rows differ in the reason, and records can pair a name with any number. */
function codeOf({ reason }: DropCause["facts"]): number | null {
  const code = reason === null ? undefined : enumNumber(DROP_REASON, reason);
  return code === undefined || code < 0 ? null : code;
}

/** The pod whose policy or datapath dropped; null where the direction is not known, or a group was to get it. */
export function droppingPod(direction: string, pair: PairRow | undefined): string | null {
  if (direction === "EGRESS") return pair?.source?.key ?? null;
  const receiver = pair?.destination ?? null;
  return direction === "INGRESS" && receiver !== null && !isGroup(receiver) ? receiver.key : null;
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

/** In the order of {@link DECIDED_BY}, so that tiles stay in their places. */
function decidedOf(groups: readonly DropGroup[], { causes }: DropContext): DropsAnswer["decided"] {
  const sums = new Map<DecidedBy, number>();
  for (const { causeId, drops } of groups) {
    const decidedBy = causes.get(causeId)?.facts.decidedBy ?? "unknown";
    sums.set(decidedBy, (sums.get(decidedBy) ?? 0) + drops);
  }
  return DECIDED_BY.flatMap((decidedBy) => {
    const drops = sums.get(decidedBy);
    return drops === undefined ? [] : [{ decidedBy, drops, filter: decidedFilter(decidedBy) }];
  });
}
