"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type PointerEvent, useRef } from "react";
import { classes } from "@/components/ui/classes";
import type { Column, ColumnId } from "./columns";
import styles from "./flow-grid.module.css";

/** What a dragged column is known by. */
const DRAGGED = "application/x-eyepiece-column";

interface GridHeadProps {
  readonly columns: readonly Column[];
  readonly order: "asc" | "desc";
  readonly onOrder: (order: "asc" | "desc") => void;
  readonly onWidth: (column: ColumnId, width: number) => void;
  readonly onPlace: (column: ColumnId, target: ColumnId) => void;
}

/** Names of the columns. A name is dragged to another place; by keyboard it is Ctrl and Shift with the arrow keys in the grid. */
export function GridHead({ columns, order, onOrder, onWidth, onPlace }: GridHeadProps) {
  const Icon = order === "asc" ? ArrowUp : ArrowDown;
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
          aria-sort={column.id === "time" ? (order === "asc" ? "ascending" : "descending") : undefined}
          className={classes(styles.cell, styles[column.id])}
          draggable
          onDragStart={(event) => event.dataTransfer.setData(DRAGGED, column.id)}
          onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
          onDrop={(event) => {
            const dragged = columns.find(({ id }) => id === event.dataTransfer.getData(DRAGGED));
            if (dragged) onPlace(dragged.id, column.id);
          }}
        >
          {column.id === "time" ? (
            <button
              type="button"
              className={styles.sort}
              title={
                order === "asc"
                  ? "Oldest first; show the newest first"
                  : "Newest first; show the oldest first"
              }
              onClick={() => onOrder(order === "asc" ? "desc" : "asc")}
            >
              {column.label}
              <Icon size={13} aria-hidden />
            </button>
          ) : (
            <span className={styles.name} title={HEAD_TITLES[column.id]}>
              {column.label}
            </span>
          )}
          <Resizer column={column} onWidth={onWidth} />
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
  direction: "Direction of the connection as the observing endpoint sees it",
};

/** As drawn: a column may be wider than it has to be. */
export function widthOf(cell: Element | null): number {
  return cell?.getBoundingClientRect().width ?? 0;
}

/** Dragging sets the width; by keyboard it is Shift with the arrow keys in the grid. */
function Resizer({
  column,
  onWidth,
}: {
  readonly column: Column;
  readonly onWidth: GridHeadProps["onWidth"];
}) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined);
  return (
    <span
      aria-hidden
      className={styles.resizer}
      draggable
      onDragStart={(event) => {
        // It sets the width, it does not take the column along.
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width: widthOf(event.currentTarget.parentElement) };
      }}
      onPointerMove={(event) => {
        if (start.current) onWidth(column.id, start.current.width + event.clientX - start.current.x);
      }}
      onPointerUp={() => {
        start.current = undefined;
      }}
    />
  );
}
