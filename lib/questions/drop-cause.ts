/** One cause of drops, explained: what happened, why, what would fix it, and what the rest of the capture says of it. */

import { fail, ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { DROP_GROUPS, dropReasonInfo } from "@/lib/flow/drop-reasons";
import { type DropFacts, dropHints, dropRemedy } from "@/lib/insight/causes/drop-words";
import type { DropCauseAnswer } from "./answers-drops";
import { type DropCause, findCause } from "./causes";
import { AT_MOST_NOTE, countDrops, type DropGroup } from "./drop-counts";
import { readContext, toRow } from "./drops";
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
  const { groups } = countDrops(capture, scope.value, parameters.buckets, cause.id);
  return ok(explain(capture, cause, groups));
}

function explain(capture: OpenCapture, cause: DropCause, groups: readonly DropGroup[]): DropCauseAnswer {
  const context = readContext(capture, groups);
  const facts = { ...cause.facts, ...readLookups(capture, cause) };
  const { clientKey, serverKey } = cause;
  const key = {
    causeId: cause.causeId,
    client: clientKey,
    server: serverKey,
    port: facts.port,
    protocol: facts.protocol,
  };
  const atMost = groups.reduce((sum, group) => sum + group.atMost, 0);
  const meta = capture.meta("drops");
  return {
    meta: atMost === 0 ? meta : { ...meta, exact: false, notes: [...meta.notes, AT_MOST_NOTE] },
    // A scope can hold none of the cause's drops: the words are still those of the cause.
    cause: toRow(capture, "cause", key, groups, { causes: new Map([[cause.id, cause]]) }),
    meaning: meaningOf(facts),
    remedy: dropRemedy(facts),
    hints: dropHints(facts),
    worked: workedWords(cause),
    rhythm: cause.rhythmNs === null ? null : rhythmWords(cause.rhythmNs),
    atMost,
    clients: sumBy(groups, (group) => context.pairs.get(group.pairId)?.client?.key ?? null),
    servers: sumBy(groups, (group) => context.pairs.get(group.pairId)?.server?.key ?? null),
    nodes: sumBy(groups, (group) => context.nodes.get(group.observerId) ?? null),
    examples: readExamples(capture, cause.id),
  };
}

function meaningOf({ code }: DropFacts): DropCauseAnswer["meaning"] {
  const info = code === null ? undefined : dropReasonInfo(code);
  if (info === undefined) return null;
  const { group, says, usually, next } = info;
  return { group: DROP_GROUPS[group], says, usually, next };
}

function workedWords({ workedNs, worksNs, class: kind }: DropCause): DropCauseAnswer["worked"] {
  const before = workedNs === null ? null : formatTime(workedNs);
  const since = worksNs === null ? null : formatTime(worksNs);
  const says = {
    "never-worked": "In this capture nothing ever came through between these two on this port.",
    "broken-since": `It worked until ${before}, and has not since.`,
    degraded:
      before === null
        ? `It was not seen to work before the first drop, and worked at ${since}.`
        : `It works now and then: at ${before} before the first drop, at ${since} behind it.`,
    noise: "It is noise: nothing that anybody waits for is lost.",
  }[kind];
  return { before, since, says };
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

/**
 * Names under which pods of the client were given the server's address, and whether they were given any address at all
 * (flow-formats 8.6). A DNS answer is a flow to the client: the client is the destination.
 */
function readLookups(
  capture: OpenCapture,
  { facts, exampleId }: DropCause,
): Pick<DropFacts, "resolvedAs" | "hasClientDns"> {
  const { client, server } = facts;
  if (client === null || server === null || server.kind !== "world" || facts.direction !== "EGRESS")
    return { resolvedAs: [], hasClientDns: false };
  const ip = capture.database
    .prepare("SELECT d.ip FROM Flow f JOIN Endpoint d ON d.id = f.destinationId WHERE f.id = ?")
    .get([exampleId])?.ip;
  const answers = capture.database
    .prepare(
      `SELECT DISTINCT q.value AS name, t.value AS answer FROM Flow f JOIN Text q ON q.id = f.l7TextId JOIN Text t ON t.id = f.dnsAnswerId
       WHERE f.dnsAnswerId IS NOT NULL AND f.destinationId IN (
         SELECT e.id FROM Endpoint e JOIN Actor a ON a.id = e.actorId WHERE a.workloadKey = ?)`,
    )
    .all([client.key]);
  const quoted = JSON.stringify(String(ip ?? ""));
  const names = answers.flatMap(({ name, answer }) =>
    String(answer).includes(quoted) ? [String(name)] : [],
  );
  return { resolvedAs: [...new Set(names)].sort(), hasClientDns: answers.length > 0 };
}
