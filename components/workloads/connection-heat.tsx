"use client";

import Link from "next/link";
import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress, within } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import { bucketStarts } from "@/components/ui/bucket-starts";
import { Choice } from "@/components/ui/choice";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { HeatMap, type HeatRow } from "@/components/ui/heat-map";
import { useStored } from "@/components/ui/use-stored";
import shared from "@/components/ui/view.module.css";
import type {
  ConnectionCounts,
  ConnectionKey,
  ConnectionsOf,
  ConnectionsTimelineBy,
} from "@/lib/questions/answers-workloads";
import { UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import type { WorkloadPartProps } from "./part";
import { useConnectionsTimeline } from "./queries";
import { connectionRowTerms, countedTerms } from "./workload-links";

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
const SIDE_LABELS: Readonly<Partial<Record<ConnectionsTimelineBy, string>>> = {
  "client-pod": "By client pod",
  pod: "By server pod",
  client: "By client workload",
  server: "By server workload",
};
const SIDES = Object.keys(SIDE_LABELS) as ConnectionsTimelineBy[];

/** The first of which there are any. */
function worstOf({ outcomes, resets }: ConnectionCounts): ConnectionsOf {
  if (UNANSWERED_WORDS.some((word) => (outcomes[word] ?? 0) > 0)) return "unanswered";
  if ((outcomes.refused ?? 0) > 0) return "refused";
  if (resets > 0) return (outcomes["reset-by-server"] ?? 0) > 0 ? "reset-by-server" : "reset-by-client";
  return "attempts";
}

/** Pods or workloads over time, by what went wrong. What is shown stands in the link as `measure` and `level`. */
export function ConnectionHeat({
  captureId,
  handle,
  scope,
  total,
}: WorkloadPartProps & { readonly total: ConnectionCounts }) {
  const [zone] = useStored(ZONE);
  const of = OF.find((word) => word === handle.view.measure) ?? worstOf(total);
  const by = SIDES.find((word) => word === handle.view.level) ?? "client-pod";
  const { data } = useConnectionsTimeline(captureId, handle, { by, of, buckets: BUCKETS });
  const keyText = (key: ConnectionKey) => key.clientPod ?? key.pod ?? key.client ?? key.server ?? null;
  const name = actorNames(data?.series.map(({ key }) => keyText(key)) ?? []);
  const termsOf = (key: ConnectionKey) => [...connectionRowTerms(key), ...countedTerms(of)];
  const rows = (data?.series ?? []).map(
    ({ key, total: count, points }): HeatRow => ({
      key: JSON.stringify(key),
      label: <bdi title={keyText(key) ?? undefined}>{name(keyText(key))}</bdi>,
      name: name(keyText(key)),
      total: <Link href={flowsAddress(captureId, scope, ...termsOf(key))}>{formatCount(count)}</Link>,
      points,
    }),
  );
  const bucketNs = BigInt(data?.bucketNs ?? "1");
  return (
    <section className={shared.part}>
      <div className={shared.bar}>
        <h2 className={shared.title}>Over time</h2>
        <Choice
          legend="What is counted"
          words={OF}
          chosen={of}
          labelOf={(word) => OF_LABELS[word] ?? word}
          onChoose={(word) => handle.setView({ measure: word })}
        />
        <Choice
          legend="Whose connections"
          words={SIDES}
          chosen={by}
          labelOf={(word) => SIDE_LABELS[word] ?? word}
          onChoose={(word) => handle.setView({ level: word })}
        />
      </div>
      {data !== undefined && rows.length === 0 && (
        <p className={shared.note}>None in this scope: {OF_LABELS[of]}.</p>
      )}
      {data !== undefined && rows.length > 0 && (
        <HeatMap
          title={`${OF_LABELS[of]}, ${(SIDE_LABELS[by] ?? "").toLowerCase()}`}
          unit="connection"
          rows={rows}
          starts={bucketStarts(data.fromNs, data.toNs, data.bucketNs)}
          zone={zone}
          tone={of === "attempts" || of === "closed" ? "calm" : of === "unanswered" ? "bad" : "warn"}
          hrefOf={({ key }, start) =>
            flowsAddress(
              captureId,
              within(scope, BigInt(start), BigInt(start) + bucketNs),
              ...termsOf(JSON.parse(key) as ConnectionKey),
            )
          }
        />
      )}
      {data !== undefined && data.folded.series > 0 && (
        <p className={shared.note}>
          And {formatQuantity(data.folded.series, "more row")} with{" "}
          {formatQuantity(data.folded.connections, "connection")}: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}
