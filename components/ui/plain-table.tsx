import type { ReactNode } from "react";

export interface PlainColumn<Row> {
  readonly label: string;
  readonly isNumber?: boolean;
  /** For cells that are no numbers. */
  readonly className?: string | undefined;
  readonly render: (row: Row) => ReactNode;
}

interface PlainTableProps<Row> {
  /** Classes of the table and of its numbers: those of the page it stands on. */
  readonly look: { readonly table: string | undefined; readonly number: string | undefined };
  readonly columns: readonly PlainColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A short table that is neither sorted nor found in: for those, data-table.tsx. */
export function PlainTable<Row>({ look, columns, rows, keyOf }: PlainTableProps<Row>) {
  return (
    <table className={look.table}>
      <thead>
        <tr>
          {columns.map(({ label, isNumber }) => (
            <th key={label} scope="col" className={isNumber ? look.number : undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label, isNumber, className, render }) => (
              <td key={label} className={isNumber ? look.number : className}>
                {render(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
