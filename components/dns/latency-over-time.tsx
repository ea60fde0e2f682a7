"use client";

import { type PointerEvent, useId, useRef, useState } from "react";
import { scopeQuery } from "@/components/frame/first-asks";
import { within } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { formatSecond, type Zone } from "@/components/ui/clock";
import { CountLink } from "@/components/ui/count-link";
import { Dialog } from "@/components/ui/dialog";
import figure from "@/components/ui/figure.module.css";
import { FigureHead } from "@/components/ui/figure-head";
import { formatQuantity, formatSpan } from "@/components/ui/format";
import tables from "@/components/ui/table.module.css";
import { AXIS_HEIGHT, TimeAxis } from "@/components/ui/time-axis";
import { instantAt, xOf } from "@/components/ui/time-scale";
import { useSize } from "@/components/ui/use-size";
import { useStored } from "@/components/ui/use-stored";
import { DNS_CELLS } from "@/lib/scope/dns-cells";
import { flowsOf } from "./dns-links";
import { latencyText } from "./dns-words";
import { lineOf, type OverTime, PERCENTILES, scaleOf, yOf } from "./latency-lines";
import styles from "./latency-over-time.module.css";

type Point = OverTime["points"][number];

interface LatencyOverTimeProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly overTime: OverTime;
}

const HEIGHT = 110;
const TITLE = "Latency over time";

/**
 * Percentiles over time as lines: they are no counts, so they are not stacked. The table beside has the answers behind each
 * step, with a link to their flows.
 */
export function LatencyOverTime({ captureId, scope, overTime }: LatencyOverTimeProps) {
  const id = useId();
  const [zone] = useStored(ZONE);
  const plot = useRef<HTMLDivElement>(null);
  const { width } = useSize(plot);
  const [pointed, setPointed] = useState<Point>();
  const [isTable, setIsTable] = useState(false);
  const { points, fromNs, toNs } = overTime;
  const step = BigInt(overTime.stepNs);
  const slowest = slowestOf(points);
  if (slowest === undefined || fromNs === null || toNs === null) return null;
  const window = { from: BigInt(fromNs), to: BigInt(toNs) };
  const scale = scaleOf(points);
  const onPointerMove = (event: PointerEvent) => {
    const at = instantAt(event.clientX - (plot.current?.getBoundingClientRect().left ?? 0), window, width);
    setPointed(points.find(({ startNs }) => BigInt(startNs) <= at && at < BigInt(startNs) + step));
  };
  const powers = Array.from({ length: scale.most - scale.least + 1 }, (_, at) => scale.least + at);
  return (
    <figure className={figure.figure} aria-labelledby={`${id}-title`}>
      <FigureHead
        id={`${id}-title`}
        title={TITLE}
        readout={pointed ? readout(pointed, zone) : `Slowest at ${readout(slowest, zone)}`}
        onTable={() => setIsTable(true)}
      />
      <div ref={plot} className={styles.plot}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`${TITLE}, slowest at ${readout(slowest, zone)}`}
            width={width}
            height={HEIGHT + AXIS_HEIGHT}
            onPointerMove={onPointerMove}
            onPointerLeave={() => setPointed(undefined)}
          >
            {powers.map((power) => (
              <line
                key={power}
                className={styles.grid}
                x2={width}
                y1={yOf(10 ** power, scale, HEIGHT) + 0.5}
                y2={yOf(10 ** power, scale, HEIGHT) + 0.5}
              />
            ))}
            {PERCENTILES.map((name) => (
              <path
                key={name}
                className={`${styles.line} ${styles[name]}`}
                d={lineOf(overTime, name, window, { width, height: HEIGHT, scale })}
              />
            ))}
            {powers.map((power) => (
              // Below its line; the lowest has the axis there.
              <text
                key={power}
                className={figure.most}
                x={2}
                y={yOf(10 ** power, scale, HEIGHT) + (power === scale.least ? -4 : 11)}
              >
                {formatSpan(BigInt(10 ** power))}
              </text>
            ))}
            {pointed && (
              <rect
                className={styles.pointed}
                x={xOf(BigInt(pointed.startNs), window, width)}
                width={Math.max(2, xOf(window.from + step, window, width))}
                height={HEIGHT}
              />
            )}
            <TimeAxis window={window} width={width} y={HEIGHT} zone={zone} />
          </svg>
        )}
      </div>
      <ul className={styles.legend}>
        {PERCENTILES.map((name) => (
          <li key={name}>
            <svg width={22} height={8} aria-hidden>
              <path className={`${styles.line} ${styles[name]}`} d="M0 4H22" />
            </svg>
            {name}
          </li>
        ))}
        <li>each over {formatSpan(step)}, by when the question was asked</li>
      </ul>
      <Dialog open={isTable} onClose={() => setIsTable(false)} title={TITLE} wide>
        <PointsTable {...{ captureId, scope, overTime, zone }} />
      </Dialog>
    </figure>
  );
}

function PointsTable({
  captureId,
  scope,
  overTime: { points, stepNs },
  zone,
}: LatencyOverTimeProps & { readonly zone: Zone }) {
  const hrefOf = (startNs: string): string | undefined => {
    if (scope.scope === undefined) return undefined;
    const start = BigInt(startNs);
    const query = scopeQuery(within(scope.scope, start, start + BigInt(stepNs)));
    return flowsOf({ captureId, query }, DNS_CELLS.samples);
  };
  return (
    <table className={tables.table}>
      <thead>
        <tr>
          <th scope="col">Asked from</th>
          {[...PERCENTILES, "Answers"].map((label) => (
            <th key={label} scope="col" className={tables.number}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map(({ startNs, latencyNs }) => (
          <tr key={startNs}>
            <th scope="row">{formatSecond(BigInt(startNs), zone)}</th>
            {PERCENTILES.map((name) => (
              <td key={name} className={tables.number}>
                {latencyText(latencyNs[name])}
              </td>
            ))}
            <td className={tables.number}>
              <CountLink count={latencyNs.samples} href={hrefOf(startNs)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function slowestOf(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>(
    (worse, point) =>
      worse === undefined || Number(point.latencyNs.p99) > Number(worse.latencyNs.p99) ? point : worse,
    undefined,
  );
}

function readout({ startNs, latencyNs }: Point, zone: Zone): string {
  const parts = PERCENTILES.map((name) => `${name} ${latencyText(latencyNs[name])}`);
  return `${formatSecond(BigInt(startNs), zone)}: ${parts.join(", ")} of ${formatQuantity(latencyNs.samples, "answer")}`;
}
