import { formatClock, formatSecond, type Zone } from "./clock";
import styles from "./time-axis.module.css";
import { type TimeWindow, ticks, xOf } from "./time-scale";

interface TimeAxisProps {
  readonly window: TimeWindow;
  readonly width: number;
  /** Where the line stands. */
  readonly y: number;
  readonly zone: Zone;
}

/** Room below the line, pixels. */
export const AXIS_HEIGHT = 16;
const TICK_WIDTH = 130;
/** A label that begins closer to the end would be cut. */
const LAST_LABEL = 40;
const DAY_NS = 86_400_000_000_000n;
const MINUTE_NS = 60_000_000_000n;
const SECOND_NS = 1_000_000_000n;

/** The line below a picture over time, with round instants; a part of an `svg`. */
export function TimeAxis({ window, width, y, zone }: TimeAxisProps) {
  const { at, step } = ticks(window, Math.floor(width / TICK_WIDTH));
  return (
    <>
      <line className={styles.axis} x1={0} x2={width} y1={y + 0.5} y2={y + 0.5} />
      {at.map((tick) => {
        const x = xOf(tick, window, width);
        if (x > width - LAST_LABEL) return null;
        return (
          <g key={String(tick)}>
            <line className={styles.axis} x1={x} x2={x} y1={y} y2={y + 4} />
            <text className={styles.tick} x={x + 3} y={y + 13}>
              {tickText(tick, step, zone)}
            </text>
          </g>
        );
      })}
    </>
  );
}

function tickText(tick: bigint, step: bigint, zone: Zone): string {
  if (step >= DAY_NS) return formatSecond(tick, zone).slice(0, 10);
  const clock = formatClock(tick, zone);
  if (step >= MINUTE_NS) return clock.slice(0, 5);
  return step >= SECOND_NS ? clock.slice(0, 8) : clock;
}
