"use client";

import { useState } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { KIND_LOOKS } from "@/components/ui/area-looks";
import { bucketStarts } from "@/components/ui/bucket-starts";
import { Button } from "@/components/ui/button";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { HeatMap, type HeatRow } from "@/components/ui/heat-map";
import { Link } from "@/components/ui/link";
import { type ChartSeries, SeriesChart } from "@/components/ui/series-chart";
import { useStored } from "@/components/ui/use-stored";
import type { DropRow, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";
import type { Scope } from "@/lib/scope/link";
import { BY_LABELS, bucketScope, DECIDED_LABELS, filterTerms, rowName } from "./drop-words";
import styles from "./drops-view.module.css";
import { othersOf } from "./others";
import { useDrops } from "./queries";

interface DropPicturesProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly by: DropsBy;
}

/** Rows that have a colour of their own; what else there is, is one more. */
const SERIES = KIND_LOOKS.length - 1;
const PODS = 6;
const MORE_PODS = 20;

/** Drops over time: stacked by what the table is grouped by, and by the pod that dropped. */
export function DropPictures({ captureId, scope, by }: DropPicturesProps) {
  const [zone] = useStored(ZONE);
  // Whatever page of the table is shown.
  const answer = useDrops(captureId, scope, by).data;
  const pods = useDrops(captureId, scope, "pod").data;
  if (scope.scope === undefined || answer === undefined) return <div className={styles.picturesToCome} />;
  return (
    <div className={styles.pictures}>
      <SeriesChart
        title={`Drops by ${BY_LABELS[by].toLowerCase()} over time`}
        unit="drop"
        series={seriesOf(captureId, scope.scope, by, answer)}
        bucketNs={answer.bucketNs}
        zone={zone}
        onBrush={scope.setRange}
      />
      {pods !== undefined && <PodsOverTime captureId={captureId} scope={scope.scope} pods={pods} />}
    </div>
  );
}

interface PodsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly pods: DropsAnswer;
}

/** The pods with most drops, what the others lost together, and the others themselves when they are asked for. */
function PodsOverTime({ captureId, scope, pods }: PodsProps) {
  const [zone] = useStored(ZONE);
  const [most, setMost] = useState(PODS);
  const starts = startsOf(pods);
  if (starts.length === 0) return null;
  const { shown, rows: others, drops, trend, parts } = othersOf("pod", pods, most);
  const heatRow = (filter: string, name: string, count: number, points: DropRow["trend"]): HeatRow => ({
    key: filter,
    name,
    label: <bdi>{name}</bdi>,
    total: <Link href={flowsAddress(captureId, scope, ...filterTerms(filter))}>{formatCount(count)}</Link>,
    points,
  });
  return (
    <div>
      <HeatMap
        title="Drops by pod over time"
        unit="drop"
        tone="bad"
        zone={zone}
        starts={starts}
        rows={[
          ...shown.map((row) => heatRow(row.filter, rowName(row, "pod"), row.drops, row.trend)),
          ...parts.map(({ filter }) => heatRow(filter, formatQuantity(others, "other pod"), drops, trend)),
        ]}
        hrefOf={({ key }, start) =>
          flowsAddress(captureId, bucketScope(scope, start, pods.bucketNs), ...filterTerms(key))
        }
      />
      {others > 0 && most < pods.rows.length && (
        <Button small look="quiet" onClick={() => setMost(most + MORE_PODS)}>
          Show {formatQuantity(Math.min(MORE_PODS, pods.rows.length - most), "more pod")}
        </Button>
      )}
      {most > PODS && (
        <Button small look="quiet" onClick={() => setMost(PODS)}>
          Show fewer pods
        </Button>
      )}
    </div>
  );
}

/** All buckets between the first and the last that hold a drop. */
function startsOf({ rows, folded, bucketNs }: DropsAnswer): string[] {
  const starts = [...rows, folded].flatMap(({ trend }) => trend.map(([start]) => BigInt(start)));
  const first = starts.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  const last = starts.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  if (first === undefined || last === undefined) return [];
  return bucketStarts(String(first), String(last + 1n), bucketNs);
}

function seriesOf(captureId: string, scope: Scope, by: DropsBy, answer: DropsAnswer): ChartSeries[] {
  const { shown, rows, trend, parts } = othersOf(by, answer, SERIES);
  const linkTo = (filter: string, label: string) => (
    <Link href={flowsAddress(captureId, scope, ...filterTerms(filter))}>
      <bdi>{label}</bdi>
    </Link>
  );
  const series = shown.map((row, at): ChartSeries => {
    const label = rowName(row, by);
    const look = KIND_LOOKS[at] ?? "six";
    return { key: row.filter, label, look, points: row.trend, legend: linkTo(row.filter, label) };
  });
  if (rows === 0) return series;
  const label = formatQuantity(rows, "other");
  const legend = parts.map(({ filter, decidedBy }, at) => (
    <span key={filter}>
      {at > 0 && ", "}
      {linkTo(
        filter,
        parts.length === 1 || decidedBy === null
          ? label
          : `${at === 0 ? `${label}: ` : ""}${DECIDED_LABELS[decidedBy]}`,
      )}
    </span>
  ));
  return [...series, { key: "others", label, look: "six", points: trend, legend }];
}
