"use client";

import { type KeyboardEvent, memo, type ReactNode, useRef, useState } from "react";
import { Link } from "@/components/ui/link";
import { formatClock, formatSecond, type Zone } from "./clock";
import figure from "./figure.module.css";
import { formatQuantity } from "./format";
import styles from "./heat-map.module.css";
import { ScrollRegion } from "./scroll";

export interface HeatRow {
  readonly key: string;
  readonly label: ReactNode;
  /** The label as text, for the words of a cell. */
  readonly name: string;
  /** The sum of the row, for example as a link. */
  readonly total: ReactNode;
  /** Start of the bucket in decimal nanoseconds, and the count. */
  readonly points: readonly (readonly [startNs: string, count: number])[];
}

interface HeatMapProps {
  /** "Drops by pod over time". */
  readonly title: string;
  /** One of what is counted: "drop". */
  readonly unit: string;
  readonly rows: readonly HeatRow[];
  /** Starts of all buckets that are drawn, in order: decimal nanoseconds. */
  readonly starts: readonly string[];
  readonly zone: Zone;
  readonly tone: "bad" | "warn" | "calm";
  /** The flows behind a cell. */
  readonly hrefOf: (row: HeatRow, startNs: string) => string;
}

/** Cells differ in size and in strength, so that colour is not all there is. */
const STEPS = 5;

/**
 * Counts by row and time. A table of links: the arrow keys walk over its cells, Enter opens the flows of one. One cell
 * at a time can be reached with Tab.
 */
export function HeatMap({ title, unit, rows, starts, zone, tone, hrefOf }: HeatMapProps) {
  const table = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState({ row: 0, column: 0 });
  const [pointed, setPointed] = useState<string>();
  const most = Math.max(1, ...rows.flatMap(({ points }) => points.map(([, count]) => count)));
  const focus = { row: clamp(at.row, rows.length), column: clamp(at.column, starts.length) };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEP_OF[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const row = clamp(focus.row + step.row, rows.length);
    const column = clamp(focus.column + step.column, starts.length);
    setAt({ row, column });
    table.current?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)?.focus();
  };
  return (
    <figure className={figure.figure}>
      <figcaption className={figure.head}>
        <h2 className={figure.title}>{title}</h2>
        <span className={figure.readout}>{pointed ?? `Fullest cell: ${formatQuantity(most, unit)}`}</span>
      </figcaption>
      <ScrollRegion label={title} className={styles.scroll}>
        <table ref={table} className={styles.table} data-tone={tone} onKeyDown={onKeyDown}>
          <Times starts={starts} zone={zone} />
          <tbody>
            {rows.map((row, rowAt) => (
              <Cells
                key={row.key}
                row={row}
                rowAt={rowAt}
                starts={starts}
                most={most}
                unit={unit}
                zone={zone}
                focusColumn={rowAt === focus.row ? focus.column : -1}
                hrefOf={hrefOf}
                onPoint={setPointed}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </figure>
  );
}

const DAY_NS = 86_400_000_000_000n;

function Times({ starts, zone }: Pick<HeatMapProps, "starts" | "zone">) {
  // Without their fractions, buckets below a second would have the same label.
  const isFine = starts.some((start) => !start.endsWith("000000000"));
  const [first, second] = starts;
  const isOfDays = first !== undefined && second !== undefined && BigInt(second) - BigInt(first) >= DAY_NS;
  return (
    <thead>
      <tr>
        <th scope="col" className={styles.corner}>
          <span className="spoken">Row</span>
        </th>
        {starts.map((start, column) => (
          <th key={start} scope="col" className={styles.time}>
            <span className={hasTick(column, starts.length) ? styles.tick : "spoken"}>
              {isOfDays
                ? formatSecond(BigInt(start), zone).slice(0, "2026-03-04".length)
                : formatClock(BigInt(start), zone).slice(0, isFine ? undefined : 8)}
            </span>
          </th>
        ))}
        <th scope="col" className={styles.sum}>
          All
        </th>
      </tr>
    </thead>
  );
}

interface CellsProps extends Pick<HeatMapProps, "unit" | "starts" | "zone" | "hrefOf"> {
  readonly row: HeatRow;
  readonly rowAt: number;
  readonly most: number;
  /** The cell of this row that Tab reaches, or -1. */
  readonly focusColumn: number;
  readonly onPoint: (says: string | undefined) => void;
}

/** Drawn anew only when it changes: a pointer that moves over the picture draws no cell. */
const Cells = memo(function Cells(props: CellsProps) {
  const { row, rowAt, starts, most, unit, zone, focusColumn, hrefOf, onPoint } = props;
  const counts = new Map(row.points);
  return (
    <tr>
      <th scope="row" className={styles.name}>
        {row.label}
      </th>
      {starts.map((start, column) => {
        const count = counts.get(start) ?? 0;
        const says = `${row.name}, ${formatSecond(BigInt(start), zone)}: ${formatQuantity(count, unit)}`;
        const common = {
          "data-cell": `${rowAt} ${column}`,
          tabIndex: column === focusColumn ? 0 : -1,
          "aria-label": says,
          onFocus: () => onPoint(says),
          onBlur: () => onPoint(undefined),
          onPointerEnter: () => onPoint(says),
          onPointerLeave: () => onPoint(undefined),
        } as const;
        return (
          <td key={start} className={styles.cell}>
            {count > 0 ? (
              <Link
                {...common}
                href={hrefOf(row, start)}
                className={styles.mark}
                data-step={stepOf(count, most)}
              />
            ) : (
              <span {...common} role="img" className={styles.none} />
            )}
          </td>
        );
      })}
      <td className={styles.sum}>{row.total}</td>
    </tr>
  );
});

const STEP_OF: Readonly<Record<string, { readonly row: number; readonly column: number } | undefined>> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
};

function clamp(value: number, length: number): number {
  return Math.max(0, Math.min(length - 1, value));
}

/** By the root, so that a cell of one is not lost beside one of thousands. */
function stepOf(count: number, most: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count / most) * STEPS));
}

/**
 * About six labels, whatever the number of columns: there is room for them in half a page. One that begins close to the end would
 * run into the column behind it.
 */
function hasTick(column: number, columns: number): boolean {
  const every = Math.max(1, Math.ceil(columns / 6));
  return column % every === 0 && (column === 0 || column + every <= columns);
}
