/** At which side it was dropped and how that is known, and what the other side makes of the same edge. */

import { formatCount } from "@/lib/base/count";
import { dropOwner, isToGroup, placeText, policySide, shown } from "@/lib/insight/causes/drop-ends";
import type { DropCauseAnswer } from "./answers-drops";
import type { DropCause } from "./causes";
import type { OpenCapture } from "./open-capture";

export function readSide(
  capture: OpenCapture,
  { id, facts, exampleId }: DropCause,
): DropCauseAnswer["decidedAt"] {
  const owner = dropOwner(facts);
  const isEgress = facts.direction === "EGRESS";
  const end = isEgress ? "sender" : "receiver";
  if (isToGroup(facts) && !isEgress)
    return {
      place: placeText(facts),
      says: "They went to a multicast group, which is no pod. Hubble calls ingress what it cannot find to be the sender's, so the side that dropped them is not known.",
    };
  if (owner === undefined)
    return {
      place: placeText(facts),
      says:
        policySide(facts.direction) === null || facts.packet === null
          ? "The records leave out the direction, or who asked whom, so the side that decided is not known."
          : `The records say ${facts.direction}, so each packet was dropped at its ${end}. There are several; the table by pod lists them.`,
    };
  const says = `The records say ${facts.direction}, so it was dropped at the ${end} of the packet, ${shown(owner)}`;
  const nodes = countNodes(capture, id);
  if (nodes > 1) return { place: placeText(facts), says: `${says}, on ${formatCount(nodes)} nodes.` };
  const row = capture.database
    .prepare(
      `SELECT o.nodeName, e.localId FROM Flow f JOIN Observer o ON o.id = f.observerId
         JOIN Endpoint e ON e.id = CASE WHEN ? THEN f.sourceId ELSE f.destinationId END WHERE f.id = ?`,
    )
    .get([isEgress ? 1 : 0, exampleId]);
  const node =
    row?.nodeName === null || row?.nodeName === undefined ? "" : ` on node ${String(row.nodeName)}`;
  const local =
    row?.localId === null || row?.localId === undefined
      ? ""
      : `, where it is a local endpoint (id ${Number(row.localId)})`;
  return {
    place: placeText(facts),
    says: `${says}${node}${local}.`,
  };
}

/** Nodes that saw its drops. */
function countNodes(capture: OpenCapture, causeId: number): number {
  const row = capture.database
    .prepare(
      `SELECT count(DISTINCT o.nodeName) AS n FROM JoinedDrop d CROSS JOIN Flow f ON f.id = d.id JOIN Observer o ON o.id = f.observerId
       WHERE d.causeId = ?`,
    )
    .get([causeId]);
  return Number(row?.n ?? 0);
}

export function readOtherSide(capture: OpenCapture, cause: DropCause): DropCauseAnswer["otherSide"] {
  const { facts } = cause;
  const unknown = { state: "unknown" as const, causeId: null };
  const other = { EGRESS: "INGRESS", INGRESS: "EGRESS" }[facts.direction];
  if (other === undefined || facts.client === null || facts.server === null)
    return { ...unknown, says: "Which side is the other one is not known." };
  const isOutside = [facts.client, facts.server].some(({ kind }) => kind === "world" || kind === "unknown");
  const denied = capture.database
    .prepare(
      `SELECT causeId FROM Cause WHERE kind = 'drop' AND direction = ? AND clientKey = ? AND serverKey = ? AND port IS ? AND protocol IS ?
       ORDER BY position LIMIT 1`,
    )
    .get([other, facts.client.key, facts.server.key, facts.port, facts.protocol]);
  if (denied !== undefined)
    return {
      state: "denied",
      causeId: String(denied.causeId),
      says: `The other side drops it too (${placeText({ ...facts, direction: other })}): both have to be changed.`,
    };
  if (isOutside)
    return {
      ...unknown,
      says: "The other side is outside the cluster: no policy that this log tells of decides there.",
    };
  const place = placeText({ ...facts, direction: other });
  if (facts.direction === "INGRESS")
    return {
      state: "passed",
      causeId: null,
      says: `The packets came as far as the receiver, so ${place} lets them pass.`,
    };
  if (cause.workedNs !== null || cause.worksNs !== null)
    return {
      state: "passed",
      causeId: null,
      says: `Nothing comes as far now. When the edge worked, ${place} let it pass.`,
    };
  return {
    ...unknown,
    says: `Nothing came as far, so the log cannot say whether ${place} would allow it. Once this side allows it, the other can turn out to deny it.`,
  };
}
