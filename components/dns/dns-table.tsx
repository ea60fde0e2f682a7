"use client";

import type { ScopeHandle } from "@/components/frame/use-scope";
import { Choice } from "@/components/ui/choice";
import { DataTable } from "@/components/ui/data-table";
import { formatQuantity } from "@/components/ui/format";
import { TableTools } from "@/components/ui/table-tools";
import shared from "@/components/ui/view.module.css";
import { type DnsRow, dnsColumns } from "./dns-columns";
import { BY_LABELS, type DnsBy, keyText } from "./dns-words";
import { Failed } from "./failed";
import { findOf } from "./find";
import { useDns } from "./queries";

interface NamesProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}

interface DnsTableProps extends NamesProps {
  /** What is grouped by when the link does not say: names, unless there are none. */
  readonly first: DnsBy;
}

const BY = Object.keys(BY_LABELS) as DnsBy[];

/** Questions and answers of the scope by one word. Names are folded under the name that was meant. */
export function DnsTable({ captureId, scope, first }: DnsTableProps) {
  const by = BY.find((word) => word === scope.view.by) ?? first;
  const { find, onFind, isFound } = findOf(scope);
  const unfolded = scope.view.open;
  const { data, error, refetch } = useDns(captureId, scope, by);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Counting …</p>;
  const rows = data.rows.filter(({ key }) => isFound(keyText(key)));
  const place = { captureId, query: scope.query };
  const columns = dnsColumns({
    place,
    by,
    total: data.total,
    isUnfolded: ({ filter }) => filter === unfolded,
    onUnfold:
      by === "root"
        ? ({ filter }) => scope.setView({ open: filter === unfolded ? null : filter }, "replace")
        : undefined,
  });
  const below = ({ filter }: DnsRow) =>
    by === "root" && filter === unfolded && <Names captureId={captureId} scope={scope} terms={filter} />;
  return (
    <section aria-label="Tables">
      <TableTools
        what={BY_LABELS[by].toLowerCase()}
        find={find}
        onFind={onFind}
        columns={columns}
        rows={rows}
      >
        <Choice
          legend="Group by"
          words={BY}
          chosen={by}
          labelOf={(word) => BY_LABELS[word]}
          onChoose={(next) => scope.setView({ by: next === first ? null : next, open: null })}
        />
      </TableTools>
      <DataTable
        label={`DNS by ${BY_LABELS[by].toLowerCase()}`}
        columns={columns}
        rows={rows}
        keyOf={({ filter }) => filter}
        below={below}
      />
      {rows.length === 0 && <p className={shared.note}>No row has this in its name.</p>}
      {data.folded !== null && (
        <p className={shared.note}>
          And {formatQuantity(data.folded.rows, "row")} more with{" "}
          {formatQuantity(data.folded.queries, "query", "queries")}: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}

/** The names that a root name was asked by. */
function Names({ captureId, scope, terms }: NamesProps & { readonly terms: string }) {
  const { data, error, refetch } = useDns(captureId, scope, "query", terms);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Counting …</p>;
  // Of the root only: the same name can stand for itself elsewhere.
  const columns = dnsColumns({ place: { captureId, query: scope.query }, by: "query", total: data.total });
  const rows = data.rows.map((row) => ({ ...row, filter: `${terms} ${row.filter}` }));
  return (
    <DataTable
      label="Names as they were asked for"
      columns={columns}
      rows={rows}
      keyOf={({ filter }) => filter}
    />
  );
}
