import type { DataColumn } from "@/components/ui/data-table";
import shared from "@/components/ui/view.module.css";
import type { DnsConnectionsAnswer } from "@/lib/questions/dns-connections-answer";
import { endsOf, type Outcomes } from "./connection-ends";
import { Cell, type Place } from "./dns-links";
import styles from "./dns-view.module.css";

/** What the rows of all three lists have. */
type Row = Pick<
  DnsConnectionsAnswer["missing"]["rows"][number],
  "filter" | "attempts" | "outcomes" | "first" | "last"
>;

/** How many connections there were and what became of them. What is none in all rows is left out. */
export function endColumns<Of extends Row>(place: Place, rows: readonly Of[]): readonly DataColumn<Of>[] {
  const total: Outcomes[] = rows.map(({ outcomes }) => outcomes);
  return [
    countColumn(
      place,
      "attempts",
      "Connections",
      "Attempts to connect, each once",
      ({ attempts }) => attempts,
    ),
    ...endsOf(total).map(({ id, label, title, words, countOf }) =>
      countColumn<Of>(
        place,
        id,
        label,
        title,
        ({ outcomes }) => countOf(outcomes),
        `connection:${words.join(",")}`,
      ),
    ),
  ];
}

export function countColumn<Of extends Row>(
  place: Place,
  id: string,
  label: string,
  title: string,
  countOf: (row: Of) => number,
  terms = "",
): DataColumn<Of> {
  return {
    id,
    label,
    title,
    isNumber: true,
    sortBy: countOf,
    render: (row) => (
      <Cell place={place} count={countOf(row)} terms={[row.filter, terms]} says="connections" />
    ),
  };
}

export function textColumn<Row>(id: string, label: string, text: (row: Row) => string): DataColumn<Row> {
  return { id, label, sortBy: text, render: (row) => <bdi className={styles.name}>{text(row)}</bdi> };
}

/** Text that stays on its line. */
export function wholeColumn<Row>(id: string, label: string, text: (row: Row) => string): DataColumn<Row> {
  return { id, label, sortBy: text, render: (row) => <bdi className={shared.instant}>{text(row)}</bdi> };
}
