"use client";

import { ChevronLeft, ChevronRight, Maximize2, Table2, ZoomIn, ZoomOut } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { classes } from "@/components/ui/classes";
import { formatRange, formatSecond, type Zone } from "@/components/ui/clock";
import { formatCount, formatQuantity, formatSpan } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { Link } from "@/components/ui/link";
import type { TimeWindow } from "@/components/ui/time-scale";
import { useMounted } from "@/components/ui/use-mounted";
import { useSize } from "@/components/ui/use-size";
import { useStored } from "@/components/ui/use-stored";
import { Waiting } from "@/components/ui/waiting";
import { parseTime } from "@/lib/base/time";
import type { CaptureAnswer, TimelineAnswer } from "@/lib/questions/answers";
import { onlyTerm } from "@/lib/scope/edit";
import { makeTerm } from "@/lib/scope/filter";
import styles from "./histogram.module.css";
import { HistogramPlot } from "./histogram-plot";
import { type Bars, type Bucket, toBars } from "./histogram-scale";
import { ZONE } from "./preferences";
import { timelineQuery, useCapture, useTimeline } from "./queries";
import { movedRange, type RangeMove, union, wholeWindow, windowOf, within } from "./range";
import { useAskedAtOnce } from "./scope-changes";
import { type TimeMark, useShownMark } from "./time-mark";
import type { ScopeHandle } from "./use-scope";
import { TONES, toneOf, verdictLabel } from "./verdicts";
import { viewAddress } from "./views";

const HistogramTable = later(() => import("./histogram-table").then((module) => module.HistogramTable));

interface HistogramProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}

/** Pixels that a bar has at least. */
const BAR_WIDTH = 7;
/** As many as a capture keeps summed up by who talks to whom (lib/capture/settle/roll-up.ts): more would be counted anew from all flows. */
const MOST_BUCKETS = 120;

/** Events of the scope over time, by verdict. Brushing, keys and buttons change the time range of the scope. */
export function Histogram({ captureId, scope }: HistogramProps) {
  const isMounted = useMounted();
  const plot = useRef<HTMLDivElement>(null);
  const { width } = useSize(plot);
  const [zone] = useStored(ZONE);
  const [pointed, setPointed] = useState<Bucket | TimeWindow>();
  const [isTableOpen, setTableOpen] = useState(false);
  const capture = useCapture(captureId).data;
  // Steps of twenty, so that dragging a splitter does not ask anew for each pixel.
  const buckets = Math.min(MOST_BUCKETS, Math.floor(width / BAR_WIDTH / 20) * 20);
  const asked = Math.max(buckets, width > 0 ? 20 : 0);
  const timeline = useTimeline(captureId, scope, asked);
  useAskedAtOnce("frame", (query) => (asked > 0 ? timelineQuery(captureId, query, asked) : undefined));
  const answer = timeline.data;
  const mark = useShownMark();
  const bars = useMemo(() => answer && toBars(answer), [answer]);
  const whole = useWhole(capture, answer);
  const shown = scope.scope && whole ? windowOf(scope.scope, whole) : whole;
  const isZoomed = scope.scope?.from !== undefined || scope.scope?.to !== undefined;
  const move = (by: RangeMove, step?: "push" | "replace") =>
    whole && scope.changeRange((range) => movedRange(range, whole, by), step);

  return (
    <section className={styles.histogram} aria-label="Events over time">
      <div className={styles.head}>
        <Legend captureId={captureId} bars={bars} gaps={answer?.gaps.length ?? 0} scope={scope} />
        {shown && isMounted && (
          <div className={styles.range}>
            <p>
              {formatRange(shown.from, shown.to, zone)}{" "}
              <span className={styles.length}>{formatSpan(shown.to - shown.from)}</span>
            </p>
            {pointed && (
              <p className={styles.readout}>
                <PointedText pointed={pointed} zone={zone} />
              </p>
            )}
          </div>
        )}
        <RangeButtons
          window={shown}
          whole={whole}
          isZoomed={isZoomed}
          onMove={move}
          onTable={bars && (() => setTableOpen(true))}
        />
      </div>
      <div className={styles.plot} ref={plot}>
        {answer && bars && shown && width > 0 ? (
          <HistogramPlot
            answer={answer}
            bars={bars}
            window={shown}
            width={width}
            zone={zone}
            isStale={timeline.isPlaceholderData}
            mark={mark}
            summary={summaryOf(answer, bars, shown, zone) + markText(mark, zone)}
            onMove={move}
            onBrush={(window) => scope.setRange(within(window, whole ?? shown))}
            onPoint={setPointed}
          />
        ) : (
          <p className={styles.empty}>{emptyText(scope, timeline.error, answer)}</p>
        )}
      </div>
      {bars && answer && isTableOpen && (
        <HistogramTable open onClose={() => setTableOpen(false)} bars={bars} gaps={answer.gaps} zone={zone} />
      )}
    </section>
  );
}

