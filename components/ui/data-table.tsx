"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { Fragment, type MouseEvent, type ReactNode, useState } from "react";
import { classes } from "./classes";
import styles from "./data-table.module.css";
import { ScrollRegion } from "./scroll";

export interface DataColumn<Row> {
  readonly id: string;
  readonly label: string;
  /** What the heading says when pointed at: the unit, the rule. */
  readonly title?: string;
  readonly isNumber?: boolean;
  /** Makes the column sortable; `null` stands at the end either way. */
  readonly sortBy?: (row: Row) => number | bigint | string | null;
  readonly render: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  /** Names the table for who does not see it. */
  readonly label: string;
  readonly columns: readonly DataColumn<Row>[];
  /** In their own order, until a heading is pressed. */
  readonly rows: readonly Row[];
  /** Rows in the page at most, the first in the order of the heading. */
  readonly most?: number;
  readonly keyOf: (row: Row) => string;
  readonly isOpen?: (row: Row) => boolean;
  /** A click on a row beside its links. By keyboard the row's own button or link does the same. */
  readonly onOpen?: (row: Row) => void;
  /** Stands below the row, over the whole width, while it gives something. */
  readonly below?: (row: Row) => ReactNode;
}

interface Sorting {
  readonly id: string;
  readonly isDescending: boolean;
}

/** A table that is sorted by its headings. It scrolls sideways by itself, never the page. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  most,
  keyOf,
  isOpen,
  onOpen,
  below,
}: DataTableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting>();
  const by = columns.find(({ id }) => id === sorting?.id)?.sortBy;
  const sorted = by === undefined || sorting === undefined ? rows : sortRows(rows, by, sorting.isDescending);
  return (
    <ScrollRegion label={label} className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading
                key={column.id}
                column={column}
                sorting={sorting?.id === column.id ? sorting : undefined}
                onSort={setSorting}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <Fragment key={keyOf(row)}>
              <tr
                aria-selected={isOpen?.(row) || undefined}
                className={classes(onOpen !== undefined && styles.opens)}
                onClick={onOpen && ((event) => isBeside(event) && onOpen(row))}
              >
                {columns.map(({ id, isNumber, render }) => (
                  <td key={id} className={classes(isNumber && styles.number)}>
                    {render(row)}
                  </td>
                ))}
              </tr>
              <Below columns={columns.length}>{below?.(row)}</Below>
            </Fragment>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Below({ columns, children }: { readonly columns: number; readonly children: ReactNode }) {
  if (children === undefined || children === null || children === false) return null;
  return (
    <tr className={styles.below}>
      <td colSpan={columns}>{children}</td>
    </tr>
  );
}

/** Not on a link or button, and not to mark text. */
function isBeside(event: MouseEvent): boolean {
  const isControl = event.target instanceof Element && event.target.closest("a, button") !== null;
  return !isControl && (window.getSelection()?.toString() ?? "") === "";
}

interface HeadingProps<Row> {
  readonly column: DataColumn<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
}

/** Numbers begin with the largest, texts with the first; a third press gives the table's own order back. */
function Heading<Row>({ column, sorting, onSort }: HeadingProps<Row>) {
  const { id, label, title, isNumber = false, sortBy } = column;
  const className = classes(isNumber && styles.number);
  if (sortBy === undefined)
    return (
      <th scope="col" title={title} className={className}>
        {label}
      </th>
    );
  const Icon = sorting?.isDescending ? ArrowDown : ArrowUp;
  const next = sorting === undefined ? { id, isDescending: isNumber } : secondPress(sorting, isNumber);
  return (
    <th
      scope="col"
      className={className}
      aria-sort={sorting && (sorting.isDescending ? "descending" : "ascending")}
    >
      <button type="button" className={styles.sort} title={title} onClick={() => onSort(next)}>
        {label}
        {sorting !== undefined && <Icon size={12} aria-hidden />}
      </button>
    </th>
  );
}

function secondPress(sorting: Sorting, isNumber: boolean): Sorting | undefined {
  return sorting.isDescending === isNumber ? { ...sorting, isDescending: !isNumber } : undefined;
}

function sortRows<Row>(
  rows: readonly Row[],
  by: NonNullable<DataColumn<Row>["sortBy"]>,
  isDescending: boolean,
): Row[] {
  return [...rows].sort((a, b) => {
    const [first, second] = [by(a), by(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    const order = first < second ? -1 : first > second ? 1 : 0;
    return isDescending ? -order : order;
  });
}
