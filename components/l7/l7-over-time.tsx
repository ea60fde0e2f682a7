"use client";

import { actorNames, actorOfRow } from "@/components/frame/actor-names";
import { RowsOverTime } from "@/components/frame/rows-over-time";
import type { RequestClass } from "@/lib/insight/request-class";
import type { L7Counts, L7TimelineOf } from "@/lib/questions/answers-l7";
import { podsTerms } from "@/lib/scope/request-terms";
import { CLASS_LABELS, countedOf, hasClientErrors } from "./l7-words";
import type { L7PartProps } from "./part";
import { useL7Timeline } from "./queries";

const BUCKETS = 60;
/** What there is to see first. */
const OF: readonly L7TimelineOf[] = ["server-error", "denied", "client-error", "no-answer", "all"];
const SIDES = ["pod", "client-pod"] as const;
const SIDE_LABELS = { pod: "By server pod", "client-pod": "By client pod" } as const;
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

interface L7OverTimeProps extends L7PartProps {
  readonly total: L7Counts;
  /** Records that cannot be paired are among them: those may name no pods. */
  readonly isAtMost: boolean;
}

/** Pods over time, by what went wrong. */
export function L7OverTime({ total, isAtMost, ...part }: L7OverTimeProps) {
  const { captureId, handle, protocol } = part;
  const asked = {
    of: OF.find((word) => word === handle.view.measure) ?? worstOf(total),
    by: SIDES.find((word) => word === handle.view.level) ?? "pod",
  };
  const { data, own } = useL7Timeline(captureId, handle, { protocol, ...asked, buckets: BUCKETS });
  const of = OF.find((word) => word === own?.of) ?? asked.of;
  const by = SIDES.find((word) => word === own?.by) ?? asked.by;
  const isKnown =
    of === "denied" || of === "no-answer"
      ? countedOf(of === "denied" ? of : "unanswered", total) !== null
      : true;
  const labelOf = (word: L7TimelineOf) => (word === "all" ? "all requests" : CLASS_LABELS[protocol][word]);
  const rows = data?.series.map(({ key, ...row }) => ({ ...row, key: actorOfRow(by, key) }));
  return (
    <RowsOverTime
      {...part}
      heading="Pods over time"
      of={{
        legend: "What is counted",
        words: hasClientErrors(protocol) ? OF : OF.filter((word) => word !== "client-error"),
        chosen: of,
        labelOf,
      }}
      {...(!isKnown && { whyNone: "Not knowable: the request says so, and none is in the log." })}
      by={{ legend: "Which pods", words: SIDES, chosen: by, labelOf: (word) => SIDE_LABELS[word] }}
      title={`${labelOf(of)}, ${SIDE_LABELS[by].toLowerCase()}`}
      unit="request"
      row={isAtMost ? "name" : "pod"}
      tone={TONES[of]}
      data={
        data &&
        rows && {
          ...{ ...data, rows },
          more: { rows: data.folded.series, total: data.folded.requests, points: data.folded.points },
        }
      }
      nameOf={actorNames(rows?.map(({ key }) => key) ?? [])}
      termsOf={(keys, isOthers) => podsTerms(protocol, of, by, keys, isOthers)}
    />
  );
}
