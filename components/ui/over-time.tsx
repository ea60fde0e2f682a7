"use client";

import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";
import { type AreaLook, KIND_LOOKS } from "./area-looks";
import { bucketStarts } from "./bucket-starts";
import { Choice } from "./choice";
import { formatSecond, type Zone } from "./clock";
import { CountLink } from "./count-link";
import { formatCount, formatQuantity, formatSpan } from "./format";
import { HeatMap, type HeatRow } from "./heat-map";
import { type ChartSeries, SeriesChart } from "./series-chart";
import type { TimeWindow } from "./time-scale";
import shared from "./view.module.css";

export interface TimeRow {
  readonly key: string;
  readonly name: string;
  readonly total: number;
  readonly points: HeatRow["points"];
  /** Where not any will do: what the row means has a colour of its own. */
  readonly look?: AreaLook;
}

/** Rows beyond a limit, together. */
export interface MoreRows {
  readonly rows: number;
  readonly total: number;
  readonly points: HeatRow["points"];
}

interface OverTimeProps {
  /** "server error (5xx), by server pod". */
  readonly title: string;
  /** One of what is counted: "request". */
  readonly unit: string;
  /** One of the rows: "pod". */
  readonly row: string;
  /** Most first. */
  readonly rows: readonly TimeRow[];
  readonly more: MoreRows;
  readonly fromNs: string | null;
  readonly toNs: string | null;
  readonly bucketNs: string;
  readonly zone: Zone;
  readonly tone: "bad" | "warn" | "calm";
  readonly isStacked: boolean;
  readonly onStack: (isStacked: boolean) => void;
  /** Flows of these rows, in a bucket or at any time; turned round, of all others. */
  readonly hrefOf: (keys: readonly string[], startNs?: string, isOthers?: boolean) => string;
  readonly onBrush: (window: TimeWindow) => void;
}

const PICTURES = ["cells", "stacked"] as const;
const PICTURE_LABELS = { cells: "As cells", stacked: "Stacked" } as const;
/** Rows with a colour of their own; what else there is, is one more. */
const STACKED = KIND_LOOKS.length - 1;

/** Counts by row over time: as cells, one line each, or stacked. Every cell and every name leads to its flows. */
export function OverTime(props: OverTimeProps) {
  const { unit, row, rows, more, isStacked, onStack } = props;
  return (
    <>
      <div className={shared.bar}>
        <p className={shared.quiet}>{extent(props)}</p>
        <Choice
          legend="Picture"
          words={PICTURES}
          chosen={isStacked ? "stacked" : "cells"}
          labelOf={(word) => PICTURE_LABELS[word]}
          onChoose={(word) => onStack(word === "stacked")}
        />
      </div>
      {isStacked ? <Stacked {...props} /> : <Cells {...props} />}
      {more.rows > 0 && !isStacked && (
        <p className={shared.note}>
          And {formatQuantity(more.rows, `more ${row}`)} with{" "}
          <CountLink
            isInText
            count={more.total}
            href={props.hrefOf(
              rows.map(({ key }) => key),
              undefined,
              true,
            )}
          />{" "}
          {more.total === 1 ? unit : `${unit}s`}.
        </p>
      )}
    </>
  );
}

/** How many rows there are, between what they lie, and the most that came at once. */
function extent({ rows, more, row, unit, bucketNs, zone }: OverTimeProps): string {
  const [most, least] = [rows[0]?.total ?? 0, more.rows > 0 ? undefined : rows.at(-1)?.total];
  const parts = [formatQuantity(rows.length + more.rows, row)];
  if (rows.length > 1)
    parts.push(
      least === undefined
        ? `up to ${formatQuantity(most, unit)} each`
        : `${formatCount(least)} to ${formatQuantity(most, unit)} each`,
    );
  const peak = peakOf(rows);
  if (peak !== undefined)
    parts.push(
      `most at once ${formatCount(peak.count)} in ${formatSpan(BigInt(bucketNs))}: ${peak.name}, ${formatSecond(BigInt(peak.startNs), zone)}`,
    );
  return parts.join("; ");
}

function peakOf(rows: readonly TimeRow[]) {
  let peak: { readonly name: string; readonly startNs: string; readonly count: number } | undefined;
  for (const { name, points } of rows)
    for (const [startNs, count] of points)
      if (peak === undefined || count > peak.count) peak = { name, startNs, count };
  return peak;
}

function Cells({ title, unit, rows, fromNs, toNs, bucketNs, zone, tone, hrefOf }: OverTimeProps) {
  return (
    <HeatMap
      title={title}
      unit={unit}
      rows={rows.map(({ key, name, total, points }) => ({
        ...{ key, name, points },
        label: <bdi title={name}>{name}</bdi>,
        total: <CountLink count={total} href={hrefOf([key])} />,
      }))}
      starts={bucketStarts(fromNs, toNs, bucketNs)}
      zone={zone}
      tone={tone}
      hrefOf={({ key }, start) => hrefOf([key], start)}
    />
  );
}

function Stacked({
  title,
  unit,
  row,
  rows,
  more,
  fromNs,
  toNs,
  bucketNs,
  zone,
  hrefOf,
  onBrush,
}: OverTimeProps) {
  const [own, rest] = [rows.slice(0, STACKED), rows.slice(STACKED)];
  const legend = (href: string, name: string, total: number): ReactNode => (
    <Link href={href}>
      <bdi>{name}</bdi> {formatCount(total)}
    </Link>
  );
  const series = own.map(({ key, name, total, points, look }, at): ChartSeries => {
    const href = hrefOf([key]);
    return {
      key,
      points,
      label: name,
      look: look ?? KIND_LOOKS[at] ?? "six",
      legend: legend(href, name, total),
    };
  });
  const others = rest.length + more.rows;
  if (others > 0) {
    const name = formatQuantity(others, `other ${row}`);
    const total = rest.reduce((sum, one) => sum + one.total, more.total);
    const href = hrefOf(
      own.map(({ key }) => key),
      undefined,
      true,
    );
    const points = [...rest.map((one) => one.points), more.points].flat();
    series.push({ key: "others", points, label: name, look: "six", legend: legend(href, name, total) });
  }
  return (
    <SeriesChart
      title={title}
      unit={unit}
      series={series}
      bucketNs={bucketNs}
      window={fromNs === null || toNs === null ? undefined : { from: BigInt(fromNs), to: BigInt(toNs) }}
      zone={zone}
      onBrush={onBrush}
    />
  );
}
