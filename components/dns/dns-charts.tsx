"use client";

import { ZONE } from "@/components/frame/preferences";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type { AreaLook } from "@/components/ui/area-looks";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { SeriesChart } from "@/components/ui/series-chart";
import { useStored } from "@/components/ui/use-stored";
import type { DnsSeriesAnswer } from "@/lib/questions/dns-answers";
import { flowsOf, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { seriesLabel } from "./dns-words";
import { useDnsSeries } from "./queries";

const LOOKS: Readonly<Record<string, AreaLook>> = {
  answered: "good",
  NOERROR: "good",
  unanswered: "bad",
  refused: "warn",
  open: "calm",
  unpaired: "calm",
  NODATA: "one",
  "search-list": "calm",
  NXDOMAIN: "warn",
  SERVFAIL: "bad",
  REFUSED: "three",
  unknown: "two",
};

/** Questions and answers over time, side by side where there is room. */
export function DnsCharts({ captureId, scope }: { readonly captureId: string; readonly scope: ScopeHandle }) {
  const { data } = useDnsSeries(captureId, scope);
  const [zone] = useStored(ZONE);
  const window =
    data === undefined || data.fromNs === null || data.toNs === null
      ? undefined
      : { from: BigInt(data.fromNs), to: BigInt(data.toNs) };
  const chart = (
    title: string,
    [unit, units]: readonly [string, string],
    series: DnsSeriesAnswer["queries"],
  ) => (
    <SeriesChart
      title={title}
      unit={unit}
      units={units}
      isLoading={data === undefined}
      series={series.map((one) => toSeries({ captureId, query: scope.query }, one))}
      bucketNs={data?.bucketNs ?? "1000000000"}
      window={window}
      zone={zone}
      onBrush={scope.setRange}
    />
  );
  return (
    <div className={styles.charts}>
      {/* A log of answers alone has one chart. */}
      {data?.queries.length !== 0 &&
        chart("Queries by what became of them", ["query", "queries"], data?.queries ?? [])}
      {chart("Responses by what they say", ["response", "responses"], data?.responses ?? [])}
    </div>
  );
}

function toSeries(place: Place, { key, filter, total, points }: DnsSeriesAnswer["queries"][number]) {
  const label = seriesLabel(key);
  return {
    key,
    label,
    look: LOOKS[key] ?? "four",
    points,
    legend: (
      <>
        {label} <Link href={flowsOf(place, filter)}>{formatCount(total)}</Link>
      </>
    ),
  };
}
