"use client";

import type { ScopeHandle } from "@/components/frame/use-scope";
import { CopyButton } from "@/components/ui/copy-button";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { ScrollText } from "@/components/ui/scroll";
import { TableTools } from "@/components/ui/table-tools";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import { bestNdots, ndotsYaml } from "@/lib/insight/dns/ndots";
import type { DnsExpansionAnswer } from "@/lib/questions/dns-answers";
import { DNS_CELLS, NXDOMAIN_CELLS } from "@/lib/scope/dns-cells";
import { Cell, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { percentText, workloadText } from "./dns-words";
import { Failed } from "./failed";
import { findOf } from "./find";
import { useDnsExpansion } from "./queries";

type Row = DnsExpansionAnswer["rows"][number];

/** What search lists cost, by workload, told apart from names that really do not exist; and what would spare it. */
export function ExpansionPanel({
  captureId,
  scope,
}: {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}) {
  const { data, error, refetch } = useDnsExpansion(captureId, scope);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Counting …</p>;
  const place = { captureId, query: scope.query };
  const { find, onFind, isFound } = findOf(scope);
  const open = scope.view.open;
  const rows = data.rows.filter(({ workload }) => isFound(workloadText(workload)));
  const columns = columnsOf(place, data.total, open, (q) =>
    scope.setView({ open: q === open ? null : q }, "replace"),
  );
  return (
    <section aria-label="Search lists">
      <Share place={place} answer={data} />
      <TableTools what="workload" find={find} onFind={onFind} columns={columns} rows={rows} />
      <DataTable
        label="Search lists by workload"
        columns={columns}
        rows={rows}
        keyOf={({ filter }) => filter}
        below={(row) => row.filter === open && <Advice row={row} />}
      />
      {data.folded !== null && (
        <p className={shared.note}>
          And {formatQuantity(data.folded.rows, "workload")} more with{" "}
          {formatQuantity(data.folded.expansion, "attempt")}: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}

/** No NXDOMAIN has a name: nothing is known about search lists. */
function isVague({ expansion, nxdomain, vague }: DnsExpansionAnswer["total"]): boolean {
  return expansion + nxdomain === 0 && vague > 0;
}

function Share({ place, answer: { total } }: { readonly place: Place; readonly answer: DnsExpansionAnswer }) {
  const { queries, expansion, nxdomain, vague } = total;
  const left = <Cell place={place} count={vague} terms={[NXDOMAIN_CELLS.vague]} says="responses" />;
  if (isVague(total))
    return (
      <p className={styles.sentence}>
        {left} answers say NXDOMAIN, and the log left out for which names: whether search lists asked for them
        cannot be told.
      </p>
    );
  return (
    <p className={styles.sentence}>
      <strong>{percentText(expansion, queries)} of DNS queries are search-list attempts</strong> (
      <Cell place={place} count={expansion} terms={[DNS_CELLS.expansion]} says="responses" /> of{" "}
      <Cell place={place} count={queries} terms={[DNS_CELLS.queries]} says="queries" />
      ), which is {percentText(expansion, expansion + nxdomain)} of all NXDOMAIN. The other{" "}
      <Cell place={place} count={nxdomain} terms={[NXDOMAIN_CELLS.real]} says="responses" /> NXDOMAIN are
      names that really do not exist.
      {vague > 0 && <> Of {left} more the log left the name out: they can be either.</>}
    </p>
  );
}

function vagueColumn(place: Place): DataColumn<Row> {
  return {
    id: "vague",
    label: "NXDOMAIN without name",
    title: "The log left the name out: an attempt of the search list, or a name that does not exist",
    isNumber: true,
    sortBy: ({ vague }) => vague,
    render: ({ filter, vague }) => (
      <Cell place={place} count={vague} terms={[filter, NXDOMAIN_CELLS.vague]} says="responses" />
    ),
  };
}

function columnsOf(
  place: Place,
  total: DnsExpansionAnswer["total"],
  open: string | undefined,
  onOpen: (q: string) => void,
): readonly DataColumn<Row>[] {
  const saved = (name: keyof Row["saved"], label: string, title: string): DataColumn<Row> => ({
    id: name,
    label,
    title,
    isNumber: true,
    sortBy: (row) => row.saved[name],
    render: (row) => savedText(row.saved[name], row.queries),
  });
  const workloads: DataColumn<Row> = {
    id: "workload",
    label: "Workload",
    sortBy: ({ workload }) => workloadText(workload),
    render: ({ workload }) => <bdi>{workloadText(workload)}</bdi>,
  };
  if (isVague(total)) return [workloads, vagueColumn(place)];
  return [
    workloads,
    {
      id: "queries",
      label: "Queries",
      isNumber: true,
      sortBy: ({ queries }) => queries,
      render: ({ filter, queries }) => (
        <Cell place={place} count={queries} terms={[filter, DNS_CELLS.queries]} says="queries" />
      ),
    },
    {
      id: "expansion",
      label: "Search list",
      title: "NXDOMAIN that only the search list brought about",
      isNumber: true,
      sortBy: ({ expansion }) => expansion,
      render: ({ filter, expansion }) => (
        <Cell place={place} count={expansion} terms={[filter, DNS_CELLS.expansion]} says="responses" />
      ),
    },
    {
      id: "share",
      label: "Share",
      title: "Of the workload's queries",
      isNumber: true,
      sortBy: ({ queries, expansion }) => (queries === 0 ? null : expansion / queries),
      render: ({ queries, expansion }) => percentText(expansion, queries),
    },
    {
      id: "nxdomain",
      label: "Real NXDOMAIN",
      title: "Names that really do not exist",
      isNumber: true,
      sortBy: ({ nxdomain }) => nxdomain,
      render: ({ filter, nxdomain }) => (
        <Cell place={place} count={nxdomain} terms={[filter, NXDOMAIN_CELLS.real]} says="responses" />
      ),
    },
    ...(total.vague === 0 ? [] : [vagueColumn(place)]),
    saved("ndots1", "Saved by ndots:1", "Queries that would not have been asked; below zero: so many more"),
    saved("ndots2", "Saved by ndots:2", "Queries that would not have been asked; below zero: so many more"),
    saved("dot", "By a final dot", "Queries saved if every name was written in full, with a dot at its end"),
    {
      id: "suffixes",
      label: "Suffixes tried",
      title: "Most used first; those of the nodes are learned from the log",
      sortBy: ({ suffixes }) => suffixes.join(" "),
      render: ({ suffixes }) => <bdi className={styles.name}>{visible(suffixes.join(", "))}</bdi>,
    },
    {
      id: "advice",
      label: "Remedy",
      render: ({ filter, expansion }) =>
        expansion === 0 ? null : (
          <button
            type="button"
            className={`${shared.open} ${shared.instant}`}
            aria-expanded={filter === open}
            onClick={() => onOpen(filter)}
          >
            {filter === open ? "hide" : "pod spec"}
          </button>
        ),
    },
  ];
}

function savedText(saved: number, queries: number): string {
  if (saved < 0) return `${formatCount(-saved)} more`;
  return saved === 0 ? "0" : `${formatCount(saved)} (${percentText(saved, queries)})`;
}

function Advice({ row: { workload, saved, queries } }: { readonly row: Row }) {
  const ndots = bestNdots(saved);
  if (ndots === null)
    return (
      <p>
        A lower <code>ndots</code> would save nothing here: these names have too few dots, or a suffix
        completes them. Names written in full, with a dot at their end, would save{" "}
        {formatQuantity(saved.dot, "query", "queries")}.
      </p>
    );
  const own = ndots === 1 ? saved.ndots1 : saved.ndots2;
  const yaml = ndotsYaml(workload.kind, ndots);
  return (
    <div className={styles.snippet}>
      <p>
        With <code>ndots:{ndots}</code> {workloadText(workload)} would have asked{" "}
        {formatQuantity(own, "query", "queries")} less ({percentText(own, queries)}). Names of services with
        fewer than {ndots === 1 ? "one dot" : "two dots"} still go through the list. Names written in full,
        with a dot at their end, would save {formatCount(saved.dot)}.
      </p>
      <CopyButton text={yaml} what="the piece of the spec" caption="Copy" />
      <ScrollText className={styles.code}>{yaml}</ScrollText>
    </div>
  );
}
