"use client";

import { type PointerEvent, type ReactNode, useId, useRef, useState } from "react";
import { type AreaLook, areaClass, Hatches, hatchFill, Swatch } from "./area-looks";
import { formatSecond, type Zone } from "./clock";
import { Dialog } from "./dialog";
import figure from "./figure.module.css";
import { FigureHead } from "./figure-head";
import { formatCount, formatQuantity } from "./format";
import styles from "./series-chart.module.css";
import { type SeriesPoints, type Stack, stackOutlines, toStacks } from "./series-shapes";
import tables from "./table.module.css";
import { AXIS_HEIGHT, TimeAxis } from "./time-axis";
import { axisTop, instantAt, snap, type TimeWindow, xOf } from "./time-scale";
import { useSize } from "./use-size";

export interface ChartSeries extends SeriesPoints {
  readonly label: string;
  readonly look: AreaLook;
  /** Stands in the legend instead of the label, for example a link to the flows behind the series. */
  readonly legend?: ReactNode;
}

interface SeriesChartProps {
  /** What is counted, as a heading: "DNS errors over time". */
  readonly title: string;
  /** One of what is counted: "error". */
  readonly unit: string;
  /** Several of them, where an s does not make it: "queries". */
  readonly units?: string;
  /** The first stands at the bottom. */
  readonly series: readonly ChartSeries[];
  readonly bucketNs: string;
  /** Absent: from the first bucket to the last. */
  readonly window?: TimeWindow;
  readonly zone: Zone;
  /** Given: a stretch drawn with the pointer, widened to whole buckets. */
  readonly onBrush?: (window: TimeWindow) => void;
  /** Of its title: one below what it stands in. */
  readonly heading?: "h2" | "h3";
  /** The series are still to come: nothing is said about them. */
  readonly isLoading?: boolean;
}

const HEIGHT = 96;
/** Room above the bars for the word that says how high the picture is. */
const SCALE_HEIGHT = 14;
/** A press that moves less is no brush. */
const LEAST_BRUSH = 4;

/** Counts over time, stacked, with a legend and the same numbers as a table. */
export function SeriesChart({
  title,
  unit: one,
  units = `${one}s`,
  series,
  bucketNs,
  window: given,
  zone,
  onBrush,
  heading = "h2",
  isLoading = false,
}: SeriesChartProps) {
  const id = useId();
  const plot = useRef<HTMLDivElement>(null);
  const { width } = useSize(plot);
  const [pointed, setPointed] = useState<Stack>();
  const [brush, setBrush] = useState<{ readonly from: number; readonly to: number }>();
  const [isTable, setIsTable] = useState(false);
  const quantity = (count: number) => formatQuantity(count, one, units);
  const stacks = toStacks(series, BigInt(bucketNs));
  const window = given ?? spanOf(stacks);
  const most = axisTop(Math.max(0, ...stacks.map(({ total }) => total)));
  const keys = series.map(({ key }) => key);
  const paths = stackOutlines(stacks, keys, window, { width, height: HEIGHT, most });
  const placeOf = (event: PointerEvent) => event.clientX - (plot.current?.getBoundingClientRect().left ?? 0);
  const onPointerMove = (event: PointerEvent) => {
    const x = placeOf(event);
    if (brush !== undefined) setBrush({ ...brush, to: x });
    const at = instantAt(x, window, width);
    setPointed(stacks.find(({ from, to }) => from <= at && at < to));
  };
  const onPointerUp = () => {
    setBrush(undefined);
    if (brush === undefined || Math.abs(brush.to - brush.from) < LEAST_BRUSH) return;
    const [left, right] = [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)];
    onBrush?.(snap(instantAt(left, window, width), instantAt(right, window, width), BigInt(bucketNs)));
  };
  return (
    <figure className={figure.figure} aria-labelledby={`${id}-title`}>
      <FigureHead
        id={`${id}-title`}
        title={title}
        heading={heading}
        readout={pointed && readout(pointed, series, quantity, zone)}
        onTable={stacks.length === 0 ? undefined : () => setIsTable(true)}
      />
      <div ref={plot} className={styles.plot}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={isLoading ? `${title}: counting.` : summary(title, stacks, quantity, zone)}
            className={styles.picture}
            data-brush={onBrush !== undefined}
            width={width}
            height={SCALE_HEIGHT + HEIGHT + AXIS_HEIGHT}
            onPointerDown={(event) => {
              if (onBrush === undefined || event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              setBrush({ from: placeOf(event), to: placeOf(event) });
            }}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={() => setBrush(undefined)}
            onPointerLeave={() => setPointed(undefined)}
          >
            <Hatches id={id} looks={series.map(({ look }) => look)} />
            <g transform={`translate(0 ${SCALE_HEIGHT})`}>
              {series.map(({ key, look }) => {
                const path = paths.get(key);
                if (path === undefined) return null;
                return (
                  <g key={key} className={areaClass(look)}>
                    <path d={path} />
                    <path d={path} fill={hatchFill(id, look)} />
                  </g>
                );
              })}
              {pointed && (
                <rect
                  className={styles.pointed}
                  x={xOf(pointed.from, window, width)}
                  y={0}
                  width={Math.max(2, xOf(pointed.to, window, width) - xOf(pointed.from, window, width))}
                  height={HEIGHT}
                />
              )}
              {(given !== undefined || stacks.length > 0) && (
                <TimeAxis window={window} width={width} y={HEIGHT} zone={zone} />
              )}
            </g>
            <text
              className={figure.most}
              x={stacks.length > 0 ? 2 : width / 2}
              y={stacks.length > 0 ? 10 : SCALE_HEIGHT + HEIGHT / 2}
            >
              {stacks.length > 0 ? quantity(most) : isLoading ? "Counting …" : "None in the scope"}
            </text>
            {brush && (
              <rect
                className={styles.brush}
                x={Math.min(brush.from, brush.to)}
                y={SCALE_HEIGHT}
                width={Math.abs(brush.to - brush.from)}
                height={HEIGHT}
              />
            )}
          </svg>
        )}
      </div>
      <ul className={styles.legend}>
        {series.map(({ key, label, look, legend }) => (
          <li key={key} className={styles.entry}>
            <Swatch id={id} look={look} />
            {legend ?? label}
          </li>
        ))}
      </ul>
      <Dialog open={isTable} onClose={() => setIsTable(false)} title={title} wide>
        <SeriesTable stacks={stacks} series={series} zone={zone} />
      </Dialog>
    </figure>
  );
}

