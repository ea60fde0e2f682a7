"use client";

import Link from "next/link";
import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress, within } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import { classTerms, rowTerms } from "@/components/frame/request-terms";
import { bucketStarts } from "@/components/ui/bucket-starts";
import { Choice } from "@/components/ui/choice";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { HeatMap, type HeatRow } from "@/components/ui/heat-map";
import { useStored } from "@/components/ui/use-stored";
import shared from "@/components/ui/view.module.css";
import type { RequestClass } from "@/lib/insight/request-class";
import type { L7Counts, L7Row, L7TimelineBy, L7TimelineOf } from "@/lib/questions/answers-l7";
import type { Term } from "@/lib/scope/filter";
import { CLASS_LABELS } from "./l7-words";
import type { L7PartProps } from "./part";
import { useL7Timeline } from "./queries";

const BUCKETS = 60;
/** What there is to see first. */
const OF: readonly L7TimelineOf[] = ["server-error", "denied", "client-error", "no-answer", "all"];
const SIDES: readonly L7TimelineBy[] = ["pod", "client-pod"];
const SIDE_LABELS: Readonly<Partial<Record<L7TimelineBy, string>>> = {
  pod: "By server pod",
  "client-pod": "By client pod",
};
const TONES: Readonly<Record<RequestClass | "all", "bad" | "warn" | "calm">> = {
  all: "calm",
  ok: "calm",
  unpaired: "calm",
  open: "calm",
  "no-answer": "warn",
  "client-error": "warn",
  "server-error": "bad",
  denied: "bad",
};

/** The first of which there are any. */
function worstOf({ errors, denied, clientErrors, unanswered }: L7Counts): L7TimelineOf {
  if (errors > denied) return "server-error";
  if (denied > 0) return "denied";
  if (clientErrors > 0) return "client-error";
  return unanswered > 0 ? "no-answer" : "all";
}

/** Pods over time, by what went wrong. What is shown stands in the link as `measure` and `level`. */
export function L7Heat({
  captureId,
  handle,
  scope,
  protocol,
  total,
}: L7PartProps & { readonly total: L7Counts }) {
  const [zone] = useStored(ZONE);
  const of = OF.find((word) => word === handle.view.measure) ?? worstOf(total);
  const by = SIDES.find((word) => word === handle.view.level) ?? "pod";
  const { data } = useL7Timeline(captureId, handle, { protocol, by, of, buckets: BUCKETS });
  const labels = (word: L7TimelineOf) => (word === "all" ? "all requests" : CLASS_LABELS[protocol][word]);
  const ofTerms: readonly Term[] = of === "all" ? [] : classTerms(of);
  const termsOf = (key: L7Row["key"]) => [...(rowTerms(protocol, key) ?? []), ...ofTerms];
  const name = actorNames(data?.series.flatMap(({ key }) => [key.pod, key.clientPod]) ?? []);
  const rows = (data?.series ?? []).map(({ key, total, points }): HeatRow & { key: string } => {
    const actor = (by === "pod" ? key.pod : key.clientPod) ?? null;
    return {
      key: JSON.stringify(key),
      label: <bdi title={actor ?? undefined}>{name(actor)}</bdi>,
      name: name(actor),
      total: <Link href={flowsAddress(captureId, scope, ...termsOf(key))}>{formatCount(total)}</Link>,
      points,
    };
  });
  const bucketNs = BigInt(data?.bucketNs ?? "1");
  return (
    <section className={shared.part}>
      <div className={shared.bar}>
        <h2 className={shared.title}>Pods over time</h2>
        <Choice
          legend="What is counted"
          words={OF}
          chosen={of}
          labelOf={labels}
          onChoose={(word) => handle.setView({ measure: word })}
        />
        <Choice
          legend="Which pods"
          words={SIDES}
          chosen={by}
          labelOf={(word) => SIDE_LABELS[word] ?? word}
          onChoose={(word) => handle.setView({ level: word })}
        />
      </div>
      {data !== undefined && rows.length === 0 && (
        <p className={shared.note}>None in this scope: {labels(of)}.</p>
      )}
      {rows.length > 0 && data !== undefined && (
        <HeatMap
          title={`${labels(of)}, by ${by === "pod" ? "server" : "client"} pod`}
          unit="request"
          rows={rows}
          starts={bucketStarts(data.fromNs, data.toNs, data.bucketNs)}
          zone={zone}
          tone={TONES[of]}
          hrefOf={({ key }, start) =>
            flowsAddress(
              captureId,
              within(scope, BigInt(start), BigInt(start) + bucketNs),
              ...termsOf(JSON.parse(key) as L7Row["key"]),
            )
          }
        />
      )}
      {data !== undefined && data.folded.series > 0 && (
        <p className={shared.note}>
          And {formatQuantity(data.folded.series, "more pod")} with{" "}
          {formatQuantity(data.folded.requests, "request")}: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}
