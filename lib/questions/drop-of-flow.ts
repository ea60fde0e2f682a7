/** What a flow has to do with a drop: its twin record, and the cause. */

import { dropRemedy, dropSentence } from "@/lib/insight/causes/drop-words";
import type { FlowDetailAnswer } from "./answers";
import { readCauses } from "./causes";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";

/** `id` is the row of the flow. A flow is the anchor of a drop, the verdict record joined with one, or neither. */
export function readDropOf(capture: OpenCapture, id: number): Pick<FlowDetailAnswer, "twin" | "cause"> {
  const drop = capture.database
    .prepare(
      `SELECT id, verdictId, drops, certain, atMost, causeId FROM JoinedDrop WHERE id = ?1
       UNION ALL SELECT id, verdictId, drops, certain, atMost, causeId FROM JoinedDrop WHERE verdictId = ?1 LIMIT 1`,
    )
    .get([id]);
  if (drop === undefined) return { twin: null, cause: null };
  const twin = Number(drop.id) === id ? drop.verdictId : drop.id;
  const cause = readCauses(capture, [Number(drop.causeId)]).get(Number(drop.causeId));
  return {
    twin: twin === null ? null : readFlowId(capture, Number(twin)),
    cause:
      cause === undefined
        ? null
        : {
            causeId: cause.causeId,
            sentence: dropSentence(cause.facts),
            decidedBy: cause.facts.decidedBy,
            confidence: drop.certain === 1 ? "certain" : "likely",
            policies: [...cause.facts.policies],
            remedy: dropRemedy(cause.facts).text,
            drops: Number(drop.drops),
            atMost: drop.atMost === 1,
          },
  };
}

/** By row of a policy verdict, the id of the drop record that it was joined with. */
export function anchorsOf(capture: OpenCapture, verdictIds: readonly number[]): Map<number, string> {
  const rows = capture.database
    .prepareExact(
      `SELECT j.verdictId, f.hash, f.occurrence FROM json_each(?) v CROSS JOIN JoinedDrop j ON j.verdictId = v.value
       CROSS JOIN Flow f ON f.id = j.id`,
    )
    .rows([JSON.stringify(verdictIds)]);
  return new Map(
    rows.map(([verdictId, hash, occurrence]) => [
      Number(verdictId),
      flowIdOf(hash as bigint, Number(occurrence)),
    ]),
  );
}

function readFlowId(capture: OpenCapture, id: number): string | null {
  const row = capture.database.prepareExact("SELECT hash, occurrence FROM Flow WHERE id = ?").get([id]);
  return typeof row?.hash === "bigint" ? flowIdOf(row.hash, Number(row.occurrence)) : null;
}