interface SeriesTableProps {
  readonly stacks: readonly Stack[];
  readonly series: readonly ChartSeries[];
  readonly zone: Zone;
}

function SeriesTable({ stacks, series, zone }: SeriesTableProps) {
  return (
    <table className={tables.table}>
      <thead>
        <tr>
          <th scope="col">From</th>
          {series.map(({ key, label }) => (
            <th key={key} scope="col" className={tables.number}>
              {label}
            </th>
          ))}
          <th scope="col" className={tables.number}>
            All
          </th>
        </tr>
      </thead>
      <tbody>
        {stacks.map((stack) => (
          <tr key={String(stack.from)}>
            <th scope="row">{formatSecond(stack.from, zone)}</th>
            {series.map(({ key }) => (
              <td key={key} className={tables.number}>
                {formatCount(stack.byKey.get(key) ?? 0)}
              </td>
            ))}
            <td className={tables.number}>{formatCount(stack.total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function spanOf(stacks: readonly Stack[]): TimeWindow {
  return { from: stacks[0]?.from ?? 0n, to: stacks.at(-1)?.to ?? 1n };
}

type Quantity = (count: number) => string;

function readout(stack: Stack, series: readonly ChartSeries[], quantity: Quantity, zone: Zone): string {
  const parts = series.flatMap(({ key, label }) => {
    const count = stack.byKey.get(key) ?? 0;
    return count === 0 ? [] : [`${label} ${formatCount(count)}`];
  });
  return `${formatSecond(stack.from, zone)}: ${quantity(stack.total)} (${parts.join(", ")})`;
}

function summary(title: string, stacks: readonly Stack[], quantity: Quantity, zone: Zone): string {
  const fullest = stacks.reduce<Stack | undefined>(
    (best, stack) => (best === undefined || stack.total > best.total ? stack : best),
    undefined,
  );
  if (fullest === undefined) return `${title}: none in the scope.`;
  const total = stacks.reduce((sum, stack) => sum + stack.total, 0);
  return `${title}: ${quantity(total)}, most at ${formatSecond(fullest.from, zone)} with ${formatCount(fullest.total)}.`;
}
