"use client";

import { Download } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button } from "./button";
import { type CsvValue, toCsv } from "./csv";
import type { DataColumn } from "./data-table";
import styles from "./table-tools.module.css";

interface TableToolsProps<Row> {
  /** What the rows are: "names". Also the name of the file. */
  readonly what: string;
  readonly find: string;
  readonly onFind: (find: string) => void;
  readonly columns: readonly DataColumn<Row>[];
  /** As they are shown: what is exported. */
  readonly rows: readonly Row[];
  readonly children?: ReactNode;
}

/** Above a table: a line to find rows by, and its export. */
export function TableTools<Row>({ what, find, onFind, columns, rows, children }: TableToolsProps<Row>) {
  return (
    <FindTools what={what} find={find} onFind={onFind} before={children}>
      <CsvButton what={what} columns={columns} rows={rows} />
    </FindTools>
  );
}

interface FindToolsProps extends Pick<TableToolsProps<unknown>, "what" | "find" | "onFind" | "children"> {
  readonly before?: ReactNode;
}

/** A line to find rows by, of one table or several. */
export function FindTools({ what, find, onFind, before, children }: FindToolsProps) {
  const id = useId();
  return (
    <div className={styles.tools}>
      {before}
      <label htmlFor={id} className="spoken">
        Find {what}
      </label>
      <input
        id={id}
        type="search"
        className={styles.find}
        placeholder={`Find ${what}`}
        value={find}
        onChange={(event) => onFind(event.target.value)}
      />
      {children}
    </div>
  );
}

/** Saves rows as they are shown. `what` they are is the name of the file. */
export function CsvButton<Row>({
  what,
  columns,
  rows,
}: Pick<TableToolsProps<Row>, "what" | "columns" | "rows">) {
  return (
    <Button small look="quiet" onClick={() => save(`${what.replaceAll(" ", "-")}.csv`, csvOf(columns, rows))}>
      <Download size={14} aria-hidden />
      CSV
    </Button>
  );
}

/** The columns that can be sorted by have a plain value. */
function csvOf<Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[]): string {
  const plain = columns.filter(({ sortBy }) => sortBy !== undefined);
  return toCsv(
    plain.map(({ label }) => label),
    rows.map((row) => plain.map(({ sortBy }): CsvValue => sortBy?.(row) ?? null)),
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
