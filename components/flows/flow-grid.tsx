"use client";

import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import type { Size } from "@/components/ui/use-size";
import type { FlowRow } from "@/lib/questions/answers";
import { type Column, type ColumnId, gridTemplate } from "./columns";
import styles from "./flow-grid.module.css";
import type { FlowOrder } from "./flow-order";
import { cellId, FlowRowView, type FlowRowViewProps, type RowLook } from "./flow-row";
import { GridHead, widthOf } from "./grid-head";
import { type GridMove, gridKey, movedRow } from "./grid-keys";
import { type FlowRows, useFlowRows } from "./use-flow-rows";
import { useVirtualRows } from "./use-virtual-rows";

export const ROW_HEIGHT = 28;
const HEADER_HEIGHT = 28;

export interface ValuePlace {
  readonly row: FlowRow;
  readonly column: ColumnId;
  /** Where the menu opens. */
  readonly box: DOMRect;
  readonly isByKey: boolean;
}

export interface GridHandle {
  readonly focus: () => void;
  readonly goTo: (index: number, how?: "nearest" | "centre") => void;
  readonly move: (move: GridMove) => void;
  /** The row that the keys are on, else the first in sight. */
  readonly row: () => FlowRow | undefined;
}

interface FlowGridProps {
  readonly ref: Ref<GridHandle>;
  readonly captureId: string;
  readonly query: string;
  readonly order: FlowOrder;
  /** Rows in the scope. */
  readonly total: number;
  readonly isCounted: boolean;
  /** What it fills, so that its rows are drawn once. */
  readonly size: Size;
  readonly columns: readonly Column[];
  readonly look: RowLook;
  readonly openId: string | undefined;
  readonly onOpen: (row: FlowRow) => void;
  /** The keys moved to another row. */
  readonly onMoved: (row: FlowRow) => void;
  readonly onClose: () => void;
  readonly onMenu: (place: ValuePlace) => void;
  readonly onFilter: (row: FlowRow, column: ColumnId, how: "include" | "exclude") => void;
  /** The heading of a column was pressed. */
  readonly onSort: (column: ColumnId) => void;
  readonly onWidth: (column: ColumnId, width: number) => void;
  /** A column is to stand in the place of another. */
  readonly onPlace: (column: ColumnId, target: ColumnId) => void;
  /** Takes the place of the rows when asking for them failed. */
  readonly renderError: (error: Error, retry: () => void) => ReactNode;
}

