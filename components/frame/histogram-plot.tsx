"use client";

import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from "react";
import type { Zone } from "@/components/ui/clock";
import { formatQuantity } from "@/components/ui/format";
import { AXIS_HEIGHT, TimeAxis } from "@/components/ui/time-axis";
import { axisTop, instantAt, snap, type TimeWindow, xOf } from "@/components/ui/time-scale";
import type { TimelineAnswer } from "@/lib/questions/answers";
import styles from "./histogram.module.css";
import { type Bars, type Bucket, outlines } from "./histogram-scale";
import type { RangeMove } from "./range";
import type { TimeMark } from "./time-mark";
import { TONES } from "./verdicts";

interface HistogramPlotProps {
  readonly answer: TimelineAnswer;
  readonly bars: Bars;
  readonly window: TimeWindow;
  readonly width: number;
  readonly zone: Zone;
  /** The bars are those of the scope before; the new ones are on their way. */
  readonly isStale: boolean;
  readonly summary: string;
  readonly mark: TimeMark | undefined;
  readonly onMove: (by: RangeMove, step?: "push" | "replace") => void;
  readonly onBrush: (window: TimeWindow) => void;
  /** What the pointer is on: a bar, or while brushing the stretch. */
  readonly onPoint: (pointed: Bucket | TimeWindow | undefined) => void;
}

/** Places in pixels, in the order in which they were brushed. */
interface Brush {
  readonly from: number;
  readonly to: number;
}

const HEIGHT = 64;
/** Room above the bars for the word that says how high the picture is. */
const SCALE_HEIGHT = 12;
/** A press that moves less is no brush. */
const LEAST_BRUSH = 4;

export function HistogramPlot(props: HistogramPlotProps) {
  const { answer, bars, window, width, onPoint } = props;
  const id = useId();
  const frame = useRef<SVGSVGElement>(null);
  const [brush, setBrush] = useState<Brush>();
  const scaled = { ...bars, most: axisTop(bars.most) };
  const paths = outlines(scaled, window, { width, height: HEIGHT - SCALE_HEIGHT });

  const placeOf = (event: PointerEvent) => event.clientX - (frame.current?.getBoundingClientRect().left ?? 0);
  const stretchOf = ({ from, to }: Brush): TimeWindow => {
    const [left, right] = from < to ? [from, to] : [to, from];
    return snap(instantAt(left, window, width), instantAt(right, window, width), BigInt(answer.bucketNs));
  };
  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setBrush({ from: placeOf(event), to: placeOf(event) });
  };
  const onPointerMove = (event: PointerEvent) => {
    const x = placeOf(event);
    if (brush) {
      setBrush({ ...brush, to: x });
      onPoint(stretchOf({ ...brush, to: x }));
      return;
    }
    const at = instantAt(x, window, width);
    onPoint(bars.buckets.find(({ from, to }) => from <= at && at < to));
  };
  const onPointerUp = () => {
    setBrush(undefined);
    if (!brush || Math.abs(brush.to - brush.from) < LEAST_BRUSH) return;
    onPoint(undefined);
    props.onBrush(stretchOf(brush));
  };
  return (
    // A picture that is worked by pointer and keys has no role of its own; the label says what the keys do.
    // biome-ignore lint/a11y/useSemanticElements: svg cannot be a fieldset
    <svg
      ref={frame}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the time range is changed by keys here
      tabIndex={0}
      aria-label={`${props.summary} Arrow keys move the time range, plus and minus zoom, Escape shows the whole capture.`}
      className={styles.picture}
      data-stale={props.isStale}
      width={width}
      height={HEIGHT + AXIS_HEIGHT}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setBrush(undefined)}
      onPointerLeave={() => onPoint(undefined)}
      onKeyDown={(event) => {
        setBrush(undefined);
        onKey(event, props);
      }}
    >
      <Patterns id={id} />
      <Gaps answer={answer} window={window} width={width} id={id} />
      {TONES.map((tone) => {
        const path = paths.get(tone);
        if (path === undefined) return null;
        return (
          <g key={tone} className={styles[tone]} transform={`translate(0 ${SCALE_HEIGHT})`}>
            <path d={path} />
            {tone !== "good" && <path d={path} fill={`url(#${id}-${tone})`} />}
          </g>
        );
      })}
      <TimeAxis window={window} width={width} y={HEIGHT} zone={props.zone} />
      {bars.most > 0 && (
        <text className={styles.most} x={2} y={10}>
          {formatQuantity(scaled.most, "event")}
        </text>
      )}
      {bars.most === 0 && (
        <text className={styles.most} x={width / 2} y={HEIGHT / 2} textAnchor="middle">
          No events in the scope
        </text>
      )}
      {props.mark && <Mark mark={props.mark} window={window} width={width} />}
      {brush && (
        <rect
          className={styles.brush}
          x={Math.min(brush.from, brush.to)}
          y={0}
          width={Math.abs(brush.to - brush.from)}
          height={HEIGHT}
        />
      )}
    </svg>
  );
}

