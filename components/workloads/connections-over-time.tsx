"use client";

import { actorNames, actorOfRow } from "@/components/frame/actor-names";
import { RowsOverTime } from "@/components/frame/rows-over-time";
import type { ConnectionCounts, ConnectionsOf } from "@/lib/questions/answers-workloads";
import { UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import type { WorkloadPartProps } from "./part";
import { useConnectionsTimeline } from "./queries";
import { sidesTerms } from "./workload-links";

const BUCKETS = 60;

const OF_LABELS: Readonly<Partial<Record<ConnectionsOf, string>>> = {
  unanswered: "unanswered",
  refused: "refused",
  "reset-by-client": "reset by client",
  "reset-by-server": "reset by server",
  closed: "ended with a FIN",
  attempts: "all attempts",
};
const OF = Object.keys(OF_LABELS) as ConnectionsOf[];
const SIDE_LABELS = {
  "client-pod": "By client pod",
  pod: "By server pod",
  client: "By client workload",
  server: "By server workload",
} as const;
type Side = keyof typeof SIDE_LABELS;
const SIDES = Object.keys(SIDE_LABELS) as Side[];

/** The first of which there are any. */
function worstOf({ outcomes, resets }: ConnectionCounts): ConnectionsOf {
  if (UNANSWERED_WORDS.some((word) => (outcomes[word] ?? 0) > 0)) return "unanswered";
  if ((outcomes.refused ?? 0) > 0) return "refused";
  if (resets > 0) return (outcomes["reset-by-server"] ?? 0) > 0 ? "reset-by-server" : "reset-by-client";
  return "attempts";
}

/** Pods or workloads over time, by what went wrong. */
export function ConnectionsOverTime({
  total,
  ...part
}: WorkloadPartProps & { readonly total: ConnectionCounts }) {
  const { captureId, handle } = part;
  const asked = {
    of: OF.find((word) => word === handle.view.measure) ?? worstOf(total),
    by: SIDES.find((word) => word === handle.view.level) ?? "client-pod",
  };
  const { data, own } = useConnectionsTimeline(captureId, handle, { ...asked, buckets: BUCKETS });
  const of = OF.find((word) => word === own?.of) ?? asked.of;
  const by = SIDES.find((word) => word === own?.by) ?? asked.by;
  const level = by === "pod" || by === "client-pod" ? "pod" : "workload";
  const rows = data?.series.map(({ key, ...row }) => ({ ...row, key: actorOfRow(by, key) }));
  const labelOf = (word: ConnectionsOf) => OF_LABELS[word] ?? word;
  return (
    <RowsOverTime
      {...part}
      heading="Over time"
      of={{ legend: "What is counted", words: OF, chosen: of, labelOf }}
      by={{ legend: "Whose connections", words: SIDES, chosen: by, labelOf: (word) => SIDE_LABELS[word] }}
      title={`${labelOf(of)}, ${SIDE_LABELS[by].toLowerCase()}`}
      unit="connection"
      row={level}
      tone={of === "attempts" || of === "closed" ? "calm" : of === "unanswered" ? "bad" : "warn"}
      data={
        data &&
        rows && {
          ...{ ...data, rows },
          more: { rows: data.folded.series, total: data.folded.connections, points: data.folded.points },
        }
      }
      nameOf={actorNames(rows?.map(({ key }) => key) ?? [])}
      termsOf={(keys, isOthers) => sidesTerms(of, by, keys, isOthers)}
    />
  );
}
