"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import type { AreaLook } from "@/components/ui/area-looks";
import { formatCount, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { type ChartSeries, SeriesChart } from "@/components/ui/series-chart";
import type { TimeWindow } from "@/components/ui/time-scale";
import { useStored } from "@/components/ui/use-stored";
import shared from "@/components/ui/view.module.css";
import type { RequestClass } from "@/lib/insight/request-class";
import type { L7Counts, L7TimelineAnswer } from "@/lib/questions/answers-l7";
import { rowTerms } from "@/lib/scope/request-terms";
import { ErrorRate, type RatePoint } from "./error-rate";
import styles from "./l7-view.module.css";
import { CLASS_LABELS } from "./l7-words";
import type { L7PartProps } from "./part";
import { useL7Timeline } from "./queries";

const BUCKETS = 120;

const LOOKS: Readonly<Record<RequestClass, AreaLook>> = {
  ok: "good",
  unpaired: "calm",
  open: "calm",
  "no-answer": "four",
  "client-error": "warn",
  "server-error": "bad",
  denied: "two",
};

/** Requests over time by what became of them, and the share of them that failed. */
export function L7Series({ total, ...part }: L7PartProps & { readonly total: L7Counts }) {
  const { captureId, handle, scope, protocol } = part;
  const [zone] = useStored(ZONE);
  const { data } = useL7Timeline(captureId, handle, { protocol, by: "class", of: "all", buckets: BUCKETS });
  if (data === undefined) return <div className={styles.chartRoom} />;
  const series = data.series.flatMap(({ key, points, total: count }): ChartSeries[] => {
    const name = key.class;
    if (name === undefined) return [];
    const label = CLASS_LABELS[protocol][name];
    const terms = rowTerms(protocol, key) ?? [];
    return [
      {
        ...{ key: name, label, look: LOOKS[name], points },
        legend: (
          <Link href={flowsAddress(captureId, scope, ...terms)}>
            {label} {formatCount(count)}
          </Link>
        ),
      },
    ];
  });
  const window = windowOf(data);
  const width = formatSpan(BigInt(data.bucketNs));
  const untimed = data.series.reduce((sum, one) => sum + one.untimed, 0);
  return (
    <div className={styles.charts}>
      <SeriesChart
        title={`Requests per ${width}${total.answersOnly > 0 ? ", answers without their request included" : ""}`}
        unit="request"
        series={series}
        bucketNs={data.bucketNs}
        window={window}
        zone={zone}
        onBrush={handle.setRange}
      />
      {total.errors > 0 && (
        <ErrorRate points={ratesOf(data)} bucketNs={data.bucketNs} window={window} zone={zone} />
      )}
      {untimed > 0 && (
        <p className={shared.note}>{formatCount(untimed)} of them have no time and are not drawn.</p>
      )}
    </div>
  );
}

function windowOf({ fromNs, toNs }: L7TimelineAnswer): TimeWindow | undefined {
  return fromNs === null || toNs === null ? undefined : { from: BigInt(fromNs), to: BigInt(toNs) };
}

const ERRORS: ReadonlySet<RequestClass | undefined> = new Set(["server-error", "denied"]);

function ratesOf({ series }: L7TimelineAnswer): RatePoint[] {
  const counts = new Map<string, { requests: number; errors: number }>();
  for (const { key, points } of series) {
    for (const [start, n] of points) {
      const count = counts.get(start) ?? { requests: 0, errors: 0 };
      count.requests += n;
      if (ERRORS.has(key.class)) count.errors += n;
      counts.set(start, count);
    }
  }
  return [...counts]
    .map(([start, count]) => ({ startNs: BigInt(start), ...count }))
    .sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
}
