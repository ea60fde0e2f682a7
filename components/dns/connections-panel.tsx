"use client";

import { spanColumns } from "@/components/frame/instant";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Choice } from "@/components/ui/choice";
import type { DataColumn } from "@/components/ui/data-table";
import { formatCount } from "@/components/ui/format";
import { FindTools } from "@/components/ui/table-tools";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DnsConnectionsAnswer } from "@/lib/questions/dns-connections-answer";
import { countColumn, endColumns, textColumn, wholeColumn } from "./connection-columns";
import { ConnectionList, Expired, Missing } from "./connection-lists";
import { Cell, type Place, TableLink } from "./dns-links";
import styles from "./dns-view.module.css";
import { nameText, workloadText } from "./dns-words";
import { Failed } from "./failed";
import { findOf } from "./find";
import { type ConnectionsBy, useDnsConnections } from "./queries";

type Followed = DnsConnectionsAnswer["rows"][number];

const BY_LABELS: Readonly<Record<ConnectionsBy, string>> = {
  query: "Name",
  address: "Name and address",
  client: "Workload",
};
const BY = Object.keys(BY_LABELS) as ConnectionsBy[];

interface ConnectionsPanelProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}

/** From name to connection: what followed an answer and what became of it, what came too late, and what no answer explains. */
export function ConnectionsPanel({ captureId, scope }: ConnectionsPanelProps) {
  const by = BY.find((word) => word === scope.view.by) ?? "query";
  const { data, error, refetch } = useDnsConnections(captureId, scope, by);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Counting …</p>;
  const { total, rows, folded, expired, missing, meta } = data;
  const place = { captureId, query: scope.query };
  const finder = findOf(scope);
  return (
    <section aria-label="Connections">
      <Summary place={place} answer={data} />
      {meta.notes.map((note) => (
        <p key={note} className={shared.note}>
          {note}
        </p>
      ))}
      {total.attempts + missing.attempts > 0 && (
        <FindTools
          what="name, workload or address"
          find={finder.find}
          onFind={finder.onFind}
          before={
            total.attempts > 0 && (
              <Choice
                legend="Group by"
                words={BY}
                chosen={by}
                labelOf={(word) => BY_LABELS[word]}
                onChoose={(next) => scope.setView({ by: next === "query" ? null : next })}
              />
            )
          }
        />
      )}
      {total.attempts > 0 && (
        <ConnectionList
          title="After an answer"
          label="Connections that followed an answer"
          columns={followedColumns(place, by, rows)}
          rows={rows.filter((row) => finder.isFound(keyText(row)))}
          folded={folded}
        />
      )}
      <Expired place={place} finder={finder} expired={expired} />
      <Missing place={place} finder={finder} missing={missing} />
    </section>
  );
}

function Summary({ place, answer }: { readonly place: Place; readonly answer: DnsConnectionsAnswer }) {
  const { total, missing } = answer;
  const link = (count: number, words: string) => (
    <Cell place={place} count={count} terms={[`lookup:${words}`]} says="connections" />
  );
  if (total.attempts + missing.attempts === 0)
    return (
      <p className={styles.sentence}>
        No connection of the scope followed a DNS answer, and none went to an address outside.
      </p>
    );
  return (
    <p className={styles.sentence}>
      {link(total.attempts, "fresh,expired,undated")} {total.attempts === 1 ? "connection" : "connections"}{" "}
      followed an answer: {link(total.fresh, "fresh")} while it held, {link(total.expired, "expired")} after
      it had expired
      {total.undated > 0 && <>, {link(total.undated, "undated")} without a time to live in the answer</>}.{" "}
      {link(missing.attempts, "missing")} to addresses outside followed no answer in the log.
    </p>
  );
}

function keyText({ key }: Followed): string {
  if ("client" in key) return workloadText(key.client);
  return "address" in key ? `${nameText(key.query)} ${visible(key.address)}` : nameText(key.query);
}

function keyColumns(by: ConnectionsBy): readonly DataColumn<Followed>[] {
  if (by !== "address") return [textColumn("key", BY_LABELS[by], keyText)];
  return [
    textColumn("name", "Name", ({ key }) => ("query" in key ? nameText(key.query) : "")),
    wholeColumn("address", "Address", ({ key }) => ("address" in key ? visible(key.address) : "")),
  ];
}

function followedColumns(
  place: Place,
  by: ConnectionsBy,
  rows: readonly Followed[],
): readonly DataColumn<Followed>[] {
  const lookup = (word: "fresh" | "expired" | "undated", label: string, title: string) =>
    rows.some((row) => row[word] > 0)
      ? [countColumn<Followed>(place, word, label, title, (row) => row[word], `lookup:${word}`)]
      : [];
  const distinct = (
    id: "names" | "clients" | "addresses",
    label: string,
    to: ConnectionsBy,
    title: string,
  ) => ({
    ...{ id, label, title, isNumber: true },
    sortBy: (row: Followed) => row[id],
    render: (row: Followed) => (
      <TableLink place={place} part="connections" by={to} terms={row.filter}>
        {formatCount(row[id])}
      </TableLink>
    ),
  });
  return [
    ...keyColumns(by),
    ...endColumns(place, rows),
    ...lookup("fresh", "In time", "While the answer held, by its time to live"),
    ...lookup("expired", "Expired", "After the answer's time to live"),
    ...lookup("undated", "Time not said", "The answer did not say how long it holds"),
    ...(by === "client" ? [distinct("names", "Names", "query", "Names whose answers were followed")] : []),
    ...(by === "client" ? [] : [distinct("clients", "Workloads", "client", "Workloads that followed them")]),
    ...(by === "query" ? [distinct("addresses", "Addresses", "address", "Addresses that were called")] : []),
    ...spanColumns<Followed>(),
  ];
}