/** From the first event to the last one. While a file is read only the time line knows how far it has come. */
function useWhole(
  capture: CaptureAnswer | undefined,
  answer: TimelineAnswer | undefined,
): TimeWindow | undefined {
  const { first, last } = capture ?? {};
  const { fromNs, toNs } = answer ?? {};
  const isReading = capture?.state === "reading";
  return useMemo(() => {
    const settled = wholeWindow(first ? parseTime(first) : undefined, last ? parseTime(last) : undefined);
    if (!isReading || !fromNs || !toNs) return settled;
    return union(settled, { from: BigInt(fromNs), to: BigInt(toNs) });
  }, [first, last, fromNs, toNs, isReading]);
}

function emptyText(scope: ScopeHandle, error: Error | null, answer: TimelineAnswer | undefined): ReactNode {
  if (scope.scope === undefined) return "No time line: the filter or the link cannot be read.";
  if (error !== null) return `No time line: ${error.message}`;
  if (answer === undefined) return <Waiting />;
  return answer.untimed > 0
    ? `No time line: ${formatQuantity(answer.untimed, "event")} in the scope, none with a readable time.`
    : "No events in the scope.";
}

interface LegendProps {
  readonly captureId: string;
  readonly bars: Bars | undefined;
  readonly gaps: number;
  readonly scope: ScopeHandle;
}

function Legend({ captureId, bars, gaps, scope }: LegendProps) {
  const totals = [...(bars?.totals ?? [])].filter(([, count]) => count > 0);
  totals.sort(([a], [b]) => TONES.indexOf(toneOf(a)) - TONES.indexOf(toneOf(b)));
  const filter = scope.scope?.filter;
  return (
    <ul className={styles.legend} aria-label="Events by verdict">
      {totals.map(([verdict, count]) => (
        <li key={verdict}>
          <button
            type="button"
            className={styles.key}
            title={`Only ${verdictLabel(verdict)}`}
            onClick={() =>
              filter &&
              scope.setFilter(onlyTerm(filter, makeTerm("verdict", [{ type: "enum", name: verdict }])))
            }
          >
            <svg
              width="12"
              height="12"
              aria-hidden
              className={classes(styles.swatch, styles[toneOf(verdict)])}
            >
              <rect width="12" height="12" rx="2" />
              <Cue tone={toneOf(verdict)} />
            </svg>
            {verdictLabel(verdict)} <span className={styles.count}>{formatCount(count)}</span>
          </button>
        </li>
      ))}
      {gaps > 0 && (
        <li>
          <Link
            className={styles.key}
            href={viewAddress(captureId, "quality", "")}
            title="Events were lost in the hatched stretches: that nothing is seen there does not say that nothing happened"
          >
            <svg width="12" height="12" aria-hidden className={styles.swatch}>
              <path className={styles.gapHatch} d="M0 0L12 12M0 6L6 12M6 0L12 6" />
            </svg>
            Events lost <span className={styles.count}>{formatQuantity(gaps, "gap")}</span>
          </Link>
        </li>
      )}
    </ul>
  );
}

