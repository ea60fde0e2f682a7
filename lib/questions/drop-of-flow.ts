/** What a flow has to do with a drop: its twin record, and the cause. */

import { dropRemedy, dropSentence } from "@/lib/insight/causes/drop-words";
import type { FlowDetailAnswer, FlowsAnswer } from "./answers";
import { readCauses } from "./causes";
import { type FlowValues, flowIdOf, keyOf, kindIdOf, readFlowId, toFlowRow } from "./flow-row";
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

/** Rows of a page, and of each policy verdict the drop record that tells of the same drop. */
export function toFlowRows(capture: OpenCapture, rows: readonly FlowValues[]): FlowsAnswer["flows"] {
  const verdicts = rows.filter((row) => capture.kind(kindIdOf(row)).verdict === "DROPPED");
  const ids = verdicts.map((row) => Number(keyOf(row).id));
  const anchors = ids.length === 0 ? new Map<number, string>() : anchorsOf(capture, ids);
  return rows.map((row) => ({
    ...toFlowRow(capture, row),
    sameDropAs: anchors.get(Number(keyOf(row).id)) ?? null,
  }));
}

/** By row of a policy verdict, the id of the drop record that it was joined with. */
function anchorsOf(capture: OpenCapture, verdictIds: readonly number[]): Map<number, string> {
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
