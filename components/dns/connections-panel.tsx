"use client";

import type { ReactNode } from "react";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Choice } from "@/components/ui/choice";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatQuantity, formatSpan } from "@/components/ui/format";
import { TableTools } from "@/components/ui/table-tools";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DnsConnectionsAnswer } from "@/lib/questions/dns-connections-answer";
import { countColumn, endColumns, timeColumns } from "./connection-columns";
import { Cell, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { nameText, workloadText } from "./dns-words";
import { Failed } from "./failed";
import { type ConnectionsBy, useDnsConnections } from "./queries";

type Followed = DnsConnectionsAnswer["rows"][number];
type Expired = DnsConnectionsAnswer["expired"]["rows"][number];
type Missing = DnsConnectionsAnswer["missing"]["rows"][number];

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
  const find = scope.view.find ?? "";
  const found = rows.filter((row) => isFound(keyText(row), find));
  const columns = followedColumns(place, by, found);
  return (
    <section aria-label="Connections">
      <Summary place={place} answer={data} />
      {meta.notes.map((note) => (
        <p key={note} className={shared.note}>
          {note}
        </p>
      ))}
      {total.attempts > 0 && (
        <>
          <TableTools
            what={BY_LABELS[by].toLowerCase()}
            find={find}
            onFind={(text) => scope.setView({ find: text === "" ? null : text }, "replace")}
            columns={columns}
            rows={found}
          >
            <Choice
              legend="Group by"
              words={BY}
              chosen={by}
              labelOf={(word) => BY_LABELS[word]}
              onChoose={(next) => scope.setView({ by: next === "query" ? null : next })}
            />
          </TableTools>
          <DataTable
            label="Connections that followed an answer"
            columns={columns}
            rows={found}
            keyOf={({ filter }) => filter}
          />
          {found.length === 0 && <p className={shared.note}>No row has this in its name.</p>}
          <Folded folded={folded} />
        </>
      )}
      {expired.attempts > 0 && (
        <List title="After the answer had expired">
          <p className={shared.note}>
            The program went on with an address that it had been told to forget. When the addresses of a name
            change, such connections go to the old ones.
          </p>
          <DataTable
            label="Connections after the answer had expired"
            columns={expiredColumns(place, expired.rows)}
            rows={expired.rows}
            keyOf={({ filter }) => filter}
          />
          <Folded folded={expired.folded} />
        </List>
      )}
      {missing.attempts > 0 && (
        <List title="To addresses outside that no answer explains">
          <p className={shared.note}>
            The address was in no answer that the log holds for this client: written into a program, kept from
            before, or looked up where Hubble does not see it.
          </p>
          <DataTable
            label="Connections that no answer explains"
            columns={missingColumns(place, missing.rows)}
            rows={missing.rows}
            keyOf={({ filter }) => filter}
          />
          <Folded folded={missing.folded} />
        </List>
      )}
    </section>
  );
}

function List({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.list}>
      <h2 className={shared.count}>{title}</h2>
      {children}
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

function Folded({ folded }: { readonly folded: DnsConnectionsAnswer["folded"] }) {
  if (folded === null) return null;
  return (
    <p className={shared.note}>
      And {formatQuantity(folded.rows, "row")} more with {formatQuantity(folded.attempts, "connection")}:
      narrow the scope to see them.
    </p>
  );
}

function isFound(text: string, find: string): boolean {
  return text.toLowerCase().includes(find.toLowerCase());
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

function textColumn<Row>(id: string, label: string, text: (row: Row) => string): DataColumn<Row> {
  return { id, label, sortBy: text, render: (row) => <bdi className={styles.name}>{text(row)}</bdi> };
}

/** Text that stays on its line. */
function wholeColumn<Row>(id: string, label: string, text: (row: Row) => string): DataColumn<Row> {
  return { id, label, sortBy: text, render: (row) => <bdi className={shared.instant}>{text(row)}</bdi> };
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
  const distinct = (id: "answers" | "clients" | "addresses", label: string, title: string) => ({
    ...{ id, label, title, isNumber: true },
    sortBy: (row: Followed) => row[id],
    render: (row: Followed) => row[id],
  });
  return [
    ...keyColumns(by),
    ...endColumns(place, rows),
    ...lookup("fresh", "In time", "While the answer held, by its time to live"),
    ...lookup("expired", "Expired", "After the answer's time to live"),
    ...lookup("undated", "Time not said", "The answer did not say how long it holds"),
    distinct("answers", "Answers", "Answers that were followed"),
    ...(by === "client" ? [] : [distinct("clients", "Workloads", "Workloads that followed them")]),
    ...(by === "address" ? [] : [distinct("addresses", "Addresses", "Addresses that were called")]),
    ...timeColumns<Followed>(),
  ];
}

function expiredColumns(place: Place, rows: readonly Expired[]): readonly DataColumn<Expired>[] {
  return [
    textColumn<Expired>("name", "Name", ({ query }) => nameText(query)),
    wholeColumn<Expired>("client", "Workload", ({ client }) => workloadText(client)),
    wholeColumn<Expired>("address", "Address", ({ address }) => visible(address)),
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
    ...timeColumns<Expired>(),
  ];
}

function missingColumns(place: Place, rows: readonly Missing[]): readonly DataColumn<Missing>[] {
  return [
    wholeColumn<Missing>("client", "Workload", ({ client }) => workloadText(client)),
    wholeColumn<Missing>("server", "Called", ({ server }) => workloadText(server)),
    wholeColumn<Missing>("port", "Port", portText),
    ...endColumns(place, rows),
    {
      ...textColumn<Missing>("lookups", "Its lookups", ({ hasAnswers }) =>
        hasAnswers ? "in the log" : "not in the log",
      ),
      title:
        "In the log: other answers to this workload are there, so its lookups can be seen. Not in the log: Hubble sees none of them",
    },
    ...timeColumns<Missing>(),
  ];
}

function portText({ protocol, port }: Missing): string {
  return [protocol ?? "protocol not known", port].filter((part) => part !== null).join(" ");
}