/** The second cue of a tone in small, as the pattern in the bars. */
function Cue({ tone }: { readonly tone: ReturnType<typeof toneOf> }) {
  if (tone === "bad") return <path className={styles.cue} d="M0 12L12 0M0 6L6 0M6 12L12 6" />;
  if (tone === "warn") return <path className={styles.cue} d="M0 4h12M0 8.5h12" />;
  if (tone === "calm") return <path className={styles.cue} d="M3 4h1.6M7.5 4h1.6M3 8h1.6M7.5 8h1.6" />;
  return null;
}

/** The bar under the pointer with its numbers, or the stretch that is being brushed. The date stands beside it already. */
function PointedText({ pointed, zone }: { readonly pointed: Bucket | TimeWindow; readonly zone: Zone }) {
  const range = formatRange(pointed.from, pointed.to, zone).slice("2026-03-04 ".length);
  if (!("byVerdict" in pointed)) return `${range}, ${formatSpan(pointed.to - pointed.from)}`;
  const parts = [...pointed.byVerdict].filter(([, count]) => count > 0);
  return `${range}: ${parts.map(([verdict, count]) => `${verdictLabel(verdict)} ${formatCount(count)}`).join(", ")}`;
}

interface RangeButtonsProps {
  readonly window: TimeWindow | undefined;
  readonly whole: TimeWindow | undefined;
  readonly isZoomed: boolean;
  readonly onMove: (by: RangeMove) => void;
  readonly onTable: (() => void) | undefined;
}

function RangeButtons({ window, whole, isZoomed, onMove, onTable }: RangeButtonsProps) {
  if (window === undefined || whole === undefined) return <div className={styles.buttons} />;
  return (
    <div className={styles.buttons}>
      {isZoomed && (
        <IconButton label="Whole capture" onClick={() => onMove("whole")}>
          <Maximize2 size={13} aria-hidden />
        </IconButton>
      )}
      <IconButton
        label="Earlier"
        hotkey="["
        disabled={!isZoomed || window.from <= whole.from}
        onClick={() => onMove("earlier")}
      >
        <ChevronLeft size={16} aria-hidden />
      </IconButton>
      <IconButton
        label="Later"
        hotkey="]"
        disabled={!isZoomed || window.to >= whole.to}
        onClick={() => onMove("later")}
      >
        <ChevronRight size={16} aria-hidden />
      </IconButton>
      <IconButton label="Zoom in" onClick={() => onMove("in")}>
        <ZoomIn size={15} aria-hidden />
      </IconButton>
      <IconButton label="Zoom out" disabled={!isZoomed} onClick={() => onMove("out")}>
        <ZoomOut size={15} aria-hidden />
      </IconButton>
      <IconButton label="Show the numbers as a table" disabled={onTable === undefined} onClick={onTable}>
        <Table2 size={15} aria-hidden />
      </IconButton>
    </div>
  );
}

function markText(mark: TimeMark | undefined, zone: Zone): string {
  return mark === undefined ? "" : ` ${formatSecond(mark.at, zone)}: ${mark.says}.`;
}

/** What the picture says, in words. */
function summaryOf(answer: TimelineAnswer, bars: Bars, window: TimeWindow, zone: Zone): string {
  const counts = [...bars.totals].map(([verdict, count]) => `${verdictLabel(verdict)} ${formatCount(count)}`);
  const fullest = bars.buckets.find(({ total }) => total === bars.most);
  const busiest = fullest
    ? ` Fullest bar: ${formatQuantity(bars.most, "event")} from ${formatRange(fullest.from, fullest.to, zone)}.`
    : "";
  const gaps = answer.gaps.length > 0 ? ` ${formatQuantity(answer.gaps.length, "gap")}.` : "";
  return `Events over time, ${formatRange(window.from, window.to, zone)}: ${counts.join(", ") || "none"}.${busiest}${gaps}`;
}
