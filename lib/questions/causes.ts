/** Causes of drops as answers name them, with the facts that their words need. */

import { z } from "zod";
import type { SqlRow } from "@/lib/capture/driver";
import { dropReasonText } from "@/lib/flow/enums";
import type { DropFacts } from "@/lib/insight/causes/drop-ends";
import { DECIDED_BY, dropPolicySchema } from "@/lib/insight/causes/drop-key";
import { CAUSE_CLASS_NAMES } from "./answers-drops";
import { readCauseSide } from "./cause-side";
import { packetFacts, packetsOf } from "./drop-packets";
import type { OpenCapture } from "./open-capture";

const policies = z.array(dropPolicySchema);
const decidedBy = z.enum(DECIDED_BY);

export interface DropCause {
  readonly id: number;
  readonly causeId: string;
  readonly class: (typeof CAUSE_CLASS_NAMES)[number];
  readonly position: number;
  readonly exampleId: number;
  readonly clientKey: string | null;
  readonly serverKey: string | null;
  readonly workedNs: bigint | null;
  readonly worksNs: bigint | null;
  readonly rhythmNs: bigint | null;
  /** Over the whole capture. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  /** Attempts, else drops. */
  readonly tries: number;
  /** The last packet delivered to the server, and the last answer, before the first drop. */
  readonly deliveredNs: bigint | null;
  readonly answeredNs: bigint | null;
  readonly facts: DropFacts;
}

/** By id. Empty while nothing is settled. */
export function readCauses(capture: OpenCapture, ids: readonly number[]): Map<number, DropCause> {
  const rows = capture.database
    .prepareExact(
      `SELECT c.*, p.clientSide, s.labels AS sourceLabels, d.labels AS destinationLabels, f.kindId, t.value AS text
       FROM json_each(?) j JOIN Cause c ON c.id = j.value JOIN Flow f ON f.id = c.exampleId JOIN Pair p ON p.id = f.pairId
         JOIN Endpoint s ON s.id = f.sourceId JOIN Endpoint d ON d.id = f.destinationId LEFT JOIN Text t ON t.id = f.l7TextId
       WHERE c.kind = 'drop'`,
    )
    .all([JSON.stringify(ids)]);
  return new Map(rows.map((row) => [Number(row.id), toCause(capture, row)]));
}

export function findCause(capture: OpenCapture, causeId: string): DropCause | undefined {
  const row = capture.database
    .prepare("SELECT id FROM Cause WHERE causeId = ? AND kind = 'drop'")
    .get([causeId]);
  return row === undefined ? undefined : readCauses(capture, [Number(row.id)]).get(Number(row.id));
}

function toCause(capture: OpenCapture, row: SqlRow): DropCause {
  const text = (value: unknown): string | null => (value === null ? null : String(value));
  const ns = (value: unknown): bigint | null => (typeof value === "bigint" ? value : null);
  const isSourceClient = Number(row.clientSide) !== 2;
  const [clientLabels, serverLabels] = isSourceClient
    ? [row.sourceLabels, row.destinationLabels]
    : [row.destinationLabels, row.sourceLabels];
  return {
    id: Number(row.id),
    causeId: String(row.causeId),
    class: CAUSE_CLASS_NAMES[Number(row.class) - 1] ?? "degraded",
    position: Number(row.position),
    exampleId: Number(row.exampleId),
    clientKey: text(row.clientKey),
    serverKey: text(row.serverKey),
    workedNs: ns(row.workedNs),
    worksNs: ns(row.worksNs),
    rhythmNs: ns(row.rhythmNs),
    firstNs: ns(row.firstNs),
    lastNs: ns(row.lastNs),
    tries: Number(row.attempts ?? row.count),
    ...evidenceOf(String(row.evidence)),
    facts: {
      decidedBy: decidedBy.parse(row.type),
      direction: String(row.direction),
      code: row.code === null ? null : Number(row.code),
      reason: text(row.reason),
      policies: policies.parse(JSON.parse(String(row.policies))),
      client: readCauseSide(capture, text(row.clientKey), text(clientLabels)),
      server: readCauseSide(capture, text(row.serverKey), text(serverLabels)),
      port: row.port === null ? null : Number(row.port),
      protocol: text(row.protocol),
      request: requestOf(capture, Number(row.kindId), text(row.text)),
      ...packetFacts(packetsOf(capture, Number(row.id)), row.clientKey !== null),
      isReply: row.subject === "reply",
    },
  };
}

const evidence = z.object({
  deliveredNs: z.string().nullable().optional(),
  answeredNs: z.string().nullable().optional(),
});

/** Captures that older rules settled do not have it. */
function evidenceOf(text: string): Pick<DropCause, "deliveredNs" | "answeredNs"> {
  const { deliveredNs, answeredNs } = evidence.parse(JSON.parse(text));
  const ns = (value: string | null | undefined): bigint | null => (value ? BigInt(value) : null);
  return { deliveredNs: ns(deliveredNs), answeredNs: ns(answeredNs) };
}

/** The request of the example flow. */
function requestOf(capture: OpenCapture, kindId: number, text: string | null): DropFacts["request"] {
  const { l7Protocol, httpMethod } = capture.kind(kindId);
  if (l7Protocol === null) return null;
  return { protocol: String(l7Protocol), method: httpMethod === null ? null : String(httpMethod), text };
}

/** What a reason is called: the words of `hubble observe`, else its name. */
export function reasonText(facts: Pick<DropFacts, "code" | "reason" | "decidedBy">): string | null {
  if (facts.decidedBy === "l7-rule") return "Refused by an L7 rule";
  return (facts.code === null ? undefined : dropReasonText(facts.code)) ?? facts.reason;
}
