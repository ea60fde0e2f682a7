"use client";

import { spanColumns } from "@/components/frame/instant";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { TableTools } from "@/components/ui/table-tools";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import { classText, type DnsCauseRow, kindText, unitText } from "./cause-words";
import { dropsBy, flowsOf, type Place, TableLink } from "./dns-links";
import styles from "./dns-view.module.css";
import { Failed } from "./failed";
import { findOf } from "./find";
import { useDnsCauses } from "./queries";

/** What is wrong, the worst first. A row opens the drawer that explains it. */
export function CausesTable({
  captureId,
  scope,
}: {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}) {
  const { data, error, refetch } = useDnsCauses(captureId, scope);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Looking for causes …</p>;
  const { find, onFind, isFound } = findOf(scope);
  const rows = data.rows.filter((row) => isFound(kindText(row), row.sentence));
  const open = (row: DnsCauseRow) => scope.setView({ cause: row.causeId });
  const columns = columnsOf({ captureId, query: scope.query }, open);
  if (data.rows.length === 0) return <p className={shared.note}>Nothing is wrong with DNS in this scope.</p>;
  return (
    <section aria-label="Causes">
      <TableTools what="cause" find={find} onFind={onFind} columns={columns} rows={rows} />
      <DataTable
        label="What is wrong with DNS"
        columns={columns}
        rows={rows}
        keyOf={({ causeId }) => causeId}
        isOpen={({ causeId }) => causeId === scope.view.cause}
        onOpen={open}
      />
      {data.total > data.rows.length && (
        <p className={shared.note}>
          And {formatCount(data.total - data.rows.length)} more: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}

function columnsOf(place: Place, open: (row: DnsCauseRow) => void): readonly DataColumn<DnsCauseRow>[] {
  return [
    {
      id: "sentence",
      label: "What is wrong",
      sortBy: ({ sentence }) => sentence,
      render: (row) => (
        <button type="button" className={shared.open} onClick={() => open(row)}>
          <bdi className={styles.name}>{visible(row.sentence)}</bdi>
        </button>
      ),
    },
    { id: "kind", label: "Kind", sortBy: kindText, render: kindText },
    {
      id: "class",
      label: "Did it work",
      sortBy: classText,
      render: (row) => <span className={shared.instant}>{classText(row)}</span>,
    },
    {
      id: "count",
      label: "Effect",
      isNumber: true,
      sortBy: ({ count }) => count,
      render: (row) => <CauseFlows place={place} row={row} />,
    },
    {
      id: "clients",
      label: "Workloads",
      title: "Client workloads that it affects",
      isNumber: true,
      sortBy: ({ clients }) => clients,
      render: (row) => <CauseClients place={place} row={row} />,
    },
    ...spanColumns(),
  ];
}

/** Leads to the table of them. */
function CauseClients({ place, row }: { readonly place: Place; readonly row: DnsCauseRow }) {
  const count = formatCount(row.clients);
  if (row.unit !== "drops")
    return (
      <TableLink place={place} by="client" terms={row.filter}>
        {count}
      </TableLink>
    );
  return (
    <Link href={dropsBy(place, "client", row.filter)} title="The table of them">
      {count}
    </Link>
  );
}

export function CauseFlows({ place, row }: { readonly place: Place; readonly row: DnsCauseRow }) {
  return (
    <Link href={flowsOf(place, row.filter)}>
      {formatCount(row.count)} {unitText(row)}
    </Link>
  );
}