/** All flows of the scope, drawn where they are looked at. */
export function FlowGrid(props: FlowGridProps) {
  const { captureId, query, order, total, columns } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualRows(scroller, {
    rows: total,
    rowHeight: ROW_HEIGHT,
    headerHeight: HEADER_HEIGHT,
    size: props.size,
  });
  const rows = useFlowRows({ captureId, query, order, isEnabled: total > 0 }, virtual.drawn);
  const [active, setActive] = useState<number>();
  const [activeColumn, setActiveColumn] = useState(0);
  const column = Math.min(activeColumn, columns.length - 1);
  const isActiveDrawn = active !== undefined && active >= virtual.drawn.first && active < virtual.drawn.end;

  const rowsKey = `${query} ${order.sort} ${order.way}`;
  const [shownKey, setShownKey] = useState(rowsKey);
  // Other rows: begin at their start. The grid itself stays, and with it the focus.
  if (shownKey !== rowsKey) {
    setShownKey(rowsKey);
    // The keys go on from there.
    setActive((old) => (old === undefined ? undefined : 0));
  }
  const scrolledKey = useRef(rowsKey);
  useEffect(() => {
    if (scrolledKey.current === rowsKey) return;
    scrolledKey.current = rowsKey;
    wished.current = undefined;
    virtual.scrollToTop();
  });

  /** A row that was to be opened before its page was there. */
  const wished = useRef<number>(undefined);
  useEffect(() => {
    const row = wished.current === undefined ? undefined : rows.rowAt(wished.current);
    if (row === undefined) return;
    wished.current = undefined;
    props.onOpen(row);
  });
  const openAt = (index: number) => {
    const row = rows.rowAt(index);
    if (row) props.onOpen(row);
    else wished.current = index;
  };

  const goTo = (index: number, how: "nearest" | "centre" = "nearest") => {
    setActive(index);
    virtual.scrollToRow(index, how);
  };
  const moveBy = (move: GridMove) => {
    const page = Math.max(1, Math.floor(virtual.map.viewport / ROW_HEIGHT) - 1);
    const next = movedRow(move, { active, first: virtual.firstInSight(), total, page });
    if (next === undefined || next === active) return;
    goTo(next);
    const row = rows.rowAt(next);
    if (row) props.onMoved(row);
  };
  useImperativeHandle(props.ref, () => ({
    focus: () => scroller.current?.focus(),
    goTo,
    row: () => rows.rowAt(active ?? virtual.firstInSight()),
    move: (move) => {
      scroller.current?.focus();
      moveBy(move);
    },
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    // A heading that has the focus is pressed by these two.
    if (event.target !== scroller.current && (event.key === "Enter" || event.key === " ")) return;
    const action = gridKey(event);
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = active ?? virtual.firstInSight();
    const row = rows.rowAt(at);
    const id = columns[column]?.id;
    if (action.kind !== "move" && action.kind !== "close") setActive(at);
    wished.current = undefined;
    switch (action.kind) {
      case "move":
        return moveBy(action.move);
      case "column":
        return setActiveColumn(Math.min(columns.length - 1, Math.max(0, column + action.by)));
      case "place": {
        const target = columns[column + action.by]?.id;
        if (id && target) {
          props.onPlace(id, target);
          setActiveColumn(column + action.by);
        }
        return;
      }
      case "sort":
        return id && props.onSort(id);
      case "width":
        return id && props.onWidth(id, widthOf(cellAt(at, id)) + action.by);
      case "open":
        return openAt(at);
      case "close":
        return props.onClose();
      case "menu":
        return row && id && openMenu(row, id, cellAt(at, id), true);
      case "include":
      case "exclude":
        return row && id && props.onFilter(row, id, action.kind);
    }
  };
  const cellAt = (index: number, id: ColumnId) =>
    scroller.current?.querySelector(`[data-index="${index}"] [data-column="${id}"]`) ?? null;
  const openMenu = (row: FlowRow, id: ColumnId, element: Element | null, isByKey: boolean) => {
    if (element) props.onMenu({ row, column: id, box: element.getBoundingClientRect(), isByKey });
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const index = Number(target.closest("[data-index]")?.getAttribute("data-index") ?? Number.NaN);
    // Text that was just selected is to be copied, not opened.
    if (Number.isNaN(index) || (window.getSelection()?.toString() ?? "") !== "") return;
    // What was clicked is what was seen there.
    const row = rows.drawnAt(index);
    const id = target.closest("[data-column]")?.getAttribute("data-column");
    const at = columns.findIndex((candidate) => candidate.id === id);
    setActive(index);
    if (at >= 0) setActiveColumn(at);
    const value = target.closest("[data-value]");
    const clicked = columns[at];
    if (row && value && clicked) openMenu(row, clicked.id, value, false);
    else if (row) props.onOpen(row);
    else openAt(index);
  };
  const activeId = columns[column]?.id;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are not in the document
    <div
      ref={scroller}
      role="grid"
      aria-label="Flows"
      aria-busy={rows.isStale ? true : undefined}
      aria-rowcount={props.isCounted ? total + 1 : -1}
      aria-colcount={columns.length}
      aria-activedescendant={isActiveDrawn && activeId ? cellId(active, activeId) : undefined}
      tabIndex={0}
      className={styles.grid}
      style={gridStyle(columns)}
      onFocus={() => setActive((old) => old ?? virtual.firstInSight())}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <GridHead
        columns={columns}
        order={order}
        onSort={props.onSort}
        onWidth={props.onWidth}
        onPlace={props.onPlace}
      />
      {rows.error !== null ? (
        <div className={styles.instead}>{props.renderError(rows.error, rows.retry)}</div>
      ) : (
        <div className={styles.spacer} style={{ height: virtual.map.spacer }}>
          <div className={styles.window} style={{ height: virtual.map.viewport }}>
            <div ref={virtual.layer} className={styles.layer}>
              {drawnRows(virtual.drawn, rows).map(({ index, row, sameDrop }) => (
                <FlowRowView
                  // The elements of rows that went out of sight take those that came in: none is made while scrolling.
                  key={index % virtual.most}
                  index={index}
                  row={row}
                  {...(sameDrop !== undefined && { sameDrop })}
                  columns={columns}
                  look={props.look}
                  isActive={index === active}
                  activeColumn={index === active ? column : -1}
                  isOpen={row !== undefined && row.id === props.openId}
                />
              ))}
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

function gridStyle(columns: readonly Column[]): Record<string, string> {
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  return { "--columns": gridTemplate(columns), "--width": `${width}px` };
}

function drawnRows({ first, end }: { readonly first: number; readonly end: number }, rows: FlowRows) {
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => {
    const index = first + at;
    const row = rows.drawnAt(index);
    return { index, row, sameDrop: row && sameDropOf(row.sameDropAs, index, rows) };
  });
}

function sameDropOf(anchor: string | null, index: number, rows: FlowRows): FlowRowViewProps["sameDrop"] {
  if (anchor === null) return undefined;
  if (rows.drawnAt(index - 1)?.id === anchor) return "above";
  return rows.drawnAt(index + 1)?.id === anchor ? "below" : "elsewhere";
}
