"use client";

import { spanColumns } from "@/components/frame/instant";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { TableTools } from "@/components/ui/table-tools";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DnsResponsesAnswer } from "@/lib/questions/dns-answers";
import { DNS_CELLS } from "@/lib/scope/dns-cells";
import { Cell, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { nameText, rcodeShort, rcodeText } from "./dns-words";
import { Failed } from "./failed";
import { findOf } from "./find";
import { useDnsResponses } from "./queries";

type Row = DnsResponsesAnswer["rows"][number];

/** What was answered: each distinct set of addresses of a name and type. */
export function ResponsesTable({
  captureId,
  scope,
}: {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}) {
  const { data, error, refetch } = useDnsResponses(captureId, scope);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Counting …</p>;
  const { find, onFind, isFound } = findOf(scope);
  const rows = data.rows.filter((row) => isFound(row.query ?? "", ...(row.addresses ?? []), ...row.names));
  const columns = columnsOf({ captureId, query: scope.query });
  return (
    <section aria-label="Responses">
      <TableTools what="name or address" find={find} onFind={onFind} columns={columns} rows={rows} />
      {data.meta.notes.length > 0 && !data.meta.exact && (
        <p className={shared.note}>{data.meta.notes.at(-1)}</p>
      )}
      <DataTable label="DNS responses" columns={columns} rows={rows} keyOf={({ filter }) => filter} />
      {data.folded.rows > 0 && (
        <p className={shared.note}>
          And {formatQuantity(data.folded.rows, "row")} more with{" "}
          {formatQuantity(data.folded.responses, "response")}: narrow the scope to see them.
        </p>
      )}
    </section>
  );
}

function columnsOf(place: Place): readonly DataColumn<Row>[] {
  return [
    {
      id: "name",
      label: "Name",
      sortBy: ({ query }) => nameText(query),
      render: ({ query }) => <bdi className={styles.name}>{nameText(query)}</bdi>,
    },
    {
      id: "type",
      label: "Type",
      sortBy: ({ qtypes }) => qtypes,
      render: ({ qtypes }) => (qtypes === null ? "not known" : visible(qtypes)),
    },
    {
      id: "code",
      label: "Code",
      sortBy: (row) => `${codeText(row)}${attemptsText(row)}`,
      render: (row) => <Code place={place} row={row} />,
    },
    {
      id: "addresses",
      label: "Addresses",
      sortBy: ({ addresses }) => (addresses === null ? null : addresses.join(" ")),
      render: ({ addresses }) => <bdi className={styles.name}>{addressText(addresses)}</bdi>,
    },
    {
      id: "ttl",
      label: "TTL",
      title: "How long the answer may be kept, as it was said",
      isNumber: true,
      sortBy: ({ ttlSeconds }) => ttlSeconds?.most ?? null,
      render: ({ ttlSeconds }) => ttlText(ttlSeconds),
    },
    {
      id: "names",
      label: "Led through (CNAME)",
      sortBy: ({ names }) => names.join(" "),
      render: ({ names }) => <bdi className={styles.name}>{visible(names.join(" → "))}</bdi>,
    },
    {
      id: "responses",
      label: "Responses",
      isNumber: true,
      sortBy: ({ responses }) => responses,
      render: ({ filter, responses }) => (
        <Cell place={place} count={responses} terms={[filter, DNS_CELLS.responses]} says="responses" />
      ),
    },
    ...spanColumns(),
  ];
}

/** Where only some of the answers are of a search list, their number leads to them. */
function Code({ place, row }: { readonly place: Place; readonly row: Row }) {
  const { expansion, responses, filter } = row;
  const code = <span title={codeText(row)}>{shortCodeText(row)}</span>;
  if (expansion === 0 || expansion === responses)
    return (
      <>
        {code}
        {attemptsText(row)}
      </>
    );
  return (
    <>
      {code}, <Cell place={place} count={expansion} terms={[filter, DNS_CELLS.expansion]} says="responses" />{" "}
      of them search list
    </>
  );
}

function shortCodeText({ rcode, isNoData }: Row): string {
  if (rcode === null) return "not known";
  return isNoData ? "NODATA" : rcodeShort(rcode);
}

/** With what the code means. */
function codeText({ rcode, isNoData }: Row): string {
  if (rcode === null) return "not known";
  return isNoData ? "NODATA (no record of this type)" : rcodeText(rcode);
}

function attemptsText({ expansion, responses }: Row): string {
  if (expansion === 0) return "";
  return expansion === responses ? ", search list" : `, ${formatCount(expansion)} of them search list`;
}

function addressText(addresses: Row["addresses"]): string {
  if (addresses === null) return "not said";
  return addresses.length === 0 ? "none" : visible(addresses.join(", "));
}

function ttlText(ttl: Row["ttlSeconds"]): string {
  if (ttl === null) return "";
  return ttl.least === ttl.most ? `${ttl.least} s` : `${ttl.least} to ${ttl.most} s`;
}
