import type { ReactNode } from "react";
import { spanColumns } from "@/components/frame/instant";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatQuantity, formatSpan } from "@/components/ui/format";
import { CsvButton } from "@/components/ui/table-tools";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DnsConnectionsAnswer } from "@/lib/questions/dns-connections-answer";
import { endColumns, textColumn, wholeColumn } from "./connection-columns";
import type { Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { nameText, workloadText } from "./dns-words";
import type { Find } from "./find";

type ExpiredRow = DnsConnectionsAnswer["expired"]["rows"][number];
type MissingRow = DnsConnectionsAnswer["missing"]["rows"][number];

interface ConnectionListProps<Row> {
  readonly title: string;
  /** Names the table for who does not see it, and its export. */
  readonly label: string;
  readonly columns: readonly DataColumn<Row>[];
  /** Those that are found. */
  readonly rows: readonly Row[];
  readonly folded: DnsConnectionsAnswer["folded"];
  readonly children?: ReactNode;
}

/** A table of connections with its heading, what it means, its export and what is beyond its limit. */
export function ConnectionList<Row extends { readonly filter: string }>({
  title,
  label,
  columns,
  rows,
  folded,
  children,
}: ConnectionListProps<Row>) {
  return (
    <section className={styles.list}>
      <div className={styles.listHead}>
        <h2 className={shared.count}>{title}</h2>
        <CsvButton what={label.toLowerCase()} columns={columns} rows={rows} />
      </div>
      {children}
      <DataTable label={label} columns={columns} rows={rows} keyOf={({ filter }) => filter} />
      {rows.length === 0 && <p className={shared.note}>No row has what is looked for.</p>}
      {folded !== null && (
        <p className={shared.note}>
          And {formatQuantity(folded.rows, "row")} more with {formatQuantity(folded.attempts, "connection")}:
          narrow the scope to see them.
        </p>
      )}
    </section>
  );
}

interface ListProps {
  readonly place: Place;
  readonly finder: Find;
}

export function Expired({
  place,
  finder,
  expired: { attempts, rows, folded },
}: ListProps & Pick<DnsConnectionsAnswer, "expired">) {
  if (attempts === 0) return null;
  const found = rows.filter(({ query, client, address }) =>
    finder.isFound(nameText(query), workloadText(client), address),
  );
  return (
    <ConnectionList
      title="After the answer had expired"
      label="Connections after the answer had expired"
      columns={expiredColumns(place, rows)}
      rows={found}
      folded={folded}
    >
      <p className={shared.note}>
        The program went on with an address that it had been told to forget. When the addresses of a name
        change, such connections go to the old ones.
      </p>
    </ConnectionList>
  );
}

export function Missing({
  place,
  finder,
  missing: { attempts, rows, folded },
}: ListProps & Pick<DnsConnectionsAnswer, "missing">) {
  if (attempts === 0) return null;
  const found = rows.filter((row) =>
    finder.isFound(workloadText(row.client), workloadText(row.server), portText(row)),
  );
  return (
    <ConnectionList
      title="To addresses outside that no answer explains"
      label="Connections that no answer explains"
      columns={missingColumns(place, rows)}
      rows={found}
      folded={folded}
    >
      <p className={shared.note}>
        The address was in no answer that the log holds for this client: written into a program, kept from
        before, or looked up where Hubble does not see it.
      </p>
    </ConnectionList>
  );
}

function expiredColumns(place: Place, rows: readonly ExpiredRow[]): readonly DataColumn<ExpiredRow>[] {
  return [
    textColumn<ExpiredRow>("name", "Name", ({ query }) => nameText(query)),
    wholeColumn<ExpiredRow>("client", "Workload", ({ client }) => workloadText(client)),
    wholeColumn<ExpiredRow>("address", "Address", ({ address }) => visible(address)),
    ...endColumns(place, rows),
    {
      id: "ttl",
      label: "TTL",
      title: "How long the answer was to be kept; the shortest of them",
      isNumber: true,
      sortBy: ({ ttlSeconds }) => ttlSeconds,
      render: ({ ttlSeconds }) => `${ttlSeconds} s`,
    },
    {
      id: "oldest",
      label: "Oldest answer",
      title: "The longest time from answer to connection",
      isNumber: true,
      sortBy: ({ oldestNs }) => BigInt(oldestNs),
      render: ({ oldestNs }) => formatSpan(BigInt(oldestNs)),
    },
    ...spanColumns<ExpiredRow>(),
  ];
}

function missingColumns(place: Place, rows: readonly MissingRow[]): readonly DataColumn<MissingRow>[] {
  return [
    wholeColumn<MissingRow>("client", "Workload", ({ client }) => workloadText(client)),
    wholeColumn<MissingRow>("server", "Called", ({ server }) => workloadText(server)),
    wholeColumn<MissingRow>("port", "Port", portText),
    ...endColumns(place, rows),
    {
      ...textColumn<MissingRow>("lookups", "Its lookups", ({ hasAnswers }) =>
        hasAnswers ? "in the log" : "not in the log",
      ),
      title:
        "In the log: other answers to this workload are there, so its lookups can be seen. Not in the log: Hubble sees none of them",
    },
    ...spanColumns<MissingRow>(),
  ];
}

function portText({ protocol, port }: MissingRow): string {
  return [protocol ?? "protocol not known", port].filter((part) => part !== null).join(" ");
}
