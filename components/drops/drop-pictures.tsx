"use client";

import Link from "next/link";
import { flowsAddress } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { KIND_LOOKS } from "@/components/ui/area-looks";
import { formatCount } from "@/components/ui/format";
import { HeatMap } from "@/components/ui/heat-map";
import { type ChartSeries, SeriesChart } from "@/components/ui/series-chart";
import { useStored } from "@/components/ui/use-stored";
import type { DropRow, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";
import type { Scope } from "@/lib/scope/link";
import { BY_LABELS, bucketScope, rowName, rowTerms } from "./drop-words";
import styles from "./drops-view.module.css";
import { useDrops } from "./queries";

interface DropPicturesProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly by: DropsBy;
  readonly answer: DropsAnswer;
}

/** Rows that have a colour of their own; what else there is, is one more. */
const SERIES = KIND_LOOKS.length - 1;
const PODS = 6;

/** Drops over time: stacked by what the table is grouped by, and by the pod that dropped. */
export function DropPictures({ captureId, scope, by, answer }: DropPicturesProps) {
  const [zone] = useStored(ZONE);
  const pods = useDrops(captureId, scope, "pod").data;
  if (scope.scope === undefined) return null;
  const shown = scope.scope;
  const starts = pods === undefined ? [] : startsOf(pods);
  return (
    <div className={styles.pictures}>
      <SeriesChart
        title={`Drops by ${BY_LABELS[by].toLowerCase()} over time`}
        unit="drop"
        series={seriesOf(captureId, shown, by, answer)}
        bucketNs={answer.bucketNs}
        zone={zone}
        onBrush={scope.setRange}
      />
      {pods !== undefined && starts.length > 0 && (
        <HeatMap
          title="Drops by pod over time"
          unit="drop"
          tone="bad"
          zone={zone}
          starts={starts}
          rows={pods.rows.slice(0, PODS).map((row) => ({
            key: row.filter,
            name: rowName(row, "pod"),
            label: <bdi>{rowName(row, "pod")}</bdi>,
            total: (
              <Link href={flowsAddress(captureId, shown, ...rowTerms(row))}>{formatCount(row.drops)}</Link>
            ),
            points: row.trend,
          }))}
          hrefOf={(row, start) =>
            flowsAddress(
              captureId,
              bucketScope(shown, start, pods.bucketNs),
              ...rowTerms({ filter: row.key }),
            )
          }
        />
      )}
    </div>
  );
}

/** All buckets between the first and the last that hold a drop. */
function startsOf({ rows, bucketNs }: DropsAnswer): string[] {
  const starts = rows.flatMap(({ trend }) => trend.map(([start]) => BigInt(start)));
  const first = starts.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  const last = starts.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  if (first === undefined || last === undefined) return [];
  const width = BigInt(bucketNs);
  return Array.from({ length: Number((last - first) / width) + 1 }, (_, at) =>
    String(first + BigInt(at) * width),
  );
}

function seriesOf(captureId: string, scope: Scope, by: DropsBy, { rows }: DropsAnswer): ChartSeries[] {
  const largest = [...rows].sort((a, b) => b.drops - a.drops);
  const [shown, others] = [largest.slice(0, SERIES), largest.slice(SERIES)];
  const series = shown.map((row, at): ChartSeries => {
    const label = rowName(row, by);
    return {
      key: row.filter,
      label,
      look: KIND_LOOKS[at] ?? "six",
      points: row.trend,
      legend: (
        <Link href={flowsAddress(captureId, scope, ...rowTerms(row))}>
          <bdi>{label}</bdi>
        </Link>
      ),
    };
  });
  return others.length === 0
    ? series
    : [
        ...series,
        { key: "others", label: `${formatCount(others.length)} others`, look: "six", points: sumOf(others) },
      ];
}

function sumOf(rows: readonly DropRow[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { trend } of rows)
    for (const [start, count] of trend) sums.set(start, (sums.get(start) ?? 0) + count);
  return [...sums];
}
