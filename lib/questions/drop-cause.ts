/** One cause of drops, explained: what happened, why, what would fix it, and what the rest of the capture says of it. */

import { fail, ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { DROP_GROUPS, dropReasonInfo } from "@/lib/flow/drop-reasons";
import { alsoAllowed } from "@/lib/insight/causes/allow-rule";
import type { DropFacts } from "@/lib/insight/causes/drop-ends";
import { dropHints, dropRemedy } from "@/lib/insight/causes/drop-words";
import { POLICY_DIALECTS, policyFiles, yamlOf } from "@/lib/insight/causes/policy-file";
import type { DropCauseAnswer, DropRow } from "./answers-drops";
import { atMost } from "./at-most";
import { type DropCause, findCause } from "./causes";
import { readChanges } from "./drop-changes";
import { countDrops, type DropCounts, type DropGroup } from "./drop-counts";
import { readEvidence } from "./drop-evidence";
import { explainLookups, type Lookups, readLookups } from "./drop-lookups";
import { toRow } from "./drop-row";
import { readOtherSide, readSide } from "./drop-sides";
import { plainNode } from "./drop-terms";
import { readWishes } from "./drop-wish";
import { droppingPod, readContext } from "./drops";
import type { QuestionFailure } from "./failure";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export interface DropCauseParameters extends ScopeParameters {
  readonly causeId: string;
  readonly buckets: number;
}

/** Names listed of pods and nodes, and examples. */
const LISTED = 50;
const EXAMPLES = 20;

export function readDropCause(
  capture: OpenCapture,
  parameters: DropCauseParameters,
): Result<DropCauseAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const cause = findCause(capture, parameters.causeId);
  if (cause === undefined)
    return fail(
      "cause_not_found",
      `There is no cause ${parameters.causeId.slice(0, 40)} of drops in this capture.`,
      "Ask for the drops by cause to see which there are.",
    );
  const counts = countDrops(capture, scope.value, parameters.buckets, ["causeId"], cause.id);
  return ok(explain(capture, cause, counts, compileScope(capture.database, scope.value)));
}

function explain(
  capture: OpenCapture,
  cause: DropCause,
  counts: DropCounts,
  scope: CompiledScope,
): DropCauseAnswer {
  const { groups, points } = counts;
  const context = readContext(capture, counts, true);
  const lookups = readLookups(capture, cause);
  const { clientKey, serverKey, facts } = cause;
  const key = {
    causeId: cause.causeId,
    client: clientKey,
    server: serverKey,
    port: facts.port,
    protocol: facts.protocol,
  };
  const twice = groups.reduce((sum, group) => sum + group.atMost, 0);
  // A scope can hold none of the cause's drops: the words are still those of the cause.
  const row = toRow(
    capture,
    "cause",
    { key, groups, points },
    { ...context, causes: new Map([[cause.id, cause]]) },
  );
  return {
    meta: atMost(capture.meta("drops"), twice > 0),
    cause: row,
    meaning: meaningOf(facts),
    remedy: remedyOf(capture, cause, lookups),
    confidence: confidenceOf(row, facts),
    decidedAt: readSide(capture, cause),
    otherSide: readOtherSide(capture, cause),
    evidence: readEvidence(capture, cause.id, scope),
    changes: readChanges(capture, cause),
    lookups: explainLookups(capture, cause, lookups),
    hints: dropHints(facts),
    worked: workedWords(cause),
    rhythm: cause.rhythmNs === null ? null : rhythmWords(cause.rhythmNs),
    atMost: twice,
    clients: sumBy(groups, (group) => context.pairs.get(group.pairId)?.client?.key ?? null),
    servers: sumBy(groups, (group) => context.pairs.get(group.pairId)?.server?.key ?? null),
    droppedAt: sumBy(groups, (group) => droppingPod(cause.facts.direction, context.pairs.get(group.pairId))),
    nodes: sumBy(groups, (group) => plainNode(context.nodes.get(group.observerId) ?? null)),
    examples: readExamples(capture, cause.id),
  };
}

