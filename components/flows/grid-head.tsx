"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type PointerEvent, type RefObject, useRef } from "react";
import { classes } from "@/components/ui/classes";
import type { Column, ColumnId } from "./columns";
import styles from "./flow-grid.module.css";
import { type FlowOrder, orderWords, pressed } from "./flow-order";

/** What a dragged column is known by. */
const DRAGGED = "application/x-eyepiece-column";

interface GridHeadProps {
  readonly columns: readonly Column[];
  readonly order: FlowOrder;
  readonly onSort: (column: ColumnId) => void;
  readonly onWidth: (column: ColumnId, width: number) => void;
  readonly onPlace: (column: ColumnId, target: ColumnId) => void;
}

/**
 * Names of the columns. A name is pressed to sort by it, and dragged to another place; by keyboard it is s, and Ctrl and
 * Shift with the arrow keys, in the grid.
 */
export function GridHead({ columns, order, onSort, onWidth, onPlace }: GridHeadProps) {
  const Icon = order.way === "asc" ? ArrowUp : ArrowDown;
  /** The column is not taken along while its width is set: a browser may begin both with one press. */
  const isResizing = useRef(false);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are not in the document
    <div role="row" aria-rowindex={1} className={classes(styles.row, styles.head)}>
      {columns.map((column) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div
          key={column.id}
          role="columnheader"
          aria-sort={
            column.id === order.sort ? (order.way === "asc" ? "ascending" : "descending") : undefined
          }
          className={classes(styles.cell, styles[column.id])}
          draggable
          onDragStart={(event) => {
            if (isResizing.current) event.preventDefault();
            else event.dataTransfer.setData(DRAGGED, column.id);
          }}
          onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
          onDrop={(event) => {
            const dragged = columns.find(({ id }) => id === event.dataTransfer.getData(DRAGGED));
            if (dragged) onPlace(dragged.id, column.id);
          }}
        >
          <button
            type="button"
            className={classes(styles.sort, column.id === order.sort && styles.sorted)}
            title={titleOf(column.id, order)}
            onClick={() => onSort(column.id)}
          >
            <span className={styles.label}>{column.label}</span>
            {column.id === order.sort && <Icon size={13} aria-hidden />}
          </button>
          <Resizer column={column} onWidth={onWidth} isResizing={isResizing} />
        </div>
      ))}
    </div>
  );
}

const HEAD_TITLES: Partial<Record<ColumnId, string>> = {
  client: "The side that asked. Where the record does not say which that is, the source of the packet",
  server:
    "The side that was asked. Where the record does not say which that is, the destination of the packet",
  port: "The server's port",
  l7: "Request or answer. Sorted by its name or path",
  direction: "Direction of the connection as the observing endpoint sees it",
};

/** What the column is, and what the next press does. */
function titleOf(column: ColumnId, order: FlowOrder): string {
  const press = `Press: ${orderWords(pressed(order, column))}`;
  const head = HEAD_TITLES[column];
  return head === undefined ? press : `${head}. ${press}`;
}

/** As drawn: a column may be wider than it has to be. */
export function widthOf(cell: Element | null): number {
  return cell?.getBoundingClientRect().width ?? 0;
}

interface ResizerProps {
  readonly column: Column;
  readonly onWidth: GridHeadProps["onWidth"];
  /** Told to the head. */
  readonly isResizing: RefObject<boolean>;
}

/** Dragging sets the width; by keyboard it is Shift with the arrow keys in the grid. */
function Resizer({ column, onWidth, isResizing }: ResizerProps) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const end = () => {
    start.current = undefined;
    isResizing.current = false;
  };
  return (
    <span
      aria-hidden
      className={styles.resizer}
      onPointerDown={(event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        isResizing.current = true;
        start.current = { x: event.clientX, width: widthOf(event.currentTarget.parentElement) };
      }}
      onPointerMove={(event) => {
        if (start.current) onWidth(column.id, start.current.width + event.clientX - start.current.x);
      }}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}