interface MarkProps {
  readonly mark: TimeMark;
  readonly window: TimeWindow;
  readonly width: number;
}

/** Room that the words of a mark need, and that the word at the left has. */
const MARK_WIDTH = 150;
const SCALE_WIDTH = 84;

/** A line through the bars, with its words above them. */
function Mark({ mark, window, width }: MarkProps) {
  if (mark.at < window.from || mark.at >= window.to) return null;
  const x = xOf(mark.at, window, width);
  const isLate = x > width - MARK_WIDTH;
  return (
    <g className={styles.mark}>
      <line x1={x} x2={x} y1={0} y2={HEIGHT} />
      <text x={isLate ? x - 5 : Math.max(x + 5, SCALE_WIDTH)} y={10} textAnchor={isLate ? "end" : "start"}>
        {mark.says}
      </text>
    </g>
  );
}

const KEY_MOVES: ReadonlyMap<string, RangeMove> = new Map([
  ["ArrowLeft", "earlier"],
  ["ArrowRight", "later"],
  ["+", "in"],
  ["=", "in"],
  ["-", "out"],
  ["Escape", "whole"],
]);

function onKey(event: KeyboardEvent, { onMove }: HistogramPlotProps): void {
  const move = KEY_MOVES.get(event.key);
  if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  // Holding a key down is one step of the history, not fifty.
  onMove(move, event.repeat ? "replace" : "push");
}

function Patterns({ id }: { readonly id: string }) {
  const common = { patternUnits: "userSpaceOnUse", width: 5, height: 5 } as const;
  return (
    <defs>
      <pattern id={`${id}-bad`} {...common} patternTransform="rotate(45)">
        <line className={styles.hatch} x1={0} y1={0} x2={0} y2={5} />
      </pattern>
      <pattern id={`${id}-warn`} {...common}>
        <line className={styles.hatch} x1={0} y1={1} x2={5} y2={1} />
      </pattern>
      <pattern id={`${id}-calm`} {...common}>
        <circle className={styles.dot} cx={2} cy={2} r={0.9} />
      </pattern>
      <pattern
        id={`${id}-gap`}
        patternUnits="userSpaceOnUse"
        width={6}
        height={6}
        patternTransform="rotate(-45)"
      >
        <line className={styles.gapHatch} x1={0} y1={0} x2={0} y2={6} />
      </pattern>
    </defs>
  );
}

interface GapsProps {
  readonly answer: TimelineAnswer;
  readonly window: TimeWindow;
  readonly width: number;
  readonly id: string;
}

/** Stretches in which events were lost: the picture must not look as if nothing happened there. */
function Gaps({ answer, window, width, id }: GapsProps) {
  return answer.gaps.map((gap) => {
    const left = Math.max(0, xOf(BigInt(gap.fromNs), window, width));
    const right = Math.min(width, xOf(BigInt(gap.toNs), window, width));
    if (right < 0 || left > width) return null;
    return (
      <rect
        key={`${gap.fromNs} ${gap.node}`}
        x={left}
        y={0}
        width={Math.max(3, right - left)}
        height={HEIGHT}
        fill={`url(#${id}-gap)`}
      >
        <title>{gapText(gap)}</title>
      </rect>
    );
  });
}

export function gapText({ lost, node, reason }: TimelineAnswer["gaps"][number]): string {
  const where = node === null ? "" : ` on ${node}`;
  return `${lost > 0 ? `${formatQuantity(lost, "event")} lost` : "Events lost"}${where}: ${reason}`;
}