function remedyOf(capture: OpenCapture, cause: DropCause, lookups: Lookups): DropCauseAnswer["remedy"] {
  const { text, side } = dropRemedy(cause.facts);
  const asked = readWishes(capture, cause, lookups);
  if (!asked.ok) return { text, side, why: asked.why, policies: [], alsoAllows: [], besides: [] };
  const policies = POLICY_DIALECTS.map((dialect) => {
    const { files, leftOut } = policyFiles(dialect, asked.wishes);
    const fileName = files.length > 1 ? "policies.yaml" : (files[0]?.fileName ?? null);
    const [why = null] = leftOut.values();
    return { dialect, fileName, yaml: yamlOf(files), why };
  });
  const isSaid = policies.some(({ yaml }) => yaml !== null);
  const says = asked.wishes.flatMap((wish) => alsoAllowed(wish, lookups.isResolverSeen));
  return {
    ...{ text, side, policies, why: null },
    alsoAllows: isSaid ? [...new Set(says)] : [],
    besides: [...asked.besides],
  };
}

function confidenceOf(row: DropRow, { decidedBy, direction }: DropFacts): DropCauseAnswer["confidence"] {
  const level = row.confidence;
  if (decidedBy === "datapath" || decidedBy === "unknown")
    return { level, says: "The drop record itself says it; policies have no part in it." };
  if (decidedBy === "l7-rule")
    return {
      level,
      says: "The proxy wrote that it refused the request. Which rule it was is not in the log.",
    };
  if (level === "likely")
    return {
      level,
      says: "Likely: the drop record gives the reason, and no policy-verdict record confirms it.",
    };
  const rule = decidedBy === "policy" ? "a deny rule matched" : "no rule matched";
  return {
    level,
    says: `Certain: a policy-verdict record of the same packet says that ${rule} (${direction.toLowerCase()}).`,
  };
}

function meaningOf({ code }: DropFacts): DropCauseAnswer["meaning"] {
  const info = code === null ? undefined : dropReasonInfo(code);
  if (info === undefined) return null;
  const { group, says, usually, next } = info;
  return { group: DROP_GROUPS[group], says, usually, next };
}

function workedWords({
  workedNs,
  worksNs,
  deliveredNs,
  answeredNs,
  clientKey,
  class: kind,
}: DropCause): DropCauseAnswer["worked"] {
  const before = workedNs === null ? null : formatTime(workedNs);
  const since = worksNs === null ? null : formatTime(worksNs);
  const says = {
    "never-worked":
      clientKey === null
        ? "The records do not say who asked whom, so it cannot be said whether it worked before."
        : "In this capture nothing ever came through between these two on this port.",
    "broken-since": `It worked until ${before}, and has not since.`,
    degraded:
      before === null
        ? `It was not seen to work before the first drop, and worked at ${since}.`
        : `It works now and then: at ${before} before the first drop, at ${since} behind it.`,
    noise: "It is noise: nothing that anybody waits for is lost.",
  }[kind];
  const timeOf = (ns: bigint | null) => (ns === null ? null : formatTime(ns));
  return { before, since, delivered: timeOf(deliveredNs), answered: timeOf(answeredNs), says };
}

function rhythmWords(rhythmNs: bigint): NonNullable<DropCauseAnswer["rhythm"]> {
  const seconds = Number(rhythmNs) / 1e9;
  const text =
    seconds < 120 ? `${Number(seconds.toPrecision(3))} s` : `${Number((seconds / 60).toPrecision(3))} min`;
  return { ns: String(rhythmNs), says: `It is tried every ${text}.` };
}

function sumBy(
  groups: readonly DropGroup[],
  of: (group: DropGroup) => string | null,
): { name: string | null; drops: number }[] {
  const sums = new Map<string | null, number>();
  for (const group of groups) sums.set(of(group), (sums.get(of(group)) ?? 0) + group.drops);
  return [...sums]
    .map(([name, drops]) => ({ name, drops }))
    .sort((a, b) => b.drops - a.drops || (String(a.name) < String(b.name) ? -1 : 1))
    .slice(0, LISTED);
}

function readExamples(capture: OpenCapture, causeId: number): string[] {
  return capture.database
    .prepareExact(
      `SELECT f.hash, f.occurrence FROM (SELECT id, timeNs FROM JoinedDrop WHERE causeId = ? ORDER BY timeNs LIMIT ${EXAMPLES}) j
       JOIN Flow f ON f.id = j.id ORDER BY j.timeNs, f.hash`,
    )
    .rows([causeId])
    .map(([hash, occurrence]) => flowIdOf(hash as bigint, Number(occurrence)));
}
