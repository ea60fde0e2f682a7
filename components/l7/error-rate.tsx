"use client";

import { type PointerEvent, useRef, useState } from "react";
import { formatSecond, type Zone } from "@/components/ui/clock";
import figure from "@/components/ui/figure.module.css";
import { formatCount, formatQuantity, formatShare } from "@/components/ui/format";
import { AXIS_HEIGHT, TimeAxis } from "@/components/ui/time-axis";
import { instantAt, type TimeWindow, xOf } from "@/components/ui/time-scale";
import { useSize } from "@/components/ui/use-size";
import styles from "./error-rate.module.css";

export interface RatePoint {
  readonly startNs: bigint;
  readonly requests: number;
  readonly errors: number;
}

interface ErrorRateProps {
  readonly points: readonly RatePoint[];
  readonly bucketNs: string;
  readonly window: TimeWindow | undefined;
  readonly zone: Zone;
}

const HEIGHT = 48;
/** A share of fewer requests is drawn faintly: one error of one is no trend. */
const ENOUGH = 10;

/**
 * Errors as a share of requests over time. A bucket without requests has no share and draws nothing; the table of the
 * picture above has the counts.
 */
export function ErrorRate({ points, bucketNs, window: given, zone }: ErrorRateProps) {
  const plot = useRef<HTMLDivElement>(null);
  const { width } = useSize(plot);
  const [pointed, setPointed] = useState<RatePoint>();
  const step = BigInt(bucketNs);
  const last = points.at(-1);
  const window = given ?? { from: points[0]?.startNs ?? 0n, to: (last?.startNs ?? 0n) + step };
  const most = Math.max(0, ...points.map(shareOf));
  const top = most === 0 ? 1 : Math.min(1, Math.ceil(most * 20) / 20);
  const [telling, few] = [points.filter(isTelling), points.filter((point) => !isTelling(point))];
  const worst = worstOf(telling) ?? worstOf(few);
  const onPointerMove = (event: PointerEvent) => {
    const x = event.clientX - (plot.current?.getBoundingClientRect().left ?? 0);
    const at = instantAt(x, window, width);
    setPointed(points.find(({ startNs }) => startNs <= at && at < startNs + step));
  };
  const shown = pointed ?? worst;
  return (
    <figure className={figure.figure}>
      <figcaption className={figure.head}>
        <h3 className={figure.title}>Share of errors (faint: of fewer than {ENOUGH} requests)</h3>
        <span className={figure.readout}>
          {shown && `${pointed === undefined && shown.errors > 0 ? "Most at " : ""}${readout(shown, zone)}`}
        </span>
      </figcaption>
      <div ref={plot} className={styles.plot}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={
              worst === undefined
                ? "No requests with a time."
                : `Share of errors over time, most at ${readout(worst, zone)}`
            }
            width={width}
            height={HEIGHT + AXIS_HEIGHT}
            onPointerMove={onPointerMove}
            onPointerLeave={() => setPointed(undefined)}
          >
            {points.map((point) => {
              const { startNs, requests, errors } = point;
              const [left, right] = [xOf(startNs, window, width), xOf(startNs + step, window, width)];
              const height = (errors / requests / top) * HEIGHT;
              return (
                <rect
                  key={String(startNs)}
                  className={errors === 0 ? styles.none : isTelling(point) ? styles.share : styles.few}
                  x={left}
                  width={Math.max(1, right - left - 0.5)}
                  y={HEIGHT - Math.max(errors === 0 ? 1 : 2, height)}
                  height={Math.max(errors === 0 ? 1 : 2, height)}
                />
              );
            })}
            <TimeAxis window={window} width={width} y={HEIGHT} zone={zone} />
            <text className={figure.most} x={2} y={10}>
              {Math.round(top * 100)} %
            </text>
          </svg>
        )}
      </div>
    </figure>
  );
}

const shareOf = ({ requests, errors }: RatePoint): number => errors / requests;

const isTelling = ({ requests }: RatePoint): boolean => requests >= ENOUGH;

function worstOf(points: readonly RatePoint[]): RatePoint | undefined {
  return points.reduce<RatePoint | undefined>(
    (worse, point) => (worse === undefined || shareOf(point) > shareOf(worse) ? point : worse),
    undefined,
  );
}

function readout({ startNs, requests, errors }: RatePoint, zone: Zone): string {
  return `${formatSecond(startNs, zone)}: ${formatShare(errors, requests)}, ${formatQuantity(errors, "error")} of ${formatCount(requests)}`;
}
